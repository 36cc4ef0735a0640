"""When a page is requested again, and what is known of its last answer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from aggregator.model.extraction import TextSource
from aggregator.model.polling import Validators
from aggregator.store import page_revisits
from aggregator.store.database import Database
from aggregator.store.page_revisits import NO_VERSION, PageVersion, StoredPage
from aggregator.store.tables import Article, sql_table
from tests.stored import MINUTE, NOW, add_article, add_feeds

FULL = PageVersion(validators=Validators(url="https://one.example/a", etag="e", last_modified="m"), digest="d")


@pytest.fixture
def stored(database: Database) -> Database:
    """An article that was read."""
    add_feeds(database, "one")
    add_article(database, "one", "a", "some words")
    return database


def stored_page(database: Database) -> StoredPage | None:
    with database.reading() as session:
        return page_revisits.stored_page(session.execute(select(*sql_table(Article).c)).one())


def test_a_revisit_is_planned_until_it_is_taken_back(stored: Database) -> None:
    with stored.writing() as session:
        assert page_revisits.revisit_is_planned(session, 1) is False
        page_revisits.plan_revisit(session, 1, at=NOW + MINUTE)
        session.flush()
        assert session.get_one(Article, 1).revisit_at == NOW + MINUTE
        assert page_revisits.revisit_is_planned(session, 1) is True
        page_revisits.plan_revisit(session, 1, at=None)
        session.flush()
        assert page_revisits.revisit_is_planned(session, 1) is False


@pytest.mark.parametrize(
    "version",
    [
        FULL,
        PageVersion(validators=Validators(url="https://one.example/b", etag="e", last_modified=None), digest="d"),
        PageVersion(validators=Validators(url="https://one.example/b", etag=None, last_modified="m"), digest=""),
        PageVersion(validators=None, digest="d"),
        NO_VERSION,
    ],
)
def test_the_version_of_a_page_replaces_the_one_before(stored: Database, version: PageVersion) -> None:
    assert stored_page(stored) is None, "no revisit is planned"
    for seen in (FULL, version):
        with stored.writing() as session:
            page_revisits.plan_revisit(session, 1, at=NOW)
            page_revisits.store_page_version(session, 1, seen)
        assert stored_page(stored) == StoredPage(seen=seen, text_source=TextSource.PAGE, tokens=2)
    with stored.reading() as session:
        assert session.get_one(Article, 1).page_digest == (version.digest or None)
