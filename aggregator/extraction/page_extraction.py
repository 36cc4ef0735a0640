"""Extracts the article from the bytes of a page.

This is the only module that calls trafilatura's extraction. It does not fetch the page and has no time
limit of its own: it runs in ``worker_pool``, which stops an extraction that takes too long.

trafilatura runs with its balanced settings, with tables and without comments. Its ``deduplicate`` is never
used: it remembers texts between calls and empties a page that is extracted again (adbar/trafilatura
issue 778).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from lxml import etree, html
from trafilatura import bare_extraction
from trafilatura.settings import Document

from aggregator.extraction import configured_selectors, line_cuts, non_article_pages, page_metadata
from aggregator.extraction.article_html import to_html
from aggregator.extraction.block_classifier import Forest, article_blocks
from aggregator.extraction.block_selection import select
from aggregator.extraction.embedded_json import embedded_articles
from aggregator.extraction.html_to_text import html_inside, text_of_html
from aggregator.extraction.html_tree import START_TAG, read_tree
from aggregator.extraction.jsonld_body_end import is_teaser
from aggregator.extraction.language_detection import language_of
from aggregator.extraction.outlet_line_removal import without_lines
from aggregator.extraction.page_blocks import Block, blocks_of
from aggregator.extraction.page_links import page_links
from aggregator.extraction.page_pictures import pictures_of
from aggregator.extraction.page_pruning import drop_apparatus, drop_programs
from aggregator.extraction.words import words
from aggregator.model.extraction import Cleaned, ExtractedPage, NoArticle, PageOutcome
from aggregator.parsing.sanitise import sanitise
from aggregator.settings.feeds_file import PageSettings

_INLINE = frozenset({"hi", "ref", "del", "span", "a", "sup", "sub", "graphic"})
"""Inline elements of trafilatura's output."""
_SHORT_TEXT_WORDS = 250
"""Below this number of words, the JSON in the page's scripts is searched for a longer text."""
_CELL_BOUNDARY = " | "
_CELL_PADDING = " |"
_ANY_PAGE = PageSettings()

# trafilatura reports bad pages to its log as errors; here they are values.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Witnesses:
    """The inputs of block selection for one page.

    ``engine_text`` is the text that trafilatura found. ``publisher_text`` is the publisher's copy of the
    body: from JSON-LD, the feed's content or the JSON in the page's scripts. Both have one paragraph per
    line, and are "" if absent.
    """

    metadata: page_metadata.PageClaims
    blocks: tuple[Block, ...]
    engine_text: str
    publisher_text: str


def extract(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    feed_title: str | None = None,
    feed_summary: str | None = None,
    feed_text: str | None = None,
    wanted: PageSettings = _ANY_PAGE,
    classifier: Forest | None = None,
) -> PageOutcome:
    """Extracts the article from the bytes of a page, or returns ``NoArticle`` with the reason.

    ``url`` is the URL after redirects, ``content_type`` the header as sent. ``feed_title``,
    ``feed_summary`` and ``feed_text`` are the entry's title, plain summary and plain content; they help
    to find the headline and the text. ``wanted`` has the selectors of the feed's configuration.
    ``classifier`` is the block classifier, the shipped one by default. The function is deterministic.
    """
    tree = read_tree(body, content_type)
    if isinstance(tree, NoArticle):
        return tree
    links = page_links(tree, url=url)
    if wanted == _ANY_PAGE:  # a configured selector may match any element of the page
        drop_apparatus(tree)
    metadata = page_metadata.read_claims(tree, url=url, feed_title=feed_title, feed_summary=feed_summary)
    configured_selectors.drop(tree, wanted)
    body_element = configured_selectors.take(tree, wanted, base=url)
    note = configured_selectors.note(wanted, body_element)
    if body_element is None:
        inputs = _extraction_inputs(tree, metadata, url=url, feed_text=feed_text)
        article = _selected_article(tree, inputs, url=url, classifier=classifier)
    else:
        article = _configured_article(body_element, metadata)
    if not article.text:
        return NoArticle(reason=configured_selectors.noted("no article text was found on the page", note), links=links)
    if body_element is None and (
        reason := non_article_pages.why_not_article(metadata.title, article.text.splitlines())
    ):
        return NoArticle(reason=configured_selectors.noted(reason, note), links=links)
    return ExtractedPage(
        text=article.text,
        html=article.html,
        title=metadata.title,
        authors=metadata.authors,
        published_at=metadata.published_at,
        modified_at=metadata.modified_at,
        language=metadata.language or language_of((), article.text),
        image=metadata.image,
        section=metadata.section,
        canonical_url=metadata.canonical_url,
        site_name=metadata.site_name,
        credits=metadata.credits,
        paywalled=metadata.paywalled or any(line.reason == line_cuts.ENCIPHERED for line in article.cuts),
        live=metadata.live,
        cuts=article.cuts,
        note=note,
        links=links,
    )


