"""What does feedparser make of one element of an entry or a feed?

``Elements`` holds what feedparser carries from element to element and fills the values of one
context at a time, the feed or an entry. Where feedparser would do more than is followed here, it
raises ``UnusualError``, and the document is not plain (see ``plain``, which holds the rule).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from feedparser.api import StrictFeedParser
from feedparser.urls import make_safe_absolute_uri
from lxml import etree

from aggregator.parsing.corrections import UnusualError, person_of, repaired, settle_href, sound
from aggregator.parsing.mending import LONGEST_NAME
from aggregator.parsing.naming import RDF, XML, Names, Unknown

Element = etree._Element  # lxml's elements have no public class
Attributes = dict[str, str]

IN_CATEGORY = frozenset({"itunes_category"})
_BASE = f"{{{XML}}}base"
_IN_SOURCE = frozenset({"title", "id", "updated", "published", "author", "category", "rights", "subtitle"})
_IN_PERSON = frozenset({"name", "email", "uri", "url", "itunes_name", "itunes_email"})

_TYPES = {
    "text": "text/plain", "plain": "text/plain", "text/plain": "text/plain",
    "html": "text/html", "text/html": "text/html",
}  # fmt: skip
_HTML = ("text/html", "application/xhtml+xml")
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_DEEPEST = 20
_MOST_ATTRIBUTES = 50
_KNOWN_TAGS = "known tags"

# Attributes by which an element is read; under a foreign namespace feedparser takes them for its own.
_READ = frozenset(
    {
        "about", "base", "domain", "filesize", "href", "ispermalink", "label", "lang", "lastmod", "length", "medium",
        "mode", "path", "port", "protocol", "rel", "scheme", "src", "term", "text", "type", "uri", "url", "version",
        "width",
    }
)  # fmt: skip


@dataclass(slots=True)
class Place:
    """Where elements stand: how deep, and in which language."""

    depth: int
    language: str | None


@dataclass(slots=True)
class Elements:
    """The state that feedparser carries from element to element; ``context`` is the feed or the entry it fills."""

    names: Names
    atom: bool = False
    context: dict[str, Any] = field(default_factory=dict)
    in_entry: bool = False
    depths: dict[str, int] = field(default_factory=dict)
    title_depth: int = -1
    has_content: bool = False
    has_bases: bool = False
    base: str = ""
    bases: list[str] = field(default_factory=list)
    based: Element | None = None

    def child(self, child: Element, name: str | Unknown, place: Place) -> None:
        """One element of an entry, or one that means the same in a feed."""
        self.enter(child)
        self._read(child, name, place)
        self.leave()

    def enter(self, element: Element) -> None:
        """Go by the ``xml:base`` of an element, one of the few that may state it."""
        if not self.has_bases:
            return
        self.based = element
        if stated := element.get(_BASE):
            if not self.base and not str(stated).startswith(("http://", "https://")):
                raise UnusualError  # it is relative to the document, which feedparser is not told of
            self.base = make_safe_absolute_uri(self.base, str(stated)) or self.base
        self.bases.append(self.base)

    def leave(self) -> None:
        """Go by the base of the element around; feedparser stays with the inner one if there is none."""
        if self.has_bases:
            self.bases.pop()
            self.base = (self.bases and self.bases[-1]) or self.base

    def _read(self, child: Element, name: str | Unknown, place: Place) -> None:
        if name is Unknown.HARMLESS:
            self.harmless_tree(child, allowed=frozenset())
        elif reader := _READERS.get(name):
            attributes = self.attributes(child)
            stated = "xml:lang" in attributes or "lang" in attributes
            own = Place(place.depth, language_of(attributes, place.language)) if stated else place
            reader(self, child, attributes, own)
        elif value := _VALUES.get(name):
            self.attributes(child)
            self._store(value, self.popped(child), place.depth)
        elif name == "contributor" or (name == "itunes_owner" and not (self.in_entry or self.atom)):
            self.harmless_tree(child, allowed=_IN_PERSON)  # an owner becomes one of the authors
        elif name in _HARMLESS and not len(child):
            self.attributes(child)
        else:
            raise UnusualError

    def harmless_tree(self, element: Element, *, allowed: frozenset[str], depth: int = 0) -> None:
        """An element of which nothing is read; elements in it must be of no account either."""
        self.attributes(element)
        if depth > _DEEPEST:
            raise UnusualError
        for child in element:
            name = self.names.name(child.tag)
            if name is not Unknown.HARMLESS and name not in allowed:
                raise UnusualError
            self.harmless_tree(child, allowed=allowed, depth=depth + 1)

    def attributes(self, element: Element) -> Attributes:
        """The attributes by the names feedparser gives them; ``xml:base`` was dealt with on entering."""
        found: Attributes = {}
        keys = element.keys()
        if not keys:
            return found
        if len(keys) > _MOST_ATTRIBUTES:  # before their values are asked for, which costs quadratic time
            raise UnusualError
        for key, value in element.items():
            name = str(key)
            if name.startswith("{"):
                uri, _, local = name[1:].rpartition("}")
                prefix = {XML: "xml", RDF: "rdf"}.get(uri)
                if prefix is None and local.lower() in _READ:
                    raise UnusualError
                name = f"{prefix}:{local}" if prefix else name
            name = name.lower()
            if name == "xml:base" and element is self.based:
                continue
            if name in found or name in ("base", "xml:base") or not name.isascii():
                raise UnusualError
            found[name] = str(value).lower() if name in ("rel", "type") else str(value)
        return found

    def _store(self, name: str, value: object, depth: int) -> None:
        """Keep a value: in entries one from deeper down does not replace one from above."""
        if self.in_entry:
            if depth > self.depths.get(name, depth):
                return
            self.depths[name] = depth
        self.context[name] = value

    def popped(self, element: Element) -> str:
        """The text of an element as feedparser repairs it."""
        no_children(element)
        return repaired((element.text or "").strip())

    def _detail(
        self, element: Element, attributes: Attributes, place: Place, default: str, *, guessed: bool = True
    ) -> dict[str, Any]:
        """A text with its type and language; outside Atom plain text that looks like HTML is taken for it."""
        no_children(element)
        kind = _TYPES.get(attributes.get("type", default))
        if kind is None or attributes.get("mode") == "base64":
            raise UnusualError
        text = (element.text or "").strip()
        if guessed and not self.atom and kind == "text/plain" and StrictFeedParser.looks_like_html(text):
            kind = "text/html"
        language = place.language.replace("_", "-") if place.language else place.language
        return {"type": kind, "language": language, "base": self.base, "value": repaired(text)}

    def _title(self, element: Element, attributes: Attributes, place: Place) -> None:
        detail = self._detail(element, attributes, place, "text/plain", guessed=False)
        if not -1 < self.title_depth <= place.depth:
            self._store("title", detail["value"], place.depth)
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
            if link["rel"] == "alternate" and _TYPES.get(link["type"], link["type"]) in (*_HTML, "xhtml"):
                self.context["link"] = link["href"]
            return
        text = sound(text, base=self.base) if text else text
        address = _REFERENCE.sub(r"&\1", text.replace("&amp;", "&") if self.in_entry else text)
        self.context["link"] = address
        if address or not self.in_entry:
            link["href"] = address

    def _guid(self, element: Element, attributes: Attributes, place: Place) -> None:
        is_link = attributes.get("ispermalink", "true") == "true"
        guid = self.popped(element)
        if is_link and guid:
            guid = sound(guid, base=self.base)
        self._store("id", guid, place.depth)
        self.context.setdefault("guidislink", is_link and "link" not in self.context)
        if is_link:
            self.context.setdefault("link", guid)

    def _description(self, element: Element, attributes: Attributes, place: Place) -> None:
        if "summary" in self.context and not self.has_content:
            self._content(element, attributes, place)
            return
        detail = self._detail(element, attributes, place, "text/html")
        if self.in_entry:
            self._store("summary", detail["value"], place.depth)
            self.context["summary_detail"] = detail

    def _summary(self, element: Element, attributes: Attributes, place: Place) -> None:
        if "summary" in self.context and not self.has_content:
            self._content(element, attributes, place)
            return
        detail = self._detail(element, attributes, place, "text/plain")
        self._store("summary", detail["value"], place.depth)
        self.context["summary_detail"] = detail

    def _content(self, element: Element, attributes: Attributes, place: Place) -> None:
        self._add_content(self._detail(element, attributes, place, "text/plain"))

    def _content_encoded(self, element: Element, attributes: Attributes, place: Place) -> None:
        self._add_content(self._detail(element, attributes, place, "text/html"))

    def _add_content(self, detail: dict[str, Any]) -> None:
        self.has_content = True
        if self.in_entry:
            self.context.setdefault("content", []).append(detail)
        self.context.setdefault("summary", detail["value"])

    def _author(self, element: Element, _attributes: Attributes, place: Place) -> None:
        person: dict[str, str] = {}
        self.context.setdefault("authors", []).append(person)
        for child in element:
            name = self.names.name(child.tag)
            self.attributes(child)
            no_children(child)
            if name is Unknown.HARMLESS and not (child.text or "").strip():
                continue
            if name not in ("name", "email", "uri", "url"):
                raise UnusualError
            value = (child.text or "").strip() if name in ("name", "email") else self.popped(child)
            part = name if name in ("name", "email") else "href"
            self.context.setdefault("author_detail", {})[part] = value
            self._call(person)
            person[part] = value
        text = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
        if any(len(part) > LONGEST_NAME for part in (text, *person.values())):  # mending would cut it
            raise UnusualError
        self._store("author", repaired(text), place.depth)
        self._call(person)

    def _call(self, person: dict[str, str]) -> None:
        """Sum a person up in a line, or take the parts of a person from that line.

        Whoever was first taken from a line stays ``author_detail``, and is overwritten by a later author in parts.
        """
        author = self.context.get("author")
        if person:
            name, email = person.get("name"), person.get("email")
            if name or email:
                self.context["author"] = f"{name} ({email})" if name and email else name or email
        elif author:
            person.update(person_of(author))
            self.context.setdefault("author_detail", person)

    def _category(self, element: Element, attributes: Attributes, _place: Place) -> None:
        self._add_tag(
            attributes.get("term"), attributes.get("scheme", attributes.get("domain")), attributes.get("label")
        )
        self._name_tag(self.popped(element))

    def _media_category(self, element: Element, attributes: Attributes, place: Place) -> None:
        self._category(element, {"scheme": "http://search.yahoo.com/mrss/category_schema", **attributes}, place)

    def _itunes_category(self, element: Element, attributes: Attributes, _place: Place) -> None:
        self._add_tag(attributes.get("text"), "http://www.itunes.com/", None)
        self._name_tag(self.popped(element))

    def _itunes_keywords(self, element: Element, attributes: Attributes, _place: Place) -> None:
        self._add_keywords(element, attributes, "http://www.itunes.com/")

    def _media_keywords(self, element: Element, attributes: Attributes, _place: Place) -> None:
        self._add_keywords(element, attributes, None)

    def _add_keywords(self, element: Element, attributes: Attributes, scheme: str | None) -> None:
        if attributes:
            raise UnusualError
        for term in self.popped(element).split(","):
            if term.strip():
                self._add_tag(term.strip(), scheme, None)

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags, known = self.context.setdefault("tags", []), self.context.setdefault(_KNOWN_TAGS, set())
        if (term or scheme or label) and (term, scheme, label) not in known:
            known.add((term, scheme, label))
            tags.append({"term": term, "scheme": scheme, "label": label})

    def _name_tag(self, term: str) -> None:
        """The text of a category names it, or the last one that has no name yet."""
        tags, known = self.context["tags"], self.context[_KNOWN_TAGS]
        if term and tags and not tags[-1]["term"]:
            last = tags[-1]
            known.discard((last["term"], last["scheme"], last["label"]))
            last["term"] = term
            known.add((term, last["scheme"], last["label"]))
        elif term:
            self._add_tag(term, None, None)

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
            place.depth > _DEEPEST
            or (element.text or "").strip()
            or any((child.tail or "").strip() for child in element)
        ):
            raise UnusualError
        entry, self.context, self.in_entry, self.title_depth = self.context, {}, False, -1
        inside = Place(place.depth + 1, place.language)
        for child in element:
            name = self.names.name(child.tag)
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
        if place.depth > _DEEPEST:
            raise UnusualError
        inside = Place(place.depth + 1, place.language)
        for child in element:
            self.child(child, self.names.name(child.tag), inside)

    def _media_thumbnail(self, element: Element, attributes: Attributes, _place: Place) -> None:
        url = self.popped(element)
        self.context.setdefault("media_thumbnail", []).append(
            {"url": sound(url, base=self.base), **attributes} if url else attributes
        )

    def _itunes_image(self, element: Element, attributes: Attributes, _place: Place) -> None:
        no_children(element)
        if address := attributes.get("href") or attributes.get("url"):
            self.context["image"] = {"href": address}

    def _comments(self, element: Element, attributes: Attributes, place: Place) -> None:
        if attributes:
            raise UnusualError
        address = self.popped(element)
        self._store("comments", sound(address, base=self.base) if address else address, place.depth)

    def _feedburner_origlink(self, element: Element, attributes: Attributes, place: Place) -> None:
        if attributes:
            raise UnusualError
        self._store("feedburner_origlink", self.popped(element), place.depth)


_READERS: dict[str, Callable[[Elements, Element, Attributes, Place], None]] = {
    "title": Elements._title, "dc_title": Elements._title, "media_title": Elements._media_title,
    "link": Elements._link, "guid": Elements._guid, "id": Elements._guid,
    "description": Elements._description, "dc_description": Elements._description,
    "media_description": Elements._description, "summary": Elements._summary, "itunes_summary": Elements._summary,
    "content": Elements._content, "content_encoded": Elements._content_encoded,
    "author": Elements._author, "dc_creator": Elements._author, "dc_author": Elements._author,
    "itunes_author": Elements._author, "managingeditor": Elements._author,
    "category": Elements._category, "dc_subject": Elements._category, "keywords": Elements._category,
    "media_category": Elements._media_category, "itunes_category": Elements._itunes_category,
    "itunes_keywords": Elements._itunes_keywords, "media_keywords": Elements._media_keywords,
    "enclosure": Elements._enclosure, "source": Elements._source, "itunes_image": Elements._itunes_image,
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


def no_children(element: Element) -> None:
    """A text in which elements stand is not plain."""
    if len(element):
        raise UnusualError


def language_of(attributes: Attributes, outside: str | None) -> str | None:
    """The language stated here, none if it is stated to be none, else the one around."""
    stated = attributes.get("xml:lang", attributes.get("lang"))
    return outside if stated is None else stated or None


def inside_of(place: Place, attributes: Attributes) -> Place:
    """The place of the children of an element that stands at ``place``."""
    return Place(place.depth + 1, language_of(attributes, place.language))
