"""Parses the URLs of requests and redirects.

A URL stays as its publisher wrote it, as far as a request can be sent to it. ``parsing.urls`` normalises the URLs of
articles.
"""

from __future__ import annotations

import re
from contextlib import suppress

import httpx

UrlOrigin = tuple[str, str, int | None]
"""Scheme, host and port."""

_HOST_CHARACTERS = re.compile(rb"[0-9a-z._:-]*")
_SCHEME_SLASHES = re.compile(r"\A(https?:)/{2,}(?=[^/])", re.IGNORECASE)
_QUERY_OR_FRAGMENT = re.compile(r"[?#]")
_SIMPLE_URL = re.compile(r"https?://[^/?#]+(/(?!\.)[^/#]*)+")


def parse_url(text: str) -> httpx.URL | None:
    """Returns the URL in ``text`` without its fragment; None if it is not a URL."""
    try:
        url = httpx.URL(text.strip())
        if not _SIMPLE_URL.fullmatch(text.strip()):  # parsing a URL is slow, and most URLs need it only once
            url = url.copy_with(fragment=None, raw_path=url.raw_path)  # an empty path becomes "/"
            url = httpx.URL(str(url))  # again, because httpx removes a default port only after a lower-case scheme
    except (httpx.InvalidURL, ValueError):
        return None
    # httpx escapes characters that no host name can contain, and accepts impossible ports
    return url if _HOST_CHARACTERS.fullmatch(url.raw_host) and (url.port or 0) <= 65_535 else None


def url_without_credentials(url: httpx.URL) -> str:
    """Returns the URL without user name and password, for outcomes, hops and validators."""
    return str(url.copy_with(userinfo=b"")) if url.userinfo else str(url)


def url_origin(url: httpx.URL) -> UrlOrigin:
    """Returns the scheme, host and port to which credentials belong (RFC 6454)."""
    return url.scheme, url.host, url.port


def redirect_target(url: httpx.URL, location: str) -> httpx.URL | None:
    """Returns the target of a redirect; ``location`` is the header of a response from ``url``. None without a URL.

    The header was decoded as Latin-1; valid UTF-8 in it is decoded as UTF-8. As browsers do (WHATWG URL standard),
    backslashes before the query become slashes, tabs are removed, and superfluous slashes after the scheme too. A user
    name and password in it are removed: the redirecting server must not choose which credentials we send.
    """
    location = location.replace("\t", "").strip()
    if not location:
        return None
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    end = next((match.start() for match in _QUERY_OR_FRAGMENT.finditer(location)), len(location))
    location = _SCHEME_SLASHES.sub(r"\1//", location[:end].replace("\\", "/")) + location[end:]
    try:
        return parse_url(str(url.join(location.strip()).copy_with(userinfo=b"")))
    except (httpx.InvalidURL, ValueError):
        return None
