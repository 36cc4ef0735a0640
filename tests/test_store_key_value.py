"""Values that are stored by name, the one that is made once among them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from aggregator.store import key_value
from aggregator.store.database import Database
from aggregator.store.tables import KeyValue
from tests.stored import MINUTE, NOW


def test_an_instant_is_read_as_it_was_stored_last(database: Database) -> None:
    exact = NOW + timedelta(microseconds=7)
    with database.writing() as session:
        assert key_value.stored_instant(session, "a") is None
        for at in (exact, NOW + MINUTE):
            key_value.store_instant(session, "a", at)
            key_value.store_instant(session, "b", exact)
            assert key_value.stored_instant(session, "a") == at
        assert key_value.stored_instant(session, "b") == exact
        assert key_value.stored_instant(session, "c") is None


def test_the_tag_authority_is_made_once_of_a_word_and_the_day(database: Database) -> None:
    later = datetime.fromisoformat("2030-12-31T00:00:00+00:00")
    for word, now in (("heron", NOW), ("other", later)):
        with database.writing() as session:
            made = key_value.tag_authority(session, candidate=word, now=now)
        assert made == "heron.aggregator.invalid,2026-03-01"
    with database.reading() as session:
        assert session.get_one(KeyValue, "tag authority").value == made, "other releases look for it by this name"


def test_the_filler_takes_room_once_until_it_is_deleted_and_nothing_else_goes(database: Database) -> None:
    with database.writing() as session:
        key_value.store_instant(session, "a", NOW)
    sizes = []
    for step in (key_value.write_filler, key_value.write_filler, key_value.delete_filler, key_value.delete_filler):
        with database.writing() as session:
            step(session)
        with database.reading() as session:
            sizes.append(session.scalar(select(func.max(func.length(KeyValue.value)))))
    assert sizes[:2] == [4 * 1024 * 1024] * 2
    assert sizes[2:] == [len(NOW.isoformat())] * 2
