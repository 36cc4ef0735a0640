"""Repairs a broken feed document, so that an XML parser reads it to its end.

Every repair is exact: it changes only what is not XML (control characters, bare ampersands, named HTML entities,
undeclared prefixes, values without quotes, text around the document, a truncated end). A document that is
truncated inside an entry loses that entry: half an article is worse than none. A document that is still ill-formed is
left to feedparser's lenient parser. The DOCTYPE is always removed and its entities are replaced here, within limits,
so that no later parser expands an entity.
"""

from __future__ import annotations

import html.entities
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from aggregator.model.parsing import Unreadable
from aggregator.parsing.cdata_repair import join_nested_sections
from aggregator.parsing.well_formedness import XmlStructure, check_structure

MAX_AUTHOR_LENGTH = 300
"""Characters of an author; feedparser searches longer ones for e-mail addresses in quadratic time (its #580)."""

ILLEGAL_CHARACTERS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
XML_DECLARATION = re.compile(r"<\?xml\s[^>]{0,500}\?>\s*", re.IGNORECASE)
ROOT_START_TAG = re.compile(
    r"<(?:\w{1,20}:)?(?:(?:rss|feed|rdf|channel|entry)[\s>]|(?P<sitemap>urlset|sitemapindex)[\s/>])", re.IGNORECASE
)
"""The start tag of a feed or sitemap."""

_ROOT_END = re.compile(r"</(?:\w{1,20}:)?(?:rss|feed|rdf|urlset|sitemapindex)\s*>", re.IGNORECASE)
_DOCTYPE_START = re.compile("<!DOCTYPE", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[(.*?)\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ELEMENT = re.compile(r"<[A-Za-z_]")
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]{1,60})\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_EXTERNAL_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]{1,60})\s+(?:SYSTEM|PUBLIC)\b")
_REFERENCE = re.compile(r"&([A-Za-z_][\w.-]{0,60});")
_MAX_ENTITY_LENGTH = 1_000
"""Characters of an entity after its references to other entities were replaced."""

_MAX_ENTITY_DEPTH = 5
_MAX_EXPANSION = 1_000_000
"""Characters that all references to entities of the document may add to it."""

_HIGH_SURROGATE = re.compile(r"#(?:[xX][dD][89abAB]|5[5-6]\d{3};)")
_SURROGATE_PAIR = re.compile(
    r"&(?:amp;)?#(?:[xX]([dD][89abAB][0-9a-fA-F]{2})|(5[5-6]\d{3}));"
    r"&(?:amp;)?#(?:[xX]([dD][c-fC-F][0-9a-fA-F]{2})|(5[6-7]\d{3}));"
)
_HIGH_SURROGATES, _LOW_SURROGATES = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
_CDATA = r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
_UNCHANGED = rf"{_CDATA}|<!--.*?(?:-->|\Z)"
_MARKUP = re.compile(
    _UNCHANGED
    + r"|&(?:#(?P<decimal>\d{1,7});|#[xX](?P<hexadecimal>[0-9A-Fa-f]{1,6});|(?P<name>[A-Za-z][\w.-]{0,60});)?"
    r"|<\?xml[\s?][^>]{0,500}\?>"
    r"|<(?![A-Za-z_/!?:])",
    re.DOTALL,
)
_ENTRY_END = re.compile(_UNCHANGED + r"|(</(?:\w{1,20}:)?(?:item|entry)\s*>)", re.IGNORECASE | re.DOTALL)
_SITEMAP_ENTRY_END = re.compile(_UNCHANGED + r"|(</(?:\w{1,20}:)?(?:url|sitemap)\s*>)", re.IGNORECASE | re.DOTALL)
_START_TAG = re.compile(_UNCHANGED + r"|<[A-Za-z_][^<>]{0,5000}>", re.DOTALL)
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|(\s[A-Za-z_][\w:.-]*\s*=\s*)([^\s\"'<>`]+?)(?=\s|/?>)")
_LONG_AUTHOR = re.compile(
    r"(<(?:[\w-]{1,20}:)?(?:author|creator|contributor|publisher|managingEditor|webMaster|owner|name|email)\b[^<>]{0,1000}>"
    r"\s*(?:<!\[CDATA\[)?[^<\]]{"
    rf"{MAX_AUTHOR_LENGTH}"
    rf"}})[^<\]]+|{_CDATA}",
    re.IGNORECASE | re.DOTALL,
)
TRUNCATED = "is truncated"
"""The problem of a document that ends too early: it was not received or not written completely."""

_NO_COMPLETE_ENTRY = "the document is truncated before the end of its first entry"
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})

