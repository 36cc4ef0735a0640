"""Recognises URLs without a scheme: ``www.example.org/a`` in the place of a URL means ``https://www.example.org/a``.

By RFC 3986 section 4.2 such a text is a relative path. It is read as a host only if it begins with ``www.`` and a
name with a dot, or with a host that the feed itself has. So a file name such as ``news.html`` stays a path.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

_HOST = re.compile(
    r"\s*((?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.){1,8}[a-z][a-z0-9-]{1,62})(?::\d{1,5})?(?=[/?#\s]|$)", re.IGNORECASE
)


def with_scheme(url: str, *, base: str, hosts: Collection[str] = ()) -> str:
    """Returns the URL, with a scheme if it has none and begins with a host; else unchanged.

    The scheme is that of ``base`` on its own host, and https on any other. ``hosts`` are hosts of the feed beside that
    of ``base``.
    """
    match = _HOST.match(url)
    if match is None:
        return url
    host = match[1].lower()
    labels = host.count(".") + 1
    is_host = (host.startswith("www.") and labels > 2) or any(
        _is_related(host, known) for known in (host_of(base), *hosts) if known
    )
    scheme = "http" if _is_related(host, host_of(base)) and base.startswith("http:") else "https"
    return f"{scheme}://{url.strip()}" if is_host else url


def host_of(url: str) -> str:
    """Returns the host of a URL in lower case; "" if it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_related(one: str, other: str) -> bool:
    """True if the hosts are equal or one is a subdomain of the other."""
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith(f".{other}") or (other.endswith(f".{one}") and "." in one)
