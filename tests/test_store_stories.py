"""Stories: founded, joined, left, united and published, each change with its reason."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.dedup.candidate_index import CandidateIndex
from aggregator.model.dedup import CanonicalCopy, CopyCandidate, Evidence, JudgedText, LinkOrigin, Relation, Verdict
from aggregator.store import articles, index_update, merge_queries, stories
from aggregator.store.database import Database
from aggregator.store.merge_queries import ReadyArticle, StoryMembers
from aggregator.store.stories import StoryLead, TextChange
from aggregator.store.tables import Article, Copy, JudgedPair, Story, StoryChange
from tests.stored import MINUTE, NOW, add_article, add_feeds, keep_text

NEAR = Verdict(
    relation=Relation.NEAR_COPY,
    rule="covered across outlets",
    evidence=Evidence(shorter=0.9, longer=0.7, shared=120, passage="the longest passage", conflicts=("12 → 13",)),
)


@pytest.fixture
def three(database: Database) -> Database:
    """Three outlets with an article each."""
    add_feeds(database, "one", "two", "three")
    for number, name in enumerate(("one", "two", "three")):
        add_article(database, name, "a", f"text {name}", fingerprints=[1, 2, 3], now=NOW + number * MINUTE, title=name)
    return database


def found(session: Session, article_id: int, key: str = "k") -> int:
    articles.mark_placed(session, article_id)
    return stories.create_story(
        session, article_id, key=key, settle_at=NOW + 10 * MINUTE, now=NOW + MINUTE, reason="no copy of it was found"
    )


def join(session: Session, article_id: int, story_id: int, *, minute: int = 2) -> None:
    articles.mark_placed(session, article_id)
    stories.add_copy(session, article_id, story_id, verdict=NEAR, against_id=1, now=NOW + minute * MINUTE)


def publish(session: Session, *, before: int) -> tuple[str, ...]:
    at = NOW + before * MINUTE
    return stories.publish_settled(session, before=at, authority="x.invalid,2026-03-01", now=at)


def changes(session: Session) -> list[tuple[int, str, str]]:
    rows = session.scalars(select(StoryChange).order_by(col(StoryChange.id)))
    return [(row.story_id, row.what, row.reason) for row in rows]


def test_a_story_begins_with_one_article(three: Database) -> None:
    with three.writing() as session:
        story_id = found(session, 2)
    with three.reading() as session:
        story = session.get_one(Story, story_id)
        assert (story.lead_article_id, story.first_seen_at, story.visible_at) == (2, NOW + MINUTE, None)
        assert merge_queries.story_id_of(session, 2) == story_id
        assert changes(session) == [(story_id, "founded", "no copy of it was found")]


def test_a_copy_joins_with_its_verdict_and_an_earlier_copy_moves_the_first_times(three: Database) -> None:
    with three.writing() as session:
        story_id = found(session, 2)
        join(session, 1, story_id)
    with three.reading() as session:
        copy = session.get_one(Copy, 1)
        assert merge_queries.verdict_from_json(copy.relation, copy.rule, copy.evidence) == NEAR
        story = session.get_one(Story, story_id)
        assert (story.first_seen_at, story.published_at) == (NOW, NOW)
        assert changes(session)[1:] == [(story_id, "joined", "near-copy by covered across outlets")]


def test_a_story_has_its_own_newest_members_and_not_those_of_another(three: Database) -> None:
    with three.writing() as session:
        story_id = found(session, 1)
        join(session, 2, story_id)
        other_id = found(session, 3, "other")
    with three.reading() as session:
        of_article = merge_queries.stories_of_articles(session, [1, 2, 3])
    both = StoryMembers(story_id=story_id, lead_id=1, newest=(2,), shown=False)
    assert of_article == {1: both, 2: both, 3: StoryMembers(story_id=other_id, lead_id=3, newest=(), shown=False)}


def test_the_first_time_readers_were_told_stays(three: Database) -> None:
    with three.writing() as session:
        story_id = found(session, 2)
        stories.publish_settled(
            session, before=NOW + 10 * MINUTE, authority="x.invalid,2026-03-01", now=NOW + 10 * MINUTE
        )
        join(session, 1, story_id)
        assert session.get_one(Story, story_id).published_at == NOW + MINUTE


def test_a_story_is_published_once_when_it_settled_and_keeps_its_id(three: Database) -> None:
    with three.writing() as session:
        found(session, 1, "early")
        assert publish(session, before=9) == ()
        assert publish(session, before=10) == ("early",)
        assert publish(session, before=11) == ()
        story = session.scalars(select(Story)).one()
        assert (story.uri, story.updated_at) == ("tag:x.invalid,2026-03-01:story/early", NOW)


def test_a_copy_that_leaves_is_noted_and_the_story_goes_on(three: Database) -> None:
    with three.writing() as session:
        story_id = found(session, 1)
        join(session, 2, story_id)
        assert stories.remove_copy(session, 1, story_id, now=NOW, reason="revised away")
        assert session.get_one(Copy, 2).against_id is None
        assert session.get_one(Story, story_id).first_seen_at == NOW + MINUTE
        assert changes(session)[-1] == (story_id, "left", "revised away")


def test_a_story_whose_last_copy_leaves_is_withdrawn(three: Database) -> None:
    with three.writing() as session:
        story_id = found(session, 1)
        assert not stories.remove_copy(session, 1, story_id, now=NOW, reason="revised away")
        assert session.get_one(Story, story_id).withdrawn_at == NOW
        assert publish(session, before=11) == ()


@pytest.mark.parametrize("younger_is_published", [False, True])
def test_of_two_stories_that_unite_the_published_or_older_one_survives(
    three: Database, younger_is_published: bool
) -> None:
    with three.writing() as session:
        older, younger = found(session, 1, "older"), found(session, 2, "younger")
        if younger_is_published:
            session.get_one(Story, older).settle_at = NOW + 60 * MINUTE
            publish(session, before=10)
        survivor = stories.merge_two_stories(session, older, younger, now=NOW + 20 * MINUTE, reason="one text")
        withdrawn = older if younger_is_published else younger
        assert survivor == (younger if younger_is_published else older)
        assert {copy.story_id for copy in session.scalars(select(Copy))} == {survivor}
        assert session.get_one(Story, withdrawn).survivor_id == survivor


def test_stories_united_in_turn_all_point_to_the_last_survivor(three: Database) -> None:
    with three.writing() as session:
        first, second, third = (found(session, number, f"k{number}") for number in (1, 2, 3))
        assert stories.merge_two_stories(session, second, third, now=NOW, reason="one text") == second
        assert stories.merge_two_stories(session, first, second, now=NOW, reason="one text") == first
        assert {session.get_one(Story, story_id).survivor_id for story_id in (second, third)} == {first}


def test_another_lead_of_a_published_story_is_a_material_change_and_the_same_lead_is_none(three: Database) -> None:
    with three.writing() as session:
        story_id = found(session, 1)
        join(session, 2, story_id)
        publish(session, before=10)
        stories.set_lead(session, story_id, CanonicalCopy(article_id=1, rule="earliest"), now=NOW + 30 * MINUTE)
        assert session.get_one(Story, story_id).updated_at == NOW
        stories.set_lead(session, story_id, CanonicalCopy(article_id=2, rule="priority"), now=NOW + 30 * MINUTE)
        story = session.get_one(Story, story_id)
        assert (story.lead_article_id, story.lead_rule, story.updated_at) == (2, "priority", NOW + 30 * MINUTE)


def test_only_a_revision_of_the_lead_updates_a_published_story(three: Database) -> None:
    with three.writing() as session:
        story_id = found(session, 1)
        join(session, 2, story_id)
        publish(session, before=10)
        stories.record_text_change(session, story_id, 2, now=NOW + 30 * MINUTE, note="1 paragraph added")
        assert session.get_one(Story, story_id).updated_at == NOW
        stories.record_text_change(session, story_id, 1, now=NOW + 31 * MINUTE, note="")
        assert session.get_one(Story, story_id).updated_at == NOW
        stories.record_text_change(session, story_id, 1, now=NOW + 32 * MINUTE, note="1 paragraph added")
        story = session.get_one(Story, story_id)
        assert (story.updated_at, story.update_note) == (NOW + 32 * MINUTE, "1 paragraph added")


def test_the_article_that_waited_longest_is_placed_next(three: Database) -> None:
    with three.writing() as session:
        first = merge_queries.next_ready_article(session)
        assert first is not None
        assert (first.article_id, first.fingerprints, first.story_id) == (1, (1, 2, 3), None)
        found(session, 1)
        second = merge_queries.next_ready_article(session)
        assert second is not None
        assert second.article_id == 2


def candidates(
    database: Database, *, shared: tuple[int, ...] = (1, 2), exact: int = 0, tokens: int = 2
) -> tuple[int, ...]:
    with database.reading() as session:
        article = ReadyArticle(article_id=3, exact=exact, tokens=tokens, fingerprints=shared, story_id=None)
        index = CandidateIndex(most_articles=1000)
        index_update.update_index(session, index, since=NOW - MINUTE)
        return merge_queries.find_candidates(session, article, index, since=NOW - MINUTE)


def test_candidates_are_placed_articles_that_share_enough(three: Database) -> None:
    assert candidates(three) == ()
    with three.writing() as session:
        found(session, 1)
        found(session, 2, "k2")
    assert candidates(three) == (1, 2)
    assert candidates(three, shared=(1,)) == ()
    assert candidates(three, shared=(1, 99)) == ()


def test_candidates_outside_the_window_are_not_looked_at(three: Database) -> None:
    with three.writing() as session:
        found(session, 1)
        article = ReadyArticle(article_id=3, exact=0, tokens=2, fingerprints=(1, 2), story_id=None)
        index = CandidateIndex(most_articles=1000)
        index_update.update_index(session, index, since=NOW - MINUTE)
        assert merge_queries.find_candidates(session, article, index, since=NOW) == ()


def test_the_same_text_is_a_candidate_without_fingerprints_unless_it_is_no_text(three: Database) -> None:
    with three.writing() as session:
        found(session, 1)
        exact = session.get_one(Article, 1).exact or 0
    assert candidates(three, shared=(), exact=exact) == (1,)
    assert candidates(three, shared=(), exact=exact, tokens=0) == ()


def test_what_the_judge_and_the_choice_of_lead_are_told(three: Database) -> None:
    with three.writing() as session:
        story_id = found(session, 1)
        join(session, 2, story_id)
        join(session, 3, story_id, minute=3)
        assert merge_queries.load_documents(session, [1]) == {
            1: JudgedText(
                article_id=1,
                outlet="one.example",
                url="https://one.example/a",
                title="one",
                text="text one",
                published_at=NOW,
            )
        }
        assert merge_queries.stories_of_articles(session, [2]) == {
            2: StoryMembers(story_id=story_id, lead_id=1, newest=(3, 2))
        }
        assert merge_queries.canonical_candidates(session, story_id)[0] == CopyCandidate(
            article_id=1,
            priority=0,
            outlet="one.example",
            credit=None,
            tokens=2,
            published_at=NOW,
            origin=LinkOrigin(site="one.example", at_home=True, link_post=False),
        )


def test_a_verdict_that_did_not_merge_is_kept_once_per_pair(three: Database) -> None:
    related = Verdict(relation=Relation.RELATED, rule="same event")
    with three.writing() as session:
        merge_queries.store_verdict(session, 1, 2, related, now=NOW)
    with three.writing() as session:
        merge_queries.store_verdict(session, 2, 1, NEAR, now=NOW + MINUTE)
    with three.reading() as session:
        row = session.scalars(select(JudgedPair)).one()
        assert (row.article_id, row.other_id, row.judged_at) == (2, 1, NOW + MINUTE)
        assert merge_queries.verdict_from_json(row.relation, row.rule, row.evidence) == NEAR


def log_of(session: Session) -> list[tuple[int, int | None, datetime, str, str]]:
    rows = session.scalars(select(StoryChange).order_by(col(StoryChange.id)))
    return [(row.story_id, row.article_id, row.at, row.what, row.reason) for row in rows]


def test_a_new_story_has_the_times_of_its_article_and_waits(three: Database) -> None:
    with three.writing() as session:
        session.get_one(Article, 2).published_at = NOW - MINUTE
        story_id = found(session, 2, "key")
        assert stories.story_key(session, story_id) == "key"
        assert stories.story_lead(session, story_id) == StoryLead(story_id=story_id, lead_id=2, published=False)
        assert session.get_one(Story, story_id).model_dump() == {
            "id": story_id,
            "key": "key",
            "uri": None,
            "founded_at": NOW + MINUTE,
            "settle_at": NOW + 10 * MINUTE,
            "first_seen_at": NOW + MINUTE,
            "published_at": NOW - MINUTE,
            "visible_at": None,
            "updated_at": None,
            "update_note": None,
            "lead_article_id": 2,
            "lead_rule": "only copy",
            "withdrawn_at": None,
            "survivor_id": None,
        }
        assert session.get_one(Copy, 2).model_dump() == {
            "article_id": 2,
            "story_id": story_id,
            "joined_at": NOW + MINUTE,
            "against_id": None,
            "relation": None,
            "rule": None,
            "evidence": None,
        }
        assert log_of(session) == [(story_id, 2, NOW + MINUTE, "founded", "no copy of it was found")]


def test_a_copy_that_is_judged_again_keeps_when_it_joined_unless_it_comes_from_another_story(three: Database) -> None:
    other = Verdict(relation=Relation.EXACT, rule="same text")
    with three.writing() as session:
        first, second = found(session, 1), found(session, 3, "k3")
        join(session, 2, first, minute=2)
        stories.add_copy(session, 2, first, verdict=other, against_id=1, now=NOW + 3 * MINUTE)
        assert session.get_one(Copy, 2).joined_at == NOW + 2 * MINUTE
        stories.add_copy(session, 2, second, verdict=other, against_id=3, now=NOW + 4 * MINUTE)
        copy = session.get_one(Copy, 2)
        assert (copy.story_id, copy.joined_at, copy.against_id, copy.relation, copy.rule) == (
            second,
            NOW + 4 * MINUTE,
            3,
            "exact",
            "same text",
        )
        joined = [(2, NOW + 2 * MINUTE, "near-copy by covered across outlets")]
        assert [(article, at, reason) for _, article, at, what, reason in log_of(session) if what == "joined"] == joined


def test_a_copy_that_leaves_is_forgotten_by_the_copies_that_were_compared_with_it(three: Database) -> None:
    with three.writing() as session:
        story_id = found(session, 1)
        join(session, 2, story_id)
        join(session, 3, story_id)
        session.get_one(Copy, 3).against_id = 2
        assert stories.remove_copy(session, 1, story_id, now=NOW + 9 * MINUTE, reason="revised away")
        session.flush()
        session.expire_all()
        assert [session.get_one(Copy, number).against_id for number in (2, 3)] == [None, 2]
        assert session.get(Copy, 1) is None
        story = session.get_one(Story, story_id)
        assert (story.first_seen_at, story.published_at, story.withdrawn_at) == (NOW + MINUTE, NOW + MINUTE, None)
        assert log_of(session)[-1] == (story_id, 1, NOW + 9 * MINUTE, "left", "revised away")
        assert stories.remove_copy(session, 2, story_id, now=NOW, reason="x")
        assert not stories.remove_copy(session, 3, story_id, now=NOW + 20 * MINUTE, reason="y")
        assert log_of(session)[-2:] == [
            (story_id, 3, NOW + 20 * MINUTE, "left", "y"),
            (story_id, None, NOW + 20 * MINUTE, "withdrawn", "its last copy left"),
        ]


def test_two_stories_that_are_merged_say_so_and_the_survivor_has_the_first_times(three: Database) -> None:
    with three.writing() as session:
        older, younger, third = found(session, 2, "older"), found(session, 1, "younger"), found(session, 3, "third")
        at = NOW + 20 * MINUTE
        assert stories.merge_two_stories(session, younger, older, now=at, reason="one text") == older
        survivor, withdrawn = session.get_one(Story, older), session.get_one(Story, younger)
        assert (survivor.first_seen_at, survivor.published_at, survivor.withdrawn_at) == (NOW, NOW, None)
        assert (withdrawn.withdrawn_at, withdrawn.survivor_id) == (at, older)
        assert log_of(session)[3:] == [
            (older, None, at, "united", "with younger: one text"),
            (younger, None, at, "withdrawn", "united with older: one text"),
        ]
        assert session.get_one(Copy, 3).story_id == third
        assert session.get_one(Story, third).survivor_id is None


@pytest.mark.parametrize(
    ("first", "second", "survivor"),
    [
        pytest.param({"founded_at": 2}, {"founded_at": 1}, 2, id="the older of two that are not published"),
        pytest.param({"visible_at": 5, "founded_at": 1}, {"visible_at": 4, "founded_at": 2}, 2, id="published earlier"),
        pytest.param({"visible_at": 5}, {"founded_at": 0}, 1, id="the published one"),
        pytest.param({}, {}, 1, id="of the same instant: the one with the smaller number"),
    ],
)
def test_the_story_that_readers_have_known_longest_stays(
    three: Database, first: dict[str, int], second: dict[str, int], survivor: int
) -> None:
    with three.writing() as session:
        for article_id, values in ((1, first), (2, second)):
            story = session.get_one(Story, found(session, article_id, f"k{article_id}"))
            for name, minute in values.items():
                setattr(story, name, NOW + minute * MINUTE)
        session.flush()
        assert stories.merge_two_stories(session, 2, 1, now=NOW, reason="one text") == survivor


@pytest.mark.parametrize("published", [True, False])
def test_another_lead_is_told_to_the_readers_of_a_published_story(three: Database, published: bool) -> None:
    at = NOW + 30 * MINUTE
    with three.writing() as session:
        story_id = found(session, 1)
        join(session, 2, story_id)
        if published:
            publish(session, before=10)
        known = len(log_of(session))
        stories.set_lead(session, story_id, CanonicalCopy(article_id=1, rule="earliest"), now=at)
        story = session.get_one(Story, story_id)
        assert (story.lead_rule, story.update_note, len(log_of(session))) == ("earliest", None, known)
        stories.set_lead(session, story_id, CanonicalCopy(article_id=2, rule="priority"), now=at)
        told = (at, "now in the words of two.example") if published else (None, None)
        assert (story.updated_at, story.update_note) == told
        assert log_of(session)[known:] == [(story_id, 2, at, "lead", "priority")]
        assert stories.story_lead(session, story_id) == StoryLead(story_id=story_id, lead_id=2, published=published)


def test_readers_last_got_the_text_before_the_first_revision_that_they_were_not_told_of(three: Database) -> None:
    def change(session: Session, article_id: int = 1) -> tuple[str, str] | None:
        found_change = stories.published_text_change(session, 1, article_id)
        return None if found_change is None else (found_change.before[1], found_change.after[1])

    with three.writing() as session:
        story_id = found(session, 1)
        join(session, 2, story_id)
        assert change(session) is None, "nobody has read it"
        publish(session, before=10)
        assert change(session) == ("text one", "text one")
        assert change(session, 2) is None, "it is not canonical"
        for minute, words in ((10, "at publication"), (20, "second"), (30, "third"), (40, "fourth")):
            keep_text(session, 1, words, title=words, now=NOW + minute * MINUTE)
            session.flush()
        found_change = stories.published_text_change(session, story_id, 1)
        assert found_change == TextChange(before=("at publication", "at publication"), after=("fourth", "fourth"))
        session.get_one(Story, story_id).updated_at = NOW + 29 * MINUTE
        assert change(session) == ("second", "fourth")
        session.get_one(Story, story_id).updated_at = NOW + 30 * MINUTE
        assert change(session) == ("third", "fourth")
        session.get_one(Story, story_id).updated_at = None
        assert change(session) == ("at publication", "fourth")


def test_a_changed_text_is_logged_with_its_note_or_as_a_change(three: Database) -> None:
    at = NOW + 30 * MINUTE
    with three.writing() as session:
        story_id = found(session, 1)
        stories.record_text_change(session, story_id, 1, now=at, note="1 paragraph added")
        story = session.get_one(Story, story_id)
        assert (story.updated_at, story.update_note) == (None, None), "nobody has read it"
        stories.record_text_change(session, story_id, 1, now=at, note="")
        assert log_of(session)[1:] == [
            (story_id, 1, at, "revised", "1 paragraph added"),
            (story_id, 1, at, "revised", "its text changed"),
        ]


def test_settled_stories_are_published_by_the_time_of_their_first_copy_with_an_id_that_stays(three: Database) -> None:
    with three.writing() as session:
        ids = [found(session, article_id, f"k{article_id}") for article_id in (1, 2, 3)]
        for story_id, minute in zip(ids, (7, 3, 3), strict=True):
            session.get_one(Story, story_id).published_at = NOW + minute * MINUTE
        session.get_one(Story, ids[0]).uri = "tag:kept"
        at = NOW + 20 * MINUTE
        assert stories.publish_settled(session, before=NOW + 10 * MINUTE, authority="x.invalid", now=at) == (
            "k2",
            "k3",
            "k1",
        )
        first, second = session.get_one(Story, ids[0]), session.get_one(Story, ids[1])
        assert (first.uri, second.uri) == ("tag:kept", "tag:x.invalid:story/k2")
        assert (first.visible_at, first.updated_at) == (at, NOW + 7 * MINUTE)
        assert log_of(session)[-1] == (ids[0], 1, at, "published", "only copy")
