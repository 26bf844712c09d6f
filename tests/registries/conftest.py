"""Settings for properties of mappings, and a stand-in of Guangdong with its client."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.registries.guangdong import CODE, SHARED, GuangdongService
from tests.registries.guangdong_client import settings_at
from tests.registries.server import StandIn, serving
from wallet.registries.http.guangdong import GuangdongRegistry

# A busy machine is no fault of the code's: properties have no deadline.
settings.register_profile("liangzheng", deadline=None)
settings.load_profile("liangzheng")


@pytest.fixture(autouse=True)
def _lines(every_line_is_logged: None) -> None:
    """Let the tests of registries read every log line."""


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with serving(in_guangdong=(CODE, SHARED)) as stand_in:
        yield stand_in


@pytest.fixture
def service(stand_in: StandIn) -> GuangdongService:
    """Give traffic police that knows nobody's token, and has noted nothing."""
    stand_in.modes.clear()
    stand_in.asked.clear()
    service = GuangdongService(CODE, stand_in.books)
    stand_in.guangdong[CODE] = service
    return service


@pytest.fixture
def client(stand_in: StandIn, service: GuangdongService) -> Iterator[GuangdongRegistry]:
    assert not service.tokens
    client = GuangdongRegistry(settings_at(stand_in))
    yield client
    client.close()
