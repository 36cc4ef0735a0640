"""Rendering of blocks and pictures as HTML with the same text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from aggregator.extraction.article_html import blocks_to_html
from aggregator.extraction.html_to_text import text_of_html
from aggregator.extraction.page_blocks import blocks_of
from aggregator.extraction.page_pictures import Picture

SAME = [
    pytest.param("<h2>Pay</h2><p>One &amp; two.</p>", id="headings and paragraphs"),
    pytest.param("<ul><li>One</li><li>Two</li></ul><ol><li>Three</li></ol>", id="lists side by side"),
    pytest.param("<ul><li><p>One</p><p>more</p></li><li>Two</li></ul>", id="an item of two paragraphs"),
    pytest.param("<blockquote><p>One</p><p>Two</p></blockquote><p>Three</p>", id="a quote"),
    pytest.param("<table><tr><th>Year</th><th>Pay</th></tr><tr><td>2031</td><td>2,100</td></tr></table>", id="table"),
    pytest.param("<pre>x = 1</pre>", id="preformatted"),
    pytest.param('<p>A <a href="/x">link &amp; more</a> and <em>stress</em>.</p>', id="links and emphasis"),
    pytest.param("<ul><li><h3>Pay</h3>More</li></ul>", id="a heading in a list"),
    pytest.param(
        '<ol type="a" start="3"><li>One<ul><li>Two</li></ul></li><li value="9">Three</li></ol>', id="nested lists"
    ),
    pytest.param("<dl><dt>Level</dt><dd>The height of the water</dd></dl>", id="definitions"),
    pytest.param("<details><summary>More</summary><p>Closed</p></details>", id="details"),
    pytest.param("<p>If <math><mi>x</mi><mo>=</mo><mn>1</mn></math> holds</p>", id="a formula"),
    pytest.param('<p id="fn1">A note</p><h2 id="part">Part</h2>', id="anchors"),
    pytest.param('<ul><li><a href="/x">A link</a></li></ul><h3>A <code>name</code></h3>', id="the same elsewhere"),
]


def _rendered(markup: str) -> str:
    return blocks_to_html(blocks_of(html.fragment_fromstring(markup, create_parent="div")))


@pytest.mark.parametrize("markup", SAME)
def test_clean_html_comes_back_as_it_was(markup: str) -> None:
    assert _rendered(markup) == markup


CHANGED = [
    pytest.param("<div>One<br>Two</div>", "<p>One</p><p>Two</p>", id="breaks divide paragraphs"),
    pytest.param("<section><div><span>One</span></div></section>", "<p>One</p>", id="a paragraph of sorts"),
    pytest.param("<p>A <span class='x'>word</span> <b>or two</b></p>", "<p>A word <b>or two</b></p>", id="mere spans"),
    pytest.param("<p>A <a href='/x'>link<br>more</a></p>", "<p>A link</p><p>more</p>", id="a link over two lines"),
    pytest.param(
        "<p>A <a href='/x'><img src='y'>link</a></p>", '<p>A <a href="/x">link</a></p>', id="a picture among the words"
    ),
    pytest.param("<blockquote>Bare</blockquote>", "<blockquote><p>Bare</p></blockquote>", id="a bare quote"),
    pytest.param("<li>Lost</li>", "<ul><li>Lost</li></ul>", id="an item without a list"),
    pytest.param("<pre>a\n  b<br>c\n</pre>", "<pre>a\n  b\nc</pre>", id="lines of code"),
    pytest.param(
        "<p>If <img class='latex' src='y' alt='x^2'> is 4</p>",
        '<p>If <img class="latex" src="y" alt="x^2"> is 4</p>',
        id="a picture of a formula",
    ),
    pytest.param("<p>&lt;script&gt;</p>", "<p>&lt;script&gt;</p>", id="what looks like markup stays text"),
    pytest.param("<pre>a<div> b</div>\n<div>c</div>d</pre>", "<pre>a\n b\nc\nd</pre>", id="lines of code as blocks"),
]


@pytest.mark.parametrize(("markup", "rendered"), CHANGED)
def test_other_markup_becomes_plain_html(markup: str, rendered: str) -> None:
    assert _rendered(markup) == rendered


def test_a_picture_never_divides_a_list() -> None:
    blocks = blocks_of(html.fragment_fromstring("<p>A</p><ul><li>B</li><li>C</li></ul><p>D</p>", create_parent="div"))
    pictures = [Picture(url=f"/{after}", alt='"q"', caption="x < y", after=after) for after in (0, 1, 2, 4)]
    first, second, third, fourth = (
        f'<figure><img src="/{after}" alt="&quot;q&quot;"><figcaption>x &lt; y</figcaption></figure>'
        for after in (0, 1, 2, 4)
    )
    assert blocks_to_html(blocks, pictures) == (
        f"{first}<p>A</p>{second}<ul><li>B</li><li>C</li></ul>{third}<p>D</p>{fourth}"
    )


_TAGS = st.sampled_from(["p", "h2", "li", "blockquote", "div", "pre", "tr", "td", "ul", "table", "br", "span"])
_TREES: st.SearchStrategy[tuple[str, str, list[object]]] = st.recursive(
    st.tuples(_TAGS, st.sampled_from(["", "one", "two words", "a & b < c"]), st.just([])),
    lambda below: st.tuples(_TAGS, st.sampled_from(["", "three"]), st.lists(below, max_size=3)),
    max_leaves=12,
)


def _build(parent: etree._Element, shape: tuple[str, str, list[object]]) -> None:
    tag, text, children = shape
    element = etree.SubElement(parent, tag)
    element.text = text
    for child in children:
        _build(element, child)  # type: ignore[arg-type]


@given(_TREES)
def test_the_html_says_what_the_blocks_say(shape: tuple[str, str, list[object]]) -> None:
    root = etree.Element("div")
    _build(root, shape)
    blocks = blocks_of(root)
    assert text_of_html(blocks_to_html(blocks)).splitlines() == [block.text for block in blocks]
