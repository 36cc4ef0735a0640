"""Is a text well-formed XML, and if not, where does it stop being so?

One pass of expat that looks only at structure: it finds the root, the end of the last whole
entry, namespace prefixes nobody declared and sizes no publisher means. It changes nothing (see
``mending``) and knows nothing of what elements mean beyond which ones are entries. Give it no
DOCTYPE: entities are dealt with before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

DEEPEST = 256
"""Levels of nested elements; deeper ones cost the parsers behind quadratic time and mean nothing."""

MOST_ATTRIBUTES = 256
"""Attributes of one element; feedparser takes 36 s for 50,000."""

ENTRIES = frozenset({"item", "entry"})
"""Local names of the elements that are entries."""

_LISTED = {"urlset": frozenset({"url"}), "sitemapindex": frozenset({"sitemap"})}
"""The same in sitemaps, by the local name of the root; elsewhere ``url`` is a part of a picture."""

_AT_END = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_AFTER_ROOT = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]


@dataclass(frozen=True, kw_only=True, slots=True)
class Structure:
    """What one pass over a document found.

    ``fault`` says in words what is ill-formed and on which line, None if nothing is. ``cut`` and
    ``trailing`` name the two faults that have an exact remedy: the document ends too early, or
    goes on after its root; ``monstrous`` is no slip but an attack on parsers. ``whole_until`` is
    the index, in bytes, behind the last whole entry (behind the root for ``trailing``), and
    ``open_there`` are the elements open at that place, outermost first.
    """

    root: str | None
    fault: str | None = None
    cut: bool = False
    trailing: bool = False
    monstrous: bool = False
    whole_until: int | None = None
    open_there: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()

    @property
    def is_sitemap(self) -> bool:
        """Whether what the root holds are addresses rather than entries."""
        return self.root is not None and _local(self.root) in _LISTED

    @property
    def is_garbled(self) -> bool:
        """Whether the markup itself is wrong somewhere, rather than where the document ends or how it was built."""
        return self.fault is not None and not (self.cut or self.trailing or self.monstrous)


def structure_of(document: bytes) -> Structure:
    """Look at ``document`` (UTF-8 XML without byte order mark or DOCTYPE)."""
    reader = _Reader(document)
    try:
        reader.parser.Parse(document, True)
    except expat.ExpatError as error:
        return reader.report(fault=f"{expat.errors.messages[error.code]}, line {error.lineno}", code=error.code)
    except _MonstrousError as error:
        return reader.report(fault=str(error))
    return reader.report()


class _MonstrousError(Exception):
    """Raised, with the reason, out of expat's callback, which has no other way to stop."""


@dataclass
class _Reader:
    """The state of one pass; expat calls the two methods."""

    document: bytes
    open_names: list[str] = field(default_factory=list)
    open_entries: int = 0
    root: str | None = None
    entries: frozenset[str] = ENTRIES
    whole_until: int | None = None
    open_there: tuple[str, ...] = ()
    used: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=lambda: {"xml", "xmlns"})

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.buffer_text = True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self.root is None:
            self.root = name
            self.entries = _LISTED.get(_local(name), ENTRIES)
        self.open_names.append(name)
        self.open_entries += _local(name) in self.entries
        if len(self.open_names) > DEEPEST:
            raise _MonstrousError(f"nested more than {DEEPEST} elements deep")
        if len(attributes) > MOST_ATTRIBUTES:
            raise _MonstrousError(f"has an element with more than {MOST_ATTRIBUTES} attributes")
        if ":" in name:
            self.used.add(name.partition(":")[0])
        for attribute in attributes:
            prefix, colon, local = attribute.partition(":")
            if colon and prefix == "xmlns":
                self.declared.add(local)
            elif colon:
                self.used.add(prefix)

    def _end(self, name: str) -> None:
        self.open_names.pop()
        is_entry = _local(name) in self.entries
        self.open_entries -= is_entry
        if (is_entry and not self.open_entries) or not self.open_names:
            self.whole_until = self._behind(name)
            self.open_there = tuple(self.open_names)

    def _behind(self, name: str) -> int:
        """The index behind the element that ends here; expat stands before an end tag but behind ``<item/>``."""
        here = self.parser.CurrentByteIndex
        if self.document.startswith(b"</" + name.encode(), here):
            return self.document.index(b">", here) + 1
        return here

    def report(self, *, fault: str | None = None, code: int | None = None) -> Structure:
        return Structure(
            root=self.root,
            fault=fault,
            cut=code in _AT_END and self.root is not None,
            trailing=code == _AFTER_ROOT,
            monstrous=fault is not None and code is None,
            whole_until=self.whole_until,
            open_there=self.open_there,
            undeclared=tuple(sorted(self.used - self.declared)),
        )


def _local(name: str) -> str:
    return name.rpartition(":")[2]
