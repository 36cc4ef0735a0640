"""Which addresses of a host may be connected to, and in which order?

The answer is a list of addresses, not a yes: the connection then goes to an address that was
checked, and a name that resolves differently a moment later changes nothing (DNS rebinding).
Connecting is ``fetch``'s.
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
"""Asks DNS for the addresses of a host (for a port); raises OSError when there are none."""

_MOST = 6
"""More addresses of one host are not tried: the deadline of the request would not last."""


class AddressRefused(AggregatorError):
    """The host has an address that may not be asked; the message says which and why."""


class NameNotResolved(AggregatorError):
    """The host is not a name that DNS knows an address of."""


class SystemResolver:
    """Asks the system's resolver, in threads of its own.

    Names that nobody answers for take a thread for many seconds; the event loop's own threads,
    where database work runs, are not for that.
    """

    def __init__(self, *, threads: int) -> None:
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="dns")

    async def __call__(self, host: str, port: int) -> Sequence[IPAddress]:
        """The addresses of ``host`` in the system's order (RFC 6724); raises OSError."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _getaddrinfo, host, port)

    def close(self) -> None:
        """Let the threads end; a lookup under way is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


async def permitted_addresses(host: str, port: int, *, rule: AddressRule, resolver: Resolver) -> tuple[IPAddress, ...]:
    """The addresses to connect to, best first and families by turns (RFC 8305 section 4).

    Raises AddressRefused when any address of the host is refused, whichever would be used, and
    NameNotResolved when there is none.
    """
    addresses = await addresses_of(host, port, resolver=resolver)
    for address in addresses:
        if (refusal := rule.refusal(address)) is not None:
            raise AddressRefused(f"{refusal}; fetching.allow_networks can permit it")
    return _by_turns(addresses)[:_MOST]


async def addresses_of(host: str, port: int, *, resolver: Resolver) -> Sequence[IPAddress]:
    """The addresses of a host, permitted or not, in the resolver's order; raises NameNotResolved without any."""
    host = host.rstrip(".").lower()
    if (literal := literal_address(host)) is not None:
        return (literal,)
    if host == "localhost" or host.endswith(".localhost"):
        return (IPv4Address("127.0.0.1"),)  # RFC 6761 section 6.3: DNS is not asked
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


def _by_turns(addresses: Sequence[IPAddress]) -> tuple[IPAddress, ...]:
    """IPv6 and IPv4 alternating, so that a broken family costs one attempt, beginning as given."""
    if not addresses:
        return ()
    first = type(addresses[0])
    ours = [address for address in addresses if isinstance(address, first)]
    theirs = [address for address in addresses if not isinstance(address, first)]
    return tuple(address for address in chain.from_iterable(zip_longest(ours, theirs)) if address is not None)


def _getaddrinfo(host: str, port: int) -> tuple[IPAddress, ...]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))
