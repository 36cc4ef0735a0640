"""What does an exception on the way to an answer come to?

One table from the exceptions of the pool, the socket, TLS and our own rules to a word of the
model and words for people. Making the outcome of it is ``fetch``'s.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpcore

from aggregator.model import Rule, Trouble
from aggregator.polling.decoding import BodyCorrupt, BodyTooLarge, CodingRefused
from aggregator.polling.resolving import AddressRefused, NameNotResolved

FAILURES = (
    AddressRefused,
    NameNotResolved,
    CodingRefused,
    BodyTooLarge,
    BodyCorrupt,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    OSError,
)
"""Every exception that a request may end with, whatever the server does."""

_LONGEST_REASON = 200


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
            return Trouble.DNS, str(error)
        case httpcore.TimeoutException():
            return Trouble.TIMEOUT, "the server did not take the connection in time"
        case httpcore.ProtocolError() | httpcore.UnsupportedProtocol() | BodyCorrupt():
            return Trouble.PROTOCOL, _words(error)
    is_tls = any(isinstance(cause, ssl.SSLError) for cause in _causes(error))
    return Trouble.TLS if is_tls else Trouble.CONNECT, _words(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _words(error: BaseException) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not valid: {cause.verify_message}"[:_LONGEST_REASON]
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror[:_LONGEST_REASON]
    return str(error)[:_LONGEST_REASON] or type(error).__name__
