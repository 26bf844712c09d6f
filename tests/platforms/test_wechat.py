"""WeChat: login, access token, phone number, and each documented error as what it is to a citizen."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from identity.errors import (
    DomainError,
    InvalidField,
    LoginRefused,
    PlatformBusy,
    PlatformRateLimited,
    PlatformUserBlocked,
)
from identity.platforms.wechat.client import WeChat
from identity.platforms.wechat.login import WeChatLogin
from identity.platforms.wechat.open_data import signature_of
from tests.platforms import fake_wechat
from tests.platforms.fake_server import cut, late, lost, replies, said
from tests.platforms.fake_wechat import BUSY, LOGIN, PHONE, TOKEN, FakeWeChat, refusal
from tests.platforms.people import OPERATORS, ZHANG_WEI, Operators
from tests.platforms.people import PHONE as NUMBER
from tests.platforms.waiting import Pauses

RAW_DATA = (
    '{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN",'
    '"avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycAj'
    'AtpujxyzYsrztuuICqIM5ibXQ/0"}'
)
DOCUMENTED: list[tuple[int, type[DomainError]]] = [
    (40029, LoginRefused),
    (40163, LoginRefused),
    (45011, PlatformRateLimited),
    (40226, PlatformUserBlocked),
    (40013, PlatformBusy),
    (40125, PlatformBusy),
    (99999, PlatformBusy),
]


@pytest.fixture
def fake(fake_wechat_server: FakeWeChat) -> FakeWeChat:
    fake_wechat_server.login_code("login-code", "openid-1")
    fake_wechat_server.phone_code("phone-code", "openid-1", NUMBER)
    return fake_wechat_server


@pytest.fixture
def operators() -> Operators:
    return Operators(OPERATORS)


@pytest.fixture
def login(wechat: WeChat, fake: FakeWeChat, operators: Operators) -> WeChatLogin:
    assert fake.state.logins
    return WeChatLogin(wechat, operators)


def test_the_documented_open_data_has_the_documented_signature() -> None:
    assert signature_of(RAW_DATA, fake_wechat.SESSION_KEY) == "75e81ceda165f4ffa64f4068af58c64b8f54b88c"


def test_a_login_code_is_the_openid_and_nothing_of_the_session_key(login: WeChatLogin) -> None:
    assert login.subject("login-code") == "openid-1"
    assert fake_wechat.SESSION_KEY not in repr(vars(login))


def test_a_code_used_twice_is_refused(login: WeChatLogin) -> None:
    login.subject("login-code")

    with pytest.raises(LoginRefused):
        login.subject("login-code")


def test_a_code_that_was_never_given_is_refused(login: WeChatLogin) -> None:
    with pytest.raises(LoginRefused):
        login.subject("another-code")


@pytest.mark.parametrize(("errcode", "error"), DOCUMENTED)
def test_each_documented_error_is_what_it_is_to_a_citizen_and_asked_once(
    login: WeChatLogin,
    fake: FakeWeChat,
    errcode: int,
    error: type[DomainError],
) -> None:
    fake.next(LOGIN, replies(refusal(errcode, "about login-code")))

    with capture_logs() as logs, pytest.raises(error):
        login.subject("login-code")

    assert len(fake.calls(LOGIN)) == 1
    assert "login-code" not in str(logs)


def test_an_undocumented_error_is_written_down_by_its_number(login: WeChatLogin, fake: FakeWeChat) -> None:
    fake.next(LOGIN, replies(refusal(40125, "secret")))

    with capture_logs() as logs, pytest.raises(PlatformBusy):
        login.subject("login-code")

    assert [(line["event"], line["errcode"]) for line in logs] == [("wechat refuses", 40125)]


def test_busy_then_well_is_well(login: WeChatLogin, fake: FakeWeChat, pauses: Pauses) -> None:
    fake.next(LOGIN, replies(said(BUSY)), replies(said(BUSY)))

    assert login.subject("login-code") == "openid-1"
    assert len(pauses.made) == 2


def test_always_busy_is_busy(login: WeChatLogin, fake: FakeWeChat) -> None:
    fake.next(LOGIN, *[replies(said(BUSY))] * 3)

    with pytest.raises(PlatformBusy):
        login.subject("login-code")

    assert len(fake.calls(LOGIN)) == 3


@pytest.mark.parametrize("mishap", [late, cut, lost])
def test_a_code_that_may_have_been_used_up_is_not_sent_again(
    login: WeChatLogin,
    fake: FakeWeChat,
    mishap: Callable[..., None],
) -> None:
    fake.next(LOGIN, mishap)

    with pytest.raises(PlatformBusy):
        login.subject("login-code")

    assert len(fake.calls(LOGIN)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"openid": 17},
        {"openid": ""},
        {"openid": ["openid-1"]},
        {"openid": "o" * 200},
        {"errcode": "0", "openid": "openid-1"},
        {"errcode": None, "openid": "openid-1"},
        {"errcode": False, "openid": "openid-1"},
        {},
    ],
)
def test_a_login_of_the_wrong_types_is_nobodys(login: WeChatLogin, fake: FakeWeChat, answer: object) -> None:
    fake.next(LOGIN, replies(said(answer)))

    with pytest.raises(PlatformBusy):
        login.subject("login-code")


def test_a_verified_phone_number_of_that_person_vouches(
    login: WeChatLogin,
    operators: Operators,
) -> None:
    assert login.vouches_for("openid-1", ZHANG_WEI, "phone-code")
    assert operators.asked == 1


def test_somebody_elses_phone_number_does_not_vouch(login: WeChatLogin, fake: FakeWeChat) -> None:
    fake.phone_code("other-code", "openid-1", "13800000002")

    assert not login.vouches_for("openid-1", ZHANG_WEI, "other-code")


@pytest.mark.parametrize("code", [None, "unknown-code", "used-code", "strangers-code", "foreign-code"])
def test_a_phone_code_that_can_not_vouch_names_its_field_and_asks_no_operator(
    login: WeChatLogin,
    fake: FakeWeChat,
    operators: Operators,
    code: str | None,
) -> None:
    fake.phone_code("used-code", "openid-1", "13800000009")
    fake.phone_code("strangers-code", "openid-2", NUMBER)
    fake.phone_code("foreign-code", "openid-1", "91234567", country="852")
    login.vouches_for("openid-1", ZHANG_WEI, "used-code")
    operators.asked = 0

    with pytest.raises(InvalidField) as refused:
        login.vouches_for("openid-1", ZHANG_WEI, code)

    assert (refused.value.field, operators.asked) == ("phone_code", 0)


def test_one_access_token_serves_many_calls(login: WeChatLogin, fake: FakeWeChat) -> None:
    fake.phone_code("second-code", "openid-1", NUMBER)

    login.vouches_for("openid-1", ZHANG_WEI, "phone-code")
    login.vouches_for("openid-1", ZHANG_WEI, "second-code")

    assert len(fake.calls(TOKEN)) == 1


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_refused_access_token_is_renewed_once_and_the_code_sent_again(
    login: WeChatLogin,
    fake: FakeWeChat,
    errcode: int,
) -> None:
    fake.next(PHONE, replies(refusal(errcode)))

    assert login.vouches_for("openid-1", ZHANG_WEI, "phone-code")
    assert [asked.json["force_refresh"] for asked in fake.calls(TOKEN)] == [False, False, True]
    assert len(fake.calls(PHONE)) == 2


def test_a_token_that_the_platform_has_replaced_needs_no_force(login: WeChatLogin, fake: FakeWeChat) -> None:
    fake.phone_code("second-code", "openid-1", NUMBER)
    login.vouches_for("openid-1", ZHANG_WEI, "phone-code")
    fake.state.tokens += 1

    assert login.vouches_for("openid-1", ZHANG_WEI, "second-code")
    assert [asked.json["force_refresh"] for asked in fake.calls(TOKEN)] == [False, False]


def test_who_refuses_every_token_is_not_asked_for_ever(login: WeChatLogin, fake: FakeWeChat) -> None:
    fake.next(PHONE, *[replies(refusal(40001))] * 9)

    with pytest.raises(PlatformBusy):
        login.vouches_for("openid-1", ZHANG_WEI, "phone-code")

    assert (len(fake.calls(PHONE)), len(fake.calls(TOKEN))) == (2, 3)


@pytest.mark.parametrize(
    "token",
    [
        {"access_token": "", "expires_in": 7200},
        {"access_token": "t", "expires_in": "7200"},
        {"access_token": "t", "expires_in": 0},
        {"access_token": "t", "expires_in": -5},
        {"access_token": "t", "expires_in": 10**9},
        {"access_token": "t", "expires_in": True},
        {"expires_in": 7200},
    ],
)
def test_a_token_of_the_wrong_types_is_none(login: WeChatLogin, fake: FakeWeChat, token: object) -> None:
    fake.next(TOKEN, replies(said(token)))

    with pytest.raises(PlatformBusy):
        login.vouches_for("openid-1", ZHANG_WEI, "phone-code")

    assert fake.calls(PHONE) == []


@pytest.mark.parametrize(
    "info",
    [
        {"purePhoneNumber": NUMBER, "countryCode": "86", "watermark": {"appid": "wx-of-somebody-else"}},
        {"purePhoneNumber": NUMBER, "countryCode": "86"},
        {"purePhoneNumber": 13800000001, "countryCode": "86", "watermark": {"appid": fake_wechat.APP_ID}},
        {"purePhoneNumber": "138 0000", "countryCode": "86", "watermark": {"appid": fake_wechat.APP_ID}},
        {
            "purePhoneNumber": "１３８００００００００１",
            "countryCode": "86",
            "watermark": {"appid": fake_wechat.APP_ID},
        },
        "phone",
        None,
    ],
)
def test_a_phone_number_said_to_another_program_or_in_another_form_does_not_vouch(
    login: WeChatLogin,
    fake: FakeWeChat,
    operators: Operators,
    info: object,
) -> None:
    fake.next(PHONE, replies(said({"errcode": 0, "phone_info": info})))

    with pytest.raises(PlatformBusy):
        login.vouches_for("openid-1", ZHANG_WEI, "phone-code")

    assert operators.asked == 0
