"""Configuration of what is outside: which login platforms there are, and where the state's registries answer."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from identity.platforms.alipay import client as alipay
from identity.platforms.alipay import rsa2
from identity.platforms.alipay.client import AlipayKeys
from identity.platforms.wechat import client as wechat

SANDBOX, WECHAT, ALIPAY = "sandbox", "wechat", "alipay"
PROVIDERS = (WECHAT, ALIPAY, SANDBOX)
APP_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# It travels in URLs and headers.
SECRET = re.compile(r"[!-~]{1,512}")

Key = TypeVar("Key")


class OutsideConfigError(ValueError):
    """A value is missing or wrong; the text is a sentence for the operator, and never holds the value of a secret."""


@dataclass(frozen=True, slots=True)
class WeChatConfig:
    """The mini-program at WeChat."""

    app_id: str
    secret: str = field(repr=False)
    base_url: str = wechat.BASE_URL


@dataclass(frozen=True, slots=True)
class AlipayConfig:
    """The mini-program at Alipay."""

    app_id: str
    keys: AlipayKeys = field(repr=False)
    gateway: str = alipay.GATEWAY


@dataclass(frozen=True, slots=True)
class RegistryConfig:
    """A registry of people: where it is asked, and what shows that we may ask."""

    url: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutsideConfig:
    """Everything outside. None is not connected."""

    sandbox_logins: bool = False
    wechat: WeChatConfig | None = None
    alipay: AlipayConfig | None = None
    population: RegistryConfig | None = None
    phones: RegistryConfig | None = None


NOTHING_OUTSIDE = OutsideConfig()


def read(env: Mapping[str, str], *, is_sandbox: bool) -> OutsideConfig:
    """Read and check the environment. Raises OutsideConfigError."""
    providers = _providers(env.get("PROVIDERS") or (SANDBOX if is_sandbox else ""), is_sandbox)
    return OutsideConfig(
        sandbox_logins=SANDBOX in providers,
        wechat=_wechat(env, is_sandbox) if WECHAT in providers else None,
        alipay=_alipay(env, is_sandbox) if ALIPAY in providers else None,
        population=_population(env, is_sandbox) if env.get("POPULATION_URL") else None,
        phones=_phones(env, is_sandbox) if env.get("PHONE_REGISTRY_URL") else None,
    )


def _providers(text: str, is_sandbox: bool) -> frozenset[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in PROVIDERS:
            msg = f"PROVIDERS must be some of 'wechat', 'alipay' and 'sandbox', with commas; not {name!r}."
            raise OutsideConfigError(msg)
    if SANDBOX in names and not is_sandbox:
        msg = "PROVIDERS must not name 'sandbox' in production: anybody could log in as anybody."
        raise OutsideConfigError(msg)
    return frozenset(names)


def _wechat(env: Mapping[str, str], is_sandbox: bool) -> WeChatConfig:
    return WeChatConfig(
        _app_id(env, "WECHAT_APPID"),
        _secret(env, "WECHAT_SECRET"),
        _url(env, "WECHAT_BASE_URL", wechat.BASE_URL, is_sandbox),
    )


def _alipay(env: Mapping[str, str], is_sandbox: bool) -> AlipayConfig:
    keys = AlipayKeys(
        _key(env, "ALIPAY_PRIVATE_KEY_FILE", rsa2.read_private_key, "the application's private key"),
        _key(env, "ALIPAY_PUBLIC_KEY_FILE", rsa2.read_public_key, "Alipay's public key"),
    )
    gateway = _url(env, "ALIPAY_GATEWAY", alipay.GATEWAY, is_sandbox)
    return AlipayConfig(_app_id(env, "ALIPAY_APP_ID"), keys, gateway)


def _population(env: Mapping[str, str], is_sandbox: bool) -> RegistryConfig:
    return RegistryConfig(_url(env, "POPULATION_URL", "", is_sandbox), _secret(env, "POPULATION_TOKEN"))


def _phones(env: Mapping[str, str], is_sandbox: bool) -> RegistryConfig:
    url = _url(env, "PHONE_REGISTRY_URL", "", is_sandbox)
    return RegistryConfig(url, _secret(env, "PHONE_REGISTRY_TOKEN"))


def _app_id(env: Mapping[str, str], name: str) -> str:
    value = env.get(name) or ""
    if not APP_ID.fullmatch(value):
        msg = f"{name} must be the app id that the platform gave, of letters and digits."
        raise OutsideConfigError(msg)
    return value


def _secret(env: Mapping[str, str], name: str) -> str:
    """Return the value of NAME, or what stands in the file that NAME_FILE names."""
    path = env.get(f"{name}_FILE")
    if path and env.get(name):
        msg = f"{name} and {name}_FILE must not both be set."
        raise OutsideConfigError(msg)
    value = _text_of(f"{name}_FILE", path).strip() if path else env.get(name) or ""
    if not SECRET.fullmatch(value):
        msg = f"{name} (or {name}_FILE) must be set: 1 to 512 visible ASCII characters without spaces."
        raise OutsideConfigError(msg)
    return value


def _key(env: Mapping[str, str], name: str, read_key: Callable[[str], Key], what: str) -> Key:
    path = env.get(name)
    if path:
        try:
            return read_key(_text_of(name, path))
        except rsa2.KeyUnreadable:
            pass
    msg = f"{name} must name a file with {what}: RSA of 2048 bits or more, PEM or base64."
    raise OutsideConfigError(msg)


def _text_of(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        msg = f"{name} must name a file that can be read."
        raise OutsideConfigError(msg) from None


def _url(env: Mapping[str, str], name: str, default: str, is_sandbox: bool) -> str:
    url = env.get(name) or default
    schemes = ("https", "http") if is_sandbox else ("https",)
    try:
        parts = urlsplit(url)
        fine = parts.scheme in schemes and parts.hostname and parts.port != 0 and parts.username is None
    except ValueError:
        fine, parts = False, urlsplit("")
    if not fine or parts.query or parts.fragment or not SECRET.fullmatch(url):
        # The value is not repeated: a password may stand in it.
        msg = f"{name} must be an {' or '.join(schemes)} address without user, query or fragment."
        raise OutsideConfigError(msg)
    return url
