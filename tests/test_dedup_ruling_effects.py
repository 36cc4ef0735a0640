"""A person's ruling replaces the verdict on an article, and keeps away the stories it must stay apart from."""

from __future__ import annotations

import pytest

from aggregator.dedup.ruling_effects import apply_rulings
from aggregator.dedup.same_address import TextPart
from aggregator.dedup.story_assignment import JudgedCandidate
from aggregator.model.dedup import ArticleRulings, Evidence, Relation, RulingKind, Verdict

EVIDENCE = Evidence(shorter=0.4, longer=0.2, shared=30)


def candidate(article_id: int, relation: Relation, *, story: str = "s") -> JudgedCandidate:
    verdict = Verdict(relation=relation, rule="rule", evidence=EVIDENCE)
    return JudgedCandidate(article_id=article_id, story=story, founded=3, verdict=verdict, part=TextPart.CANDIDATE)


@pytest.mark.parametrize(
    ("relation", "ruled"),
    [
        (Relation.SAME_URL, Relation.SAME_URL),
        (Relation.EXACT, Relation.EXACT),
        (Relation.NEAR_COPY, Relation.NEAR_COPY),
        (Relation.EXCERPT, Relation.NEAR_COPY),
        (Relation.RELATED, Relation.NEAR_COPY),
        (Relation.DIFFERENT, Relation.NEAR_COPY),
    ],
)
def test_an_article_ruled_the_same_merges_with_its_evidence_and_is_no_part(relation: Relation, ruled: Relation) -> None:
    rulings = ArticleRulings(said={7: RulingKind.SAME})
    verdict = Verdict(relation=ruled, rule="a person said so", evidence=EVIDENCE)
    assert apply_rulings([candidate(7, relation)], rulings) == (
        JudgedCandidate(article_id=7, story="s", founded=3, verdict=verdict, part=None, ruled=True),
    )


def test_candidates_without_a_ruling_stay_and_those_of_stories_apart_go() -> None:
    others = [candidate(8, Relation.EXACT), candidate(9, Relation.RELATED, story="t")]
    apart = candidate(7, Relation.EXACT, story="u")
    said = {7: RulingKind.APART, 5: RulingKind.SAME}
    assert apply_rulings([*others, apart], ArticleRulings(said=said, apart={"u"})) == tuple(others)
    assert apply_rulings([apart], ArticleRulings(said={7: RulingKind.SAME}, apart={"u"})) == ()
    assert apply_rulings([apart], ArticleRulings(said=said)) == (apart,)
