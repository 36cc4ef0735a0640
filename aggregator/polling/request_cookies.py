"""Keeps the cookies that the redirects of one request set, for the rest of that request.

Some servers redirect a client to the same URL until it sends a cookie back. The cookies live as long as one request
with its redirects, and go back only to the origin that set them (scheme, host and port), which is stricter than
RFC 6265. Its other rules for domain, path, Secure and expiry hold too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from aggregator.polling.freshness import parse_http_date
from aggregator.polling.host_identity import is_public_suffix
from aggregator.polling.request_urls import UrlOrigin, url_origin

_MAX_COOKIES = 50
_MAX_COOKIE_BYTES = 4096
_MAX_HEADER_BYTES = 8192
_INVALID = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_COOKIE_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cookie:
    name: bytes
    value: bytes
    path: str
    origin: UrlOrigin
    is_secure: bool


@dataclass(kw_only=True, slots=True)
class RequestCookies:
    """The cookies of one request, in the order in which they were set."""

    _cookies: list[_Cookie] = field(default_factory=list)

    def store(self, url: httpx.URL, set_cookie_values: Iterable[bytes], *, now: datetime) -> None:
        """Stores or removes the cookies that a response from ``url`` sets; ignores invalid ones."""
        for value in set_cookie_values:
            if len(value) > _MAX_COOKIE_BYTES or _INVALID.search(value):
                continue
            first, *attributes = value.split(b";")
            name, equals, content = (part.strip(b" \t") for part in first.partition(b"="))
            if not equals or not _COOKIE_NAME.fullmatch(name):
                continue
            settings = _attributes(attributes)
            cookie = _Cookie(
                name=name,
                value=content,
                path=_path_of(settings.get("path", ""), url),
                origin=url_origin(url),
                is_secure="secure" in settings,
            )
            if _is_allowed(cookie, settings, url):
                self._replace(cookie, expired=_is_expired(settings, now=now))

    def header_for(self, url: httpx.URL) -> bytes | None:
        """Returns the Cookie header of a request to ``url`` (RFC 6265 section 5.4); None without a cookie for it."""
        origin, path = url_origin(url), url.path
        matching = [cookie for cookie in self._cookies if cookie.origin == origin and _matches(path, cookie.path)]
        matching.sort(key=lambda cookie: -len(cookie.path))
        header = b"; ".join(cookie.name + b"=" + cookie.value for cookie in matching)
        return header if header and len(header) <= _MAX_HEADER_BYTES else None

    def _replace(self, cookie: _Cookie, *, expired: bool) -> None:
        key = (cookie.name, cookie.path, cookie.origin)
        self._cookies = [known for known in self._cookies if (known.name, known.path, known.origin) != key]
        if not expired and len(self._cookies) < _MAX_COOKIES:
            self._cookies.append(cookie)


def _attributes(parts: Iterable[bytes]) -> dict[str, str]:
    """Returns the attributes of a cookie by lower-case name; the last of several counts."""
    pairs = (part.decode("latin-1").partition("=") for part in parts)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _path_of(attribute: str, url: httpx.URL) -> str:
    """Returns the path of a cookie: its attribute, else the directory of ``url`` (RFC 6265 section 5.1.4)."""
    return attribute if attribute.startswith("/") else url.path.rpartition("/")[0] or "/"


def _matches(path: str, cookie_path: str) -> bool:
    """Returns True if a request path is the cookie's path or is below it (RFC 6265 section 5.1.4)."""
    return path == cookie_path or path.startswith(cookie_path.removesuffix("/") + "/")


def _is_allowed(cookie: _Cookie, settings: dict[str, str], url: httpx.URL) -> bool:
    """Returns True if ``url`` may set the cookie: its own host or a parent domain, but no public suffix.

    The rules for Secure and the prefixes of names are those of RFC 6265bis section 5.7.
    """
    host, domain = url.host.lower().rstrip("."), settings.get("domain", "").lower().removeprefix(".")
    if domain and domain != host and (not host.endswith(f".{domain}") or is_public_suffix(domain)):
        return False
    if cookie.is_secure and url.scheme != "https":
        return False
    name = cookie.name.lower()
    if name.startswith(b"__host-"):
        return cookie.is_secure and not domain and settings.get("path") == "/"
    return cookie.is_secure or not name.startswith(b"__secure-")


def _is_expired(settings: dict[str, str], *, now: datetime) -> bool:
    """Returns True if the cookie is set with an end that is past; Max-Age counts before Expires (section 5.3)."""
    max_age = settings.get("max-age", "")
    if re.fullmatch(r"-?[0-9]+", max_age):
        return max_age.startswith("-") or not max_age.strip("0")
    expires = parse_http_date(settings.get("expires", ""))
    return expires is not None and expires <= now
