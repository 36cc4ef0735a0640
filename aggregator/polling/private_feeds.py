"""Decides whether a feed is private: for its subscriber alone.

The feed's setting ``private`` decides. Without it, a feed is private if its requests carry a password, or header
fields that may hold one. It is also private if its server sends ``Cache-Control: private`` (RFC 9111 section
5.2.2.7): that forbids a shared cache, and a public digest is one. Some servers send it with every response; the
setting exists for them. ``store`` keeps private feeds out of public digests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from aggregator.model.polling import (
    DeferredRedirect,
    FetchOutcome,
    HttpError,
    NotModified,
    Refused,
    SuccessResponse,
    Unreachable,
)

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')


def is_private_after(outcome: FetchOutcome | None, *, configured: bool | None, credentials: bool, before: bool) -> bool:
    """Returns True if a feed is private after ``outcome``; ``before`` is the result of the last time.

    ``outcome`` is None before the first request. ``configured`` is the feed's setting ``private``, ``credentials`` is
    True if its requests carry a password or similar header fields. A full response decides. A 304 decides only if it
    carries Cache-Control (RFC 9111 section 4.3.4). A failure does not describe the document.
    """
    if (decided := private_by_configuration(configured=configured, credentials=credentials)) is not None:
        return decided
    match outcome:
        case SuccessResponse(headers=headers):
            return declares_private(headers)
        case NotModified(headers=headers) if "cache-control" in headers:
            return declares_private(headers)
        case NotModified() | HttpError() | DeferredRedirect() | Unreachable() | Refused() | None:
            return before


def private_by_configuration(*, configured: bool | None, credentials: bool) -> bool | None:
    """Returns what the configuration decides about a feed; None where the server's answer decides.

    A feed that is requested with a password or the like is private unless ``configured`` says otherwise.
    """
    return True if configured is None and credentials else configured


def declares_private(headers: Mapping[str, str]) -> bool:
    """Returns True if Cache-Control makes the response private; ``private="set-cookie"`` is about header fields."""
    directives = _QUOTED.sub('""', headers.get("cache-control", "")).lower().split(",")
    return any(directive.strip() == "private" for directive in directives)


def privacy_reason(*, configured: bool | None, credentials: bool) -> str:
    """Returns the reason why a feed is private, as a text for people."""
    if configured:
        return "set in the configuration"
    if credentials:
        return "its requests carry a password or other credentials"
    return "its server sends Cache-Control: private"
