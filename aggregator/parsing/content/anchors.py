"""Makes links within a text work in a page of many entries, and other links to parts of its page lead there.

Readers show many entries in one page, and most texts with footnotes use the same ids. So each id that a link of the
text names gets a prefix that belongs to the text; other ids are removed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import unquote

from aggregator.parsing.content.fragments import Tag
from aggregator.parsing.urls import absolute_url

ANCHOR = re.compile(r"t[0-9a-f]{8}-[^\s\"'<>&#()]{1,200}")
"""An id with the prefix of its text."""

_ILLEGAL = re.compile(r"[\s\"'<>&#()]+")
_LOCAL_PAINT = re.compile(r"url\(\s*[\"']?#([^\"')]{1,200})[\"']?\s*\)")


def rewrite_anchors(root: Tag, *, base: str, page: str | None, key: str) -> None:
    """Prefixes the ids below ``root`` that its links name, and resolves links to ids that it does not have.

    ``base`` resolves other relative links. ``page`` is the page of the entry, to which a link without a path refers
    (RFC 3986 section 4.4). ``key`` is the text of which the prefix is made.
    """
    anchors = _Anchors(
        targets=_targets(root),
        own_pages=frozenset(_page_key(address) for address in (page, base) if address),
        page=absolute_url(page or base),
        prefix=f"t{sha256(key.encode('utf-8', 'replace')).hexdigest()[:8]}-",
    )
    for name in ("href", "xlink:href"):
        for link in root.iterfind(f".//*[@{name}]") if ":" not in name else root.iter("use", "textpath"):
            anchors.rewrite_link(link, name)
    for drawing in root.iter("svg"):
        for element in drawing.iter():
            anchors.rewrite_paints(element)
    for element in list(root.iterfind(".//*[@id]")) + list(root.iterfind(".//a[@name]")):
        anchors.rename(element)


@dataclass(kw_only=True, slots=True)
class _Anchors:
    """The ids of one text (``targets``), and those that its links name (``named``)."""

    targets: frozenset[str]
    own_pages: frozenset[str]
    page: str | None
    prefix: str
    named: set[str] = field(default_factory=set)

    def rewrite_link(self, link: Tag, attribute: str) -> None:
        """Rewrites a link with a fragment, within the text or to its page."""
        before, mark, fragment = (link.get(attribute) or "").strip().partition("#")
        if not mark:
            return
        if not fragment and not before:
            del link.attrib[attribute]  # a link for a script
            return
        target = next((name for name in (fragment, unquote(fragment)) if name in self.targets), None)
        if target is not None and (not before or _page_key(before) in self.own_pages):
            link.set(attribute, f"#{self._prefixed(target)}")
        elif not before and link.tag == "a" and self.page:
            link.set(attribute, f"{self.page}#{fragment}")

    def rewrite_paints(self, element: Tag) -> None:
        """Rewrites references of a drawing to its colours, masks and markers."""
        for name, value in list(element.items()):
            if "url(" in str(value):
                element.set(str(name), _LOCAL_PAINT.sub(self._painted, str(value)))

    def rename(self, element: Tag) -> None:
        """Prefixes the id of an element if a link names it, else removes the id."""
        name = element.get("id") or element.get("name")
        if name in self.named and name is not None:
            element.set("id", self._prefixed(name))
        elif element.get("id") is not None:
            del element.attrib["id"]

    def _painted(self, reference: re.Match[str]) -> str:
        return f"url(#{self._prefixed(reference[1])})" if reference[1] in self.targets else "none"

    def _prefixed(self, name: str) -> str:
        """Returns an id with its prefix; one that has a prefix keeps it, so that a second pass changes nothing."""
        self.named.add(name)
        return name if ANCHOR.fullmatch(name) else f"{self.prefix}{_ILLEGAL.sub('-', name)[:180]}"


def _targets(root: Tag) -> frozenset[str]:
    ids = {element.get("id") or "" for element in root.iterfind(".//*[@id]")}
    return frozenset((ids | {anchor.get("name") or "" for anchor in root.iter("a")}) - {""})


def _page_key(address: str) -> str:
    """Returns an address for comparison, without scheme, fragment and last slash."""
    url = absolute_url(address) or ""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")
