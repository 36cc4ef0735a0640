"""Parses the bytes of a page into an element tree.

A page with too many bytes or elements is refused before it is parsed, because extraction time grows faster than
the page: 20 MB take a minute, 200,000 links longer. Of 1,900 real pages none had more than 3 MB or 6,000
elements.
"""

from __future__ import annotations

import re

from lxml import etree, html
from trafilatura.utils import detect_encoding, is_dubious_html, repair_faulty_html

from aggregator.extraction.page_encoding import decode_page
from aggregator.model.extraction import NoArticle
from aggregator.parsing.content.drawings import rewrite_drawings
from aggregator.parsing.content.formulas import rewrite_formulas

MAX_BYTES = 5_000_000
"""Most bytes of a page that is parsed."""

MAX_ELEMENTS = 50_000
"""Most start tags of a page that is parsed."""

START_TAG = re.compile(r"<[a-zA-Z]")
"""The beginning of a start tag."""

_MARKUP = re.compile(r"<[a-zA-Z!?]")
_HTML_TYPES = frozenset({
    "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/octet-stream",
})  # fmt: skip
"""The media types that servers send with HTML; some send the last two with every document."""
_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"PK\x03\x04", "an archive"),
    (b"\x1f\x8b", "compressed data"),
)
_CODE_CHARACTER = re.compile(r"[{}\[\]\"=;<>]")
_MIN_CODE_SHARE = 0.06
"""Least share of such characters in a long text that is code or data; prose has less than .02."""
_DOUBTFUL_PREFIX = 50
"""The number of characters in which trafilatura expects the word "html"."""
_MIN_CHILDREN = 2
"""Least number of elements in a document that does not begin with that word."""
_REPAIRED_PREFIX = 4096
"""The number of characters at the start of a document that trafilatura repairs, in complete lines."""
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NONCHARACTERS = ("\ufffe", "\uffff")
"""Not allowed in XML text, as control characters are not; trafilatura removes them one by one."""
_SNIFFED_PREFIX = 1024
"""The number of characters in which the first tag of an HTML document is expected."""


def html_parser(*, encoding: str | None = None, without_comments: bool = False) -> etree.HTMLParser:
    """An HTML parser that creates lxml.html elements in half the time of lxml.html's own parser.

    lxml.html's parser calls a Python function for the class of each element object.
    """
    fast_parser = etree.HTMLParser(
        collect_ids=False, encoding=encoding, remove_comments=without_comments, remove_pis=without_comments
    )
    fast_parser.set_element_class_lookup(
        etree.ElementDefaultClassLookup(
            element=html.HtmlElement,
            comment=html.HtmlComment,
            pi=html.HtmlProcessingInstruction,
            entity=html.HtmlEntity,
        )
    )
    return fast_parser


_TEXT_ELEMENTS = ("p", "a", "button", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "nav", "header")
"""Elements in which a drawing is no picture of its own."""

_PARSER = html_parser(encoding="utf-8", without_comments=True)


def parse_page(body: bytes, content_type: str | None) -> html.HtmlElement | NoArticle:
    """Parses the bytes of a page, or returns ``NoArticle`` with the reason.

    ``content_type`` is the header as sent. The tree has no comments, processing instructions, icons (inline SVG), or
    script code outside of script elements. Each formula is there once, as MathML or TeX.
    """
    if reason := _refusal_of_bytes(body, content_type):
        return NoArticle(reason=reason)
    text = decode_page(body, content_type=content_type, guess=detect_encoding)
    if reason := _refusal_of_text(text):
        return NoArticle(reason=reason)
    tree = _parsed(text)
    if tree is None:
        return NoArticle(reason="the page cannot be parsed as HTML, or is nested too deeply")
    rewrite_formulas(tree)
    # An icon is no text; a link with an icon and words keeps its words.
    rewrite_drawings(tree)
    for drawing in list(tree.iterfind(".//svg")):
        if next(drawing.iterancestors(*_TEXT_ELEMENTS), None) is not None:
            drawing.drop_tree()
    _clear_code(tree)
    return tree


def _parsed(text: str) -> html.HtmlElement | None:
    """The same tree as trafilatura's parser gives, in faster elements; None if there is no document."""
    beginning = text[:_DOUBTFUL_PREFIX].lower()
    for character in _NONCHARACTERS:
        text = text.replace(character, "")
    line_end = text.find("\n", _REPAIRED_PREFIX)
    start, rest = (text, "") if line_end < 0 else (text[:line_end], text[line_end:])
    repaired = repair_faulty_html(start, beginning) + rest
    try:
        tree = html.fromstring(repaired.encode("utf-8", "replace").translate(None, _CONTROLS), parser=_PARSER)
    except (etree.LxmlError, ValueError):
        return None
    return None if is_dubious_html(beginning) and len(tree) < _MIN_CHILDREN else tree


def _refusal_of_bytes(body: bytes, content_type: str | None) -> str | None:
    if not body.strip():
        return "the page is empty"
    if len(body) > MAX_BYTES:
        return f"the page has {len(body)} bytes, more than {MAX_BYTES}"
    for signature, kind in _SIGNATURES:
        if body.startswith(signature):
            return f"the page is {kind}, not HTML"
    media_type = (content_type or "").split(";", 1)[0].strip().lower()
    if media_type and media_type not in _HTML_TYPES:
        return f"the page is {media_type}, not HTML"
    return None


def _refusal_of_text(text: str) -> str | None:
    start = text.lstrip("\ufeff \t\r\n")[:_SNIFFED_PREFIX]
    if start.startswith(("{", "[")) or not _MARKUP.search(start):
        return "the page is not HTML"
    elements = sum(1 for _ in START_TAG.finditer(text))
    if elements > MAX_ELEMENTS:
        return f"the page has {elements} elements, more than {MAX_ELEMENTS}"
    return None


def _clear_code(tree: html.HtmlElement) -> None:
    """Removes script code from the text: a ``noscript`` or ``iframe`` without a correct end tag leaves code there."""
    for text in tree.xpath(
        "//text()[string-length() > 500][not(ancestor::script or ancestor::style or ancestor::pre)]"
    ):
        element = text.getparent()
        if element.tag != "iframe" and len(_CODE_CHARACTER.findall(text)) < _MIN_CODE_SHARE * len(text):
            continue
        if text.is_tail:
            element.tail = None
        else:
            element.text = None
