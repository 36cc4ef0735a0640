"""Which address does a connection go to?

The only place where connections are made, so nothing can be connected to that was not checked:
not by a redirect, not by a name that resolves differently a moment later, not by an address in
an unusual spelling. What may be asked is ``addresses``', what a name means ``resolving``'s.
"""

from __future__ import annotations

import asyncio
import socket
import ssl

import httpx

from aggregator.polling.fetch_errors import most_telling
from aggregator.polling.http11_connection import Connection
from aggregator.polling.ip_address_rules import AddressRule, IPAddress
from aggregator.polling.name_resolution import Resolver, permitted_addresses

_PORTS = {"http": 80, "https": 443}
_FAREWELL_SECONDS = 2.0


class Connector:
    """Connects to addresses that were checked, never to a name.

    The name stays for TLS (SNI) and for the certificate. ``patience`` is how many seconds all
    attempts may take together, TLS included.
    """

    def __init__(self, *, rule: AddressRule, resolver: Resolver, patience: float, ssl_context: ssl.SSLContext) -> None:
        self._rule = rule
        self._resolver = resolver
        self._patience = patience
        self._ssl_context = ssl_context
        self._ssl_context.set_alpn_protocols(["http/1.1"])

    async def connect(self, url: httpx.URL) -> Connection:
        """A connection to the first permitted address of the URL's host that answers.

        Raises AddressRefused, NameNotResolved, or the error of the address that tells most as a
        httpx.ConnectError or httpx.ConnectTimeout.
        """
        host, port = url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]
        addresses = await permitted_addresses(host, port, rule=self._rule, resolver=self._resolver)
        server_name = host.rstrip(".") if url.scheme == "https" else None
        errors: list[OSError] = []
        for address in addresses:
            try:
                async with asyncio.timeout(self._patience / len(addresses)):
                    return await self._connect(address, port, server_name)
            except OSError as error:  # TimeoutError and ssl.SSLError are OSErrors too
                errors.append(error)
        failure = most_telling(errors)
        if isinstance(failure, TimeoutError):
            raise httpx.ConnectTimeout("the server did not take the connection in time") from failure
        raise httpx.ConnectError(str(failure)) from failure

    async def _connect(self, address: IPAddress, port: int, server_name: str | None) -> Connection:
        _, connection = await asyncio.get_running_loop().create_connection(
            Connection,
            str(address),
            port,
            flags=socket.AI_NUMERICHOST,  # nothing is resolved below here
            ssl=self._ssl_context if server_name is not None else None,
            server_hostname=server_name,
            ssl_shutdown_timeout=_FAREWELL_SECONDS if server_name is not None else None,
        )
        return connection
