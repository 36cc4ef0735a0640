"""What does feedparser make of the elements that name people and topics?

They change the context of ``carried``; which element is which of these is ``elements``' to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.parsing.feedparser_compat.context import Carried, Place, no_children
from aggregator.parsing.feedparser_compat.names import Attributes, Element, Unknown
from aggregator.parsing.feedparser_compat.values import UnusualError, person_of, repaired
from aggregator.parsing.xml_repair import LONGEST_NAME

_KNOWN_TAGS = "known tags"


@dataclass(slots=True)
class Labels(Carried):
    """How authors and categories change the context they stand in."""

    def author(self, element: Element, _attributes: Attributes, place: Place) -> None:
        """A person, in a line or in parts."""
        person: dict[str, str] = {}
        self.context.setdefault("authors", []).append(person)
        for child in element:
            name = self.names[child.tag]
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
        self.store("author", repaired(text), place.depth)
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

    def category(self, element: Element, attributes: Attributes, _place: Place) -> None:
        """A topic, named by its attributes or by its text."""
        self._add_tag(
            attributes.get("term"), attributes.get("scheme", attributes.get("domain")), attributes.get("label")
        )
        self._name_tag(self.popped(element))

    def media_category(self, element: Element, attributes: Attributes, place: Place) -> None:
        """A topic of Media RSS."""
        self.category(element, {"scheme": "http://search.yahoo.com/mrss/category_schema", **attributes}, place)

    def itunes_category(self, element: Element, attributes: Attributes, _place: Place) -> None:
        """A topic of iTunes, named by an attribute."""
        self._add_tag(attributes.get("text"), "http://www.itunes.com/", None)
        self._name_tag(self.popped(element))

    def itunes_keywords(self, element: Element, attributes: Attributes, _place: Place) -> None:
        """Topics of iTunes, between commas."""
        self._add_keywords(element, attributes, "http://www.itunes.com/")

    def media_keywords(self, element: Element, attributes: Attributes, _place: Place) -> None:
        """Topics of Media RSS, between commas."""
        self._add_keywords(element, attributes, None)

    def _add_keywords(self, element: Element, attributes: Attributes, scheme: str | None) -> None:
        if attributes:  # then feedparser keeps them instead of its text
            no_children(element)
            return
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
