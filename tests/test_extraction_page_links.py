"""Links of a page to parts of its article and to its AMP and print versions."""

from __future__ import annotations

import pytest
from lxml import html

from aggregator.extraction.page_links import page_links
from aggregator.model.extraction import PageLinks

URL = "https://www.harbour.example/2026/night-ferry.html"


def links(body: str, *, head: str = "", url: str = URL) -> PageLinks:
    return page_links(html.document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>"), url=url)


@pytest.mark.parametrize(
    ("markup", "leads_on"),
    [
        pytest.param("<a rel=next href='/x'>Ships of the north</a>", True, id="marked as next"),
        pytest.param("<a href='/x'>2</a>", True, id="a number"),
        pytest.param("<a href='/x'> [ <b>2</b> ] </a>", True, id="a number in brackets"),
        pytest.param("<a href='/x'>Page 2</a>", True, id="en"),
        pytest.param("<a href='/x'>Next Page »</a>", True, id="en, next"),
        pytest.param("<a href='/x'>Weiter auf Seite 2</a>", True, id="de"),
        pytest.param("<a href='/x'>Page suivante</a>", True, id="fr"),
        pytest.param("<a href='/x'>Página siguiente</a>", True, id="es"),
        pytest.param("<a href='/x'>Pagina successiva</a>", True, id="it"),
        pytest.param("<a href='/x'>下一页</a>", True, id="zh"),
        pytest.param("<a href='/x'>次のページへ</a>", True, id="ja"),
        pytest.param("<a href='/x'>Следующая страница</a>", True, id="ru"),
        pytest.param("<a href='/x'>الصفحة التالية</a>", True, id="ar"),
        pytest.param("<a href='/x'>Next up: the ships of the north</a>", False, id="a headline"),
        pytest.param("<a href='/x'>2026</a>", False, id="a year"),
        pytest.param("<a href='/x'></a>", False, id="nothing"),
        pytest.param("<a rel=next href='//other.example/x'>Next</a>", False, id="another host"),
        pytest.param("<a rel=next href='#part2'>Next</a>", False, id="the page itself"),
        pytest.param("<a rel=next href='javascript:next()'>Next</a>", False, id="a script"),
        pytest.param("<a rel=next href='http://[x'>Next</a>", False, id="no address"),
        pytest.param("<a rel=next href='https://me:pw@www.harbour.example/x'>Next</a>", False, id="a password"),
    ],
)
def test_what_leads_on(markup: str, leads_on: bool) -> None:
    assert links(markup).onward == (("https://www.harbour.example/x",) if leads_on else ())


def test_links_are_told_once_in_their_order_and_relative_to_the_base() -> None:
    body = "<a href='n_2.html'>2</a><a href='n_3.html#top'>3</a><a rel=next href='n_2.html'>Next</a>"
    found = links(body, head="<base href='/b/'><link rel=next href='n_2.html'>")
    assert found.onward == ("https://www.harbour.example/b/n_2.html", "https://www.harbour.example/b/n_3.html")
    assert found.following == "https://www.harbour.example/b/n_2.html"


def test_the_next_one_is_the_first_that_is_marked_or_called_so() -> None:
    found = links("<a href='/3'>3</a><a href='/2'>Next page »</a><a rel=next href='/4'>x</a>")
    assert found.following == "https://www.harbour.example/2"
    assert links("<a href='/2'>2</a>").following is None


@pytest.mark.parametrize(
    ("markup", "twins"),
    [
        pytest.param("<link rel=amphtml href='/amp/night-ferry'>", ("https://www.harbour.example/amp/night-ferry",),
                     id="amp"),
        pytest.param("<link rel=amphtml href='https://amp.harbour.example/f'>", ("https://amp.harbour.example/f",),
                     id="amp on a host of its own"),
        pytest.param("<link rel=amphtml href='https://cdn.example/f'>", (), id="amp of somebody else"),
        pytest.param("<link rel=alternate media=print href='?view=p'>", (f"{URL}?view=p",), id="print, as the standard has it"),
        pytest.param("<a href='?print=1'>Drucken</a>", (f"{URL}?print=1",), id="print, by a parameter"),
        pytest.param("<a href='/2026/night-ferry/print'>x</a>", ("https://www.harbour.example/2026/night-ferry/print",),
                     id="print, by a step"),
        pytest.param("<a href='/print-edition'>x</a>", (), id="the paper"),
        pytest.param("<a href='/2026/night-ferry-sprint'>x</a>", (), id="a word that ends alike"),
    ],
)  # fmt: skip
def test_twins(markup: str, twins: tuple[str, ...]) -> None:
    assert links(markup).twins == twins


def test_of_many_links_only_the_first_forty_are_kept() -> None:
    body = "".join(f"<a rel=next href='/{number}'>x</a>" for number in range(100))
    assert len(links(body).onward) == 40
