"""docs/parsing.md says what becomes of what, and every cell of its table has its case."""

from __future__ import annotations

import dataclasses
import io
import re
from pathlib import Path

import feedparser
import pytest

from aggregator.model.parsing import ParsedEntry, ParsedFeed
from aggregator.parsing.feed_document import parse_feed
from tests.test_parsing_json_feed_reader import test_a_member_becomes_a_field
from tests.test_parsing_xml_feed_reader import ATOM_FIELDS, RSS_FIELDS, rss

DOCUMENT = Path(__file__).parents[1] / "docs" / "parsing.md"
ROW = re.compile(r"^\| `(\w+)` \|([^|]*)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
JSON_FIELDS = [case.values for mark in test_a_member_becomes_a_field.pytestmark for case in mark.args[1]]


def table() -> dict[str, tuple[list[str], ...]]:
    """The elements of each field: of RSS, of Atom and of JSON Feed."""
    rows = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    return {field: tuple(re.findall(r"`([\w:]+)`", cell) for cell in cells) for field, *cells in rows}


CELLS = [(field, *elements) for field, elements in table().items() if field != "uid"]


def test_every_field_of_an_entry_has_its_row() -> None:
    assert set(table()) == {field.name for field in dataclasses.fields(ParsedEntry)}


@pytest.mark.parametrize(
    ("field", "element"), [(field, name) for field, rss_names, _, _ in CELLS for name in rss_names]
)
def test_every_element_of_rss_has_a_case(field: str, element: str) -> None:
    assert [case for case, xml, expected in RSS_FIELDS if f"<{element}" in xml and field in expected]


@pytest.mark.parametrize(("field", "element"), [(field, name) for field, _, names, _ in CELLS for name in names])
def test_every_element_of_atom_has_a_case(field: str, element: str) -> None:
    assert [case for case, xml, expected in ATOM_FIELDS if f"<{element}" in xml and field in expected]


@pytest.mark.parametrize(("field", "member"), [(field, name) for field, _, _, names in CELLS for name in names])
def test_every_member_of_json_feed_has_a_case(field: str, member: str) -> None:
    assert [item for item, expected in JSON_FIELDS if member in item and field in expected]


SAME = rss(
    "<item><title>A &amp;amp; b</title><link>https://example.org/a</link><guid isPermaLink='false'>1</guid>"
    "<dc:creator>Ann</dc:creator><category>c</category><category>d</category><comments>https://example.org/c</comments>"
    "<pubDate>Sat, 03 Feb 2024 04:05:06 GMT</pubDate><enclosure url='https://example.org/e' type='audio/mpeg'/></item>"
)


def test_what_has_one_meaning_is_read_as_feedparser_reads_it() -> None:
    outcome = parse_feed(SAME.encode(), url="https://example.org/feed", content_type=None)
    assert isinstance(outcome, ParsedFeed)
    (ours,), (theirs,) = outcome.entries, feedparser.parse(io.BytesIO(SAME.encode())).entries
    assert ours.published_at is not None
    assert (
        (ours.uid, ours.url, ours.title.replace("&", "&amp;"), ours.authors, ours.categories, ours.comments_url)
        == (theirs.id, theirs.link, theirs.title, (theirs.author,), tuple(tag.term for tag in theirs.tags), theirs.comments)
    )  # fmt: skip
    assert ours.published_at.timetuple()[:6] == theirs.published_parsed[:6]
    assert [file.url for file in ours.enclosures] == [file.href for file in theirs.enclosures]
