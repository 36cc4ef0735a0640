"""Applies the rulings of people to the candidates of an article.

Rulings win: articles that are ruled the same are in one story, and articles that are ruled apart never are, whatever
their texts are now or later. A ruling is about two articles; the judge still decides about the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.dedup.story_assignment import JudgedCandidate
from aggregator.model.dedup import ArticleRulings, Relation, RulingKind, Verdict

RULED_SAME_RULE = "a person said so"
"""The rule of an article that joins a story because of a ruling."""


def apply_rulings(candidates: Sequence[JudgedCandidate], rulings: ArticleRulings) -> tuple[JudgedCandidate, ...]:
    """Returns the allowed candidates of an article, with rulings instead of verdicts where there are any."""
    return tuple(
        _same(candidate) if rulings.said.get(candidate.article_id) is RulingKind.SAME else candidate
        for candidate in candidates
        if candidate.story not in rulings.apart
    )


def _same(candidate: JudgedCandidate) -> JudgedCandidate:
    verdict = candidate.verdict
    relation = verdict.relation if verdict.relation.merges else Relation.NEAR_COPY
    said = Verdict(relation=relation, rule=RULED_SAME_RULE, evidence=verdict.evidence)
    return replace(candidate, verdict=said, part=None, ruled=True)
