"""Decides whether two articles of one outlet with a shared URL are one article.

They are, unless their texts contradict, because anyone can declare any URL. A shared URL adds that one text can be a
part of the other, or be empty. Across outlets it adds nothing: only the texts decide, and a shared URL is only a
reason to compare. The exception is a link post: it says itself that it only points to the other's page, its text can
only come from that page, and it never leads the story (``canonical``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aggregator.dedup.prepared_text import PreparedText
from aggregator.dedup.thresholds import Thresholds
from aggregator.model.dedup import AliasStrength, Relation, Verdict

_FEWEST_IN_HEADLINE = 3
"""Fewest words, or characters in scripts without spaces; "Live" is in every other headline."""


class TextPart(StrEnum):
    """The one of two texts at one URL that is only a part of the other."""

    NEWCOMER = "newcomer"
    CANDIDATE = "candidate"


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasVerdict:
    """The verdict on two articles that share a URL; ``part`` is set if only the URL connects them."""

    verdict: Verdict
    part: TextPart | None = None


def apply_alias(
    verdict: Verdict,
    newcomer: PreparedText,
    candidate: PreparedText,
    *,
    tie: AliasStrength,
    thresholds: Thresholds,
    newcomer_links: bool = False,
) -> AliasVerdict:
    """Adjusts the ``verdict`` on two articles for the URL they share.

    Copies by text are one article. So are a text and a part of it, such as a teaser and the whole article, or a page
    and its shortened AMP version. If one has too few words to compare, one headline must contain the other, and one
    of the two must be at that URL. A link post belongs to the article that it points to; ``newcomer_links`` says which
    of the two it is. Other verdicts stay.
    """
    if tie is AliasStrength.MUST_COMPARE or (tie is AliasStrength.LINK_POST and verdict.relation.merges):
        return AliasVerdict(verdict=verdict)
    if verdict.relation.merges:
        return AliasVerdict(verdict=_same("one address, one text", verdict))
    if tie is AliasStrength.LINK_POST:
        part = TextPart.NEWCOMER if newcomer_links else TextPart.CANDIDATE
        return AliasVerdict(verdict=_same("it links to that article", verdict), part=part)
    shorter = TextPart.NEWCOMER if len(newcomer.tokens.words) <= len(candidate.tokens.words) else TextPart.CANDIDATE
    if _is_part(verdict, newcomer, candidate, thresholds):
        return AliasVerdict(verdict=_same("one address, one text within the other", verdict), part=shorter)
    few = min(newcomer.words, candidate.words) < thresholds.fewest_words
    if few and tie is AliasStrength.CONFIRMED and _one_headline(newcomer, candidate):
        return AliasVerdict(verdict=_same("one address, one headline", verdict), part=shorter)
    return AliasVerdict(verdict=verdict)


def _is_part(verdict: Verdict, one: PreparedText, other: PreparedText, thresholds: Thresholds) -> bool:
    if verdict.relation is Relation.EXCERPT:
        return True
    # A teaser of two lines shares too few words for an excerpt; an equal headline makes it one.
    covered = verdict.relation is Relation.RELATED and verdict.evidence.shorter >= thresholds.within
    return covered and _one_headline(one, other)


def _one_headline(one: PreparedText, other: PreparedText) -> bool:
    """Returns True if one headline equals or contains the other, so that no name or number differs."""
    if len(one.title & other.title) < _FEWEST_IN_HEADLINE:
        return bool(one.title) and one.title == other.title
    return one.title <= other.title or other.title <= one.title


def _same(rule: str, verdict: Verdict) -> Verdict:
    return Verdict(relation=Relation.SAME_URL, rule=rule, evidence=verdict.evidence)
