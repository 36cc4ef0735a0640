"""Removal of menus and page footers before extraction, and similar elements that stay."""

from __future__ import annotations

import pytest
from lxml import html

from aggregator.extraction.html_tree import parse_page
from aggregator.extraction.page_extraction import extract_article
from aggregator.extraction.page_pruning import remove_navigation
from aggregator.model.extraction import ExtractedPage
from aggregator.settings.feeds_file import PageSettings

LONG = "The ferry crews of the northern harbours voted on Monday to accept the offer of the shipping companies, " * 3
PROSE = (
    "Boats will leave again from Wednesday morning, though the night service needs another week to return.",
    "The union said the rise of four per cent was less than it had asked for but more than it had feared.",
    "Travellers had waited on the piers for hours, some of them with tents, since the strike began in April.",
)
MENU = "<ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul>"


def _tree(markup: str) -> html.HtmlElement:
    tree = parse_page(f"<html><body>{markup}</body></html>".encode(), None)
    assert isinstance(tree, html.HtmlElement)
    return tree


def _left(markup: str) -> str:
    tree = _tree(markup)
    remove_navigation(tree)
    return _said(tree)


def _said(tree: html.HtmlElement) -> str:
    return " ".join(tree.text_content().split())


def test_menus_and_the_foot_go_and_the_text_behind_them_stays() -> None:
    assert _left(f"<nav>{MENU}</nav>One <p>two</p> <footer><nav>{MENU}</nav>Imprint</footer> three") == "One two three"


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<nav><h1>Ferries sail</h1></nav>", id="a headline"),
        pytest.param("<nav><article>Ferries sail</article></nav>", id="an article"),
        pytest.param(f"<footer><p>{LONG}</p></footer>", id="a long paragraph"),
        pytest.param("<blockquote>We sail.<footer>Ada Venn</footer></blockquote>", id="the foot of a quote"),
        pytest.param("<article>We sail.<footer>Ada Venn</footer></article>", id="the foot of an article"),
        pytest.param(f"<main><nav>{MENU}</nav>We sail.</main>", id="the contents of an article"),
        pytest.param("<footer><script type='application/ld+json'>{}</script></footer>", id="data"),
    ],
)
def test_what_may_hold_something_of_the_article_stays(markup: str) -> None:
    assert _left(markup) == _said(_tree(markup))


def _text(body: str, wanted: PageSettings) -> str:
    page = f"<html><head><title>Ferries sail again</title></head><body>{body}</body></html>"
    outcome = extract_article(page.encode(), url="https://coast.example/a", content_type="text/html", wanted=wanted)
    assert isinstance(outcome, ExtractedPage)
    return outcome.text


def test_an_article_in_a_menu_that_was_left_open_is_found() -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in (LONG.strip(), *PROSE))
    assert _text(f"<nav>{MENU}<div>{paragraphs}</div>", PageSettings()).splitlines() == [LONG.strip(), *PROSE]


def test_a_configuration_may_take_the_foot() -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in PROSE)
    body = f"<p>{LONG}</p><footer class='text'>{paragraphs}</footer>"
    assert _text(body, PageSettings(take=("footer.text",))).splitlines() == list(PROSE)
