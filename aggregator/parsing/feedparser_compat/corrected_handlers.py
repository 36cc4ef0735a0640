"""Corrects feedparser's handlers where they mix or lose what a publisher wrote.

feedparser looks its handlers up by name, so a class in front of its own ones replaces some of them. Corrected are:
texts that belong to a medium or a podcast, which feedparser takes for the title or the text of the entry; lines that
name people; the ``xml:base`` of siblings; elements inside XHTML whose names feeds use too; and texts whose type has
parameters, is XML or is not stated.

``fast_parser`` reads the same values; docs/feedparser.md lists these differences.
"""

from __future__ import annotations

from typing import Any, ClassVar

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.mixin import _FeedParserMixin

from aggregator.parsing.feedparser_compat.media_tree import (
    MediaNode,
    add_medium,
    add_text,
    media_node,
    media_root,
)
from aggregator.parsing.feedparser_compat.values import join_address, usual_type

_BASES = ("xml:base", "base")
_ADDRESSES = frozenset({"href", "src", "cite", "poster"})
RSS_11 = "http://purl.org/net/rss1.1#"
_XHTML = "application/xhtml+xml"


class _CorrectedHandlers(_FeedParserMixin):  # type: ignore[misc]  # feedparser has no types
    """The corrected handlers; ``document_url`` is the base of the outermost ``xml:base``."""

    namespaces: ClassVar = {
        **_FeedParserMixin.namespaces,
        "https://podcastindex.org/namespace/1.0": "podcast",
        "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
        "http://www.google.com/schemas/play-podcasts/1.0": "googleplay",
        RSS_11: "",
        "http://channel.netscape.com/rdf/simple/0.9/": "",
        "http://purl.org/net/rss1.0/": "",
    }
    _matchnamespaces: ClassVar[dict[str, str]] = {}
    document_url = ""
    version: str

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open_media: list[MediaNode] = []

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """Records a namespace; that of RSS 1.1 names the format, which feedparser does not know."""
        super().track_namespace(prefix, uri)
        if uri.lower() == RSS_11:
            self.version = self.version or "rss11"

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        """Handles a start tag; makes its ``xml:base`` absolute, and addresses in XHTML that has a base of its own."""
        if not self.depth and tag.endswith((":rss", ":feed")):  # a root in a namespace that nobody knows
            self.namespacemap[tag.partition(":")[0]] = ""
        attrs = [
            (
                name,
                join_address(self.baseuri or self.document_url, value) if name.lower() in _BASES and value else value,
            )
            for name, value in attrs
        ]
        if self.incontent:
            base = next((value for name, value in attrs if name.lower() in _BASES and value), self.baseuri)
            if base != self.contentparams.get("base"):
                attrs = [(name, join_address(base, value) if name in _ADDRESSES else value) for name, value in attrs]
        super().unknown_starttag(tag, attrs)

    def unknown_endtag(self, tag: str) -> None:
        """Handles an end tag; an ``xml:base`` ends with its element also if there is no outer one."""
        super().unknown_endtag(tag)
        self.baseuri = self.basestack[-1] if self.basestack else ""

    def push_content(self, tag: str, attrs_d: dict[str, str], default_content_type: str, expecting_text: int) -> None:
        """Begins a text, and records whether its type was stated and how it is encoded."""
        stated = usual_type(attrs_d.get("type", ""))
        super().push_content(tag, {"type": stated or default_content_type}, default_content_type, expecting_text)
        self.contentparams.update(stated=bool(stated), encoding=attrs_d.get("mode", ""))

    def _is_base64(self, _attributes: dict[str, str], _parameters: dict[str, str]) -> int:
        return 0  # decoded later: feedparser returns base64 of other things than text as text

    def _start_content(self, attrs_d: dict[str, str]) -> None:
        self.hasContent = 1
        self.push_content("content", attrs_d, "text/plain", 1)
        if source := attrs_d.get("src"):
            self.contentparams.update(src=self.resolve_uri(source), src_type=attrs_d.get("type", ""))

    # --- the picture of an entry ---

    def _start_image(self, attrs_d: dict[str, str]) -> None:
        if not self.inentry:
            super()._start_image(attrs_d)
            return
        self.inimage = 1
        self.push("image", 0)

    def _end_image(self) -> None:
        address = self.pop("image")
        self.inimage = 0
        if self.inentry and address:
            self._get_context()["image"] = {"href": self.resolve_uri(address)}

    def _end_url(self) -> None:
        if not self.inimage or not self.inentry or self.insource:
            super()._end_url()
        elif address := self.pop("href"):
            self._get_context()["image"] = {"href": self.resolve_uri(address)}

    # --- people ---

    def _sync_author_detail(self, key: str = "author") -> None:
        """Leaves a line that names people as it is: ``author_lines`` splits it."""

    def _save_author(self, key: str, value: str, prefix: str = "author") -> None:
        if prefix == "author":  # not the owner of a podcast
            self._get_context().setdefault("authors", [{}])[-1][key] = value

    def _end_author(self) -> None:
        line = self.pop("author")
        self.inauthor = 0
        people = self._get_context().get("authors")
        if line and people and not people[-1]:
            people[-1]["line"] = line

    _end_managingeditor = _end_author

    # --- texts of a podcast ---

    def _start_itunes_summary(self, attrs_d: dict[str, str]) -> None:
        self.push_content("itunes_summary", attrs_d, "text/plain", 1)

    def _end_itunes_summary(self) -> None:
        self.pop_content("itunes_summary")

    def _start_itunes_subtitle(self, attrs_d: dict[str, str]) -> None:
        self.push_content("itunes_subtitle", attrs_d, "text/plain", 1)

    def _end_itunes_subtitle(self) -> None:
        self.pop_content("itunes_subtitle")

    def _start_googleplay_description(self, attrs_d: dict[str, str]) -> None:
        self.push_content("googleplay_description", attrs_d, "text/plain", 1)

    def _end_googleplay_description(self) -> None:
        self.pop_content("googleplay_description")

    def _start_podcast_transcript(self, attrs_d: dict[str, str]) -> None:
        self._get_context().setdefault("podcast_transcript", []).append(attrs_d)

    def _start_podcast_chapters(self, attrs_d: dict[str, str]) -> None:
        self._get_context().setdefault("podcast_chapters", []).append(attrs_d)

    # --- Media RSS ---

    def _start_item(self, attrs_d: dict[str, str]) -> None:
        self._open_media.clear()
        super()._start_item(attrs_d)

    _start_entry = _start_item

    def _start_media_group(self, attrs_d: dict[str, str]) -> None:
        self._open_medium("group", attrs_d)

    def _start_media_content(self, attrs_d: dict[str, str]) -> None:
        self._open_medium("content", attrs_d)

    def _end_media_group(self) -> None:
        self._close_medium("group")

    def _end_media_content(self) -> None:
        self._close_medium("content")

    def _open_medium(self, kind: str, attributes: dict[str, str]) -> None:
        if "url" in attributes:
            attributes = {**attributes, "url": self.resolve_uri(attributes["url"])}
        node = media_node(kind, attributes)
        add_medium(self._medium(), node)
        self._open_media.append(node)

    def _close_medium(self, kind: str) -> None:
        while self._open_media and self._open_media.pop()["kind"] != kind:
            pass

    def _medium(self) -> MediaNode:
        return self._open_media[-1] if self._open_media else media_root(self._get_context())

    def _start_media_title(self, attrs_d: dict[str, str]) -> None:
        self.push_content("media_title", attrs_d, "text/plain", 1)

    def _end_media_title(self) -> None:
        self._end_media_text("title")

    def _start_media_description(self, attrs_d: dict[str, str]) -> None:
        self.push_content("media_description", attrs_d, "text/plain", 1)

    def _end_media_description(self) -> None:
        self._end_media_text("description")

    def _start_media_text(self, attrs_d: dict[str, str]) -> None:
        self.push_content("media_text", attrs_d, "text/plain", 1)

    def _end_media_text(self, name: str = "text") -> None:
        context = self._get_context()
        context.pop(f"media_{name}_detail", None)
        self.pop_content(f"media_{name}")
        if detail := context.get(f"media_{name}_detail"):
            add_text(self._medium(), name, detail)

    def _start_media_credit(self, attrs_d: dict[str, str]) -> None:
        self.push_content("media_credit", attrs_d, "text/plain", 1)

    def _end_media_credit(self) -> None:
        self._end_media_text("credit")


class StrictParser(_CorrectedHandlers, StrictFeedParser):  # type: ignore[misc]
    """feedparser's parser of well-formed XML, corrected."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._written: list[bool] = []
        """For each open element inside a text: is its start tag part of the text?"""

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        """Handles a start tag, and counts the elements that are markup of a text."""
        is_inline = self.incontent > 0
        super().unknown_starttag(tag, attrs)
        if is_inline:
            self._written.append(self.contentparams.get("type") == _XHTML)

    def unknown_endtag(self, tag: str) -> None:
        """Handles an end tag; one in a text calls no handler: the ``summary`` of HTML is not that of Atom."""
        if not self._written:
            super().unknown_endtag(tag)
            return
        name = tag.rpartition(":")[2]
        self.svgOK -= name == "svg" and self.svgOK > 0
        if self._written.pop():
            self.handle_data(f"</{name}>", escape=0)
        self.basestack.pop()
        self.baseuri = self.basestack[-1] if self.basestack else ""
        self.langstack.pop()
        if self.langstack:
            self.lang: str | None = self.langstack[-1]
        self.depth -= 1


class LenientParser(_CorrectedHandlers, LooseFeedParser):  # type: ignore[misc]
    """feedparser's parser of ill-formed XML, corrected."""
