"""Resolves a host name to the permitted IP addresses, in the order of the connection attempts.

The result is a list of addresses, not a yes: the connection then goes to an address that was checked, and a name
that resolves differently a moment later changes nothing (DNS rebinding). ``connector`` opens the connection.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, ip_address
from itertools import chain, zip_longest

from aggregator.errors import AggregatorError
from aggregator.polling.ip_address_rules import AddressRule, IPAddress, literal_address

Resolver = Callable[[str, int], Awaitable[Sequence[IPAddress]]]
"""Resolves a host to its addresses (for a port); raises OSError if there are none."""

_MAX_ADDRESSES = 6
"""The largest number of addresses of one host that are tried: more would exceed the request's time limit."""


class AddressRefused(AggregatorError):
    """An error: an address of the host is not permitted. The message names the address and the reason."""


class NameNotResolved(AggregatorError):
    """An error: the host name has no address in DNS."""


class SystemResolver:
    """Resolves names with the operating system's resolver, in threads of its own.

    A lookup whose name servers do not respond blocks its thread for many seconds. The event loop's own threads run
    the database work and must not be blocked.
    """

    def __init__(self, *, threads: int) -> None:
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="dns")

    async def __call__(self, host: str, port: int) -> Sequence[IPAddress]:
        """Returns the addresses of ``host`` in the system's order (RFC 6724); raises OSError."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _getaddrinfo, host, port)

    def close(self) -> None:
        """Ends the threads; does not wait for running lookups."""
        self._threads.shutdown(wait=False, cancel_futures=True)


async def permitted_addresses(host: str, port: int, *, rule: AddressRule, resolver: Resolver) -> tuple[IPAddress, ...]:
    """Returns the addresses to connect to, best first, alternating between IPv6 and IPv4 (RFC 8305 section 4).

    Raises AddressRefused if any address of the host is not permitted, even one that would not be used, and
    NameNotResolved if there is none.
    """
    addresses = await resolve_addresses(host, port, resolver=resolver)
    for address in addresses:
        if (refusal := rule.refusal(address)) is not None:
            raise AddressRefused(f"{refusal}; fetching.allow_networks can permit it")
    return _alternate_families(addresses)[:_MAX_ADDRESSES]


async def resolve_addresses(host: str, port: int, *, resolver: Resolver) -> Sequence[IPAddress]:
    """Returns all addresses of a host, permitted or not, in the resolver's order.

    Raises NameNotResolved if there are none.
    """
    host = host.rstrip(".").lower()
    if (literal := literal_address(host)) is not None:
        return (literal,)
    if host == "localhost" or host.endswith(".localhost"):
        return (IPv4Address("127.0.0.1"),)  # RFC 6761 section 6.3: without a DNS request
    if len(host) > 253 or not all(0 < len(label) <= 63 for label in host.split(".")):
        raise NameNotResolved("this is not a host name (RFC 1035)")
    try:
        addresses = await resolver(host, port)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise NameNotResolved(f"the name {host} does not resolve: {reason or error}") from error
    if not addresses:
        raise NameNotResolved(f"the name {host} has no address")
    return addresses


def _alternate_families(addresses: Sequence[IPAddress]) -> tuple[IPAddress, ...]:
    """Returns the addresses alternating between IPv6 and IPv4, so that a broken family costs one attempt.

    The first address stays the first.
    """
    if not addresses:
        return ()
    first = type(addresses[0])
    same_family = [address for address in addresses if isinstance(address, first)]
    other_family = [address for address in addresses if not isinstance(address, first)]
    return tuple(
        address for address in chain.from_iterable(zip_longest(same_family, other_family)) if address is not None
    )


def _getaddrinfo(host: str, port: int) -> tuple[IPAddress, ...]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))
