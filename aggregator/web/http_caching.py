"""Builds HTTP responses: validators, conditional requests, compression, HEAD and security headers.

Follows RFC 9110 and RFC 9111. It decides from the bytes and the request headers alone and knows no route.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256

import brotli
from starlette.requests import Request
from starlette.responses import Response

from aggregator.publishing.date_formats import rfc5322
from aggregator.publishing.html_page import STYLE_SOURCE
from aggregator.publishing.player_frames import FRAME_SOURCES

HTML = "text/html; charset=utf-8"
"""The media type of every page."""

_SAFETY = {
    "content-security-policy": (
        f"default-src 'none'; style-src {STYLE_SOURCE}; img-src 'self' http: https: data:; "
        f"media-src http: https:; frame-src {' '.join(FRAME_SOURCES)}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_SMALLEST_WORTH_COMPRESSING = 500
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Representation:
    """The current content of a URL; ``max_age`` is how long caches may store it (None: not at all).

    ``private`` allows private caches only. ``links`` are values of Link fields (RFC 8288). ``digest`` is the hash of
    the bytes.
    """

    body: bytes
    media_type: str
    max_age: timedelta | None
    changed_at: datetime | None = None
    status: int = 200
    private: bool = False
    links: tuple[str, ...] = ()
    digest: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", sha256(self.body).hexdigest()[:32])


def respond(request: Request, representation: Representation) -> Response:
    """Responds to a GET or HEAD: complete, compressed, without body, or 304."""
    worth_compressing = len(representation.body) >= _SMALLEST_WORTH_COMPRESSING
    coding = choose_coding(request.headers.get("accept-encoding", "")) if worth_compressing else None
    headers = _headers(representation)
    if representation.status == 200:
        etag = _etag(representation, coding)
        headers["etag"] = etag
        if is_current(request.headers, etag, representation.changed_at):
            return Response(status_code=304, headers=headers)
    body = _compressed(representation.body, coding) if coding else representation.body
    headers |= {"content-type": representation.media_type, "content-length": str(len(body))}
    if coding:
        headers["content-encoding"] = coding
    sent = b"" if request.method == "HEAD" else body
    return Response(sent, status_code=representation.status, headers=headers)


def mount_path(request: Request) -> str:
    """Returns the path at which the service is mounted, without a final slash; "" at the root."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def redirect_permanently(location: str) -> Response:
    """Responds with a permanent redirect within this service."""
    return Response(status_code=301, headers=_SAFETY | {"location": location, "cache-control": "public, max-age=3600"})


def is_current(headers: Mapping[str, str], etag: str, changed_at: datetime | None) -> bool:
    """Returns True if the client already has this representation.

    ``If-None-Match`` is compared weakly and, when present, alone decides (RFC 9110 section 13.2.2).
    """
    if (wanted := headers.get("if-none-match")) is not None:
        return wanted.strip() == "*" or etag in {tag.removeprefix("W/") for tag in _TAG.findall(wanted)}
    if changed_at is None or (since := _http_date(headers.get("if-modified-since", ""))) is None:
        return False
    return changed_at.replace(microsecond=0) <= since


def choose_coding(accept_encoding: str) -> str | None:
    """Returns the coding the client prefers, ``br`` or ``gzip``, by ``Accept-Encoding`` (RFC 9110 section 12.5.3)."""
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, _, parameters = part.partition(";")
        weight = _WEIGHT.search(parameters)
        weights[coding.strip()] = float(weight[1]) if weight else 1.0
    others = weights.get("*", 0.0)
    weighted = {"br": weights.get("br", others), "gzip": weights.get("gzip", weights.get("x-gzip", others))}
    best = max(weighted, key=lambda coding: weighted[coding])
    return best if weighted[best] > 0 else None


def _headers(representation: Representation) -> dict[str, str]:
    """Returns the headers that a 200 and its 304 share, without the ETag (RFC 9110 section 15.4.5)."""
    max_age, who = representation.max_age, "private" if representation.private else "public"
    headers = _SAFETY | {
        "cache-control": "no-store" if max_age is None else f"{who}, max-age={int(max_age.total_seconds())}",
        "vary": "Accept-Encoding",
    }
    if representation.changed_at is not None:
        headers["last-modified"] = rfc5322(representation.changed_at)
    if representation.links:
        headers["link"] = ", ".join(representation.links)
    return headers


def _etag(representation: Representation, coding: str | None) -> str:
    """Returns a strong entity tag, a different one for each coding (RFC 9110 section 8.8.3.3)."""
    return f'"{representation.digest}{f"-{coding}" if coding else ""}"'


@lru_cache(maxsize=16)
def _compressed(body: bytes, coding: str) -> bytes:
    """Compresses without a time stamp, so that equal bytes stay equal."""
    return brotli.compress(body, quality=5) if coding == "br" else gzip.compress(body, compresslevel=6, mtime=0)


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date
