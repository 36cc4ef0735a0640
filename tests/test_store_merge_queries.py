"""What the merge step reads: candidates in their order, the members of stories, and which copy covers several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from aggregator.model.dedup import CopyCandidate, Evidence, JudgedText, LinkOrigin, ReclusterArticle, Relation, Verdict
from aggregator.model.sketch_table import SketchTable
from aggregator.store import articles, merge_queries, stories
from aggregator.store.database import Database
from aggregator.store.merge_queries import ReadyArticle, StoryMembers
from aggregator.store.tables import Article, ArticleState, Copy, JudgedPair, Story
from tests.stored import MINUTE, NOW, add_article, add_feeds

NEAR = Verdict(relation=Relation.NEAR_COPY, rule="covered", evidence=Evidence(shorter=0.9))


@dataclass(kw_only=True)
class ListIndex:
    """A candidate index that finds the articles it was given, whatever the fingerprints are."""

    listed: Sequence[int] = ()
    turn: int = 0
    forgot_before: float = 0.0
    asked: tuple[tuple[int, ...], float, int] | None = None

    def clear(self) -> None:
        raise AssertionError("nothing is removed here")

    def put(self, sketches: SketchTable, *, since: float) -> None:
        raise AssertionError(sketches, since)

    def candidates(self, fingerprints: Sequence[int], *, since: float, most: int) -> tuple[int, ...]:
        self.asked = (tuple(fingerprints), since, most)
        return tuple(self.listed[:most])


@pytest.fixture
def six(database: Database) -> Database:
    """Six articles, of which 1 to 5 are in stories of their own with the same ids."""
    add_feeds(database, "one", "two")
    for number in range(1, 7):
        add_article(database, ("one", "two")[number % 2], f"a{number}", f"text {number}", now=NOW + number * MINUTE)
    with database.writing() as session:
        for number in range(1, 6):
            articles.mark_placed(session, number)
            stories.create_story(session, number, key=f"k{number}", settle_at=NOW, now=NOW, reason="alone")
    return database


def change(database: Database, number: int, table: type[Article | Story | Copy] = Article, **values: Any) -> None:
    with database.writing() as session:
        for name, value in values.items():
            setattr(session.get_one(table, number), name, value)


def join(database: Database, article_id: int, story_id: int, *, minute: int = 0, **values: Any) -> None:
    """Moves an article into the story of another one."""
    values = {"relation": "near-copy", "rule": "covered", "joined_at": NOW + minute * MINUTE, **values}
    change(database, article_id, Copy, story_id=story_id, **values)


def ready(**values: Any) -> ReadyArticle:
    return ReadyArticle(
        **{"article_id": 6, "exact": 77, "tokens": 2, "fingerprints": (1, 2, 3), "story_id": None, **values}
    )


def candidates(
    database: Database,
    article: ReadyArticle,
    *listed: int,
    since: datetime = NOW,
    sharing: Sequence[int] = (),
) -> tuple[int, ...]:
    with database.reading() as session:
        index = ListIndex(listed=listed)
        return merge_queries.find_candidates(session, article, index, since=since, sharing=sharing)


def test_candidates_have_the_same_text_then_an_alias_in_common_then_the_most_fingerprints(six: Database) -> None:
    for number in (5, 2):
        change(six, number, exact=77)
    assert candidates(six, ready(), 3, 5, 1, 6, sharing=(4, 3)) == (2, 5, 3, 4, 1)
    assert candidates(six, ready(exact=0), 3, 1) == (3, 1)
    assert candidates(six, ready(article_id=5), 5) == (2,), "an article is no candidate of itself"
    assert candidates(six, ready(tokens=0), 1) == (1,), "no text is the same as no text"
    change(six, 2, tokens=0)
    assert candidates(six, ready()) == (5,)


def test_candidates_are_placed_and_were_seen_after_an_instant(six: Database) -> None:
    for number in (2, 3, 4, 6):
        change(six, number, exact=77)
    since = NOW + 3 * MINUTE
    assert candidates(six, ready(article_id=1), since=since) == (4,)
    assert candidates(six, ready(exact=0), 5, 4, 3, 2, 6, since=since) == (5, 4)
    assert candidates(six, ready(exact=0), since=since, sharing=(2, 3, 4, 5, 6)) == (4, 5)


def test_the_index_is_asked_for_one_more_than_the_most_because_it_may_find_the_article_itself(six: Database) -> None:
    index = ListIndex()
    with six.reading() as session:
        merge_queries.find_candidates(session, ready(), index, since=NOW)
    assert index.asked == ((1, 2, 3), NOW.timestamp(), 21)


def test_at_most_twenty_candidates_share_the_text_and_twenty_the_fingerprints(database: Database) -> None:
    names = [f"n{number}" for number in range(23)]
    add_feeds(database, *names)
    ids = [add_article(database, name, "a", "text") for name in names]
    with database.writing() as session:
        for article_id in ids:
            session.get_one(Article, article_id).exact = 77 if article_id <= 21 else 0
            stories.create_story(session, article_id, key=f"k{article_id}", settle_at=NOW, now=NOW, reason="alone")
    assert candidates(database, ready(article_id=99), since=NOW - MINUTE) == tuple(range(1, 21))
    assert len(candidates(database, ready(article_id=99, exact=1), *range(1, 24), since=NOW - MINUTE)) == 20
    assert len(candidates(database, ready(article_id=3, exact=1), *range(1, 24), since=NOW - MINUTE)) == 20


def test_the_article_that_is_placed_next_has_its_sketch_and_the_story_it_was_in(six: Database) -> None:
    with six.reading() as session:
        assert merge_queries.next_ready_article(session) == ReadyArticle(
            article_id=6, exact=session.get_one(Article, 6).exact or 0, tokens=2, fingerprints=(), story_id=None
        )
    change(six, 6, state=ArticleState.PLACED)
    change(six, 4, state=ArticleState.READY, exact=None)
    change(six, 5, state=ArticleState.READY)
    with six.reading() as session:
        assert merge_queries.next_ready_article(session) == ReadyArticle(
            article_id=4, exact=0, tokens=2, fingerprints=(), story_id=4
        )
    for number in (4, 5):
        change(six, number, state=ArticleState.WAITING)
    with six.reading() as session:
        assert merge_queries.next_ready_article(session) is None


def test_the_judge_gets_these_articles_with_all_that_it_compares(six: Database) -> None:
    change(six, 1, credit="Corvus Wire", title="One", published_at=NOW)
    change(six, 2, url=None, title="Two")
    with six.reading() as session:
        assert merge_queries.load_documents(session, [1, 2]) == {
            1: JudgedText(
                article_id=1,
                outlet="two.example",
                url="https://two.example/a1",
                title="One",
                text="text 1",
                published_at=NOW,
                credit="Corvus Wire",
            ),
            2: JudgedText(
                article_id=2,
                outlet="one.example",
                url="",
                title="Two",
                text="text 2",
                published_at=NOW + 2 * MINUTE,
            ),
        }


def test_a_story_is_known_by_its_canonical_copy_and_its_five_newest_others(database: Database) -> None:
    names = [f"n{number}" for number in range(1, 9)]
    add_feeds(database, *names)
    with_ids = [add_article(database, name, "a", "text") for name in names]
    with database.writing() as session:
        for article_id in (1, 8):
            stories.create_story(session, article_id, key=f"k{article_id}", settle_at=NOW, now=NOW, reason="alone")
        for article_id, minute in zip(with_ids[1:7], (5, 1, 3, 3, 2, 4), strict=True):
            stories.add_copy(session, article_id, 1, verdict=NEAR, against_id=1, now=NOW + minute * MINUTE)
        session.get_one(Story, 1).lead_article_id = 7
        session.get_one(Story, 2).visible_at = NOW
    with database.reading() as session:
        first = StoryMembers(story_id=1, lead_id=7, newest=(2, 5, 4, 6, 3), shown=False)
        assert merge_queries.stories_of_articles(session, [3, 8, 99]) == {
            3: first,
            8: StoryMembers(story_id=2, lead_id=8, newest=(), shown=True),
        }
        assert merge_queries.story_article_ids(session, 1) == set(range(1, 8))
        assert merge_queries.story_id_of(session, 8) == 2
        assert merge_queries.story_id_of(session, 99) is None


def test_the_first_copies_of_a_story_joined_without_a_verdict(six: Database) -> None:
    join(six, 3, 1, minute=2, relation=None)
    join(six, 2, 1, minute=2, relation=None)
    join(six, 5, 1, minute=-1, relation=None)
    join(six, 4, 1)
    with six.reading() as session:
        assert merge_queries.first_members(session, 1) == (5, 1, 2, 3)
        assert merge_queries.first_members(session, 2) == ()


def test_unpublished_stories_can_be_reclustered_unless_they_are_large_or_share_a_url(six: Database) -> None:
    join(six, 2, 1)
    change(six, 3, Story, visible_at=NOW)

    def members(*story_ids: int, most: int = 9) -> dict[int, int]:
        with six.reading() as session:
            return dict(merge_queries.unpublished_members(session, story_ids, most=most))

    assert members(1, 3, 4) == {1: 1, 2: 1, 4: 4}
    assert members(1, 3, 4, most=3) == {1: 1, 2: 1, 4: 4}
    assert members(1, 3, 4, most=2) == {}
    assert members(3) == {}
    change(six, 2, Copy, relation=Relation.SAME_URL)
    assert members(1, 4) == {}
    assert members(4) == {4: 4}


def test_the_order_of_reclustering_and_the_canonical_copy_depend_on_the_same_values(six: Database) -> None:
    change(six, 1, priority=7, credit="Corvus Wire", tokens=9, published_at=NOW)
    change(six, 2, priority=3, published_at=NOW, not_before=NOW + MINUTE)
    change(six, 3, published_at=NOW + MINUTE, not_before=NOW)
    for number in (2, 3):
        join(six, number, 1)
    with six.reading() as session:
        assert sorted(merge_queries.recluster_ranks(session, [1, 2]), key=lambda rank: rank.article_id) == [
            ReclusterArticle(
                article_id=1, priority=7, tokens=9, published_at=NOW, name=("two.example", "https://two.example/a1")
            ),
            ReclusterArticle(
                article_id=2,
                priority=3,
                tokens=2,
                published_at=NOW + MINUTE,
                name=("one.example", "https://one.example/a2"),
            ),
        ]
        found = sorted(merge_queries.canonical_candidates(session, 1), key=lambda copy: copy.article_id)
        assert found[0] == CopyCandidate(
            article_id=1,
            priority=7,
            outlet="two.example",
            credit="Corvus Wire",
            tokens=9,
            published_at=NOW,
            origin=LinkOrigin(site="two.example", at_home=True, link_post=False),
        )
        assert [(copy.article_id, copy.published_at) for copy in found] == [
            (1, NOW),
            (2, NOW + MINUTE),
            (3, NOW + MINUTE),
        ]


@pytest.mark.parametrize(
    ("pair", "relation", "evidence", "roundups"),
    [
        pytest.param((4, 1), "excerpt", {"shorter": 0.9}, {1}, id="it contains all of an article of another story"),
        pytest.param((1, 4), "excerpt", {"shorter": 0.9}, {1}, id="whichever comes first in the pair"),
        pytest.param((4, 1), "excerpt", {"shorter": 0.89}, set(), id="not nearly all"),
        pytest.param((4, 1), "excerpt", {}, set(), id="nobody knows how much"),
        pytest.param((4, 1), "related", {"shorter": 1.0}, set(), id="no excerpt"),
        pytest.param((2, 1), "excerpt", {"shorter": 1.0}, set(), id="of its own story"),
        pytest.param((5, 2), "excerpt", {"shorter": 1.0}, set(), id="the other one is the longer"),
        pytest.param((5, 4), "excerpt", {"shorter": 1.0}, set(), id="neither is of this story"),
    ],
)
def test_a_roundup_contains_nearly_all_of_a_shorter_article_of_another_story(
    six: Database, pair: tuple[int, int], relation: str, evidence: dict[str, float], roundups: set[int]
) -> None:
    join(six, 2, 1)
    for number, tokens in ((1, 9), (2, 8), (4, 3), (5, 20)):
        change(six, number, tokens=tokens)
    with six.writing() as session:
        article_id, other_id = pair
        session.add(
            JudgedPair(
                article_id=article_id, other_id=other_id, judged_at=NOW, relation=relation, rule="x", evidence=evidence
            )
        )
    with six.reading() as session:
        found = merge_queries.canonical_candidates(session, 1)
        assert {copy.article_id for copy in found if copy.is_roundup} == roundups
        ranks = merge_queries.recluster_ranks(session, [1, 2])
        assert {rank.article_id for rank in ranks if rank.is_roundup} == roundups
        assert not merge_queries.recluster_ranks(session, [1])[0].is_roundup, "one article covers no other"


def test_a_verdict_of_a_pair_is_stored_once_whichever_comes_first(six: Database) -> None:
    evidence = Evidence(
        shorter=0.9, longer=0.7, shared=12, passage="words", conflicts=("a", "b"), passage_at=(3, 4), left_out=2
    )
    verdict = Verdict(relation=Relation.EXCERPT, rule="inside", evidence=evidence)
    with six.writing() as session:
        for first, second, minute in ((1, 2, 0), (2, 1, 1), (3, 1, 2)):
            merge_queries.store_verdict(session, first, second, verdict, now=NOW + minute * MINUTE)
    with six.reading() as session:
        row = session.get_one(JudgedPair, (2, 1))
        assert row.judged_at == NOW + MINUTE
        assert merge_queries.verdict_from_json(row.relation, row.rule, row.evidence) == verdict
        assert session.get_one(JudgedPair, (3, 1)).judged_at == NOW + 2 * MINUTE


def test_a_verdict_of_an_older_release_lacks_what_that_release_did_not_measure() -> None:
    read = merge_queries.verdict_from_json
    assert read(None, "rule", {"shorter": 1.0}) is None
    assert read("exact", None, None) == Verdict(relation=Relation.EXACT, rule="")
    assert read("exact", "equal", {"conflicts": ["x"]}) == Verdict(
        relation=Relation.EXACT, rule="equal", evidence=Evidence(conflicts=("x",))
    )
