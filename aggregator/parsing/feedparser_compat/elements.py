"""What does feedparser make of one element of an entry or a feed?

``Elements`` fills the values of one context at a time, the feed or an entry. Where feedparser would do
more than is followed here, it raises ``UnusualError``, and the document is not plain (see ``plain``,
which holds the rule). What goes from one element to the next is ``carried``'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aggregator.parsing.feedparser_compat.context import DEEPEST, TYPES, Place, inside_of, language_of, no_children
from aggregator.parsing.feedparser_compat.names import Attributes, Element, Unknown
from aggregator.parsing.feedparser_compat.people import Labels
from aggregator.parsing.feedparser_compat.values import UnusualError, settle_href, sound

IN_CATEGORY = frozenset({"itunes_category"})
_IN_SOURCE = frozenset({"title", "id", "updated", "published", "author", "category", "rights", "subtitle"})
_IN_CHAPTERS = frozenset({"psc_chapter"})
_IN_PERSON = frozenset({"name", "email", "uri", "url", "itunes_name", "itunes_email"})

_HTML = ("text/html", "application/xhtml+xml")
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")


@dataclass(slots=True)
class Elements(Labels):
    """How each element changes the context it stands in."""

    def child(self, child: Element, name: str | Unknown, place: Place) -> None:
        """One element of an entry, or one that means the same in a feed."""
        if self.has_bases:
            self.enter(child)
        self._read(child, name, place)
        if self.has_bases:
            self.leave()

    def _read(self, child: Element, name: str | Unknown, place: Place) -> None:
        if name is Unknown.HARMLESS:
            self._around(child, place)
        elif reader := _READERS.get(name):
            attributes = self.attributes(child)
            stated = "xml:lang" in attributes or "lang" in attributes
            own = Place(place.depth, language_of(attributes, place.language)) if stated else place
            reader(self, child, attributes, own)
        elif value := _VALUES.get(name):
            self.attributes(child)
            self.store(value, self.popped(child), place.depth)
        elif name == "contributor" or (name == "itunes_owner" and not (self.in_entry or self.atom)):
            self.harmless_tree(child, allowed=_IN_PERSON)  # an owner becomes one of the authors
        elif name in _HARMLESS and not len(child):
            self.attributes(child)
        elif name in _HARMLESS_TEXTS:
            self.detail(child, self.attributes(child), place, "text/plain")
        elif name == "psc_chapters":
            self._chapters(child)
        else:
            raise UnusualError

    def _around(self, element: Element, place: Place) -> None:
        """An element of which nothing is read; what stands in it counts as if it stood beside, but deeper."""
        attributes = self.attributes(element)
        if not len(element):
            return
        if place.depth > DEEPEST:
            raise UnusualError
        inside = inside_of(place, attributes)
        for child in element:
            self.child(child, self.names[child.tag], inside)

    def _title(self, element: Element, attributes: Attributes, place: Place) -> None:
        detail = self.detail(element, attributes, place, "text/plain", guessed=False)
        if not -1 < self.title_depth <= place.depth:
            self.store("title", detail["value"], place.depth)
            self.context["title_detail"] = detail
        if detail["value"]:
            self.title_depth = place.depth

    def _media_title(self, element: Element, attributes: Attributes, place: Place) -> None:
        depth = self.title_depth
        self._title(element, attributes, place)
        self.title_depth = depth

    def _link(self, element: Element, attributes: Attributes, _place: Place) -> None:
        link = dict(attributes)
        link.setdefault("rel", "alternate")
        link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
        settle_href(link)
        links = self.context.setdefault("links", [])
        links.append(link)
        text = self.popped(element)
        if "href" in link:
            link["href"] = sound(link["href"], base=self.base)
            if link["rel"] == "alternate" and TYPES.get(link["type"], link["type"]) in _HTML:
                self.context["link"] = link["href"]
            return
        text = self.resolved(text)
        address = _REFERENCE.sub(r"&\1", text.replace("&amp;", "&") if self.in_entry else text)
        self.context["link"] = address
        if address or not self.in_entry:
            link["href"] = address

    def _guid(self, element: Element, attributes: Attributes, place: Place) -> None:
        is_link = attributes.get("ispermalink", "true") == "true"
        guid = self.popped(element)
        if is_link:
            guid = self.resolved(guid)
        self.store("id", guid, place.depth)
        self.context.setdefault("guidislink", is_link and "link" not in self.context)
        if is_link:
            self.context.setdefault("link", guid)

    def _description(self, element: Element, attributes: Attributes, place: Place) -> None:
        if "summary" in self.context and not self.has_content:
            self._content(element, attributes, place)
            return
        detail = self.detail(element, attributes, place, "text/html")
        if self.in_entry:
            self.store("summary", detail["value"], place.depth)
            self.context["summary_detail"] = detail

    def _summary(self, element: Element, attributes: Attributes, place: Place) -> None:
        if "summary" in self.context and not self.has_content:
            self._content(element, attributes, place)
            return
        detail = self.detail(element, attributes, place, "text/plain")
        self.store("summary", detail["value"], place.depth)
        self.context["summary_detail"] = detail

    def _content(self, element: Element, attributes: Attributes, place: Place) -> None:
        self._add_content(self.detail(element, attributes, place, "text/plain"))

    def _content_encoded(self, element: Element, attributes: Attributes, place: Place) -> None:
        self._add_content(self.detail(element, attributes, place, "text/html"))

    def _add_content(self, detail: dict[str, Any]) -> None:
        self.has_content = True
        if self.in_entry:
            self.context.setdefault("content", []).append(detail)
        self.context.setdefault("summary", detail["value"])

    def _enclosure(self, element: Element, attributes: Attributes, _place: Place) -> None:
        no_children(element)
        link = dict(attributes)
        settle_href(link)
        self.context.setdefault("links", []).append({**link, "rel": "enclosure"})

    def _source(self, element: Element, _attributes: Attributes, place: Place) -> None:
        if not self.in_entry:
            raise UnusualError
        if len(element):
            self._source_in_parts(element, place)
            return
        title = self.popped(element)
        self.context["source"] = {"title": title} if title else {}
        self.title_depth = -1

    def _source_in_parts(self, element: Element, place: Place) -> None:
        """The feed an entry was taken from, as Atom describes it: a feed within the entry."""
        if (
            place.depth > DEEPEST
            or (element.text or "").strip()
            or any((child.tail or "").strip() for child in element)
        ):
            raise UnusualError
        entry, self.context, self.in_entry, self.title_depth = self.context, {}, False, -1
        inside = Place(place.depth + 1, place.language)
        for child in element:
            name = self.names[child.tag]
            # Of others the text might count as that of the source.
            if name not in _IN_SOURCE and (len(child) or (child.text or "").strip()):
                raise UnusualError
            self.child(child, name, inside)
        title = self.context.get("title")
        self.context, self.in_entry, self.title_depth = entry, True, -1
        self.context["source"] = {"title": title} if title else {}

    def _media_content(self, element: Element, attributes: Attributes, place: Place) -> None:
        self.context.setdefault("media_content", []).append(attributes)
        self._media_group(element, attributes, place)

    def _media_group(self, element: Element, _attributes: Attributes, place: Place) -> None:
        if place.depth > DEEPEST:
            raise UnusualError
        inside = Place(place.depth + 1, place.language)
        for child in element:
            self.child(child, self.names[child.tag], inside)

    def _media_thumbnail(self, element: Element, attributes: Attributes, _place: Place) -> None:
        url = self.resolved(self.popped(element))
        self.context.setdefault("media_thumbnail", []).append({"url": url, **attributes} if url else attributes)

    def _itunes_image(self, element: Element, attributes: Attributes, _place: Place) -> None:
        no_children(element)
        if address := attributes.get("href") or attributes.get("url"):
            self.context["image"] = {"href": address}

    def _chapters(self, element: Element) -> None:
        """Nothing of them is read, but without its start a chapter is more than feedparser can bear."""
        self.harmless_tree(element, allowed=_IN_CHAPTERS)
        if not all(child.get("start") for child in element.iterdescendants()):
            raise UnusualError

    def _comments(self, element: Element, _attributes: Attributes, place: Place) -> None:
        no_attributes(element)
        self.store("comments", self.resolved(self.popped(element)), place.depth)

    def _feedburner_origlink(self, element: Element, _attributes: Attributes, place: Place) -> None:
        no_attributes(element)
        self.store("feedburner_origlink", self.popped(element), place.depth)


def no_attributes(element: Element) -> None:
    """Refuse an element with any attribute, ``xml:base`` too: feedparser keeps these in the place of its text."""
    if element.attrib:
        raise UnusualError


_READERS: dict[str, Callable[[Elements, Element, Attributes, Place], None]] = {
    "title": Elements._title, "dc_title": Elements._title, "media_title": Elements._media_title,
    "link": Elements._link, "guid": Elements._guid, "id": Elements._guid,
    "description": Elements._description, "dc_description": Elements._description,
    "media_description": Elements._description, "summary": Elements._summary, "itunes_summary": Elements._summary,
    "content": Elements._content, "content_encoded": Elements._content_encoded,
    "author": Elements.author, "dc_creator": Elements.author, "dc_author": Elements.author,
    "itunes_author": Elements.author, "managingeditor": Elements.author,
    "category": Elements.category, "dc_subject": Elements.category, "keywords": Elements.category,
    "media_category": Elements.media_category, "itunes_category": Elements.itunes_category,
    "itunes_keywords": Elements.itunes_keywords, "media_keywords": Elements.media_keywords,
    "enclosure": Elements._enclosure, "source": Elements._source, "itunes_image": Elements._itunes_image,
    "itunes_link": Elements._itunes_image,
    "media_content": Elements._media_content, "media_group": Elements._media_group,
    "media_thumbnail": Elements._media_thumbnail, "feedburner_origlink": Elements._feedburner_origlink,
    "comments": Elements._comments,
}  # fmt: skip
"""How each element is read that is more than one value."""

_VALUES = {
    "language": "language", "dc_language": "language",
    "published": "published", "issued": "published", "pubdate": "published", "dcterms_issued": "published",
    "updated": "updated", "modified": "updated", "lastbuilddate": "updated", "dc_date": "updated",
    "dcterms_modified": "updated", "created": "created", "dcterms_created": "created",
}  # fmt: skip
"""Elements that are one value, and under which name it is kept."""

_HARMLESS = frozenset({
    "rights", "copyright", "dc_rights", "subtitle", "tagline", "itunes_subtitle", "info", "feedburner_browserfriendly",
    "generator", "webmaster", "dc_publisher", "dc_contributor", "expirationdate", "itunes_block", "itunes_explicit",
    "georss_point", "georss_line", "georss_polygon", "georss_box", "media_credit", "media_rating",
    "media_restriction", "media_license", "media_player", "creativecommons_license",
    "cc_license",
})  # fmt: skip
"""Elements that feedparser has handlers for, without any effect on what is read."""

_HARMLESS_TEXTS = frozenset({"rights", "copyright", "dc_rights", "subtitle", "tagline"})
"""Those that may be XHTML."""
