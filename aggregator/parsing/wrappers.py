"""Which address is wrapped in this one?

Search engines, social networks and AMP caches hand out addresses of their own that hold the
publisher's in full. Only what stands in the address itself is taken out: no redirect is followed, and
an address that hides its target behind a number (feedproxy.google.com, newer ones of Google News)
is left as it is.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qsl, unquote, urlsplit

REDIRECTORS = {
    "Google": (r"(?:www\.|news\.)?google\.[a-z.]{2,6}/url", ("url", "q")),
    "YouTube": (r"(?:www\.)?youtube\.com/redirect", ("q",)),
    "DuckDuckGo": (r"(?:www\.)?duckduckgo\.com/l/", ("uddg",)),
    "Facebook": (r"lm?\.facebook\.com/l\.php", ("u",)),
    "Instagram": (r"l\.instagram\.com/", ("u",)),
    "LinkedIn": (r"(?:www\.)?linkedin\.com/(?:redir/redirect|safety/go)", ("url",)),
    "Tumblr": (r"t\.umblr\.com/redirect", ("z",)),
    "Reddit": (r"out\.reddit\.com/[^?]*", ("url",)),
    "Pocket": (r"(?:www\.)?getpocket\.com/redirect", ("url",)),
    "Slack": (r"(?:www\.)?slack-redir\.net/link", ("url",)),
    "Steam": (r"(?:www\.)?steamcommunity\.com/linkfilter/?", ("u", "url")),
    "VK": (r"(?:www\.|m\.)?vk\.com/away\.php", ("to",)),
}
"""Who wraps: host and path of the wrapper, and the query parameters one of which holds the address."""

AMP_CACHES = (
    r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org/(?:c|v)/",
    r"(?:[a-z0-9-]+\.)?bing-amp\.com/(?:c|v)/",
    r"(?:www\.)?google\.[a-z.]{2,6}/amp/",
)
"""Host and path of caches; ``s/`` for https and the publisher's address stand behind (amp.dev, "AMP cache URLs")."""

# Of its groups the one that matched says which redirector it is.
_REDIRECTOR = re.compile(rf"https?://(?:{'|'.join(f'({form})' for form, _ in REDIRECTORS.values())})\?")
_PARAMETERS = tuple(parameters for _, parameters in REDIRECTORS.values())
_CACHED = re.compile(f"https?://(?:{'|'.join(AMP_CACHES)})(s/)?(.+)")
_GOOGLE_NEWS = re.compile(
    r"https?://news\.google\.com/(?:__i/)?(?:rss/)?(?:articles|read)/([A-Za-z0-9_-]{20,3000}={0,2})"
)
_HEAD_OF_ID = b'\x08\x13"'  # protocol buffers: field 1 is 19, field 4 a string
_CONTINUES = 0x80


def unwrapped(url: str) -> str | None:
    """The address within a normalised URL, as it stands there; None when there is none."""
    if (found := _REDIRECTOR.match(url)) and found.lastindex:
        return _in_query(url, _PARAMETERS[found.lastindex - 1])
    if cached := _CACHED.fullmatch(url):
        scheme = "https" if cached[1] else "http"
        return f"{scheme}://{unquote(cached[2]) if '%2F' in cached[2] else cached[2]}"
    if news := _GOOGLE_NEWS.match(url):
        return _in_google_news(news[1])
    return None


def _in_query(url: str, names: tuple[str, ...]) -> str | None:
    query = dict(reversed(parse_qsl(urlsplit(url).query, max_num_fields=100)))
    return next((query[name] for name in names if _is_whole(query.get(name, ""))), None)


def _in_google_news(article_id: str) -> str | None:
    """Ids of before the summer of 2024 are a message whose text is the address; later ones hold a token."""
    try:
        message = base64.urlsafe_b64decode(article_id.rstrip("=") + "=" * (-len(article_id.rstrip("=")) % 4))
    except (ValueError, binascii.Error):
        return None
    if not message.startswith(_HEAD_OF_ID) or len(message) < len(_HEAD_OF_ID) + 2:
        return None
    start, length = len(_HEAD_OF_ID) + 1, message[len(_HEAD_OF_ID)]
    if length & _CONTINUES:
        start, length = start + 1, (length & ~_CONTINUES) | message[start] << 7
    text = message[start : start + length].decode("utf-8", "replace")
    return text if len(message) >= start + length and _is_whole(text) else None


def _is_whole(address: str) -> bool:
    return address.lower().startswith(("http://", "https://")) and "\ufffd" not in address
