"""Parsing of pages with invalid markup, drawings and script code."""

from __future__ import annotations

import pytest
from lxml import etree, html

from aggregator.extraction.html_tree import parse_page
from aggregator.extraction.page_extraction import extract_article
from aggregator.model.extraction import ExtractedPage, NoArticle

SENTENCE = "The lighthouse keeper counts every ship that passes the island before noon."


def _tree(markup: str) -> html.HtmlElement:
    tree = parse_page(markup.encode("utf-8"), "text/html")
    assert not isinstance(tree, NoArticle)
    return tree


def _words(tree: html.HtmlElement) -> str:
    return " ".join(tree.text_content().split())


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<html><body><p>{}</p></body></html>", id="a document"),
        pytest.param("<!DOCTYPE html>\n<html><body><p>{}</p></body></html>", id="with a doctype"),
        pytest.param('<?xml version="1.0" encoding="ascii"?>\n<html><body><p>{}</p></body></html>', id="as XML"),
        pytest.param('<html><meta charset="ascii"><body><p>{}</p></body></html>', id="of a wrong charset"),
        pytest.param('<html lang="en"/>\n<body><p>{}</p></body></html>', id="closed before it begins"),
        pytest.param("<div><p>{}</p></div><p></p>", id="a fragment"),
        pytest.param("<html><body><!-- <p>no</p> --><?php no ?><p>{}</p></body></html>", id="with comments"),
        pytest.param("<html><body><div><p>{}</body>", id="never closed"),
    ],
)
def test_a_document_is_read_however_it_is_wrapped(markup: str) -> None:
    sentence = "Čtyři lodě — “four ships” 四隻 — passed."
    assert _words(_tree(markup.format(sentence))) == sentence


def test_a_long_first_line_is_not_broken() -> None:
    prose = " ".join([SENTENCE.replace(" ", "-")] * 200)
    for line_break in ("", "\n"):
        tree = _tree(f"<!doctype html><html><body><p>{prose}</p>{line_break}</body></html>")
        assert _words(tree) == prose


def test_what_is_no_character_leaves_no_trace() -> None:
    markup = f"<html><body><p>\x00\x08{SENTENCE[:20]}\x0b\ufffe\uffff{SENTENCE[20:]}\x1f</p>" + "<p>.</p>" * 2000
    tree = _tree(markup + f"<p>\x01\uffff{SENTENCE}</p></body></html>")
    assert [paragraph.text for paragraph in (tree.find(".//p"), tree.findall(".//p")[-1])] == [SENTENCE, SENTENCE]


def test_every_element_knows_html() -> None:
    tree = _tree("<html><body><form><input><select></select></form><p>words<br>more</p><x-own></x-own></body></html>")
    assert {type(element) for element in tree.iter()} == {html.HtmlElement}


def test_drawings_are_left_out_and_what_stands_beside_them_is_not() -> None:
    tree = _tree(
        "<html><body><p>A <svg><title>arrow</title><path d='M0'/><text>x</text></svg>drawing</p></body></html>"
    )
    assert _words(tree) == "A drawing"
    assert not tree.xpath("//svg | //path")


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param('<svg viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>', id="icon"),
        pytest.param("<style>.link{color:red}</style>", id="style"),
        pytest.param("<script>track()</script>", id="script"),
    ],
)
def test_a_link_with_more_than_its_words_stays_a_link(beside: str) -> None:
    link = f'<a href="https://harbour.example/report">the report{beside}</a>'
    paragraphs = f"<p>{SENTENCE} The board has read {link} and answers in May.</p>" + f"<p>{SENTENCE}</p>" * 3
    outcome = extract_article(
        f"<html><head><title>Ships</title></head><body><article>{paragraphs}</article></body></html>".encode(),
        url="https://daily.example/ships",
        content_type="text/html",
    )
    assert isinstance(outcome, ExtractedPage)
    link_in_html = html.fragment_fromstring(outcome.html, create_parent="div").find(".//a")
    assert link_in_html is not None
    assert (link_in_html.get("href"), link_in_html.text) == ("https://harbour.example/report", "the report")


def test_nothing_that_can_be_parsed_is_no_article() -> None:
    assert isinstance(parse_page(b"<!-- nothing but this -->", "text/html"), NoArticle)
    assert isinstance(parse_page(b"<p>One paragraph is no document</p>", "text/html"), NoArticle)


def test_a_tree_can_be_written_again() -> None:
    assert SENTENCE in etree.tostring(_tree(f"<html><body><p>{SENTENCE}</p></body></html>"), encoding="unicode")
