"""Detects the format of a feed document and parses it.

``parse_feed`` is the entry point of the package: bytes in, a ``ParsedFeed`` or an ``Unreadable`` out, never an
exception. ``parse_unsanitised`` does the same but leaves the entries unsanitised. The format is detected from the
document, not from its media type, which servers often get wrong. The caller decides whether a body has to be
parsed: an unchanged one does not.
"""

from __future__ import annotations

import re

from aggregator.model.parsing import ParseOutcome, Unreadable
from aggregator.parsing.document_encoding import decode_document
from aggregator.parsing.gzip_document import GZIP_MAGIC, gunzip
from aggregator.parsing.json_feed_reader import read_json_feed
from aggregator.parsing.link_posts import resolve_link_posts
from aggregator.parsing.sitemap import read_sitemap
from aggregator.parsing.titles import plain_text
from aggregator.parsing.unsanitised_entry import UnsanitisedFeed
from aggregator.parsing.urls import absolute_url
from aggregator.parsing.xml_feed_reader import read_plain_xml, read_xml_feed
from aggregator.parsing.xml_repair import ROOT_START_TAG, join_surrogates, repair_xml

_BLANK = "\ufeff\0 \t\r\n\f\v"
_HTML_ELEMENT = re.compile(r"<(?:html|head|body)[\s>]", re.IGNORECASE)
_HTML_DOCTYPE = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)
_FEED_IN_PAGE = re.compile(
    rf"<body[^<>]*>\s*(?:<(?:pre|div|main)[^<>]*>\s*)?(?={ROOT_START_TAG.pattern})", re.IGNORECASE
)
"""The start of a page that is nothing but a feed, as browsers and proxies make it."""

_FIRST_ELEMENT = re.compile(r"<([A-Za-z_][\w:.-]{0,60})")
_COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_CHALLENGE = re.compile(
    r"just a moment|attention required|checking your browser|cf-chl|challenge-platform|captcha|are you a robot|"
    r"are you human|verify you are human|enable javascript and cookies|_incapsula_|datadome|ddos protection|"
    r"access denied",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"<input[^<>]{0,300}type\s*=\s*[\"']?password", re.IGNORECASE)
_MAX_SEARCHED = 200_000
"""Characters of a document that are searched for signs of a web page."""

_OTHER_FORMATS = (
    (GZIP_MAGIC, "gzip within gzip"), (b"PK\x03\x04", "a ZIP archive"), (b"%PDF", "a PDF"), (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image"),
)  # fmt: skip
_OTHER_ROOTS = {
    "opml": "a subscription list (OPML)",
    "svg": "an image (SVG)",
}


def parse_feed(body: bytes, *, url: str, content_type: str | None, content_location: str | None = None) -> ParseOutcome:
    """Parses one feed document and sanitises its entries; see ``parse_unsanitised``."""
    outcome = parse_unsanitised(body, url=url, content_type=content_type, content_location=content_location)
    return outcome if isinstance(outcome, Unreadable) else outcome.sanitised()


def parse_unsanitised(
    body: bytes, *, url: str, content_type: str | None, content_location: str | None = None
) -> UnsanitisedFeed | Unreadable:
    """Parses one feed document without sanitising its entries.

    ``url`` is the address after redirects, ``content_type`` and ``content_location`` are the values of the
    headers. A broken document is read as far as possible, and ``problems`` describes its faults. A document that
    is not a feed, or is truncated before the end of its first entry, is ``Unreadable``.
    """
    if body.startswith(GZIP_MAGIC):
        content = gunzip(body)
        if isinstance(content, Unreadable):
            return content
        body = content
    for magic, kind in _OTHER_FORMATS:
        if body.startswith(magic):
            return Unreadable(reason=f"the body is {kind}, not a feed")
    decoded = decode_document(body, content_type=content_type)
    text = join_surrogates(decoded.text.strip(_BLANK))
    if not text:
        return Unreadable(reason="the body is empty")
    outcome = _parse_text(text, base=absolute_url(content_location or "", base=url) or url)
    if isinstance(outcome, Unreadable):
        return outcome
    return resolve_link_posts(outcome.with_problems(decoded.problems), url=url)


def _parse_text(text: str, *, base: str) -> UnsanitisedFeed | Unreadable:
    if text.startswith(("{", "[")):
        return read_json_feed(text, base=base)
    if feed := read_plain_xml(text, base=base):
        return feed
    if page := _FEED_IN_PAGE.search(text, 0, _MAX_SEARCHED):
        text = text[page.end() :]
    without_comments = _COMMENTS.sub("", text[:_MAX_SEARCHED]) + text[_MAX_SEARCHED:]
    root = ROOT_START_TAG.search(without_comments)
    is_html = _is_html(without_comments, root.start() if root else _MAX_SEARCHED)
    if root is None or is_html:
        return Unreadable(reason=_reason_not_a_feed(text, is_html=is_html))
    if root["sitemap"]:
        return read_sitemap(text, base=base)
    document = repair_xml(text)
    return document if isinstance(document, Unreadable) else read_xml_feed(document, base=base)


def _is_html(text: str, end: int) -> bool:
    """True if the text before ``end`` is an HTML page; a DOCTYPE of HTML right before a feed makes no page."""
    if _HTML_ELEMENT.search(text, 0, end):
        return True
    doctype = _HTML_DOCTYPE.search(text, 0, end)
    first_element = _FIRST_ELEMENT.search(text, doctype.end()) if doctype else None
    return doctype is not None and (first_element is None or first_element.start() < end)


def _reason_not_a_feed(text: str, *, is_html: bool) -> str:
    """Returns the reason why a document is not a feed, as a text for the person who configured it."""
    text = text[:_MAX_SEARCHED]
    if is_html:
        title = _TITLE.search(text)
        name = f' titled "{plain_text(title[1], limit=80)}"' if title and title[1].strip() else ""
        return f"the body is {_kind_of_page(text)}{name}, not a feed"
    element = _FIRST_ELEMENT.search(_COMMENTS.sub("", text))
    if element is None:
        return f'the body is text, not a feed; it begins "{plain_text(text, limit=60)}"'
    kind = _OTHER_ROOTS.get(element[1].rpartition(":")[2].lower(), f"an XML document with the root <{element[1]}>")
    return f"the body is {kind}, not a feed"


def _kind_of_page(text: str) -> str:
    if _CHALLENGE.search(text):
        return "a bot challenge page"
    if _LOGIN.search(text):
        return "a login page"
    return "an HTML page"
