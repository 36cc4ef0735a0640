"""What does an exception on the way to an answer come to?

One table from the exceptions of the transport, the socket, TLS and our own rules to a word of
the model and words for people. Making the outcome of it is ``fetch``'s.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Iterator, Sequence

import httpx

from aggregator.model.polling import Rule, Trouble
from aggregator.polling.content_decoding import BodyCorrupt, BodyTooLarge, CodingRefused
from aggregator.polling.name_resolution import AddressRefused, NameNotResolved

FAILURES = (
    AddressRefused,
    NameNotResolved,
    CodingRefused,
    BodyTooLarge,
    BodyCorrupt,
    httpx.TransportError,
    OSError,
)
"""Every exception that a request may end with, whatever the server does."""

_LONGEST_REASON = 200

# What a machine without a way out gives: no interface, no route, no address of its own, a gateway
# that does not answer (EHOSTUNREACH, which the gateway of a host that is down gives as well).
_NO_WAY_OUT = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EHOSTUNREACH})


def judge_failure(error: BaseException) -> tuple[Rule | Trouble, str]:
    """Which rule refused or which trouble came, and the reason, for one of FAILURES."""
    match error:
        case AddressRefused():
            return Rule.ADDRESS, str(error)
        case CodingRefused():
            return Rule.ENCODING, str(error)
        case BodyTooLarge():
            return Rule.SIZE, str(error)
        case NameNotResolved():
            return Trouble.NETWORK if _is_ours(error) else Trouble.DNS, str(error)
        case httpx.TimeoutException():
            return Trouble.TIMEOUT, str(error)
        case httpx.ProtocolError() | httpx.UnsupportedProtocol() | BodyCorrupt():
            return Trouble.PROTOCOL, _words(error)
    if any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        return Trouble.TLS, _words(error)
    return Trouble.NETWORK if _is_ours(error) else Trouble.CONNECT, _words(error)


def was_refused(error: BaseException) -> bool:
    """Whether the host itself said that nobody listens on the port."""
    return any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))


def most_telling(errors: Sequence[OSError]) -> OSError:
    """Of the errors of several addresses of one host, the one that says most about the host.

    An address that answered, if only with a refusal, tells more than one that did not, and that
    more than one to which this machine has no route: IPv6 without a route must not hide a server
    that refuses on IPv4.
    """
    return min(errors, key=_silence)


def _silence(error: OSError) -> int:
    match error:
        case ssl.SSLError():
            return 0
        case ConnectionRefusedError():
            return 1
        case TimeoutError():
            return 3
    return 4 if error.errno in _NO_WAY_OUT else 2


def _is_ours(error: BaseException) -> bool:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return cause.errno == socket.EAI_AGAIN
        if isinstance(cause, OSError) and cause.errno in _NO_WAY_OUT:
            return True
    return False


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _words(error: BaseException) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not valid: {cause.verify_message}"[:_LONGEST_REASON]
        if isinstance(cause, ssl.SSLError | socket.gaierror) and cause.strerror:
            return cause.strerror[:_LONGEST_REASON]
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)  # asyncio's own words name our address and no reason
    return str(error)[:_LONGEST_REASON] or type(error).__name__
