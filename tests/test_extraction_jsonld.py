"""Reading what publishers say in JSON-LD, broken as it often is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import html

from aggregator.extraction.jsonld import StructuredArticle, structured_article


def _page(*scripts: str) -> html.HtmlElement:
    blocks = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return html.document_fromstring(f"<html><head>{blocks}</head><body><p>x</p></body></html>")


NEWS = {"@type": "NewsArticle", "headline": "Ferries sail"}

CASES = [
    pytest.param([json.dumps(NEWS)], StructuredArticle(headline="Ferries sail"), id="one node"),
    pytest.param([json.dumps([{"@type": "WebSite"}, NEWS])], StructuredArticle(headline="Ferries sail"), id="a list"),
    pytest.param([json.dumps({"@graph": [NEWS]})], StructuredArticle(headline="Ferries sail"), id="a graph"),
    pytest.param(
        [json.dumps({"@type": "WebPage", "mainEntity": NEWS})], StructuredArticle(headline="Ferries sail"), id="nested"
    ),
    pytest.param(
        [json.dumps({**NEWS, "@type": ["Report", "Thing"]})], StructuredArticle(headline="Ferries sail"), id="two types"
    ),
    pytest.param(["{broken", json.dumps(NEWS)], StructuredArticle(headline="Ferries sail"), id="a broken block before"),
    pytest.param(
        ["<!-- " + json.dumps(NEWS) + " -->"], StructuredArticle(headline="Ferries sail"), id="inside a comment"
    ),
    pytest.param(
        ["//<![CDATA[\n" + json.dumps(NEWS) + "\n//]]>"], StructuredArticle(headline="Ferries sail"), id="in CDATA"
    ),
    pytest.param(
        ['{"@type": "NewsArticle", "headline": "Two\nlines"}'],
        StructuredArticle(headline="Two\nlines"),
        id="raw newline",
    ),
    pytest.param(
        [json.dumps({**NEWS, "headline": "Fish &amp;amp; chips"})],
        StructuredArticle(headline="Fish & chips"),
        id="escaped twice",
    ),
    pytest.param(
        [json.dumps(NEWS), json.dumps({"@type": "Article", "articleBody": "Long text."})],
        StructuredArticle(body="Long text."),
        id="the node with a body wins",
    ),
    pytest.param(
        [
            json.dumps(
                {
                    **NEWS,
                    "author": [{"@type": "Person", "name": "Ada Pier"}, "Bo Quay"],
                    "publisher": {"name": "Harbour Gazette"},
                    "datePublished": "2031-05-06T07:08:09Z",
                    "inLanguage": "en",
                    "image": [{"url": "https://harbour.example/a.jpg"}],
                }
            )
        ],
        StructuredArticle(
            headline="Ferries sail",
            authors=("Ada Pier", "Bo Quay"),
            publisher="Harbour Gazette",
            published="2031-05-06T07:08:09Z",
            language="en",
            image="https://harbour.example/a.jpg",
        ),
        id="every field",
    ),
    pytest.param([json.dumps({"@type": "Organization", "name": "Gazette"})], StructuredArticle(), id="no article"),
    pytest.param([], StructuredArticle(), id="no script"),
    pytest.param(["[" * 100_000], StructuredArticle(), id="brackets without end"),
    pytest.param(["null"], StructuredArticle(), id="null"),
]


@pytest.mark.parametrize(("scripts", "wanted"), CASES)
def test_the_article_node_is_found(scripts: list[str], wanted: StructuredArticle) -> None:
    assert structured_article(_page(*scripts)) == wanted


@pytest.mark.parametrize("value", [None, 7, True, {}, [], [[]], {"name": None}, [{"name": 3}]])
def test_a_field_of_the_wrong_kind_is_absent(value: Any) -> None:
    node = {"@type": "Article", **dict.fromkeys(("headline", "articleBody", "author", "publisher", "image"), value)}
    assert structured_article(_page(json.dumps(node))) == StructuredArticle()
