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
