"""Recognises the parts of a URL that say where the reader came from, or who the reader is, and not which document.

A name alone is rarely enough: a campaign of one publisher is the id of a document at another one. So most names
count only with a value of a certain form, and a number always stays. The tables come from

    ClearURLs   its published rules for all sites, and for single ones (https://docs.clearurls.xyz)
    courlan     the names that its function for cleaning URLs removes (https://github.com/adbar/courlan)
    browsers    the lists of names that Firefox and Brave remove from links
    vendors     the documentation of the analytics and advertising services that are named beside the entries
    feeds       parameters that we found in the links of feeds, with their publishers

``urls`` removes these parts; ``reference_docs`` prints the tables for docs/addresses.md.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

TRACKING_NAMES = {
    "Google, and most services since Urchin": r"utm_(?!zone|x$|y$|east|north).+|"
    r"ga_(?:source|medium|campaign|content|term|place)|_ga|_gl|gs_l",
    "Matomo and Piwik": r"(?:pk|mtm|piwik|matomo)_"
    r"(?:campaign|cpn|kwd|keyword|source|medium|content|cid|vid|group|placement|creative)",
    "AT Internet": r"at_(?:medium|campaign|campaign_type|channel|creation|custom\d+|emailtype|format|"
    r"link_(?:id|origin|type)|network|platform|ptr_(?:name|type)|recipient_(?:id|list)|term|variant|bbc_team|"
    r"(?:general|detail)_placement|send_(?:date|time))",
    "comScore": r"ns_(?:mchannel|source|campaign|linkname|fee)",
    "HubSpot": r"hsa_.+|__hs.+|_hs.+|hsctatracking",
    "click ids of advertising networks": r"fbclid|gclid|gclsrc|dclid|wbraid|gbraid|gad_source|gad_campaignid|msclkid|"
    r"yclid|ysclid|twclid|ttclid|li_fat_id|epik|rb_clickid|srsltid|s_kwcid|ef_id|_openstat|wtrid|"
    r"irclickid|cjevent|zanpid|iclid|ymclid|dicbo|_branch_match_id",
    "social networks": r"igsh|igshid|ref_src|ref_url|fb_source|fb_ref|fb_action_.+|action_(?:object|type|ref)_map|"
    r"mibextid|__twitter_impression|echobox",
    "newsletters and marketing suites": r"mc_(?:cid|eid|tc)|mkt_tok|oly_anon_id|oly_enc_id|vero_id|vero_conv|"
    r"oft_(?:c|ck|d|id|ids|k|lk|sk)|bsft_.+|sfmc_.+|_bta_.+|_kx|ck_subscriber_id|et_rid|"
    r"nr_email_referer|wickedid|ml_subscriber|ml_subscriber_hash|hmb_(?:campaign|medium|source)|"
    r"(?:itm|otm)_(?:campaign|medium|source|content|term)|os_ehash|__s",
    "Webtrekk and Webtrends": r"wt_?z?mc|wt\.mc_id",
    "Yahoo": r"guccounter|guce_referrer.*",
    "names that mean a feed": r"wprss|rsspartner|tracking_source",
    "sessions of PHP, Java and ASP": r"phpsessid|jsessionid|aspsessionid.*",
}
"""Patterns of lower-case parameter names that identify no document, whatever their value, by their service."""

CAMPAIGN_NAMES = frozenset({
    "__source", "cmp", "cmpid", "emc", "fsrc", "ftag", "icid", "int_cid", "intcid", "intcmp", "ito", "maca", "mbid",
    "mwrsm", "ncid", "ocid", "s_cid", "smid", "soc_src", "soc_trk", "spm", "spref", "sr_share", "sscid",
    "traffic_source", "xtor",
})  # fmt: skip
"""Names of campaigns at some publishers and of documents at others: removed unless the value is an id."""

REFERRER_NAMES = frozenset({
    "_location", "campaign", "campaign_id", "cid", "feedtype", "from", "lsrc", "mc", "mod", "origin", "part", "partner",
    "ref", "referer", "referrer", "source", "sourceid", "src", "tw", "utm", "via",
})  # fmt: skip
"""Names that may select a document: removed only if the value means a feed."""

SESSION_NAMES = frozenset({"oscsid", "phpsessionid", "sessid", "session_id", "sessionid", "sid", "xtcsid", "zenid"})
"""Names of sessions in shops and forums, and of documents elsewhere: removed if the value is a session id."""

SITE_NAMES = {
    r"(?:[a-z0-9-]+\.)*nytimes\.com": r"_r|partner|emc|smid|smtyp|rss|campaign_id|instance_id|segment_id|user_id",
    r"(?:[a-z0-9-]+\.)*dailymail\.co\.uk": r"ito|ico",
    r"(?:[a-z0-9-]+\.)*reuters\.com": r"feedtype|feedname|rpc|virtualbrandchannel",
    r"(?:[a-z0-9-]+\.)*(?:wsj|marketwatch|barrons)\.com": r"mod",
    r"(?:[a-z0-9-]+\.)*youtube\.com": r"feature|kw|si|ab_channel|app|pp|t|start|time_continue",
    r"news\.google\.com": r"oc",
}
"""Patterns of hosts, and of the names that track at them, whatever their value."""

FEED_VALUE = re.compile(
    r"(?:rss|atom)(?:[-_.]?[0-9]*|[-_.|:/].{1,30})|feeds?|rss[-_]?feeds?|news[-_]?feed|feedburner|feedly|"
    r"[a-z0-9]{1,20}(?:-|_|\.)(?:rss|atom)",
    re.IGNORECASE,
)
"""Values that only show that the link was in a feed, such as ``rss`` and ``rss_world``."""

ID_VALUE = re.compile(r"[0-9]*|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=[a-f]*[0-9])[0-9a-f]{8,}", re.IGNORECASE)
"""Values that may be the id of a document: a number, a UUID or a hexadecimal number."""

SESSION_VALUE = re.compile(r"(?=[0-9]*[a-z])(?=[a-z]*[0-9])[0-9a-z]{26,}", re.IGNORECASE)
"""Values of the length of a session id; ids in databases are shorter (MongoDB has 24 digits)."""

SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*|/\(S\([0-9a-z]{24}\)\)(?=/)", re.IGNORECASE)
"""The session in a path: of Java servlets (``;jsessionid=…``) and of ASP.NET (``/(S(…))/``)."""

_FORUM_SESSION = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)  # of vBulletin, in a parameter with the short name s
_TRACKING_NAME = re.compile("|".join(TRACKING_NAMES.values()))
_MAX_NAME_LENGTH = 100


def without_tracking(query: str, *, host: str) -> str:
    """Returns a query without tracking parameters, sessions and empty parts; the rest keeps its order and spelling.

    ``host`` is the lower-case host of the URL. A ``?`` within a query begins tracking parameters that a program added
    to a URL that had a query already.
    """
    pairs = [pair for part in query.split("&") if (pair := _without_second_query(part, host))]
    kept = [pair for pair in pairs if not is_tracking(pair, host=host)]
    if any(pair.lower().startswith("cftoken=") for pair in kept):  # the session of ColdFusion has two parts
        kept = [pair for pair in kept if not pair.lower().startswith(("cftoken=", "cfid="))]
    return "&".join(kept)


def is_tracking(pair: str, *, host: str) -> bool:
    """Returns True if a part of a query, as ``name=value``, does not help to identify the document."""
    name, _, value = pair.removeprefix("amp;").partition("=")
    name = unquote(name).lower()
    if len(name) > _MAX_NAME_LENGTH:
        return False
    if _TRACKING_NAME.fullmatch(name) or ((site := _names_at(host)) and site.fullmatch(name)):
        return True
    if name in CAMPAIGN_NAMES:
        return ID_VALUE.fullmatch(unquote(value)) is None
    if name in REFERRER_NAMES:
        return FEED_VALUE.fullmatch(unquote(value)) is not None
    if name in SESSION_NAMES:
        return SESSION_VALUE.fullmatch(value) is not None
    return name == "s" and _FORUM_SESSION.fullmatch(value) is not None


def _without_second_query(pair: str, host: str) -> str:
    beginning, mark, rest = pair.partition("?")
    return beginning if mark and is_tracking(rest, host=host) else pair


@lru_cache(maxsize=1024)
def _names_at(host: str) -> re.Pattern[str] | None:
    """Returns the pattern of names that track at ``host``; None if there is none."""
    return next((re.compile(names) for form, names in SITE_NAMES.items() if re.fullmatch(form, host)), None)