def witnesses(body: bytes, *, url: str, content_type: str | None) -> Witnesses | NoArticle:
    """Reads the inputs of block selection from a page; the arguments are those of ``extract_article``."""
    tree = read_tree(body, content_type)
    if isinstance(tree, NoArticle):
        return tree
    drop_apparatus(tree)
    return _extraction_inputs(tree, page_metadata.read_claims(tree, url=url), url=url, feed_text=None)


def warm_up() -> None:
    """Loads what the libraries load on first use, so that it does not count against a time limit."""
    extract(b"<html><body><article><p>Ready.</p></article></body></html>", url="https://localhost/", content_type=None)


def _extraction_inputs(
    tree: html.HtmlElement, metadata: page_metadata.PageClaims, *, url: str, feed_text: str | None
) -> Witnesses:
    drop_programs(tree)
    blocks = blocks_of(tree)
    engine_text = _trafilatura_text(tree, url)
    copies = [_plain_body(metadata.body), feed_text or ""]
    if len(words(engine_text)) < _SHORT_TEXT_WORDS:
        engine_lines = engine_text.splitlines()
        copies += [text for text in embedded_articles(tree) if is_teaser(engine_lines, text)]
    publisher_text = max(copies, key=lambda copy: len(words(copy)))
    return Witnesses(metadata=metadata, blocks=blocks, engine_text=engine_text, publisher_text=publisher_text)


def _selected_article(tree: etree._Element, inputs: Witnesses, *, url: str, classifier: Forest | None) -> Cleaned:
    """The article among the blocks of the page; empty if trafilatura finds no text."""
    if not inputs.engine_text:
        return Cleaned(text="", html="", cuts=())
    selection = select(
        inputs.blocks,
        engine_text=inputs.engine_text,
        publisher_text=inputs.publisher_text,
        known=_known_metadata(inputs.metadata),
        classifier=classifier or article_blocks(),
    )
    markup = sanitise(to_html(selection.blocks, pictures_of(tree, selection.blocks)), base=url)
    return Cleaned(text=text_of_html(markup), html=markup, cuts=selection.cuts)


def _configured_article(body: etree._Element, metadata: page_metadata.PageClaims) -> Cleaned:
    """The article in a body that the configuration selects; only lines that match a removal rule are removed."""
    markup = html_inside(body)
    text = text_of_html(markup)
    removals = line_cuts.cuts(text.splitlines(), _known_metadata(metadata))
    return without_lines(
        Cleaned(text=text, html=markup, cuts=()), {removal.line: removal.reason for removal in removals}
    )


def _known_metadata(metadata: page_metadata.PageClaims) -> line_cuts.Known:
    return line_cuts.Known(titles=metadata.titles, summaries=metadata.summaries, authors=metadata.authors)


def _trafilatura_text(tree: html.HtmlElement, url: str) -> str:
    """Trafilatura's text of the article, one paragraph per line; "" if it finds none."""
    # trafilatura pads tables to their spans: 200 cells that declare a thousand columns cost it half a minute.
    etree.strip_attributes(tree, "colspan", "rowspan")
    document = bare_extraction(
        tree,
        url=url,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        deduplicate=False,
        output_format="txt",  # with "python" it would also write a text that is not used here
    )
    if not isinstance(document, Document):
        return ""
    for element in document.body.iter(etree.Element):
        if element.tag not in _INLINE:
            boundary = _CELL_BOUNDARY if element.tag == "cell" else "\n"
            element.text = f"{boundary}{element.text or ''}"
            element.tail = f"{boundary}{element.tail or ''}"
    lines = (
        " ".join(line.split()).strip(_CELL_PADDING) for line in "".join(map(str, document.body.itertext())).split("\n")
    )
    return "\n".join(line for line in lines if line)


def _plain_body(body: str) -> str:
    """The publisher's copy as lines; most publishers write it as plain text, some as HTML."""
    if START_TAG.search(body):
        return text_of_html(body)
    return "\n".join(stripped for line in body.splitlines() if (stripped := " ".join(line.split())))
