"""What feedparser does to values, where that is certain."""

from __future__ import annotations

import pytest

from aggregator.parsing.feedparser_compat.values import (
    NotPlainError,
    repair_text,
    resolve_address,
    set_href,
    split_author,
)
from aggregator.parsing.xml_repair import MAX_AUTHOR_LENGTH


@pytest.mark.parametrize(
    ("line", "person"),
    [
        pytest.param("Ann Other", {"name": "Ann Other"}, id="a name"),
        pytest.param("ann@example.org", {"email": "ann@example.org"}, id="an address"),
        pytest.param("ann@example.org (Ann Other)", {"name": "Ann Other", "email": "ann@example.org"}, id="RSS"),
        pytest.param("Ann Other <ann@example.org>", {"name": "Ann Other", "email": "ann@example.org"}, id="mail"),
        pytest.param("Ann (ann@mail.example.org)", {"name": "Ann", "email": "ann@mail.example.org"}, id="Atom"),
        pytest.param("ann@example", {"name": "ann@example"}, id="no address"),
        pytest.param(
            "Ann, ann@b.example", {"name": "Ann, ple", "email": "ann@b.exam"}, id="an ending that feedparser cuts"
        ),
        pytest.param("Ann, ann@b.example.org", {"name": "Ann,", "email": "ann@b.example.org"}, id="a comma"),
    ],
)
def test_a_line_names_a_person(line: str, person: dict[str, str]) -> None:
    assert split_author(line) == person


def test_a_line_without_end_is_unusual() -> None:
    with pytest.raises(NotPlainError):
        split_author("A" * MAX_AUTHOR_LENGTH)


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
