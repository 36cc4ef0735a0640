"""Titles and names are one line of text, whatever their publisher wrote."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parsing.feed_document import parse_feed
from aggregator.parsing.titles import MAX_TITLE_LENGTH, html_title, literal_text, plain_text, untyped_title
from tests.loops import loop_over
from tests.test_parsing_sanitise import PAYLOADS

FORBIDDEN = re.compile(
    r"<\s*/?\s*(?:base|embed|form|iframe|input|link|math|meta|noscript|object|script|style|svg|img|a)\b", re.IGNORECASE
)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("Plain", "Plain", id="plain"),
        pytest.param("  a \n\t b ", "a b", id="white space"),
        pytest.param("a\u3000b\xa0c", "a b c", id="wide and hard spaces"),
        pytest.param("<b>Bold</b> <i class=x>and</i> more", "Bold and more", id="markup"),
        pytest.param("one<br>two<p>three", "one two three", id="breaks become spaces"),
        pytest.param("Tom &amp; Jerry", "Tom & Jerry", id="an entity"),
        pytest.param("Tom &amp;amp; Jerry &amp;#8217;s", "Tom & Jerry ’s", id="escaped twice"),
        pytest.param("&lt;b&gt;Bold&lt;/b&gt;", "Bold", id="escaped markup"),
        pytest.param("&amp;lt;script&amp;gt;x&amp;lt;/script&amp;gt;y", "y", id="a script escaped twice"),
        pytest.param("AT&T and R&D", "AT&T and R&D", id="ampersands that are words"),
        pytest.param("if a < b and c > d", "if a < b and c > d", id="comparisons"),
        pytest.param("List<T> and the <main> element", "List<T> and the <main> element", id="tags that are words"),
        pytest.param("a\u202eb\u2066c\u200bd\x1be\x85f\ufefff", "abcdeff", id="overrides, controls, invisible ones"),
        pytest.param("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻", id="joiners"),
        pytest.param("a\ud83db", "a\ufffdb", id="half a surrogate pair"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_title_is_one_line_of_text(markup: str, expected: str) -> None:
    assert plain_text(markup) == expected


def test_a_title_of_a_megabyte_is_cut_at_a_word() -> None:
    title = plain_text("word " * 200_000)
    assert len(title) <= MAX_TITLE_LENGTH
    assert title.endswith("word…")


@loop_over(
    ("title", "expected"),
    [
        ("a &lt; b", "a < b"),
        ("The &lt;a&gt; element", "The <a> element"),
        ("Use &lt;script&gt; &amp;amp; &lt;b&gt;x&lt;/b&gt;", "Use <script> &amp; <b>x</b>"),
        ("<em>One</em><br>two", "One two"),
        ("Tom&amp;#8217;s &amp;nbsp; List<T>", "Tom’s List<T>"),
    ],
)
def test_an_html_title_is_resolved_once(title: str, expected: str) -> None:
    assert html_title(title) == expected


@loop_over(
    ("title", "expected"),
    [
        ("Why <br> and <a> are fine", "Why <br> and <a> are fine"),
        ("std::vector<int> and <b>", "std::vector<int> and <b>"),
        ("<i>Nature</i> &amp; <b class=x>us</b>", "Nature & us"),
        ("one<br/>two", "one two"),
        ("<b><i>x</i></b>", "x"),
        ("AT&T &#8211; news", "AT&T – news"),
        ("<![CDATA[Open letter]]>", "Open letter"),
        ("<![CDATA[Use <a>]]>", "Use <a>"),
    ],
)
def test_an_atom_title_without_a_type_is_text_unless_it_is_markup(title: str, expected: str) -> None:
    assert untyped_title(title) == expected


def test_text_is_text() -> None:
    assert literal_text(" <b>a</b>\n&amp; \u202eb ") == "<b>a</b> &amp; b"


@loop_over(
    ("title", "expected"),
    [
        ('<title type="text">&lt;b&gt; and &amp;amp;</title>', "<b> and &amp;"),
        ("<title>&lt;em&gt;one&lt;/em&gt;</title>", "one"),
        ('<title type="html">&lt;b&gt;1&lt;/b&gt; &amp;lt;i&amp;gt;</title>', "1 <i>"),
        (
            '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><code>&lt;p&gt;</code> <i>now</i></div></title>',
            "<p> now",
        ),
    ],
)
def test_the_type_of_an_atom_title_decides(title: str, expected: str) -> None:
    entry = f"<entry><id>1</id>{title}</entry>"
    document = f'<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>F</title>{entry}</feed>'
    for text in (
        document,
        document.replace("<id>f</id>", "<id>f</id><subtitle>&nbsp;</subtitle>"),
    ):  # the last by feedparser
        feed = parse_feed(text.encode(), url="https://example.org/", content_type=None)
        assert [one.title for one in feed.entries] == [expected]  # type: ignore[union-attr]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_keeps_its_tags_in_a_title(payload: str) -> None:
    assert not FORBIDDEN.search(plain_text(f"News {payload} today"))


@given(st.text())
def test_a_title_never_holds_a_line_break_or_too_much(markup: str) -> None:
    title = plain_text(markup)
    assert title == " ".join(title.split())
    assert len(title) <= MAX_TITLE_LENGTH
