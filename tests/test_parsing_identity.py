"""Which entry is which, and whether it changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Enclosure, ParsedEntry
from aggregator.parsing.identity import LONGEST_UID, content_digest, entry_uids
from aggregator.parsing.sanitise import from_text

A, B = "https://example.org/a", "https://example.org/b"
ENTRY = ParsedEntry(uid="1", url=A, title="Title", summary="<p>Sum</p>", content="<p>One two</p>")


def entry(uid: str = "", url: str | None = None, title: str = "", text: str = "") -> ParsedEntry:
    return ParsedEntry(uid=uid, url=url, title=title, content=from_text(text))


def uids(*entries: ParsedEntry) -> list[str]:
    return [named.uid for named in entry_uids(entries)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(entry("tag:x,1", A, "t"), entry(" tag:x,1\n", B, "u"), id="blanks around a guid"),
        pytest.param(entry("http://example.org/?p=1"), entry("https://example.org/?p=1"), id="https"),
        pytest.param(entry(A), entry(A + "?utm_source=rss&utm_medium=feed"), id="tracking in a guid"),
        pytest.param(entry(A), entry("HTTPS://EXAMPLE.org:443/a"), id="another spelling of a guid"),
        pytest.param(entry(url=A, title="t"), entry(url="http://example.org/a", title="new"), id="a link without guid"),
        pytest.param(entry(title="t", text="one two"), entry(title="t", text="one \n two"), id="nothing but text"),
    ],
)
def test_an_entry_keeps_its_name(one: ParsedEntry, other: ParsedEntry) -> None:
    assert uids(one) == uids(other)
    assert len(uids(one, replace(other, url=one.url, title=one.title))) == 1


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([entry("1", A), entry("2", A)], id="two guids, one link"),
        pytest.param([entry("1", A), entry("1", B)], id="one guid, two links"),
        pytest.param([entry("1", A, "t"), entry("1", A, "u")], id="one guid, one link, two titles"),
        pytest.param([entry("1", None, "", "x"), entry("1", None, "", "y")], id="one guid and two texts"),
        pytest.param([entry(A + "#1"), entry(A + "#2")], id="guids that differ in their fragment"),
        pytest.param([entry("", A, "t"), entry("", A, "u")], id="no guid, one link, two titles"),
        pytest.param([entry("", A, "t", "x"), entry("", A, "t", "y")], id="no guid, one link, one title, two texts"),
        pytest.param([entry("", None, "t", "x"), entry("", None, "t", "y")], id="neither guid nor link"),
        pytest.param([entry(A, B), entry("", A)], id="the guid of one is the link of the other"),
        pytest.param([entry("x" * 999, A), entry("x" * 998, A)], id="guids of great length"),
    ],
)
def test_two_entries_never_share_a_name(entries: list[ParsedEntry]) -> None:
    names = uids(*entries)
    assert len(set(names)) == len(entries)
    assert sorted(names) == sorted(uids(*reversed(entries)))
    assert max(map(len, names)) <= LONGEST_UID


@pytest.mark.parametrize(
    "repeated",
    [
        pytest.param(ENTRY, id="exactly the same"),
        pytest.param(replace(ENTRY, categories=("x",)), id="in another category"),
        pytest.param(replace(ENTRY, content="<p>One three</p>"), id="with a corrected text"),
    ],
)
def test_an_entry_that_is_repeated_is_one_entry_and_the_first_stays(repeated: ParsedEntry) -> None:
    assert entry_uids([ENTRY, repeated]) == (ENTRY,)


def test_a_guid_of_its_own_is_kept_as_the_name() -> None:
    assert uids(entry("tag:example.org,2024:7", A), entry("urn:uuid:1", B)) == ["tag:example.org,2024:7", "urn:uuid:1"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(replace(ENTRY, uid="2"), id="a new guid"),
        pytest.param(replace(ENTRY, url="http://example.org/a"), id="http"),
        pytest.param(replace(ENTRY, categories=("b", "a"), authors=("x",)), id="categories and authors"),
        pytest.param(replace(ENTRY, updated_at=datetime(2024, 1, 1, tzinfo=UTC)), id="a date"),
        pytest.param(replace(ENTRY, content="<div><p>One\n  <b>two</b></p></div>"), id="markup and white space"),
        pytest.param(replace(ENTRY, content='<p>One two</p><img src="https://t.example/1">'), id="an image"),
        pytest.param(replace(ENTRY, content="<p>One two</p><p>17 comments</p>"), id="a counter of comments"),
        pytest.param(replace(ENTRY, title="Title\u200b "), id="an invisible character"),
    ],
)
def test_what_a_reader_would_not_notice_does_not_change_the_digest(changed: ParsedEntry) -> None:
    assert content_digest(changed) == content_digest(ENTRY)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(replace(ENTRY, title="Other"), id="the title"),
        pytest.param(replace(ENTRY, content="<p>One three</p>"), id="the text"),
        pytest.param(replace(ENTRY, url=B), id="the address"),
        pytest.param(replace(ENTRY, title="", content="<p>Title One two</p>"), id="where the words stand"),
        pytest.param(replace(ENTRY, content=""), id="only the summary is left"),
    ],
)
def test_what_a_reader_would_notice_changes_the_digest(changed: ParsedEntry) -> None:
    assert content_digest(changed) != content_digest(ENTRY)


def test_the_digest_is_the_same_for_ever() -> None:
    assert content_digest(ENTRY) == "bfca624761a6fbaaf77ff130586feb92b3333c692101943b2e7000846f8c49f6"


ENTRIES = st.builds(
    entry,
    st.sampled_from(["", "1", A, "http://example.org/a", A + "#x"]),
    st.sampled_from([None, A, B]),
    st.sampled_from(["", "t", "u"]),
    st.sampled_from(["", "x", "y z"]),
)


@given(st.lists(ENTRIES, max_size=8), st.randoms())
def test_names_are_distinct_and_do_not_depend_on_order(entries: list[ParsedEntry], random: object) -> None:
    names = uids(*entries)
    assert len(names) == len(set(names)) <= len(entries)
    shuffled = sorted(entries, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert set(uids(*shuffled)) == set(names)


BLANKS = " \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"


@pytest.mark.parametrize("blank", BLANKS, ids=lambda blank: f"U+{ord(blank):04X}")
def test_no_blank_of_any_kind_moves_the_digest(blank: str) -> None:
    assert content_digest(replace(ENTRY, title=f"{blank}a{blank}{blank}b{blank}")) == content_digest(
        replace(ENTRY, title="a b")
    )


@pytest.mark.parametrize("counter", ["7 comments", "1 COMMENT", "1.5 lİkes", "12 ſhares", "3 vıews", "2 repLies"])
def test_no_counter_however_spelled_moves_the_digest(counter: str) -> None:
    assert content_digest(replace(ENTRY, content=f"a {counter}")) == content_digest(replace(ENTRY, content="a"))


def test_a_new_name_leaves_everything_else_as_it_is() -> None:
    entry = replace(
        ENTRY, uid="https://example.org/1", url="https://example.org/a", title="t", summary="s", content="c",
        authors=("a",), published_at=datetime(2024, 2, 3, tzinfo=UTC), updated_at=datetime(2024, 2, 4, tzinfo=UTC),
        categories=("k",), language="en", image="https://example.org/i",
        enclosures=(Enclosure(url="https://example.org/e"),), source="o",
    )  # fmt: skip
    assert entry_uids([entry]) == (replace(entry, uid="//example.org/1"),)
