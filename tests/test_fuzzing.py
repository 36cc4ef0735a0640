"""No input breaks the reading of feeds: the promises of benchmarks/fuzzing.py, and what broke them once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fuzzing import hold_document, hold_markup

PIECES = st.sampled_from(
    ["<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<description>", "<![CDATA[", "]]>",
     "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>", "<content type='xhtml'>", "<urlset>", "<url>", "<loc>",
     "https://a/", "&#1;", "&amp;lt;script>", "<script>", "<img src=x onerror=y>", "javascript:", "{\"items\":[", "{\"id\":1}", "]}",
     "\x00", "\ud7ff", "\ufffe", "é", "日本", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "<a href='", "'", ">", "<", "-->", "<!--",
     "<svg/onload=x>", "<math><mi//xlink:href='data:x,y'>", "<style>", "<?xml version='1.0' encoding='", "utf-16", "?>"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=25).map("".join)


@given(st.one_of(TEXTS.map(lambda text: text.encode("utf-8", "replace")), st.binary(max_size=200)))
def test_no_document_breaks_a_promise(body: bytes) -> None:
    hold_document(body)


@given(TEXTS)
def test_no_markup_breaks_a_promise(markup: str) -> None:
    hold_markup(markup)


@pytest.mark.parametrize("markup", ["<p>&#0;</p>", "<a href='&#1;javascript:x'>", "<b>a&#13;&#10;b&#13;c</b>"])
def test_what_broke_a_promise_once_keeps_it_now(markup: str) -> None:
    hold_markup(markup)
