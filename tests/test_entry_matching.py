"""Which stored entry an entry of a document is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.entry_likeness import Likeness, compare
from aggregator.entry_matching import EntryMatch, is_same_entry, match_entries
from aggregator.model.parsing import EntryKeys, FreshEntry, KnownEntry
from aggregator.settings.feeds_file import EntryIdentity
from aggregator.stored_keys import link_key
from tests.stored import NOW, entry

DAY = timedelta(days=1)
TEXT = "The ferry office adds two crossings in the morning because the bridge stays closed until spring."
OTHER_TEXT = "A bakery in the old harbour reopens after the flood with a new oven and half of its staff."


def item(  # noqa: PLR0917  # a table of entries is read by its columns
    guid: str = "",
    link: str = "a.example/1",
    title: str = "",
    text: str = "",
    at: datetime | None = None,
    media: str = "",
) -> FreshEntry:
    """An entry of a document, whose keys are its values."""
    uid = guid or f"//{link}"
    keys = EntryKeys(guid=guid, title=title or text, text=text, media=media, details="", dates=(at,) if at else ())
    url = f"https://{link}" if link else None
    return FreshEntry(
        entry=entry(uid, url=url, title=title, content=f"<p>{text}</p>" if text else ""),
        digest=f"{title}|{text}|{link}",
        keys=keys,
    )


def known(entry_id: int, like: FreshEntry) -> KnownEntry:
    """The stored form of an entry."""
    return KnownEntry(
        entry_id=entry_id,
        uid=like.uid,
        url=like.url,
        digest=like.digest,
        keys=like.keys,
        published_at=next(iter(like.keys.dates), None),
        title=like.entry.title,
        html=like.entry.content,
    )


def matched(items: list[FreshEntry], stored: list[FreshEntry], **more: Any) -> list[int | None]:
    """The numbers of the stored entries that the items are."""
    found = match_entries(items, [known(number, each) for number, each in enumerate(stored)], now=NOW, **more)
    assert [match.item for match in found] == items
    assert all(match.reason for match in found)
    return [match.known.entry_id if match.known else None for match in found]


PAST, LATER = NOW - 9 * DAY, NOW - 2 * DAY - timedelta(hours=3)

SAME = {
    "a corrected text": (item("1", title="T", text=TEXT), item("1", title="T", text=OTHER_TEXT)),
    "a corrected title under another link": (
        item("1", "a.example/brige", "Brige closed", TEXT, PAST),
        item("1", "a.example/bridge", "Bridge closed", TEXT, LATER),
    ),
    "everything is edited, and the date stays": (
        item("1", "a.example/x", "T", TEXT, PAST),
        item("1", "a.example/y", "U", OTHER_TEXT, PAST),
    ),
    "everything but the link is another": (
        item("1", title="T", text=TEXT, at=PAST),
        item("1", title="U", text="New", at=LATER),
    ),
    "everything is edited, and the link has a new parameter": (
        item("1", "a.example/x", "T", TEXT, PAST),
        item("1", "a.example/x?v=2", "U", OTHER_TEXT, LATER),
    ),
    "the id is written with a slash": (
        item("//a.example/1/", "a.example/1/", "T"),
        item("//a.example/1", "a.example/1", "T"),
    ),
    "the id is written with www": (
        item("//a.example/1", "b.example/x", "T", TEXT),
        item("//www.a.example/1/", "b.example/x", "U", TEXT),
    ),
    "another id, the same content": (item("1", title="T", text=TEXT), item("2", title="T", text=TEXT)),
    "another id and title, the same text": (item("1", title="T", text=TEXT), item("2", title="U", text=TEXT)),
    "another id, an edited text": (item("1", title="T", text=TEXT), item("2", title="T", text=f"{TEXT} More soon.")),
    "another id, and the date is the same": (
        item("1", title="T", text=TEXT, at=LATER),
        item("2", title="U", text=OTHER_TEXT, at=LATER),
    ),
    "no ids, another title": (item(title="T", text=TEXT, at=PAST), item(title="U", text=TEXT, at=LATER)),
    "no ids, and the link alone": (item(title="T", text=TEXT), item(title="U", text=OTHER_TEXT)),
    "an id that came later": (item(title="T", text=TEXT), item("1", title="T", text=TEXT)),
    "no link at all": (item("1", "", "T", TEXT), item("2", "", "T", TEXT)),
    "it moved with its date": (item("1", "a.example/1", "T", TEXT, PAST), item("2", "b.example/x", "T", TEXT, PAST)),
    "its site moved": (item("1", "a.example/x/1", "T", TEXT), item("2", "b.example/x/1", "T", TEXT)),
    "its link has a parameter more": (item("1", "a.example/x", "T", TEXT), item("2", "a.example/x?y=1", "T", TEXT)),
    "its site moved, and its parameters name it": (
        item("1", "a.example?p=7", "T", TEXT),
        item("2", "b.example?p=7", "T", TEXT),
    ),
    "a corrected picture": (item("1", media="x", title="T", at=PAST), item("1", media="y", title="T", at=PAST)),
    "a corrected picture and no ids": (item(media="x", title="T"), item(media="y", title="T")),
}

OTHERS = {
    "an id that is used again": (
        item("1", "a.example/x", "Bridge closed", TEXT, PAST),
        item("1", "a.example/y", "Pool opens", OTHER_TEXT, LATER),
    ),
    "an id that is used again, without dates": (
        item("1", "a.example/x", "Bridge closed", TEXT),
        item("1", "a.example/y", "Pool opens", OTHER_TEXT),
    ),
    "an id that is used again under the front page": (
        item("1", "a.example", "Bridge closed", TEXT, PAST),
        item("1", "a.example", "Pool opens", OTHER_TEXT, LATER),
    ),
    "another day": (item("1", title="Storm", text=TEXT, at=PAST), item("2", title="Frost", text=OTHER_TEXT, at=LATER)),
    "another day in the same words": (
        item("1", title="T", text=TEXT, at=PAST),
        item("2", title="T", text=TEXT, at=LATER),
    ),
    "another day without ids": (
        item(title="Storm", text=TEXT, at=PAST),
        item(title="Frost", text=OTHER_TEXT, at=LATER),
    ),
    "another id and no date": (item("1", title="Storm", text=TEXT), item("2", title="Frost", text=OTHER_TEXT)),
    "another id and a title of the same series": (
        item("1", title="Briefing of Monday", text=TEXT),
        item("2", title="Briefing of Tuesday", text=OTHER_TEXT),
    ),
    "another id and picture": (item("1", title="T", text=TEXT, media="x"), item("2", title="T", text=TEXT, media="y")),
    "another link": (item("1", "a.example/1", "T", TEXT), item("2", "a.example/2", "T", TEXT)),
    "another link and date": (item("1", "a.example/1", "T", TEXT, PAST), item("2", "a.example/2", "T", TEXT, LATER)),
    "another number in the link": (item("1", "a.example/s?id=1", "T", TEXT), item("2", "a.example/s?id=2", "T", TEXT)),
    "the front page, no ids, another title": (item("", "a.example", "T", TEXT), item("", "a.example", "U", OTHER_TEXT)),
}


@pytest.mark.parametrize(("stored", "now"), SAME.values(), ids=SAME)
def test_the_same_entry(stored: FreshEntry, now: FreshEntry) -> None:
    assert matched([now], [stored]) == [0]


@pytest.mark.parametrize(("stored", "now"), OTHERS.values(), ids=OTHERS)
def test_another_entry(stored: FreshEntry, now: FreshEntry) -> None:
    assert matched([now], [stored]) == [None]
    assert matched([now, stored], [stored]) == [None, 0]


def test_under_a_link_that_is_known_to_be_shared_only_the_content_counts() -> None:
    stored, weak = item("1", title="T", text=TEXT, at=LATER), frozenset({"//a.example/1"})
    assert matched([item("2", title="T", text=TEXT, at=LATER)], [stored], weak_links=weak) == [0]
    assert matched([item("2", title="T", text=f"{TEXT} More.", at=LATER)], [stored], weak_links=weak) == [None]
    assert matched([item("2", title="T", text=TEXT, at=PAST)], [stored], weak_links=weak) == [None]


def test_ids_that_are_new_at_every_poll_say_nothing() -> None:
    stored = [item(f"{n}-1", f"a.example/{n}", f"T{n}", TEXT, PAST) for n in range(3)]
    again = [item(f"{n}-2", f"a.example/{n}", f"T{n}", TEXT, LATER) for n in range(2)]
    rewritten = item("2-2", "a.example/2", "Another title", OTHER_TEXT, LATER)
    assert matched([*again, rewritten], stored) == [0, 1, 2]
    assert matched([*again, rewritten, item("k", "a.example/k", "K")], [*stored, item("k", "a.example/k", "K")]) == [
        None,
        None,
        None,
        3,
    ], "one entry keeps its id, so the ids of the feed are ids"


def test_many_entries_of_one_title_are_found_by_their_ids_however_these_are_spelled() -> None:
    """The newest entries of a title alone would not do: a newsletter gives every issue its name."""
    stored = [item(f"//a.example/all#{n}", "a.example/all", "News", f"{TEXT} {n}") for n in range(60)]
    again = [item(f"//www.a.example/all/#{n}", "www.a.example/all/", "News", f"{TEXT} {n}") for n in range(60)]
    assert matched(again, stored) == list(range(60))
    moved = [item(f"//b.example/all#{n}", "b.example/all", "News", f"{TEXT} {n}") for n in range(60)]
    assert matched(moved, stored) == list(range(60))


def test_a_stored_entry_is_one_entry_at_most_and_the_best_one() -> None:
    stored = item("1", title="T", text=TEXT)
    edited, same = item("2", title="T", text=f"{TEXT} More."), item("3", title="T", text=TEXT)
    assert matched([edited, same], [stored]) == [None, 0]
    assert matched([same, item("4", title="T", text=TEXT)], [stored]) == [0, None]


def test_of_stored_entries_that_agree_alike_the_newest_is_taken() -> None:
    twice = [item("1", title="T", text=TEXT), item("2", title="T", text=TEXT)]
    assert matched([item("3", title="T", text=TEXT)], twice) == [1]


def test_the_reason_says_what_agrees_and_what_does_not() -> None:
    stored = known(4, item("1", title="Storm", text=TEXT, at=PAST))
    (new,) = match_entries([item("2", title="Frost", text=OTHER_TEXT, at=LATER)], [stored], now=NOW)
    assert new.reason == "new: not entry 4: same link; other id, title, text, date"
    (same,) = match_entries([item("2", title="Storm", text=TEXT, at=PAST)], [stored], now=NOW)
    assert same.reason == "same link, title, text, date; other id"
    (alone,) = match_entries([item("9", "a.example/9", "Nine")], [stored], now=NOW)
    assert alone.reason == "new: no stored entry has its id, link or title"


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (EntryIdentity.ID, [0, None, 1]),
        (EntryIdentity.LINK, [0, 0, None]),
        (EntryIdentity.TITLE, [0, None, None]),
        (EntryIdentity.ID_AND_LINK, [0, None, None]),
    ],
)
def test_a_setting_names_the_only_value_that_counts(identity: EntryIdentity, expected: list[int | None]) -> None:
    stored = [item("1", "a.example/1", "T"), item("3", "a.example/3", "V")]
    documents = [[item("1", "a.example/1", "T")], [item("2", "www.a.example/1/", "U")], [item("3", "a.example/4", "W")]]
    assert [matched(document, stored, identity=identity)[0] for document in documents] == expected


def test_a_setting_takes_entries_of_one_document_for_one() -> None:
    document = [item("1", "a.example/", "T"), item("2", "a.example/", "U")]
    found = match_entries(document, [], identity=EntryIdentity.LINK, now=NOW)
    assert [(match.folded, match.reason) for match in found] == [
        (False, "new: no stored link"),
        (True, "same link in this document"),
    ]


def all_agreements() -> Iterator[Likeness]:
    """Every possible agreement of two entries."""
    three, two = (True, False, None), (False, True)
    for guid, link, title, text, media, date in product(three, repeat=6):
        for weak, moved, retitled, clock in product(two, repeat=4):
            for edited in [True] if text else [False, None]:
                if (moved and link is not False) or (clock and not date) or (title and not retitled):
                    continue
                yield Likeness(
                    guid=guid,
                    link=link,
                    title=title,
                    text=text,
                    media=media,
                    date=date,
                    weak_link=weak,
                    moved=moved,
                    edited=edited,
                    retitled=retitled,
                    clock=clock,
                )


def test_no_agreement_at_all_breaks_a_law() -> None:
    """Goes through all of them: rules of this kind contradict each other where nobody looked."""
    for like in all_agreements():
        same = is_same_entry(like)
        others = (like.link, like.title, like.text, like.date)
        if all(others):
            assert same or like.guid is False, like
        if like.guid and any(others[1:]):
            assert same, f"one id, and title, text or date agree: {like}"
        if not any((like.guid, *others, like.moved, like.edited, like.retitled)):
            assert not same, f"nothing agrees: {like}"
        if like.guid is False and like.date is False:
            assert not same, f"another id and another date: {like}"
        if like.guid is False and like.weak_link and like.media is False:
            assert not same or like.link is False, f"another id and picture under a link that says nothing: {like}"
        if same and like.guid is not True:
            assert is_same_entry(like, volatile=True), f"volatile ids do not part what belongs together: {like}"


SMALL = st.builds(
    item,
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["a.example", "a.example/1", "www.a.example/1/", "b.example/1"]),
    st.sampled_from(["", "T", "U"]),
    st.sampled_from(["", TEXT, OTHER_TEXT]),
    st.sampled_from([None, PAST, LATER]),
    st.sampled_from(["", "x", "y"]),
)


def distinct(entries: list[FreshEntry]) -> list[FreshEntry]:
    return list({each.uid: each for each in entries}.values())


@given(st.lists(SMALL, max_size=5).map(distinct), st.lists(SMALL, max_size=5).map(distinct))
def test_every_stored_entry_is_one_entry_at_most(items: list[FreshEntry], stored: list[FreshEntry]) -> None:
    numbers = [number for number in matched(items, stored) if number is not None]
    assert len(numbers) == len(set(numbers))


@given(st.lists(SMALL, max_size=5).map(distinct), st.randoms())
def test_a_document_that_is_stored_is_stored_whatever_its_order(entries: list[FreshEntry], random: Any) -> None:
    shuffled = random.sample(entries, len(entries))
    numbers = {each.uid: number for number, each in enumerate(entries)}
    assert matched(shuffled, entries) == [numbers[each.uid] for each in shuffled]


@given(st.lists(SMALL, max_size=4).map(distinct), st.integers(0, 3), SMALL)
def test_an_entry_that_is_added_moves_no_other(entries: list[FreshEntry], place: int, added: FreshEntry) -> None:
    if added.uid in {each.uid for each in entries}:
        return
    document = [*entries[:place], added, *entries[place:]]
    assert matched(document, entries) == [entries.index(each) if each in entries else None for each in document]


def test_two_titles_and_two_texts_are_compared_by_what_they_share() -> None:
    def like(one: FreshEntry, other: FreshEntry) -> tuple[bool | None, bool]:
        result = compare(one, known(1, other), weak_links=frozenset(), now=NOW)
        return result.edited, result.retitled

    assert like(item(title="Bridge closed today", text=TEXT), item(title="Bridge closed", text=f"Now: {TEXT}")) == (
        True,
        True,
    )
    assert like(item(title="Storm warning", text=TEXT), item(title="Frost warning", text=OTHER_TEXT)) == (False, False)
    assert like(item(title="T", text="Too short"), item(title="T", text="Too few")) == (None, True)


def test_links_are_compared_without_what_publishers_respell() -> None:
    one = link_key("https://a.example/x")
    for same in (
        "http://a.example/x",
        "https://www.a.example/x/",
        "https://a.example/x;jsessionid=7",
        "https://a.example/x?PHPSESSID=7#y",
    ):
        assert link_key(same) == one, same
    for other in ("https://a.example/X", "https://a.example/x?sid=7", "https://b.example/x", "https://a.example/x#!/y"):
        assert link_key(other) != one, other
    assert link_key("https://www.example/") == "//www.example", "www is the domain itself"


def test_matches_are_values() -> None:
    one = item("1")
    assert match_entries([one], [known(1, one)], now=NOW) == (
        EntryMatch(item=one, known=known(1, one), reason="same entry"),
    )