# Publishers omit the declaration, but use the customary prefix.
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://backend.userland.com/rss2",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "xhtml": "http://www.w3.org/1999/xhtml",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RepairedXml:
    """A repaired document, without declaration and DOCTYPE, with its structure and its problems."""

    text: str
    structure: XmlStructure
    problems: tuple[str, ...] = ()


def join_surrogates(text: str) -> str:
    """Replaces pairs of references to surrogates by their character, also where they are escaped.

    Programs that write UTF-16 one unit at a time write ``&#xD83D;&#xDE00;``. XML and HTML allow no such reference.
    """
    return _SURROGATE_PAIR.sub(_joined_pair, text) if _HIGH_SURROGATE.search(text) else text


def _joined_pair(pair: re.Match[str]) -> str:
    high = int(pair[1], 16) if pair[1] else int(pair[2])
    low = int(pair[3], 16) if pair[3] else int(pair[4])
    if high not in _HIGH_SURROGATES or low not in _LOW_SURROGATES:
        return pair.group()
    return chr(0x10000 + ((high - _HIGH_SURROGATES.start) << 10) + low - _LOW_SURROGATES.start)


def repair_xml(text: str) -> RepairedXml | Unreadable:
    """Repairs a document; refuses one that would exhaust a parser, or that has no complete entry."""
    text, problems = _remove_surroundings(text)
    text, entities = _remove_doctype(text)
    if isinstance(entities, Unreadable):
        return entities
    text = _LONG_AUTHOR.sub(lambda match: match[1] or match.group(), text)
    structure = check_structure(text.encode())
    if structure.fault:
        problems.append(structure.fault)
        if (joined := join_nested_sections(text)) != text:
            text, structure = joined, check_structure(joined.encode())
    if structure.is_garbled:
        text = _escape_markup(text, entities)
        structure = check_structure(text.encode())
    if structure.is_garbled:
        text = _START_TAG.sub(_quote_values, text)
        structure = check_structure(text.encode())
    if structure.exceeds_limits:
        return Unreadable(reason=f"the document would exhaust an XML parser: {structure.fault}")
    if structure.undeclared_prefixes:
        problems.append("uses undeclared prefixes: " + ", ".join(structure.undeclared_prefixes[:10]))
        text = _declare_prefixes(text, structure.undeclared_prefixes[:100])
        structure = check_structure(text.encode())
    return _repair_end(text, structure, problems)


def repair_markup(text: str) -> str | Unreadable:
    """Makes markup well-formed where that is exact: references, angle brackets, unquoted values, control characters.

    Removes declaration and DOCTYPE. For documents whose elements the caller knows; refuses harmful entities.
    """
    text, entities = _remove_doctype(XML_DECLARATION.sub("", ILLEGAL_CHARACTERS.sub("", text), count=1))
    if isinstance(entities, Unreadable):
        return entities
    text = _START_TAG.sub(_quote_values, _escape_markup(text, entities))
    prefixes = check_structure(text.encode()).undeclared_prefixes
    return _declare_prefixes(text, prefixes[:100]) if prefixes else text


def _remove_surroundings(text: str) -> tuple[str, list[str]]:
    problems = []
    if ILLEGAL_CHARACTERS.search(text):
        text = ILLEGAL_CHARACTERS.sub("", text)
        problems.append("has control characters that XML does not allow")
    start = _start_of_document(text)
    if text[:start].strip():
        problems.append("has text before the document")
    while declaration := XML_DECLARATION.match(text, start):  # some publishers write two
        start = declaration.end()
    return text[start:], problems


def _start_of_document(text: str) -> int:
    """Returns the index of the declaration, DOCTYPE, comment or root, after text that a server printed before it."""
    content_start = len(text) - len(text.lstrip())
    if text.startswith(("<?", "<!"), content_start) or ROOT_START_TAG.match(text, content_start):
        return content_start
    declaration, root = text.find("<?xml"), ROOT_START_TAG.search(text)
    starts = [index for index in (declaration, root.start() if root else -1) if index >= 0]
    return min(starts, default=content_start)


def _remove_doctype(text: str) -> tuple[str, Mapping[str, str] | Unreadable]:
    """Returns the text without DOCTYPE, and its entities; external ones are never fetched and become empty."""
    start = _DOCTYPE_START.search(text)
    doctype = _DOCTYPE.match(text, start.start()) if start and not _ELEMENT.search(text, 0, start.start()) else None
    if doctype is None:
        return text, {}
    rest = text[: doctype.start()] + text[doctype.end() :]
    first_element = _ELEMENT.search(rest)
    if _DOCTYPE_START.search(rest, 0, first_element.start() if first_element else len(rest)):
        return text, Unreadable(reason="the document has two document types")
    return rest, _entities_of(doctype[1] or "", rest)


