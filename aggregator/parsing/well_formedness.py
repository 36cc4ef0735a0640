"""Checks whether a text is well-formed XML, and where it stops being so.

One pass of expat that reads only the structure: the root, the end of the last complete entry,
undeclared namespace prefixes, and sizes that no publisher means. It changes nothing (see ``xml_repair``) and knows only
which elements are entries. The input must have no DOCTYPE: ``xml_repair`` removes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

MAX_ELEMENT_DEPTH = 256
"""Levels of nested elements; more take the later parsers quadratic time and have no meaning."""

MAX_ATTRIBUTES = 256
"""Attributes of one element; feedparser takes 36 s for 50,000."""

ENTRY_NAMES = frozenset({"item", "entry"})
"""Local names of the elements that are entries."""

_SITEMAP_ENTRIES = {"urlset": frozenset({"url"}), "sitemapindex": frozenset({"sitemap"})}
"""The same for sitemaps, by the local name of the root; in feeds ``url`` is a part of an image."""

_TRUNCATION_CODES = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_TRAILING_CODE = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]


@dataclass(frozen=True, kw_only=True, slots=True)
class XmlStructure:
    """The structure of a document.

    ``fault`` is a text about the first fault and its line, None if there is none. ``is_truncated`` and
    ``has_trailing_content`` are the two faults with an exact repair: the document ends too early, or has content
    after its root. ``exceeds_limits`` is no mistake but an attack on parsers. ``complete_until`` is the index in bytes
    after the last complete entry (after the root for ``has_trailing_content``), and ``open_elements`` are the elements
    that are open there, outermost first. ``undeclared_prefixes`` are namespace prefixes without declaration.
    """

    root: str | None
    fault: str | None = None
    is_truncated: bool = False
    has_trailing_content: bool = False
    exceeds_limits: bool = False
    complete_until: int | None = None
    open_elements: tuple[str, ...] = ()
    undeclared_prefixes: tuple[str, ...] = ()

    @property
    def is_sitemap(self) -> bool:
        """True if the root is that of a sitemap or a sitemap index."""
        return self.root is not None and _local(self.root) in _SITEMAP_ENTRIES

    @property
    def is_garbled(self) -> bool:
        """True if the fault is in the markup itself, not at the end and not a limit."""
        return self.fault is not None and not (self.is_truncated or self.has_trailing_content or self.exceeds_limits)


def check_structure(document: bytes) -> XmlStructure:
    """Checks ``document`` (UTF-8 XML without byte order mark or DOCTYPE); never raises."""
    reader = _StructureReader(document)
    try:
        reader.parser.Parse(document, True)
    except expat.ExpatError as error:
        return reader.report(fault=f"{expat.errors.messages[error.code]}, line {error.lineno}", code=error.code)
    except _LimitError as error:
        return reader.report(fault=str(error))
    return reader.report()


class _LimitError(Exception):
    """Raised in expat's callback, which has no other way to stop; carries the reason."""


@dataclass
class _StructureReader:
    """The state of one pass; expat calls ``_start`` and ``_end``."""

    document: bytes
    open_names: list[str] = field(default_factory=list)
    open_entries: int = 0
    root: str | None = None
    entries: frozenset[str] = ENTRY_NAMES
    complete_until: int | None = None
    open_elements: tuple[str, ...] = ()
    used_prefixes: set[str] = field(default_factory=set)
    declared_prefixes: set[str] = field(default_factory=lambda: {"xml", "xmlns"})

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.buffer_text = True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self.root is None:
            self.root = name
            self.entries = _SITEMAP_ENTRIES.get(_local(name), ENTRY_NAMES)
        self.open_names.append(name)
        self.open_entries += _local(name) in self.entries
        if len(self.open_names) > MAX_ELEMENT_DEPTH:
            raise _LimitError(f"nested more than {MAX_ELEMENT_DEPTH} elements deep")
        if len(attributes) > MAX_ATTRIBUTES:
            raise _LimitError(f"has an element with more than {MAX_ATTRIBUTES} attributes")
        if ":" in name:
            self.used_prefixes.add(name.partition(":")[0])
        for attribute in attributes:
            prefix, colon, local = attribute.partition(":")
            if colon and prefix == "xmlns":
                self.declared_prefixes.add(local)
            elif colon:
                self.used_prefixes.add(prefix)

    def _end(self, name: str) -> None:
        self.open_names.pop()
        is_entry = _local(name) in self.entries
        self.open_entries -= is_entry
        if (is_entry and not self.open_entries) or not self.open_names:
            self.complete_until = self._end_index(name)
            self.open_elements = tuple(self.open_names)

    def _end_index(self, name: str) -> int:
        """Returns the index after the element that ends here; expat is before an end tag but after ``<item/>``."""
        index = self.parser.CurrentByteIndex
        if self.document.startswith(b"</" + name.encode(), index):
            return self.document.index(b">", index) + 1
        return index

    @property
    def is_past_root(self) -> bool:
        """True if the root element has ended."""
        return self.root is not None and not self.open_names

    def report(self, *, fault: str | None = None, code: int | None = None) -> XmlStructure:
        return XmlStructure(
            root=self.root,
            fault=fault,
            is_truncated=code in _TRUNCATION_CODES and self.root is not None,
            has_trailing_content=code == _TRAILING_CODE or (code is not None and self.is_past_root),
            exceeds_limits=fault is not None and code is None,
            complete_until=self.complete_until,
            open_elements=self.open_elements,
            undeclared_prefixes=tuple(sorted(self.used_prefixes - self.declared_prefixes)),
        )


def _local(name: str) -> str:
    return name.rpartition(":")[2]
