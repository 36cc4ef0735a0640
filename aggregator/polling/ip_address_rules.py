"""Decides whether requests to an IP address are permitted.

A feed list is input, and so is every redirect: without a rule, a URL could reach the router, the database or a
cloud's metadata service inside the network. ``name_resolution`` resolves the host names.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

# The IANA special-purpose registries (RFC 6890 and its updates), and networks that ``is_global`` permits although
# they lead elsewhere: transition prefixes embed an IPv4 address, to which a gateway would send our request.
_SPECIAL_NETWORKS: tuple[tuple[IPNetwork, str], ...] = tuple(
    (ip_network(network), meaning)
    for network, meaning in (
        ("0.0.0.0/32", "the unspecified address"),
        ("0.0.0.0/8", "an address of this network (RFC 791)"),
        ("10.0.0.0/8", "a private address (RFC 1918)"),
        ("100.64.0.0/10", "an address behind a carrier's NAT (RFC 6598)"),
        ("127.0.0.0/8", "a loopback address (RFC 1122)"),
        ("169.254.0.0/16", "a link-local address (RFC 3927)"),
        ("172.16.0.0/12", "a private address (RFC 1918)"),
        ("192.0.0.0/24", "reserved for protocols (RFC 6890)"),
        ("192.0.2.0/24", "reserved for documentation (RFC 5737)"),
        ("192.88.99.0/24", "a 6to4 relay (RFC 7526)"),
        ("192.168.0.0/16", "a private address (RFC 1918)"),
        ("198.18.0.0/15", "reserved for benchmarks (RFC 2544)"),
        ("198.51.100.0/24", "reserved for documentation (RFC 5737)"),
        ("203.0.113.0/24", "reserved for documentation (RFC 5737)"),
        ("224.0.0.0/4", "a multicast address (RFC 5771)"),
        ("255.255.255.255/32", "the broadcast address (RFC 919)"),
        ("240.0.0.0/4", "a reserved address (RFC 1112)"),
        ("::/128", "the unspecified address"),
        ("::1/128", "a loopback address (RFC 4291)"),
        ("64:ff9b::/96", "a NAT64 address (RFC 6052)"),
        ("64:ff9b:1::/48", "a local NAT64 address (RFC 8215)"),
        ("100::/64", "a discard address (RFC 6666)"),
        ("2001::/32", "a Teredo address (RFC 4380)"),
        ("2001::/23", "reserved for protocols (RFC 2928)"),
        ("2001:db8::/32", "reserved for documentation (RFC 3849)"),
        ("2002::/16", "a 6to4 address (RFC 3056)"),
        ("3fff::/20", "reserved for documentation (RFC 9637)"),
        ("fc00::/7", "a private address (RFC 4193)"),
        ("fe80::/10", "a link-local address (RFC 4291)"),
        ("fec0::/10", "a site-local address (RFC 3879)"),
        ("ff00::/8", "a multicast address (RFC 4291)"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_IPV4_COMPATIBLE = IPv6Network("::/96")


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressRule:
    """The rule that permits public addresses and the addresses in ``allow``."""

    allow: tuple[IPNetwork, ...] = ()

    def refusal(self, address: IPAddress) -> str | None:
        """Returns the reason why ``address`` is not permitted, as a text for people; None if it is permitted.

        An IPv6 address that only wraps an IPv4 address (RFC 4291 section 2.5.5) is checked as that IPv4 address.
        """
        checked = _unwrapped(address)
        if any(candidate in network for candidate in (address, checked) for network in self.allow):
            return None
        for network, meaning in _SPECIAL_NETWORKS:
            if checked in network:
                return f"{address} is {meaning}"
        if isinstance(checked, IPv6Address) and checked not in _GLOBAL_UNICAST:
            return f"{address} is outside global unicast (RFC 4291)"
        return None if checked.is_global else f"{address} is not a public address"


def literal_address(host: str) -> IPAddress | None:
    """Returns the IP address that ``host`` spells; None for a name.

    Accepts the usual spellings, and the decimal, octal, hexadecimal and short ones that resolvers accept too
    (``2130706433``, ``0x7f.1``), so that no spelling bypasses the rule.
    """
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        pass
    if any(character.isspace() for character in host):
        return None  # inet_aton ignores everything after a blank
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError, ValueError):
        return None


def _unwrapped(address: IPAddress) -> IPAddress:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _IPV4_COMPATIBLE and int(address) > 1:
        return IPv4Address(int(address))
    return address
