"""What is the article on this page? The only module that knows trafilatura.

It does not fetch the page, and it cannot stop itself: it runs inside ``workers``, which kill what
takes too long. What would take long for sure, by size or by number of elements, is refused before
anything is parsed: extraction time grows faster than the page (20 MB take a minute, 200,000 links
longer), while of 1,900 real pages none had more than 3 MB or 6,000 elements.

trafilatura runs balanced, with tables, without comments, and never with its ``deduplicate``, which
remembers what it saw and empties a page that is extracted again (adbar/trafilatura issue 778).
"""

from __future__ import annotations

import logging
import re

from lxml import etree, html
from trafilatura import bare_extraction
from trafilatura.settings import Document
from trafilatura.utils import detect_encoding, load_html

from aggregator.extraction import blocks, clean, metadata, picked, refusal, witness
from aggregator.extraction.decode import decode
from aggregator.extraction.language import language_of
from aggregator.extraction.page_links import page_links
from aggregator.extraction.text_of_html import html_inside, lines_of, text_of_html
from aggregator.model import ExtractedPage, NoArticle, PageOutcome
from aggregator.parsing.sanitise import sanitise
from aggregator.settings import PageSettings

MAX_BYTES = 5_000_000
"""Largest page that is parsed."""

MAX_ELEMENTS = 50_000
"""Most start tags a page may have."""

_START_TAG = re.compile(r"<[a-zA-Z]")
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
_LEADS = 1024
"""Characters among which the first tag of an HTML document is looked for."""

_ANY_PAGE = PageSettings()

# trafilatura reports bad pages to its log as errors; here they are values.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def extract(
    body: bytes, *, url: str, content_type: str | None, feed_title: str | None = None, wanted: PageSettings = _ANY_PAGE
) -> PageOutcome:
    """The article in the bytes of a page.

    ``url`` is where the page finally came from, ``content_type`` the header as sent, ``feed_title``
    the entry's title, a witness for the headline, ``wanted`` what the feed's configuration says of its
    pages. The same bytes always give the same outcome.
    """
    if reason := _refused_unread(body, content_type):
        return NoArticle(reason=reason)
    text = decode(body, content_type=content_type, guess=detect_encoding)
    if reason := _refused_unparsed(text):
        return NoArticle(reason=reason)
    tree = load_html(text)
    if tree is None:
        return NoArticle(reason="the page cannot be parsed as HTML, or is nested too deeply")
    links = page_links(tree, url=url)
    claims = metadata.read_claims(tree, url=url, feed_title=feed_title)
    picked.drop(tree, wanted)
    taken = picked.take(tree, wanted, base=url)
    note = picked.note(wanted, taken)
    markup = _found(tree, url, claims) if taken is None else _without_noise(taken, claims)
    plain = text_of_html(markup)
    if not plain:
        return NoArticle(reason=picked.noted("no article text was found on the page", note), links=links)
    if taken is None and (reason := refusal.why_not_article(claims.title, plain.splitlines())):
        return NoArticle(reason=picked.noted(reason, note), links=links)
    return ExtractedPage(
        text=plain,
        html=markup,
        title=claims.title,
        authors=claims.authors,
        published_at=claims.published_at,
        modified_at=claims.modified_at,
        language=claims.language or language_of((), plain),
        image=claims.image,
        section=claims.section,
        canonical_url=claims.canonical_url,
        site_name=claims.site_name,
        credits=claims.credits,
        paywalled=claims.paywalled,
        live=claims.live,
        note=note,
        links=links,
    )


def warm_up() -> None:
    """Makes the libraries load what they load on first use, before a deadline runs."""
    extract(b"<html><body><article><p>Ready.</p></article></body></html>", url="https://localhost/", content_type=None)


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
    elements = sum(1 for _ in _START_TAG.finditer(text))
    if elements > MAX_ELEMENTS:
        return f"the page has {elements} elements, more than {MAX_ELEMENTS}"
    return None


def _article_tree(tree: html.HtmlElement, url: str) -> etree._Element | None:
    # trafilatura pads tables to their spans: 200 cells that claim a thousand columns cost it half a minute.
    etree.strip_attributes(tree, "colspan", "rowspan")
    document = bare_extraction(
        tree, url=url, include_comments=False, include_tables=True, include_formatting=False, deduplicate=False
    )
    return document.body if isinstance(document, Document) else None


def _plain_body(body: str) -> str:
    """The publisher's copy as lines; most write it as plain text, some as HTML."""
    if _START_TAG.search(body):
        return text_of_html(body)
    return "\n".join(words for line in body.splitlines() if (words := " ".join(line.split())))


def _found(tree: html.HtmlElement, url: str, claims: metadata.PageClaims) -> str:
    """The body that trafilatura finds, cleaned, as HTML; "" when it finds none."""
    found = _article_tree(tree, url)
    return "" if found is None else sanitise(_cleaned(found, claims), base=url)


def _without_noise(body: etree._Element, claims: metadata.PageClaims) -> str:
    """A body that the configuration named: what stands in it is believed, but for the lines that no article has."""
    lines = lines_of(body)
    known = clean.Known(titles=claims.titles, authors=claims.authors)
    blocks.without(lines, body, {cut.line for cut in clean.cuts([line.text for line in lines], known)})
    return html_inside(body)


def _cleaned(found: etree._Element, claims: metadata.PageClaims) -> str:
    root = blocks.to_html(found)
    lines = lines_of(root)
    texts = [line.text for line in lines]
    body = _plain_body(claims.body)
    if witness.is_elsewhere(texts, body) or witness.is_flattened(texts, body):
        root = blocks.paragraphs(body)
        lines = lines_of(root)
        texts = [line.text for line in lines]
    end = witness.end_of_article(texts, body)
    known = clean.Known(titles=claims.titles, authors=claims.authors)
    noise = {cut.line for cut in clean.cuts(texts[:end], known)}
    blocks.without(lines, root, noise.union(range(end, len(lines))))
    return html_inside(root)
