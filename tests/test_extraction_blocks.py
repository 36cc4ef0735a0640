"""trafilatura's tree as HTML, and dropping lines from it."""

from __future__ import annotations

import pytest
from lxml import etree

from aggregator.extraction.blocks import paragraphs, to_html, without
from aggregator.extraction.text_of_html import lines_of


def _markup(root: etree._Element) -> str:
    return "".join(etree.tostring(child, method="html", encoding="unicode") for child in root)


CASES = [
    pytest.param("<head rend='h3'>A</head><p class='x'>B</p>", "<h3>A</h3><p>B</p>", id="headings and paragraphs"),
    pytest.param("<head>A</head>", "<h2>A</h2>", id="a heading of no level"),
    pytest.param("<list><item>A</item><item>B</item></list>", "<ul><li>A</li><li>B</li></ul>", id="lists"),
    pytest.param(
        "<table><row><cell role='head'>A</cell><cell>B</cell></row></table>",
        "<table><tr><th>A</th><td>B</td></tr></table>",
        id="tables",
    ),
    pytest.param("<quote>A<p>B</p>C</quote>", "<blockquote><p>A</p><p>B</p><p>C</p></blockquote>", id="quotes"),
    pytest.param("<p>A<lb/>B<lb/><lb/>C</p>", "<p>A</p><p>B</p><p></p><p>C</p>", id="line breaks divide"),
    pytest.param("<p>A <ref target='u'>B</ref> <hi rend='#b'>C</hi>.</p>", "<p>A B C.</p>", id="inline words stay"),
    pytest.param("<p>A</p><graphic src='u'/><p>B</p>", "<p>A</p><p>B</p>", id="images go"),
    pytest.param("A<lb/>B", "<p>A</p><p>B</p>", id="text without a paragraph"),
    pytest.param("<code>a\n b</code>", "<pre>a\n b</pre>", id="code"),
]


@pytest.mark.parametrize(("body", "wanted"), CASES)
def test_the_engines_elements_become_those_of_html(body: str, wanted: str) -> None:
    assert _markup(to_html(etree.fromstring(f"<body>{body}</body>"))) == wanted


def test_the_given_tree_stays_as_it_was() -> None:
    body = etree.fromstring("<body><head rend='h2'>A</head></body>")
    to_html(body)
    assert etree.tostring(body) == b'<body><head rend="h2">A</head></body>'


DROPS = [
    pytest.param("<p>A</p><p>B</p><p>C</p>", {1}, "<p>A</p><p>C</p>", id="a paragraph"),
    pytest.param("<list><item>A</item></list><p>B</p>", {0}, "<p>B</p>", id="the last item takes its list along"),
    pytest.param("<list><item>A</item><item>B</item></list>", {0}, "<ul><li>B</li></ul>", id="one item of two"),
    pytest.param(
        "<list><item>A<list><item>B</item></list></item></list>",
        {0},
        "<ul><li>A<ul><li>B</li></ul></li></ul>",
        id="an item that holds others stays",
    ),
    pytest.param(
        "<table><row><cell>A</cell></row><row><cell>B</cell></row></table>",
        {1},
        "<table><tr><td>A</td></tr></table>",
        id="a row",
    ),
    pytest.param("<p>A</p>", {0}, "", id="everything"),
    pytest.param("<p>A</p>", (), "<p>A</p>", id="nothing"),
]


@pytest.mark.parametrize(("body", "dropped", "wanted"), DROPS)
def test_dropping_a_line_drops_its_element_and_no_other_line(body: str, dropped: set[int], wanted: str) -> None:
    root = to_html(etree.fromstring(f"<body>{body}</body>"))
    assert _markup(without(lines_of(root), root, dropped)) == wanted


def test_plain_text_becomes_paragraphs() -> None:
    assert _markup(paragraphs("A & B\nC")) == "<p>A &amp; B</p><p>C</p>"
