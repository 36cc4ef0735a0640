"""Normalises URLs of articles, and makes other URLs absolute.

Only this module imports ada, which parses addresses as browsers do (WHATWG URL standard): if two programs parse one
address differently, a link leads elsewhere than it shows. ``normalise_url`` returns the key by which articles are
identified. So it removes only parts that cannot change the served document: those of RFC 3986 section 6.2, the
tracking parameters below, and wrapper addresses (see ``wrapped_urls``). It sends no request and follows no redirect.
Feed URLs are not normalised but requested as they were configured or advertised (``absolute_url``).
docs/addresses.md has the tables.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urljoin

from ada_url import URL

from aggregator.parsing.wrapped_urls import unwrap_url

MAX_URL_LENGTH = 8_000
"""Characters of a URL; a longer one is an attack or inlined data."""

TRACKING_PREFIXES = (
    "utm_",  # Urchin, Google Analytics and most later tools
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
"""Prefixes of lower-case query parameter names that only track where the reader came from."""

TRACKING_PARAMETERS = frozenset(
    {
        # click ids of advertising networks
        "fbclid", "gclid", "gclsrc", "dclid", "wbraid", "gbraid", "gad_source", "gad_campaignid", "msclkid", "yclid",
        "ysclid", "twclid", "ttclid", "li_fat_id", "epik", "rb_clickid", "srsltid", "sscid", "s_kwcid", "ef_id",
        "_openstat",
        # social networks
        "igsh", "igshid", "fb_source", "fb_ref", "mibextid", "sr_share", "__twitter_impression", "mwrsm",
        # newsletters and marketing suites
        "mc_cid", "mc_eid", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "vero_conv", "nr_email_referer",
        "hsctatracking", "wickedid", "s_cid",
        # analytics
        "_ga", "_gl", "wt_mc", "wt.mc_id", "xtor", "guccounter",
        # publishers' own campaign parameters
        "cmp", "cmpid", "icid", "ncid", "ocid", "ito", "smid", "ftag", "maca", "traffic_source", "rsspartner", "wt_zmc",
    }
)  # fmt: skip
"""Lower-case names of query parameters that only track where the reader came from."""

REFERRER_PARAMETERS = frozenset({
    "ref", "referrer", "referer", "source", "src", "from", "via", "partner", "origin", "campaign", "campaign_id",
    "_location", "part", "tw",
})  # fmt: skip
"""Parameters that may select a document; they only track if their value means a feed."""

FEED_REFERRER_VALUE = re.compile(
    r"(?:rss|atom)(?:[-_.]?[0-9]*|[-_.].{1,30})|feed|rss[-_]?feed|news[-_]?feed", re.IGNORECASE
)
"""Values that only show that the link was in a feed, such as ``rss`` and ``rss_world``."""

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
    segments, needless percent-encoding and tracking parameters are removed. Order and empty values of the query
    stay. An address that wraps another becomes the wrapped one (``wrapped_urls``).
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
    if match and "/." not in match[1] and "xn--" not in match[1]:
        query = _without_tracking(match[2]) if match[2] else ""
        return f"{match[1]}?{query}" if query else match[1]
    return _normalise_parse(url, None if _HAS_SCHEME.match(url) else base)


@lru_cache(maxsize=512)  # link and guid of an entry are often the same URL
def _normalise_parse(url: str, base: str | None) -> str | None:
    parts = _parse(url, base)
    if parts is None:
        return None
    authority = f"{_host(parts)}{':' if parts.port else ''}{parts.port}"
    path = _normalise_escapes(str(parts.pathname), _IN_PATH)
    query = _normalise_escapes(_without_tracking(str(parts.search)[1:]), _IN_QUERY)
    fragment = _normalise_escapes(str(parts.hash)[1:], _IN_FRAGMENT) if str(parts.hash).startswith("#!") else ""
    result = f"{parts.protocol}//{authority}{path}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"
    return result if len(result) <= MAX_URL_LENGTH else None


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


def _without_tracking(query: str) -> str:
    """Removes tracking parameters and empty parts from a query."""
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in REFERRER_PARAMETERS:
        return FEED_REFERRER_VALUE.fullmatch(unquote(value)) is not None
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)
