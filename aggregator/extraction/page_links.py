"""Collects the links of a page to further parts of its article, to its AMP version and its print version.

``multipage_articles`` decides if a URL is that of a part. Links to other hosts are ignored, except for AMP versions,
which often have their own host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from urllib.parse import urljoin, urlsplit

from lxml import html

from aggregator.model.extraction import PageLinks
from aggregator.parsing.urls import absolute_url

_MAX_PART_LINKS = 40
"""Most links to parts that are returned; no article has more."""
_MAX_VERSIONS = 2

_MAX_LABEL_CHARACTERS = 40
_MAX_URL_CHARACTERS = 2_000
_NUMBERED = re.compile(
    r"(?:page|part|seite|teil|página|pagina|parte|страница|часть|第|صفحة)?\s*\d{1,2}\s*(?:页|頁|ページ)?", re.IGNORECASE
)
_NEXT = re.compile(
    r"(?:read |go to |see )?next(?: page| part)?|continue(?: reading)?"
    r"|nächste seite|weiter(?:lesen)?(?: auf seite \d{1,2})?"
    r"|(?:page |partie )?suivante?|(?:página |parte )?siguiente|(?:próxima página|seguinte)"
    r"|(?:pagina )?successiva|avanti|следующая(?: страница)?|далее|дальше|下一[页頁]"
    r"|次(?:の|へ|のページ)(?:ページ)?(?:へ)?|(?:الصفحة )?التالية",
    re.IGNORECASE,
)
"""The text of a link to the next part, without signs around it; a link to any part has its number."""

_SIGNS = " \t\r\n\u00a0[]()<>«»‹›→…|.:"
_PRINT = re.compile(
    r"(?:^|[?&/._-])print(?:able|er|erfriendly|version|view)?(?:$|[=&/._-])|[?&=]print\b", re.IGNORECASE
)


class _Kind(Enum):
    AMP = auto()
    PRINT = auto()
    NUMBERED_PART = auto()
    NEXT_PART = auto()


def page_links(tree: html.HtmlElement, *, url: str) -> PageLinks:
    """Collects the links of a page that came from ``url``, each once, in page order.

    Relative URLs are resolved with the page's ``base`` element.
    """
    base = next((urljoin(url, href) for href in tree.xpath("//base/@href")), url)
    parts, amp_versions, print_versions = dict[str, None](), dict[str, None](), dict[str, None]()
    next_part: str | None = None
    for element in tree.iter("link", "a"):
        href, relations = element.get("href"), element.get("rel", "").lower().split()
        if not href or (kind := _kind(element, href, relations)) is None:  # nearly all links end here
            continue
        target = _target(href, base)
        if target is None or target == url:
            continue
        if kind is _Kind.AMP and _site(target) == _site(url):
            amp_versions[target] = None
        elif urlsplit(target).netloc != urlsplit(url).netloc:
            continue
        elif kind is _Kind.PRINT and (element.tag == "link" or _is_of_page(target, url)):
            print_versions[target] = None
        elif kind in (_Kind.NUMBERED_PART, _Kind.NEXT_PART):
            parts[target] = None
            next_part = next_part or (target if kind is _Kind.NEXT_PART else None)
    versions = tuple(dict.fromkeys([*amp_versions, *print_versions]))[:_MAX_VERSIONS]
    return PageLinks(onward=tuple(parts)[:_MAX_PART_LINKS], following=next_part, twins=versions)


def _kind(element: html.HtmlElement, href: str, relations: Sequence[str]) -> _Kind | None:
    if element.tag == "link":
        if "amphtml" in relations:
            return _Kind.AMP
        if "alternate" in relations and "print" in element.get("media", "").lower():
            return _Kind.PRINT
        return _Kind.NEXT_PART if "next" in relations else None
    if "print" in href.lower() and _PRINT.search(href):
        return _Kind.PRINT
    if "next" in relations:
        return _Kind.NEXT_PART
    label = _label(element)
    if _NUMBERED.fullmatch(label):
        return _Kind.NUMBERED_PART
    return _Kind.NEXT_PART if _NEXT.fullmatch(label) else None


def _site(url: str) -> str:
    """The host of a URL without the labels of AMP and mobile pages."""
    return re.sub(r"^(?:(?:www|amp|m|mobile)\.)+", "", urlsplit(url).netloc.lower())


def _target(href: str, base: str) -> str | None:
    return absolute_url(href, base=base) if len(href) <= _MAX_URL_CHARACTERS else None


def _is_of_page(target: str, url: str) -> bool:
    """True if a URL with the word "print" contains the path of the page."""
    path = urlsplit(url).path.rstrip("/")
    stem = path.rpartition(".")[0] if "." in path.rpartition("/")[2] else path
    return bool(stem) and stem in urlsplit(target).path and not _PRINT.search(url)


def _label(element: html.HtmlElement) -> str:
    """The text of a link without signs around it; it is "" if the start of the link is too long for a part link."""
    if len(element.text or "") > _MAX_LABEL_CHARACTERS + len(_SIGNS):
        return ""
    return "".join(_pieces(element)).strip(_SIGNS) if len(element) else (element.text or "").strip(_SIGNS)


def _pieces(element: html.HtmlElement) -> Iterator[str]:
    """The text of a link up to the longest label of a part link."""
    length = 0
    for piece in element.itertext():
        length += len(piece.strip())
        yield piece
        if length > _MAX_LABEL_CHARACTERS:
            return
