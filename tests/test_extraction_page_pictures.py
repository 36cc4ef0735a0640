"""Pictures of an article: their choice, their URLs, their place among the blocks."""

from __future__ import annotations

import pytest
from lxml import html

from aggregator.extraction.html_to_text import text_of_html
from aggregator.extraction.page_blocks import Block, blocks_of
from aggregator.extraction.page_extraction import extract_article
from aggregator.extraction.page_pictures import MAX_PICTURES, article_pictures
from aggregator.model.extraction import ExtractedPage

Told = tuple[str, str, int]
"""The address of a picture, its caption, and how many paragraphs stand before it."""


def pictures(body: str) -> list[Told]:
    """Those of a page whose article is all paragraphs that begin with "Text"."""
    tree = html.document_fromstring(f"<html><body>{body}</body></html>")
    return [(found.url, found.caption, found.after) for found in article_pictures(tree, article(tree))]


def article(tree: html.HtmlElement) -> tuple[Block, ...]:
    return tuple(block for block in blocks_of(tree) if block.text.startswith("Text"))


FIGURE = "<figure><img src='/pier.jpg'><figcaption>The pier.</figcaption></figure>"
PIER = ("/pier.jpg", "The pier.", 1)
BARE = ("/pier.jpg", "", 1)

CASES = [
    pytest.param(f"<p>Text one</p>{FIGURE}<p>Text two</p>", [PIER], id="between two paragraphs"),
    pytest.param(f"<h1>Ferry</h1>{FIGURE}<p>Text</p>", [("/pier.jpg", "The pier.", 0)], id="below the headline"),
    pytest.param(f"<a><img src='/crest.jpg'></a>{FIGURE}<h1>Ferry</h1><p>Text</p>", [], id="above the headline"),
    pytest.param(f"<p>Text one</p>{FIGURE}", [], id="below the last paragraph"),
    pytest.param("<p>Text <img src='/pier.jpg'> one</p>", [BARE], id="in the last paragraph"),
    pytest.param("<p>Text <img src='/pier.jpg'> one</p><p>Text two</p>", [BARE], id="in a paragraph"),
    pytest.param(
        "<p>Text</p><div><img src='/a.jpg'><img src='/b.jpg'></div><p>Text</p>",
        [("/a.jpg", "", 1), ("/b.jpg", "", 1)],
        id="two side by side",
    ),
    pytest.param(f"<p>Text</p>{FIGURE}<div>{FIGURE}</div><p>Text</p>", [PIER], id="once only"),
    pytest.param(
        "<p>Text</p><img src='/480/pier-at-night.jpg'><img src='/960/pier-at-night.jpg?q=9'><p>Text</p>",
        [("/480/pier-at-night.jpg", "", 1)],
        id="once only in whatever size",
    ),
    pytest.param(
        "<p>Text</p><aside><a href='/x'><img src='/x.jpg'>Another town builds a pier of glass and iron, and its "
        "council is proud of it</a></aside><p>Text</p>",
        [],
        id="a teaser",
    ),
    pytest.param(
        "<p>Text</p><div class='related'><img src='/x.jpg'></div><p>Text</p>", [], id="a box that says it is related"
    ),
    pytest.param("<p>Text</p><div class='author-box'><img src='/x.jpg'>Ada Reed</div><p>Text</p>", [], id="an author"),
    pytest.param("<p>Text</p><nav><img src='/x.jpg'></nav><p>Text</p>", [], id="a menu"),
    pytest.param(
        "<p>Text</p><figure><img src='/pier.jpg'><figcaption>The pier.</figcaption><small>Photo: Bo Quay</small></figure>"
        "<p>Text</p>",
        [PIER],
        id="a credit beside the caption",
    ),
    pytest.param(
        f"<p>Text</p><figure><img src='/pier.jpg'><figcaption>{'word ' * 90}</figcaption></figure><p>Text</p>",
        [BARE],
        id="a text for a caption",
    ),
]


@pytest.mark.parametrize(("body", "told"), CASES)
def test_pictures_stand_where_they_stood_and_others_go(body: str, told: list[Told]) -> None:
    assert pictures(body) == told


