"""The defaults are the limits of the judge."""

from __future__ import annotations

from aggregator.dedup.judge import judge
from aggregator.dedup.thresholds import Thresholds
from tests.judge_limits import limit_cases
from tests.reports import HARBOUR, document


def test_the_defaults_are_the_limits_on_both_sides_of_which_verdicts_differ() -> None:
    verdicts = [(case, judge(case.one, case.other, thresholds=Thresholds()).rule) for case in limit_cases()]
    assert [case for case, rule in verdicts if rule != case.rule] == []


def test_the_defaults_are_the_limits_for_equal_texts() -> None:
    titles = (("Crane falls", "Crane falls"), ("Crane falls", "Crane fell"), ("Crane falls", "Vote ends"))
    rules = {"too short": "equal but too short", "stub": "equal stub under another title", "equal": "equal text"}
    expected = {
        (7, "one.example"): ("too short", "too short", "too short"),
        (8, "one.example"): ("equal", "stub", "stub"),
        (19, "two.example"): ("equal", "stub", "stub"),
        (20, "two.example"): ("equal", "equal", "equal"),
        (59, "one.example"): ("equal", "equal", "stub"),
        (60, "one.example"): ("equal", "equal", "equal"),
    }
    for (words, outlet), names in expected.items():
        text = " ".join(HARBOUR.split()[:words])
        for (title, other), name in zip(titles, names, strict=True):
            one, two = document(text, title=title), document(text, outlet=outlet, article_id=2, title=other)
            assert judge(one, two, thresholds=Thresholds()).rule == rules[name], (words, outlet, title, other)
