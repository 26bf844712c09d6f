"""Addresses of receivers as they are given: read once, strictly, and never put together again from text."""

import re
from dataclasses import dataclass

MAX_CHARACTERS = 2048
HTTPS = "https"
PORTS = {"http": 80, HTTPS: 443}
# No user, no fragment, no backslash, nothing but visible ASCII: what two readers of URLs disagree about is refused.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<target>[/?][!-\"$-\[\]-~]*)?"
)
MAX_PORT = 65535


class UrlMalformed(ValueError):
    """Not an address that we would send to."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver's address in its parts. `host` has no brackets; `target` begins with a slash."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The Host header (RFC 9112 §3.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read(text: str, *, plain_http: bool) -> Endpoint:
    """Read a receiver's address; `plain_http` allows one without TLS. Raises UrlMalformed."""
    match = _URL.fullmatch(text) if len(text) <= MAX_CHARACTERS else None
    if match is None or (match["scheme"] != HTTPS and not plain_http):
        raise UrlMalformed
    port = int(match["port"] or PORTS[match["scheme"]])
    if not 0 < port <= MAX_PORT:
        raise UrlMalformed
    target = match["target"] or "/"
    target = target if target.startswith("/") else f"/{target}"
    return Endpoint(match["scheme"], match["host"].strip("[]").lower(), port, target)
