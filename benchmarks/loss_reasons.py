"""Explains the loss of what is nothing for a reader: trackers, scripts, icons, advertisements, empty elements.

Independent of the program, which decides by rules of its own. Each reason names one kind of thing; "" means that a
reader would lose something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from lxml import etree

from benchmarks.content_parts import address_key

_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SCREEN_READERS = frozenset({"screen-reader-text", "sr-only", "visually-hidden", "visuallyhidden", "assistive-text"})
"""Classes of elements that style sheets of publishers hide; without the style sheet they would repeat what is seen."""
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*", re.IGNORECASE)
_STYLE_LENGTH = re.compile(
    r"(?:^|;)\s*(width|height)\s*:\s*(\d+(?:\.\d+)?)(?:px)?\s*(?:!important\s*)?(?=;|$)", re.IGNORECASE
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_TRACKERS = re.compile(
    r"feeds\.feedburner\.com/~(?:r|ff|a)/|[\w.-]*feedsportal\.com/|pixel\.|stats\.|[\w.-]*pixel\.wp\.com/|"
    r"[\w.-]*scorecardresearch\.com|(?:www\.|ssl\.)?google-analytics\.com|[\w.-]*doubleclick\.net|medium\.com/_/stat|"
    r"feeds\.wordpress\.com/1\.0/|[\w.-]*/(?:counter|hit|beacon|track(?:ing|er)?)[/.?]|[\w.-]*(?:piwik|matomo)\.php|"
    r"www\.assoc-amazon\.|ir-\w\w\.amazon-adsystem\.|[\w.-]*\.rfihub\.com"
)
_ADVERTISING = re.compile(
    r"doubleclick\.net|googlesyndication\.com|amazon-adsystem\.com|adnxs\.com|taboola\.com|outbrain\.com|"
    r"rcm-\w\w\.amazon\.|[./]ads?\."
)
_SHARING = re.compile(
    r"facebook\.com/(?:plugins|v\d[\d.]*/plugins)/(?:like|share|follow)|platform\.twitter\.com/widgets/(?:tweet_button|"
    r"follow)|apis\.google\.com/.*plusone"
)
_PORTRAITS = re.compile(r"(?:[\w-]+\.)?gravatar\.com/avatar/|avatars\d*\.githubusercontent\.com/")
_LARGEST_ICON = 48
"""The width and height of an icon in CSS pixels."""
_LARGEST_PLACEHOLDER = 500
"""Characters of a ``data:`` address that can hold one pixel or an empty drawing, and nothing to look at."""


def hidden_reason(node: etree._Element) -> str:
    """Explains the loss of an element that no browser shows."""
    if "hidden" in node.attrib or _HIDDEN.search(node.get("style", "")):
        return "hidden"
    return "for screen readers only" if _SCREEN_READERS & set(node.get("class", "").lower().split()) else ""


def picture_reason(node: etree._Element, addresses: Sequence[str]) -> str:
    """Explains the loss of a picture with these addresses."""
    if not addresses:
        return "a picture without an address"
    if all(address.strip().startswith("data:") and len(address) < _LARGEST_PLACEHOLDER for address in addresses):
        return "an empty placeholder"
    return _tiny(node) or tracker_reason(addresses[0])


def tracker_reason(address: str) -> str:
    """Explains the loss of a picture that counts its readers."""
    return "a tracking pixel" if _TRACKERS.match(address_key(address)) else ""


def file_reason(address: str) -> str:
    """Explains the loss of a picture that stands beside the text of an entry."""
    return "a portrait of the author" if _PORTRAITS.match(address_key(address)) else tracker_reason(address)


def player_reason(node: etree._Element, addresses: Sequence[str]) -> str:
    """Explains the loss of a player that loads these addresses."""
    if not addresses:
        return "a player without an address"
    if any(_ADVERTISING.search(address) for address in addresses):
        return "an advertisement"
    if any(_SHARING.search(address) for address in addresses):
        return "a share button"
    return _tiny(node)


def link_reason(address: str, *, is_empty: bool) -> str:
    """Explains the loss of a link; ``is_empty`` says that there is nothing to click on."""
    scheme = found[1].lower() if (found := _SCHEME.match(address)) else ""
    if not address:
        return "a link without an address"
    if scheme in ("javascript", "vbscript", "data"):
        return "a script"
    if scheme not in ("", "http", "https", "mailto"):
        return f"not a web address ({scheme}:)"
    if not _is_valid(address):
        return "not a valid address"
    return "a link with nothing to click on" if is_empty else ""


def _is_valid(address: str) -> bool:
    """True unless no browser can follow an address (WHATWG URL): text around it, no host, a wrong port or host."""
    if re.search(r"^[^\w/?#.].*://|\s\w+://", address):
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    last_label = (parts.hostname or "").rstrip(".").rpartition(".")
    is_number = last_label[2].isdigit() and not re.fullmatch(r"(?:\d+\.){3}\d+", parts.hostname or "")
    return not is_number and (bool(parts.hostname) or parts.scheme not in ("http", "https"))


def drawing_reason(node: etree._Element, *, is_linked: bool) -> str:
    """Explains the loss of an inline drawing; ``is_linked`` says that it labels a link or a button."""
    sizes = _sizes(node) or _view_box(node)
    is_small = bool(sizes) and max(sizes.values()) <= _LARGEST_ICON
    return "an icon" if is_small or is_linked or node.get("aria-hidden") == "true" else ""


def _view_box(node: etree._Element) -> dict[str, float]:
    """Returns the size of the coordinates of a drawing without a stated size."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?", node.get("viewBox") or node.get("viewbox") or "")
    return dict(zip(("width", "height"), map(float, numbers[2:4]), strict=False))


def _tiny(node: etree._Element) -> str:
    sizes = _sizes(node)
    return "a tracking pixel" if sizes and max(sizes.values()) <= 1 else ""


def _sizes(node: etree._Element) -> dict[str, float]:
    """Returns the width and height of an element in CSS pixels, as far as they are stated."""
    stated = {name: _LENGTH.fullmatch(node.get(name, "")) for name in ("width", "height")}
    sizes = {name: float(found[1]) for name, found in stated.items() if found}
    return sizes | {match[1].lower(): float(match[2]) for match in _STYLE_LENGTH.finditer(node.get("style", ""))}
