"""Lists the parts of an HTML text that a reader must get, by an HTML parser and the rules of HTML.

Independent of the program, so that the same list can be made of what a publisher wrote and of what the program shows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from benchmarks.content_parts import (
    Inventory,
    Kind,
    Part,
    address_endings,
    address_key,
    as_meant,
    letters_of,
    words_of,
)
from benchmarks.loss_reasons import (
    drawing_reason,
    file_reason,
    hidden_reason,
    link_reason,
    picture_reason,
    player_reason,
)

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "html", "img", "legend", "li", "listing", "main", "menu", "nav", "ol", "option", "p", "plaintext",
    "pre", "section", "select", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp",
})  # fmt: skip
_SILENT = frozenset({
    "applet", "audio", "canvas", "datalist", "embed", "head", "iframe", "math", "noembed", "noframes", "noscript",
    "object", "script", "select", "style", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
"""Elements whose text is code, the label of a control, or what a browser shows only if it cannot show the element."""
_FALLBACK = frozenset({"audio", "canvas", "iframe", "noframes", "object", "svg", "video"})
"""Elements in which no text is shown, at any depth."""
_OPAQUE = frozenset({
    "datalist", "head", "math", "noembed", "script", "select", "style", "template", "textarea", "title",
})  # fmt: skip
"""Elements in which no other parts are."""
_PICTURES = frozenset({"amp-img", "img"})
_CODE = frozenset({"listing", "plaintext", "pre", "xmp"})
_PLAYERS = frozenset({
    "amp-audio", "amp-iframe", "amp-video", "amp-vimeo", "amp-youtube", "audio", "embed", "frame", "iframe",
    "lite-vimeo", "lite-youtube", "object", "video",
})  # fmt: skip
_BOXES = {"dd": Kind.LIST_ITEM, "dt": Kind.LIST_ITEM, "li": Kind.LIST_ITEM, "td": Kind.CELL, "th": Kind.CELL}
_SEEN = frozenset({"math", "svg", "input", *_PICTURES, *_PLAYERS})
"""Elements that show something without text."""
_LAZY = (
    "data-actualsrc", "data-canonical-src", "data-cfsrc", "data-delayed-url", "data-echo", "data-ezsrc",
    "data-full-url", "data-hi-res-src", "data-image", "data-img-src", "data-large-file", "data-lazy", "data-lazy-src",
    "data-medium-file", "data-orig-file", "data-original", "data-original-src", "data-runner-src", "data-src",
    "data-src-medium", "data-src-mini", "data-url",
)  # fmt: skip
"""Attributes from which scripts take the address of a picture."""
_FILES = ("src", "data", "data-src", "data-lazy-src", "data-litespeed-src", "data-videoid")
"""Attributes with the address of a player."""
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_PLACEHOLDER = re.compile(
    r"^(?:data:|about:|$)|(?:placeholder|blank|spacer|transparent|lazy|loading|grey|(?<!\d)1x1(?!\d)|pixel)[\w.-]*"
    r"\.(?:gif|png|svg|jpe?g)",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"\s*(\S*[^\s,])(?:\s+[\d.]+[wxh])*\s*(?:,|$)")
_HREF = re.compile(r"<a\s[^<>]*?href=[\"']?([^\"'<>\s]+)")
"""The link that a player shows instead of itself; parsers take it for text."""
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}/", re.IGNORECASE)
"""The beginning of an address without its scheme."""
_SIGNS = frozenset("☐☑")
_SCRIPT = re.compile(r"<(script|style)(?=[\s/>])(?:\"[^\"]*\"|'[^']*'|[^\"'>])*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
"""A script with its end, as browsers find it; libxml2 finds another end where an attribute is malformed."""
_PARSER = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)

_NOT_SHOWN = "fallback"
"""Stands for the reason inside an element whose text is not shown."""

Pending = tuple[etree._Element | str, str, bool]
"""An element or a text to look at, the reason of what is around it, and whether it is in a link or a button."""


def list_parts(markup: str, *, bases: Sequence[str] = (), is_html: bool = True) -> Inventory:
    """Lists the parts of a text; a relative address may be resolved with any of the ``bases``.

    Plain text has words only.
    """
    if not is_html:
        return Inventory(parts=tuple(words_of(markup)), letters=letters_of(markup))
    try:
        root = lxml_html.document_fromstring(
            f"<body>{_SCRIPT.sub('', markup)}".encode("utf-8", "replace"), parser=_PARSER
        )
    except (etree.LxmlError, ValueError):
        return Inventory()
    found = _Collection(bases=tuple(bases) or ("",))
    found.collect(root)
    text = "".join(found.text)
    signs = (Part(kind=Kind.CHECKBOX, names=frozenset({sign}), label=sign) for sign in text if sign in _SIGNS)
    return Inventory(
        parts=(*_once_each(found.parts), *signs, *words_of(text)),
        addresses=frozenset(found.addresses),
        letters=letters_of(text) + "\n".join(["", *found.unwritten]),
    )


def caption_part(text: str) -> Part:
    """Makes the caption of a picture, named outside the text of its entry, into a part."""
    return Part(kind=Kind.LABEL, names=frozenset({letters_of(text)}), label=text[:100])


def file_part(kind: Kind, address: str, *, bases: Sequence[str]) -> Part:
    """Makes a file or a picture of an entry, named outside its text, into a part."""
    names = frozenset(address_key(address, base=base) for base in bases)
    return Part(kind=kind, names=names, label=address, reason=file_reason(address))


@dataclass(kw_only=True, slots=True)
class _Collection:
    """The parts that were found so far."""

    bases: tuple[str, ...]
    parts: list[Part] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)
    text: list[str] = field(default_factory=list)
    unwritten: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    def collect(self, root: etree._Element) -> None:
        """Adds everything in an element, in document order."""
        self.places = {
            name for node in root.iter() if _tag(node) for name in (node.get("id"), node.get("name")) if name
        }
        stack: list[Pending] = [(root, "", False)]
        while stack:
            node, reason, is_linked = stack.pop()
            if isinstance(node, str):
                self.text.append(node)
            elif tag := _tag(node):
                why = ("" if reason == _NOT_SHOWN else reason) or hidden_reason(node)
                self._add(node, tag, why, is_linked=is_linked)
                if tag not in _OPAQUE:
                    below = why or (_NOT_SHOWN if tag in _FALLBACK or reason == _NOT_SHOWN else "")
                    is_silent = tag in _SILENT or bool(below)
                    stack.extend(reversed(list(_inside(node, tag, below, is_silent, is_linked))))

    def _add(self, node: etree._Element, tag: str, why: str, *, is_linked: bool) -> None:
        if tag in _PICTURES:
            self._add_picture(node, why)
        elif tag in _PLAYERS:
            self._add_player(node, tag, why)
        elif tag == "source":
            self._add_source(node)
        elif tag == "figure":
            self.addresses |= self._keys([node.get("data-player", "")])  # a player in a stored text
        elif tag == "a" and "href" in node.attrib:
            self._add_link(node, why)
        elif tag in _CODE:
            for line in _lines(node):
                self._add_text(Kind.CODE_LINE, line, line, why)
        elif tag in _BOXES:
            self._add_text(_BOXES[tag], letters_of(_all_text(node)), _all_text(node), why or _empty(node))
        else:
            self._add_other(node, tag, why, is_linked=is_linked)

    def _add_other(self, node: etree._Element, tag: str, why: str, *, is_linked: bool) -> None:
        if tag == "svg":
            reason = why or drawing_reason(node, is_linked=is_linked)
            self._add_text(Kind.DRAWING, letters_of(_all_text(node)), "an inline drawing", reason)
        elif tag == "math":
            letters = letters_of(_formula_text(node))
            self.unwritten.append(letters)
            self._add_text(Kind.FORMULA, letters, _all_text(node), why)
        elif tag == "input" and node.get("type", "").lower() == "checkbox":
            self._add_text(Kind.CHECKBOX, "☑" if "checked" in node.attrib else "☐", "a checkbox", why)

    def _add_text(self, kind: Kind, name: str, label: str, reason: str) -> None:
        self.parts.append(Part(kind=kind, names=frozenset({name}), label=" ".join(label.split())[:100], reason=reason))

    def _add_source(self, node: etree._Element) -> None:
        in_picture = _enclosing_picture(node) is not None
        self.addresses |= self._keys(_candidates(node.get("srcset", "")) if in_picture else [node.get("src", "")])

    def _add_picture(self, node: etree._Element, why: str) -> None:
        source, sets = node.get("src", ""), [node.get(name, "") for name in _SETS]
        if (around := _enclosing_picture(node)) is not None:
            sets += [child.get(name, "") for child in around.iter() for name in _SETS if _tag(child) == "source"]
        lazy = [node.get(name, "") for name in _LAZY]
        others = [one for one in (*lazy, *(one for each in sets for one in _candidates(each))) if _is_address(one)]
        wanted = [
            one for one in (others if others and _PLACEHOLDER.search(source) else [source, *others]) if one.strip()
        ]
        names = self._keys(wanted)
        self.addresses |= names
        label = f"{wanted[0][:80] if wanted else ''} {node.get('alt', '')}"
        reason = why or picture_reason(node, wanted)
        if label_letters := letters_of(node.get("alt", "")):
            self.unwritten.append(label_letters)
            self._add_text(Kind.LABEL, label_letters, node.get("alt", ""), reason)
        self.parts.append(Part(kind=Kind.PICTURE, names=names, label=label, reason=reason))

    def _add_player(self, node: etree._Element, tag: str, why: str) -> None:
        if tag == "embed" and _tag(node.getparent()) == "object":
            return  # the object has it
        own = (
            node.get(name, "")
            for name in ("src", "data", "data-src", "data-lazy-src", "data-litespeed-src", "data-videoid")
        )
        inner = (child.get("src") or child.get("value") or "" for child in node.iter() if _names_file(child))
        addresses = [one for one in (*own, *inner) if one.strip() and not one.startswith(("about:", "javascript:"))]
        keys = self._keys(addresses)
        self.addresses |= keys | self._keys([node.get("poster", "")])
        instead = self._keys(_HREF.findall(html.unescape(etree.tostring(node, encoding="unicode"))))
        names = frozenset(ending for key in keys for ending in address_endings(key)) | instead
        label = f"{tag} {addresses[0][:80] if addresses else ''}"
        reason = why or player_reason(node, addresses)
        self.parts.append(Part(kind=Kind.PLAYER, names=names, label=label, reason=reason))

    def _add_link(self, node: etree._Element, why: str) -> None:
        address = node.get("href", "").strip()
        text = " ".join(_all_text(node).split())
        reason = why or link_reason(address, is_empty=bool(_empty(node)))
        if self._leads_to_place(address):
            self._add_text(Kind.ANCHOR, letters_of(text), f"{address} {text}", reason)
            return
        keys = self._keys([address])
        if _HOST.match(address):
            keys |= {address_key(f"//{address}")}
        if address.startswith("#"):
            reason = reason or "a link to a place that is not in the text"
        self.addresses |= keys
        self.parts.append(Part(kind=Kind.LINK, names=keys, label=f"{address[:80]} {text[:40]}", reason=reason))

    def _leads_to_place(self, address: str) -> bool:
        """True for a link to a place in the same text, also if it names the page of the text too."""
        page, _, place = address.partition("#")
        is_here = not page or address_key(page, base=self.bases[0]) == address_key(self.bases[0])
        return is_here and bool(place) and (place in self.places or unquote(place) in self.places)

    def _keys(self, addresses: Iterable[str]) -> frozenset[str]:
        return frozenset(address_key(one, base=base) for one in addresses if one.strip() for base in self.bases)


def _inside(node: etree._Element, tag: str, why: str, is_silent: bool, is_linked: bool) -> Iterator[Pending]:
    """Yields the texts and elements in an element, with white space around a block."""
    space: list[Pending] = [(" ", "", False)] if tag in _BLOCKS else []
    yield from space
    if node.text and not is_silent:
        yield node.text, "", False
    for child in node:
        yield child, why, is_linked or tag in ("a", "button")
        if child.tail and not is_silent:
            yield child.tail, "", False
    yield from space


def _once_each(parts: Iterable[Part]) -> Iterator[Part]:
    """Joins pictures with a common address: a lazy picture and the same one for browsers without scripts."""
    pictures: list[Part] = []
    for part in parts:
        if part.kind is not Kind.PICTURE or not part.names:
            yield part
            continue
        same = next((number for number, known in enumerate(pictures) if known.names & part.names), None)
        if same is None:
            pictures.append(part)
        else:
            known = pictures[same]
            reason = known.reason if part.reason else ""
            pictures[same] = replace(known, names=known.names | part.names, reason=reason)
    yield from pictures


def _tag(node: etree._Element | None) -> str:
    """Returns the name of an element in lower case, without a namespace or its prefix; "" for a comment."""
    if node is None or not isinstance(node.tag, str):
        return ""
    return node.tag.rpartition(":")[2].rpartition("}")[2].lower()


def _enclosing_picture(node: etree._Element) -> etree._Element | None:
    """Returns the ``picture`` around a source or an image; libxml2 nests what follows a ``source`` into it."""
    parent = node.getparent()
    while _tag(parent) == "source" and parent is not None:
        parent = parent.getparent()
    return parent if _tag(parent) == "picture" else None


def _names_file(node: etree._Element) -> bool:
    tag = _tag(node)
    return tag in ("source", "embed") or (tag == "param" and node.get("name", "").lower() in ("movie", "src"))


def _empty(node: etree._Element) -> str:
    is_empty = not _all_text(node).strip() and not any(_tag(child) in _SEEN for child in node.iter())
    return "empty" if is_empty else ""


def _all_text(node: etree._Element) -> str:
    return "".join(str(text) for text in node.itertext())


def _formula_text(node: etree._Element) -> str:
    """Returns the text of a formula without its annotations, which repeat it in another language."""
    pieces = (str(child.text or "") for child in node.iter() if _tag(child) not in ("annotation", "annotation-xml", ""))
    return "".join(pieces)


def _lines(node: etree._Element) -> Iterator[str]:
    pieces: list[str] = []
    for child in node.iter():
        tag = _tag(child)
        ends_line = child is not node and tag in ("br", "div", "li", "p", "tr")
        pieces.append("\n" if ends_line else "")
        if tag and child.text:
            pieces.append(child.text)
        if child is not node and child.tail:
            pieces.append(("\n" if ends_line and tag != "br" else "") + child.tail)
    yield from (line.rstrip() for line in as_meant("".join(pieces)).replace("\r\n", "\n").split("\n") if line.strip())


def _candidates(srcset: str) -> list[str]:
    """Returns the addresses of the candidates of a ``srcset``."""
    return [match[1] for match in _CANDIDATE.finditer(srcset)]


def _is_address(value: str) -> bool:
    return not _PLACEHOLDER.search(value.strip()) and ("/" in value or "." in value)
