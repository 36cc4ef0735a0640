"""Maps RSS 0.90 to 2.0 and Atom 0.3 and 1.0 to the fields of feeds and entries.

The elements are read in ``feedparser_compat``: a plain document by its fast parser, any other by feedparser,
after repair (see ``xml_repair``). Both give one ``FeedparserResult``, which is mapped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aggregator.model.parsing import Enclosure, ParsedFeed, Unreadable
from aggregator.parsing import entry_fields, entry_media, text_constructs
from aggregator.parsing.author_lines import people_of_line
from aggregator.parsing.content.foreign_markup import unwrap_cdata
from aggregator.parsing.entry_identity import identify_entries
from aggregator.parsing.feed_dates import parse_date
from aggregator.parsing.feed_links import advertised_push, first_other_url, links_of_relation
from aggregator.parsing.feedparser_compat.fast_parser import FeedparserResult, parse_plain_document, strip_declaration
from aggregator.parsing.feedparser_compat.library_parser import parse_with_library
from aggregator.parsing.sanitise import markup_text
from aggregator.parsing.schemeless_urls import host_of
from aggregator.parsing.syndication_hints import parse_hints
from aggregator.parsing.titles import html_title, literal_text, plain_text, untyped_title
from aggregator.parsing.unsanitised_entry import EMPTY_MARKUP, Markup, UnsanitisedEntry, UnsanitisedFeed
from aggregator.parsing.urls import resolve_reference
from aggregator.parsing.xml_repair import RepairedXml

FORMAT_NAMES = {
    "rss090": "RSS 0.90", "rss091n": "RSS 0.91", "rss091u": "RSS 0.91", "rss092": "RSS 0.92", "rss093": "RSS 0.93",
    "rss094": "RSS 0.94", "rss10": "RSS 1.0", "rss11": "RSS 1.1", "rss20": "RSS 2.0", "rss": "RSS",
    "atom01": "Atom 0.1", "atom02": "Atom 0.2", "atom03": "Atom 0.3", "atom10": "Atom 1.0", "atom": "Atom",
    "cdf": "CDF",
}  # fmt: skip
"""This service's names of the formats, by feedparser's."""

_PODCAST_FILES = {"podcast_transcript": "Transcript", "podcast_chapters": "Chapters"}
_RELATIONS = ("self", "hub", "prev-archive", "next")
_HTML = ("text/html", "application/xhtml+xml")
_PERMALINK = re.compile(r"https?://|\.{0,2}/\S", re.IGNORECASE)


def read_plain_xml(text: str, *, base: str) -> UnsanitisedFeed | None:
    """Parses a plain document; returns None if the document needs repair or feedparser.

    The result equals that of ``read_xml_feed`` for the repaired document; ``fast_parser`` has the rule.
    """
    document = strip_declaration(text)
    result = parse_plain_document(document, base=base)
    return _map_feed(result, document, base=base) if result else None


def read_xml_feed(document: RepairedXml, *, base: str) -> UnsanitisedFeed | Unreadable:
    """Parses a repaired document, which may be plain now; ``base`` is its absolute URL after redirects."""
    if result := parse_plain_document(document.text, base=base):
        return _map_feed(result, document.text, base=base).with_problems(document.problems)
    return read_with_feedparser(document, base=base)


def read_with_feedparser(document: RepairedXml, *, base: str) -> UnsanitisedFeed | Unreadable:
    """Parses a repaired document with feedparser, also if it is plain."""
    result = parse_with_library(document.text, base=base)
    if isinstance(result, Unreadable):
        return result
    return _map_feed(result, document.text, base=base).with_problems(document.problems)


def _map_feed(result: FeedparserResult, text: str, *, base: str) -> UnsanitisedFeed:
    feed = result.feed
    links = {name: links_of_relation(name, feed.get("links", ())) for name in _RELATIONS}
    is_atom = result.version.startswith("atom")
    language = entry_fields.first_language(_text(feed.get("language")))
    site_url = _first_url(_alternates(feed), base)
    mapper = _EntryMapper(
        is_atom=is_atom,
        base=base,
        hosts=(host_of(site_url or ""),),
        language=language,
        authors=_authors(feed),
    )
    parsed = ParsedFeed(
        format=FORMAT_NAMES.get(result.version, "XML"),
        title=_title(feed, is_atom=is_atom),
        site_url=site_url,
        language=language,
        hints=parse_hints(text),
        push=advertised_push(topics=links["self"], hubs=links["hub"], cloud=feed.get("cloud"), base=base),
        older_url=first_other_url(links["prev-archive"] + links["next"], base=base),
        complete=result.complete,
    )
    return identify_entries(parsed, map(mapper.map_entry, result.entries))


@dataclass(frozen=True, kw_only=True, slots=True)
class _EntryMapper:
    """The mapping of entries to fields, with the values that all entries of one document share."""

    is_atom: bool
    base: str
    hosts: tuple[str, ...]
    language: str | None
    authors: tuple[str, ...]

    def map_entry(self, item: dict[str, Any]) -> UnsanitisedEntry:
        """Returns one entry."""
        url, anchor = entry_fields.first_link(_links_of_entry(item), base=self.base, hosts=self.hosts)
        media = entry_media.media_of_tree(item.get("media"))
        pictures = tuple(entry_media.pictures_of_media(media, self.base))
        enclosures = entry_fields.distinct_enclosures(self._enclosures(item, media))
        summary, content, words = entry_fields.summary_and_content(*self._texts(item, url))
        summary, content = entry_media.add_pictures(
            summary, content, pictures=(*pictures, *entry_media.pictures_of_files(enclosures))
        )
        updated_at = _date(item, "updated")
        return UnsanitisedEntry(
            guid=_text(item.get("id")),
            url=url,
            anchor=anchor,
            title=_title(item, is_atom=self.is_atom) or plain_text(entry_media.title_of_media(item.get("media"))),
            summary=summary,
            content=content,
            words=words,
            authors=_authors(item) or self._authors_of_feed(enclosures),
            published_at=_date(item, "published") or _date(item, "created") or updated_at,
            updated_at=updated_at,
            categories=entry_fields.plain_names(_categories(item)),
            language=entry_fields.first_language(*_languages(item)) or self.language,
            image=entry_media.widest_picture(pictures)
            or next(self._image_addresses(item), None)
            or entry_fields.first_image(enclosures),
            enclosures=enclosures,
            source=_source(item),
            comments_url=entry_fields.first_url_with_fragment(_comments(item), base=self.base),
            related_links=tuple(links_of_relation("related", item.get("links", ()))),
        )

    def _image_addresses(self, item: dict[str, Any]) -> Iterator[str]:
        for candidate in _images(item):
            if candidate and not entry_media.is_author_portrait(candidate):
                address = entry_fields.file_address(candidate, base=self.base)
                yield from (address,) if address else ()

    def _authors_of_feed(self, enclosures: tuple[Enclosure, ...]) -> tuple[str, ...]:
        """Returns the authors of the feed, if they are those of an entry without authors.

        They are in Atom (RFC 4287 section 4.2.1), and in RSS for an episode of a podcast; an article in RSS may have a
        byline on its page.
        """
        is_episode = any((file.media_type or "").startswith(("audio/", "video/")) for file in enclosures)
        if self.is_atom:
            return self.authors
        return tuple(name for name in self.authors if "@" not in name) if is_episode else ()

    def _texts(self, item: dict[str, Any], url: str | None) -> tuple[Markup, Markup]:
        """Returns summary and content; a text of the podcast or of the media if there is neither.

        feedparser stores a second description as content. So outside Atom, of two descriptions the longer one is the
        content.
        """
        summary = self._html(item.get("summary_detail") or {}, url)
        details = item.get("content", ())
        others = [detail for detail in details if not self.is_atom and detail.get("type") == "text/plain"]
        contents = [self._html(detail, url) for detail in details if detail not in others]
        content = max(contents, key=_length, default=EMPTY_MARKUP)
        if others and not content.text.strip():
            summary, content = _by_length(summary, max((self._html(detail, url) for detail in others), key=_length))
        if not summary.text.strip() and not content.text.strip():
            summary = next(filter(_has_text, (self._html(detail, url) for detail in _other_texts(item))), summary)
        return summary, content

    def _html(self, detail: dict[str, Any], url: str | None) -> Markup:
        return text_constructs.text_to_html(detail, is_atom=self.is_atom, base=self._base_of(detail, url), page=url)

    def _base_of(self, detail: dict[str, Any], url: str | None) -> str:
        """Returns the base of relative links: ``xml:base``, else the document's URL (RFC 4287 section 2).

        RSS has no rule for relative links. Publishers copy parts of the article's page, so there the base is its URL.
        """
        stated = _text(detail.get("base"))
        if stated or self.is_atom:
            return resolve_reference(self.base, stated)
        return url or self.base

    def _enclosures(
        self, item: dict[str, Any], media: tuple[entry_media.EntryMedium, ...]
    ) -> Iterator[Enclosure | None]:
        files = [link for link in item.get("links", ()) if link.get("rel") == "enclosure"]
        duration = item.get("itunes_duration") if len(files) == 1 else None
        for file in files:
            yield entry_fields.make_enclosure(
                _text(file.get("href") or file.get("url")),
                media_type=file.get("type"),
                length=file.get("length"),
                title=file.get("title"),
                duration=duration,
                base=self.base,
            )
        for detail in item.get("content", ()):
            if (source := _text(detail.get("src"))) and not text_constructs.is_page_type(_text(detail.get("src_type"))):
                yield entry_fields.make_enclosure(source, media_type=detail["src_type"], length=None, base=self.base)
        yield from entry_media.files_of_media(media, self.base)
        for name, title in _PODCAST_FILES.items():
            for file in item.get(name, ()):
                yield entry_fields.make_enclosure(
                    _text(file.get("url")), media_type=file.get("type"), length=None, title=title, base=self.base
                )


def _length(markup: Markup) -> int:
    return len(markup.text)


def _by_length(one: Markup, other: Markup) -> tuple[Markup, Markup]:
    """Returns two descriptions as summary and content; one that the other repeats is left out."""
    shorter, longer = sorted((one, other), key=_length)
    is_repeated = markup_text(shorter.text) in markup_text(longer.text)
    return (longer, EMPTY_MARKUP) if is_repeated else (shorter, longer)


def _has_text(markup: Markup) -> bool:
    return bool(markup.text.strip())


def _other_texts(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Returns the texts that stand for that of an entry without one, the best first."""
    for name in ("googleplay_description", "itunes_summary", "itunes_subtitle"):
        yield item.get(f"{name}_detail") or {}
    yield entry_media.text_of_media(item.get("media"))


