"""Builds what is outside, as it is configured: login platforms and the state's registries of people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from api.outside_config import OutsideConfig
from identity.phones import PhoneRegistry
from identity.platforms.alipay.client import Alipay
from identity.platforms.alipay.login import AlipayLogin
from identity.platforms.state_registries import HttpPhoneRegistry, HttpPopulationRegistry
from identity.platforms.wechat.client import WeChat
from identity.platforms.wechat.login import WeChatLogin
from identity.platforms.wire import DEFAULT_PATIENCE, Patience
from identity.population import PopulationRegistry
from identity.providers import LoginProvider


class Closable(Protocol):
    """Whatever holds connections."""

    def close(self) -> None:
        """Let them go."""
        ...


@dataclass(frozen=True, slots=True)
class StandIns:
    """What stands where nothing is connected: the sandbox's own, or nothing that answers."""

    logins: Sequence[LoginProvider]
    population: PopulationRegistry
    phones: PhoneRegistry


@dataclass(frozen=True, slots=True)
class Outside:
    """What is connected. `phones` is asked by the platforms that vouch with a phone number."""

    logins: tuple[LoginProvider, ...]
    population: PopulationRegistry
    phones: PhoneRegistry
    lines: tuple[Closable, ...] = ()

    def close(self) -> None:
        """Close every connection."""
        for line in self.lines:
            line.close()


def connect(
    config: OutsideConfig,
    stand_ins: StandIns,
    now: Callable[[], datetime],
    patience: Patience = DEFAULT_PATIENCE,
) -> Outside:
    """Build what is configured. `now` tells the real time, which the platforms know too."""
    lines: list[Closable] = []
    population, phones = stand_ins.population, stand_ins.phones
    logins: list[LoginProvider] = [*stand_ins.logins]
    if config.population:
        lines.append(
            population := HttpPopulationRegistry(config.population.url, config.population.token, patience)
        )
    if config.phones:
        lines.append(phones := HttpPhoneRegistry(config.phones.url, config.phones.token, patience))
    if config.wechat:
        wechat = WeChat(
            config.wechat.app_id, config.wechat.secret, base_url=config.wechat.base_url, patience=patience
        )
        lines.append(wechat)
        logins.append(WeChatLogin(wechat, phones))
    if config.alipay:
        alipay = Alipay(
            config.alipay.app_id, config.alipay.keys, now, gateway=config.alipay.gateway, patience=patience
        )
        lines.append(alipay)
        logins.append(AlipayLogin(alipay))
    return Outside(tuple(logins), population, phones, tuple(lines))
