"""Parses the links of a Link header and of the head of an HTML page.

Web linking (RFC 8288): each link has an absolute target URL and relation types in lower case. The caller chooses the
relation types that it uses.
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
_HEAD_CHARACTERS = 200_000
"""The number of characters of a page in which its head is searched."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WebLink:
    """A link of a document: its target URL and its relation types (such as ``hub`` or ``self``)."""

    target: str
    relations: tuple[str, ...]


def link_targets(links: Iterable[WebLink], relation: str) -> tuple[str, ...]:
    """Returns the targets of the links with a relation type, in their order and without duplicates."""
    return tuple(dict.fromkeys(link.target for link in links if relation in link.relations))


def parse_link_header(value: str, *, base: str) -> tuple[WebLink, ...]:
    """Returns the links in a Link header; ``base`` is the URL of the response that carried it.

    A link whose ``anchor`` is another resource is left out. Of several ``rel`` parameters the first counts
    (RFC 8288 section 3).
    """
    return tuple(link for match in _LINK.finditer(value) if (link := _header_link(match[1], match[2], base)))


def parse_html_head_links(page: str, *, base: str) -> tuple[WebLink, ...]:
    """Returns the links in the head of the HTML page at ``base``; a link in its body may be by any commenter."""
    parser = _HeadParser(base)
    parser.feed(page[:_HEAD_CHARACTERS])
    return tuple(parser.links)


def _header_link(target: str, parameters: str, base: str) -> WebLink | None:
    values: dict[str, str] = {}
    for name, value in _ONE_PARAMETER.findall(parameters):
        values.setdefault(name.lower(), _unquoted(value))
    if "anchor" in values and _absolute(values["anchor"], base) != base:
        return None
    return _link(target, values.get("rel", ""), base)


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _link(target: str, relations: str, base: str) -> WebLink | None:
    url = _absolute(target, base)
    return WebLink(target=url, relations=tuple(relations.lower().split())) if url else None


def _absolute(target: str, base: str) -> str | None:
    """Returns the absolute http(s) URL of ``target`` relative to ``base``, not normalised; None without one."""
    try:
        url = urljoin(base, target.strip())
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return url if usable else None


class _HeadParser(HTMLParser):
    """Collects link elements up to the end of the head."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.links: list[WebLink] = []
        self._base = base
        self._in_head = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in reversed(attrs)}
        if tag == "body":
            self._in_head = False
        if not self._in_head or "href" not in values:
            return
        if tag == "base":
            self._base = _absolute(values["href"], self._base) or self._base
        elif tag == "link" and (link := _link(values["href"], values.get("rel", ""), self._base)):
            self.links.append(link)

    def handle_endtag(self, tag: str) -> None:
        if tag == "head":
            self._in_head = False
