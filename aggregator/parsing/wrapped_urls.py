"""Which address is wrapped in this one?

Search engines, social networks, press monitors and AMP caches hand out addresses of their own that hold
the publisher's in full. Only what stands in the address itself is taken out: no redirect is followed, and
an address that hides its target behind a number (feedproxy.google.com, newer ones of Google News)
is left as it is.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

REDIRECTORS = {
    "Google": (r"(?:www\.|news\.)?google\.[a-z.]{2,6}/url", ("url", "q")),
    "Bing News": (r"(?:www\.)?bing\.com/news/apiclick\.aspx", ("url",)),
    "DuckDuckGo": (r"(?:www\.)?duckduckgo\.com/l/", ("uddg",)),
    "Yandex": (r"(?:www\.)?yandex\.(?:ru|com)/clck/jsredir", ("url",)),
    "YouTube": (r"(?:www\.)?youtube\.com/redirect", ("q",)),
    "Facebook": (r"lm?\.facebook\.com/l\.php", ("u",)),
    "Instagram": (r"l\.instagram\.com/", ("u",)),
    "LinkedIn": (r"(?:www\.)?linkedin\.com/(?:redir/redirect|safety/go)", ("url",)),
    "Tumblr": (r"t\.umblr\.com/redirect", ("z",)),
    "Reddit": (r"out\.reddit\.com/[^?]*", ("url",)),
    "Medium": (r"(?:www\.)?medium\.com/r/", ("url",)),
    "Telegram": (r"t\.me/iv", ("url",)),
    "VK": (r"(?:www\.|m\.)?vk\.com/away\.php", ("to",)),
    "Weibo": (r"(?:www\.)?weibo\.(?:cn|com)/sinaurl", ("u", "url", "toasturl")),
    "Zhihu": (r"link\.zhihu\.com/", ("target",)),
    "Douban": (r"(?:www\.)?douban\.com/link2/", ("url",)),
    "Disqus": (r"disq\.us/url", ("url",)),
    "Pocket": (r"(?:www\.)?getpocket\.com/redirect", ("url",)),
    "Slack": (r"(?:www\.)?slack-redir\.net/link", ("url",)),
    "Steam": (r"(?:www\.)?steamcommunity\.com/linkfilter/?", ("u", "url")),
    "Outlook Safe Links": (r"(?:[a-z0-9-]+\.)?safelinks\.protection\.outlook\.com/[^?]*", ("url",)),
    "Skimlinks": (r"go\.(?:redirectingat|skimresources)\.com/", ("url",)),
    "Retriever": (r"(?:www\.)?retriever-info\.com/go/", ("u",)),
}
"""Who wraps: host and path of the wrapper, and the query parameters one of which holds the address."""

PREFIXES = {
    "Yahoo": r"(?:[a-z0-9-]+\.)?rd\.yahoo\.(?:com|co\.jp)/[^?]*?/\*-?",
    "Yahoo Search": r"r\.search\.yahoo\.com/[^?]*?/RU=",
    "Folha": r"redir\.folha\.com\.br/redir/[^?]*?/\*",
    "The Register": r"go\.theregister\.(?:com|co\.uk)/feed/",
    "DoubleClick": r"ad\.doubleclick\.net/clk;[^?]*\?",
    "Automattic": r"href\.li/\?",
}
"""Who puts the address behind its own: what stands before it. Where that holds no ``?``, a ``/RK=`` may follow."""

AMP_CACHES = (
    r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org/(?:c|v)/",
    r"(?:[a-z0-9-]+\.)?bing-amp\.com/(?:c|v)/",
    r"(?:www\.)?google\.[a-z.]{2,6}/amp/",
)
"""Host and path of caches; ``s/`` for https and the publisher's address stand behind (amp.dev, "AMP cache URLs")."""

# Of its groups the one that matched says which redirector it is.
_REDIRECTOR = re.compile(rf"https?://(?:{'|'.join(f'({form})' for form, _ in REDIRECTORS.values())})\?")
_PARAMETERS = tuple(parameters for _, parameters in REDIRECTORS.values())
_PREFIXED = re.compile(rf"https?://(?:{'|'.join(PREFIXES.values())})(.+?)(?:/R[KS]=.*)?")
_CACHED = re.compile(f"https?://(?:{'|'.join(AMP_CACHES)})(s/)?(.+)")
_GOOGLE_NEWS = re.compile(
    r"https?://news\.google\.com/(?:__i/)?(?:rss/)?(?:rd/)?(?:articles|read)/([A-Za-z0-9_-]{20,3000}={0,2})"
)
_HEAD_OF_ID = b'\x08\x13"'  # protocol buffers: field 1 is 19, field 4 a string
_CONTINUES = _BEYOND_ASCII = 0x80
_MOST_PARAMETERS = 100
_SCHEME = re.compile("https?://", re.IGNORECASE)
_ESCAPED_SCHEME = re.compile("https?%3A", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/")


def unwrapped(url: str) -> str | None:
    """The address within a normalised URL, as it stands there; None when there is none."""
    if (found := _REDIRECTOR.match(url)) and found.lastindex:
        return _in_query(url, _PARAMETERS[found.lastindex - 1])
    if prefixed := _PREFIXED.fullmatch(url):
        return _behind(prefixed[1])
    if cached := _CACHED.fullmatch(url):
        scheme = "https" if cached[1] else "http"
        return f"{scheme}://{_unescaped(cached[2]) if '%2F' in cached[2] else cached[2]}"
    if news := _GOOGLE_NEWS.match(url):
        return _in_google_news(news[1])
    return None


def _in_query(url: str, names: tuple[str, ...]) -> str | None:
    pairs = [pair.partition("=") for pair in url.partition("?")[2].partition("#")[0].split("&", _MOST_PARAMETERS)]
    values = (_unescaped(value.replace("+", "%20")) for wanted in names for name, _, value in pairs if name == wanted)
    return next((value for value in values if _SCHEME.match(value)), None)


def _behind(written: str) -> str | None:
    """The address that ends another: escaped or not, with its scheme or without."""
    if _ESCAPED_SCHEME.match(written):
        return _unescaped(written)
    if _SCHEME.match(written):
        return written
    return f"https://{written}" if _DOMAIN.match(written) else None


def _unescaped(text: str) -> str:
    """Escapes undone once; those of bytes beyond ASCII stay, they need not be UTF-8 and mean the same as they are."""
    return "".join(chr(byte) if byte < _BEYOND_ASCII else f"%{byte:02X}" for byte in unquote_to_bytes(text))


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
    return text if len(message) >= start + length and _SCHEME.match(text) and "\ufffd" not in text else None
