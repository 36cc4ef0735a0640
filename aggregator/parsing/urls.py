"""Which URL is this, written the one way we write it?

``normalise_url`` is the key under which articles are known, so it only removes what cannot
change the document that is served (RFC 3986 section 6.2, the tracking parameters below, and
addresses that hold another, see ``wrappers``). It does not fetch or follow redirects, and it is not for
feed URLs: those are asked for exactly as they were configured, or advertised (``absolute_url``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import idna

from aggregator.parsing.wrappers import unwrapped

LONGEST_URL = 8_000
"""Characters; what is longer is an attack or inlined data, not an address."""

TRACKING_PREFIXES = (
    "utm_",  # Urchin, Google Analytics and everybody since
    "pk_",  # Piwik
    "piwik_",
    "mtm_",  # Matomo
    "matomo_",
    "at_",  # AT Internet, used by the BBC and French papers
    "ns_",  # comScore
    "hsa_",  # HubSpot advertisements
    "__hs",
    "_hs",
    "fb_action_",
    "guce_referrer",  # Yahoo's consent page
)
"""A query parameter whose lower-case name starts so only says where the reader came from."""

TRACKING_PARAMETERS = frozenset(
    {
        # click ids of advertising networks
        "fbclid", "gclid", "gclsrc", "dclid", "wbraid", "gbraid", "gad_source", "msclkid", "yclid",
        "ysclid", "twclid", "ttclid", "li_fat_id", "epik", "rb_clickid", "srsltid", "sscid", "_openstat",
        # social networks
        "igsh", "igshid", "fb_source", "fb_ref", "sr_share", "__twitter_impression",
        # newsletters and marketing suites
        "mc_cid", "mc_eid", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "vero_conv", "nr_email_referer",
        "hsctatracking", "wickedid", "s_cid",
        # analytics
        "_ga", "_gl", "wt_mc", "wt.mc_id", "xtor", "guccounter",
        # publishers' own campaign marks
        "cmp", "cmpid", "icid", "ncid", "ocid", "ito", "smid", "ftag",
    }
)  # fmt: skip
"""Query parameters, by lower-case name, that only say where the reader came from."""

REFERRERS = frozenset({"ref", "referrer", "source", "src", "from", "via", "partner", "origin"})
"""Parameters that may select a document, unless their value is one of ``FEED_VALUES``."""

FEED_VALUES = frozenset({"rss", "atom", "feed", "rssfeed", "rss_feed", "rss-feed", "newsfeed"})
"""Values by which such a parameter says no more than that the link was in a feed."""

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IN_PATH = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_IN_QUERY = _IN_PATH | frozenset("?")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
# Most URLs of feeds are written our way already, but for what their query says of where the reader came from.
_NORMAL = re.compile(
    r"(https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?!80/|443/)[1-9][0-9]{1,3})?/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)"
    r"(?:\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]*))?"
)
_WHOLE = re.compile(r"https?://[A-Za-z0-9]")
_MOST_WRAPPERS = 20
_DROPPED = re.compile(r"[\t\n\r]")
_UNSENDABLE = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")
_ENDS = "".join(map(chr, range(0x21))) + "\x7f\xa0\u200b\u2028\u2029\u3000\ufeff"
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalise_url(url: str, *, base: str | None = None) -> str | None:
    """The absolute http(s) form of ``url``, or None when it has none.

    ``base`` resolves relative references (RFC 3986 section 5). Scheme and host become lower-case,
    an international host punycode (UTS 46); default port, userinfo, fragment (but for a ``#!``
    route), dot segments, needless percent-encoding and tracking parameters go. Order and blank
    values of the query stay. An address that wraps another is that other (``wrappers``).
    ``normalise_url(normalise_url(x)) == normalise_url(x)``.
    """
    outer = address = _spelled_our_way(url, base)
    for _ in range(_MOST_WRAPPERS):
        inner = unwrapped(address) if address else None
        within = _spelled_our_way(inner, None) if inner else None
        if within is None:
            return address
        address = within
    return outer


def _spelled_our_way(url: str, base: str | None) -> str | None:
    normal = _NORMAL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if normal and "/." not in normal[1]:
        query = _without_tracking(normal[2] or "")
        return f"{normal[1]}?{query}" if query else normal[1]
    return _normalised(url, None if _WHOLE.match(url) else base)


@lru_cache(maxsize=512)  # link and guid of an entry are often one URL
def _normalised(url: str, base: str | None) -> str | None:
    parts = _split(url, base)
    if parts is None or parts.scheme not in _DEFAULT_PORTS:
        return None
    authority = _authority(parts)
    if authority is None:
        return None
    path = _without_dots(_escaped(parts.path, _IN_PATH)) or "/"
    query = _escaped(_without_tracking(parts.query), _IN_QUERY) if parts.query else ""
    fragment = _escaped(parts.fragment, _IN_QUERY) if parts.fragment.startswith("!") else ""
    result = f"{parts.scheme}://{authority}{path}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"
    return result if len(result) <= LONGEST_URL else None


def absolute_url(url: str, *, base: str | None = None) -> str | None:
    """``url`` as it is to be asked for: absolute and spelled as the publisher did, or None if it is not http(s).

    Only what is never sent goes: the fragment, and blanks around it. Credentials make it unusable.
    """
    parts = _split(url, base)
    if parts is None or parts.scheme not in _DEFAULT_PORTS or _authority(parts) is None or "@" in parts.netloc:
        return None
    spelled = _DROPPED.sub("", url.strip(_ENDS))
    if base and not spelled.lower().startswith(("http://", "https://")):
        spelled = parts.geturl()
    spelled = spelled.partition("#")[0]
    return spelled if len(spelled) <= LONGEST_URL and not _UNSENDABLE.search(spelled) else None


def resolved(base: str, reference: str) -> str:
    """``reference`` against ``base`` as RFC 3986 section 5 says; unusable references give ``base``."""
    try:
        return urljoin(base, reference.strip(_ENDS)) or base
    except ValueError:
        return base


def without_scheme(url: str) -> str:
    """A normalised URL as it reads when http and https are the same place: ``//host/path``."""
    return url.partition(":")[2]


def _split(url: str, base: str | None) -> SplitResult | None:
    url = _DROPPED.sub("", url.strip(_ENDS))
    if not url or len(url) > LONGEST_URL:
        return None
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in _DEFAULT_PORTS and parts.netloc
        return parts if is_whole or not base else urlsplit(urljoin(base, url))
    except ValueError:  # a broken IPv6 literal, or a host that NFKC would turn into something else
        return None


def _authority(parts: SplitResult) -> str | None:
    host = _host(parts)
    try:
        port = parts.port
    except ValueError:
        return None
    if host is None:
        return None
    return host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


def _host(parts: SplitResult) -> str | None:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    elif "%" in host or not host.isascii():
        try:
            host = idna.encode(unquote(host), uts46=True).decode("ascii").rstrip(".")
        except UnicodeError:
            return None
    return host if _HOST.fullmatch(host) else None


def _escaped(text: str, allowed: frozenset[str]) -> str:
    """Percent-encoding in its one canonical form (RFC 3986 section 6.2.2): needed, upper-case, UTF-8."""
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


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4, which has an absolute path because there is an authority."""
    if "/." not in path:
        return path
    segments = path.split("/")[1:]
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "".join(f"/{segment}" for segment in kept)


def _without_tracking(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if not _is_tracking(pair))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in REFERRERS:
        return unquote(value).lower() in FEED_VALUES
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)
