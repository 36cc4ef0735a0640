"""Opens connections to checked IP addresses.

All connections are opened here, so no connection goes to an unchecked address: not after a redirect, not after a
name that resolves differently a moment later, not for an address in an unusual spelling. ``ip_address_rules``
decides which addresses are permitted, ``name_resolution`` resolves the names.
"""

from __future__ import annotations

import asyncio
import socket
import ssl

import httpx

from aggregator.polling.fetch_errors import most_informative_error
from aggregator.polling.http11_connection import Http11Connection
from aggregator.polling.ip_address_rules import AddressRule, IPAddress
from aggregator.polling.name_resolution import Resolver, permitted_addresses
from aggregator.polling.time_limit import TimeLimit

_PORTS = {"http": 80, "https": 443}
_TLS_SHUTDOWN_SECONDS = 2.0


class Connector:
    """Opens connections to addresses that were checked, never to a host name.

    The host name is still used for TLS (SNI) and to check the certificate. ``timeout_seconds`` is the time limit
    of all attempts together, TLS included.
    """

    def __init__(
        self, *, rule: AddressRule, resolver: Resolver, timeout_seconds: float, ssl_context: ssl.SSLContext
    ) -> None:
        self._rule = rule
        self._resolver = resolver
        self._patience = timeout_seconds
        self._ssl_context = ssl_context
        self._ssl_context.set_alpn_protocols(["http/1.1"])

    async def connect(self, url: httpx.URL) -> Http11Connection:
        """Returns a connection to the first permitted address of the URL's host that accepts one.

        Raises AddressRefused, NameNotResolved, or httpx.ConnectError or httpx.ConnectTimeout with the most
        informative of the addresses' errors.
        """
        host, port = url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]
        addresses = await permitted_addresses(host, port, rule=self._rule, resolver=self._resolver)
        server_name = host.rstrip(".") if url.scheme == "https" else None
        errors: list[OSError] = []
        for address in addresses:
            try:
                async with TimeLimit(self._patience / len(addresses)):
                    return await self._connect(address, port, server_name)
            except OSError as error:  # TimeoutError and ssl.SSLError are OSErrors too
                errors.append(error)
        failure = most_informative_error(errors)
        if isinstance(failure, TimeoutError):
            raise httpx.ConnectTimeout("the server did not accept the connection in time") from failure
        raise httpx.ConnectError(str(failure)) from failure

    async def _connect(self, address: IPAddress, port: int, server_name: str | None) -> Http11Connection:
        _, connection = await asyncio.get_running_loop().create_connection(
            Http11Connection,
            str(address),
            port,
            flags=socket.AI_NUMERICHOST,  # no name is resolved below this call
            ssl=self._ssl_context if server_name is not None else None,
            server_hostname=server_name,
            ssl_shutdown_timeout=_TLS_SHUTDOWN_SECONDS if server_name is not None else None,
        )
        return connection
