"""Which platforms and registries there are is configuration: checked at the start, and its secrets are never told."""

from pathlib import Path

import pytest

from api.config import Config, ConfigError
from tests.platforms.fake_alipay import alipays_key, app_key, private_pem, public_pem

SANDBOX = {"LZ_ENV": "sandbox"}
PRODUCTION = {"KEYS_DIR": "/keys", "METRICS_TOKEN": "metrics-t0ken"}
WECHAT = {"PROVIDERS": "wechat", "WECHAT_APPID": "wx0123456789abcdef", "WECHAT_SECRET": "wechat-s3cret"}
REGISTRIES = {
    "POPULATION_URL": "https://people.example.cn/match",
    "POPULATION_TOKEN": "population-t0ken",
    "PHONE_REGISTRY_URL": "https://phones.example.cn/match",
    "PHONE_REGISTRY_TOKEN": "phones-t0ken",
}


@pytest.fixture
def alipay(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "private").write_text(private_pem(app_key()))
    (tmp_path / "public").write_text(public_pem(alipays_key()))
    return {
        "PROVIDERS": "alipay",
        "ALIPAY_APP_ID": "2021000000000001",
        "ALIPAY_PRIVATE_KEY_FILE": str(tmp_path / "private"),
        "ALIPAY_PUBLIC_KEY_FILE": str(tmp_path / "public"),
    }


def refusal(env: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as refused:
        Config.from_env(env)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    return sentence


def test_a_sandbox_has_its_own_login_and_production_none_unless_told() -> None:
    sandbox, production = Config.from_env(SANDBOX).outside, Config.from_env(PRODUCTION).outside

    assert (sandbox.sandbox_logins, sandbox.wechat, sandbox.alipay) == (True, None, None)
    assert (production.sandbox_logins, production.wechat, production.alipay) == (False, None, None)
    assert (production.population, production.phones) == (None, None)


@pytest.mark.parametrize("providers", ["sandbox", "wechat,sandbox", " sandbox , alipay"])
def test_production_refuses_to_start_with_the_sandboxs_login(providers: str) -> None:
    assert refusal(PRODUCTION | WECHAT | {"PROVIDERS": providers}).startswith(
        "PROVIDERS must not name 'sandbox'"
    )


def test_a_sandbox_may_have_real_platforms_beside_its_own_or_instead() -> None:
    both = Config.from_env(SANDBOX | WECHAT | {"PROVIDERS": "sandbox, wechat"}).outside
    instead = Config.from_env(SANDBOX | WECHAT).outside

    assert (both.sandbox_logins, both.wechat is not None) == (True, True)
    assert (instead.sandbox_logins, instead.wechat is not None) == (False, True)


def test_real_platforms_and_registries_are_read_with_the_official_addresses(alipay: dict[str, str]) -> None:
    env = PRODUCTION | WECHAT | alipay | REGISTRIES | {"PROVIDERS": "wechat,alipay"}

    outside = Config.from_env(env).outside

    assert outside.wechat is not None
    assert outside.alipay is not None
    assert outside.population is not None
    assert outside.phones is not None
    assert outside.wechat.base_url == "https://api.weixin.qq.com"
    assert outside.alipay.gateway == "https://openapi.alipay.com/gateway.do"
    assert outside.population.url == "https://people.example.cn/match"
    assert outside.phones.token == "phones-t0ken"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROVIDERS", "wechat,qq"),
        ("PROVIDERS", "WeChat"),
        ("WECHAT_APPID", ""),
        ("WECHAT_APPID", "wx 01"),
        ("WECHAT_SECRET", ""),
        ("WECHAT_SECRET", "with space"),
        ("WECHAT_SECRET", "密钥"),
        ("WECHAT_SECRET_FILE", "/nowhere/at/all"),
        ("WECHAT_BASE_URL", "http://api.weixin.qq.com"),
        ("WECHAT_BASE_URL", "api.weixin.qq.com"),
        ("WECHAT_BASE_URL", "https://"),
        ("WECHAT_BASE_URL", "https://user:hunter2@api.weixin.qq.com"),
        ("WECHAT_BASE_URL", "https://api.weixin.qq.com?hunter2"),
        ("WECHAT_BASE_URL", "https://[hunter2"),
        ("WECHAT_BASE_URL", "https://api.weixin.qq.com:0"),
        ("POPULATION_URL", "ftp://people.example.cn"),
        ("POPULATION_TOKEN", ""),
        ("PHONE_REGISTRY_URL", "http://phones.example.cn"),
        ("PHONE_REGISTRY_TOKEN", "two words"),
    ],
)
def test_a_wrong_or_missing_value_stops_the_start_with_a_sentence_that_names_it(
    name: str, value: str
) -> None:
    env = PRODUCTION | WECHAT | REGISTRIES | {name: value}
    if name == "WECHAT_SECRET_FILE":
        env["WECHAT_SECRET"] = ""

    sentence = refusal(env)

    assert sentence.startswith(name)
    assert "hunter2" not in sentence


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ALIPAY_PRIVATE_KEY_FILE", "no key"),
        ("ALIPAY_PRIVATE_KEY_FILE", None),
        ("ALIPAY_PUBLIC_KEY_FILE", "no key"),
        ("ALIPAY_PUBLIC_KEY_FILE", None),
    ],
)
def test_a_key_that_is_none_stops_the_start(
    alipay: dict[str, str],
    tmp_path: Path,
    name: str,
    content: str | None,
) -> None:
    path = tmp_path / "other"
    if content is not None:
        path.write_text(content)

    assert refusal(PRODUCTION | alipay | {name: str(path)}).startswith(name)
    assert refusal(PRODUCTION | alipay | {name: ""}).startswith(name)


