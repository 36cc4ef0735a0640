"""Are two articles of one outlet that answer at one address one article?

Only when their texts do not say otherwise: an address is claimed as easily as it is written. What
an address adds is that one text may be a part of the other, or no text at all. Across outlets it
adds nothing: there the text alone decides, and a shared address is only a reason to look.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aggregator.dedup.prepared_text import Prepared
from aggregator.dedup.thresholds import Thresholds
from aggregator.model.dedup import Relation, Tie, Verdict

_FEWEST_IN_HEADLINE = 3
"""So many words, or characters in scripts without spaces; "Live" stands in every other headline."""


class Part(StrEnum):
    """Which of two texts at one address is only a part of the other."""

    NEWCOMER = "newcomer"
    CANDIDATE = "candidate"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """The verdict on two articles that share an address; ``part`` is set when only the address binds them."""

    verdict: Verdict
    part: Part | None = None


def bind(verdict: Verdict, newcomer: Prepared, candidate: Prepared, *, tie: Tie, thresholds: Thresholds) -> Bound:
    """What the address two articles share makes of the ``verdict`` on their texts.

    Copies by their text are one article. So are a text and a part of it, as a teaser and the whole, or
    a page and its AMP twin cut short. Where one has too few words to compare, one headline must be
    within the other, and one of the two must be at that address. Other texts stay what they are.
    """
    if tie is Tie.REASON_TO_LOOK:
        return Bound(verdict=verdict)
    if verdict.relation.merges:
        return Bound(verdict=_same("one address, one text", verdict))
    shorter = Part.NEWCOMER if len(newcomer.tokens.words) <= len(candidate.tokens.words) else Part.CANDIDATE
    if _is_part(verdict, newcomer, candidate, thresholds):
        return Bound(verdict=_same("one address, one text within the other", verdict), part=shorter)
    few = min(newcomer.words, candidate.words) < thresholds.fewest_words
    if few and tie is Tie.AT_IT and _one_headline(newcomer, candidate):
        return Bound(verdict=_same("one address, one headline", verdict), part=shorter)
    return Bound(verdict=verdict)


def _is_part(verdict: Verdict, one: Prepared, other: Prepared, thresholds: Thresholds) -> bool:
    if verdict.relation is Relation.EXCERPT:
        return True
    # A teaser of two lines shares too few words to be an excerpt; with one headline it is.
    covered = verdict.relation is Relation.RELATED and verdict.evidence.shorter >= thresholds.within
    return covered and _one_headline(one, other)


def _one_headline(one: Prepared, other: Prepared) -> bool:
    """Whether one headline is the other or stands in it, so that no name or number differs."""
    if len(one.title & other.title) < _FEWEST_IN_HEADLINE:
        return bool(one.title) and one.title == other.title
    return one.title <= other.title or other.title <= one.title


def _same(rule: str, verdict: Verdict) -> Verdict:
    return Verdict(relation=Relation.SAME_URL, rule=rule, evidence=verdict.evidence)
