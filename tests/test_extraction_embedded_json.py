"""Articles in the JSON scripts of a page, in the structures that scripts use."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.extraction.embedded_json import embedded_articles

PROSE = (
    "The ferry crews of the northern harbours voted on Monday to accept the offer of the shipping companies.",
    "Boats will leave again from Wednesday morning, though the night service needs another week to return.",
    "The union said the rise of four per cent was less than it had asked for but more than it had feared.",
)
FILL = "x" * 2_000


def _page(value: Any, kind: str = "application/json") -> html.HtmlElement:
    script = json.dumps({"build": FILL, "props": value}).replace("</", "<\\/")
    return html.fromstring(f"<html><body><script type='{kind}'>{script}</script><p>Loading</p></body></html>")


FORMATS = [
    pytest.param({"body": list(PROSE)}, id="strings"),
    pytest.param({"body": [{"type": "paragraph", "text": line} for line in PROSE]}, id="parts with a text"),
    pytest.param(
        {"story": {"content": [{"type": "p", "content": [{"type": "text", "value": line}]} for line in PROSE]}},
        id="parts of parts",
    ),
    pytest.param({"html": "".join(f"<p>{line}</p>" for line in PROSE)}, id="one string of HTML"),
    pytest.param({"blocks": [{"html": f"<p><b>{line}</b></p>"} for line in PROSE]}, id="parts in HTML"),
    pytest.param({"a": [{"text": "Menu"}], "b": {"c": [{"children": [{"text": line}]} for line in PROSE]}}, id="deep"),
]


@pytest.mark.parametrize("value", FORMATS)
def test_an_article_is_found_in_whatever_form(value: Any) -> None:
    assert embedded_articles(_page(value)) == ("\n".join(PROSE),)


NONE = [
    pytest.param({"menu": ["Home", "World", "Sport", "Weather"]}, id="labels"),
    pytest.param({"titles": [line.rstrip(".") for line in PROSE]}, id="titles of other articles"),
    pytest.param({"body": list(PROSE[:2])}, id="two sentences"),
    pytest.param(None, id="nothing"),
]


@pytest.mark.parametrize("value", NONE)
def test_other_data_is_no_article(value: Any) -> None:
    assert embedded_articles(_page(value)) == ()


def test_only_json_is_read() -> None:
    assert embedded_articles(_page({"body": list(PROSE)}, kind="text/javascript")) == ()


def test_a_broken_script_is_passed_over() -> None:
    tree = html.fromstring(f"<html><body><script type='application/json'>{{{FILL}</script></body></html>")
    assert embedded_articles(tree) == ()


_JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(PROSE),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from(["text", "content", "a"]), inside),
    max_leaves=20,
)


@given(_JSON)
def test_no_value_breaks_it(value: Any) -> None:
    for text in embedded_articles(_page(value)):
        assert sum(line.endswith(".") for line in text.splitlines()) >= 3


def test_of_several_articles_the_longest_comes_first() -> None:
    longer = [f"{line} And so it was." for line in PROSE]
    assert embedded_articles(_page({"a": list(PROSE), "b": longer})) == ("\n".join(longer), "\n".join(PROSE))
