"""What the program knows, in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.model.extraction import TextSource
from aggregator.model.publishing import CopyDetail
from aggregator.web.explanations import as_percent, revision_count, state_in_words, text_origin, why_joined, why_leads
from tests.newsstand import copy_view, feed_health


@pytest.mark.parametrize(
    ("verdict", "sentences"),
    [
        pytest.param(None, ("The story began with this copy.",), id="the founder"),
        pytest.param(
            Verdict(
                relation=Relation.NEAR_COPY,
                rule="covered",
                evidence=Evidence(shorter=0.914, longer=0.5, shared=1234),
            ),
            (
                "The same text with small changes.",
                "1,234 words in common: 91 % of the shorter text and 50 % of the longer.",
                "Decided by the rule “covered”.",
            ),
            id="a near copy",
        ),
        pytest.param(
            Verdict(relation=Relation.SAME_URL, rule="same url"),
            ("Same article: both have one URL.", "Decided by the rule “same url”."),
            id="one address",
        ),
    ],
)
def test_a_verdict_says_why_a_copy_joined(verdict: Verdict | None, sentences: tuple[str, ...]) -> None:
    assert why_joined(verdict) == sentences


@pytest.mark.parametrize("relation", list(Relation))
def test_every_relation_has_words(relation: Relation) -> None:
    assert why_joined(Verdict(relation=relation, rule="any"))[0].endswith(".")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("origin", "It leads because its outlet is the credited origin."),
        ("a new rule", "It leads by the rule “a new rule”."),
    ],
)
def test_a_lead_says_why_it_leads(rule: str, words: str) -> None:
    assert why_leads(rule) == words


@pytest.mark.parametrize(
    ("source", "reason", "words"),
    [
        (TextSource.PAGE, "longer than the feed's.", "Text from the article's page: longer than the feed's."),
        (TextSource.FEED, "", "Text from the feed."),
        (TextSource.TITLE, " ", "Only the headline is known."),
    ],
)
def test_a_copy_says_where_its_text_is_from(source: TextSource, reason: str, words: str) -> None:
    copy = CopyDetail(
        article_id=1, view=copy_view(), text="", text_source=source, text_reason=reason, verdict=None, revisions=0
    )
    assert text_origin(copy) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, None),
        (1, "Its text was revised once since it was first seen."),
        (3, "Its text was revised 3 times since it was first seen."),
    ],
)
def test_revisions_are_counted_in_words(count: int, words: str | None) -> None:
    assert revision_count(count) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0 %"), (0.001, "under 1 %"), (0.914, "91 %"), (0.999, "over 99 %"), (1.0, "100 %")]
)
def test_a_percentage_says_all_and_nothing_only_when_it_is(share: float, words: str) -> None:
    assert as_percent(share) == words


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, ("good", "Working")),
        ({"failures": 1}, ("bad", "Failed once")),
        ({"failures": 4}, ("bad", "Failed 4 times in a row")),
        ({"last_poll_at": None}, ("idle", "Not polled yet")),
        ({"retired": True, "failures": 4}, ("idle", "Retired")),
    ],
)
def test_a_feed_has_a_state(changes: dict[str, Any], state: tuple[str, str]) -> None:
    assert state_in_words(feed_health(**changes)) == state
