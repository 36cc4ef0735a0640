"""Merges one article: judges its candidates, adds it to a story or creates one, chooses the canonical copy.

Merging is serialised over all workers, so that two copies that arrive together do not create two stories. The costly
part, the sketch, is computed before. ``dedup.story_assignment`` decides what follows from the verdicts.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlmodel import Session

from aggregator.dedup.judge import judge
from aggregator.dedup.prepared_text import PreparedText, prepare_text
from aggregator.dedup.ruling_effects import apply_rulings
from aggregator.dedup.same_address import TextPart, apply_alias
from aggregator.dedup.story_assignment import CreateStory, JoinStory, JudgedCandidate, StoryAssignment, assign_story
from aggregator.dedup.thresholds import Thresholds
from aggregator.model.dedup import AliasStrength, ArticleRulings, Relation, RulingKind
from aggregator.publishing.update_notes import describe_changes
from aggregator.steps.canonical_copy import update_canonical_copy
from aggregator.steps.reapply_rules import match_merged_text
from aggregator.steps.recluster_stories import ReclusterParameters, recluster_around
from aggregator.steps.service import Service
from aggregator.store import article_aliases, articles, index_update, merge_queries, rulings, stories
from aggregator.store.database import lock_merging
from aggregator.store.link_origins import link_origins
from aggregator.store.merge_queries import ReadyArticle, StoryMembers

log = structlog.get_logger()

_STORED_RELATIONS = (Relation.EXCERPT, Relation.RELATED)
_MOST_VERDICTS = 5
_JOINED = "joined"


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedArticle:
    """The result of merging one article, for the log."""

    article_id: int
    story: str
    how: str
    reason: str

    @property
    def joined(self) -> bool:
        """True if the article became a further copy of a story."""
        return self.how == _JOINED


async def merge_next(service: Service) -> bool:
    """Merges the article that has waited longest; returns False if none waits."""
    began = time.perf_counter()
    placed = await service.database.write(_merge, service)
    if placed is None:
        return False
    service.metrics.observe_step_seconds("merge", time.perf_counter() - began)
    if placed.joined:
        service.metrics.count_merged_copy()
    log.info("article.placed", article=placed.article_id, how=placed.how, story=placed.story, reason=placed.reason)
    return True


def _merge(session: Session, service: Service) -> MergedArticle | None:
    lock_merging(session)
    article = merge_queries.next_ready_article(session)
    if article is None:
        return None
    now = service.clock()
    comparison = _Comparison.around(session, service, article, now)
    placement = assign_story(comparison.candidates, same_text=comparison.same_text, divided=comparison.rulings.divided)
    _keep_verdicts(session, comparison, now)
    placed = _apply(session, service, article, placement, now)
    if isinstance(placement, JoinStory):
        _store_reasons(session, article, placement, comparison, now)
    _recluster(session, service, article, comparison, now)
    match_merged_text(session, service, article.article_id)
    articles.mark_placed(session, article.article_id)
    return placed


@dataclass(frozen=True, kw_only=True, slots=True)
class _Comparison:
    """An article, its candidates with their verdicts, and the texts that were compared."""

    article_id: int
    texts: Mapping[int, PreparedText]
    thresholds: Thresholds
    candidates: tuple[JudgedCandidate, ...]
    rulings: ArticleRulings

    @classmethod
    def around(cls, session: Session, service: Service, article: ReadyArticle, now: datetime) -> _Comparison:
        """Judges an article against its candidates, and against the canonical and the newest copies of their stories.

        A ruling about the article and another one replaces the judge's verdict.
        """
        dedup = service.settings.dedup
        thresholds = Thresholds(across=dedup.across, within=dedup.within)
        ties = article_aliases.articles_sharing_alias(session, article.article_id)
        ties, links = _with_link_posts(session, ties, article.article_id)
        since = now - dedup.window
        index_update.update_index(session, service.index, since=since)
        likely = set(merge_queries.find_candidates(session, article, service.index, since=since, sharing=ties))
        if article.story_id is not None:
            likely |= merge_queries.story_article_ids(session, article.story_id)
        ruling = rulings.rulings_of(session, article.article_id)
        likely |= {other for other, word in ruling.said.items() if word is RulingKind.SAME}
        likely.discard(article.article_id)
        known = dict(merge_queries.stories_of_articles(session, likely))
        representative = {copy for story in set(known.values()) for copy in (story.lead_id, *story.newest)}
        known |= merge_queries.stories_of_articles(session, representative - likely - {article.article_id})
        found = merge_queries.load_documents(session, {article.article_id, *known})
        texts = {article_id: prepare_text(document) for article_id, document in found.items()}
        mine = texts[article.article_id]
        judged = tuple(
            _judged(
                mine,
                texts[other],
                story,
                tie=ties.get(other, AliasStrength.MUST_COMPARE),
                thresholds=thresholds,
                links=links,
            )
            for other, story in sorted(known.items())
            if other != article.article_id
        )
        candidates = apply_rulings(judged, ruling)
        divided = rulings.divided_stories(session, {int(candidate.story) for candidate in candidates})
        return cls(
            article_id=article.article_id,
            texts=texts,
            thresholds=thresholds,
            candidates=candidates,
            rulings=replace(ruling, divided=divided),
        )

    def same_text(self, one: int, other: int) -> bool:
        """Returns True if two canonical copies are copies of each other."""
        return judge(self.texts[one], self.texts[other], thresholds=self.thresholds).relation.merges


def _with_link_posts(
    session: Session, ties: Mapping[int, AliasStrength], article_id: int
) -> tuple[Mapping[int, AliasStrength], bool]:
    """Returns the ties of an article, stronger where one of the two is a link post; and if the article is one."""
    at_link = article_aliases.articles_at_link(session, article_id)
    if not at_link:
        return ties, False
    origins = link_origins(session, {article_id, *at_link})
    posts = {known for known, origin in origins.items() if origin.link_post}
    linked = {other: AliasStrength.LINK_POST for other in at_link if other in posts or article_id in posts}
    return {**ties, **linked}, article_id in posts


def _judged(
    new: PreparedText,
    other: PreparedText,
    story: StoryMembers,
    *,
    tie: AliasStrength,
    thresholds: Thresholds,
    links: bool,
) -> JudgedCandidate:
    """Judges a member of a story by its text and by an address that it shares with the new article.

    ``links`` says that the new article is a link post.
    """
    article_id = other.document.article_id
    verdict = judge(new, other, thresholds=thresholds)
    bound = apply_alias(verdict, new, other, tie=tie, thresholds=thresholds, newcomer_links=links)
    return JudgedCandidate(
        article_id=article_id,
        story=str(story.story_id),
        founded=story.story_id,
        verdict=bound.verdict,
        canonical=article_id == story.lead_id,
        newest=article_id in story.newest,
        shown=story.shown,
        part=bound.part,
    )


def _keep_verdicts(session: Session, comparison: _Comparison, now: datetime) -> None:
    """Stores the strongest verdicts that relate two articles without merging them."""
    linked = [candidate for candidate in comparison.candidates if candidate.verdict.relation in _STORED_RELATIONS]
    linked.sort(key=lambda candidate: (-candidate.verdict.evidence.shorter, candidate.article_id))
    for candidate in linked[:_MOST_VERDICTS]:
        merge_queries.store_verdict(session, comparison.article_id, candidate.article_id, candidate.verdict, now=now)
    session.flush()


def _apply(
    session: Session, service: Service, article: ReadyArticle, placement: StoryAssignment, now: datetime
) -> MergedArticle:
    """Changes the stories according to the placement; chooses the canonical copy of each changed story."""
    match placement:
        case JoinStory():
            story_id = _join(session, article, placement, now)
            reason = f"{placement.verdict.relation} of article {placement.via}: {placement.verdict.rule}"
        case CreateStory():
            story_id = _create_story(session, service, article, now)
            reason = "no copy of it was found"
    part = placement.via if isinstance(placement, JoinStory) and placement.part is TextPart.CANDIDATE else None
    stayed = article.story_id == story_id
    if stayed:
        _mark_updated(session, story_id, article.article_id, now)
    policy = service.settings.publishing.lead
    update_canonical_copy(session, story_id, policy, now=now, part=part)
    if article.story_id is not None and not stayed:
        update_canonical_copy(session, article.story_id, policy, now=now)
    how = "revised" if stayed else _JOINED if isinstance(placement, JoinStory) else "founded"
    return MergedArticle(
        article_id=article.article_id, story=stories.story_key(session, story_id), how=how, reason=reason
    )


def _mark_updated(session: Session, story_id: int, article_id: int, now: datetime) -> None:
    """Records that the text of a copy changed, with a note for readers if it is the copy they read.

    There is no note if the service read the text again to correct it.
    """
    is_silent = articles.is_silent(session, article_id)
    shown = None if is_silent else stories.published_text_change(session, story_id, article_id)
    note = "" if shown is None else describe_changes(shown.before, shown.after)
    stories.record_text_change(session, story_id, article_id, now=now, note=note)


def _store_reasons(
    session: Session, article: ReadyArticle, placement: JoinStory, comparison: _Comparison, now: datetime
) -> None:
    """Stores the verdicts for the first members of stories that were merged into one.

    The oldest remains the first member of the story, unless it is only a part of the article and merges with it by
    their shared address alone.
    """
    story_id = merge_queries.story_id_of(session, article.article_id) or 0
    candidates = {candidate.article_id: candidate for candidate in comparison.candidates}
    for number, first_member in enumerate(merge_queries.first_members(session, story_id)):
        candidate = candidates.get(first_member)
        if candidate is None or first_member == placement.via or not candidate.verdict.relation.merges:
            continue
        if number or candidate.part is TextPart.CANDIDATE:
            verdict, against = candidate.verdict, article.article_id
            stories.add_copy(session, first_member, story_id, verdict=verdict, against_id=against, now=now)


def _recluster(
    session: Session, service: Service, article: ReadyArticle, comparison: _Comparison, now: datetime
) -> None:
    """Reclusters the neighbouring stories that the article may change."""
    around = {int(candidate.story) for candidate in comparison.candidates if candidate.verdict.relation.merges}
    around |= {merge_queries.story_id_of(session, article.article_id) or 0, article.story_id or 0} - {0}
    recluster_settings = ReclusterParameters(
        thresholds=comparison.thresholds,
        policy=service.settings.publishing.lead,
        hold=service.settings.publishing.settle,
        now=now,
        new_key=service.new_key,
    )
    recluster_around(session, article.article_id, around, recluster_settings, revised=article.story_id is not None)
    for candidate in comparison.candidates:
        if (
            candidate.verdict.relation is Relation.EXCERPT
        ):  # one of the two may be a roundup, which is never the canonical copy
            update_canonical_copy(session, int(candidate.story), recluster_settings.policy, now=now)


def _join(session: Session, article: ReadyArticle, placement: JoinStory, now: datetime) -> int:
    """Adds the article to its story, and merges stories that it joins; returns the story's id."""
    story_id, before = int(placement.story), article.story_id
    if before is not None and before != story_id:
        if merge_queries.story_article_ids(session, before) == {article.article_id}:
            # It was the only copy, so its story moves with it: the story may be published.
            story_id = stories.merge_two_stories(session, story_id, before, now=now, reason="revised into one text")
        else:
            reason = f"revised into a copy of article {placement.via}"
            stories.remove_copy(session, article.article_id, before, now=now, reason=reason)
    stories.add_copy(
        session, article.article_id, story_id, verdict=placement.verdict, against_id=placement.via, now=now
    )
    for younger in placement.unite:
        if int(younger) != story_id:
            reason = f"article {article.article_id} is a copy of both"
            story_id = stories.merge_two_stories(session, story_id, int(younger), now=now, reason=reason)
    return story_id


def _create_story(session: Session, service: Service, article: ReadyArticle, now: datetime) -> int:
    """Makes the article the only copy of its story; returns the story's id."""
    before = article.story_id
    if before is not None:
        if merge_queries.story_article_ids(session, before) == {article.article_id}:
            return before
        stories.remove_copy(session, article.article_id, before, now=now, reason="revised into another text")
    return stories.create_story(
        session,
        article.article_id,
        key=service.new_key(),
        settle_at=now + service.settings.publishing.settle,
        now=now,
        reason="no copy of it was found",
    )
