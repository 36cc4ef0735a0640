"""Reads authors and categories into the current feed or entry as feedparser does.

``elements`` maps element names to these methods; the state is that of ``context``.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.parsing.feedparser_compat.context import ElementScope, ParserState, check_no_children
from aggregator.parsing.feedparser_compat.names import Attributes, UnhandledElement
from aggregator.parsing.feedparser_compat.values import NotPlainError, repair_text
from aggregator.parsing.xml_repair import MAX_AUTHOR_LENGTH
from aggregator.parsing.xml_tree import XmlElement

_KNOWN_TAGS = "known tags"


@dataclass(slots=True)
class AuthorAndCategoryReader(ParserState):
    """The reader of authors and categories."""

    def read_author(self, element: XmlElement, _attributes: Attributes, _scope: ElementScope) -> None:
        """Reads a person, given as one line of text or as child elements."""
        person: dict[str, str] = {}
        self.context.setdefault("authors", []).append(person)
        for child in element:
            name = self.names[child.tag]
            self.read_attributes(child)
            check_no_children(child)
            if name is UnhandledElement.HARMLESS and not (child.text or "").strip():
                continue
            if name not in ("name", "email", "uri", "url"):
                raise NotPlainError
            value = (child.text or "").strip() if name in ("name", "email") else self.element_text(child)
            person[name if name in ("name", "email") else "href"] = value
        text = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
        if any(len(part) > MAX_AUTHOR_LENGTH for part in (text, *person.values())):  # ``xml_repair`` would shorten it
            raise NotPlainError
        if text and not person:
            person["line"] = repair_text(text)

    def read_category(self, element: XmlElement, attributes: Attributes, _scope: ElementScope) -> None:
        """Reads a category from its attributes or its text."""
        self._add_tag(
            attributes.get("term"), attributes.get("scheme", attributes.get("domain")), attributes.get("label")
        )
        self._set_term(self.element_text(element))

    def read_media_category(self, element: XmlElement, attributes: Attributes, scope: ElementScope) -> None:
        """Reads a category of Media RSS."""
        self.read_category(element, {"scheme": "http://search.yahoo.com/mrss/category_schema", **attributes}, scope)

    def read_itunes_category(self, element: XmlElement, attributes: Attributes, _scope: ElementScope) -> None:
        """Reads a category of iTunes from its ``text`` attribute."""
        self._add_tag(attributes.get("text"), "http://www.itunes.com/", None)
        self._set_term(self.element_text(element))

    def read_itunes_keywords(self, element: XmlElement, attributes: Attributes, _scope: ElementScope) -> None:
        """Reads the comma-separated keywords of iTunes."""
        self._add_keywords(element, attributes, "http://www.itunes.com/")

    def read_media_keywords(self, element: XmlElement, attributes: Attributes, _scope: ElementScope) -> None:
        """Reads the comma-separated keywords of Media RSS."""
        self._add_keywords(element, attributes, None)

    def _add_keywords(self, element: XmlElement, attributes: Attributes, scheme: str | None) -> None:
        if attributes:  # feedparser then stores the attributes instead of the text
            check_no_children(element)
            return
        for term in self.element_text(element).split(","):
            if term.strip():
                self._add_tag(term.strip(), scheme, None)

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags, known = self.context.setdefault("tags", []), self.context.setdefault(_KNOWN_TAGS, set())
        if (term or scheme or label) and (term, scheme, label) not in known:
            known.add((term, scheme, label))
            tags.append({"term": term, "scheme": scheme, "label": label})

    def _set_term(self, term: str) -> None:
        """Sets the text of a category as the term of the last tag, or adds a tag if that one has a term."""
        tags, known = self.context["tags"], self.context[_KNOWN_TAGS]
        if term and tags and not tags[-1]["term"]:
            last = tags[-1]
            known.discard((last["term"], last["scheme"], last["label"]))
            last["term"] = term
            known.add((term, last["scheme"], last["label"]))
        elif term:
            self._add_tag(term, None, None)
