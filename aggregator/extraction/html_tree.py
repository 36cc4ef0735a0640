"""What is on this page, as a tree of elements?

It judges no content. What would take long for sure, by size or by number of elements, is refused before
anything is parsed: extraction time grows faster than the page (20 MB take a minute, 200,000 links
longer), while of 1,900 real pages none had more than 3 MB or 6,000 elements.
"""

from __future__ import annotations

import re

from lxml import etree, html
from trafilatura.utils import detect_encoding, is_dubious_html, repair_faulty_html

from aggregator.extraction.page_encoding import decode
from aggregator.model.extraction import NoArticle

MAX_BYTES = 5_000_000
"""Largest page that is parsed."""

MAX_ELEMENTS = 50_000
"""Most start tags a page may have."""

START_TAG = re.compile(r"<[a-zA-Z]")
"""Where an element begins."""

_MARKUP = re.compile(r"<[a-zA-Z!?]")
_HTML_TYPES = frozenset({
    "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/octet-stream",
})  # fmt: skip
"""What servers call HTML; the last two are what careless ones say of everything."""
_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"PK\x03\x04", "an archive"),
    (b"\x1f\x8b", "compressed data"),
)
_PROGRAM_MARK = re.compile(r"[{}\[\]\"=;<>]")
_PROGRAM_MARKS = 0.06
"""Share of such marks in a long text from which it is a program or its data; in prose it is below .02."""
_BEGINNING = 50
"""Characters among which trafilatura looks for the word "html"."""
_CHILDREN = 2
"""Fewest elements in a document that does not begin with that word."""
_REPAIRED = 4096
"""Characters at the start of a document in which trafilatura repairs it, by whole lines."""
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NO_CHARACTERS = ("\ufffe", "\uffff")
"""With the controls what no text of an element may hold; trafilatura looks for them one by one."""
_LEADS = 1024
"""Characters among which the first tag of an HTML document is looked for."""


def parser(*, encoding: str | None = None, without_comments: bool = False) -> etree.HTMLParser:
    """A parser of HTML that gives the elements of lxml.html, in half their time.

    lxml.html's own asks a function in Python which class an element gets, once for each object that is made of it.
    """
    quick = etree.HTMLParser(
        collect_ids=False, encoding=encoding, remove_comments=without_comments, remove_pis=without_comments
    )
    quick.set_element_class_lookup(
        etree.ElementDefaultClassLookup(
            element=html.HtmlElement,
            comment=html.HtmlComment,
            pi=html.HtmlProcessingInstruction,
            entity=html.HtmlEntity,
        )
    )
    return quick


_PARSER = parser(encoding="utf-8", without_comments=True)


def read_tree(body: bytes, content_type: str | None) -> html.HtmlElement | NoArticle:
    """The tree in the bytes of a page, without drawings and without what its programs spilled into it.

    ``content_type`` is the header as sent. Comments and processing instructions are left out.
    """
    if reason := _refused_unread(body, content_type):
        return NoArticle(reason=reason)
    text = decode(body, content_type=content_type, guess=detect_encoding)
    if reason := _refused_unparsed(text):
        return NoArticle(reason=reason)
    tree = _parsed(text)
    if tree is None:
        return NoArticle(reason="the page cannot be parsed as HTML, or is nested too deeply")
    # A drawing is no text, and a link that holds one beside its words is a link all the same.
    etree.strip_elements(tree, "svg", with_tail=False)
    _clear_programs(tree)
    return tree


def _parsed(text: str) -> html.HtmlElement | None:
    """The page as trafilatura would parse it, in elements that cost less; None where that gives no document."""
    beginning = text[:_BEGINNING].lower()
    for character in _NO_CHARACTERS:
        text = text.replace(character, "")
    line_end = text.find("\n", _REPAIRED)
    start, rest = (text, "") if line_end < 0 else (text[:line_end], text[line_end:])
    repaired = repair_faulty_html(start, beginning) + rest
    try:
        tree = html.fromstring(repaired.encode("utf-8", "replace").translate(None, _CONTROLS), parser=_PARSER)
    except (etree.LxmlError, ValueError):
        return None
    return None if is_dubious_html(beginning) and len(tree) < _CHILDREN else tree


def _refused_unread(body: bytes, content_type: str | None) -> str | None:
    if not body.strip():
        return "the page is empty"
    if len(body) > MAX_BYTES:
        return f"the page has {len(body)} bytes, more than {MAX_BYTES}"
    for signature, what in _SIGNATURES:
        if body.startswith(signature):
            return f"the page is {what}, not HTML"
    media_type = (content_type or "").split(";", 1)[0].strip().lower()
    if media_type and media_type not in _HTML_TYPES:
        return f"the page is {media_type}, not HTML"
    return None


def _refused_unparsed(text: str) -> str | None:
    start = text.lstrip("\ufeff \t\r\n")[:_LEADS]
    if start.startswith(("{", "[")) or not _MARKUP.search(start):
        return "the page is not HTML"
    elements = sum(1 for _ in START_TAG.finditer(text))
    if elements > MAX_ELEMENTS:
        return f"the page has {elements} elements, more than {MAX_ELEMENTS}"
    return None


def _clear_programs(tree: html.HtmlElement) -> None:
    """Drops text that is a program's: a ``noscript`` or ``iframe`` that is closed wrongly spills scripts."""
    for text in tree.xpath(
        "//text()[string-length() > 500][not(ancestor::script or ancestor::style or ancestor::pre)]"
    ):
        element = text.getparent()
        if element.tag != "iframe" and len(_PROGRAM_MARK.findall(text)) < _PROGRAM_MARKS * len(text):
            continue
        if text.is_tail:
            element.tail = None
        else:
            element.text = None