def _entities_of(subset: str, document: str) -> Mapping[str, str] | Unreadable:
    """Returns the entities that a DOCTYPE declares and the document uses, with the entities inside them replaced.

    Refuses entities that would make the document much longer.
    """
    declared = dict.fromkeys(_EXTERNAL_ENTITY.findall(subset), "")
    declared.update({name: double or single for name, double, single in _ENTITY.findall(subset)})
    used = Counter(_REFERENCE.findall(document)) if declared else Counter()
    entities: dict[str, str] = {}
    expansion = 0
    for name in sorted((declared.keys() & used.keys()) - _PREDEFINED):
        value = _expanded(declared[name], declared, depth=0)
        expansion += used[name] * len(value or "")
        if value is None or expansion > _MAX_EXPANSION:
            return Unreadable(reason=f"the document defines an entity ({name}) that expands to a very long text")
        entities[name] = value
    return entities


def _expanded(value: str, declared: Mapping[str, str], *, depth: int) -> str | None:
    """Returns the value of an entity as markup without references to other entities; None if it is too long."""
    if depth > _MAX_ENTITY_DEPTH or len(value) > _MAX_ENTITY_LENGTH:
        return None
    parts: list[str] = []
    for number, part in enumerate(_REFERENCE.split(value)):
        expanded: str | None = part
        if number % 2:  # the name of a reference
            is_declared = part in declared and part not in _PREDEFINED
            expanded = (
                _expanded(declared[part], declared, depth=depth + 1) if is_declared else _replace_reference(part, {})
            )
        if expanded is None or sum(len(known) for known in parts) + len(expanded) > _MAX_ENTITY_LENGTH:
            return None
        parts.append(expanded)
    return "".join(parts)


def _escape_markup(text: str, entities: Mapping[str, str]) -> str:
    """Escapes invalid references and angle brackets outside CDATA and comments; removes further declarations."""

    def replacement(match: re.Match[str]) -> str:
        token = match.group()
        if token == "<":  # noqa: S105  # a token of markup
            return "&lt;"
        if token[0] == "<":
            return "" if token.startswith("<?") else token
        if match["decimal"] or match["hexadecimal"]:
            code = int(match["decimal"] or "0") or int(match["hexadecimal"] or "0", 16)
            return token.replace("X", "x") if code <= 0x10FFFF and not ILLEGAL_CHARACTERS.match(chr(code)) else ""
        return _replace_reference(match["name"], entities) if match["name"] else "&amp;"

    return _MARKUP.sub(replacement, text)


def _quote_values(tag: re.Match[str]) -> str:
    """Adds quotes to unquoted attribute values of a start tag; other markup stays as it is."""
    token = tag.group()
    if token.startswith("<!") or "=" not in token:
        return token
    return _VALUE.sub(lambda value: f'{value[1]}"{value[2]}"' if value[2] else value.group(), token)


def _replace_reference(name: str, entities: Mapping[str, str]) -> str:
    if name in _PREDEFINED:
        return f"&{name};"
    if name in entities:
        return entities[name]
    character = html.entities.html5.get(f"{name};")
    return escape(character) if character else f"&amp;{name};"


def _declare_prefixes(text: str, prefixes: tuple[str, ...]) -> str:
    """Adds a declaration for each undeclared prefix to the root element."""
    root = re.search(r"<[A-Za-z_][^\s/>]*", text)
    if root is None:
        return text
    declarations = "".join(
        f" xmlns:{prefix}={quoteattr(_NAMESPACES.get(prefix, 'urn:undeclared:' + prefix))}" for prefix in prefixes
    )
    return text[: root.end()] + declarations + text[root.end() :]


def _repair_end(text: str, structure: XmlStructure, problems: list[str]) -> RepairedXml | Unreadable:
    """Ends a truncated document after its last complete entry, and any other after its root."""
    if structure.fault and not (structure.is_truncated or structure.has_trailing_content or _ROOT_END.search(text)):
        ends = (_SITEMAP_ENTRY_END if structure.is_sitemap else _ENTRY_END).finditer(text)
        end = max((match.end() for match in ends if match[1]), default=None)
        if end is None:
            return Unreadable(reason=_NO_COMPLETE_ENTRY)
        problems.append(TRUNCATED)
        text = text[:end]
        structure = check_structure(text.encode())
    if structure.is_truncated or structure.has_trailing_content:
        problems.append(TRUNCATED if structure.is_truncated else "has content after its root element")
        if structure.complete_until is None:
            return Unreadable(reason=_NO_COMPLETE_ENTRY)
        complete = text.encode()[: structure.complete_until].decode()
        text = complete + "".join(f"</{name}>" for name in reversed(structure.open_elements))
        structure = check_structure(text.encode())
    return RepairedXml(text=text, structure=structure, problems=tuple(dict.fromkeys(problems)))
