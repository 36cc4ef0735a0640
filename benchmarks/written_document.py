"""Reads a feed document without the program: its entries as feedparser gives them, and a count of item elements.

feedparser neither sanitises nor resolves addresses here, so that a text is what its publisher wrote. JSON Feed is
read with ``json``. The count of item elements looks at tags alone, so that it sees entries that feedparser loses.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from lxml import etree

from benchmarks.content_parts import Inventory, Kind, Part, address_key, letters_of
from benchmarks.html_parts import caption_part, file_part, list_parts

_NOT_MARKUP = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_ITEM = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])")
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>|<(?:[\w.-]+:)?(?:item|entry)(?:\s[^<>]*)?/>")
_WHOLE_ITEM = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>].*?</(?:[\w.-]+:)?(?:item|entry)\s*>", re.DOTALL)
_GUID = re.compile(r"<(?:[\w.-]+:)?(?:guid|id)\b[^<>]*>([^<]+)<")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp)(?:$|[?&])", re.IGNORECASE)
_DECLARED = re.compile(rb"""^(\s*<\?xml[^<>]*?encoding=["'])[\w.-]+(["'])""")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{20,}\s+)*[A-Za-z0-9+/]{40,}={0,2}")
_TAGS = re.compile(r"<[A-Za-z/!][^<>]*>")


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenText:
    """A text of an entry as its publisher wrote it.

    ``bases`` are the base addresses that it may have: the stated one (``xml:base``), else those of the entry's page,
    of the site and of the document, because RSS does not say which. ``reason`` explains the loss of all its words.
    """

    markup: str
    bases: tuple[str, ...]
    is_html: bool
    reason: str = ""

    def inventory(self) -> Inventory:
        """Lists the parts of the text."""
        listed = list_parts(self.markup, bases=self.bases, is_html=self.is_html)
        if not self.reason:
            return listed
        return replace(listed, parts=tuple(replace(part, reason=part.reason or self.reason) for part in listed.parts))


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenEntry:
    """An entry as its publisher wrote it; ``files`` are the pictures and files that are named outside its texts."""

    guid: str
    link: str
    title: str
    texts: tuple[WrittenText, ...]
    files: tuple[Part, ...] = ()

    @property
    def identity(self) -> tuple[object, ...]:
        """All that tells entries apart; entries that are equal in it are one entry, written twice."""
        return (
            self.guid,
            self.link,
            self.title,
            tuple(text.markup for text in self.texts),
            tuple(sorted(tuple(sorted(part.names)) for part in self.files)),
        )

    @property
    def title_letters(self) -> str:
        """The letters of the title, without markup."""
        return letters_of(_TAGS.sub("", self.title)).lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenDocument:
    """A feed document as its publisher wrote it.

    ``elements`` is the count of item elements, ``cut_off`` says that the last one has no end, and ``same_ids`` counts
    the elements that repeat an id, if all have one.
    """

    entries: tuple[WrittenEntry, ...]
    elements: int
    cut_off: bool = False
    same_ids: int = 0

    @property
    def repeated(self) -> int:
        """The number of entries that are written a second time."""
        return len(self.entries) - len({entry.identity for entry in self.entries})


def read_written(body: bytes, *, url: str) -> WrittenDocument:
    """Reads a document that was served at ``url``."""
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    text = _decoded(body).lstrip("\ufeff\0 \t\r\n")
    if text.startswith("{"):
        return _json_document(text, url)
    body = _declared_as_utf8(body)
    bare = _NOT_MARKUP.sub("", text)
    opened, closed = len(_ITEM.findall(bare)), len(_ITEM_END.findall(bare))
    parsed = feedparser.parse(
        io.BytesIO(body),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/xml"},
    )
    site = parsed.feed.get("link", "")
    root = etree.fromstring(body, etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False))
    source = _Source(bases=(urljoin(url, site), url), elements=_elements_of_texts(root), forms=_forms_of_files(root))
    entries = tuple(_entry(entry, source) for entry in parsed.entries)
    ids = [found[1].strip() for item in _WHOLE_ITEM.findall(text) if (found := _GUID.search(item))]
    same_ids = opened - len(set(ids)) if len(ids) == opened else 0
    return WrittenDocument(entries=entries, elements=opened, cut_off=closed < opened, same_ids=same_ids)


def _declared_as_utf8(body: bytes) -> bytes:
    """Corrects the declaration of a document that is UTF-8 whatever it declares; feedparser trusts the declaration."""
    try:
        is_utf8 = not body.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return body
    return _DECLARED.sub(rb"\1utf-8\2", body, count=1) if is_utf8 else body


def _decoded(body: bytes) -> str:
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if body.startswith(mark):
            return body.decode(name, "replace")
    return body.decode("utf-8", "replace")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """What of a document its entries need: base addresses, the elements of texts, and the forms of files."""

    bases: tuple[str, ...]
    elements: Mapping[str, str]
    forms: Mapping[str, str]


def _forms_of_files(root: etree._Element | None) -> Mapping[str, str]:
    """Returns the first file of its ``media:group`` for each file: a group has the forms of one file (Media RSS).

    A file with a description of its own is no form of another one.
    """
    forms: dict[str, str] = {}
    for group in root.iter("{*}group") if root is not None else ():
        contents = list(group.iter("{*}content"))
        described = [content for content in contents if content.find("{*}description") is not None]
        for content in contents if len(described) <= 1 else ():
            forms[content.get("url") or ""] = contents[0].get("url") or ""
    return forms


def _elements_of_texts(root: etree._Element | None) -> Mapping[str, str]:
    """Returns the element of each text: ``media``, ``itunes`` or ``nested``, if it is no direct text of an entry.

    feedparser puts them among the texts of an entry, without their element.
    """
    elements: dict[str, str] = {}
    for node in root.iter("{*}description", "{*}summary", "{*}text") if root is not None else ():
        name, parent = etree.QName(node), node.getparent()
        text = " ".join("".join(str(piece) for piece in node.itertext()).split())
        if "mrss" in (name.namespace or "") or "yahoo" in (name.namespace or ""):
            elements.setdefault(text, "media")
        elif "itunes" in (name.namespace or ""):
            elements.setdefault(text, "itunes")
        elif parent is not None and etree.QName(parent).localname not in ("item", "entry"):
            elements.setdefault(text, "nested")
    return elements


def _entry(entry: Mapping[str, Any], source: _Source) -> WrittenEntry:
    link = entry.get("link", "")
    bases = (urljoin(source.bases[-1], link), *source.bases) if link else source.bases
    details = [*entry.get("content", ()), *([entry["summary_detail"]] if "summary_detail" in entry else [])]
    of = {id(detail): source.elements.get(" ".join(detail.get("value", "").split()), "") for detail in details}
    captions = [detail.get("value", "") for detail in details if of[id(detail)] == "media"]
    details = [detail for detail in details if of[id(detail)] not in ("media", "nested") or len(details) == 1]
    asides = {detail.get("value", "") for detail in details if of[id(detail)] == "itunes" and len(details) > 1}
    texts = {detail.get("value", ""): detail for detail in details if detail.get("value", "").strip()}
    return WrittenEntry(
        guid=entry.get("id", ""),
        link=link,
        title=entry.get("title", ""),
        texts=tuple(_text(value, detail, bases, is_aside=value in asides) for value, detail in texts.items()),
        files=(
            *_distinct(_files(entry, bases), source.forms),
            *(caption_part(caption) for caption in captions if caption.strip()),
        ),
    )


def _text(value: str, detail: Mapping[str, Any], bases: tuple[str, ...], *, is_aside: bool) -> WrittenText:
    is_html = detail.get("type", "text/html") != "text/plain" or bool(re.search(r"</?(?:p|br|a|img|div)\b", value))
    if _BASE64.fullmatch(value.strip()):
        value = base64.b64decode(value + "==").decode("utf-8", "replace")
    reason = "in itunes:summary, beside another text" if is_aside else ""
    stated = detail.get("base")
    return WrittenText(
        markup=value, bases=(urljoin(bases[-1], stated),) if stated else bases, is_html=is_html, reason=reason
    )


def _files(entry: Mapping[str, Any], bases: tuple[str, ...]) -> Iterator[Part]:
    for enclosure in entry.get("enclosures", ()):
        yield _file(enclosure.get("href") or enclosure.get("url") or "", enclosure.get("type") or "", bases)
    for content in entry.get("media_content", ()):
        kind = content.get("type") or {"image": "image/"}.get(content.get("medium", ""), "")
        yield _file(content.get("url") or "", kind, bases)
    if "image" in entry:
        yield _file(entry["image"].get("href") or "", "image/", bases)
    for number, thumbnail in enumerate(entry.get("media_thumbnail", ())):
        part = _file(thumbnail.get("url") or "", "image/", bases)
        yield part if number == 0 else _again(part)


def _again(part: Part) -> Part:
    """Explains a further preview of the same thing."""
    return Part(kind=part.kind, names=part.names, label=part.label, reason=part.reason or "a further preview picture")


def _file(address: str, kind: str, bases: tuple[str, ...]) -> Part:
    is_picture = kind.startswith("image/") or (not kind and bool(_PICTURE_FILE.search(address)))
    return file_part(Kind.PICTURE if is_picture else Kind.FILE, address, bases=bases)


def _distinct(parts: Iterable[Part], forms: Mapping[str, str] | None = None) -> Iterator[Part]:
    """Yields every file once; ``forms`` of one file, and pictures that differ in the query only, are one."""
    known: dict[tuple[str, ...], Part] = {}
    for part in parts:
        if urlsplit(part.label.strip()).path:
            names = {address_key(forms[part.label])} if forms and part.label in forms else part.names
            key = tuple(sorted(name.partition("?")[0] if part.kind is Kind.PICTURE else name for name in names))
            first = known.setdefault(key, part)
            known[key] = replace(first, names=first.names | part.names)
    yield from known.values()


def _json_document(text: str, url: str) -> WrittenDocument:
    try:
        document = json.loads(text, strict=False)
    except ValueError:
        return WrittenDocument(entries=(), elements=0)
    items = document.get("items") or []
    return WrittenDocument(entries=tuple(_json_entry(item, url) for item in items), elements=len(items))


def _json_entry(item: Mapping[str, Any], url: str) -> WrittenEntry:
    html, text, summary = (item.get(name) or "" for name in ("content_html", "content_text", "summary"))
    link = item.get("url") or item.get("external_url") or ""
    bases = (urljoin(url, link), url) if link else (url,)
    texts = (
        *([WrittenText(markup=html, bases=bases, is_html=True)] if html else []),
        *([WrittenText(markup=text, bases=bases, is_html=False)] if text and not html else []),
        *([WrittenText(markup=summary, bases=bases, is_html=False)] if summary else []),
    )
    pictures = [item.get("image") or "", item.get("banner_image") or ""]
    files = [_file(one.get("url") or "", one.get("mime_type") or "", bases) for one in item.get("attachments") or ()]
    return WrittenEntry(
        guid=str(item.get("id") or ""),
        link=link,
        title=item.get("title") or "",
        texts=texts,
        files=tuple(_distinct([*(_file(address, "image/", bases) for address in pictures if address), *files])),
    )
