"""Which URL is asked, how is it shown, and where does a redirect lead?

Normalising the URLs of articles, to know them again, is ``parsing``'s; here a URL stays what
its publisher wrote, as far as it can be asked for.
"""

from __future__ import annotations

import re
from contextlib import suppress

import httpx

Origin = tuple[str, str, int | None]
"""Scheme, host and port."""

_HOST = re.compile(rb"[0-9a-z._:-]*")
_PLAIN = re.compile(r"https?://[^/?#]+(/(?!\.)[^/#]*)+")


def parse_url(text: str) -> httpx.URL | None:
    """The URL in ``text`` without its fragment, or None when it is none."""
    try:
        url = httpx.URL(text.strip())
        if not _PLAIN.fullmatch(text.strip()):  # reading a URL is slow, and most need no more than one
            url = url.copy_with(fragment=None, raw_path=url.raw_path)  # a path that is left out is "/"
            url = httpx.URL(str(url))  # again, because a default port is only left out below a lower-case scheme
    except (httpx.InvalidURL, ValueError):
        return None
    # httpx escapes what no host name can hold and lets impossible ports through
    return url if _HOST.fullmatch(url.raw_host) and (url.port or 0) <= 65_535 else None


def shown(url: httpx.URL) -> str:
    """The URL as outcomes, hops and validators name it: without user name and password."""
    return str(url.copy_with(userinfo=b"")) if url.userinfo else str(url)


def origin(url: httpx.URL) -> Origin:
    """Scheme, host and port: what credentials belong to (RFC 6454)."""
    return url.scheme, url.host, url.port


def redirect_target(url: httpx.URL, location: str) -> httpx.URL | None:
    """Where ``location``, the header of an answer of ``url``, leads; None when nowhere.

    The header comes read as Latin-1; bytes that are UTF-8 are taken as such. A user name and
    password in it are left out: whom to trust with one is not the redirecting server's choice.
    """
    if not location.strip():
        return None
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        return parse_url(str(url.join(location.strip()).copy_with(userinfo=b"")))
    except (httpx.InvalidURL, ValueError):
        return None
