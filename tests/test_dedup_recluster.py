"""Groups do not depend on the order of arrival, and what people said holds in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.recluster import recluster
from aggregator.model.dedup import Evidence, ReclusterArticle, Relation, RulingKind, Verdict
from tests.reports import NOON

ARTICLES = range(1, 9)
PAIRS = [frozenset(pair) for pair in combinations(ARTICLES, 2)]
RELATIONS = st.sampled_from([Relation.EXACT, Relation.NEAR_COPY, Relation.RELATED, Relation.DIFFERENT])
VERDICTS = st.fixed_dictionaries({pair: st.tuples(RELATIONS, st.sampled_from([0.5, 0.7, 0.9])) for pair in PAIRS})
SAID = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from(RulingKind), max_size=3)
Verdicts = Mapping[frozenset[int], tuple[Relation, float]]


def ranked(article: int, *, tokens: int = 100, priority: int = 0, hours: int = 0) -> ReclusterArticle:
    at = NOON + timedelta(hours=hours)
    return ReclusterArticle(article_id=article, priority=priority, tokens=tokens, published_at=at, name=(f"{article}",))


RANKED = [ranked(article, tokens=100 - article % 4, hours=article % 3) for article in ARTICLES]


def settled(
    articles: list[ReclusterArticle], verdicts: Verdicts, said: Mapping[frozenset[int], RulingKind]
) -> set[frozenset[int]]:
    def judge(one: int, other: int) -> Verdict:
        relation, shorter = verdicts[frozenset((one, other))]
        return Verdict(relation=relation, rule="rule", evidence=Evidence(shorter=shorter, longer=shorter))

    groups = recluster(articles, judge=judge, said=lambda one, other: said.get(frozenset((one, other))))
    return {frozenset(group) for group in groups}


@given(st.permutations(RANKED), VERDICTS, SAID)
def test_groups_are_a_partition_that_does_not_depend_on_the_order_of_arrival(
    articles: list[ReclusterArticle], verdicts: Verdicts, said: Mapping[frozenset[int], RulingKind]
) -> None:
    groups = settled(articles, verdicts, said)
    assert sorted(article for group in groups for article in group) == list(ARTICLES)
    assert groups == settled(RANKED, verdicts, said)


@given(VERDICTS, st.sampled_from(PAIRS), st.sampled_from(RulingKind))
def test_what_a_person_said_of_two_holds(verdicts: Verdicts, pair: frozenset[int], said: RulingKind) -> None:
    together = any(pair <= group for group in settled(RANKED, verdicts, {pair: said}))
    assert together == (said is RulingKind.SAME)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(ranked(1, priority=1, tokens=5), ranked(2, tokens=9), id="a person's priority"),
        pytest.param(ranked(1, tokens=9, hours=5), ranked(2, tokens=5), id="the longer text"),
        pytest.param(ranked(2, hours=0), ranked(1, hours=1), id="the earlier one"),
        pytest.param(ranked(1), ranked(2), id="the name, where nothing else tells"),
    ],
)
def test_who_comes_first(first: ReclusterArticle, second: ReclusterArticle) -> None:
    assert first.order < second.order


def test_an_article_joins_by_the_word_of_the_anchor_or_of_most_and_never_by_a_chain() -> None:
    copies = {frozenset(pair) for pair in ((1, 2), (2, 3), (1, 4), (1, 5), (4, 6), (5, 6))}
    verdicts = {pair: (Relation.NEAR_COPY if pair in copies else Relation.DIFFERENT, 0.9) for pair in PAIRS}
    articles = [ranked(article, tokens=100 - article) for article in range(1, 7)]
    assert settled(articles, verdicts, {}) == {frozenset({1, 2, 4, 5}), frozenset({3}), frozenset({6})}
    more = {**verdicts, frozenset((2, 6)): (Relation.NEAR_COPY, 0.9)}
    assert settled(articles, more, {}) == {frozenset({1, 2, 4, 5, 6}), frozenset({3})}


def test_a_roundup_comes_last_whatever_its_length_and_priority() -> None:
    roundup = replace(ranked(1, tokens=900, priority=9), is_roundup=True)
    assert ranked(2, tokens=5).order < roundup.order


def test_the_anchor_has_no_second_vote_among_the_first_members() -> None:
    """Three of the other four first members vote for an article that is no copy of the anchor."""
    anchor, *others, article = range(1, 7)
    copies: Verdicts = {frozenset(pair): (Relation.NEAR_COPY, 0.9) for pair in combinations((anchor, *others), 2)}
    votes = dict(zip(others, [Relation.NEAR_COPY] * 3 + [Relation.DIFFERENT], strict=True))
    against = {
        frozenset((article, member)): (votes.get(member, Relation.DIFFERENT), 0.9) for member in (anchor, *others)
    }
    articles = [ranked(each, tokens=200 - each) for each in (anchor, *others, article)]
    assert settled(articles, {**copies, **against}, {}) == {frozenset((anchor, *others, article))}


def test_half_of_the_first_members_is_no_majority() -> None:
    anchor, *others, article = range(1, 6)
    copies: Verdicts = {frozenset(pair): (Relation.NEAR_COPY, 0.9) for pair in combinations((anchor, *others), 2)}
    votes = dict(zip(others, [Relation.NEAR_COPY] * 2 + [Relation.DIFFERENT], strict=True))
    against = {
        frozenset((article, member)): (votes.get(member, Relation.DIFFERENT), 0.9) for member in (anchor, *others)
    }
    articles = [ranked(each, tokens=200 - each) for each in (anchor, *others, article)]
    assert settled(articles, {**copies, **against}, {}) == {frozenset((anchor, *others)), frozenset((article,))}


def test_only_the_first_five_members_vote() -> None:
    """The sixth member is against the article; with its vote there would be no majority."""
    anchor, *others, article = range(1, 8)
    copies: Verdicts = {frozenset(pair): (Relation.NEAR_COPY, 0.9) for pair in combinations((anchor, *others), 2)}
    votes = dict(zip(others, [Relation.NEAR_COPY] * 3 + [Relation.DIFFERENT] * 2, strict=True))
    against = {
        frozenset((article, member)): (votes.get(member, Relation.DIFFERENT), 0.9) for member in (anchor, *others)
    }
    articles = [ranked(each, tokens=200 - each) for each in (anchor, *others, article)]
    assert settled(articles, {**copies, **against}, {}) == {frozenset((anchor, *others, article))}


def grouped(
    relations: Mapping[tuple[int, int], tuple[Relation, float, float]],
    said: Mapping[tuple[int, int], RulingKind] | None = None,
) -> tuple[tuple[int, ...], ...]:
    """The groups of four articles, of which article 1 comes first; pairs that are not given are different texts."""

    def judge(one: int, other: int) -> Verdict:
        relation, shorter, longer = relations.get((min(one, other), max(one, other)), (Relation.DIFFERENT, 0.99, 0.99))
        return Verdict(relation=relation, rule="rule", evidence=Evidence(shorter=shorter, longer=longer))

    articles = [ranked(number, tokens=200 - number) for number in range(1, 5)]
    return recluster(
        articles, judge=judge, said=lambda one, other: (said or {}).get((min(one, other), max(one, other)))
    )


NEAR, EXACT, SAME_URL = Relation.NEAR_COPY, Relation.EXACT, Relation.SAME_URL


@pytest.mark.parametrize(
    ("first", "second", "closest"),
    [
        pytest.param((NEAR, 0.9, 0.9), (EXACT, 0.5, 0.5), 2, id="equal before a copy"),
        pytest.param((SAME_URL, 0.5, 0.5), (EXACT, 0.9, 0.9), 1, id="one address before an equal text"),
        pytest.param((NEAR, 0.8, 0.9), (NEAR, 0.9, 0.5), 2, id="more of the shorter text"),
        pytest.param((NEAR, 0.9, 0.5), (NEAR, 0.9, 0.6), 2, id="more of the longer text"),
        pytest.param((NEAR, 0.9, 0.6), (NEAR, 0.9, 0.6), 1, id="the earlier group"),
        pytest.param((NEAR, 0.1, 0.1), (Relation.EXCERPT, 1.0, 1.0), 1, id="an excerpt is no copy"),
    ],
)
def test_an_article_joins_the_closest_of_two_groups(
    first: tuple[Relation, float, float], second: tuple[Relation, float, float], closest: int
) -> None:
    groups = ((1, 3), (2,), (4,)) if closest == 1 else ((1,), (2, 3), (4,))
    assert grouped({(1, 3): first, (2, 3): second}) == groups


def test_a_group_that_votes_without_its_anchor_is_as_close_as_the_first_that_votes() -> None:
    def copies(shorter: float) -> tuple[Relation, float, float]:
        return (NEAR, shorter, shorter)

    articles = {(1, 2): copies(0.9), (1, 3): copies(0.9), (2, 4): copies(0.7), (3, 4): copies(0.99)}
    assert grouped(articles) == ((1, 2, 3, 4),)
    assert grouped({**articles, (3, 4): (Relation.DIFFERENT, 0.9, 0.9)}) == ((1, 2, 3), (4,))


def test_a_ruling_outweighs_the_closest_group_and_keeps_a_group_closed() -> None:
    near = {(1, 3): (NEAR, 0.9, 0.9), (1, 4): (NEAR, 0.9, 0.9)}
    assert grouped(near) == ((1, 3, 4), (2,))
    assert grouped(near, {(2, 4): RulingKind.SAME}) == ((1, 3), (2, 4))
    assert grouped(near, {(3, 4): RulingKind.APART}) == ((1, 3), (2,), (4,))
    assert grouped({**near, (2, 4): (NEAR, 0.1, 0.1)}, {(1, 4): RulingKind.APART}) == ((1, 3), (2, 4))
    assert grouped({}, {(1, 2): RulingKind.SAME, (3, 4): RulingKind.SAME}) == ((1, 2), (3, 4))
