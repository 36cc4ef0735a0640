"""An article joins the story whose canonical copy it copies; never by chains."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.same_address import TextPart
from aggregator.dedup.story_assignment import CreateStory, JoinStory, JudgedCandidate, assign_story
from aggregator.model.dedup import Evidence, Relation, Verdict

SAME_URL = Relation.SAME_URL
COPY, RELATED, DIFFERENT = Relation.NEAR_COPY, Relation.RELATED, Relation.DIFFERENT


def candidate(
    article_id: int,
    relation: Relation,
    *,
    story: int = 1,
    canonical: bool = False,
    newest: bool = False,
    shorter: float = 0.9,
    part: TextPart | None = None,
    shown: bool = False,
) -> JudgedCandidate:
    verdict = Verdict(relation=relation, rule="rule", evidence=Evidence(shorter=shorter, longer=shorter))
    return JudgedCandidate(
        article_id=article_id,
        story=str(story),
        founded=story,
        verdict=verdict,
        canonical=canonical,
        newest=newest,
        part=part,
        shown=shown,
    )


def never(_one: int, _other: int) -> bool:
    return False


def always(_one: int, _other: int) -> bool:
    return True


def test_an_article_nobody_resembles_founds_a_story() -> None:
    assert assign_story([], same_text=never) == CreateStory()
    assert assign_story([candidate(1, DIFFERENT, canonical=True)], same_text=never) == CreateStory()


def test_related_articles_are_linked_and_not_joined() -> None:
    candidates = [candidate(1, RELATED, canonical=True, shorter=0.4), candidate(2, RELATED, story=2, shorter=0.5)]
    assert assign_story(candidates, same_text=never) == CreateStory(related=(2, 1))


def test_a_copy_of_the_canonical_copy_joins() -> None:
    best = candidate(1, COPY, canonical=True)
    assert assign_story([best], same_text=never) == JoinStory(story="1", via=1, verdict=best.verdict)


def test_a_copy_of_a_member_alone_does_not_join() -> None:
    candidates = [candidate(1, DIFFERENT, canonical=True), candidate(2, COPY), candidate(3, DIFFERENT, newest=True)]
    assert assign_story(candidates, same_text=never) == CreateStory(related=(2,))


def test_most_of_the_newest_members_may_vouch_for_a_copy() -> None:
    candidates = [
        candidate(1, DIFFERENT, canonical=True),
        *(candidate(number, COPY, newest=True) for number in (2, 3)),
        candidate(4, DIFFERENT, newest=True),
    ]
    assert isinstance(assign_story(candidates, same_text=never), JoinStory)


def test_half_of_the_newest_members_is_no_majority() -> None:
    lead = candidate(1, DIFFERENT, canonical=True)
    halves = [candidate(2, COPY, newest=True), candidate(3, DIFFERENT, newest=True)]
    assert assign_story([lead, *halves], same_text=never) == CreateStory(related=(2,))
    assert isinstance(assign_story([lead, *halves, candidate(4, COPY, newest=True)], same_text=never), JoinStory)


def test_two_stories_unite_only_when_their_canonical_copies_agree() -> None:
    candidates = [candidate(1, COPY, canonical=True), candidate(2, COPY, story=2, canonical=True, shorter=0.95)]
    apart = assign_story(candidates, same_text=never)
    assert isinstance(apart, JoinStory)
    assert (apart.story, apart.unite) == ("2", ())
    united = assign_story(candidates, same_text=always)
    assert isinstance(united, JoinStory)
    assert (united.story, united.via, united.unite) == ("1", 1, ("2",))


def test_a_third_story_unites_only_when_it_agrees_with_both_others() -> None:
    candidates = [
        candidate(story, COPY, story=story, canonical=True, shorter=shorter)
        for story, shorter in ((1, 0.95), (2, 0.9), (3, 0.85))
    ]
    chain = assign_story(candidates, same_text=lambda one, other: {one, other} != {1, 3})
    assert isinstance(chain, JoinStory)
    assert (chain.story, chain.unite) == ("1", ("2",))
    united = assign_story(candidates, same_text=always)
    assert isinstance(united, JoinStory)
    assert (united.story, united.unite) == ("1", ("2", "3"))


def test_a_part_of_a_member_joins_its_story_whatever_the_others_are() -> None:
    whole = candidate(2, SAME_URL, part=TextPart.NEWCOMER)
    candidates = [candidate(1, DIFFERENT, canonical=True), whole, candidate(3, DIFFERENT, newest=True)]
    assert assign_story(candidates, same_text=never) == JoinStory(
        story="1", via=2, verdict=whole.verdict, part=TextPart.NEWCOMER
    )


def test_the_whole_of_a_part_that_stands_alone_joins_it() -> None:
    part = candidate(1, SAME_URL, canonical=True, part=TextPart.CANDIDATE)
    assert assign_story([part], same_text=never) == JoinStory(
        story="1", via=1, verdict=part.verdict, part=TextPart.CANDIDATE
    )


def test_what_holds_more_than_a_member_does_not_join_where_others_are() -> None:
    lead = candidate(1, SAME_URL, canonical=True, part=TextPart.CANDIDATE)
    member = candidate(1, SAME_URL, newest=True, part=TextPart.CANDIDATE)
    assert assign_story([lead, candidate(2, RELATED, newest=True)], same_text=never) == CreateStory(related=(1, 2))
    assert assign_story([candidate(2, RELATED, canonical=True), member], same_text=never) == CreateStory(related=(1, 2))


def test_the_whole_joins_the_story_of_its_copies_and_takes_the_part_along() -> None:
    part = candidate(2, SAME_URL, story=2, canonical=True, part=TextPart.CANDIDATE)
    copy = candidate(1, COPY, canonical=True)
    assert assign_story([part, copy], same_text=never) == JoinStory(
        story="1", via=1, verdict=copy.verdict, unite=("2",)
    )


def test_a_part_that_readers_know_already_keeps_its_story_apart() -> None:
    part = candidate(1, SAME_URL, canonical=True, part=TextPart.CANDIDATE, shown=True)
    copy = candidate(2, COPY, story=2, canonical=True)
    assert assign_story([part, copy], same_text=never) == JoinStory(story="2", via=2, verdict=copy.verdict)


RELATIONS = st.sampled_from(list(Relation))
CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(1, 9),
        RELATIONS,
        story=st.integers(1, 3),
        canonical=st.booleans(),
        newest=st.booleans(),
        shorter=st.sampled_from([0.3, 0.6, 0.9]),
    )
    | st.builds(
        candidate,
        st.integers(1, 9),
        st.just(SAME_URL),
        story=st.integers(1, 3),
        canonical=st.booleans(),
        newest=st.booleans(),
        part=st.sampled_from(TextPart),
        shown=st.booleans(),
    ),
    unique_by=lambda c: c.article_id,
    max_size=6,
)


@given(CANDIDATES.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_of_the_candidates_does_not_matter(
    orders: tuple[Sequence[JudgedCandidate], Sequence[JudgedCandidate]],
) -> None:
    one, other = orders
    assert assign_story(one, same_text=always) == assign_story(other, same_text=always)


@given(CANDIDATES)
def test_nobody_joins_a_story_without_a_merging_verdict(candidates: list[JudgedCandidate]) -> None:
    placement = assign_story(candidates, same_text=always)
    if isinstance(placement, JoinStory):
        assert placement.verdict.relation.merges
        assert any(c.article_id == placement.via and c.story == placement.story for c in candidates)
