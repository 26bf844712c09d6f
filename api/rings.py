"""The key rings of a configuration, and who signs with them: opened, created, and given their next keys."""

from collections.abc import Mapping
from datetime import datetime

from api.config import Config
from identity.crypto import ring_files
from identity.crypto.hsm import Hsm, HsmSigner
from identity.crypto.keyring import SYMMETRIC, KeyRing, Purpose, create_ring, new_jwk, new_kid
from identity.crypto.signer import KeyRingSigner, Signer


def open_ring(config: Config, purpose: Purpose) -> KeyRing:
    """Read a ring. Raises KeyRingError."""
    text, in_hsm = config.key_texts.get(purpose), purpose in _held(config)
    return KeyRing(config.keys_dir, purpose, text=text, in_hsm=in_hsm)


def open_all(config: Config) -> dict[Purpose, KeyRing]:
    """Read every ring. Raises KeyRingError."""
    return {purpose: open_ring(config, purpose) for purpose in Purpose}


def signers(config: Config, rings: Mapping[Purpose, KeyRing]) -> dict[Purpose, Signer]:
    """Return who signs for each purpose: the HSM where it holds the keys. Raises KeyRingError."""
    made: dict[Purpose, Signer] = {
        purpose: KeyRingSigner(ring) for purpose, ring in rings.items() if purpose not in SYMMETRIC
    }
    if config.hsm:
        hsm = Hsm(config.hsm)
        made |= {purpose: HsmSigner(rings[purpose], hsm) for purpose in config.hsm.purposes}
    return made


def create(config: Config, purpose: Purpose, now: datetime) -> bool:
    """Make a ring with one key where there is none; tell whether it was made. Raises KeyRingError."""
    path = config.keys_dir / f"{purpose}.json"
    if purpose in config.key_texts or path.exists():
        return False
    return create_ring(config.keys_dir, purpose, _new_jwk(config, purpose, new_kid(purpose)), now)


def announce(config: Config, ring: KeyRing, now: datetime) -> str:
    """Give a ring its next key; return its kid. Raises KeyRingError."""
    taken = {key.kid for key in ring.all_keys()}
    kid = next(kid for kid in iter(lambda: new_kid(ring.purpose), None) if kid not in taken)
    ring_files.announce(ring, _new_jwk(config, ring.purpose, kid), now)
    return kid


def text_of(config: Config, ring: KeyRing) -> bytes:
    """Return what a ring was read from."""
    text = config.key_texts.get(ring.purpose)
    return ring.path.read_bytes() if text is None else text.encode()


def _new_jwk(config: Config, purpose: Purpose, kid: str) -> dict[str, str]:
    if config.hsm and purpose in config.hsm.purposes:
        return Hsm(config.hsm).create_key(kid)
    return new_jwk(purpose, kid)


def _held(config: Config) -> frozenset[Purpose]:
    return config.hsm.purposes if config.hsm else frozenset()
