from __future__ import annotations

import re
from collections import Counter

import lxml.html
import pytest
import trafilatura

from aggregator.demo.outlets import OUTLETS, DemoOutlet
from aggregator.demo.pages import render_article, render_front_page, render_outlet_list
from aggregator.demo.printed_articles import PrintedArticle
from tests.demo_printed import ADDRESSES, SECOND, printed_by

EACH_ARTICLE = [pytest.param(article, id=f"{article.outlet.slug}-{article.story.name}") for article in SECOND]
EACH_OUTLET = [pytest.param(outlet, id=outlet.slug) for outlet in OUTLETS]


def page_of(article: PrintedArticle) -> str:
    others = tuple(other for other in printed_by(article.outlet) if other != article)
    return render_article(article, others, ADDRESSES)


@pytest.mark.parametrize("article", EACH_ARTICLE)
def test_extraction_finds_the_text_in_the_noise(article: PrintedArticle) -> None:
    found = Counter(_words(trafilatura.extract(page_of(article), include_comments=False) or ""))
    wanted = Counter(_words(article.text))
    assert (wanted & found).total() > 0.95 * wanted.total()
    assert (wanted & found).total() > 0.80 * found.total()


@pytest.mark.parametrize("article", EACH_ARTICLE)
def test_a_page_says_what_it_is(article: PrintedArticle) -> None:
    page = lxml.html.document_fromstring(page_of(article))
    assert (page.get("lang"), page.xpath("string(//h1)"), page.xpath("string(//link[@rel='canonical']/@href)")) == (
        article.outlet.language,
        article.headline,
        ADDRESSES.article(article),
    )


@pytest.mark.parametrize("outlet", EACH_OUTLET)
def test_links_and_pictures_lead_to_what_the_outlet_serves(outlet: DemoOutlet) -> None:
    articles = printed_by(outlet)
    pages = [render_front_page(outlet, articles, ADDRESSES), *map(page_of, articles)]
    addresses = {address for page in pages for address in _found("//@href | //@src", page)}
    known = {"/", "/favicon.svg", "#", outlet.feed_path, ADDRESSES.feed(outlet)}
    known |= {article.path for article in articles} | {ADDRESSES.article(article) for article in articles}
    known |= {ADDRESSES.picture(article) for article in articles}
    assert {address for address in addresses if not address.startswith("/#")} <= known


@pytest.mark.parametrize("outlet", EACH_OUTLET)
def test_a_front_page_lists_every_article_once(outlet: DemoOutlet) -> None:
    front = render_front_page(outlet, printed_by(outlet), ADDRESSES)
    assert sorted(_found("//li/a/@href", front)) == sorted(article.path for article in printed_by(outlet))


def test_no_two_houses_build_their_pages_alike() -> None:
    shapes = {_shape(page_of(printed_by(outlet)[0])) for outlet in OUTLETS}
    assert len(shapes) == len(OUTLETS)


def test_the_newsstand_names_every_feed() -> None:
    assert _found("//li/small/a/@href", render_outlet_list(ADDRESSES)) == [ADDRESSES.feed(outlet) for outlet in OUTLETS]


def _found(path: str, page: str) -> list[str]:
    """What an XPath for attributes finds in the page."""
    found = lxml.html.document_fromstring(page).xpath(path)
    assert isinstance(found, list)
    return [str(value) for value in found]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _shape(page: str) -> tuple[str, ...]:
    """The page's elements and classes in their order, without its words."""
    body = lxml.html.document_fromstring(page).find("body")
    assert body is not None
    return tuple(f"{element.tag}.{element.get('class')}" for element in body.iter() if element.tag not in ("p", "br"))
