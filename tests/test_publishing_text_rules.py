"""Which articles the text conditions of a digest match."""

from __future__ import annotations

from typing import Any

import pytest

from aggregator.publishing.text_rules import matches_text, text_rules_by_key
from aggregator.settings.feeds_file import DigestSettings, StorySelection
from aggregator.stored_keys import text_rule_key

TITLE, TEXT = "The ferry sails", "At night again.\nFares stay."


@pytest.mark.parametrize(
    ("where", "matches"),
    [
        ({}, True),
        ({"words": ["fares"]}, True),
        ({"words": ["ferry"]}, True),
        ({"words": ["sails at"]}, True),
        ({"words": ["crane"]}, False),
        ({"words": ["crane", "night"]}, True),
        ({"title": "^The ferry"}, True),
        ({"title": "Fares"}, False),
        ({"text": "Fares"}, True),
        ({"text": "ferry sails\nAt"}, True),
        ({"text": "crane"}, False),
        ({"words": ["fares"], "title": "ferry", "text": "night"}, True),
        ({"words": ["crane"], "title": "ferry", "text": "night"}, False),
        ({"words": ["fares"], "title": "crane", "text": "night"}, False),
        ({"words": ["fares"], "title": "ferry", "text": "crane"}, False),
    ],
    ids=str,
)
def test_every_given_condition_must_hold_for_the_title_or_for_title_and_text(
    where: dict[str, Any], matches: bool
) -> None:
    assert matches_text(StorySelection.model_validate(where), title=TITLE, text=TEXT) is matches


def test_the_rules_of_all_digests_are_found_once_by_their_key() -> None:
    digests = [
        DigestSettings.model_validate({"name": name, "where": where})
        for name, where in (
            ("a", {"words": ["ferry"], "min_copies": 2}),
            ("b", {"words": ["ferry"]}),
            ("c", {"tags": ["world"]}),
            ("d", {"text": "crane"}),
        )
    ]
    ferry, crane = (text_rule_key(digests[number].where) for number in (0, 3))
    assert text_rules_by_key(digests) == {ferry: digests[1].where, crane: digests[3].where}
