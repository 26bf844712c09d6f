"""Fixtures: the systems outside, played on loopback, and clients that don't wait long for them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from api.config import Config
from identity.platforms.alipay.client import Alipay
from identity.platforms.wechat.client import WeChat
from identity.platforms.wire import Patience
from tests.platforms import fake_alipay, fake_wechat
from tests.platforms.city import City, a_city
from tests.platforms.fake_alipay import FakeAlipay
from tests.platforms.fake_server import playing
from tests.platforms.fake_wechat import FakeWeChat
from tests.platforms.waiting import Pauses


@pytest.fixture(autouse=True)
def _lines(every_line_is_logged: None) -> None:
    """Let the tests of platforms read every log line."""


@pytest.fixture
def pauses() -> Pauses:
    """The pauses that were made before asking again. None of them takes any time."""
    return Pauses()


@pytest.fixture
def patience(pauses: Pauses) -> Patience:
    """Patience that is soon at its end."""
    return pauses.patience()


@pytest.fixture
def fake_wechat_server() -> Iterator[FakeWeChat]:
    """WeChat."""
    with playing(FakeWeChat()) as fake:
        yield fake


@pytest.fixture
def wechat(fake_wechat_server: FakeWeChat, patience: Patience) -> Iterator[WeChat]:
    """The client of that WeChat."""
    client = WeChat(
        fake_wechat.APP_ID,
        fake_wechat.SECRET,
        base_url=fake_wechat_server.address,
        patience=patience,
    )
    yield client
    client.close()


@pytest.fixture
def fake_alipay_server() -> Iterator[FakeAlipay]:
    """Alipay."""
    with playing(FakeAlipay()) as fake:
        yield fake


@pytest.fixture
def alipay(fake_alipay_server: FakeAlipay, patience: Patience) -> Iterator[Alipay]:
    """The client of that Alipay."""
    client = Alipay(
        fake_alipay.APP_ID,
        fake_alipay.keys(),
        lambda: datetime(2026, 11, 22, 2, 0, 1, tzinfo=UTC),
        gateway=fake_alipay_server.gateway,
        patience=patience,
    )
    yield client
    client.close()


@pytest.fixture
def city(config: Config, patience: Patience) -> Iterator[City]:
    """A sandbox that is connected to both."""
    with a_city(config, patience) as city:
        city.enter("1")
        yield city
