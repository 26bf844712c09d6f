"""WeChat's face verification 2.0: passed if and only if errcode is 0 and verify_ret 10000."""

import pytest

from identity.errors import FaceCheckUnfinished, InvalidField, PlatformBusy
from identity.platforms.wechat.client import WeChat
from identity.platforms.wechat.face import Ending, WeChatFaceCheck, cert_hash, ending_of
from identity.platforms.wechat.login import WeChatLogin
from identity.providers import FaceCheckStarted
from tests.platforms.fake_server import cut, lost, replies, said
from tests.platforms.fake_wechat import BEGIN_FACE, FACE_RESULT, FakeWeChat
from tests.platforms.people import ANNA, REFERENCE, ZHANG_WEI, Operators

FAMILIES = {
    Ending.DEVICE: [90001],
    Ending.CANCELLED: [90002, 90003, 90004, 90005, 90006],
    Ending.NETWORK: [90007, 90012],
    Ending.PERMISSION: [90008, 90009, 90010],
    Ending.CAPTURE: [90011, 90013, 90014],
    Ending.TIMEOUT: [90017, 90107],
    Ending.SYSTEM: [90018, 90199],
    Ending.FAILED: [0, 1, -1, 9999, 10001, 90015, 90100],
}


@pytest.fixture
def faces(wechat: WeChat) -> WeChatFaceCheck:
    return WeChatFaceCheck(wechat)


def begin(faces: WeChatFaceCheck) -> FaceCheckStarted:
    return faces.begin("openid-1", ZHANG_WEI, REFERENCE)


def passed(faces: WeChatFaceCheck, started: FaceCheckStarted, subject: str = "openid-1") -> bool:
    return faces.passed(subject, ZHANG_WEI, REFERENCE, started.provider_reference)


def test_the_documented_certificate_has_the_documented_hash() -> None:
    documented = "3c241f7ff324977aeb91f173bb2a7b06569e6fd784d5573db34a636d8671108b"

    assert cert_hash("IDENTITY_CARD", "张三", "310101199801011234") == documented


def test_wechats_login_has_wechats_face_check(wechat: WeChat) -> None:
    assert isinstance(WeChatLogin(wechat, Operators()).face_checks, WeChatFaceCheck)


def test_a_check_is_prepared_for_the_person_and_the_user(
    faces: WeChatFaceCheck, fake_wechat_server: FakeWeChat
) -> None:
    started = begin(faces)

    (asked,) = fake_wechat_server.calls(BEGIN_FACE)
    assert asked.json == {
        "out_seq_no": "0197a1b26c1e7a409b7e2f5d0c3e8a11",
        "cert_info": {"cert_type": "IDENTITY_CARD", "cert_name": "张伟", "cert_no": "100000199005170119"},
        "openid": "openid-1",
    }
    assert started.client_params == {"verifyId": started.provider_reference}


def test_a_face_that_was_recognised_passes(faces: WeChatFaceCheck, fake_wechat_server: FakeWeChat) -> None:
    started = begin(faces)
    fake_wechat_server.finish_face_check(started.provider_reference, 10000)

    assert passed(faces, started)


@pytest.mark.parametrize(
    ("family", "verify_ret"),
    [(family, code) for family, verify_rets in FAMILIES.items() for code in verify_rets],
)
def test_every_other_ending_is_of_its_family_and_does_not_pass(
    faces: WeChatFaceCheck,
    fake_wechat_server: FakeWeChat,
    family: Ending,
    verify_ret: int,
) -> None:
    started = begin(faces)
    fake_wechat_server.finish_face_check(started.provider_reference, verify_ret)

    assert ending_of(verify_ret) is family
    if family is Ending.FAILED:
        assert not passed(faces, started)
    else:
        with pytest.raises(PlatformBusy if family is Ending.SYSTEM else FaceCheckUnfinished):
            passed(faces, started)


@pytest.mark.parametrize(
    "answer",
    [
        {"errcode": 0, "verify_ret": "10000"},
        {"errcode": 0, "verify_ret": 10000.0},
        {"errcode": 0},
        {"errcode": 1, "verify_ret": 10000},
        {"errcode": "0", "verify_ret": 10000},
    ],
)
def test_a_pass_of_another_type_or_beside_an_error_is_none(
    faces: WeChatFaceCheck,
    fake_wechat_server: FakeWeChat,
    answer: object,
) -> None:
    started = begin(faces)
    fake_wechat_server.next(FACE_RESULT, replies(said(answer)))

    with pytest.raises(PlatformBusy):
        passed(faces, started)


def test_one_users_pass_is_not_anothers(faces: WeChatFaceCheck, fake_wechat_server: FakeWeChat) -> None:
    started = begin(faces)
    fake_wechat_server.finish_face_check(started.provider_reference, 10000)

    with pytest.raises(PlatformBusy):
        passed(faces, started, "openid-2")


def test_a_check_begun_is_not_begun_again_and_its_result_is_asked_again(
    faces: WeChatFaceCheck,
    fake_wechat_server: FakeWeChat,
) -> None:
    fake_wechat_server.next(BEGIN_FACE, lost)
    with pytest.raises(PlatformBusy):
        begin(faces)
    started = FaceCheckStarted(f"verify-{REFERENCE.replace('-', '')}", {})
    fake_wechat_server.finish_face_check(started.provider_reference, 10000)
    fake_wechat_server.next(FACE_RESULT, cut)

    assert passed(faces, started)
    assert len(fake_wechat_server.calls(BEGIN_FACE)) == 1
    assert len(fake_wechat_server.calls(FACE_RESULT)) == 2


def test_a_passport_is_sent_to_the_counter(faces: WeChatFaceCheck, fake_wechat_server: FakeWeChat) -> None:
    with pytest.raises(InvalidField) as refused:
        faces.begin("openid-1", ANNA, REFERENCE)

    assert refused.value.field == "id_type"
    assert fake_wechat_server.asked == []