def _text(value: object) -> str:
    """Returns a value that is a text, else "": of broken documents feedparser returns other types."""
    return value if isinstance(value, str) else ""


def _title(source: dict[str, Any], *, is_atom: bool) -> str:
    """Returns a title by its type (RFC 4287 section 3.1.1); RSS has no types."""
    value, detail = _text(source.get("title")), source.get("title_detail") or {}
    if detail.get("encoding") == "base64" or not text_constructs.is_readable_type(_text(detail.get("type"))):
        value = text_constructs.decoded_value(detail)
    if not is_atom:
        return plain_text(value)
    if detail.get("type") in _HTML:
        return html_title(value)
    return literal_text(unwrap_cdata(value)) if detail.get("stated") else untyped_title(value)


def _first_url(candidates: Iterator[str], base: str, hosts: tuple[str, ...] = ()) -> str | None:
    urls = (entry_fields.web_address(candidate, base=base, hosts=hosts) for candidate in candidates if candidate)
    return next((url for url in urls if url is not None), None)


def _links_of_entry(item: dict[str, Any]) -> Iterator[str]:
    """Returns the addresses of the article, the best first; a guid only if it reads as an address.

    In RSS 2.0 a guid is a permalink unless ``isPermaLink`` is false; most guids that are no addresses lack that.
    """
    yield _text(item.get("feedburner_origlink"))
    yield from _alternates(item)
    for detail in item.get("content", ()):
        if text_constructs.is_page_type(_text(detail.get("src_type"))):
            yield _text(detail.get("src"))
    guid = _text(item.get("id"))
    if item.get("guidislink", True) and _PERMALINK.match(guid):
        yield guid


