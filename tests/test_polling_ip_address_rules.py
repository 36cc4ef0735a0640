"""Only public addresses may be asked, however they are spelled or wrapped."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.polling.ip_address_rules import AddressRule, literal_address
from tests.loops import loop_over

REFUSED = {
    "0.0.0.0": "the unspecified address",
    "0.1.2.3": "an address of this network (RFC 791)",
    "10.255.0.1": "a private address (RFC 1918)",
    "100.64.0.1": "an address behind a carrier's NAT (RFC 6598)",
    "100.127.255.255": "an address behind a carrier's NAT (RFC 6598)",
    "127.9.9.9": "a loopback address (RFC 1122)",
    "169.254.169.254": "a link-local address (RFC 3927)",
    "172.31.255.255": "a private address (RFC 1918)",
    "192.0.0.9": "reserved for protocols (RFC 6890)",
    "192.0.2.1": "reserved for documentation (RFC 5737)",
    "192.88.99.1": "a 6to4 relay (RFC 7526)",
    "192.168.1.1": "a private address (RFC 1918)",
    "198.19.0.1": "reserved for benchmarks (RFC 2544)",
    "198.51.100.7": "reserved for documentation (RFC 5737)",
    "203.0.113.7": "reserved for documentation (RFC 5737)",
    "224.0.0.1": "a multicast address (RFC 5771)",
    "239.255.255.250": "a multicast address (RFC 5771)",
    "240.0.0.1": "a reserved address (RFC 1112)",
    "255.255.255.255": "the broadcast address (RFC 919)",
    "::": "the unspecified address",
    "::1": "a loopback address (RFC 4291)",
    "::ffff:10.0.0.1": "a private address (RFC 1918)",
    "::ffff:127.0.0.1": "a loopback address (RFC 1122)",
    "::10.0.0.1": "a private address (RFC 1918)",
    "::2": "an address of this network (RFC 791)",
    "64:ff9b::8.8.8.8": "a NAT64 address (RFC 6052)",
    "64:ff9b:1::1": "a local NAT64 address (RFC 8215)",
    "100::1": "a discard address (RFC 6666)",
    "2001::1": "a Teredo address (RFC 4380)",
    "2001:20::1": "reserved for protocols (RFC 2928)",
    "2001:db8::1": "reserved for documentation (RFC 3849)",
    "2002:808:808::1": "a 6to4 address (RFC 3056)",
    "3fff::1": "reserved for documentation (RFC 9637)",
    "4000::1": "outside global unicast (RFC 4291)",
    "5f00::1": "outside global unicast (RFC 4291)",
    "fd12::1": "a private address (RFC 4193)",
    "fe80::1": "a link-local address (RFC 4291)",
    "fe80::1%eth0": "a link-local address (RFC 4291)",
    "fec0::1": "a site-local address (RFC 3879)",
    "ff02::1": "a multicast address (RFC 4291)",
}
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.88.98.1", "198.17.0.1",
    "223.255.255.255", "2606:4700::1111", "2001:200::1", "2a00:1450::1", "::ffff:8.8.8.8", "::8.8.8.8",
]  # fmt: skip


@loop_over("address", REFUSED)
def test_special_addresses_are_refused_by_their_name(address: str) -> None:
    assert AddressRule().refusal(ip_address(address)) == f"{ip_address(address)} is {REFUSED[address]}"


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_asked(address: str) -> None:
    assert AddressRule().refusal(ip_address(address)) is None


@pytest.mark.parametrize(
    ("network", "address", "permitted"),
    [
        pytest.param("127.0.0.0/8", "127.0.0.1", True, id="inside"),
        pytest.param("127.0.0.0/8", "10.0.0.1", False, id="outside"),
        pytest.param("127.0.0.0/8", "::ffff:127.0.0.1", True, id="wrapped"),
        pytest.param("127.0.0.0/8", "::1", False, id="the other family's loopback"),
        pytest.param("::1/128", "::1", True, id="IPv6"),
        pytest.param("64:ff9b::/96", "64:ff9b::1.2.3.4", True, id="NAT64, where that is how IPv4 is reached"),
        pytest.param("::ffff:0:0/96", "::ffff:10.0.0.1", True, id="the wrapped form itself"),
    ],
)
def test_exceptions_hold_for_what_they_name(network: str, address: str, permitted: bool) -> None:
    rule = AddressRule(allow=(ip_network(network),))
    assert (rule.refusal(ip_address(address)) is None) is permitted


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_the_same_when_it_is_wrapped(address: IPv4Address) -> None:
    plain = AddressRule().refusal(address)
    wrapped = AddressRule().refusal(IPv6Address(f"::ffff:{address}"))
    assert (plain is None) == (wrapped is None)


@given(st.ip_addresses())
def test_what_the_standard_library_calls_not_global_is_never_asked(address: IPv4Address | IPv6Address) -> None:
    if not address.is_global and getattr(address, "ipv4_mapped", None) is None:
        assert AddressRule().refusal(address) is not None


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("::ffff:127.0.0.1", "::ffff:7f00:1"),
        ("example.org", None),
        ("1.2.3.4.example", None),
        ("1.2.3.4 example", None),
        ("999.1.1.1", None),
        ("", None),
        ("a\0b", None),
        ("é", None),
    ],
)
def test_every_spelling_of_an_address_is_read(host: str, address: str | None) -> None:
    assert literal_address(host) == (None if address is None else ip_address(address))
