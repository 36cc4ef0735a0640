"""The table of sketches: what comes into the index, in what order, and that every index that follows it agrees."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from aggregator.dedup.candidate_index import CandidateIndex
from aggregator.model.dedup import Sketch
from aggregator.model.extraction import CleanedText
from aggregator.store import articles, boilerplate_removal, index_update, merge_queries, sketches, stories
from aggregator.store.boilerplate_removal import StoredPageText
from aggregator.store.database import Database
from aggregator.store.merge_queries import ReadyArticle
from aggregator.store.tables import Article, ArticleSketch, Copy, Story, StoryChange
from tests.stored import MINUTE, NOW, add_article, add_feeds, keep_text

SINCE = NOW - MINUTE


def placed(database: Database, name: str, *fingerprints: int, now: datetime = NOW) -> int:
    """An article in a story of its own, as the merging step leaves it."""
    add_feeds(database, name)
    article_id = add_article(database, name, "a", f"text {name}", fingerprints=fingerprints, now=now)
    with database.writing() as session:
        stories.create_story(session, article_id, key=name, settle_at=NOW, now=NOW, reason="no copy of it was found")
        articles.mark_placed(session, article_id)
    return article_id


def found(database: Database, index: CandidateIndex, *fingerprints: int) -> tuple[int, ...]:
    article = ReadyArticle(article_id=99, exact=0, tokens=9, fingerprints=fingerprints, story_id=None)
    with database.reading() as session:
        index_update.update_index(session, index, since=SINCE)
        return merge_queries.find_candidates(session, article, index, since=SINCE)


def test_a_sketch_comes_into_the_index_when_its_article_is_placed(database: Database) -> None:
    index = CandidateIndex(most_articles=1000)
    add_feeds(database, "one")
    article_id = add_article(database, "one", "a", "some words", fingerprints=[5, 2**32 - 1, 0])
    assert found(database, index, 0, 5) == ()
    with database.writing() as session:
        assert sketches.stored_fingerprints(session, article_id) == (0, 5, 2**32 - 1)
        stories.create_story(session, article_id, key="k", settle_at=NOW, now=NOW, reason="no copy of it was found")
        articles.mark_placed(session, article_id)
    assert found(database, index, 0, 5) == (article_id,)


def test_what_a_clock_that_was_ahead_passed_over_is_found_when_it_is_put_back(database: Database) -> None:
    index, ahead = CandidateIndex(most_articles=1000), timedelta(days=4000)
    first = placed(database, "one", 1, 2, 3)
    second = placed(database, "two", 1, 2, 4, now=NOW + ahead)
    with database.reading() as session:
        index_update.update_index(session, index, since=SINCE + ahead)
    assert len(index) == 1
    assert set(found(database, index, 1, 2)) == {first, second}


def test_every_index_agrees_however_long_it_followed(database: Database) -> None:
    follows, questions = CandidateIndex(most_articles=1000), ((1, 2), (2, 3), (3, 4), (7, 8))

    def answers() -> list[tuple[int, ...]]:
        told = [found(database, follows, *question) for question in questions]
        assert told == [found(database, CandidateIndex(most_articles=1000), *question) for question in questions]
        return told

    first = placed(database, "one", 1, 2, 3)
    assert answers() == [(first,), (first,), (), ()]
    second = placed(database, "two", 2, 3, 4)
    assert answers() == [(first,), (first, second), (second,), ()]
    with database.writing() as session:  # revised, and placed anew
        keep_text(session, first, "another text", fingerprints=[7, 8], now=NOW + MINUTE)
        articles.mark_placed(session, first)
    assert answers() == [(), (second,), (second,), (first,)]
    with database.writing() as session:  # deleted
        for table in (ArticleSketch, Copy):
            session.execute(delete(table).where(col(table.article_id) == second))
        session.execute(delete(StoryChange).where(col(StoryChange.article_id) == second))
        session.execute(delete(Story).where(col(Story.lead_article_id) == second))
    assert answers() == [(), (), (), (first,)]


def test_a_text_that_lost_lines_of_its_outlet_is_found_by_what_is_left(database: Database) -> None:
    index = CandidateIndex(most_articles=1000)
    article_id = placed(database, "one", 1, 2)
    assert found(database, index, 1, 2) == (article_id,)
    with database.writing() as session:
        article = session.get_one(Article, article_id)
        assert article.text_at is not None
        text = CleanedText(text=article.text, html=article.html, cuts=())
        kept = StoredPageText(article_id=article_id, text_at=article.text_at, text=text, pages=())
        assert boilerplate_removal.store_cleaned_text(
            session, kept, text, Sketch(exact=1, fingerprints=(3, 4), tokens=1)
        )
    assert (found(database, index, 1, 2), found(database, index, 3, 4)) == ((), (article_id,))


def test_each_sketch_that_enters_the_index_has_the_next_turn_even_after_the_newest_was_deleted(
    database: Database,
) -> None:
    for name in ("one", "two"):
        placed(database, name, 1, 2)

    def turns() -> list[int | None]:
        with database.reading() as session:
            return list(session.scalars(select(col(ArticleSketch.turn)).order_by(col(ArticleSketch.article_id))))

    assert turns() == [1, 2]
    with database.writing() as session:
        keep_text(session, 1, "another text", fingerprints=[7, 8], now=NOW + MINUTE)
        session.delete(session.get_one(ArticleSketch, 2))
    assert turns() == [None]
    with database.writing() as session:
        articles.mark_placed(session, 1)
        assert session.get_one(Article, 1).state == "placed"
        assert sketches.stored_fingerprints(session, 2) == ()
        kept = session.get_one(ArticleSketch, 1)
        assert (kept.turn, kept.seen, kept.fingerprints) == (3, int(NOW.timestamp()), b"\x07\0\0\0\x08\0\0\0")


def test_an_index_reads_what_is_newer_and_all_again_when_the_clock_was_set_back_by_more_than_an_hour(
    database: Database,
) -> None:
    index = CandidateIndex(most_articles=1000)
    first = placed(database, "one", 1, 2, 3)
    second = placed(database, "two", 1, 2, 4, now=NOW + timedelta(hours=2))
    since = NOW + MINUTE
    with database.reading() as session:
        index_update.update_index(session, index, since=since)
        assert (len(index), index.turn) == (1, 2)
        index_update.update_index(session, index, since=since - timedelta(hours=1))
        assert len(index) == 1, "the clocks of two machines may differ"
        index_update.update_index(session, index, since=since - timedelta(hours=1, seconds=1))
        assert len(index) == 2
    assert set(found(database, index, 1, 2)) == {first, second}
    with database.reading() as session:
        exact = CandidateIndex(most_articles=1000)
        index_update.update_index(session, exact, since=NOW)
        assert len(exact) == 1, "an article of that very instant is too old"
