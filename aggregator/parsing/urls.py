"""Which URL is this, written the one way we write it?

The only room of ada, which reads addresses as browsers do (WHATWG URL standard): two readings of one
address are how a link leads elsewhere than it says. ``normalise_url`` is the key under which articles
are known, so it only removes what cannot change the document that is served (RFC 3986 section 6.2, the
tracking parameters below, and addresses that hold another, see ``wrappers``). It does not fetch or follow
redirects, and it is not for feed URLs: those are asked for exactly as they were configured, or
advertised (``absolute_url``). The tables are printed in docs/addresses.md.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urljoin

from ada_url import URL

from aggregator.parsing.wrapped_urls import unwrapped

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
        # publishers' own campaign marks
        "cmp", "cmpid", "icid", "ncid", "ocid", "ito", "smid", "ftag", "maca", "traffic_source", "rsspartner", "wt_zmc",
    }
)  # fmt: skip
"""Query parameters, by lower-case name, that only say where the reader came from."""

REFERRERS = frozenset({
    "ref", "referrer", "referer", "source", "src", "from", "via", "partner", "origin", "campaign", "campaign_id",
    "_location", "part", "tw",
})  # fmt: skip
"""Parameters that may select a document, unless their value only names a feed."""

FEED_VALUE = re.compile(r"(?:rss|atom)(?:[-_.]?[0-9]*|[-_.].{1,30})|feed|rss[-_]?feed|news[-_]?feed", re.IGNORECASE)
"""Values by which such a parameter says no more than that the link was in a feed: ``rss``, ``rss_world``."""

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IN_PATH = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_IN_QUERY = _IN_PATH - {"'"} | {"?"}  # the standard escapes this one mark in a query
_IN_FRAGMENT = _IN_PATH | {"?"}
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
# Most URLs of feeds are written our way already, but for what their query says of where the reader came from.
_NORMAL = re.compile(
    r"(https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::(?!80/|443/)[1-9][0-9]{1,3})?"
    r"/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)(?:\?([A-Za-z0-9._~!$&()*+,;=:@/?-]*))?"
)
_WHOLE = re.compile(r"https?://[A-Za-z0-9]")
# What every program reads alike: no backslash, nobody's name before the host, nothing that has to be escaped.
_SENDABLE = re.compile(r"https?://[a-z0-9._-]+(?::[0-9]+)?(?:[/?][!-\[\]-~]*)?", re.IGNORECASE)
_MOST_WRAPPERS = 20
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENDS = "".join(map(chr, range(0x21))) + "\x7f\xa0\u200b\u2028\u2029\u3000\ufeff"
_HOST = re.compile(r"(?!.*\.\.)[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_SCHEMES = ("http:", "https:")


def normalise_url(url: str, *, base: str | None = None) -> str | None:
    """The absolute http(s) form of ``url``, or None when it has none.

    ``url`` is read as browsers read it (WHATWG URL standard), ``base`` resolves what is relative. Scheme
    and host become lower-case, an international host punycode; default port, userinfo, fragment (but for
    a ``#!`` route), dot segments, needless percent-encoding and tracking parameters go. Order and blank
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
    if normal and "/." not in normal[1] and "xn--" not in normal[1]:
        query = _without_tracking(normal[2]) if normal[2] else ""
        return f"{normal[1]}?{query}" if query else normal[1]
    return _normalised(url, None if _WHOLE.match(url) else base)


@lru_cache(maxsize=512)  # link and guid of an entry are often one URL
def _normalised(url: str, base: str | None) -> str | None:
    parts = _parsed(url, base)
    if parts is None:
        return None
    authority = f"{_host_of(parts)}{':' if parts.port else ''}{parts.port}"
    path = _escaped(str(parts.pathname), _IN_PATH)
    query = _escaped(_without_tracking(str(parts.search)[1:]), _IN_QUERY)
    fragment = _escaped(str(parts.hash)[1:], _IN_FRAGMENT) if str(parts.hash).startswith("#!") else ""
    result = f"{parts.protocol}//{authority}{path}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"
    return result if len(result) <= LONGEST_URL else None


def absolute_url(url: str, *, base: str | None = None) -> str | None:
    """``url`` as it is to be asked for: absolute and spelled as the publisher did, or None if it is not http(s).

    Only what is never sent goes: the fragment, and blanks around it. A spelling that programs read in
    different ways becomes what browsers make of it. Credentials make it unusable, and a fragment alone
    is no other address than the one it stands in.
    """
    spelled = url.strip(_ENDS).partition("#")[0]
    parts = _parsed(spelled, base)
    if parts is None or parts.username or parts.password:
        return None
    usable = spelled if _SENDABLE.fullmatch(spelled) else str(parts.href).partition("#")[0]
    return usable if len(usable) <= LONGEST_URL else None


def resolved(base: str, reference: str) -> str:
    """``reference`` against ``base`` as RFC 3986 section 5 says; unusable references give ``base``."""
    try:
        return urljoin(base, reference.strip(_ENDS)) or base
    except ValueError:
        return base


def _parsed(url: str, base: str | None) -> URL | None:
    """The parts of a web address whose host can be one."""
    text = _SURROGATE.sub("\ufffd", url.strip(_ENDS))
    if not text or len(text) > LONGEST_URL:
        return None
    try:
        parts = URL(text, base or None)
    except ValueError:
        return _parsed(text, None) if base else None
    return parts if parts.protocol in _SCHEMES and _HOST.fullmatch(_host_of(parts)) else None


def _host_of(parts: URL) -> str:
    return str(parts.hostname).removesuffix(".")


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


def _without_tracking(query: str) -> str:
    """A query of what may select the document; nothing between two ampersands is nothing."""
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in REFERRERS:
        return FEED_VALUE.fullmatch(unquote(value)) is not None
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)
