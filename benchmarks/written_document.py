"""Reads a feed document without the program: its entries as feedparser gives them, and a count of item elements.

feedparser neither sanitises nor resolves addresses here, so that a text is what its publisher wrote. JSON Feed is
read with ``json``. The count of item elements looks at tags alone, so that it sees entries that feedparser loses.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from benchmarks.content_parts import Inventory, Kind, Part, letters_of
from benchmarks.html_parts import caption_part, file_part, list_parts

_NOT_MARKUP = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_ITEM = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])")
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>|<(?:[\w.-]+:)?(?:item|entry)(?:\s[^<>]*)?/>")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp)(?:$|[?&])", re.IGNORECASE)
_TAGS = re.compile(r"<[A-Za-z/!][^<>]*>")


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenText:
    """A text of an entry as its publisher wrote it.

    ``bases`` are the base addresses that it may have: the stated one (``xml:base``), else those of the entry's page,
    of the site and of the document, because RSS does not say which.
    """

    markup: str
    bases: tuple[str, ...]
    is_html: bool

    def inventory(self) -> Inventory:
        """Lists the parts of the text."""
        return list_parts(self.markup, bases=self.bases, is_html=self.is_html)


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

    ``elements`` is the count of item elements, ``cut_off`` says that the last one has no end.
    """

    entries: tuple[WrittenEntry, ...]
    elements: int
    cut_off: bool = False

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
    bare = _NOT_MARKUP.sub("", text)
    opened, closed = len(_ITEM.findall(bare)), len(_ITEM_END.findall(bare))
    parsed = feedparser.parse(
        io.BytesIO(body),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/xml"},
    )
    site = parsed.feed.get("link", "")
    entries = tuple(_entry(entry, (urljoin(url, site), url)) for entry in parsed.entries)
    return WrittenDocument(entries=entries, elements=opened, cut_off=closed < opened)


def _decoded(body: bytes) -> str:
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if body.startswith(mark):
            return body.decode(name, "replace")
    return body.decode("utf-8", "replace")


def _entry(entry: Mapping[str, Any], outer: tuple[str, ...]) -> WrittenEntry:
    link = entry.get("link", "")
    bases = (urljoin(outer[-1], link), *outer) if link else outer
    details = [*entry.get("content", ()), *([entry["summary_detail"]] if "summary_detail" in entry else [])]
    captions = [detail.get("value", "") for detail in details if _is_caption(detail, entry)]
    details = [detail for detail in details if detail.get("value") not in captions]
    texts = {detail.get("value", ""): detail for detail in details if detail.get("value", "").strip()}
    return WrittenEntry(
        guid=entry.get("id", ""),
        link=link,
        title=entry.get("title", ""),
        texts=tuple(_text(value, detail, bases) for value, detail in texts.items()),
        files=(*_distinct(_files(entry, bases)), *(caption_part(caption) for caption in captions if caption.strip())),
    )


def _is_caption(detail: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """True for ``media:description``, which feedparser puts among the texts of an entry, as plain text."""
    return "media_content" in entry and detail.get("type") == "text/plain" and len(entry.get("content", ())) > 0


def _text(value: str, detail: Mapping[str, Any], bases: tuple[str, ...]) -> WrittenText:
    is_html = detail.get("type", "text/html") != "text/plain" or bool(re.search(r"</?(?:p|br|a|img|div)\b", value))
    stated = detail.get("base")
    return WrittenText(markup=value, bases=(urljoin(bases[-1], stated),) if stated else bases, is_html=is_html)


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


def _distinct(parts: Iterable[Part]) -> Iterator[Part]:
    known: set[frozenset[str]] = set()
    for part in parts:
        if part.names not in known and urlsplit(part.label.strip()).path:
            known.add(part.names)
            yield part


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
