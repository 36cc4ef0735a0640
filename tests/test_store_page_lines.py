"""The lines of an outlet's newest pages are kept, and no more than those."""

from __future__ import annotations

from sqlalchemy import func, select

from aggregator.store.database import Database
from aggregator.store.page_lines import MAX_PAGES, outlet_line_hashes, store_line_hashes
from aggregator.store.tables import PageLines
from tests.stored import add_entries, add_feeds, entry


def remember(database: Database, article_id: int, *lines: int, outlet: str = "one.example") -> None:
    with database.writing() as session:
        store_line_hashes(session, article_id, outlet, lines)


def pages(database: Database, *, but: int = 0, outlet: str = "one.example") -> tuple[tuple[int, ...], ...]:
    with database.reading() as session:
        return tuple(outlet_line_hashes(session, outlet, but=but).values())


def add_articles(database: Database, count: int) -> None:
    add_feeds(database, "one", "two")
    add_entries(database, "one", *(entry(f"a{number}") for number in range(count)))


def test_an_article_sees_the_other_pages_of_its_outlet_newest_first(database: Database) -> None:
    add_articles(database, 4)
    for article_id in (1, 2, 3):
        remember(database, article_id, article_id, 2**62)
    remember(database, 4, 9, outlet="two.example")
    assert pages(database, but=2) == ((3, 2**62), (1, 2**62))


def test_a_page_that_is_read_again_takes_its_own_place(database: Database) -> None:
    add_articles(database, 2)
    remember(database, 1, 5)
    remember(database, 2, 6)
    remember(database, 1, 7)
    assert pages(database) == ((6,), (7,))


def test_of_an_outlet_only_the_newest_pages_are_kept(database: Database) -> None:
    add_articles(database, MAX_PAGES + 3)
    remember(database, 1, 1, outlet="two.example")
    for article_id in range(2, MAX_PAGES + 4):
        remember(database, article_id, article_id)
    assert [lines[0] for lines in pages(database)] == list(range(MAX_PAGES + 3, 3, -1))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PageLines)) == MAX_PAGES + 1


def test_twenty_pages_of_an_outlet_are_kept(database: Database) -> None:
    assert MAX_PAGES == 20
    add_articles(database, 3)
    for article_id in (3, 1, 2):
        remember(database, article_id, article_id)
    with database.reading() as session:
        assert list(outlet_line_hashes(session, "one.example", but=0).items()) == [(3, (3,)), (2, (2,)), (1, (1,))]
        assert outlet_line_hashes(session, "two.example", but=0) == {}