ADDRESSES = [
    pytest.param("<img src='/pier.jpg'>", "/pier.jpg", id="plain"),
    pytest.param("<img src='data:image/gif;base64,R0' data-src='/pier.jpg'>", "/pier.jpg", id="to be loaded later"),
    pytest.param("<img src='/blank.gif' data-original=' /pier.jpg '>", "/pier.jpg", id="behind a blank one"),
    pytest.param("<img src='/s.jpg' srcset='/s.jpg 300w, /l.jpg 900w, /m.jpg 600w'>", "/l.jpg", id="the widest"),
    pytest.param("<img srcset='/l.jpg 1800w, /xl.jpg 4000w'>", "/l.jpg", id="no wider than a screen"),
    pytest.param("<img srcset='/a.jpg, /b.jpg 2x'>", "/b.jpg", id="by density"),
    pytest.param(
        "<img srcset='https://c.example/w_300,h_200/p.jpg 300w'>", "https://c.example/w_300,h_200/p.jpg", id=","
    ),
    pytest.param(
        "<picture><source srcset='/s.jpg 400w'><source srcset='/l.jpg 800w'><img src='/p.jpg'></picture>",
        "/l.jpg",
        id="a picture's sources",
    ),
    pytest.param("<noscript><img src='/pier.jpg'></noscript>", "/pier.jpg", id="for browsers without scripts"),
    pytest.param("<img src='/assets/logo.png'>", None, id="a logo"),
    pytest.param("<img src='/i/share-button.png'>", None, id="a button"),
    pytest.param("<img src='/i/arrow.svg'>", None, id="a drawing of a few lines"),
    pytest.param("<img src='/p.jpg' width='24' height=24>", None, id="small"),
    pytest.param("<img src='/p.jpg' width='1px' height='1px'>", None, id="a pixel"),
    pytest.param("<img src='/p.jpg' width='100%' height='auto'>", "/p.jpg", id="as wide as the page"),
    pytest.param("<img src='/logoped/p.jpg'>", "/logoped/p.jpg", id="a word that only begins like an ornament"),
    pytest.param("<img alt='x'>", None, id="none"),
]


@pytest.mark.parametrize(("image", "address"), ADDRESSES)
def test_a_picture_comes_by_its_best_address(image: str, address: str | None) -> None:
    found = pictures(f"<p>Text one</p>{image}<p>Text two</p>")
    assert found == ([] if address is None else [(address, "", 1)])


def test_pictures_are_bounded() -> None:
    images = "".join(f"<img src='/{number}.jpg'>" for number in range(100))
    assert len(pictures(f"<p>Text one</p>{images}<p>Text two</p>")) == MAX_PICTURES


SENTENCES = [
    f"The {what} of the harbour was {done} on Monday, the port authority of Vessley said in a statement to its members."
    for what, done in (("crane", "sold"), ("ferry", "painted"), ("light", "mended"), ("gate", "closed"))
]


def _page(*between: str) -> ExtractedPage:
    body = "".join(f"<p>{sentence}</p>{extra}" for sentence, extra in zip(SENTENCES, between, strict=True))
    outcome = extract_article(
        f"<html><body><article><h1>Harbour</h1>{body}</article></body></html>".encode(),
        url="https://gazette.example/harbour/1",
        content_type="text/html",
    )
    assert isinstance(outcome, ExtractedPage)
    return outcome


def test_a_picture_changes_the_html_and_never_the_text() -> None:
    plain, pictured = (
        _page("", "", "", ""),
        _page("", FIGURE, "<p><img src='//cdn.example/gate.jpg' onerror='x()'></p>", ""),
    )
    assert pictured.text == plain.text == text_of_html(pictured.html) == "\n".join(SENTENCES)
    second, third = (f"<p>{sentence}</p>" for sentence in SENTENCES[1:3])
    assert (
        f'{second}<figure><img src="https://gazette.example/pier.jpg" alt=""><figcaption>The pier.</figcaption></figure>'
        f'{third}<figure><img src="https://cdn.example/gate.jpg" alt=""></figure>' in pictured.html
    )
