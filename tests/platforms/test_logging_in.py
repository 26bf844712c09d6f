"""From a platform's code to a real name, through our API, against platforms over real HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import func, select

from api.app import create_app
from api.config import Config
from api.connecting import StandIns, connect
from api.outside_config import AlipayConfig, OutsideConfig, RegistryConfig, WeChatConfig
from api.services import build
from identity.accounts import AccountRow, LoginRow
from identity.clock import SystemClock
from identity.consent_texts import ConsentGivenRow
from identity.people import PersonRow
from identity.platforms.wire import Patience
from identity.real_name_locks import RealNameAttemptRow
from identity.sandbox.phones import SandboxPhoneRegistry
from identity.sessions import SessionRow
from tests.platforms import fake_alipay, fake_registries, fake_wechat
from tests.platforms.fake_alipay import FakeAlipay, error, signed, stripped, tampered
from tests.platforms.fake_registries import FakePhones, FakePopulation
from tests.platforms.fake_server import Mishap, Reply, cut, drips, late, packed, playing, replies, said
from tests.platforms.fake_wechat import BUSY, FakeWeChat, refusal
from tests.sandbox import JSON, Citizen, Sandbox, claim_of

ROUTE = "/v1/real-name"
USER = "2088000000000001"
PHONE = "13800000001"


@dataclass
class City:
    """A sandbox that is connected to WeChat and Alipay, which somebody plays."""

    sandbox: Sandbox
    wechat: FakeWeChat
    alipay: FakeAlipay

    def log_in(self, provider: str, code: str) -> Citizen:
        body = {"provider": provider, "code": code}
        answer = self.sandbox.anybody.expect(201, "POST", "/v1/sessions", json=body)
        return Citizen(self.sandbox.app, answer["access_token"], code="zhang-wei", account=answer["account"])

    def refused(self, status: int, problem: str, provider: str, code: str) -> JSON:
        body = {"provider": provider, "code": code}
        return self.sandbox.anybody.refused(status, problem, "POST", "/v1/sessions", json=body)

    def rows(self) -> dict[str, int]:
        """Count what a login or a binding leaves behind."""
        tables = (AccountRow, LoginRow, SessionRow, PersonRow, ConsentGivenRow, RealNameAttemptRow)
        with self.sandbox.parts.database.read() as session:
            counts = [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
        names = [str(table.__tablename__) for table in tables]
        return dict(zip(names, counts, strict=True))


@pytest.fixture
def city(
    config: Config,
    fake_wechat_server: FakeWeChat,
    fake_alipay_server: FakeAlipay,
    patience: Patience,
) -> Iterator[City]:
    outside = OutsideConfig(
        sandbox_logins=True,
        wechat=WeChatConfig(fake_wechat.APP_ID, fake_wechat.SECRET, fake_wechat_server.address),
        alipay=AlipayConfig(fake_alipay.APP_ID, fake_alipay.keys(), fake_alipay_server.gateway),
    )
    fake_wechat_server.login_code("login-code", "openid-1")
    fake_wechat_server.phone_code("name-code", "openid-1", PHONE)
    fake_alipay_server.auth_code("login-code", USER)
    fake_alipay_server.auth_code("name-code", USER)
    fake_alipay_server.certify(USER, "张伟", claim_of("zhang-wei")["id_number"])
    with connected(replace(config, outside=outside), patience) as sandbox:
        yield City(sandbox, fake_wechat_server, fake_alipay_server)


class connected:  # noqa: N801  a context manager reads like a verb
    """A sandbox whose patience with what is outside is soon at its end."""

    def __init__(self, config: Config, patience: Patience) -> None:
        built = build(config)
        stand_ins = StandIns([], built.outside.population, SandboxPhoneRegistry())
        self._replaced = built.outside
        outside = connect(config.outside, stand_ins, SystemClock().now, patience)
        providers = built.providers | {provider.name: provider for provider in outside.logins}
        desk = replace(built.real_name, population=outside.population)
        parts = replace(built, outside=outside, providers=providers, real_name=desk)
        self._sandbox = Sandbox(create_app(config, parts))

    def __enter__(self) -> Sandbox:
        return self._sandbox

    def __exit__(self, *_error: object) -> None:
        self._replaced.close()
        self._sandbox.parts.close()


def claim(phone_code: str | None = "name-code") -> JSON:
    return claim_of("zhang-wei") | ({"phone_code": phone_code} if phone_code else {})


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_a_login_and_the_platforms_voucher_bind_a_real_name(city: City, provider: str) -> None:
    citizen = city.log_in(provider, "login-code")

    account = citizen.expect(201, "POST", ROUTE, json=claim())

    assert account["assurance_level"] == 2
    assert account["real_name"]["name_masked"] == "*伟"
    assert citizen.sync()["licences"]


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_the_same_platform_user_comes_back_to_the_same_account(city: City, provider: str) -> None:
    first = city.log_in(provider, "login-code")
    city.wechat.login_code("second-code", "openid-1")
    city.alipay.auth_code("second-code", USER)

    second = city.log_in(provider, "second-code")

    assert first.account is not None
    assert second.account is not None
    assert first.account["id"] == second.account["id"]


def test_the_sandboxs_login_stays_beside_the_platforms(city: City) -> None:
    assert city.sandbox.log_in("li-na").bind()["assurance_level"] == 2


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
@pytest.mark.parametrize("code", ["login-code", "unknown-code"])
def test_a_code_used_twice_or_unknown_opens_nothing(city: City, provider: str, code: str) -> None:
    city.log_in(provider, "login-code")
    before = city.rows()

    city.refused(401, "login-refused", provider, code)

    assert city.rows() == before


FailureOf = tuple[str, str, int, str]
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
    city: City,
    provider: str,
    mishap: Mishap,
    status: int,
    code: str,
) -> None:
    fake: FakeWeChat | FakeAlipay = city.wechat if provider == "wechat" else city.alipay
    fresh = city.rows()
    fake.next(ROUTES[provider]["login"], *[mishap] * ALL_THREE)
    refused = city.sandbox.anybody.post("/v1/sessions", {"provider": provider, "code": "login-code"})
    after_login = city.rows()
    fake._next.clear()
    fake.state.used.clear()
    citizen = city.log_in(provider, "login-code")
    logged_in = city.rows()
    fake.next(ROUTES[provider]["name"], *[mishap] * ALL_THREE)

    citizen.refused(status, code, "POST", ROUTE, json=claim())

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
    citizen = city.log_in(provider, "login-code")
    fake.next(ROUTES[provider]["name"], *[late] * ALL_THREE)
    citizen.refused(503, "platform-busy", "POST", ROUTE, json=claim())
    fake._next.clear()
    city.wechat.phone_code("fresh-code", "openid-1", PHONE)
    city.alipay.auth_code("fresh-code", USER)

    assert citizen.expect(201, "POST", ROUTE, json=claim("fresh-code"))["assurance_level"] == 2


def test_busy_then_well_is_well_to_the_citizen(city: City) -> None:
    city.wechat.next(fake_wechat.LOGIN, replies(said(BUSY)), replies(said(BUSY)))
    city.wechat.next(fake_wechat.PHONE, replies(said(BUSY)))

    assert (
        city.log_in("wechat", "login-code").expect(201, "POST", ROUTE, json=claim())["assurance_level"] == 2
    )


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
@pytest.mark.parametrize("code", [None, "login-code", "unknown-code"])
def test_without_a_code_that_vouches_the_field_is_named_and_nothing_counted(
    city: City,
    provider: str,
    code: str | None,
) -> None:
    citizen = city.log_in(provider, "login-code")
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
    citizen = city.log_in(provider, "login-code")
    stranger = claim_of("li-na") | {"phone_code": "name-code"}

    citizen.refused(422, "real-name-mismatch", "POST", ROUTE, json=stranger)

    assert city.rows()["persons"] == 0
    assert city.rows()["real_name_attempts"] == 1


def test_a_phone_number_of_another_does_not_vouch(city: City) -> None:
    city.wechat.phone_code("other-code", "openid-1", "13800000002")
    citizen = city.log_in("wechat", "login-code")

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
    citizen = city.log_in("wechat", "login-code")

    citizen.expect(201, "POST", ROUTE, json=claim())

    assert len(begun) == 2


def test_a_platform_that_is_no_longer_offered_is_named_so(city: City) -> None:
    citizen = city.log_in("wechat", "login-code")
    del city.sandbox.parts.providers["wechat"]

    citizen.refused(422, "provider-not-configured", "POST", ROUTE, json=claim())


def test_population_and_phones_are_asked_over_http_where_they_are_configured(
    config: Config,
    fake_wechat_server: FakeWeChat,
    patience: Patience,
) -> None:
    person = claim_of("zhang-wei")
    name, number = person["name"], person["id_number"]
    fake_wechat_server.login_code("login-code", "openid-1")
    fake_wechat_server.phone_code("name-code", "openid-1", "13911112222")
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
            citizen = city.log_in("wechat", "login-code")
            population.next("/", late, late, late)
            citizen.refused(503, "registry-unavailable", "POST", ROUTE, json=claim())
            between = city.rows()
            fake_wechat_server.phone_code("fresh-code", "openid-1", "13911112222")

            citizen.expect(201, "POST", ROUTE, json=claim("fresh-code"))

    assert (between["persons"], between["real_name_attempts"]) == (0, 0)
    assert len(phones.asked) == 2
