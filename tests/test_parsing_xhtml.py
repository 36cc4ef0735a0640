"""XHTML is written as feedparser writes it."""

from __future__ import annotations

import pytest
from lxml import etree

from aggregator.parsing.feedparser_compat.names import Attributes
from aggregator.parsing.feedparser_compat.values import NotPlainError
from aggregator.parsing.feedparser_compat.xhtml import serialise_xhtml
from aggregator.parsing.xml_tree import XmlElement


def attributes(element: XmlElement) -> Attributes:
    return {str(name): str(value) for name, value in element.items()}


def written(inside: str, *, unwrap_div: bool = True) -> str:
    content = etree.fromstring(f'<content xmlns:h="http://www.w3.org/1999/xhtml" xmlns:x="urn:x">{inside}</content>')
    return serialise_xhtml(content, read_attributes=attributes, unwrap_div=unwrap_div)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        pytest.param(" <h:div> <h:p>a</h:p>b</h:div>\n", "<p>a</p>b", id="a div around all"),
        pytest.param("<h:div>a</h:div> b", "<div>a</div> b", id="a div around a part"),
        pytest.param("<h:div>a</h:div><h:div>b</h:div>", "<div>a</div><div>b</div>", id="two of them"),
        pytest.param("<h:p>a</h:p>", "<p>a</p>", id="another element around all"),
        pytest.param("<h:BR/>a &amp;lt; <![CDATA[<b>]]>", "<br></br>a &amp;lt; &lt;b&gt;", id="names and texts"),
        pytest.param("<h:p a='&quot;&lt;' b=\"'\">c</h:p>", '<p a="&quot;&lt;" b="\'">c</p>', id="attributes"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_markup_is_written_in_one_spelling(inside: str, expected: str) -> None:
    assert written(inside) == expected


def test_a_div_stays_where_it_is_not_to_be_unwrapped() -> None:
    assert written("<h:div>a</h:div>", unwrap_div=False) == "<div>a</div>"


@pytest.mark.parametrize(
    "inside", ["<p/>", "<x:p/>", "<h:body/>", "<h:svg/>", "<h:name/>", "<h:p x:a='b'/>", "<h:b>" * 120 + "</h:b>" * 120]
)
def test_what_feedparser_does_more_with_is_not_followed(inside: str) -> None:
    with pytest.raises(NotPlainError):
        written(inside)
