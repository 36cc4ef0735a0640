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


LINK = "//example.org/a"
LONG = "y" * 401


@pytest.mark.parametrize(
    ("one", "uid"),
    [
        pytest.param(entry(" tag:x,\t1\n", A), "tag:x, 1", id="blanks in a guid"),
        pytest.param(entry("https://example.org/a?utm_source=x#c"), f"{LINK}#c", id="a URL, with its fragment"),
        pytest.param(entry("HTTP://example.org/a#"), LINK, id="an empty fragment"),
        pytest.param(entry("http://"), "http://", id="no URL, though it begins like one"),
        pytest.param(entry("see http://example.org/a"), "see http://example.org/a", id="a URL within a guid"),
        pytest.param(entry("", "https://example.org/a", "t"), LINK, id="the link"),
        pytest.param(entry("", None, "t", "one"), "e069a1f2160fb698521a24485b46f29a", id="title and text"),
        pytest.param(entry("x" * 400), "x" * 400, id="the longest guid"),
        pytest.param(
            entry(LONG),
            f"{'y' * 335} c74a134fd8c05b1ffa0199741e2a904757b2ce9be0b43f6bc9219221bcc6532e",
            id="a guid that is too long",
        ),
    ],
)
def test_uids_are_those_that_are_stored(one: UnsanitisedEntry, uid: str) -> None:
    assert uids(one) == [uid]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [entry("1", A, "t"), entry("1", B, "t"), entry("2", B, "t")],
            ["1 //example.org/a", "1 //example.org/b", "2"],
            id="one guid, two links, and a guid of its own",
        ),
        pytest.param(
            [entry("1", A, "t"), entry("1", A, "u")],
            ["1 e3b98a4da31a127d4bde6e43033f66ba", "1 0bfe935e70c321c7ca3afc75ce0d0ca2"],
            id="one guid and link, two titles",
        ),
        pytest.param(
            [entry("", A, "t", "x"), entry("", A, "t", "y")],
            [f"{LINK} cf8028329ec9d1b6a7da818f9c6077e2", f"{LINK} 98e45d383cce7fc39b3dea525ad3ded4"],
            id="one link and title, two texts",
        ),
        pytest.param(
            [entry("", None, "t", "x"), entry("", None, "t", "y")],
            ["cf8028329ec9d1b6a7da818f9c6077e2", "98e45d383cce7fc39b3dea525ad3ded4"],
            id="texts alone",
        ),
        pytest.param([entry("1", A, "t", "x"), entry("1", A, "t", "y")], ["1"], id="a corrected text under one guid"),
        pytest.param(
            [entry("1", A, "t"), entry("1", B, "t"), entry("1", A, "u")],
            [
                "1 //example.org/a e3b98a4da31a127d4bde6e43033f66ba",
                "1 //example.org/b",
                "1 //example.org/a 0bfe935e70c321c7ca3afc75ce0d0ca2",
            ],
            id="the title only where the link does not tell",
        ),
    ],
)
def test_a_shared_guid_is_extended_by_what_differs(entries: list[UnsanitisedEntry], expected: list[str]) -> None:
    found = assign_uids(entries)
    assert list(found) == expected
    assert list(found.values()) == entries[: len(expected)]


def test_a_uid_that_becomes_too_long_by_a_link_ends_with_a_digest() -> None:
    names = uids(entry("x" * 390, A), entry("x" * 390, B))
    assert [len(name) for name in names] == [400, 400]
    assert {name[:336] for name in names} == {"x" * 335 + " "}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param("a 17 comments b", "a b", id="comments"),
        pytest.param("a 1 comment b", "a b", id="one comment"),
        pytest.param("a 1,200 shares b", "a b", id="shares"),
        pytest.param("a 7.5 views b", "a b", id="views"),
        pytest.param("a 3 likes b", "a b", id="likes"),
        pytest.param("a 2 replies b", "a b", id="replies"),
        pytest.param("é 17 comments b", "é b", id="a text that is not ASCII"),
    ],
)
def test_a_counter_is_left_out_of_the_digest(text: str, same: str) -> None:
    assert content_digest(entry(text=text)) == content_digest(entry(text=same))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        pytest.param("a 7 commentsx", "a x", id="a longer word"),
        pytest.param("a7 comments", "a", id="a number within a word"),
        pytest.param("a comments", "a", id="no number"),
        pytest.param("a 7 goals", "a", id="another word"),
        pytest.param("a 7 goals", "a 8 goals", id="another number"),
    ],
)
def test_other_words_and_numbers_are_no_counters(text: str, other: str) -> None:
    assert content_digest(entry(text=text)) != content_digest(entry(text=other))


def test_the_parts_of_a_digest_do_not_run_into_each_other() -> None:
    digests = [
        content_digest(entry(title=title, text=text, url=url))
        for title, text, url in (
            ("a b", "c", None),
            ("a", "b c", None),
            ("a b", "c", A),
            ("a b", "c", B),
            ("a bc", "", None),
        )
    ]
    assert len(set(digests)) == 5
    assert content_digest(entry(title="  a   b ", text="c")) == digests[0]
    assert content_digest(entry(guid="7", title="a b", text="c")) == digests[0]
