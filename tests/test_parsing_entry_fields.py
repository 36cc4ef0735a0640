"""What values mean in every format."""

from __future__ import annotations

import pytest

from aggregator.model.parsing import Enclosure
from aggregator.parsing import entry_fields
from aggregator.parsing.unsanitised_entry import Markup

BASE = "https://example.org/feed.xml"
LONG = "<p>" + "word " * 400 + "</p>"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        pytest.param(("en",), "en", id="a language"),
        pytest.param((" EN_US ",), "en-US", id="underscore and case"),
        pytest.param(("zh-Hant-TW",), "zh-Hant-TW", id="script and region"),
        pytest.param((None, "", "de"), "de", id="the first that is stated"),
        pytest.param(("English", "sv"), "sv", id="a name of a language is none"),
        pytest.param(("<b>",), None, id="no language at all"),
    ],
)
def test_a_language_is_the_first_tag_that_looks_like_one(stated: tuple[str | None, ...], expected: str | None) -> None:
    assert entry_fields.first_language(*stated) == expected


def test_names_are_plain_distinct_and_in_order() -> None:
    assert entry_fields.plain_names(["<b>Ann</b>", None, " ", "Bob &amp; Co", "Ann"]) == ("Ann", "Bob & Co")


def test_names_are_not_endless() -> None:
    assert len(entry_fields.plain_names(str(number) for number in range(1000))) == entry_fields.MAX_VALUES


@pytest.mark.parametrize(
    ("url", "media_type", "length", "expected"),
    [
        pytest.param(
            "/a.mp3",
            "Audio/MPEG; x=y",
            " 123 ",
            Enclosure(url="https://example.org/a.mp3", media_type="audio/mpeg", length=123),
            id="all there",
        ),
        pytest.param("/a", "song", "-1", Enclosure(url="https://example.org/a"), id="senseless type and length"),
        pytest.param("/a", None, True, Enclosure(url="https://example.org/a"), id="a length that is true"),
        pytest.param("/a", None, float("inf"), Enclosure(url="https://example.org/a"), id="an infinite length"),
        pytest.param("/a", None, 10**30, Enclosure(url="https://example.org/a"), id="a length beyond BIGINT"),
        pytest.param("/a", None, 7.0, Enclosure(url="https://example.org/a", length=7), id="a length with a point"),
        pytest.param("javascript:x", "audio/mpeg", 1, None, id="no address"),
        pytest.param(None, None, None, None, id="nothing"),
    ],
)
def test_an_enclosure_needs_an_address(
    url: str | None, media_type: object, length: object, expected: Enclosure | None
) -> None:
    assert entry_fields.make_enclosure(url, media_type=media_type, length=length, base=BASE) == expected


def test_of_enclosures_with_one_address_the_first_stays() -> None:
    first = Enclosure(url="https://example.org/a", media_type="audio/mpeg")
    second = Enclosure(url="https://example.org/b", media_type="image/png")
    found = entry_fields.distinct_enclosures([first, None, second, Enclosure(url=first.url)])
    assert found == (first, second)
    assert entry_fields.first_image(found) == second.url
    assert entry_fields.first_image([first]) is None


@pytest.mark.parametrize(
    ("summary", "content", "expected"),
    [
        pytest.param("<p>a</p>", "<p>a b c</p>", ("<p>a</p>", "<p>a b c</p>", "a b c"), id="both"),
        pytest.param("a  b", "<p>a <b>b</b></p>", ("", "<p>a <b>b</b></p>", "a b"), id="a summary that is the content"),
        pytest.param("<p>a</p>", "", ("<p>a</p>", "", "a"), id="a short description is a summary"),
        pytest.param(LONG, "", ("", LONG, LONG[3:-4].strip()), id="a long one is the article"),
        pytest.param("", "", ("", "", ""), id="nothing"),
        pytest.param(LONG, "<img>", (LONG, "<img>", LONG[3:-4].strip()), id="a picture beside a long description"),
    ],
)
def test_summary_and_content_are_told_apart(summary: str, content: str, expected: tuple[str, str, str]) -> None:
    first, second, words = entry_fields.summary_and_content(Markup(summary), Markup(content))
    assert (first.text, second.text, words) == expected
