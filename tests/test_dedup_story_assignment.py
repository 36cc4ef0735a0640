"""An article joins the story whose canonical copy it copies; never by chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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


def test_of_two_stories_that_do_not_agree_the_better_one_unites_with_the_best() -> None:
    best, better, worse = (
        candidate(story, COPY, story=story, canonical=True, shorter=shorter)
        for story, shorter in ((2, 0.95), (1, 0.9), (3, 0.85))
    )
    for candidates in ([best, better, worse], [worse, better, best]):
        joined = assign_story(candidates, same_text=lambda one, other: {one, other} != {1, 3})
        assert joined == JoinStory(story="1", via=1, verdict=better.verdict, unite=("2",))
        swapped = assign_story(
            [replace(best, founded=0), replace(worse, verdict=better.verdict), replace(better, verdict=worse.verdict)],
            same_text=lambda one, other: {one, other} != {1, 3},
        )
        assert swapped == JoinStory(story="2", via=2, verdict=best.verdict, unite=("3",))


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


def with_evidence(found: JudgedCandidate, *, shorter: float = 0.9, longer: float = 0.5) -> JudgedCandidate:
    evidence = Evidence(shorter=shorter, longer=longer)
    return replace(found, verdict=replace(found.verdict, evidence=evidence))


FIRST, SECOND = (with_evidence(candidate(number, COPY, story=number, canonical=True, newest=True)) for number in (1, 2))
BETTER_THAN_FIRST = {
    "a ruling before a stronger relation": replace(SECOND, ruled=True),
    "the stronger relation": with_evidence(candidate(2, Relation.EXACT, story=2, canonical=True), shorter=0.5),
    "the larger share of the shorter text": with_evidence(SECOND, shorter=0.91, longer=0.1),
    "the larger share of the longer text": with_evidence(SECOND, longer=0.51),
    "the older story": replace(SECOND, founded=0),
    "the older article": replace(SECOND, article_id=0, founded=1),
}


def test_the_best_copy_decides_which_of_two_stories_is_joined() -> None:
    for reason, better in BETTER_THAN_FIRST.items():
        expected = JoinStory(story="2", via=better.article_id, verdict=better.verdict)
        assert assign_story([FIRST, better], same_text=never) == expected, reason
        assert assign_story([better, FIRST], same_text=never) == expected, reason
    assert assign_story([SECOND, FIRST], same_text=never) == JoinStory(story="1", via=1, verdict=FIRST.verdict)
    ruled = replace(SECOND, ruled=True)
    exact = with_evidence(candidate(1, Relation.EXACT, canonical=True), shorter=1.0, longer=1.0)
    joined = assign_story([exact, ruled], same_text=never)
    assert joined == JoinStory(story="2", via=2, verdict=ruled.verdict)


def test_every_relation_but_a_different_text_is_worth_a_link() -> None:
    others = [candidate(number, relation, story=number) for number, relation in enumerate(Relation, start=1)]
    assert list(Relation)[-1] is DIFFERENT
    assert assign_story(others[::-1], same_text=never) == CreateStory(related=(1, 2, 3, 4, 5))


def test_the_canonical_copy_alone_lets_an_article_in_against_all_others() -> None:
    others = [candidate(number, DIFFERENT, newest=True) for number in (2, 3, 4)]
    lead = candidate(1, COPY, canonical=True)
    assert assign_story([lead, *others], same_text=never) == JoinStory(story="1", via=1, verdict=lead.verdict)


def test_an_article_let_in_by_the_newest_members_unites_nothing() -> None:
    best = candidate(3, COPY, newest=True, shorter=0.95)
    candidates = [candidate(2, DIFFERENT, canonical=True), best, candidate(1, COPY, story=2, canonical=True)]
    assert assign_story(candidates, same_text=always) == JoinStory(story="1", via=3, verdict=best.verdict)


def test_stories_unite_by_one_text_of_their_canonical_copies_or_by_rulings_on_both() -> None:
    united = JoinStory(story="1", via=1, verdict=FIRST.verdict, unite=("2",))
    alone = replace(united, unite=())
    assert assign_story([FIRST, SECOND], same_text=always) == united
    assert assign_story([FIRST, SECOND], same_text=never) == alone
    assert assign_story([FIRST, SECOND], same_text=always, divided=[frozenset("12")]) == alone
    assert assign_story([FIRST, SECOND], same_text=always, divided=[frozenset("13")]) == united
    one, other = replace(FIRST, ruled=True, canonical=False), replace(SECOND, ruled=True, canonical=False)
    assert assign_story([one, other], same_text=never) == united
    assert assign_story([one, other], same_text=never, divided=[frozenset("12")]) == alone
    assert assign_story([one, replace(other, ruled=False)], same_text=always) == alone
    assert assign_story([one, SECOND], same_text=always) == alone
    assert assign_story([one, SECOND], same_text=never) == alone
    assert assign_story([replace(FIRST, ruled=True), SECOND], same_text=always) == united


def test_the_oldest_of_united_stories_is_joined_by_its_own_copy() -> None:
    older, younger = replace(SECOND, founded=0), with_evidence(FIRST, shorter=1.0)
    assert assign_story([younger, older], same_text=always) == JoinStory(
        story="2", via=2, verdict=older.verdict, unite=("1",)
    )
    best_of_older = with_evidence(candidate(3, COPY, story=2, newest=True), shorter=1.0, longer=1.0)
    assert assign_story([younger, older, replace(best_of_older, founded=0)], same_text=always) == JoinStory(
        story="2", via=3, verdict=best_of_older.verdict, unite=("1",)
    )


def test_same_text_is_asked_for_the_canonical_copy_of_the_older_story_first() -> None:
    asked: list[tuple[int, int]] = []

    def ask(one: int, other: int) -> bool:
        asked.append((one, other))
        return False

    assign_story([SECOND, FIRST], same_text=ask)
    assign_story([SECOND, FIRST], same_text=ask, divided=[frozenset("12")])
    assign_story([replace(SECOND, verdict=candidate(2, RELATED).verdict), FIRST], same_text=ask)
    assert asked == [(1, 2)]


def test_a_part_joins_its_whole_even_in_a_story_that_another_copy_would_not_join() -> None:
    part = replace(candidate(2, SAME_URL, story=2, part=TextPart.NEWCOMER), verdict=SECOND.verdict)
    assert assign_story([FIRST, with_evidence(part, shorter=0.95)], same_text=never) == JoinStory(
        story="2", via=2, verdict=with_evidence(part, shorter=0.95).verdict, part=TextPart.NEWCOMER
    )


def test_a_whole_takes_only_unpublished_parts_along() -> None:
    part = replace(candidate(2, SAME_URL, story=2, canonical=True, part=TextPart.CANDIDATE), founded=0)
    taken = JoinStory(story="2", via=2, verdict=part.verdict, part=TextPart.CANDIDATE, unite=("1",))
    assert assign_story([FIRST, part], same_text=never) == taken
    kept = JoinStory(story="1", via=1, verdict=FIRST.verdict)
    assert assign_story([FIRST, replace(part, shown=True)], same_text=never) == kept
    with_member = [FIRST, part, candidate(3, RELATED, story=2)]
    assert assign_story(with_member, same_text=never) == kept
