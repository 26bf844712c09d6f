"""Alipay: signed both ways, its real name as voucher, its face certification, and its errors."""

import json
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from structlog.testing import capture_logs

from identity.errors import (
    DomainError,
    FaceCheckUnfinished,
    InvalidField,
    LoginRefused,
    PlatformBusy,
    PlatformRateLimited,
)
from identity.platforms.alipay import rsa2
from identity.platforms.alipay.client import Alipay
from identity.platforms.alipay.face import AlipayFaceCheck
from identity.platforms.alipay.login import AlipayLogin
from tests.platforms.fake_alipay import (
    BEGIN_FACE,
    FACE_RESULT,
    SHARE,
    TOKEN,
    FakeAlipay,
    app_key,
    error,
    refused,
    signed,
    stripped,
    tampered,
    unsigned,
)
from tests.platforms.fake_server import Reply, cut, late, lost, replies
from tests.platforms.people import ANNA, REFERENCE, ZHANG_WEI

USER = "2088000000000001"
OK = {"code": "10000", "msg": "Success"}


@pytest.fixture
def fake(fake_alipay_server: FakeAlipay) -> FakeAlipay:
    fake_alipay_server.auth_code("login-code", USER)
    fake_alipay_server.auth_code("name-code", USER)
    fake_alipay_server.certify(USER, ZHANG_WEI.name, ZHANG_WEI.id_number)
    return fake_alipay_server


@pytest.fixture
def login(alipay: Alipay, fake: FakeAlipay) -> AlipayLogin:
    assert fake.state.codes
    return AlipayLogin(alipay)


@pytest.fixture
def faces(alipay: Alipay) -> AlipayFaceCheck:
    return AlipayFaceCheck(alipay)


def test_a_code_is_a_user_by_a_request_that_is_signed_in_chinas_time(
    login: AlipayLogin, fake: FakeAlipay
) -> None:
    assert login.subject("login-code") == USER
    (asked,) = fake.calls(TOKEN)
    assert asked.form["timestamp"] == "2026-11-22 10:00:01"


def test_an_open_id_is_a_user_where_it_has_replaced_the_older_one(
    login: AlipayLogin, fake: FakeAlipay
) -> None:
    node = {"open_id": "074a1CcTG1LelxKe4xQC0zgN", "access_token": "t"}
    fake.next(TOKEN, replies(signed({"alipay_system_oauth_token_response": node})))

    assert login.subject("login-code") == "074a1CcTG1LelxKe4xQC0zgN"


def test_a_code_used_twice_or_unknown_is_refused(login: AlipayLogin) -> None:
    login.subject("login-code")

    for code in ("login-code", "unknown-code"):
        with pytest.raises(LoginRefused):
            login.subject(code)


ERRORS: list[tuple[Reply, type[DomainError]]] = [
    (signed(error("40002", "isv.code-invalid")), LoginRefused),
    (unsigned(error("40002", "isv.code-invalid")), LoginRefused),
    (refused(TOKEN, "40002", "isv.code-invalid"), LoginRefused),
    (refused(TOKEN, "40005", "isv.app-call-limited"), PlatformRateLimited),
    (signed(error("20000", "isp.unknow-error")), PlatformBusy),
    (signed(error("20001", "aop.invalid-auth-token")), PlatformBusy),
    (unsigned(error("40002", "isv.invalid-signature")), PlatformBusy),
    (refused(TOKEN, "40006", "isv.insufficient-isv-permissions"), PlatformBusy),
    (refused(TOKEN, "40004", "SYSTEM_ERROR about login-code"), PlatformBusy),
]


@pytest.mark.parametrize(("reply", "expected"), ERRORS)
def test_each_documented_error_is_what_it_is_to_a_citizen_and_the_code_is_sent_once(
    login: AlipayLogin,
    fake: FakeAlipay,
    reply: Reply,
    expected: type[DomainError],
) -> None:
    fake.next(TOKEN, replies(reply))

    with capture_logs() as logs, pytest.raises(expected):
        login.subject("login-code")

    assert len(fake.calls(TOKEN)) == 1
    assert "login-code" not in str(logs)


@pytest.mark.parametrize(
    "mishap",
    [
        tampered,
        stripped,
        late,
        cut,
        lost,
        replies(refused(SHARE, "10000", "")),
        replies(
            unsigned(
                {"alipay_system_oauth_token_response": {"code": "40002", "sub_code": "isv.code-invalid"}}
            )
        ),
        replies(unsigned({"alipay_system_oauth_token_response": [USER], "sign": "QUJD"})),
        replies(
            unsigned({"error_response": {"code": "40002", "sub_code": "isv.code-invalid"}, "sign": "QUJD"})
        ),
        replies(unsigned({"error_response": "40002", "sign": 17})),
        replies(signed({"alipay_system_oauth_token_response": {"user_id": 2088, "access_token": "t"}})),
        replies(signed({"alipay_system_oauth_token_response": {"user_id": USER}})),
        replies(signed({"alipay_system_oauth_token_response": {"access_token": "t"}})),
        replies(Reply(b"<html>", "text/html")),
    ],
)
def test_an_answer_that_was_not_signed_as_it_stands_or_can_not_be_read_is_not_believed(
    login: AlipayLogin,
    fake: FakeAlipay,
    mishap: Callable[..., None],
) -> None:
    fake.next(TOKEN, mishap)

    with pytest.raises(PlatformBusy):
        login.subject("login-code")

    assert len(fake.calls(TOKEN)) == 1


