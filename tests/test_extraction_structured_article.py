"""The article in the JSON-LD nodes of a page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.extraction.jsonld import read_jsonld
from aggregator.extraction.structured_article import JsonLdArticle, jsonld_article

URL = "https://www.harbourgazette.example/transport/ferries"
NEWS = {"@type": "NewsArticle", "headline": "Ferries sail"}
SAIL = JsonLdArticle(headline="Ferries sail")


def _article(*nodes: Any) -> JsonLdArticle:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    tree = html.document_fromstring(f"<html><head>{scripts}</head><body><p>x</p></body></html>")
    return jsonld_article(read_jsonld(tree), page_urls=(URL,))


def test_every_field_of_an_article_is_read() -> None:
    assert _article({
        **NEWS,
        "articleBody": "Boats left on Monday.",
        "author": [{"@type": "Person", "name": "Ada Pier"}, "Bo Quay", {"@type": "Organization", "name": "Corvus Wire"}],
        "publisher": {"@type": "NewsMediaOrganization", "name": "Harbour Gazette"},
        "datePublished": "2031-05-06T07:08:09Z",
        "dateModified": "2031-05-07T07:08:09Z",
        "inLanguage": "en",
        "image": [{"url": "https://harbour.example/a.jpg"}],
        "articleSection": ["Transport", "Ferries"],
        "sourceOrganization": {"name": "Corvus Wire"},
        "creditText": "Corvus Wire",
        "copyrightHolder": {"name": "Harbour Gazette"},
        "isAccessibleForFree": False,
    }) == JsonLdArticle(
        headline="Ferries sail",
        body="Boats left on Monday.",
        authors=("Ada Pier", "Bo Quay"),
        organisations=("Corvus Wire",),
        publisher="Harbour Gazette",
        published="2031-05-06T07:08:09Z",
        modified="2031-05-07T07:08:09Z",
        language="en",
        image="https://harbour.example/a.jpg",
        section="Transport",
        credits=("Corvus Wire", "Harbour Gazette"),
        paywalled=True,
    )  # fmt: skip


CHOICES = [
    pytest.param([NEWS], SAIL, id="the only one"),
    pytest.param([{**NEWS, "@type": ["Report", "Thing"]}], SAIL, id="of two kinds"),
    pytest.param([{"@type": "Organization", "name": "Gazette"}], JsonLdArticle(), id="no article"),
    pytest.param(
        [NEWS, {"@type": "Article", "articleBody": "Long text."}],
        JsonLdArticle(body="Long text."),
        id="the one with a body",
    ),
    pytest.param(
        [{"@type": "ItemList", "itemListElement": [{"item": {**NEWS, "headline": "Another", "articleBody": "x"}}]}, NEWS],
        SAIL,
        id="not one that a list points to",
    ),
    pytest.param(
        [
            {**NEWS, "headline": "Another", "articleBody": "Long text.", "url": "https://elsewhere.example/b"},
            {**NEWS, "mainEntityOfPage": {"@id": "http://harbourgazette.example/transport/ferries/?ref=home"}},
        ],
        SAIL,
        id="the one at the page's address",
    ),
    pytest.param(
        [{**NEWS, "author": "Ada Pier"}, {"@type": "BlogPosting", "headline": "Ferries  sail!", "inLanguage": "en"}],
        JsonLdArticle(headline="Ferries sail", authors=("Ada Pier",), language="en"),
        id="filled in from one with the same headline",
    ),
    pytest.param([NEWS, {"@type": "Article", "headline": "Another", "inLanguage": "en"}], SAIL, id="but from no other"),
    pytest.param(
        [NEWS, {"@type": "WebPage", "datePublished": "2031-05-06", "dateModified": "2031-05-07", "inLanguage": "en"}],
        JsonLdArticle(
            headline="Ferries sail", page_published="2031-05-06", modified="2031-05-07", language="en"
        ),
        id="filled in from its page, whose date stays apart",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "wanted"), CHOICES)
def test_the_pages_own_article_is_found(nodes: list[Any], wanted: JsonLdArticle) -> None:
    assert _article(*nodes) == wanted


PEOPLE = [
    pytest.param({"@type": "Person", "name": "Ada Pier"}, ("Ada Pier",), (), id="a person"),
    pytest.param("Ada Pier", ("Ada Pier",), (), id="of no kind"),
    pytest.param({"@type": "Organization", "name": "Corvus Wire"}, (), ("Corvus Wire",), id="a house"),
    pytest.param({"@type": ["Person", "Organization"], "name": "Ada Pier"}, ("Ada Pier",), (), id="who runs a site"),
    pytest.param([["Ada Pier"]], ("Ada Pier",), (), id="a list in a list"),
    pytest.param([], (), (), id="nobody"),
]


@pytest.mark.parametrize(("author", "people", "organisations"), PEOPLE)
def test_people_and_houses_are_told_apart(author: Any, people: tuple[str, ...], organisations: tuple[str, ...]) -> None:
    article = _article({**NEWS, "author": author})
    assert (article.authors, article.organisations) == (people, organisations)


def test_a_creator_is_an_author() -> None:
    assert _article({**NEWS, "creator": ["Ada Pier"]}).authors == ("Ada Pier",)


def test_who_publishes_alone_is_a_person() -> None:
    assert _article({**NEWS, "publisher": {"@type": "Person", "name": "Ada Pier"}}).publisher_is_person


LOCKED = [
    pytest.param({}, False, id="nothing said"),
    pytest.param({"isAccessibleForFree": True}, False, id="free"),
    pytest.param({"isAccessibleForFree": False}, True, id="not free"),
    pytest.param({"isAccessibleForFree": "False"}, True, id="in words"),
    pytest.param({"isAccessibleForFree": "http://schema.org/False"}, True, id="as an address"),
    pytest.param({"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": "false"}}, True, id="a part"),
    pytest.param(
        {"isAccessibleForFree": True, "hasPart": [{"isAccessibleForFree": False}]}, False, id="free but for a part"
    ),
    pytest.param({"isAccessibleForFree": []}, False, id="an empty list"),
]


@pytest.mark.parametrize(("said", "wanted"), LOCKED)
def test_a_paywall_is_told_as_publishers_must(said: dict[str, Any], wanted: bool) -> None:
    assert _article({**NEWS, **said}).paywalled is wanted


def test_a_live_blog_is_live() -> None:
    assert _article({**NEWS, "@type": "LiveBlogPosting"}).live
    assert not _article(NEWS).live


def _crumbs(*names: Any) -> dict[str, Any]:
    return {"@type": "BreadcrumbList", "itemListElement": list(names)}


SECTIONS = [
    pytest.param([_crumbs({"name": "Home"}, {"name": "Transport"}, {"name": "Ferries sail"})], "Transport", id="before the article"),
    pytest.param([_crumbs({"name": "Start"}, {"item": {"name": "Verkehr"}})], "Verkehr", id="the name of an item"),
    pytest.param([_crumbs({"name": "首页"}, {"name": "交通"})], "交通", id="chinese"),
    pytest.param([_crumbs({"name": "Home"})], "", id="nothing but the first page"),
    pytest.param([_crumbs({"name": "x" * 90})], "", id="a title is no section"),
    pytest.param([_crumbs("Home", 3, None, {"name": 4})], "", id="steps of the wrong kind"),
    pytest.param([_crumbs({"name": "Home"}), _crumbs({"name": "Sport"})], "Sport", id="a second breadcrumb"),
    pytest.param([_crumbs({"name": "Sport"}), {**NEWS, "articleSection": "Transport"}], "Transport", id="the article's own"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "wanted"), SECTIONS)
def test_a_breadcrumb_ends_in_the_section(nodes: list[Any], wanted: str) -> None:
    assert _article(NEWS, *nodes).section == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param({"@type": "Language", "name": "German", "alternateName": "de"}, "de", id="a language by its code"),
        pytest.param({"@type": "Language", "name": "de"}, "de", id="by its name"),
        pytest.param(["de", "en"], "de", id="the first of several"),
        pytest.param(7, "", id="a number"),
    ],
)
def test_a_language_may_be_a_node(value: Any, wanted: str) -> None:
    assert _article({**NEWS, "inLanguage": value}).language == wanted


def test_a_date_may_be_a_number() -> None:
    assert _article({**NEWS, "datePublished": 1935824889}).published == "1935824889"


@pytest.mark.parametrize("value", [None, 7, True, {}, [], [[]], {"name": None}, [{"name": 3}]])
def test_a_field_of_the_wrong_kind_is_absent(value: Any) -> None:
    fields = ("headline", "articleBody", "author", "publisher", "image", "articleSection", "creditText", "inLanguage")
    assert _article({"@type": "Article", **dict.fromkeys(fields, value)}) == JsonLdArticle()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "#a", "Person", URL]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@id", "@type", "@value", "name", "url", "item"]), inner, max_size=3)
    ),
    max_leaves=10,
)
KEYS = ["headline", "author", "publisher", "datePublished", "inLanguage", "image", "mainEntityOfPage", "hasPart", "url"]


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_no_value_is_an_error(said: dict[str, Any]) -> None:
    article = _article({"@type": "NewsArticle", "@id": "#a", **said})
    assert isinstance(article.headline, str)
