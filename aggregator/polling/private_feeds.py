"""Is this feed for its subscriber alone?

What the configuration says decides; where it says nothing, a feed that is asked for with a password, or
with header fields that may hold one, is private, and so is one whose server calls its document
``private`` (RFC 9111 section 5.2.2.7), which forbids a cache that others share, and a public digest is
one. Some servers say so of everything, hence the configuration's word. Keeping private feeds out of
digests is ``store``'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from aggregator.model.polling import Answer, Deferred, FetchOutcome, HttpError, NotModified, Refused, Unreachable

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')


def private_after(outcome: FetchOutcome | None, *, configured: bool | None, credentials: bool, before: bool) -> bool:
    """Whether a feed is private after ``outcome`` (None: it was not asked yet), when it was ``before``.

    ``configured`` is the setting ``private`` of the feed, ``credentials`` says that it is asked for with a
    password or the like. A whole answer says anew; a 304 renews what it carries and leaves the rest
    (RFC 9111 section 4.3.4), and what fails says nothing of the document.
    """
    if (decided := private_by_configuration(configured=configured, credentials=credentials)) is not None:
        return decided
    match outcome:
        case Answer(headers=headers):
            return says_private(headers)
        case NotModified(headers=headers) if "cache-control" in headers:
            return says_private(headers)
        case NotModified() | HttpError() | Deferred() | Unreachable() | Refused() | None:
            return before


def private_by_configuration(*, configured: bool | None, credentials: bool) -> bool | None:
    """Returns what the configuration decides about a feed; None where the server's answer decides.

    A feed that is requested with a password or the like is private unless ``configured`` says otherwise.
    """
    return True if configured is None and credentials else configured


def says_private(headers: Mapping[str, str]) -> bool:
    """Whether a Cache-Control calls the whole answer private; ``private="set-cookie"`` names header fields only."""
    directives = _QUOTED.sub('""', headers.get("cache-control", "")).lower().split(",")
    return any(directive.strip() == "private" for directive in directives)


def why_private(*, configured: bool | None, credentials: bool) -> str:
    """Why a private feed is, in words for people."""
    if configured:
        return "the configuration says so"
    if credentials:
        return "it is asked for with a password or other credentials"
    return "its server says so (Cache-Control: private)"