def test_two_nodes_of_one_name_are_not_believed_whichever_was_signed(
    login: AlipayLogin, fake: FakeAlipay
) -> None:
    good = fake_reply_of("login-code", fake)
    forged = good.body.replace(
        b'{ "alipay', b'{"alipay_system_oauth_token_response":{"user_id":"2099"},"alipay'
    )
    fake.next(TOKEN, replies(Reply(forged, good.content_type)))

    with capture_logs() as logs, pytest.raises(PlatformBusy):
        login.subject("login-code")

    assert logs[-1]["trouble"] == "not-json"


def fake_reply_of(code: str, fake: FakeAlipay) -> Reply:
    return fake._token({"grant_type": "authorization_code", "code": code})


def test_the_real_name_that_alipay_certified_vouches_for_its_person_alone(
    login: AlipayLogin, fake: FakeAlipay
) -> None:
    fake.auth_code("second-code", USER)

    assert login.vouches_for(USER, ZHANG_WEI, "name-code")
    assert not login.vouches_for(USER, ANNA, "second-code")


def test_names_and_numbers_are_compared_as_registries_write_them(
    login: AlipayLogin, fake: FakeAlipay
) -> None:
    fake.certify(USER, "anna  meyer", " tx1234567 ")

    assert login.vouches_for(USER, ANNA, "name-code")


def test_a_user_whom_alipay_has_not_certified_is_not_vouched_for(
    login: AlipayLogin, fake: FakeAlipay
) -> None:
    fake.state.shared[USER]["is_certified"] = "F"

    assert not login.vouches_for(USER, ZHANG_WEI, "name-code")


@pytest.mark.parametrize("code", [None, "used-code", "unknown-code", "strangers-code"])
def test_a_code_that_can_not_vouch_names_its_field_and_asks_for_no_real_name(
    login: AlipayLogin,
    fake: FakeAlipay,
    code: str | None,
) -> None:
    fake.auth_code("strangers-code", "2088000000000002")
    login.subject(fake.auth_code("used-code", USER))

    with pytest.raises(InvalidField) as refusal:
        login.vouches_for(USER, ZHANG_WEI, code)

    assert refusal.value.field == "phone_code"
    assert fake.calls(SHARE) == []


@pytest.mark.parametrize(
    "shared",
    [
        {},
        {"user_name": "张伟"},
        {"user_name": "张伟", "cert_no": "1***************9"},
        {"user_name": "*伟", "cert_no": ZHANG_WEI.id_number},
        {"user_name": 1, "cert_no": 2},
    ],
)
def test_where_alipay_does_not_tell_the_name_it_is_nobodys_mismatch(
    login: AlipayLogin,
    fake: FakeAlipay,
    shared: dict[str, str],
) -> None:
    fake.state.shared[USER] = {"is_certified": "T"} | shared

    with capture_logs() as logs, pytest.raises(PlatformBusy):
        login.vouches_for(USER, ZHANG_WEI, "name-code")

    assert logs[-1]["event"] == "alipay does not tell the real name"


def test_what_can_be_read_twice_is_asked_for_again(login: AlipayLogin, fake: FakeAlipay) -> None:
    fake.next(SHARE, cut, replies(signed(error("20000", "isp.unknow-error"))))

    assert login.vouches_for(USER, ZHANG_WEI, "name-code")
    assert len(fake.calls(SHARE)) == 3


def test_a_face_certification_is_prepared_opened_by_a_signed_address_and_passed(
    login: AlipayLogin,
    fake: FakeAlipay,
) -> None:
    faces = login.face_checks
    started = faces.begin(USER, ZHANG_WEI, REFERENCE)
    with pytest.raises(FaceCheckUnfinished):
        faces.passed(USER, ZHANG_WEI, REFERENCE, started.provider_reference)
    fake.state.passed[started.provider_reference] = "T"

    assert faces.passed(USER, ZHANG_WEI, REFERENCE, started.provider_reference)
    content = fake.state.checks[started.provider_reference]
    assert content["outer_order_no"] == REFERENCE.replace("-", "")
    assert content["identity_param"] == {
        "identity_type": "CERT_INFO",
        "cert_type": "IDENTITY_CARD",
        "cert_name": "张伟",
        "cert_no": "100000199005170119",
    }
    assert set(started.client_params) == {"certifyId", "url"}
    assert_signed_address(fake, started.client_params["url"], started.provider_reference)


def assert_signed_address(fake: FakeAlipay, url: str, certify_id: str) -> None:
    request = dict(parse_qsl(urlsplit(url).query))
    assert url.startswith(fake.gateway)
    assert request["method"] == "alipay.user.certify.open.certify"
    assert json.loads(request["biz_content"]) == {"certify_id": certify_id}
    assert rsa2.is_signed(rsa2.signing_text(request), request["sign"], app_key().public_key())


def test_a_pass_that_somebody_changed_on_the_way_is_none(faces: AlipayFaceCheck, fake: FakeAlipay) -> None:
    started = faces.begin(USER, ZHANG_WEI, REFERENCE)
    fake.next(FACE_RESULT, tampered)

    with pytest.raises(PlatformBusy):
        faces.passed(USER, ZHANG_WEI, REFERENCE, started.provider_reference)


@pytest.mark.parametrize("passed", ["F", "t", "TRUE", "1"])
def test_nothing_but_a_t_is_a_pass(faces: AlipayFaceCheck, fake: FakeAlipay, passed: str) -> None:
    node = OK | {"passed": passed, "fail_reason": "人脸比对不一致"}
    fake.next(FACE_RESULT, replies(signed({"alipay_user_certify_open_query_response": node})))

    assert not faces.passed(USER, ZHANG_WEI, REFERENCE, "certify-1")


def test_a_passport_is_sent_to_the_counter(faces: AlipayFaceCheck, fake: FakeAlipay) -> None:
    with pytest.raises(InvalidField) as refusal:
        faces.begin(USER, ANNA, REFERENCE)

    assert refusal.value.field == "id_type"
    assert fake.calls(BEGIN_FACE) == []
