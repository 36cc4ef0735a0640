"""What is the article on this page? The only module that asks trafilatura for one.

It does not fetch the page, and it cannot stop itself: it runs inside ``workers``, which kill what
takes too long.

trafilatura runs balanced, with tables, without comments, and never with its ``deduplicate``, which
remembers what it saw and empties a page that is extracted again (adbar/trafilatura issue 778).
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
"""What stands inside a line in trafilatura's vocabulary."""
_MEAGRE = 250
"""Words below which the page's own program is asked whether it carries more."""
_CELL_BOUNDARY = " | "
_AROUND_CELLS = " |"
_ANY_PAGE = PageSettings()

# trafilatura reports bad pages to its log as errors; here they are values.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Witnesses:
    """What a page has to choose an article from: ``engine`` is trafilatura's text, ``publisher`` the publisher's."""

    claims: page_metadata.PageClaims
    blocks: tuple[Block, ...]
    engine: str
    publisher: str


def extract(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    feed_title: str | None = None,
    feed_summary: str | None = None,
    feed_text: str | None = None,
    wanted: PageSettings = _ANY_PAGE,
    forest: Forest | None = None,
) -> PageOutcome:
    """The article in the bytes of a page.

    ``url`` is where the page finally came from, ``content_type`` the header as sent; ``feed_title``,
    ``feed_summary`` and ``feed_text`` are the entry's title, plain summary and plain content, witnesses
    for the headline and for the text; ``wanted`` is what the feed's configuration says of its pages;
    ``forest`` judges the blocks, the shipped one unless given. The same arguments always give the same
    outcome.
    """
    tree = read_tree(body, content_type)
    if isinstance(tree, NoArticle):
        return tree
    links = page_links(tree, url=url)
    if wanted == _ANY_PAGE:  # a selector may speak of any element of the page
        drop_apparatus(tree)
    claims = page_metadata.read_claims(tree, url=url, feed_title=feed_title, feed_summary=feed_summary)
    configured_selectors.drop(tree, wanted)
    taken = configured_selectors.take(tree, wanted, base=url)
    note = configured_selectors.note(wanted, taken)
    if taken is None:
        found = _chosen(tree, _witnesses(tree, claims, url=url, feed_text=feed_text), url=url, forest=forest)
    else:
        found = _as_configured(taken, claims)
    if not found.text:
        return NoArticle(reason=configured_selectors.noted("no article text was found on the page", note), links=links)
    if taken is None and (reason := non_article_pages.why_not_article(claims.title, found.text.splitlines())):
        return NoArticle(reason=configured_selectors.noted(reason, note), links=links)
    return ExtractedPage(
        text=found.text,
        html=found.html,
        title=claims.title,
        authors=claims.authors,
        published_at=claims.published_at,
        modified_at=claims.modified_at,
        language=claims.language or language_of((), found.text),
        image=claims.image,
        section=claims.section,
        canonical_url=claims.canonical_url,
        site_name=claims.site_name,
        credits=claims.credits,
        paywalled=claims.paywalled or any(cut.reason == line_cuts.ENCIPHERED for cut in found.cuts),
        live=claims.live,
        cuts=found.cuts,
        note=note,
        links=links,
    )


def witnesses(body: bytes, *, url: str, content_type: str | None) -> Witnesses | NoArticle:
    """What there is on a page to choose an article from; the arguments are those of ``extract``."""
    tree = read_tree(body, content_type)
    if isinstance(tree, NoArticle):
        return tree
    drop_apparatus(tree)
    return _witnesses(tree, page_metadata.read_claims(tree, url=url), url=url, feed_text=None)


def warm_up() -> None:
    """Makes the libraries load what they load on first use, before a deadline runs."""
    extract(b"<html><body><article><p>Ready.</p></article></body></html>", url="https://localhost/", content_type=None)


def _witnesses(
    tree: html.HtmlElement, claims: page_metadata.PageClaims, *, url: str, feed_text: str | None
) -> Witnesses:
    drop_programs(tree)
    blocks = blocks_of(tree)
    engine = _engine_text(tree, url)
    copies = [_plain_body(claims.body), feed_text or ""]
    if len(words(engine)) < _MEAGRE:
        shown = engine.splitlines()
        copies += [text for text in embedded_articles(tree) if is_teaser(shown, text)]
    publisher = max(copies, key=lambda copy: len(words(copy)))
    return Witnesses(claims=claims, blocks=blocks, engine=engine, publisher=publisher)


def _chosen(tree: etree._Element, found: Witnesses, *, url: str, forest: Forest | None) -> Cleaned:
    """The article among the blocks of the page; nothing where trafilatura finds nothing."""
    if not found.engine:
        return Cleaned(text="", html="", cuts=())
    selection = select(
        found.blocks,
        engine=found.engine,
        publisher=found.publisher,
        known=_known(found.claims),
        forest=forest or article_blocks(),
    )
    markup = sanitise(to_html(selection.kept, pictures_of(tree, selection.kept)), base=url)
    return Cleaned(text=text_of_html(markup), html=markup, cuts=selection.cuts)


def _as_configured(body: etree._Element, claims: page_metadata.PageClaims) -> Cleaned:
    """A body that the configuration named: what stands in it is believed, but for the lines that no article has."""
    markup = html_inside(body)
    text = text_of_html(markup)
    noise = {cut.line: cut.reason for cut in line_cuts.cuts(text.splitlines(), _known(claims))}
    return without_lines(Cleaned(text=text, html=markup, cuts=()), noise)


def _known(claims: page_metadata.PageClaims) -> line_cuts.Known:
    return line_cuts.Known(titles=claims.titles, summaries=claims.summaries, authors=claims.authors)


def _engine_text(tree: html.HtmlElement, url: str) -> str:
    """What trafilatura holds for the article, one paragraph per line; "" when it finds nothing."""
    # trafilatura pads tables to their spans: 200 cells that claim a thousand columns cost it half a minute.
    etree.strip_attributes(tree, "colspan", "rowspan")
    document = bare_extraction(
        tree,
        url=url,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        deduplicate=False,
        output_format="txt",  # with "python" it writes a text besides the body, which nobody would read
    )
    if not isinstance(document, Document):
        return ""
    for element in document.body.iter(etree.Element):
        if element.tag not in _INLINE:
            boundary = _CELL_BOUNDARY if element.tag == "cell" else "\n"
            element.text = f"{boundary}{element.text or ''}"
            element.tail = f"{boundary}{element.tail or ''}"
    lines = (
        " ".join(line.split()).strip(_AROUND_CELLS) for line in "".join(map(str, document.body.itertext())).split("\n")
    )
    return "\n".join(line for line in lines if line)


def _plain_body(body: str) -> str:
    """The publisher's copy as lines; most write it as plain text, some as HTML."""
    if START_TAG.search(body):
        return text_of_html(body)
    return "\n".join(tidy for line in body.splitlines() if (tidy := " ".join(line.split())))
