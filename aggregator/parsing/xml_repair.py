"""How does a broken feed document become XML that a parser reads to its end?

Every repair is exact: it changes what cannot be XML (control characters, bare ampersands, named
HTML entities, undeclared prefixes, values without quotes, text around the document, a cut-off
end) and leaves the rest alone. A document cut in the middle of an entry loses that entry: half an
article is worse than none. What still is ill-formed afterwards is left to feedparser's lenient
reader. The DOCTYPE is always taken out, and its simple entities are replaced here, so no parser
behind ever expands one.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from aggregator.model.parsing import Unreadable
from aggregator.parsing.well_formedness import Structure, structure_of

LONGEST_NAME = 300
"""Characters of a person element; feedparser searches them for e-mail addresses in quadratic time (its #580)."""

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DECLARATION = re.compile(r"<\?xml\s[^>]{0,500}\?>\s*", re.IGNORECASE)
FEED_ROOT = re.compile(
    r"<(?:\w{1,20}:)?(?:(?:rss|feed|rdf|channel|entry)[\s>]|(?P<sitemap>urlset|sitemapindex)[\s/>])", re.IGNORECASE
)
"""The start tag that tells a feed from any other markup."""

_ROOT_END = re.compile(r"</(?:\w{1,20}:)?(?:rss|feed|rdf|urlset|sitemapindex)\s*>", re.IGNORECASE)
_DOCTYPE_START = re.compile("<!DOCTYPE", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[(.*?)\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ELEMENT = re.compile(r"<[A-Za-z_]")
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]{1,60})\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_EXTERNAL = re.compile(r"<!ENTITY\s+([\w.-]{1,60})\s+(?:SYSTEM|PUBLIC)\b")
_SIMPLE = re.compile(r"[^<&%]{0,200}|&#\d{1,7};|&#x[0-9A-Fa-f]{1,6};")
_CDATA = r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
_UNTOUCHED = rf"{_CDATA}|<!--.*?(?:-->|\Z)"
_MARKUP = re.compile(
    _UNTOUCHED
    + r"|&(?:#(?P<decimal>\d{1,7});|#[xX](?P<hexadecimal>[0-9A-Fa-f]{1,6});|(?P<name>[A-Za-z][\w.-]{0,60});)?"
    r"|<\?xml[\s?][^>]{0,500}\?>"
    r"|<(?![A-Za-z_/!?:])",
    re.DOTALL,
)
_ENTRY_END = re.compile(_UNTOUCHED + r"|(</(?:\w{1,20}:)?(?:item|entry)\s*>)", re.IGNORECASE | re.DOTALL)
_LISTED_END = re.compile(_UNTOUCHED + r"|(</(?:\w{1,20}:)?(?:url|sitemap)\s*>)", re.IGNORECASE | re.DOTALL)
_START_TAG = re.compile(_UNTOUCHED + r"|<[A-Za-z_][^<>]{0,5000}>", re.DOTALL)
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|(\s[A-Za-z_][\w:.-]*\s*=\s*)([^\s\"'<>`]+?)(?=\s|/?>)")
_LONG_PERSON = re.compile(
    r"(<(?:[\w-]{1,20}:)?(?:author|creator|contributor|publisher|managingEditor|webMaster|owner|name|email)\b[^<>]{0,1000}>"
    r"\s*(?:<!\[CDATA\[)?[^<\]]{"
    rf"{LONGEST_NAME}"
    rf"}})[^<\]]+|{_CDATA}",
    re.IGNORECASE | re.DOTALL,
)
CUT_OFF = "is truncated"
"""The problem of a document that ends too early: it was not received, or not written, whole."""

_CUT_EARLY = "the document is truncated before the end of its first entry"
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})

# Publishers forget the declaration, never the customary prefix.
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
class Mended:
    """A document as text without declaration and DOCTYPE, its structure, and what was wrong with it."""

    text: str
    structure: Structure
    problems: tuple[str, ...] = ()


def mended(text: str) -> Mended | Unreadable:
    """Repair ``text`` as far as needed; refuse what is built to exhaust a parser or has no whole entry left."""
    text, problems = _cleaned(text)
    text, entities = _without_doctype(text)
    if isinstance(entities, Unreadable):
        return entities
    text = _LONG_PERSON.sub(lambda match: match[1] or match.group(), text)
    found = structure_of(text.encode())
    if found.fault:
        problems.append(found.fault)
    if found.is_garbled:
        text = _escaped(text, entities)
        found = structure_of(text.encode())
    if found.is_garbled:
        text = _START_TAG.sub(_quoted, text)
        found = structure_of(text.encode())
    if found.monstrous:
        return Unreadable(reason=f"the document would exhaust an XML parser: {found.fault}")
    if found.undeclared:
        problems.append("uses undeclared prefixes: " + ", ".join(found.undeclared[:10]))
        text = _declared(text, found.undeclared[:100])
        found = structure_of(text.encode())
    return _ended(text, found, problems)


