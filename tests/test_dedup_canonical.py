"""Which copy leads: priority, the credited origin, completeness, the earliest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.canonical import choose_canonical_copy, may_lead
from aggregator.model.dedup import CanonicalCopy, CopyCandidate, LinkOrigin
from tests.reports import NOON


def contender(article_id: int, **others: Any) -> CopyCandidate:
    values: dict[str, Any] = {
        "priority": 0,
        "outlet": f"n{article_id}.example",
        "credit": None,
        "tokens": 300,
        "published_at": NOON + timedelta(minutes=article_id),
    }
    return CopyCandidate(article_id=article_id, **{**values, **others})


@pytest.mark.parametrize(
    ("contenders", "expected"),
    [
        pytest.param([contender(1)], CanonicalCopy(article_id=1, rule="only copy"), id="alone"),
        pytest.param(
            [contender(1), contender(2, priority=5)], CanonicalCopy(article_id=2, rule="priority"), id="priority"
        ),
        pytest.param(
            [contender(1, credit="Reuters"), contender(2, outlet="reuters.com", tokens=100)],
            CanonicalCopy(article_id=2, rule="origin"),
            id="the credited agency's own copy, though shorter",
        ),
        pytest.param(
            [contender(1, credit="Corvus Wire"), contender(2, outlet="Corvus Wire")],
            CanonicalCopy(article_id=2, rule="origin"),
            id="an agency nobody knows, by name",
        ),
        pytest.param(
            [contender(1, tokens=100), contender(2)],
            CanonicalCopy(article_id=2, rule="completeness"),
            id="the whole text",
        ),
        pytest.param(
            [contender(1, tokens=290), contender(2)], CanonicalCopy(article_id=1, rule="earliest"), id="nearly as whole"
        ),
        pytest.param(
            [contender(1, tokens=270), contender(2)],
            CanonicalCopy(article_id=1, rule="earliest"),
            id="90 % of the tokens",
        ),
        pytest.param(
            [contender(1, tokens=269), contender(2)],
            CanonicalCopy(article_id=2, rule="completeness"),
            id="less than 90 %",
        ),
        pytest.param(
            [contender(1, tokens=900, is_roundup=True), contender(2)],
            CanonicalCopy(article_id=2, rule="no roundup"),
            id="this story alone before a roundup",
        ),
        pytest.param(
            [contender(1, is_roundup=True), contender(2, is_roundup=True, tokens=100)],
            CanonicalCopy(article_id=1, rule="completeness"),
            id="the more complete of two roundups",
        ),
        pytest.param(
            [contender(1, priority=-5), contender(2, tokens=50)],
            CanonicalCopy(article_id=2, rule="priority"),
            id="anybody before a low priority",
        ),
    ],
)
def test_who_leads_and_by_which_rule(contenders: list[CopyCandidate], expected: CanonicalCopy) -> None:
    assert choose_canonical_copy(contenders) == expected


def test_nobody_cannot_lead() -> None:
    with pytest.raises(ValueError, match="at least one copy"):
        choose_canonical_copy([])


CONTENDERS = st.lists(
    st.builds(
        contender,
        st.integers(1, 9),
        priority=st.integers(0, 1),
        tokens=st.sampled_from([100, 280, 300]),
        credit=st.sampled_from([None, "Reuters"]),
        outlet=st.sampled_from(["reuters.com", "a.example"]),
        published_at=st.just(NOON),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda c: c.article_id,
)


@given(CONTENDERS.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_of_the_copies_does_not_matter(orders: tuple[list[CopyCandidate], list[CopyCandidate]]) -> None:
    one, other = orders
    assert choose_canonical_copy(one) == choose_canonical_copy(other)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        pytest.param({}, "priority", id="priority before all others"),
        pytest.param({"priority": 0}, "no roundup", id="no roundup before the origin"),
        pytest.param({"priority": 0, "is_roundup": False}, "origin", id="the origin before completeness"),
        pytest.param(
            {"priority": 0, "is_roundup": False, "outlet": "a.example"}, "completeness", id="completeness before time"
        ),
    ],
)
def test_the_rules_are_asked_in_order(changes: dict[str, Any], rule: str) -> None:
    one = contender(1, **{"priority": 1, "is_roundup": True, "outlet": "a.example", "tokens": 100, **changes})
    other = contender(2, credit="Reuters", outlet="b.example", tokens=300)
    origin = contender(3, outlet="reuters.com", tokens=200)
    expected = {"priority": 1, "no roundup": 2, "origin": 3, "completeness": 2}
    copies = [one, other, origin] if rule == "origin" else [one, other]
    assert choose_canonical_copy(copies) == CanonicalCopy(article_id=expected[rule], rule=rule)


def test_the_earliest_copy_leads_and_of_equal_times_the_smaller_number() -> None:
    later, earlier = contender(1, published_at=NOON), contender(2, published_at=NOON - timedelta(minutes=1))
    assert choose_canonical_copy([later, earlier]) == CanonicalCopy(article_id=2, rule="earliest")
    equal = contender(2, published_at=NOON)
    assert choose_canonical_copy([equal, later]) == CanonicalCopy(article_id=1, rule="earliest")


def test_a_copy_that_loses_by_one_rule_does_not_come_back_by_another() -> None:
    low = contender(1, priority=0, tokens=900, published_at=NOON)
    high = [contender(2, priority=1, tokens=100), contender(3, priority=1, tokens=95)]
    assert choose_canonical_copy([low, *high]) == CanonicalCopy(article_id=2, rule="earliest")


AT_HOME, ELSEWHERE = (LinkOrigin(site="a.example", at_home=at_home, link_post=False) for at_home in (True, False))
POST = LinkOrigin(site="a.example", at_home=False, link_post=True)
OTHER_POST = LinkOrigin(site="b.example", at_home=False, link_post=True)


@pytest.mark.parametrize(
    ("origins", "leading"),
    [
        pytest.param((None, None), {1, 2}, id="no links"),
        pytest.param((AT_HOME, ELSEWHERE), {1}, id="the outlet's own copy and a link to its site"),
        pytest.param((AT_HOME, POST), {1}, id="the outlet's own copy and a link post"),
        pytest.param((ELSEWHERE, POST), {1}, id="a link post beside another copy"),
        pytest.param((None, POST), {1}, id="a link post beside a plain copy"),
        pytest.param((AT_HOME, OTHER_POST), {1}, id="a link post to another site"),
        pytest.param((POST, OTHER_POST), {1, 2}, id="link posts alone"),
        pytest.param((ELSEWHERE, ELSEWHERE), {1, 2}, id="links to a site without a copy"),
    ],
)
def test_a_link_leads_only_where_the_outlet_it_points_to_has_no_copy(
    origins: tuple[LinkOrigin | None, ...], leading: set[int]
) -> None:
    copies = [contender(number, origin=origin) for number, origin in enumerate(origins, start=1)]
    assert may_lead(copies) == leading
    assert may_lead(copies[::-1]) == leading


def test_the_rules_on_links_are_told_by_name() -> None:
    own, post, plain = contender(2, origin=AT_HOME), contender(1, origin=POST, priority=9), contender(3)
    assert choose_canonical_copy([post, own]) == CanonicalCopy(article_id=2, rule="own site")
    assert choose_canonical_copy([post, plain]) == CanonicalCopy(article_id=3, rule="no link post")


def test_the_copy_of_one_of_several_credited_agencies_is_the_origin() -> None:
    copies = [contender(1, credit="AFP"), contender(2, credit="Reuters"), contender(3, outlet="reuters.com")]
    assert choose_canonical_copy(copies) == CanonicalCopy(article_id=3, rule="origin")
