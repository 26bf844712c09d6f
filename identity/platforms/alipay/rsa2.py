"""Alipay's RSA2: SHA-256 with RSA, PKCS #1 v1.5, in base64. Requests are signed, answers verified.

A request's signing text is its parameters sorted by name, `name=value` joined by `&`, without empty ones and
`sign`. An answer's is the raw text of its node: parsed and written anew it would be another text.
"""

import base64
import binascii
import json
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

SMALLEST_KEY_BITS = 2048
WHITE_SPACE = " \t\n\r"

_decoder = json.JSONDecoder()


class KeyUnreadable(ValueError):
    """A file does not hold the kind of key that it should."""


def read_private_key(text: str) -> RSAPrivateKey:
    """Read an application's private key: PEM, or the bare base64 that Alipay's key tool writes.

    Raises KeyUnreadable.
    """
    try:
        key = load_der_private_key(_der(text), password=None)
    except (ValueError, TypeError) as error:
        raise KeyUnreadable from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < SMALLEST_KEY_BITS:
        raise KeyUnreadable
    return key


def read_public_key(text: str) -> RSAPublicKey:
    """Read Alipay's public key: PEM, or the bare base64 that its console shows. Raises KeyUnreadable."""
    try:
        key = load_der_public_key(_der(text))
    except (ValueError, TypeError) as error:
        raise KeyUnreadable from error
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_KEY_BITS:
        raise KeyUnreadable
    return key


def signing_text(parameters: Mapping[str, str]) -> str:
    """Return what of a request is signed."""
    parts = sorted((name, value) for name, value in parameters.items() if value and name != "sign")
    return "&".join(f"{name}={value}" for name, value in parts)


def sign(text: str, key: RSAPrivateKey) -> str:
    """Return a text's signature in base64."""
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def is_signed(text: str, unverified_signature: str, key: RSAPublicKey) -> bool:
    """Tell whether a signature in base64 is one of that text."""
    try:
        signature = base64.b64decode(unverified_signature, validate=True)
        key.verify(signature, text.encode(), PKCS1v15(), SHA256())
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def members(text: str) -> dict[str, str]:
    """Return the members of a JSON object, each as the raw text that stands there.

    Raises ValueError for what is no object, and for a name that comes twice: which of the two was signed?
    """
    found: dict[str, str] = {}
    at = _expect(text, 0, "{")
    while True:
        name, at = _decoder.raw_decode(text, _past_space(text, at))
        if not isinstance(name, str) or name in found:
            raise ValueError(name)
        begin = _past_space(text, _expect(text, at, ":"))
        _, at = _decoder.raw_decode(text, begin)
        found[name] = text[begin:at]
        at = _past_space(text, at)
        if text[at : at + 1] != ",":
            break
        at += 1
    if text[_expect(text, at, "}") :].strip(WHITE_SPACE):
        raise ValueError(at)
    return found


def _expect(text: str, at: int, character: str) -> int:
    at = _past_space(text, at)
    if text[at : at + 1] != character:
        raise ValueError(at)
    return at + 1


def _past_space(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in WHITE_SPACE:
        at += 1
    return at


def _der(text: str) -> bytes:
    lines = [line.strip() for line in text.strip().splitlines()]
    inner = "".join(line for line in lines if not line.startswith("-----"))
    return base64.b64decode(inner, validate=True)