def test_the_two_keys_can_not_be_mixed_up(alipay: dict[str, str]) -> None:
    private, public = alipay["ALIPAY_PRIVATE_KEY_FILE"], alipay["ALIPAY_PUBLIC_KEY_FILE"]

    assert refusal(PRODUCTION | alipay | {"ALIPAY_PRIVATE_KEY_FILE": public}).startswith(
        "ALIPAY_PRIVATE_KEY_FILE"
    )
    assert refusal(PRODUCTION | alipay | {"ALIPAY_PUBLIC_KEY_FILE": private}).startswith(
        "ALIPAY_PUBLIC_KEY_FILE"
    )


def test_a_secret_may_lie_in_a_file_but_not_in_both_places(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("wechat-s3cret\n")
    in_file = PRODUCTION | WECHAT | {"WECHAT_SECRET": "", "WECHAT_SECRET_FILE": str(tmp_path / "secret")}

    wechat = Config.from_env(in_file).outside.wechat

    assert wechat is not None
    assert wechat.secret == "wechat-s3cret"
    assert refusal(in_file | {"WECHAT_SECRET": "another"}).startswith("WECHAT_SECRET and WECHAT_SECRET_FILE")


def test_a_sandbox_may_be_pointed_at_a_fake_over_http() -> None:
    env = SANDBOX | WECHAT | {"WECHAT_BASE_URL": "http://127.0.0.1:9000"}

    wechat = Config.from_env(env).outside.wechat

    assert wechat is not None
    assert wechat.base_url == "http://127.0.0.1:9000"


def test_what_is_configured_for_a_platform_that_is_not_offered_is_not_looked_at() -> None:
    env = PRODUCTION | {"WECHAT_APPID": "no app id", "ALIPAY_PRIVATE_KEY_FILE": "/nowhere"}

    assert Config.from_env(env).outside == Config.from_env(PRODUCTION).outside


def test_a_configuration_tells_no_secret(alipay: dict[str, str]) -> None:
    env = PRODUCTION | WECHAT | alipay | REGISTRIES | {"PROVIDERS": "wechat,alipay"}

    told = repr(Config.from_env(env)) + str(Config.from_env(env))

    assert "wx0123456789abcdef" in told
    assert [word for word in ("s3cret", "t0ken", "RSA", "PrivateKey") if word in told] == []
