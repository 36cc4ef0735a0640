"""New, changed, corrected or as it was: what a document brings to a feed."""

from __future__ import annotations

from typing import Any

from aggregator.change_detection import REPEATED, DetectedChanges, detect_changes
from aggregator.model.parsing import (
    AddedEntry,
    ChangedEntry,
    DocumentEntry,
    EntryKeys,
    FreshEntry,
    KnownEntry,
    RenamedEntry,
    UnchangedEntry,
)
from aggregator.settings.feeds_file import EntryIdentity
from tests.stored import NOW, entry

NO_CANDIDATE = "new: no stored entry has its id, link or title"


def incoming(uid: str = "1", digest: str = "d", url: str = "https://a.example/1", **keys: Any) -> FreshEntry:
    return FreshEntry(entry=entry(uid, url=url), digest=digest, keys=EntryKeys(**{"guid": uid, **keys}))


def known(
    entry_id: int = 7, digest: str = "d", uid: str = "1", url: str = "https://a.example/1", **more: Any
) -> KnownEntry:
    keys = EntryKeys(
        guid=uid, **{name: more.pop(name) for name in ("title", "text", "media", "details") if name in more}
    )
    return KnownEntry(entry_id=entry_id, uid=uid, url=url, digest=digest, keys=keys, **more)


def detect(item: DocumentEntry, *stored: KnownEntry) -> DetectedChanges:
    return detect_changes([item], stored, now=NOW)


def test_an_unknown_entry_is_new() -> None:
    item = incoming()
    assert detect(item) == DetectedChanges(new=(AddedEntry(incoming=item, reason=NO_CANDIDATE),))


def test_a_known_entry_that_reads_the_same_costs_nothing() -> None:
    assert detect(incoming(), known()) == DetectedChanges(unchanged=1)


def test_a_known_entry_with_other_words_changed() -> None:
    item = incoming(digest="other", title="t", text="u")
    intake = detect(item, known(title="t", text="x"))
    reason = "same id, link, title; other text"
    assert intake == DetectedChanges(changed=(ChangedEntry(entry_id=7, incoming=item, reason=reason),))


def test_other_details_of_the_same_words_are_a_correction() -> None:
    item = incoming(details="new")
    change = ChangedEntry(entry_id=7, incoming=item, reason="same entry", reworded=False)
    assert detect(item, known(details="old")) == DetectedChanges(corrected=(change,))


def test_another_link_of_the_same_words_is_a_correction_that_leads_elsewhere() -> None:
    item = incoming(digest="other", url="https://a.example/2", title="t", text="x", details="d")
    (change,) = detect(item, known(title="t", text="x", details="d")).corrected
    assert (change.reworded, change.relinked, change.reason) == (False, True, "same id, title, text; other link")


def test_a_link_that_is_only_respelled_leads_where_it_led() -> None:
    item = incoming(digest="other", url="http://www.a.example/1/", title="t", text="x")
    (change,) = detect(item, known(title="t", text="x")).corrected
    assert (change.reworded, change.relinked) == (False, False)


def test_an_entry_of_an_earlier_version_whose_words_are_the_same_is_corrected() -> None:
    item = FreshEntry(
        entry=entry("1", url="https://a.example/2", content="<p>One <b>two</b></p>"),
        digest="other",
        keys=EntryKeys(guid="1", title="t", text="x", details="d"),
    )
    stored = KnownEntry(entry_id=7, uid="1", url="https://a.example/1", digest="d", keys=EntryKeys(title="t"))
    assert [
        c.reworded for c in detect(item, KnownEntry(**{**_fields(stored), "html": "<p>One two</p>"})).corrected
    ] == [False]
    assert len(detect(item, KnownEntry(**{**_fields(stored), "html": "<p>One three</p>"})).changed) == 1


def _fields(stored: KnownEntry) -> dict[str, Any]:
    return {name: getattr(stored, name) for name in ("entry_id", "uid", "url", "digest", "keys")}


def test_an_entry_that_is_stored_as_it_was_said_to_be_is_unchanged() -> None:
    item = UnchangedEntry(uid="1", url=None, digest="d")
    assert detect(item, known()) == DetectedChanges(unchanged=1)


def test_an_entry_that_is_not_stored_as_it_was_said_to_be_is_missed() -> None:
    item = UnchangedEntry(uid="1", url="https://a.example/1", digest="d", keys=EntryKeys(details="e"))
    for stored in ((), (known(digest="other"),), (known(details="f"),)):
        assert detect(item, *stored).missed == (item,)


def test_another_id_is_told_and_stored_once() -> None:
    item = incoming("new", title="t", text="x")
    intake = detect(item, known(title="t", text="x"))
    reason = "same link, title, text; other id"
    assert intake.renamed == (RenamedEntry(entry_id=7, item=item, reason=reason),)
    assert (intake.unchanged, intake.taken_for_one) == (1, {reason: 1})
    again = detect(item, known(title="t", text="x", renamed=True))
    assert (again.renamed, again.taken_for_one) == ((), {reason: 1})


def test_repeats_and_entries_that_a_setting_takes_for_one_are_counted_by_reason() -> None:
    items = [incoming(uid, uid, title=uid) for uid in "ab"]
    intake = detect_changes(items, [], identity=EntryIdentity.LINK, repeated=2, now=NOW)
    assert [new.incoming for new in intake.new] == items[:1]
    assert intake.taken_for_one == {"same link in this document": 1, REPEATED: 2}
    assert intake.shared_links == frozenset()


def test_links_of_different_entries_are_shared_within_a_document_and_over_time() -> None:
    items = [incoming(uid, uid, title=uid) for uid in "ab"]
    assert detect_changes(items, [], now=NOW).shared_links == {"//a.example/1"}
    assert detect(incoming("b", "b", title="b"), known(uid="a", title="a")).shared_links == {"//a.example/1"}
    posts = [incoming(uid, uid, title=uid, link_post=True) for uid in "ab"]
    assert detect_changes(posts, [], now=NOW).shared_links == frozenset(), "both are about the page"
    assert detect(posts[1], known(uid="a", title="a")).shared_links == frozenset()
    equal = [incoming(uid, uid, title="t") for uid in "ab"]
    assert detect_changes(equal, [], now=NOW).shared_links == frozenset()


def test_results_keep_the_order_of_the_document() -> None:
    items = [
        incoming(f"{number}", f"{number}", f"https://a.example/{number}", title=f"{number}") for number in range(6)
    ]
    unread = [UnchangedEntry(uid=f"u{number}", url=None, digest="d") for number in range(2)]
    stored = [known(n, "old", f"{n}", f"https://a.example/{n}", title="old") for n in (1, 3)]
    stored.append(known(5, "5", "5", "https://a.example/5", title="5"))
    found = detect_changes([unread[1], *items, unread[0]], stored, now=NOW)
    assert [new.incoming for new in found.new] == [items[0], items[2], items[4]]
    assert [change.entry_id for change in found.changed] == [1, 3]
    assert (found.unchanged, found.missed) == (1, (unread[1], unread[0]))
