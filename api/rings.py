"""The key rings of a configuration: opened, created, and given their next keys."""

from datetime import datetime

from api.config import Config
from identity.crypto import ring_files
from identity.crypto.keyring import KeyRing, Purpose, create_ring, new_jwk


def open_ring(config: Config, purpose: Purpose) -> KeyRing:
    """Read a ring. Raises KeyRingError."""
    return KeyRing(config.keys_dir, purpose, text=config.key_texts.get(purpose))


def open_all(config: Config) -> dict[Purpose, KeyRing]:
    """Read every ring. Raises KeyRingError."""
    return {purpose: open_ring(config, purpose) for purpose in Purpose}


def create(config: Config, purpose: Purpose, now: datetime) -> bool:
    """Make a ring with one key where there is none; tell whether it was made."""
    path = config.keys_dir / f"{purpose}.json"
    if purpose in config.key_texts or path.exists():
        return False
    return create_ring(config.keys_dir, purpose, new_jwk(purpose), now)


def announce(ring: KeyRing, now: datetime) -> str:
    """Give a ring its next key; return its kid. Raises KeyRingError."""
    taken = {key.kid for key in ring.all_keys()}
    jwk = next(jwk for jwk in iter(lambda: new_jwk(ring.purpose), None) if jwk["kid"] not in taken)
    ring_files.announce(ring, jwk, now)
    return jwk["kid"]


def text_of(config: Config, ring: KeyRing) -> bytes:
    """Return what a ring was read from."""
    text = config.key_texts.get(ring.purpose)
    return ring.path.read_bytes() if text is None else text.encode()
