"""What feedparser does to values, where that is certain."""

from __future__ import annotations

import pytest

from aggregator.parsing.feedparser_compat.values import (
    NotPlainError,
    repair_text,
    resolve_address,
    set_href,
    usual_type,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("plain", "plain", id="ASCII"),
        pytest.param("\xc3\xbcber", "\xfcber", id="encoded twice"),
        pytest.param("\xfcber", "\xfcber", id="encoded once"),
        pytest.param("\x93a\x94 \x81", "\u201ca\u201d \x81", id="windows-1252"),
        pytest.param("\u65e5\u672c", "\u65e5\u672c", id="other scripts"),
    ],
)
def test_a_text_is_repaired(text: str, expected: str) -> None:
    assert repair_text(text) == expected


def test_an_address_has_one_attribute() -> None:
    links = [{"url": "a", "href": "b"}, {"uri": "a"}, {"url": "", "href": "b"}, {}]
    for link in links:
        set_href(link)
    assert links == [{"href": "a"}, {"href": "a"}, {"url": "", "href": "b"}, {}]


def test_an_address_with_slashes_too_many_is_unusual() -> None:
    assert resolve_address("https://example.org//a") == "https://example.org//a"
    with pytest.raises(NotPlainError):
        resolve_address("https:///example.org")


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Text/HTML; charset=utf-8", "text/html"),
        ("text/markdown", "text/markdown"),
        ("xhtml", "xhtml"),
        ("image/svg+xml", "application/xhtml+xml"),
        ("text/xml", "application/xhtml+xml"),
        ("escaped", ""),
        ("", ""),
    ],
)
def test_a_type_has_one_form(stated: str, expected: str) -> None:
    assert usual_type(stated) == expected
