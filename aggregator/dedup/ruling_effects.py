"""What does a person's word on two articles mean for the story they belong to?

People have the last word: articles that were said to be the same are in one story, articles that
were said to be apart never are, whatever their texts are now or later. The word is about the two
articles; where others belong is still for the judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.dedup.story_assignment import Candidate
from aggregator.model.dedup import Relation, Rulings, Said, Verdict

RULED_SAME = "a person said so"
"""The rule that lets an article into the story of one that it was said to be the same as."""


def ruled(candidates: Sequence[Candidate], rulings: Rulings) -> tuple[Candidate, ...]:
    """The candidates that are left for an article, with what was said in the place of the judge's word."""
    return tuple(
        _same(candidate) if rulings.said.get(candidate.article_id) is Said.SAME else candidate
        for candidate in candidates
        if candidate.story not in rulings.apart
    )


def _same(candidate: Candidate) -> Candidate:
    verdict = candidate.verdict
    relation = verdict.relation if verdict.relation.merges else Relation.NEAR_COPY
    said = Verdict(relation=relation, rule=RULED_SAME, evidence=verdict.evidence)
    return replace(candidate, verdict=said, part=None, ruled=True)
