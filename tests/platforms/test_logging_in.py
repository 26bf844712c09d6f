"""From a platform's code to a real name, through our API, against platforms over real HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from api.config import Config
from api.outside_config import OutsideConfig, RegistryConfig, WeChatConfig
from identity.platforms.wire import Patience
from tests import stores
from tests.conftest import sandbox_config
from tests.platforms import fake_alipay, fake_registries, fake_wechat
from tests.platforms.city import City, a_city, claim, connected
from tests.platforms.fake_alipay import FakeAlipay, error, signed, stripped, tampered
from tests.platforms.fake_registries import FakePhones, FakePopulation
from tests.platforms.fake_server import Mishap, Reply, cut, drips, late, packed, playing, replies, said
from tests.platforms.fake_wechat import BUSY, FakeWeChat, refusal
from tests.platforms.waiting import Pauses
from tests.sandbox import claim_of

ROUTE = "/v1/real-name"
NEWCOMERS = count()


@pytest.fixture(scope="module")
def standing_city(
    template_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    keys_dir: Path,
) -> Iterator[City]:
    """A city that many failures happen in; none of them may leave anything behind."""
    folder = tmp_path_factory.mktemp("city")
    with (
        stores.copy_of(template_url, folder) as url,
        a_city(sandbox_config(url, folder, keys_dir), Pauses().patience()) as city,
    ):
        yield city


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_a_login_and_the_platforms_voucher_bind_a_real_name(city: City, provider: str) -> None:
    citizen = city.log_in(provider, "login-1")

    account = citizen.expect(201, "POST", ROUTE, json=claim("name-1"))

    assert account["assurance_level"] == 2
    assert account["real_name"]["name_masked"] == "*伟"
    assert citizen.sync()["licences"]


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_the_same_platform_user_comes_back_to_the_same_account(city: City, provider: str) -> None:
    first = city.log_in(provider, "login-1")
    city.wechat.login_code("second-code", "openid-1")
    city.alipay.auth_code("second-code", "2088-1")

    second = city.log_in(provider, "second-code")

    assert first.account is not None
    assert second.account is not None
    assert first.account["id"] == second.account["id"]


def test_the_sandboxs_login_stays_beside_the_platforms(city: City) -> None:
    assert city.sandbox.log_in("li-na").bind()["assurance_level"] == 2


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
@pytest.mark.parametrize("code", ["login-1", "unknown-code"])
def test_a_code_used_twice_or_unknown_opens_nothing(city: City, provider: str, code: str) -> None:
    city.log_in(provider, "login-1")
    before = city.rows()

    city.refused(401, "login-refused", provider, code)

    assert city.rows() == before


ROUTES: dict[str, dict[str, str]] = {
    "wechat": {"login": fake_wechat.LOGIN, "name": fake_wechat.PHONE},
    "alipay": {"login": fake_alipay.TOKEN, "name": fake_alipay.SHARE},
}
ALL_THREE = 3
FAILURES: list[tuple[str, Mishap, int, str]] = [
    ("wechat", replies(said(BUSY)), 503, "platform-busy"),
    ("wechat", replies(refusal(45011)), 429, "platform-rate-limited"),
    ("wechat", replies(refusal(40226)), 403, "platform-user-blocked"),
    ("wechat", replies(refusal(40013)), 503, "platform-busy"),
    ("wechat", replies(said({"openid": 1, "phone_info": 1})), 503, "platform-busy"),
    ("alipay", replies(signed(error("20000", "isp.unknow-error"))), 503, "platform-busy"),
    ("alipay", replies(signed(error("40005", "isv.app-call-limited"))), 429, "platform-rate-limited"),
    ("alipay", tampered, 503, "platform-busy"),
    ("alipay", stripped, 503, "platform-busy"),
    *(
        (provider, mishap, 503, "platform-busy")
        for provider in ("wechat", "alipay")
        for mishap in (
            late,
            cut,
            drips,
            packed,
            replies(Reply(b"<html>")),
            replies(Reply(b"[]")),
            replies(Reply(b"{}", "image/png")),
            replies(Reply(b" " * 300_000)),
            replies(Reply(b"{}", status=502)),
        )
    ),
]


@pytest.mark.parametrize(("provider", "mishap", "status", "code"), FAILURES)
def test_a_platform_that_fails_is_a_clear_answer_and_nothing_is_half_bound(
    standing_city: City,
    provider: str,
    mishap: Mishap,
    status: int,
    code: str,
) -> None:
    city, who = standing_city, str(next(NEWCOMERS))
    fake: FakeWeChat | FakeAlipay = city.wechat if provider == "wechat" else city.alipay
    city.enter(who)
    fresh = city.rows()
    fake.next(ROUTES[provider]["login"], *[mishap] * ALL_THREE)
    refused = city.sandbox.anybody.post("/v1/sessions", {"provider": provider, "code": f"login-{who}"})
    after_login = city.rows()
    fake.forgive()
    citizen = city.log_in(provider, f"login-{who}")
    logged_in = city.rows()
    fake.next(ROUTES[provider]["name"], *[mishap] * ALL_THREE)

    citizen.refused(status, code, "POST", ROUTE, json=claim(f"name-{who}"))

    fake.forgive()
    assert (refused.status_code, told_code(refused.get_json())) == (status, code)
    assert ("Retry-After" in refused.headers) == (status in {429, 503})
    assert after_login == fresh
    assert city.rows() == logged_in
    assert citizen.expect(200, "GET", "/v1/account")["assurance_level"] == 1


def told_code(problem: Any) -> str:
    return str(problem["code"])


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_after_a_failure_the_same_person_binds_with_a_new_code(city: City, provider: str) -> None:
    fake: FakeWeChat | FakeAlipay = city.wechat if provider == "wechat" else city.alipay
    citizen = city.log_in(provider, "login-1")
    fake.next(ROUTES[provider]["name"], *[late] * ALL_THREE)
    citizen.refused(503, "platform-busy", "POST", ROUTE, json=claim("name-1"))
    fake.forgive()
    city.wechat.phone_code("fresh-code", "openid-1", "13800000001")
    city.alipay.auth_code("fresh-code", "2088-1")

    assert citizen.expect(201, "POST", ROUTE, json=claim("fresh-code"))["assurance_level"] == 2


def test_busy_then_well_is_well_to_the_citizen(city: City) -> None:
    city.wechat.next(fake_wechat.LOGIN, replies(said(BUSY)), replies(said(BUSY)))
    city.wechat.next(fake_wechat.PHONE, replies(said(BUSY)))

    assert (
        city.log_in("wechat", "login-1").expect(201, "POST", ROUTE, json=claim("name-1"))["assurance_level"]
        == 2
    )


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
@pytest.mark.parametrize("code", [None, "login-1", "unknown-code"])
def test_without_a_code_that_vouches_the_field_is_named_and_nothing_counted(
    city: City,
    provider: str,
    code: str | None,
) -> None:
    citizen = city.log_in(provider, "login-1")
    before = city.rows()

    right = citizen.refused(422, "validation-failed", "POST", ROUTE, json=claim(code))
    wrong = citizen.refused(422, "validation-failed", "POST", ROUTE, json=claim(code) | {"name": "张三"})

    # Nobody learns from the answer whether a name and a number belong together.
    assert right["errors"] == wrong["errors"]
    assert list(right["errors"]) == ["phone_code"]
    assert city.rows() == before


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_somebody_elses_name_and_number_are_a_mismatch_whatever_the_registry_knows(
    city: City, provider: str
) -> None:
    citizen = city.log_in(provider, "login-1")
    stranger = claim_of("li-na") | {"phone_code": "name-1"}

    citizen.refused(422, "real-name-mismatch", "POST", ROUTE, json=stranger)

    assert city.rows()["persons"] == 0
    assert city.rows()["real_name_attempts"] == 1


def test_a_phone_number_of_another_does_not_vouch(city: City) -> None:
    city.wechat.phone_code("other-code", "openid-1", "13800000002")
    citizen = city.log_in("wechat", "login-1")

    citizen.refused(422, "real-name-mismatch", "POST", ROUTE, json=claim("other-code"))


def test_no_write_is_begun_before_the_platform_has_answered(city: City) -> None:
    database = city.sandbox.parts.database
    begun: list[str] = []

    def look(fake: FakeWeChat, asked: Any, handler: Any) -> None:
        # With a transaction open, this one would wait for it.
        with database.write():
            begun.append("written while the platform was asked")
        handler.reply(fake.answer(asked))

    watching: Callable[..., None] = look
    city.wechat.next(fake_wechat.LOGIN, watching)
    city.wechat.next(fake_wechat.PHONE, watching)
    citizen = city.log_in("wechat", "login-1")

    citizen.expect(201, "POST", ROUTE, json=claim("name-1"))

    assert len(begun) == 2


def test_a_platform_that_is_no_longer_offered_is_named_so(city: City) -> None:
    citizen = city.log_in("wechat", "login-1")
    del city.sandbox.parts.providers["wechat"]

    citizen.refused(422, "provider-not-configured", "POST", ROUTE, json=claim("name-1"))


def test_population_and_phones_are_asked_over_http_where_they_are_configured(
    config: Config,
    fake_wechat_server: FakeWeChat,
    patience: Patience,
) -> None:
    person = claim_of("zhang-wei")
    name, number = person["name"], person["id_number"]
    fake_wechat_server.login_code("login-1", "openid-1")
    fake_wechat_server.phone_code("name-1", "openid-1", "13911112222")
    with (
        playing(FakePopulation({(name, "resident_id", number): "1990-05-17"})) as population,
        playing(FakePhones({(name, number, "13911112222")})) as phones,
    ):
        outside = OutsideConfig(
            wechat=WeChatConfig(fake_wechat.APP_ID, fake_wechat.SECRET, fake_wechat_server.address),
            population=RegistryConfig(population.address, fake_registries.TOKEN),
            phones=RegistryConfig(phones.address, fake_registries.TOKEN),
        )
        with connected(replace(config, outside=outside), patience) as sandbox:
            city = City(sandbox, fake_wechat_server, FakeAlipay())
            citizen = city.log_in("wechat", "login-1")
            population.next("/", late, late, late)
            citizen.refused(503, "registry-unavailable", "POST", ROUTE, json=claim("name-1"))
            between = city.rows()
            fake_wechat_server.phone_code("fresh-code", "openid-1", "13911112222")

            citizen.expect(201, "POST", ROUTE, json=claim("fresh-code"))

    assert (between["persons"], between["real_name_attempts"]) == (0, 0)
    assert len(phones.asked) == 2
