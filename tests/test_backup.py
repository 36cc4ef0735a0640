"""What was backed up comes back as it was, into a database of either kind."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.store import backup, key_value, stories
from aggregator.store.database import Database
from aggregator.store.schema_migration import migrate
from aggregator.store.tables import Story, row_id
from tests.conftest import ON_BOTH
from tests.database import empty_database
from tests.shell import Shell
from tests.stored import MINUTE, NOW, add_article, add_feeds

NEAR = Verdict(relation=Relation.NEAR_COPY, rule="near copy across outlets", evidence=Evidence(shorter=0.9))


def fill(database: Database) -> None:
    """Two stories that readers know, of which the younger was united with the older, and one of its own."""
    migrate(database)
    add_feeds(database, "herald", "mirror")
    ids = [add_article(database, "herald", "a", "Crane"), add_article(database, "mirror", "a", "Crane, cut")]
    ids.append(add_article(database, "mirror", "b", "Ferry \U0001f6a2 \u00e9"))
    with database.writing() as session:
        authority = key_value.tag_authority(session, candidate="desk", now=NOW)
        for number, article_id in enumerate(ids):
            stories.create_story(
                session, article_id, key=f"k{number}", settle_at=NOW, now=NOW, reason="no copy of it was found"
            )
        stories.publish_settled(session, before=NOW + MINUTE, now=NOW + MINUTE, authority=authority)
    with database.writing() as session:
        one, other = (
            row_id(session.scalar(select(col(Story.id)).where(col(Story.key) == key))) for key in ("k1", "k0")
        )
        stories.add_copy(session, ids[1], other, verdict=NEAR, against_id=ids[0], now=NOW)
        stories.merge_two_stories(session, one, other, now=NOW, reason="a person said so")


@pytest.fixture
def kept(shell: Shell) -> Shell:
    """A person whose service has stored something."""
    shell.configured()
    (shell.config / "aggregator.yaml").write_text("dedup: {window: 20d}\n")
    database = Database("sqlite:///data/aggregator.db")
    fill(database)
    database.close()
    return shell


@pytest.mark.parametrize("kind", ON_BOTH)
def test_a_backup_fills_an_empty_database_of_either_kind_with_the_same_digests(
    kept: Shell, kind: str, tmp_path: Path
) -> None:
    code, told, complaint = kept.types("backup", "kept.db")
    assert (code, complaint, told) == (0, "", "kept.db: written, 3 entries and 3 stories\n")
    assert stat.S_IMODE(Path("kept.db").stat().st_mode) == 0o600
    (tmp_path / "new").mkdir()
    with empty_database(kind, tmp_path / "new") as url:
        (kept.config / "aggregator.yaml").write_text(f"database: {url}\n")
        code, told, complaint = kept.types("restore", "kept.db")
        assert (code, complaint) == (0, "")
        assert told.startswith("kept.db: restored, 3 entries and 3 stories; ")
        original, filled = Database("sqlite:///data/aggregator.db"), Database(url)
        assert backup.count_rows(filled) == backup.count_rows(original)
        add_article(filled, "herald", "new", "Numbering goes on after what came with its numbers.")
        code, _, complaint = kept.types("restore", "kept.db")
        assert (code, "is not empty" in complaint) == (2, True)
        kept.types("backup", "again.db")
        with backup.open_sqlite_file(Path("again.db")) as again:
            assert backup.count_rows(again) == backup.count_rows(filled)
        original.close()
        filled.close()


def test_a_file_that_is_there_is_never_written_over(kept: Shell) -> None:
    Path("kept.db").write_text("mine")
    code, _, complaint = kept.types("backup", "kept.db")
    assert (code, complaint) == (2, "aggregator: kept.db exists; give the name of a new file\n")
    assert Path("kept.db").read_text() == "mine"


def test_what_is_no_backup_is_told_and_nothing_is_restored(shell: Shell) -> None:
    shell.configured()
    Path("notes.txt").write_text("Not a database, but long enough to look at. " * 50)
    sqlite3.connect("other.db").execute("CREATE TABLE recipe (id INTEGER)").connection.close()
    assert shell.types("restore", "away.db")[0::2] == (2, "aggregator: away.db: the file does not exist\n")
    code, _, complaint = shell.types("restore", "notes.txt")
    assert (code, "the file cannot be read: file is not a database" in complaint) == (1, True)
    code, _, complaint = shell.types("restore", "other.db")
    assert (code, "is no backup" in complaint) == (1, True)


def test_a_connection_opens_while_another_one_writes(sqlite_url: str) -> None:
    """To set auto_vacuum on every connection would make each new one wait for whoever writes."""
    one, other = Database(sqlite_url), Database(sqlite_url)
    with one.writing():
        other.check()
    one.close()
    other.close()
