"""Parsing of a page's JSON-LD, also if it is invalid or hostile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.extraction.jsonld import JsonLdGraph, node_name, node_types, read_jsonld, string_value

NEWS = {"@type": "NewsArticle", "headline": "Ferries sail"}


def _graph(*scripts: str) -> JsonLdGraph:
    blocks = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return read_jsonld(html.document_fromstring(f"<html><head>{blocks}</head><body><p>x</p></body></html>"))


def _headlines(*scripts: str) -> list[str]:
    return [string_value(found.node["headline"]) for found in _graph(*scripts).nodes if "headline" in found.node]


READABLE = [
    pytest.param([json.dumps(NEWS)], id="one node"),
    pytest.param([json.dumps([{"@type": "WebSite"}, NEWS])], id="a list"),
    pytest.param([json.dumps({"@graph": [NEWS]})], id="a graph"),
    pytest.param([json.dumps({"@type": "WebPage", "mainEntity": NEWS})], id="nested"),
    pytest.param([json.dumps({"@type": "ItemList", "itemListElement": [{"item": NEWS}]})], id="an item of a list"),
    pytest.param(["{broken", json.dumps(NEWS)], id="a broken block before"),
    pytest.param(["<!-- " + json.dumps(NEWS) + " -->"], id="inside a comment"),
    pytest.param(["//<![CDATA[\n" + json.dumps(NEWS) + "\n//]]>"], id="in CDATA"),
    pytest.param(["/*<![CDATA[*/" + json.dumps(NEWS) + "/*]]>*/"], id="in commented CDATA"),
    pytest.param([json.dumps(NEWS) + ";"], id="a semicolon behind"),
    pytest.param([json.dumps(NEWS) + json.dumps(NEWS)[:9]], id="the start of another behind"),
    pytest.param(['{"@type": "NewsArticle", "headline": "Ferries sail", }'], id="a comma too many"),
    pytest.param(['[{"@type": "NewsArticle", "headline": "Ferries sail"},\n]'], id="a comma too many in a list"),
    pytest.param(['{"headline": {"@value": "Ferries sail", "@language": "en"}}'], id="a value with its language"),
    pytest.param(['{"headline": ["Ferries sail", "Boats sail"]}'], id="the first of several"),
    pytest.param(['{"headline": "Ferries&amp;#32;sail"}'], id="escaped twice"),
]


@pytest.mark.parametrize("scripts", READABLE)
def test_what_can_be_read_is_read(scripts: list[str]) -> None:
    assert _headlines(*scripts) == ["Ferries sail"]


def test_a_raw_newline_in_a_string_is_kept() -> None:
    assert _headlines('{"headline": "Two\nlines"}') == ["Two\nlines"]


UNREADABLE = [
    pytest.param([], id="no script"),
    pytest.param([""], id="an empty one"),
    pytest.param(["null"], id="null"),
    pytest.param(["7"], id="a number"),
    pytest.param(["[" * 100_000], id="brackets without end"),
    pytest.param(['{"@graph":' * 5000 + "[]" + "}" * 5000], id="nodes within nodes without end"),
    pytest.param(['{"headline": "' + "x" * 2_000_000 + '"}'], id="more than two million characters"),
    pytest.param(["," * 500_000], id="nothing but commas"),
]


@pytest.mark.parametrize("scripts", UNREADABLE)
def test_what_cannot_be_read_is_passed_over(scripts: list[str]) -> None:
    assert _headlines(*scripts) == []


def test_nodes_below_the_eighth_level_are_not_looked_at() -> None:
    deep: Any = NEWS
    for _ in range(8):
        deep = {"mainEntity": deep}
    assert _headlines(json.dumps(deep)) == ["Ferries sail"]
    assert _headlines(json.dumps({"mainEntity": deep})) == []


def test_of_too_many_nodes_the_first_and_outer_ones_are_kept() -> None:
    inner = [{"headline": f"Boat {number}"} for number in range(5000)]
    found = _headlines(json.dumps({**NEWS, "hasPart": inner}), json.dumps({"headline": "Another"}))
    assert found == ["Ferries sail", *(f"Boat {number}" for number in range(1999))]


def test_references_lead_to_their_node() -> None:
    graph = _graph(
        json.dumps({"@graph": [{"@id": "#a", "author": {"@id": "#ada"}}, {"@id": "#ada", "name": "Ada Pier"}]})
    )
    assert list(graph.names(graph.nodes[1].node["author"])) == ["Ada Pier"]


@pytest.mark.parametrize(
    "nodes",
    [
        pytest.param([{"@id": "#a", "name": {"@id": "#a"}}], id="to itself"),
        pytest.param([{"@id": "#a", "name": {"@id": "#b"}}, {"@id": "#b", "name": {"@id": "#a"}}], id="in a circle"),
        pytest.param([{"@id": "#b", "name": None}], id="to nothing"),
    ],
)
def test_a_reference_without_an_end_names_nobody(nodes: list[Any]) -> None:
    assert list(_graph(json.dumps({"@graph": nodes})).names({"@id": "#a"})) == []


NAMES = [
    pytest.param("Ada Pier", "Ada Pier", id="a string"),
    pytest.param({"name": "Ada Pier"}, "Ada Pier", id="a node"),
    pytest.param({"name": ["Ada Pier", "Bo Quay"]}, "Ada Pier", id="a node with a list"),
    pytest.param({"name": {"@value": "Ada Pier"}}, "Ada Pier", id="a node with a value"),
    pytest.param({"name": {"name": "Ada Pier"}}, "Ada Pier", id="a name that is a node"),
    pytest.param({"givenName": "Ada", "familyName": "Pier"}, "Ada Pier", id="in two parts"),
    pytest.param({"@type": "Person"}, "", id="a node without"),
    pytest.param(7, "", id="a number"),
    pytest.param("x" * 1000, "", id="a text"),
]


@pytest.mark.parametrize(("value", "wanted"), NAMES)
def test_things_have_names(value: Any, wanted: str) -> None:
    assert node_name(value) == wanted


KINDS = [
    pytest.param("NewsArticle", {"NewsArticle"}, id="a string"),
    pytest.param(["NewsArticle", "Article", None, 3], {"NewsArticle", "Article"}, id="a list"),
    pytest.param("http://schema.org/NewsArticle", {"NewsArticle"}, id="an address"),
    pytest.param("schema:NewsArticle", {"NewsArticle"}, id="a prefix"),
    pytest.param({"a": 1}, set(), id="a node"),
    pytest.param(None, set(), id="nothing"),
]


@pytest.mark.parametrize(("stated", "wanted"), KINDS)
def test_kinds_are_named_without_their_vocabulary(stated: Any, wanted: set[str]) -> None:
    assert node_types({"@type": stated}) == wanted


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@graph", "@id", "@type", "name", "author", "item"]), inner, max_size=3)
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_read_without_an_error(value: Any) -> None:
    graph = _graph(json.dumps(value).replace("<", ""))
    assert all(isinstance(name, str) for found in graph.nodes for name in graph.names(found.node.get("author")))
