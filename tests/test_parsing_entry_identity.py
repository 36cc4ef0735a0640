"""Which entry is which, and whether it changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parsing import entry_fields
from aggregator.parsing.entry_identity import MAX_UID_LENGTH, assign_uids, content_digest
from aggregator.parsing.unsanitised_entry import Markup, UnsanitisedEntry

A, B = "https://example.org/a", "https://example.org/b"


def draft(summary: str = "<p>Sum</p>", content: str = "<p>One two</p>", **others: Any) -> UnsanitisedEntry:
    first, second, words = entry_fields.summary_and_content(Markup(summary, A), Markup(content, A))
    return UnsanitisedEntry(
        **{"guid": "1", "url": A, "title": "Title", **others}, summary=first, content=second, words=words
    )


ENTRY = draft()


def entry(guid: str = "", url: str | None = None, title: str = "", text: str = "") -> UnsanitisedEntry:
    return draft("", text, guid=guid, url=url, title=title)


def uids(*entries: UnsanitisedEntry) -> list[str]:
    return list(assign_uids(entries))


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
def test_an_entry_keeps_its_name(one: UnsanitisedEntry, other: UnsanitisedEntry) -> None:
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
def test_two_entries_never_share_a_name(entries: list[UnsanitisedEntry]) -> None:
    names = uids(*entries)
    assert len(set(names)) == len(entries)
    assert sorted(names) == sorted(uids(*reversed(entries)))
    assert max(map(len, names)) <= MAX_UID_LENGTH


@pytest.mark.parametrize(
    "repeated",
    [
        pytest.param(ENTRY, id="exactly the same"),
        pytest.param(draft(categories=("x",)), id="in another category"),
        pytest.param(draft(content="<p>One three</p>"), id="with a corrected text"),
    ],
)
def test_an_entry_that_is_repeated_is_one_entry_and_the_first_stays(repeated: UnsanitisedEntry) -> None:
    assert assign_uids([ENTRY, repeated]) == {"1": ENTRY}


def test_a_guid_of_its_own_is_kept_as_the_name() -> None:
    assert uids(entry("tag:example.org,2024:7", A), entry("urn:uuid:1", B)) == ["tag:example.org,2024:7", "urn:uuid:1"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(draft(guid="2"), id="a new guid"),
        pytest.param(draft(url="http://example.org/a"), id="http"),
        pytest.param(draft(categories=("b", "a"), authors=("x",)), id="categories and authors"),
        pytest.param(draft(updated_at=datetime(2024, 1, 1, tzinfo=UTC)), id="a date"),
        pytest.param(draft(content="<div><p>One\n  <b>two</b></p></div>"), id="markup and white space"),
        pytest.param(draft(content='<p>One two</p><img src="https://t.example/1">'), id="an image"),
        pytest.param(draft(content="<p>One two</p><p>17 comments</p>"), id="a counter of comments"),
        pytest.param(draft(title="Title\u200b "), id="an invisible character"),
    ],
)
def test_what_a_reader_would_not_notice_does_not_change_the_digest(changed: UnsanitisedEntry) -> None:
    assert content_digest(changed) == content_digest(ENTRY)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(draft(title="Other"), id="the title"),
        pytest.param(draft(content="<p>One three</p>"), id="the text"),
        pytest.param(draft(url=B), id="the address"),
        pytest.param(draft(title="", content="<p>Title One two</p>"), id="where the words stand"),
        pytest.param(draft(content=""), id="only the summary is left"),
    ],
)
def test_what_a_reader_would_notice_changes_the_digest(changed: UnsanitisedEntry) -> None:
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
def test_names_are_distinct_and_do_not_depend_on_order(entries: list[UnsanitisedEntry], random: object) -> None:
    names = uids(*entries)
    assert len(names) == len(set(names)) <= len(entries)
    shuffled = sorted(entries, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert set(uids(*shuffled)) == set(names)


BLANKS = " \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"


@pytest.mark.parametrize("blank", BLANKS, ids=lambda blank: f"U+{ord(blank):04X}")
def test_no_blank_of_any_kind_moves_the_digest(blank: str) -> None:
    assert content_digest(draft(title=f"{blank}a{blank}{blank}b{blank}")) == content_digest(draft(title="a b"))


@pytest.mark.parametrize("counter", ["7 comments", "1 COMMENT", "1.5 lİkes", "12 ſhares", "3 vıews", "2 repLies"])
def test_no_counter_however_spelled_moves_the_digest(counter: str) -> None:
    assert content_digest(draft(content=f"a {counter}")) == content_digest(draft(content="a"))
