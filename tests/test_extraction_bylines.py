"""Search for the author strings in the elements of a page."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from lxml import html

from aggregator.extraction.bylines import byline_candidates, microdata_authors

TITLE = "Ferry crews reach pay deal"
HEAD = f"<h1>{TITLE}</h1>"
TEXT = "<p>Boats will leave again from Wednesday morning.</p>"


def _tree(body: str) -> html.HtmlElement:
    return html.document_fromstring(f"<html><body>{body}</body></html>")


def _first(body: str) -> Sequence[str]:
    return next(byline_candidates(_tree(body), title=TITLE), ())


SHOWN = [
    pytest.param(f'{HEAD}<a rel="author" href="/ada">Ada Pier</a>', ("Ada Pier",), id="a link to the author"),
    pytest.param(f'{HEAD}<a href="/author/ada-pier/">Ada Pier</a>', ("Ada Pier",), id="a link to the author's page"),
    pytest.param(f'{HEAD}<a href="/autoren/ada-pier">Ada Pier</a>', ("Ada Pier",), id="a german one"),
    pytest.param(f'{HEAD}<div class="byline">By Ada Pier</div>', ("By Ada Pier",), id="what is called a byline"),
    pytest.param(
        f'{HEAD}<div class="byline">By <span class="author-name">Ada Pier</span>, May 6</div>',
        ("Ada Pier",),
        id="the innermost",
    ),
    pytest.param(f'{HEAD}<span class="verfasser">Ada Pier</span>', ("Ada Pier",), id="called in german"),
    pytest.param(f'{HEAD}<span data-testid="author">Ada Pier</span>', ("Ada Pier",), id="called for a test"),
    pytest.param(f"{HEAD}<p>By Ada Pier</p>{TEXT}", ("By Ada Pier",), id="a line that begins as bylines do"),
    pytest.param(f"{HEAD}<p>Von Ada Pier, Nordhafen</p>{TEXT}", ("Von Ada Pier, Nordhafen",), id="in german"),
    pytest.param(f"{HEAD}<p>Автор: Анна Причал</p>{TEXT}", ("Автор: Анна Причал",), id="in russian"),
    pytest.param(f"{HEAD}<p>作者：王码头</p>{TEXT}", ("作者：王码头",), id="in chinese"),
    pytest.param(
        f'<div class="author">Cy Mole</div>{HEAD}<div class="author">Ada Pier</div>', ("Ada Pier",), id="the nearest"
    ),
    pytest.param(
        f'<div class="author">Ada Pier</div>{HEAD}{TEXT * 20}<div class="author">Cy Mole</div>',
        ("Ada Pier",),
        id="close above it rather than far below",
    ),
    pytest.param(
        f'{HEAD}<span class="author">Ada Pier</span><i>and</i><span class="author">Bo Quay</span>',
        ("Ada Pier", "Bo Quay"),
        id="two side by side",
    ),
    pytest.param(
        f'{HEAD}<span class="author">Ada Pier</span>{TEXT * 20}<span class="author">Cy Mole</span>',
        ("Ada Pier",),
        id="not one further down",
    ),
    pytest.param(
        f'<h1>Gazette</h1><span class="author">Cy Mole</span>{TEXT * 40}{HEAD}<span class="author">Ada Pier</span>',
        ("Ada Pier",),
        id="below the heading that says the title",
    ),
    pytest.param(
        f'<article class="post comments-open"><header>{HEAD}<p class="byline">By Ada Pier</p></header></article>',
        ("By Ada Pier",),
        id="an article that is open to comments",
    ),
    pytest.param(
        f'<article>{HEAD}{TEXT}<footer><a rel="author">Ada Pier</a></footer></article>',
        ("Ada Pier",),
        id="the article's footer",
    ),
    pytest.param('<main><p class="byline">Ada Pier</p></main>', ("Ada Pier",), id="no heading at all"),
]


@pytest.mark.parametrize(("body", "wanted"), SHOWN)
def test_the_byline_is_found(body: str, wanted: tuple[str, ...]) -> None:
    assert _first(body) == wanted


ELSEWHERE = [
    pytest.param(f'{HEAD}<div class="comments"><span class="author">Cy Mole</span></div>', id="a comment"),
    pytest.param(f'{HEAD}<span class="comment-author">Cy Mole</span>', id="an author of a comment"),
    pytest.param(f'{HEAD}<aside><a rel="author">Cy Mole</a></aside>', id="beside the article"),
    pytest.param(f'{HEAD}<div class="related-stories"><a rel="author">Cy Mole</a></div>', id="another story"),
    pytest.param(f'{HEAD}<article class="card"><a rel="author">Cy Mole</a></article>', id="a card"),
    pytest.param(f"{HEAD}<figure><p class='author'>Cy Mole</p></figure>", id="a picture"),
    pytest.param(f"{HEAD}<blockquote><p>By Cy Mole</p></blockquote>", id="a quotation"),
    pytest.param(f'{HEAD}<p class="author-bio">Cy Mole writes about boats</p>', id="a life"),
    pytest.param(f'{HEAD}<p class="photo-credit author">Cy Mole</p>', id="a credit"),
    pytest.param(f'{HEAD}{TEXT * 400}<p class="author">Cy Mole</p>', id="far from the headline"),
    pytest.param(
        f'{HEAD}<p>{"The crews met for hours. " * 8}<a href="/author/cy-mole">Cy Mole</a> spoke.</p>',
        id="in a sentence",
    ),
    pytest.param(f"{HEAD}<p>By noon the pier was empty</p>", id="a sentence with by"),
    pytest.param(f"{HEAD}{TEXT * 40}<p>By Cy Mole</p>", id="a bare line far from the headline"),
    pytest.param(f'{HEAD}<p class="author">{"Cy Mole " * 40}</p>', id="longer than a byline"),
    pytest.param(f"{HEAD}{TEXT}", id="nothing"),
]


@pytest.mark.parametrize("body", ELSEWHERE)
def test_other_authors_are_not_the_articles(body: str) -> None:
    assert list(byline_candidates(_tree(body), title=TITLE)) == []


MARKED = [
    pytest.param(
        '<span itemprop="author"><b itemprop="name">Ada Pier</b>, reporter</span>', ("Ada Pier",), id="a name"
    ),
    pytest.param('<span itemprop="author">Ada Pier</span>', ("Ada Pier",), id="a text"),
    pytest.param(
        '<span itemprop="author"><meta itemprop="name" content="Ada Pier"></span>', ("Ada Pier",), id="a value"
    ),
    pytest.param('<span itemprop="author creator">Ada Pier</span>', ("Ada Pier",), id="of two properties"),
    pytest.param('<div class="comment"><span itemprop="author">Cy Mole</span></div>', (), id="a comment"),
    pytest.param('<span itemprop="author"></span>', (), id="empty"),
]


@pytest.mark.parametrize(("body", "wanted"), MARKED)
def test_microdata_names_authors(body: str, wanted: tuple[str, ...]) -> None:
    assert microdata_authors(_tree(body)) == wanted


def test_a_page_of_bylines_gives_only_so_many() -> None:
    found = list(byline_candidates(_tree(HEAD + '<a rel="author">Ada Pier</a>' * 20_000), title=TITLE))
    assert found == [("Ada Pier",)] * 5
