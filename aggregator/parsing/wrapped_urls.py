"""Extracts the publisher's address from a wrapper address, and the address of a video from its other forms.

Search engines, social networks, press monitors and AMP caches use addresses of their own that contain the
publisher's. Only an address that is contained in full is extracted. No redirect is followed: an address that hides
its target behind an id (feedproxy.google.com, newer ones of Google News) stays as it is.
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
"""Wrappers by name: host and path of the wrapper, and the query parameters that may hold the address."""

WRAPPER_PREFIXES = {
    "Yahoo": r"(?:[a-z0-9-]+\.)?rd\.yahoo\.(?:com|co\.jp)/[^?]*?/\*-?",
    "Yahoo Search": r"r\.search\.yahoo\.com/[^?]*?/RU=",
    "Folha": r"redir\.folha\.com\.br/redir/[^?]*?/\*",
    "The Register": r"go\.theregister\.(?:com|co\.uk)/feed/",
    "DoubleClick": r"ad\.doubleclick\.net/clk;[^?]*\?",
    "Automattic": r"href\.li/\?",
}
"""Wrappers by name that append the address: the part before it. If that has no ``?``, ``/RK=`` may follow it."""

AMP_CACHES = (
    r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org/(?:c|v)/",
    r"(?:[a-z0-9-]+\.)?bing-amp\.com/(?:c|v)/",
    r"(?:www\.)?google\.[a-z.]{2,6}/amp/",
)
"""Host and path of AMP caches; ``s/`` for https and the publisher's address follow (amp.dev, "AMP cache URLs")."""

VIDEO_FORMS = (
    r"youtu\.be/",
    r"(?:(?:www|m|music)\.)?youtube\.com/(?:embed|shorts|live|v)/",
    r"(?:www\.)?youtube-nocookie\.com/(?:embed|v)/",
)
"""Host and path of short and embedded addresses of YouTube; the id of the video follows."""

# The number of the group that matched identifies the redirector.
_REDIRECTOR = re.compile(rf"https?://(?:{'|'.join(f'({form})' for form, _ in REDIRECTORS.values())})\?")
_PARAMETERS = tuple(parameters for _, parameters in REDIRECTORS.values())
_PREFIXED = re.compile(rf"https?://(?:{'|'.join(WRAPPER_PREFIXES.values())})(.+?)(?:/R[KS]=.*)?")
_CACHED = re.compile(f"https?://(?:{'|'.join(AMP_CACHES)})(s/)?(.+)")
_GOOGLE_NEWS = re.compile(
    r"https?://news\.google\.com/(?:__i/)?(?:rss/)?(?:rd/)?(?:articles|read)/([A-Za-z0-9_-]{20,3000}={0,2})"
)
_VIDEO = re.compile(
    rf"https?://(?:{'|'.join(VIDEO_FORMS)})(?!videoseries|live_stream)([A-Za-z0-9_-]{{11}})/?(?:\?([^#]*))?"
)
_MOBILE_VIDEO = re.compile(r"https?://m\.youtube\.com/watch\?(.*)")
_ID_PREFIX = b'\x08\x13"'  # protocol buffers: field 1 is 19, field 4 a string
_VARINT_CONTINUES = _BEYOND_ASCII = 0x80
_MAX_PARAMETERS = 100
_SCHEME = re.compile("https?://", re.IGNORECASE)
_ESCAPED_SCHEME = re.compile("https?%3A", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/")


def unwrap_url(url: str) -> str | None:
    """Returns the address that a normalised URL wraps, as written there, or the page of its video; else None."""
    if (found := _REDIRECTOR.match(url)) and found.lastindex:
        return _in_query(url, _PARAMETERS[found.lastindex - 1])
    if prefixed := _PREFIXED.fullmatch(url):
        return _appended_address(prefixed[1])
    if cached := _CACHED.fullmatch(url):
        scheme = "https" if cached[1] else "http"
        return f"{scheme}://{_unescape(cached[2]) if '%2F' in cached[2] else cached[2]}"
    if video := _VIDEO.fullmatch(url):
        return f"https://www.youtube.com/watch?v={video[1]}{'&' if video[2] else ''}{video[2] or ''}"
    if video := _MOBILE_VIDEO.fullmatch(url):
        return f"https://www.youtube.com/watch?{video[1]}"
    if news := _GOOGLE_NEWS.match(url):
        return _in_google_news(news[1])
    return None


def _in_query(url: str, names: tuple[str, ...]) -> str | None:
    pairs = [pair.partition("=") for pair in url.partition("?")[2].partition("#")[0].split("&", _MAX_PARAMETERS)]
    values = (_unescape(value.replace("+", "%20")) for wanted in names for name, _, value in pairs if name == wanted)
    return next((value for value in values if _SCHEME.match(value)), None)


def _appended_address(written: str) -> str | None:
    """Returns the address at the end of another: escaped or not, with scheme or without."""
    if _ESCAPED_SCHEME.match(written):
        return _unescape(written)
    if _SCHEME.match(written):
        return written
    return f"https://{written}" if _DOMAIN.match(written) else None


def _unescape(text: str) -> str:
    """Decodes percent-escapes once; those of bytes beyond ASCII stay, as they may not be UTF-8."""
    return "".join(chr(byte) if byte < _BEYOND_ASCII else f"%{byte:02X}" for byte in unquote_to_bytes(text))


def _in_google_news(article_id: str) -> str | None:
    """Returns the address in a Google News id from before the summer of 2024; later ids hold a token instead."""
    try:
        message = base64.urlsafe_b64decode(article_id.rstrip("=") + "=" * (-len(article_id.rstrip("=")) % 4))
    except (ValueError, binascii.Error):
        return None
    if not message.startswith(_ID_PREFIX) or len(message) < len(_ID_PREFIX) + 2:
        return None
    start, length = len(_ID_PREFIX) + 1, message[len(_ID_PREFIX)]
    if length & _VARINT_CONTINUES:
        start, length = start + 1, (length & ~_VARINT_CONTINUES) | message[start] << 7
    text = message[start : start + length].decode("utf-8", "replace")
    return text if len(message) >= start + length and _SCHEME.match(text) and "\ufffd" not in text else None
