"""Fixtures: key rings of one's own, and the cipher made from them."""

from datetime import UTC, datetime

import pytest
from hypothesis import settings

from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.crypto.keyring import KeyRing, Purpose, create_ring

# A busy machine is no fault of the code's: properties have no deadline.
settings.register_profile("liangzheng", deadline=None)
settings.load_profile("liangzheng")


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def pii_ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    folder = tmp_path_factory.mktemp("pii")
    create_ring(folder, Purpose.PII)
    return KeyRing(folder, Purpose.PII)


@pytest.fixture(scope="session")
def cipher(pii_ring: KeyRing) -> PiiCipher:
    return PiiCipher(pii_ring)


@pytest.fixture(scope="session")
def index(pii_ring: KeyRing) -> BlindIndex:
    return BlindIndex(pii_ring)
