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

from aggregator.extraction import configured_selectors, line_removal, non_article_pages, page_metadata
from aggregator.extraction.article_html import blocks_to_html
from aggregator.extraction.block_classifier import BlockClassifier, shipped_classifier
from aggregator.extraction.block_selection import select_blocks
from aggregator.extraction.embedded_json import embedded_articles
from aggregator.extraction.html_to_text import inner_html, text_of_html
from aggregator.extraction.html_tree import START_TAG, parse_page
from aggregator.extraction.jsonld_body_end import is_teaser
from aggregator.extraction.language_detection import detect_language
from aggregator.extraction.outlet_line_removal import remove_lines
from aggregator.extraction.page_blocks import Block, blocks_of
from aggregator.extraction.page_links import page_links
from aggregator.extraction.page_pictures import Picture, article_pictures
from aggregator.extraction.page_players import PagePlayer, article_players
from aggregator.extraction.page_pruning import remove_navigation, remove_scripts
from aggregator.extraction.words import words
from aggregator.model.extraction import CleanedText, ExtractedPage, NoArticle, PageOutcome
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
class ExtractionInputs:
    """The inputs of block selection for one page.

    ``engine_text`` is the text that trafilatura found. ``publisher_text`` is the publisher's copy of the
    body: from JSON-LD, the feed's content or the JSON in the page's scripts. Both have one paragraph per
    line, and are "" if absent.
    """

    metadata: page_metadata.PageMetadata
    blocks: tuple[Block, ...]
    engine_text: str
    publisher_text: str


def extract_article(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    feed_title: str | None = None,
    feed_summary: str | None = None,
    feed_text: str | None = None,
    wanted: PageSettings = _ANY_PAGE,
    classifier: BlockClassifier | None = None,
) -> PageOutcome:
    """Extracts the article from the bytes of a page, or returns ``NoArticle`` with the reason.

    ``url`` is the URL after redirects, ``content_type`` the header as sent. ``feed_title``,
    ``feed_summary`` and ``feed_text`` are the entry's title, plain summary and plain content; they help
    to find the headline and the text. ``wanted`` has the selectors of the feed's configuration.
    ``classifier`` is the block classifier, the shipped one by default. The function is deterministic.
    """
    tree = parse_page(body, content_type)
    if isinstance(tree, NoArticle):
        return tree
    links = page_links(tree, url=url)
    if wanted == _ANY_PAGE:  # a configured selector may match any element of the page
        remove_navigation(tree)
    metadata = page_metadata.read_page_metadata(tree, url=url, feed_title=feed_title, feed_summary=feed_summary)
    configured_selectors.remove_configured(tree, wanted)
    body_element = configured_selectors.select_configured_body(tree, wanted, base=url)
    note = configured_selectors.selector_note(wanted, body_element)
    if body_element is None:
        inputs = _extraction_inputs(tree, metadata, url=url, feed_text=feed_text)
        article = _selected_article(tree, inputs, url=url, classifier=classifier)
    else:
        article = _configured_article(body_element, metadata)
    if not article.text:
        return NoArticle(
            reason=configured_selectors.with_note("no article text was found on the page", note), links=links
        )
    if body_element is None and (
        reason := non_article_pages.non_article_reason(metadata.title, article.text.splitlines())
    ):
        return NoArticle(reason=configured_selectors.with_note(reason, note), links=links)
    return ExtractedPage(
        text=article.text,
        html=article.html,
        title=metadata.title,
        authors=metadata.authors,
        published_at=metadata.published_at,
        modified_at=metadata.modified_at,
        language=metadata.language or detect_language((), article.text),
        image=metadata.image,
        section=metadata.section,
        canonical_url=metadata.canonical_url,
        site_name=metadata.site_name,
        credits=metadata.credits,
        paywalled=metadata.paywalled or any(line.reason == line_removal.ENCRYPTED for line in article.cuts),
        live=metadata.live,
        cuts=article.cuts,
        note=note,
        links=links,
    )


def read_extraction_inputs(body: bytes, *, url: str, content_type: str | None) -> ExtractionInputs | NoArticle:
    """Reads the inputs of block selection from a page; the arguments are those of ``extract_article``."""
    tree = parse_page(body, content_type)
    if isinstance(tree, NoArticle):
        return tree
    remove_navigation(tree)
    return _extraction_inputs(tree, page_metadata.read_page_metadata(tree, url=url), url=url, feed_text=None)


def warm_up() -> None:
    """Loads what the libraries load on first use, so that it does not count against a time limit."""
    extract_article(
        b"<html><body><article><p>Ready.</p></article></body></html>", url="https://localhost/", content_type=None
    )


def _extraction_inputs(
    tree: html.HtmlElement, metadata: page_metadata.PageMetadata, *, url: str, feed_text: str | None
) -> ExtractionInputs:
    remove_scripts(tree)
    blocks = blocks_of(tree)
    engine_text = _trafilatura_text(tree, url)
    copies = [_plain_body(metadata.body), feed_text or ""]
    if len(words(engine_text)) < _SHORT_TEXT_WORDS:
        engine_lines = engine_text.splitlines()
        copies += [text for text in embedded_articles(tree) if is_teaser(engine_lines, text)]
    publisher_text = max(copies, key=lambda copy: len(words(copy)))
    return ExtractionInputs(metadata=metadata, blocks=blocks, engine_text=engine_text, publisher_text=publisher_text)


def _selected_article(
    tree: etree._Element, inputs: ExtractionInputs, *, url: str, classifier: BlockClassifier | None
) -> CleanedText:
    """The article among the blocks of the page; empty if trafilatura finds no text."""
    if not inputs.engine_text:
        return CleanedText(text="", html="", cuts=())
    selection = select_blocks(
        inputs.blocks,
        engine_text=inputs.engine_text,
        publisher_text=inputs.publisher_text,
        known=_known_metadata(inputs.metadata),
        classifier=classifier or shipped_classifier(),
    )
    media: tuple[Picture | PagePlayer, ...] = (
        *article_pictures(tree, selection.blocks),
        *article_players(tree, selection.blocks, base=url),
    )
    markup = sanitise(blocks_to_html(selection.blocks, media), base=url, page=url)
    return CleanedText(text=text_of_html(markup), html=markup, cuts=selection.cuts)


def _configured_article(body: etree._Element, metadata: page_metadata.PageMetadata) -> CleanedText:
    """The article in a body that the configuration selects; only lines that match a removal rule are removed."""
    markup = inner_html(body)
    text = text_of_html(markup)
    removals = line_removal.find_lines_to_remove(text.splitlines(), _known_metadata(metadata))
    return remove_lines(
        CleanedText(text=text, html=markup, cuts=()), {removal.line: removal.reason for removal in removals}
    )


def _known_metadata(metadata: page_metadata.PageMetadata) -> line_removal.KnownMetadata:
    return line_removal.KnownMetadata(titles=metadata.titles, summaries=metadata.summaries, authors=metadata.authors)


def _trafilatura_text(tree: html.HtmlElement, url: str) -> str:
    """Trafilatura's text of the article, one paragraph per line; "" if it finds none."""
    # trafilatura pads tables to their spans: 200 cells that declare a thousand columns cost it half a minute.
    for name in ("colspan", "rowspan"):
        for cell in tree.iterfind(f".//*[@{name}]"):
            cell.set(f"data-{name}", cell.get(name))
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
