"""The number that says whether a digest may have changed."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.publishing import DigestPage
from aggregator.settings.feeds_file import EntryRule
from aggregator.steps.reapply_rules import reapply_entry_rules
from aggregator.store.content_version import may_change_content
from aggregator.store.tables import Article, Feed
from aggregator.text_patterns import TextPattern
from tests.desk import Desk

pytestmark = pytest.mark.anyio

TEXT = (
    "The harbour crane of Vessley, eighty metres high, comes down on Saturday after sixty years.\n"
    "Engineers will lower the boom first and then cut the tower into nine pieces on the quay.\n"
    "Two of the pieces go to the museum of the port, the rest to a foundry in Harnmouth."
)


def seen(desk: Desk) -> tuple[Hashable, DigestPage]:
    return desk.service.library.version(), desk.service.digest()


async def test_whenever_the_digest_changes_so_does_its_version(desk: Desk) -> None:
    versions = [seen(desk)]

    async def then(*, changes: bool = True) -> None:
        versions.append(seen(desk))
        (before, page), (after, other) = versions[-2:]
        assert (page != other, before != after) == (changes, changes)

    desk.read("https://herald.example/crane", TEXT)
    await desk.publish()
    await then()
    await then(changes=False)
    desk.read("https://mirror.example/crane", TEXT)
    await desk.place()
    await then()
    desk.read("https://herald.example/crane", TEXT + "\nThe quay stays closed until Monday.")
    await desk.place()
    await then()
    desk.service.configure(drop=(EntryRule(title=TextPattern("nothing")),))
    await reapply_entry_rules(desk.service.service)
    assert desk.service.library.version() != versions[-1][0]  # another configuration may mean another digest
    versions.append(seen(desk))
    desk.service.configure(drop=(EntryRule(title=TextPattern("crane")),))
    await reapply_entry_rules(desk.service.service)
    await then()


async def test_an_hour_is_another_version_for_digests_that_have_an_age(desk: Desk) -> None:
    before = desk.service.library.version()
    desk.service.clock.advance(timedelta(hours=1))
    assert desk.service.library.version() != before


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("SELECT story.id FROM story", False),
        ("INSERT INTO story (key) VALUES (?)", True),
        ("UPDATE feed SET next_poll_at=?, last_outcome=? WHERE feed.id = ?", False),
        ("UPDATE feed SET next_poll_at=?, title=? WHERE feed.id = ?", True),
        ("UPDATE article SET state=?, attempts=? WHERE article.id = ?", False),
        ("UPDATE article SET text=%(text)s::VARCHAR WHERE article.id = %(article_id)s", True),
        ("DELETE FROM copy WHERE copy.article_id = ?", True),
        ("INSERT INTO article (title) VALUES (?)", False),
        ("UPDATE poll SET title=?", False),
        ('  update "feed"\n set title = ?', True),
        ("UPDATE feed SET etag=?, private=?", True),
        ("UPDATE feed SET subtitle=?", False),
        ("DELETE FROM feed WHERE feed.title = ?", False),
        ("INSERT INTO entry (uid) VALUES (?)", True),
        ("CREATE TABLE story (id INTEGER)", False),
    ],
)
def test_which_statements_show(statement: str, shown: bool) -> None:
    assert may_change_content(statement) is shown


SHOWN_COLUMNS = {
    Article: "url outlet published_at title text html authors language image credit",
    Feed: "name url outlet title configured_title site_url tags private merged_into_id",
}


@pytest.mark.parametrize("table", SHOWN_COLUMNS)
def test_which_columns_show(table: type[Article | Feed]) -> None:
    name, columns = str(table.__tablename__), table.model_fields
    showing = {column for column in columns if may_change_content(f"UPDATE {name} SET {column}=? WHERE {name}.id = ?")}
    assert showing == set(SHOWN_COLUMNS[table].split())


@pytest.mark.parametrize("table", ["story", "copy", "entry", "text_match", "issue"])
def test_every_change_of_a_table_of_the_digest_shows(table: str) -> None:
    statements = (
        f"INSERT INTO {table} (id) VALUES (?)",
        f"UPDATE {table} SET x=?",
        f'DELETE FROM "{table}" WHERE id = ?',
    )
    assert all(map(may_change_content, statements))


@given(st.text())
def test_no_statement_is_too_strange(statement: str) -> None:
    assert may_change_content(statement) in (True, False)
