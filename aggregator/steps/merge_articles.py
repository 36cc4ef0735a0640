"""One article is placed: its candidates are judged, it joins a story or founds one, a copy leads.

Placing is serialised over all workers, so that two copies that arrive at once cannot both found a
story; what is costly, the sketch, was made before. What the verdicts mean is ``dedup.story_assignment``'s.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlmodel import Session

from aggregator.dedup.judge import judge
from aggregator.dedup.prepared_text import Prepared, prepare
from aggregator.dedup.ruling_effects import ruled
from aggregator.dedup.same_address import Part, bind
from aggregator.dedup.story_assignment import Candidate, Found, Join, Placement, place
from aggregator.dedup.thresholds import Thresholds
from aggregator.model.dedup import Relation, Rulings, Said, Tie
from aggregator.publishing.update_notes import what_changed
from aggregator.steps.canonical_copy import let_best_lead
from aggregator.steps.reapply_rules import ask_placed
from aggregator.steps.recluster_stories import Settling, settle_around
from aggregator.steps.service import Service
from aggregator.store import article_aliases, articles, merge_queries, rulings, sketches, stories
from aggregator.store.database import serialise_merging
from aggregator.store.merge_queries import Membership, ReadyArticle

log = structlog.get_logger()

_KEPT = (Relation.EXCERPT, Relation.RELATED)
_MOST_KEPT = 5
_JOINED = "joined"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """What became of one article, for the log."""

    article_id: int
    story: str
    what: str
    reason: str

    @property
    def joined(self) -> bool:
        """Whether the article became another copy of a story."""
        return self.what == _JOINED


async def merge_next(service: Service) -> bool:
    """Place the article that has waited longest; whether there was one."""
    began = time.perf_counter()
    placed = await service.database.write(_merge, service)
    if placed is None:
        return False
    service.metrics.step_took("merge", time.perf_counter() - began)
    if placed.joined:
        service.metrics.copy_merged()
    log.info("article.placed", article=placed.article_id, how=placed.what, story=placed.story, reason=placed.reason)
    return True


def _merge(session: Session, service: Service) -> Placed | None:
    serialise_merging(session)
    article = merge_queries.next_ready(session)
    if article is None:
        return None
    now = service.clock()
    bench = _Bench.around(session, service, article, now)
    placement = place(bench.candidates, same_text=bench.same_text, divided=bench.rulings.divided)
    _keep_verdicts(session, bench, now)
    placed = _carry_out(session, service, article, placement, now)
    if isinstance(placement, Join):
        _say_why(session, article, placement, bench, now)
    _settle(session, service, article, bench, now)
    ask_placed(session, service, article.article_id)
    articles.mark_placed(session, article.article_id)
    return placed


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bench:
    """An article, its candidates with their verdicts, and the texts to judge them by."""

    article_id: int
    texts: Mapping[int, Prepared]
    thresholds: Thresholds
    candidates: tuple[Candidate, ...]
    rulings: Rulings

    @classmethod
    def around(cls, session: Session, service: Service, article: ReadyArticle, now: datetime) -> _Bench:
        """Judge an article against its candidates and against those who speak for their stories.

        What a person said of it and another takes the place of the judge's word.
        """
        dedup = service.settings.dedup
        thresholds = Thresholds(across=dedup.across, within=dedup.within)
        ties = article_aliases.sharing(session, article.article_id)
        since = now - dedup.window
        sketches.catch_up(session, service.index, since=since)
        likely = set(merge_queries.candidates_for(session, article, service.index, since=since, sharing=ties))
        if article.story_id is not None:
            likely |= merge_queries.members(session, article.story_id)
        said = rulings.rulings_of(session, article.article_id)
        likely |= {other for other, word in said.said.items() if word is Said.SAME}
        likely.discard(article.article_id)
        known = dict(merge_queries.memberships(session, likely))
        speaking = {speaker for story in set(known.values()) for speaker in (story.lead_id, *story.newest)}
        known |= merge_queries.memberships(session, speaking - likely - {article.article_id})
        found = merge_queries.documents(session, {article.article_id, *known})
        texts = {article_id: prepare(document) for article_id, document in found.items()}
        mine = texts[article.article_id]
        judged = tuple(
            _judged(mine, texts[other], story, tie=ties.get(other, Tie.REASON_TO_LOOK), thresholds=thresholds)
            for other, story in sorted(known.items())
            if other != article.article_id
        )
        candidates = ruled(judged, said)
        divided = rulings.divided_among(session, {int(candidate.story) for candidate in candidates})
        return cls(
            article_id=article.article_id,
            texts=texts,
            thresholds=thresholds,
            candidates=candidates,
            rulings=replace(said, divided=divided),
        )

    def same_text(self, one: int, other: int) -> bool:
        """Whether two canonical copies are copies of each other."""
        return judge(self.texts[one], self.texts[other], thresholds=self.thresholds).relation.merges


def _judged(newcomer: Prepared, other: Prepared, story: Membership, *, tie: Tie, thresholds: Thresholds) -> Candidate:
    """One article of a story, judged by its text and by the address it may share with the newcomer."""
    article_id = other.document.article_id
    verdict = judge(newcomer, other, thresholds=thresholds)
    bound = bind(verdict, newcomer, other, tie=tie, thresholds=thresholds)
    return Candidate(
        article_id=article_id,
        story=str(story.story_id),
        founded=story.story_id,
        verdict=bound.verdict,
        canonical=article_id == story.lead_id,
        newest=article_id in story.newest,
        shown=story.shown,
        part=bound.part,
    )


def _keep_verdicts(session: Session, bench: _Bench, now: datetime) -> None:
    """Keep the best of the verdicts that link two articles without merging them."""
    linked = [candidate for candidate in bench.candidates if candidate.verdict.relation in _KEPT]
    linked.sort(key=lambda candidate: (-candidate.verdict.evidence.shorter, candidate.article_id))
    for candidate in linked[:_MOST_KEPT]:
        merge_queries.keep_verdict(session, bench.article_id, candidate.article_id, candidate.verdict, now=now)
    session.flush()


def _carry_out(
    session: Session, service: Service, article: ReadyArticle, placement: Placement, now: datetime
) -> Placed:
    """Make the stories what the placement says; every story touched gets its lead."""
    match placement:
        case Join():
            story_id = _join(session, article, placement, now)
            reason = f"{placement.verdict.relation} of article {placement.via}: {placement.verdict.rule}"
        case Found():
            story_id = _stand_alone(session, service, article, now)
            reason = "no copy of it was found"
    part = placement.via if isinstance(placement, Join) and placement.part is Part.CANDIDATE else None
    stayed = article.story_id == story_id
    if stayed:
        _mark_updated(session, story_id, article.article_id, now)
    policy = service.settings.publishing.lead
    let_best_lead(session, story_id, policy, now=now, part=part)
    if article.story_id is not None and not stayed:
        let_best_lead(session, article.story_id, policy, now=now)
    what = "revised" if stayed else _JOINED if isinstance(placement, Join) else "founded"
    return Placed(article_id=article.article_id, story=stories.key_of(session, story_id), what=what, reason=reason)


def _mark_updated(session: Session, story_id: int, article_id: int, now: datetime) -> None:
    """Note that a copy reads otherwise than before; readers are told when it is the one they read, and what it is."""
    shown = stories.wording_shown(session, story_id, article_id)
    note = "" if shown is None else what_changed(shown.before, shown.after)
    stories.mark_updated(session, story_id, article_id, now=now, note=note)


def _say_why(session: Session, article: ReadyArticle, placement: Join, bench: _Bench, now: datetime) -> None:
    """Let those that founded a story which is one with another now say what brought them in.

    The oldest goes on as the first of its story, unless it is but a part that only its address binds to the
    article.
    """
    story_id = merge_queries.story_of(session, article.article_id) or 0
    candidates = {candidate.article_id: candidate for candidate in bench.candidates}
    for number, founder in enumerate(merge_queries.founders(session, story_id)):
        candidate = candidates.get(founder)
        if candidate is None or founder == placement.via or not candidate.verdict.relation.merges:
            continue
        if number or candidate.part is Part.CANDIDATE:
            verdict, against = candidate.verdict, article.article_id
            stories.join_story(session, founder, story_id, verdict=verdict, against_id=against, now=now)


def _settle(session: Session, service: Service, article: ReadyArticle, bench: _Bench, now: datetime) -> None:
    """Let the others find their place anew where the article may change it."""
    around = {int(candidate.story) for candidate in bench.candidates if candidate.verdict.relation.merges}
    around |= {merge_queries.story_of(session, article.article_id) or 0, article.story_id or 0} - {0}
    settling = Settling(
        thresholds=bench.thresholds,
        policy=service.settings.publishing.lead,
        settle=service.settings.publishing.settle,
        now=now,
        new_key=service.new_key,
    )
    settle_around(session, article.article_id, around, settling, revised=article.story_id is not None)
    for candidate in bench.candidates:
        if candidate.verdict.relation is Relation.EXCERPT:  # one of the two may be a roundup, which leads nothing
            let_best_lead(session, int(candidate.story), settling.policy, now=now)


def _join(session: Session, article: ReadyArticle, placement: Join, now: datetime) -> int:
    """Make the article a copy in the story it belongs to now; gives that story's id."""
    story_id, before = int(placement.story), article.story_id
    if before is not None and before != story_id:
        if merge_queries.members(session, before) == {article.article_id}:
            # The whole of its story moves with it: readers may know that story.
            story_id = stories.unite_stories(session, story_id, before, now=now, reason="revised into one text")
        else:
            reason = f"revised into a copy of article {placement.via}"
            stories.leave_story(session, article.article_id, before, now=now, reason=reason)
    stories.join_story(
        session, article.article_id, story_id, verdict=placement.verdict, against_id=placement.via, now=now
    )
    for younger in placement.unite:
        if int(younger) != story_id:
            reason = f"article {article.article_id} is a copy of both"
            story_id = stories.unite_stories(session, story_id, int(younger), now=now, reason=reason)
    return story_id


def _stand_alone(session: Session, service: Service, article: ReadyArticle, now: datetime) -> int:
    """Give the article a story of its own; gives that story's id."""
    before = article.story_id
    if before is not None:
        if merge_queries.members(session, before) == {article.article_id}:
            return before
        stories.leave_story(session, article.article_id, before, now=now, reason="revised into another text")
    return stories.found_story(
        session,
        article.article_id,
        key=service.new_key(),
        settle_at=now + service.settings.publishing.settle,
        now=now,
        reason="no copy of it was found",
    )
