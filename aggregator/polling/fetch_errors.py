"""Classifies the exceptions of a request.

One table maps the exceptions of the transport, the socket, TLS and our own rules to a ``RefusalRule`` or a
``FailureKind``, with a reason for people. ``fetch`` makes an outcome of them.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Iterator, Sequence

import httpx

from aggregator.model.polling import FailureKind, RefusalRule
from aggregator.polling.content_decoding import BodyCorrupt, BodyTooLarge, UnsupportedCoding
from aggregator.polling.http11_connection import ConnectionClosed
from aggregator.polling.name_resolution import AddressRefused, NameNotResolved

REQUEST_ERRORS = (
    AddressRefused,
    NameNotResolved,
    UnsupportedCoding,
    BodyTooLarge,
    BodyCorrupt,
    httpx.TransportError,
    OSError,
)
"""All exceptions with which a request can end."""

_MAX_REASON_LENGTH = 200

# The errors of a machine without a connection to the internet: no interface, no route, no address of its own, or a
# gateway that does not respond (EHOSTUNREACH, which the gateway of a host that is down reports too).
_NO_ROUTE_ERRORS = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EHOSTUNREACH})


def classify_request_error(error: BaseException) -> tuple[RefusalRule | FailureKind, str]:
    """Returns the rule that refused or the kind of failure, and the reason, for one of REQUEST_ERRORS."""
    match error:
        case AddressRefused():
            return RefusalRule.ADDRESS, str(error)
        case UnsupportedCoding():
            return RefusalRule.ENCODING, str(error)
        case BodyTooLarge():
            return RefusalRule.SIZE, str(error)
        case NameNotResolved():
            return FailureKind.NETWORK if _is_local_failure(error) else FailureKind.DNS, str(error)
        case httpx.TimeoutException():
            return FailureKind.TIMEOUT, str(error)
        case httpx.ProtocolError() | httpx.UnsupportedProtocol() | BodyCorrupt():
            return FailureKind.PROTOCOL, _reason_text(error)
    if any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        return FailureKind.TLS, _reason_text(error)
    return FailureKind.NETWORK if _is_local_failure(error) else FailureKind.CONNECT, _reason_text(error)


def is_connection_refused(error: BaseException) -> bool:
    """Returns True if the host itself refused the connection: no program listens on the port."""
    return any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))


def is_impatience(error: BaseException) -> bool:
    """Returns True if a server that waited for this process too long causes this error too.

    It closes or resets the connection. TLS errors, a refused connection and malformed responses are different.
    """
    if isinstance(error, ConnectionClosed):
        return True
    is_definite = any(isinstance(cause, ssl.SSLError | ConnectionRefusedError) for cause in _causes(error))
    return isinstance(error, httpx.NetworkError) and not is_definite


def most_informative_error(errors: Sequence[OSError]) -> OSError:
    """Returns the error that says most about a host, of the errors of several of its addresses.

    An address that responded, if only with a refusal, says more than one that did not respond. That one says more
    than an address to which this machine has no route: IPv6 without a route must not hide a server that refuses
    on IPv4.
    """
    return min(errors, key=_uncertainty)


def _uncertainty(error: OSError) -> int:
    match error:
        case ssl.SSLError():
            return 0
        case ConnectionRefusedError():
            return 1
        case TimeoutError():
            return 3
    return 4 if error.errno in _NO_ROUTE_ERRORS else 2


def _is_local_failure(error: BaseException) -> bool:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return cause.errno == socket.EAI_AGAIN
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE_ERRORS:
            return True
    return False


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _reason_text(error: BaseException) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not valid: {cause.verify_message}"[:_MAX_REASON_LENGTH]
        if isinstance(cause, ssl.SSLError | socket.gaierror) and cause.strerror:
            return cause.strerror[:_MAX_REASON_LENGTH]
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)  # asyncio's own text names our address and no reason
    return str(error)[:_MAX_REASON_LENGTH] or type(error).__name__