def _cleaned(text: str) -> tuple[str, list[str]]:
    problems = []
    if ILLEGAL.search(text):
        text = ILLEGAL.sub("", text)
        problems.append("has control characters that XML does not allow")
    start = _start(text)
    if text[:start].strip():
        problems.append("has text before the document")
    declaration = DECLARATION.match(text, start)
    return text[declaration.end() if declaration else start :], problems


def _start(text: str) -> int:
    """Where the document begins: its declaration, DOCTYPE, comment or root, after whatever a server printed first."""
    blank = len(text) - len(text.lstrip())
    if text.startswith(("<?", "<!"), blank) or FEED_ROOT.match(text, blank):
        return blank
    declaration, root = text.find("<?xml"), FEED_ROOT.search(text)
    places = [place for place in (declaration, root.start() if root else -1) if place >= 0]
    return min(places, default=blank)


def _without_doctype(text: str) -> tuple[str, Mapping[str, str] | Unreadable]:
    """The text without its DOCTYPE, and its entities; external ones are never read and stand for nothing."""
    start = _DOCTYPE_START.search(text)
    doctype = _DOCTYPE.match(text, start.start()) if start and not _ELEMENT.search(text, 0, start.start()) else None
    if doctype is None:
        return text, {}
    entities = dict.fromkeys(_EXTERNAL.findall(doctype[1] or ""), "")
    for name, double, single in _ENTITY.findall(doctype[1] or ""):
        value = double or single
        if name in _PREDEFINED:
            continue
        if not _SIMPLE.fullmatch(value):
            return text, Unreadable(reason=f"the document defines an entity ({name}) that expands to more than text")
        entities[name] = value
    rest = text[: doctype.start()] + text[doctype.end() :]
    if _DOCTYPE_START.search(rest, 0, start.start() + 1000 if start else 0):
        return text, Unreadable(reason="the document has two document types")
    return rest, entities


def _escaped(text: str, entities: Mapping[str, str]) -> str:
    """References and angle brackets as XML has them; outside CDATA sections and comments; no second declaration."""

    def replacement(match: re.Match[str]) -> str:
        token = match.group()
        if token == "<":  # noqa: S105  # a token of markup
            return "&lt;"
        if token[0] == "<":
            return "" if token.startswith("<?") else token
        if match["decimal"] or match["hexadecimal"]:
            code = int(match["decimal"] or "0") or int(match["hexadecimal"] or "0", 16)
            return token.replace("X", "x") if code <= 0x10FFFF and not ILLEGAL.match(chr(code)) else ""
        return _reference(match["name"], entities) if match["name"] else "&amp;"

    return _MARKUP.sub(replacement, text)


def _quoted(tag: re.Match[str]) -> str:
    """A start tag with quotes around the values that lack them; anything else as it is."""
    token = tag.group()
    if token.startswith("<!") or "=" not in token:
        return token
    return _VALUE.sub(lambda value: f'{value[1]}"{value[2]}"' if value[2] else value.group(), token)


def _reference(name: str, entities: Mapping[str, str]) -> str:
    if name in _PREDEFINED:
        return f"&{name};"
    if name in entities:
        return entities[name]
    character = html.entities.html5.get(f"{name};")
    return escape(character) if character else f"&amp;{name};"


def _declared(text: str, prefixes: tuple[str, ...]) -> str:
    """The root element with a declaration for each prefix it should have declared."""
    root = re.search(r"<[A-Za-z_][^\s/>]*", text)
    if root is None:
        return text
    declarations = "".join(
        f" xmlns:{prefix}={quoteattr(_NAMESPACES.get(prefix, 'urn:undeclared:' + prefix))}" for prefix in prefixes
    )
    return text[: root.end()] + declarations + text[root.end() :]


def _ended(text: str, found: Structure, problems: list[str]) -> Mended | Unreadable:
    """The document closed behind its last whole entry if it ends too early, and at its root if it goes on."""
    if found.fault and not (found.cut or found.trailing or _ROOT_END.search(text)):
        ends = (_LISTED_END if found.is_sitemap else _ENTRY_END).finditer(text)
        end = max((match.end() for match in ends if match[1]), default=None)
        if end is None:
            return Unreadable(reason=_CUT_EARLY)
        problems.append(CUT_OFF)
        text = text[:end]
        found = structure_of(text.encode())
    if found.cut or found.trailing:
        problems.append(CUT_OFF if found.cut else "has content after its root element")
        if found.whole_until is None:
            return Unreadable(reason=_CUT_EARLY)
        whole = text.encode()[: found.whole_until].decode()
        text = whole + "".join(f"</{name}>" for name in reversed(found.open_there))
        found = structure_of(text.encode())
    return Mended(text=text, structure=found, problems=tuple(dict.fromkeys(problems)))
