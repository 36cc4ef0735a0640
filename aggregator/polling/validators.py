"""Which validators go with the next request?

They are kept byte for byte and belong to the URL that gave them; sending them is ``fetch``'s,
which never sends them anywhere else.
"""

from __future__ import annotations

from dataclasses import replace

from aggregator.model.polling import (
    Answer,
    Deferred,
    FetchOutcome,
    HttpError,
    NotModified,
    Refused,
    Unreachable,
    Validators,
)

_LONGEST = 4096
"""No validator that is sent for good reason is longer, and every request would carry it."""


def next_validators(old: Validators | None, outcome: FetchOutcome, *, parsed_ok: bool) -> Validators | None:
    """The validators to keep after ``outcome``, when ``old`` were known before.

    A 200 that parsed replaces them, or forgets them when it has none; one that did not parse
    leaves them, so that the next request asks for the document again. A 304 renews those it
    carries (RFC 9111 section 4.3.4). Errors say nothing of the document and change nothing.
    """
    match outcome:
        case Answer(url=url, headers=headers) if parsed_ok:
            etag, last_modified = _header(headers.get("etag")), _header(headers.get("last-modified"))
            if etag is None and last_modified is None:
                return None
            return Validators(url=url, etag=etag, last_modified=last_modified)
        case NotModified(url=url, headers=headers) if old is not None and old.url == url:
            return replace(
                old,
                etag=_header(headers.get("etag")) or old.etag,
                last_modified=_header(headers.get("last-modified")) or old.last_modified,
            )
        case Answer() | NotModified() | HttpError() | Deferred() | Unreachable() | Refused():
            return old


def _header(value: str | None) -> str | None:
    return value if value and len(value) <= _LONGEST else None
