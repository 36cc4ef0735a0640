"""Which links does a Link header hold, or the head of an HTML page?

Web linking (RFC 8288): a target, made absolute, and its relation types in small letters. What a
link is good for is decided by who asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER = rf'\s*;\s*(?:({_NAME})(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*))?)?'
_LINK = re.compile(rf"<([^<>]*)>((?:{_PARAMETER})*)")
_ONE_PARAMETER = re.compile(_PARAMETER)
_HEAD = 200_000
"""Characters of a page in which its head is looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link out of the document: where it leads, and what is there (``hub``, ``self``)."""

    target: str
    relations: tuple[str, ...]


def targets(links: Iterable[Link], relation: str) -> tuple[str, ...]:
    """Where the links of one relation lead, in their order, each once."""
    return tuple(dict.fromkeys(link.target for link in links if relation in link.relations))


def header_links(value: str, *, base: str) -> tuple[Link, ...]:
    """The links in the value of a Link header; ``base`` is the URL of the answer that carried it.

    A link that says to be about another resource (``anchor``) is none of this one's, and of
    several ``rel`` the first counts (RFC 8288 section 3).
    """
    return tuple(link for match in _LINK.finditer(value) if (link := _header_link(match[1], match[2], base)))


def html_links(page: str, *, base: str) -> tuple[Link, ...]:
    """The links in the head of an HTML page got from ``base``; in the body anybody may have put them."""
    reader = _HeadReader(base)
    reader.feed(page[:_HEAD])
    return tuple(reader.links)


def _header_link(target: str, parameters: str, base: str) -> Link | None:
    found: dict[str, str] = {}
    for name, value in _ONE_PARAMETER.findall(parameters):
        found.setdefault(name.lower(), _unquoted(value))
    if "anchor" in found and _absolute(found["anchor"], base) != base:
        return None
    return _link(target, found.get("rel", ""), base)


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _link(target: str, relations: str, base: str) -> Link | None:
    url = _absolute(target, base)
    return Link(target=url, relations=tuple(relations.lower().split())) if url else None


def _absolute(target: str, base: str) -> str | None:
    """The http(s) URL that ``target`` means seen from ``base``, spelt as it was; None when there is none."""
    try:
        url = urljoin(base, target.strip())
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return url if usable else None


class _HeadReader(HTMLParser):
    """Collects link elements up to the end of the head."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.links: list[Link] = []
        self._base = base
        self._in_head = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in reversed(attrs)}
        if tag == "body":
            self._in_head = False
        if not self._in_head or "href" not in found:
            return
        if tag == "base":
            self._base = _absolute(found["href"], self._base) or self._base
        elif tag == "link" and (link := _link(found["href"], found.get("rel", ""), self._base)):
            self.links.append(link)

    def handle_endtag(self, tag: str) -> None:
        if tag == "head":
            self._in_head = False
