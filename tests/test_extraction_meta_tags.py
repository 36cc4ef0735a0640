"""Reading of meta tags by all their name attributes."""

from __future__ import annotations

import pytest
from lxml import html

from aggregator.extraction.meta_tags import MetaTags, read_meta_tags


def _tags(head: str) -> MetaTags:
    return read_meta_tags(html.document_fromstring(f"<html><head>{head}</head><body><p>x</p></body></html>"))


FOUND = [
    pytest.param('<meta name="author" content="Ada Pier">', "Ada Pier", id="a name"),
    pytest.param('<meta property="author" content="Ada Pier">', "Ada Pier", id="a property"),
    pytest.param('<meta itemprop="author" content="Ada Pier">', "Ada Pier", id="microdata"),
    pytest.param('<meta name="AUTHOR" content=" Ada\n Pier ">', "Ada Pier", id="in capitals, with spaces"),
    pytest.param('<meta name="author" content=""><meta name="author" content="Bo Quay">', "Bo Quay", id="an empty one"),
    pytest.param('<meta name="author"><meta content="Ada Pier">', "", id="one half each"),
    pytest.param("", "", id="none"),
]


@pytest.mark.parametrize(("head", "wanted"), FOUND)
def test_a_tag_is_found_by_its_name(head: str, wanted: str) -> None:
    assert _tags(head).first(("author",)) == wanted


def test_the_first_name_that_has_a_value_counts() -> None:
    tags = _tags('<meta name="twitter:title" content="Boats"><meta property="og:title" content="Ferries">')
    assert tags.first(("og:title", "twitter:title")) == "Ferries"
    assert tags.first(("dc.title", "twitter:title")) == "Boats"


def test_all_values_of_a_name_are_kept_once_each() -> None:
    tags = _tags("".join(f'<meta name="author" content="{name}">' for name in ("Ada Pier", "Bo Quay", "Ada Pier")))
    assert list(tags.each(("byl", "author"))) == [("Ada Pier", "Bo Quay")]


def test_of_one_name_only_so_many_values_are_kept() -> None:
    tags = _tags("".join(f'<meta name="author" content="Ada {number}">' for number in range(1000)))
    assert [len(values) for values in tags.each(("author",))] == [20]
