"""Production with real platforms: it starts with them and serves people, and never with the sandbox's login."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api import migrating
from api.app import create_app
from api.blueprint import EXTENSION
from api.config import Config
from api.outside_config import RegistryConfig
from api.services import Services
from identity.crypto.keyring import Purpose, create_ring
from identity.errors import RegistryUnavailable
from tests import stores
from tests.paths import ROOT
from tests.platforms import fake_registries, fake_wechat
from tests.platforms.fake_registries import FakePhones, FakePopulation
from tests.platforms.fake_server import playing
from tests.platforms.fake_wechat import FakeWeChat
from tests.sandbox import Caller

# A worked example of GB 11643, and as such nobody's.
NAME, NUMBER, PHONE = "阿卜杜拉·买买提", "11010519491231002X", "13911112222"
START_SECONDS = 60


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a production that WeChat and both registries are connected to."""
    keys = tmp_path / "keys"
    for purpose in Purpose:
        create_ring(keys, purpose)
    url = stores.fresh_url(tmp_path)
    yield {
        "LZ_ENV": "production",
        "DATA_DIR": str(tmp_path),
        "KEYS_DIR": str(keys),
        "DATABASE_URL": url,
        "METRICS_TOKEN": "a-token",
        "LOG_LEVEL": "error",
        "PROVIDERS": "wechat",
        "WECHAT_APPID": fake_wechat.APP_ID,
        "WECHAT_SECRET": fake_wechat.SECRET,
        "POPULATION_URL": "https://people.example.cn/match",
        "POPULATION_TOKEN": fake_registries.TOKEN,
        "PHONE_REGISTRY_URL": "https://phones.example.cn/match",
        "PHONE_REGISTRY_TOKEN": fake_registries.TOKEN,
    }
    stores.drop(url)


def at_fakes(config: Config, wechat: FakeWeChat, population: FakePopulation, phones: FakePhones) -> Config:
    """Point a configuration, checked as it is, at loopback: TLS is not what is tested here."""
    assert config.outside.wechat is not None
    outside = replace(
        config.outside,
        wechat=replace(config.outside.wechat, base_url=wechat.address),
        population=RegistryConfig(population.address, fake_registries.TOKEN),
        phones=RegistryConfig(phones.address, fake_registries.TOKEN),
    )
    return replace(config, outside=outside)


@pytest.fixture
def parts_and_caller(env: dict[str, str]) -> Iterator[tuple[Services, Caller]]:
    """A production, and somebody without a token."""
    known = {(NAME, NUMBER, PHONE)}
    with (
        playing(FakeWeChat()) as wechat,
        playing(FakePopulation({(NAME, "resident_id", NUMBER): "1949-12-31"})) as population,
        playing(FakePhones(known)) as phones,
    ):
        wechat.login_code("login-code", "openid-1")
        wechat.phone_code("phone-code", "openid-1", PHONE)
        app = create_app(at_fakes(Config.from_env(env), wechat, population, phones))
        parts: Services = app.extensions[EXTENSION]
        migrating.upgrade(parts.database)
        yield parts, Caller(app)
        parts.close()


def test_a_citizen_logs_in_with_wechat_and_binds_their_real_name(
    parts_and_caller: tuple[Services, Caller],
) -> None:
    _, anybody = parts_and_caller
    login = {"provider": "wechat", "code": "login-code"}
    citizen = Caller(anybody.app, anybody.expect(201, "POST", "/v1/sessions", json=login)["access_token"])
    claim = {
        "name": NAME.replace("·", "•"),
        "id_type": "resident_id",
        "id_number": NUMBER.lower(),
        "consent_version": "1",
        "phone_code": "phone-code",
    }

    account = citizen.expect(201, "POST", "/v1/real-name", json=claim)

    assert account["assurance_level"] == 2
    assert account["real_name"]["id_number_masked"] == "1101**********002X"


@pytest.mark.parametrize("provider", ["sandbox", "alipay"])
def test_what_is_not_configured_is_not_offered(
    parts_and_caller: tuple[Services, Caller], provider: str
) -> None:
    parts, anybody = parts_and_caller

    anybody.refused(
        422,
        "provider-not-configured",
        "POST",
        "/v1/sessions",
        json={"provider": provider, "code": "zhang-wei"},
    )

    assert set(parts.providers) == {"wechat"}


def test_without_registries_nobody_can_be_matched_and_nobody_is_refused_as_a_mismatch(
    env: dict[str, str],
) -> None:
    config = Config.from_env(env | {"POPULATION_URL": "", "PHONE_REGISTRY_URL": ""})
    parts: Services = create_app(config).extensions[EXTENSION]

    with pytest.raises(RegistryUnavailable):
        parts.outside.phones.matches(name=NAME, id_number=NUMBER, phone=PHONE)
    parts.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [("PROVIDERS", "wechat,sandbox"), ("WECHAT_SECRET", ""), ("POPULATION_URL", "http://people.example.cn")],
)
def test_a_process_refuses_to_start_with_a_sentence_that_names_what_is_wrong(
    env: dict[str, str],
    name: str,
    value: str,
) -> None:
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=os.environ | env | {name: value},
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )

    assert started.returncode == 1
    assert started.stderr.startswith(f"liangzheng can't start: {name} ")
    assert "Traceback" not in started.stderr
    assert fake_wechat.SECRET not in started.stderr
