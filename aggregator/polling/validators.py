"""Chooses the validators of a feed's next conditional request.

They are stored byte for byte and belong to the URL that sent them; ``fetch`` never sends them to another URL.
"""

from __future__ import annotations

from dataclasses import replace

from aggregator.model.polling import (
    DeferredRedirect,
    FetchOutcome,
    HttpError,
    NotModified,
    Refused,
    SuccessResponse,
    Unreachable,
    Validators,
)

_MAX_LENGTH = 4096
"""The longest validator that is stored: every request carries it, and no real one is longer."""


def next_validators(old: Validators | None, outcome: FetchOutcome, *, parsed_ok: bool) -> Validators | None:
    """Returns the validators to store after ``outcome``; ``old`` are those from before.

    A 200 whose body was parsed replaces them, or removes them if it has none. A 200 whose body could not be parsed
    leaves them, so that the next response has the document again. A 304 renews those that it carries (RFC 9111
    section 4.3.4). Errors do not describe the document and change nothing.
    """
    match outcome:
        case SuccessResponse(url=url, headers=headers) if parsed_ok:
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
        case SuccessResponse() | NotModified() | HttpError() | DeferredRedirect() | Unreachable() | Refused():
            return old


def _header(value: str | None) -> str | None:
    return value if value and len(value) <= _MAX_LENGTH else None
