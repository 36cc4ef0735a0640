"""Normalises URLs of articles, and makes other URLs absolute.

Only this module imports ada, which parses addresses as browsers do (WHATWG URL standard): if two programs parse one
address differently, a link leads elsewhere than it shows. ``normalise_url`` returns the key by which articles are
identified. So it removes only parts that cannot change the served document: those of RFC 3986 section 6.2, tracking
parameters and sessions (``tracking_parameters``), and wrapper addresses (``wrapped_urls``). It sends no request and
follows no redirect.
Feed URLs are not normalised but requested as they were configured or advertised (``absolute_url``).
docs/addresses.md has the tables.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin

from ada_url import URL

from aggregator.parsing.tracking_parameters import SESSION_IN_PATH, without_tracking
from aggregator.parsing.wrapped_urls import unwrap_url

MAX_URL_LENGTH = 8_000
"""Characters of a URL; a longer one is an attack or inlined data."""

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IN_PATH = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_IN_QUERY = _IN_PATH - {"'"} | {"?"}  # the standard escapes this character in a query
_IN_FRAGMENT = _IN_PATH | {"?"}
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
# Most URLs of feeds are normalised already, except for tracking parameters in their query.
_NORMAL = re.compile(
    r"(https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::(?!80/|443/)[1-9][0-9]{1,3})?"
    r"/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)(?:\?([A-Za-z0-9._~!$&()*+,;=:@/?-]*))?"
)
_NOT_NORMAL = ("/.", "xn--", ";", "/(")
_HOST_OF_URL = re.compile(r"https?://([^/:]*).*")
_HAS_SCHEME = re.compile(r"https?://[A-Za-z0-9]")
# URLs that every program parses alike: without backslash, userinfo, or characters that must be escaped.
_SENDABLE = re.compile(r"https?://[a-z0-9._-]+(?::[0-9]+)?(?:[/?][!-\[\]-~]*)?", re.IGNORECASE)
_MAX_WRAPPERS = 20
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRIPPED = "".join(map(chr, range(0x21))) + "\x7f\xa0\u200b\u2028\u2029\u3000\ufeff"
_HOST = re.compile(r"(?!.*\.\.)[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_SCHEMES = ("http:", "https:")


def normalise_url(url: str, *, base: str | None = None) -> str | None:
    """Returns the normalised absolute http(s) URL, or None if there is none.

    ``url`` is parsed as browsers do (WHATWG URL standard); a relative one is resolved against ``base``. Scheme and host
    become lower-case, an international host punycode. Default port, userinfo, fragment (except a ``#!`` route), dot
    segments, needless percent-encoding, tracking parameters and sessions are removed. Order and empty values of the
    query stay. An address that wraps another becomes the wrapped one (``wrapped_urls``).
    ``normalise_url(normalise_url(x)) == normalise_url(x)``.
    """
    first = address = _normalise_one(url, base)
    for _ in range(_MAX_WRAPPERS):
        inner = unwrap_url(address) if address else None
        inner_address = _normalise_one(inner, None) if inner else None
        if inner_address is None:
            return address
        address = inner_address
    return first


def _normalise_one(url: str, base: str | None) -> str | None:
    match = _NORMAL.fullmatch(url) if len(url) <= MAX_URL_LENGTH else None
    if match and not any(mark in match[1] for mark in _NOT_NORMAL):
        query = without_tracking(match[2], host=_HOST_OF_URL.sub(r"\1", match[1])) if match[2] else ""
        return f"{match[1]}?{query}" if query else match[1]
    return _normalise_parse(url, None if _HAS_SCHEME.match(url) else base)


@lru_cache(maxsize=512)  # link and guid of an entry are often the same URL
def _normalise_parse(url: str, base: str | None) -> str | None:
    parts = _parse(url, base)
    if parts is None:
        return None
    authority = f"{_host(parts)}{':' if parts.port else ''}{parts.port}"
    path = SESSION_IN_PATH.sub("", _normalise_escapes(str(parts.pathname), _IN_PATH)) or "/"
    query = _normalise_escapes(without_tracking(str(parts.search)[1:], host=_host(parts)), _IN_QUERY)
    fragment = _normalise_escapes(str(parts.hash)[1:], _IN_FRAGMENT) if str(parts.hash).startswith("#!") else ""
    result = f"{parts.protocol}//{authority}{path}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"
    return result if len(result) <= MAX_URL_LENGTH else None


def anchor_of(url: str, *, base: str | None = None) -> str:
    """Returns the normalised fragment of an http(s) URL: the part of its page.

    "" for none, for a ``#!`` route, and for a fragment of tracking parameters alone.
    """
    parts = _parse(url, base) if "#" in url else None
    fragment = str(parts.hash)[1:] if parts else ""
    if parts is None or fragment.startswith("!") or not without_tracking(fragment, host=_host(parts)):
        return ""
    return _normalise_escapes(fragment, _IN_FRAGMENT)


def absolute_url(url: str, *, base: str | None = None) -> str | None:
    """Returns ``url`` for a request: absolute, in the publisher's spelling; None if it is not http(s).

    Only parts that are never sent are removed: the fragment, and white space around the URL. A spelling that
    programs parse differently becomes the browsers' one. A URL with credentials gives None, and so does a
    fragment alone, which is no other address.
    """
    written = url.strip(_STRIPPED).partition("#")[0]
    parts = _parse(written, base)
    if parts is None or parts.username or parts.password:
        return None
    usable = written if _SENDABLE.fullmatch(written) else str(parts.href).partition("#")[0]
    return usable if len(usable) <= MAX_URL_LENGTH else None


def resolve_reference(base: str, reference: str) -> str:
    """Resolves ``reference`` against ``base`` (RFC 3986 section 5); an invalid reference gives ``base``."""
    try:
        return urljoin(base, reference.strip(_STRIPPED)) or base
    except ValueError:
        return base


def _parse(url: str, base: str | None) -> URL | None:
    """Parses an http(s) URL; returns None if it is invalid, or its host cannot exist."""
    text = _SURROGATE.sub("\ufffd", url.strip(_STRIPPED))
    if not text or len(text) > MAX_URL_LENGTH:
        return None
    try:
        parts = URL(text, base or None)
    except ValueError:
        return _parse(text, None) if base else None
    return parts if parts.protocol in _SCHEMES and _HOST.fullmatch(_host(parts)) else None


def _host(parts: URL) -> str:
    return str(parts.hostname).removesuffix(".")


def _normalise_escapes(text: str, allowed: frozenset[str]) -> str:
    """Normalises percent-encoding (RFC 3986 section 6.2.2): only where needed, upper-case, UTF-8."""
    if allowed.issuperset(text):
        return text

    def canonical(match: re.Match[str]) -> str:
        token = match.group()
        if len(token) == 3:
            char = chr(int(token[1:], 16))
            return char if char in _UNRESERVED else token.upper()
        if token in allowed:
            return token
        return "".join(f"%{byte:02X}" for byte in token.encode("utf-8", "replace"))

    return _ESCAPE.sub(canonical, text)
