"""Public keys of clients: JSON Web Keys (RFC 7517) that an enterprise registers for one of its programs.

Each fits the algorithms of its sort, which are pinned here: whoever sends an assertion has no say in them.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.exceptions import InvalidKeyError
from jwt.utils import base64url_encode

from identity.errors import InvalidField

MAX_KEYS = 10
# Bits. Fewer can be broken, and more only keep us busy.
MIN_RSA, MAX_RSA = 2048, 4096
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
# What makes a key the key that it is, in the order of RFC 7638 §3.2.
MEMBERS = MappingProxyType(
    {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
)
_KID = re.compile(r"[!-~]{1,100}")

Public = EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey


class KeyUse(StrEnum):
    """What a key is for: to prove its client, or to encrypt to it."""

    SIGNING = "signing"
    ENCRYPTION = "encryption"


# By use and kind of key, the first one when the key does not say.
ALGORITHMS: MappingProxyType[tuple[KeyUse, str], tuple[str, ...]] = MappingProxyType(
    {
        (KeyUse.SIGNING, "EC"): ("ES256",),
        (KeyUse.SIGNING, "OKP"): ("EdDSA",),
        (KeyUse.SIGNING, "RSA"): ("PS256", "RS256"),
        (KeyUse.ENCRYPTION, "EC"): ("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"),
        (KeyUse.ENCRYPTION, "RSA"): ("RSA-OAEP-256",),
    }
)
SIGNING_ALGORITHMS = tuple(
    a for (use, _), all_of in ALGORITHMS.items() if use is KeyUse.SIGNING for a in all_of
)
_USES = {"sig": KeyUse.SIGNING, "enc": KeyUse.ENCRYPTION, None: KeyUse.SIGNING}

_READERS: dict[str, Any] = {
    "EC": ECAlgorithm,
    "OKP": OKPAlgorithm,
    "RSA": RSAAlgorithm,
}
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A public key, checked. `jwk` has what is published of it, `digest` is its thumbprint (RFC 7638)."""

    kid: str
    use: KeyUse
    algorithms: tuple[str, ...]
    jwk: dict[str, str]
    digest: bytes
    public: Public


class _Unfit(Exception):
    """A key is not one that can be registered; what is wrong, in two languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def keys_of(jwks: dict[str, Any]) -> tuple[ClientKey, ...]:
    """Return the keys of a JWK Set. Raises InvalidField, which names the key and what is wrong with it."""
    found: list[ClientKey] = []
    for place, jwk in enumerate(jwks["keys"]):
        try:
            key = read(jwk)
            if key.kid in {one.kid for one in found} or key.digest in {one.digest for one in found}:
                raise _Unfit(zh="密钥或 kid 重复", en="This key, or its kid, is there twice.")
        except _Unfit as fault:
            raise InvalidField(field=f"jwks.keys.{place}", message_zh=fault.zh, message_en=fault.en) from None
        found.append(key)
    return tuple(found)


def read(jwk: dict[str, Any]) -> ClientKey:
    """Return a key, checked."""
    if PRIVATE_MEMBERS & set(jwk):
        raise _Unfit(
            zh="只能提交公钥；该私钥或对称密钥已外泄，请换用新的密钥",
            en="Send public keys only. What you sent is private: it has left your hands, so make another.",
        )
    kty, use = jwk.get("kty"), _use_of(jwk)
    if not isinstance(kty, str) or (use, kty) not in ALGORITHMS:
        raise _Unfit(
            zh="签名密钥须为 EC P-256、Ed25519 或 RSA，加密密钥须为 EC P-256 或 RSA",
            en="A key to sign with is EC P-256, Ed25519 or RSA, one to encrypt to EC P-256 or RSA.",
        )
    algorithms = _algorithms_of(jwk, use, kty)
    public, plain = _material(kty, jwk)
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(canonical).digest()
    kid = jwk.get("kid", base64url_encode(digest).decode())
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise _Unfit(zh="kid 须为1至100个可见字符", en="A kid has 1 to 100 visible characters.")
    published = plain | {"kid": kid, "use": "sig" if use is KeyUse.SIGNING else "enc"}
    if "alg" in jwk:
        published["alg"] = algorithms[0]
    return ClientKey(kid, use, algorithms, published, digest, public)


def _use_of(jwk: dict[str, Any]) -> KeyUse:
    use = jwk.get("use")
    if use is not None and (not isinstance(use, str) or use not in _USES):
        raise _Unfit(zh="use 须为 sig 或 enc", en="`use` is sig or enc.")
    return _USES[use]


def _algorithms_of(jwk: dict[str, Any], use: KeyUse, kty: str) -> tuple[str, ...]:
    fitting, said = ALGORITHMS[use, kty], jwk.get("alg")
    if said is None:
        return fitting
    if said not in fitting:
        raise _Unfit(
            zh=f"alg 须为 {'、'.join(fitting)}", en=f"For this key `alg` is one of {', '.join(fitting)}."
        )
    return (str(said),)


def _material(kty: str, jwk: dict[str, Any]) -> tuple[Public, dict[str, str]]:
    """Return the key, and the members that make it in their one spelling."""
    unreadable = _Unfit(zh="密钥无法读取，请核对其各项", en="The key can't be read: check its members.")
    members = {name: jwk.get(name) for name in MEMBERS[kty]}
    if not all(isinstance(value, str) and len(value) <= MAX_RSA // 4 for value in members.values()):
        raise unreadable
    if kty in _CURVES and jwk["crv"] != _CURVES[kty]:
        raise _Unfit(zh=f"曲线须为 {_CURVES[kty]}", en=f"Its curve has to be {_CURVES[kty]}.")
    reader = _READERS[kty]
    try:
        public = reader.from_jwk(members)
    except (InvalidKeyError, ValueError, TypeError, KeyError):
        raise unreadable from None
    if isinstance(public, RSAPublicKey) and not MIN_RSA <= public.key_size <= MAX_RSA:
        raise _Unfit(
            zh=f"RSA 密钥须为 {MIN_RSA} 至 {MAX_RSA} 位", en=f"An RSA key has {MIN_RSA} to {MAX_RSA} bits."
        )
    if not isinstance(public, EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey):
        raise unreadable
    spelt = json.loads(reader.to_jwk(public))
    return public, {name: str(spelt[name]) for name in MEMBERS[kty]}
