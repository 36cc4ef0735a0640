"""Which links of a page may lead to the next part of its article, or to the same article on a plainer page?

It only collects what the page says; whether an address is that of a part is ``parts``' to decide. Links
to other hosts are left out, but for AMP pages, which often have a host of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from urllib.parse import urljoin, urlsplit

from lxml import html

from aggregator.model.extraction import PageLinks
from aggregator.parsing.urls import absolute_url

_MOST = 40
"""Links onward that are kept; a pager has no more."""
_MOST_TWINS = 2

_LONGEST_LABEL = 40
_LONGEST_URL = 2_000
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
"""What links to the next part say, but for signs around it; those to any part say its number."""

_SIGNS = " \t\r\n\u00a0[]()<>«»‹›→…|.:"
_PRINT = re.compile(
    r"(?:^|[?&/._-])print(?:able|er|erfriendly|version|view)?(?:$|[=&/._-])|[?&=]print\b", re.IGNORECASE
)


class _Kind(Enum):
    AMP = auto()
    PRINT = auto()
    ONWARD = auto()
    NEXT = auto()


def page_links(tree: html.HtmlElement, *, url: str) -> PageLinks:
    """The links of a page that came from ``url`` (its ``base`` element counts), each once, in their order."""
    base = next((urljoin(url, found) for found in tree.xpath("//base/@href")), url)
    onward, amp, printed = dict[str, None](), dict[str, None](), dict[str, None]()
    following: str | None = None
    for element in tree.iter("link", "a"):
        href, relations = element.get("href"), element.get("rel", "").lower().split()
        if not href or (kind := _kind(element, href, relations)) is None:  # nearly all, so the rest is seldom asked
            continue
        target = _target(href, base)
        if target is None or target == url:
            continue
        if kind is _Kind.AMP and _site(target) == _site(url):
            amp[target] = None
        elif urlsplit(target).netloc != urlsplit(url).netloc:
            continue
        elif kind is _Kind.PRINT and (element.tag == "link" or _is_of_page(target, url)):
            printed[target] = None
        elif kind in (_Kind.ONWARD, _Kind.NEXT):
            onward[target] = None
            following = following or (target if kind is _Kind.NEXT else None)
    twins = tuple(dict.fromkeys([*amp, *printed]))[:_MOST_TWINS]
    return PageLinks(onward=tuple(onward)[:_MOST], following=following, twins=twins)


def _kind(element: html.HtmlElement, href: str, relations: Sequence[str]) -> _Kind | None:
    if element.tag == "link":
        if "amphtml" in relations:
            return _Kind.AMP
        if "alternate" in relations and "print" in element.get("media", "").lower():
            return _Kind.PRINT
        return _Kind.NEXT if "next" in relations else None
    if "print" in href.lower() and _PRINT.search(href):
        return _Kind.PRINT
    if "next" in relations:
        return _Kind.NEXT
    label = _label(element)
    if _NUMBERED.fullmatch(label):
        return _Kind.ONWARD
    return _Kind.NEXT if _NEXT.fullmatch(label) else None


def _site(url: str) -> str:
    """The host of an address without what marks its AMP and its mobile pages."""
    return re.sub(r"^(?:(?:www|amp|m|mobile)\.)+", "", urlsplit(url).netloc.lower())


def _target(href: str, base: str) -> str | None:
    return absolute_url(href, base=base) if len(href) <= _LONGEST_URL else None


def _is_of_page(target: str, url: str) -> bool:
    """Whether an address that speaks of printing is the page's with a word more."""
    path = urlsplit(url).path.rstrip("/")
    stem = path.rpartition(".")[0] if "." in path.rpartition("/")[2] else path
    return bool(stem) and stem in urlsplit(target).path and not _PRINT.search(url)


def _label(element: html.HtmlElement) -> str:
    """What a link says, without signs around it; "" when it says more than a link that leads on."""
    if len(element.text or "") > _LONGEST_LABEL + len(_SIGNS):
        return ""
    return "".join(_pieces(element)).strip(_SIGNS) if len(element) else (element.text or "").strip(_SIGNS)


def _pieces(element: html.HtmlElement) -> Iterator[str]:
    """The text of a link, as far as it may be one that leads on."""
    length = 0
    for piece in element.itertext():
        length += len(piece.strip())
        yield piece
        if length > _LONGEST_LABEL:
            return
