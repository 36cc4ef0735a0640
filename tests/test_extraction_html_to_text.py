"""HTML as plain text: the boundaries of lines."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.html_to_text import inner_html, parse_fragment, text_of_html

CASES = [
    pytest.param("", "", id="nothing"),
    pytest.param("  just   words ", "just words", id="no element at all"),
    pytest.param("<p>one</p><p>two</p>", "one\ntwo", id="paragraphs"),
    pytest.param("<p>one<br>two<br/><br>three</p>", "one\ntwo\nthree", id="line breaks"),
    pytest.param("<p>one <b>bo</b>ld <a href='x'>link</a>.</p>", "one bold link.", id="inline elements join"),
    pytest.param("before<p>in</p>after", "before\nin\nafter", id="loose text"),
    pytest.param("<ul><li>a<ul><li>b</li></ul>c</li></ul>", "a\nb\nc", id="nested lists"),
    pytest.param("<table><tr><th>Year</th><td>2031</td></tr></table>", "Year | 2031", id="a row is a line"),
    pytest.param("<table><tr><td></td><td>x</td><td> </td></tr></table>", "x", id="empty cells leave no bar"),
    pytest.param("<table><tr><td><p>a</p><p>b</p></td></tr></table>", "a\nb", id="a layout table is no row"),
    pytest.param("<p>a</p><script>b()</script><style>c{}</style><p>d</p>", "a\nd", id="scripts and styles are silent"),
    pytest.param("<p>a</p><figure><img><figcaption>b</figcaption></figure><p>c</p>", "a\nc", id="captions are no text"),
    pytest.param("<figure><img><figcaption>b</figcaption></figure>", "b", id="unless there is no other"),
    pytest.param("<p>a<!-- b -->c</p>", "ac", id="comments are silent"),
    pytest.param("<p>Fish &amp; &lt;chips&gt;</p>", "Fish & <chips>", id="entities"),
    pytest.param("<p>\u200b</p><p>\ufeff x</p>", "x", id="invisible characters are no text"),
    pytest.param("<div><h2>Head</h2><blockquote>said</blockquote></div>", "Head\nsaid", id="headings and quotes"),
]


@pytest.mark.parametrize(("markup", "wanted"), CASES)
def test_block_elements_become_lines(markup: str, wanted: str) -> None:
    assert text_of_html(markup) == wanted


def test_nesting_without_end_costs_no_more_than_its_text() -> None:
    assert text_of_html("<div>" * 5_000 + "deep" + "</div>" * 5_000) in ("deep", "")


@given(st.lists(st.text(st.characters(categories=("L", "N", "P")), min_size=1), max_size=8))
def test_paragraphs_come_back_as_they_were_written(paragraphs: list[str]) -> None:
    markup = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    assert text_of_html(markup) == "\n".join(paragraphs)


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<p>one</p><p>two</p>", id="paragraphs"),
        pytest.param("before<p>in</p>after", id="loose text"),
        pytest.param('a &lt;b&gt; &amp; "c"', id="nothing but text"),
        pytest.param('<p>a<br>b <a href="/x?y=1&amp;z=2">c</a></p>', id="void elements and attributes"),
    ],
)
def test_what_stands_in_a_fragment_is_written_as_it_was_read(markup: str) -> None:
    assert inner_html(parse_fragment(markup)) == markup


def test_preformatted_text_keeps_its_lines() -> None:
    assert text_of_html("<p>a\nb</p><pre>c <b>d\ne</b>\n\n f</pre>") == "a b\nc d\ne\nf"


def test_the_link_of_a_player_is_no_text() -> None:
    figure = '<figcaption><a href="/v">Video</a></figcaption></figure>'
    assert text_of_html(f'<figure data-player="https://x.example/">{figure}') == ""
    assert text_of_html(f"<figure>{figure}") == "Video"


def test_a_formula_is_text_and_a_player_is_not() -> None:
    formula = '<img src="https://s0.wp.com/latex.php?latex=x" alt="x^2"> and <math><mi>y</mi></math>'
    assert text_of_html(
        f'<p>If {formula} <video><a href="/v">Video</a></video>holds<img src="/a.jpg" alt="b"></p>'
    ) == ("If x^2 and y holds")
