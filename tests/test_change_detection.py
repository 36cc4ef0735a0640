"""New, changed or as it was: what a document brings to a feed."""

from __future__ import annotations

import pytest

from aggregator.change_detection import DetectedChanges, detect_changes
from aggregator.model.parsing import ChangedEntry, FreshEntry, KnownEntry, UnchangedEntry
from tests.stored import entry


def incoming(uid: str, digest: str = "d", url: str | None = None) -> FreshEntry:
    return FreshEntry(entry=entry(uid, url=url or f"https://a.example/{uid}"), digest=digest)


def known(entry_id: int, digest: str = "d") -> KnownEntry:
    return KnownEntry(entry_id=entry_id, digest=digest)


def test_an_unknown_entry_is_new() -> None:
    item = incoming("1")
    assert detect_changes([item], by_uid={}, by_link={}) == DetectedChanges(new=(item,), changed=(), unchanged=0)


def test_a_known_entry_that_reads_the_same_costs_nothing() -> None:
    assert detect_changes([incoming("1")], by_uid={"1": known(7)}, by_link={}) == DetectedChanges(
        new=(), changed=(), unchanged=1
    )


def test_a_known_entry_that_reads_otherwise_changed() -> None:
    item = incoming("1", "other")
    intake = detect_changes([item], by_uid={"1": known(7)}, by_link={})
    assert intake == DetectedChanges(new=(), changed=(ChangedEntry(entry_id=7, incoming=item),), unchanged=0)


def test_an_entry_that_is_stored_as_it_was_said_to_be_is_unchanged() -> None:
    item = UnchangedEntry(uid="1", url=None, digest="d")
    assert detect_changes([item], by_uid={"1": known(7)}, by_link={}) == DetectedChanges(unchanged=1)


@pytest.mark.parametrize("stored", [{}, {"1": known(7, "other")}], ids=["gone", "changed"])
def test_an_entry_that_is_not_stored_as_it_was_said_to_be_is_missed(stored: dict[str, KnownEntry]) -> None:
    item = UnchangedEntry(uid="1", url="https://a.example/1", digest="d")
    assert detect_changes([item], by_uid=stored, by_link={}) == DetectedChanges(missed=(item,))


def test_a_new_id_under_a_known_link_is_the_same_entry() -> None:
    item = incoming("new-id", url="https://a.example/story")
    intake = detect_changes([item], by_uid={}, by_link={"//a.example/story": [known(7)]})
    assert intake == DetectedChanges(new=(), changed=(), unchanged=1)


def test_a_link_that_several_entries_share_says_nothing_of_which_is_which() -> None:
    items = [incoming("a", url="https://a.example/live"), incoming("b", url="https://a.example/live")]
    intake = detect_changes(items, by_uid={}, by_link={"//a.example/live": [known(7, "other")]})
    assert intake == DetectedChanges(new=tuple(items), changed=(), unchanged=0)


def test_of_entries_that_share_a_link_the_one_that_reads_the_same_is_the_same() -> None:
    items = [incoming(uid, digest, url="http://a.example/live") for uid, digest in (("x", "1"), ("y", "2"), ("z", "1"))]
    intake = detect_changes(items, by_uid={}, by_link={"//a.example/live": [known(8, "2"), known(7, "1")]})
    assert intake == DetectedChanges(new=(items[2],), unchanged=2)


def test_a_stored_entry_that_the_document_still_holds_is_not_taken_by_another_with_its_link() -> None:
    items = [incoming("kept", url="https://a.example/1"), incoming("fresh", url="https://a.example/2")]
    intake = detect_changes(items, by_uid={"kept": known(7)}, by_link={"//a.example/2": [known(7)]})
    assert intake == DetectedChanges(new=(items[1],), changed=(), unchanged=1)


LIVE = "https://a.example/live"


def test_a_link_matches_the_newest_free_entry_and_each_only_once() -> None:
    item = incoming("new", "other", url=LIVE)
    newest_first = {"//a.example/live": [known(9, "x"), known(8, "y")]}
    found = detect_changes([item], by_uid={}, by_link=newest_first)
    assert found == DetectedChanges(changed=(ChangedEntry(entry_id=9, incoming=item),))
    kept = incoming("kept", "x", url="https://a.example/elsewhere")
    found = detect_changes([kept, item], by_uid={"kept": known(9, "x")}, by_link=newest_first)
    assert found == DetectedChanges(changed=(ChangedEntry(entry_id=8, incoming=item),), unchanged=1)
    found = detect_changes([item, kept], by_uid={"kept": known(9, "x")}, by_link=newest_first)
    assert found == DetectedChanges(changed=(ChangedEntry(entry_id=8, incoming=item),), unchanged=1)


def test_two_entries_of_one_content_take_two_stored_ones() -> None:
    items = [incoming(uid, "1", url=LIVE) for uid in ("x", "y", "z")]
    found = detect_changes(items, by_uid={}, by_link={"//a.example/live": [known(8, "1"), known(7, "1")]})
    assert found == DetectedChanges(new=(items[2],), unchanged=2)


def test_http_and_https_are_one_link_in_a_document() -> None:
    items = [incoming("a", url="http://a.example/live"), incoming("b", url=LIVE)]
    assert detect_changes(items, by_uid={}, by_link={"//a.example/live": [known(7, "other")]}).new == tuple(items)


def test_an_entry_with_a_known_id_is_not_looked_up_by_its_link() -> None:
    item = incoming("1", "other", url=LIVE)
    found = detect_changes([item], by_uid={"1": known(3)}, by_link={"//a.example/live": [known(7, "other")]})
    assert found == DetectedChanges(changed=(ChangedEntry(entry_id=3, incoming=item),))


def test_an_entry_without_a_link_is_new() -> None:
    item = FreshEntry(entry=entry("1", url=None), digest="d")
    assert detect_changes([item], by_uid={}, by_link={"": [known(7)]}) == DetectedChanges(new=(item,))


def test_an_entry_that_was_not_read_can_be_unchanged_by_its_link() -> None:
    item = UnchangedEntry(uid="new", url=LIVE, digest="d")
    stored = {"//a.example/live": [known(8, "x"), known(7, "d")]}
    assert detect_changes([item], by_uid={}, by_link=stored) == DetectedChanges(unchanged=1)
    missed = UnchangedEntry(uid="new", url=LIVE, digest="e")
    assert detect_changes([missed], by_uid={}, by_link=stored) == DetectedChanges(missed=(missed,))


def test_results_keep_the_order_of_the_document() -> None:
    items = [incoming(f"{number}", f"{number}") for number in range(6)]
    unread = [UnchangedEntry(uid=f"u{number}", url=None, digest="d") for number in range(2)]
    stored = {f"{number}": known(number, "old") for number in (1, 3)} | {"5": known(5, "5")}
    found = detect_changes([unread[1], *items, unread[0]], by_uid=stored, by_link={})
    assert found == DetectedChanges(
        new=(items[0], items[2], items[4]),
        changed=(ChangedEntry(entry_id=1, incoming=items[1]), ChangedEntry(entry_id=3, incoming=items[3])),
        unchanged=1,
        missed=(unread[1], unread[0]),
    )
