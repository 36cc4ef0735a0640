"""XML that every parser accepts."""

from __future__ import annotations

import pytest
from hypothesis import given
from lxml import etree

from aggregator.publishing.xml_writer import append_element, append_plain_title, document_root, legal_text, serialise
from tests.newsstand import ANY_TEXT


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        pytest.param("plain\ttext\r\n", "plain\ttext\r\n", id="white space stays"),
        pytest.param("a\x00b\x0bc\x1bd", "abcd", id="controls go"),
        pytest.param("a\ud800b\udfffc", "abc", id="lone surrogates go"),
        pytest.param("a\ufffeb\uffffc", "abc", id="characters that are none go"),
        pytest.param("\x7f\x85é漢😀\U0010ffff", "\x7f\x85é漢😀\U0010ffff", id="the rest stays"),
    ],
)
def test_what_xml_forbids_is_dropped(text: str, legal: str) -> None:
    assert legal_text(text) == legal


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_and_attribute_come_back_legal_and_otherwise_unchanged(text: str, attribute: str) -> None:
    root = document_root("root", {})
    append_element(root, "child", text, note=attribute)
    child = etree.fromstring(serialise(root))[0]
    assert (child.text or "", child.get("note")) == (legal_text(text), legal_text(attribute))


@given(ANY_TEXT)
def test_a_plain_title_reads_as_its_text_and_holds_no_named_reference_for_markup(text: str) -> None:
    root = document_root("root", {})
    append_plain_title(root, "title", text)
    written = serialise(root)
    assert (etree.fromstring(written)[0].text or "") == legal_text(text)
    assert b"&amp;" not in written
    assert b"&lt;" not in written


def test_a_plain_title_is_written_with_hexadecimal_references() -> None:
    root = document_root("root", {})
    append_plain_title(root, "title", "&AT&T <b>")
    assert b"<title>&#x26;AT&#x26;T &#x3C;b&gt;</title>" in serialise(root)


def test_an_attribute_without_a_value_is_left_out() -> None:
    root = document_root("root", {}, version="2.0")
    append_element(root, "link", href="x", title=None)
    assert (
        serialise(root)
        == b"<?xml version='1.0' encoding='utf-8'?>\n<root version=\"2.0\">\n  <link href=\"x\"/>\n</root>\n"
    )
