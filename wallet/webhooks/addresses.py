"""Which addresses we connect to for a stranger: public ones alone, in the sandbox loopback alone (SSRF, OWASP A10:2021).

What a name stands for is asked once for each connection, every answer has to be allowed, and it is such an answer
that is connected to: a name that says something else a moment later (DNS rebinding) leads nowhere.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

# Asks for the addresses of a host. Raises OSError.
Resolve = Callable[[str, int], list[str]]

# Beside what Python knows to be nobody's on the internet (`is_global`): relays, translators and tunnels, which carry
# an address of their own inside, and what cloud providers answer their own machines on.
FORBIDDEN_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers (RFC 6598)
        "168.63.129.16/32",  # Azure's own services
        "192.0.0.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.175.48.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
    )
)
# Everything that is given to anybody lies in here (RFC 4291 §2.4, IANA).
GIVEN_V6 = ipaddress.IPv6Network("2000::/3")
FORBIDDEN_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # Teredo, ORCHID and other protocols' own (RFC 2928)
        "2001:db8::/32",
        "2002::/16",  # 6to4 (RFC 3056)
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


class AddressRefused(Exception):
    """A host stands for an address that we don't connect to."""


class HostUnknown(Exception):
    """Nobody says what a host stands for, or not in time."""


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Decides what may be connected to."""

    loopback_only: bool

    def allows(self, text: str) -> bool:
        """Tell whether an address, as a resolver wrote it, may be connected to."""
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return False
        if self.loopback_only:
            return address.is_loopback
        return _is_public_v4(address) if isinstance(address, IPv4Address) else _is_public_v6(address)

    def addresses(self, resolve: Resolve, host: str, port: int, seconds: float) -> list[str]:
        """Return what a host stands for, if all of it is allowed. Raises HostUnknown, AddressRefused."""
        try:
            found = [str(ipaddress.ip_address(host))]
        except ValueError:
            found = _resolved(resolve, host, port, seconds)
        if not all(self.allows(address) for address in found):
            raise AddressRefused
        return found


def ask_system(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the machine's own resolver tells them. Raises OSError."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in answers))


def _is_public_v4(address: IPv4Address) -> bool:
    fine = address.is_global and not address.is_multicast
    return fine and not any(address in network for network in FORBIDDEN_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    # Mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96), unique local, site and link local lie outside 2000::/3.
    fine = address in GIVEN_V6 and address.is_global and not address.is_multicast
    return fine and not any(address in network for network in FORBIDDEN_V6)


def _resolved(resolve: Resolve, host: str, port: int, seconds: float) -> list[str]:
    # The system's resolver has no time-out that could be set, so it is waited for in a thread that may be left.
    found: list[Sequence[str]] = []

    def ask() -> None:
        try:
            found.append(resolve(host, port))
        except (OSError, UnicodeError):
            return

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(max(seconds, 0))
    if not found or not found[0]:
        raise HostUnknown
    return list(found[0])