def _alternates(item: dict[str, Any]) -> Iterator[str]:
    """Returns the ``alternate`` links in document order, HTML first (RFC 4287 section 4.2.7.2)."""
    links = [link for link in item.get("links", ()) if link.get("rel") == "alternate"]
    for link in sorted(links, key=lambda link: _text(link.get("type")) not in _HTML):
        yield _text(link.get("href"))


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    """Returns the authors by name, or by e-mail address without a name."""
    lines = (
        _text(person.get("name")) or _text(person.get("line")) or _text(person.get("email")) for person in _people(item)
    )
    return entry_fields.plain_names(name for line in lines for name in people_of_line(line))


def _people(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [person for person in item.get("authors", ()) if isinstance(person, dict)]


def _categories(item: dict[str, Any]) -> Iterator[str]:
    for tag in item.get("tags", ()):
        if not _text(tag.get("scheme")).endswith("#kind"):  # the type of an entry in Blogger and YouTube
            yield _text(tag.get("label")) or _text(tag.get("term"))


def _languages(item: dict[str, Any]) -> Iterator[str]:
    yield _text(item.get("language"))
    for detail in (*item.get("content", ()), item.get("summary_detail") or {}, item.get("title_detail") or {}):
        yield _text(detail.get("language"))


def _images(item: dict[str, Any]) -> Iterator[str]:
    """Returns the images of the entry that are no part of its content: thumbnails, then iTunes' image."""
    for thumbnail in item.get("media_thumbnail", ()):
        yield _text(thumbnail.get("url"))
    image = item.get("image")
    yield _text(image.get("href")) if isinstance(image, dict) else ""


def _source(item: dict[str, Any]) -> str | None:
    source = item.get("source")
    return plain_text(_text(source.get("title"))) or None if isinstance(source, dict) else None


def _comments(item: dict[str, Any]) -> Iterator[str]:
    """Returns the addresses of comments: ``comments`` of RSS 2.0, a page of replies (RFC 4685 section 4)."""
    yield _text(item.get("comments"))
    for link in item.get("links", ()):
        if link.get("rel") == "replies" and _text(link.get("type")) in _HTML:
            yield _text(link.get("href"))


def _date(item: dict[str, Any], name: str) -> datetime | None:
    """Parses a date with ``feed_dates``: feedparser returns wrong dates for forms that it does not know."""
    return parse_date(_text(item.get(name)))
