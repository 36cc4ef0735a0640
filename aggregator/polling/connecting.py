"""Which address does a connection go to?

The only seam between httpx's connection pool and the network, so nothing can be connected to
that was not checked: not by a redirect, not by a name that resolves differently a moment later.
What may be asked is ``addresses``', what a name means ``resolving``'s.
"""

from __future__ import annotations

from collections.abc import Iterable

import httpcore

from aggregator.polling.addresses import AddressRule
from aggregator.polling.resolving import Resolver, permitted_addresses


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked, never to a name.

    The pool keeps the name for Host, for TLS (SNI) and for the certificate. ``patience`` is how
    many seconds all attempts may take together when the pool sets no timeout.
    """

    def __init__(self, *, rule: AddressRule, resolver: Resolver, patience: float) -> None:
        self._rule = rule
        self._resolver = resolver
        self._patience = patience
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first permitted address of ``host`` that answers."""
        *others, last = await permitted_addresses(host, port, rule=self._rule, resolver=self._resolver)
        share = (self._patience if timeout is None else timeout) / (len(others) + 1)
        for address in others:
            try:
                return await self._plain.connect_tcp(str(address), port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._plain.connect_tcp(str(last), port, share, local_address, socket_options)
