"""Which addresses are connected to: public ones alone, in the sandbox loopback alone, and all of a name's or none."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.webhooks.addresses import AddressGuard, AddressRefused, HostUnknown, Resolve

PUBLIC, SANDBOX = AddressGuard(loopback_only=False), AddressGuard(loopback_only=True)
INSIDE = [
    "0.0.0.0",  # noqa: S104  an address to refuse
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "",
    "here",
]
OUTSIDE = ["8.8.8.8", "1.2.4.8", "114.114.114.114", "2400:3200::1", "2606:4700:4700::1111"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not PUBLIC.allows(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_public_is_allowed_and_in_the_sandbox_refused(address: str) -> None:
    assert (PUBLIC.allows(address), SANDBOX.allows(address)) == (True, False)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.255.255.254", "::1"])
def test_loopback_is_allowed_in_the_sandbox_alone(address: str) -> None:
    assert (PUBLIC.allows(address), SANDBOX.allows(address)) == (False, True)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_wrapped_into_ipv6_is_never_allowed(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    wrapped = [
        ipaddress.IPv6Address(number),
        ipaddress.IPv6Address((0xFFFF << 32) | number),
        ipaddress.IPv6Address((0x0064FF9B << 96) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),
    ]

    assert not any(PUBLIC.allows(str(one)) for one in wrapped)


@given(st.ip_addresses())
def test_nothing_is_allowed_that_python_knows_to_be_private(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    inside = address.is_private or address.is_multicast or address.is_link_local or address.is_reserved

    assert not (inside and PUBLIC.allows(str(address)))


def test_one_inner_answer_among_public_ones_refuses_a_name() -> None:
    with pytest.raises(AddressRefused):
        PUBLIC.addresses(lambda _host, _port: ["8.8.8.8", "10.0.0.1"], "hook.test", 443, 1)


def test_a_name_without_an_address_is_unknown() -> None:
    def fail(_host: str, _port: int) -> list[str]:
        raise OSError

    resolvers: list[Resolve] = [fail, lambda _host, _port: []]
    for resolve in resolvers:
        with pytest.raises(HostUnknown):
            PUBLIC.addresses(resolve, "hook.test", 443, 1)


def test_an_address_in_the_place_of_a_name_asks_nobody() -> None:
    def asked(_host: str, _port: int) -> list[str]:
        raise AssertionError

    assert PUBLIC.addresses(asked, "8.8.8.8", 443, 1) == ["8.8.8.8"]
