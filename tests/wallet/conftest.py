"""Fixtures: a show ring of one's own, and time that stands still."""

from datetime import UTC, datetime

import pytest
from hypothesis import settings

from identity.crypto.keyring import KeyRing, Purpose, create_ring
from identity.crypto.signer import KeyRingSigner, Signer

# A busy machine is no fault of the code's: properties have no deadline.
settings.register_profile("liangzheng", deadline=None)
settings.load_profile("liangzheng")


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def show_ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    folder = tmp_path_factory.mktemp("show")
    create_ring(folder, Purpose.SHOW)
    return KeyRing(folder, Purpose.SHOW)


@pytest.fixture(scope="session")
def signer(show_ring: KeyRing) -> Signer:
    return KeyRingSigner(show_ring)
