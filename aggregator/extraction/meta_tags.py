"""Reads the meta tags of a page by their name, property, itemprop or http-equiv attribute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lxml import html

_NAMES = ("property", "name", "itemprop", "http-equiv")
_MAX_VALUES = 20


class MetaTags:
    """The values of a page's meta tags by lower-case name; runs of white space in a value are one space."""

    def __init__(self, values: Mapping[str, tuple[str, ...]]) -> None:
        self._values = values

    def first(self, names: Iterable[str]) -> str:
        """The first value of the first name that has one, or ""."""
        return next((self._values[name][0] for name in names if name in self._values), "")

    def each(self, names: Iterable[str]) -> Iterator[tuple[str, ...]]:
        """All values of each name that has any, one tuple per name."""
        return (self._values[name] for name in names if name in self._values)


def read_meta_tags(tree: html.HtmlElement) -> MetaTags:
    """Reads every meta tag with a name and a value; 20 different values per name at most."""
    values: dict[str, list[str]] = {}
    for tag in tree.iter("meta"):
        content = " ".join((tag.get("content") or "").split())
        if not content:
            continue
        for attribute in _NAMES:
            if name := (tag.get(attribute) or "").strip().lower():
                found = values.setdefault(name, [])
                if len(found) < _MAX_VALUES and content not in found:
                    found.append(content)
    return MetaTags({name: tuple(found) for name, found in values.items()})
