"""Level 3 by a face that WeChat or Alipay recognised, through our API."""

from typing import Any

import pytest

from tests.platforms import fake_alipay, fake_wechat
from tests.platforms.city import City
from tests.platforms.fake_alipay import FakeAlipay
from tests.platforms.fake_server import late
from tests.platforms.fake_wechat import FakeWeChat
from tests.sandbox import claim_of

FACE_CHECKS = "/v1/real-name/face-checks"


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_a_face_that_the_platform_recognised_is_level_3_and_one_that_nobody_showed_is_not(
    city: City,
    provider: str,
) -> None:
    citizen = city.log_in(provider, "login-1")
    check = citizen.expect(201, "POST", FACE_CHECKS, json=claim_of("zhang-wei"))
    complete = f"{FACE_CHECKS}/{check['id']}/complete"
    unfinished = {"wechat": 90002, "alipay": "F"}
    finished = {"wechat": 10000, "alipay": "T"}

    show_face(city, provider, check["client_params"], unfinished[provider])
    citizen.refused(409, "face-check-unfinished", "POST", complete)
    show_face(city, provider, check["client_params"], finished[provider])
    account = citizen.expect(200, "POST", complete)

    assert check["provider"] == provider
    assert account["assurance_level"] == 3


def show_face(city: City, provider: str, params: dict[str, str], result: Any) -> None:
    if provider == "wechat":
        city.wechat.finish_face_check(params["verifyId"], result)
    else:
        city.alipay.state.passed[params["certifyId"]] = result


@pytest.mark.parametrize(
    ("provider", "call"), [("wechat", fake_wechat.BEGIN_FACE), ("alipay", fake_alipay.BEGIN_FACE)]
)
def test_a_face_check_that_the_platform_did_not_prepare_leaves_nothing_behind(
    city: City,
    provider: str,
    call: str,
) -> None:
    citizen = city.log_in(provider, "login-1")
    before = city.rows()
    fake: FakeWeChat | FakeAlipay = city.wechat if provider == "wechat" else city.alipay
    fake.next(call, late)

    citizen.refused(503, "platform-busy", "POST", FACE_CHECKS, json=claim_of("zhang-wei"))

    assert city.rows() == before
