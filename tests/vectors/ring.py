"""A signing key made for a table of vectors, and what its public half looks like."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tests.forging import sign


class VectorKey:
    """A key with its id."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self.private = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwk(self) -> dict[str, str]:
        """The public half (RFC 7517)."""
        jwk = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        public = {name: str(jwk[name]) for name in ("kty", "crv", "x", "y")}
        return public | {"kid": self.kid, "alg": "ES256", "use": "sig"}

    def header(self, typ: str, /, **change: Any) -> dict[str, Any]:
        """Return the header that we would write, changed."""
        return {"alg": "ES256", "kid": self.kid, "typ": typ} | change

    def sign(self, typ: str, payload: Any, /, **change: Any) -> str:
        """Return a token."""
        return sign(self.private, self.header(typ, **change), payload)
