"""Decides which story an article joins, or that it starts a new story.

Decides from verdicts alone, never by chains. An article joins the story of its best copy only if it is also a copy of
that story's canonical copy, or of most of the story's newest members. So a story cannot drift from text to text until
its first and last members have nothing in common. Two exceptions need no vote: an article that is a part of another
one at the same URL, and a ruling of a person (``ruling_effects``). Finding the candidates and judging them is done
before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from aggregator.dedup.same_address import TextPart
from aggregator.model.dedup import Relation, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedCandidate:
    """One member of a story, and the verdict on it and the new article.

    ``story`` is the key of the story and ``founded`` its age rank: the older story has the smaller number. ``newest``
    says that the article is one of the story's newest members (at most ``model.dedup.NEWEST_MEMBERS``), which can
    include the canonical copy. ``shown`` says that the story is published. ``part`` is set if only a shared URL
    connects the two (see ``same_address``): it names the text that is only a part of the other. ``ruled`` says that a
    person ruled the two to be the same.
    """

    article_id: int
    story: str
    founded: int
    verdict: Verdict
    canonical: bool = False
    newest: bool = False
    shown: bool = False
    part: TextPart | None = None
    ruled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class JoinStory:
    """The new article joins ``story`` as a copy of article ``via``; the younger stories ``unite`` merge into it.

    ``part`` names which of the two articles is only a part of the other.
    """

    story: str
    via: int
    verdict: Verdict
    part: TextPart | None = None
    unite: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateStory:
    """The new article starts a story; ``related`` are articles worth a link, best first."""

    related: tuple[int, ...] = ()


StoryAssignment = JoinStory | CreateStory
SameText = Callable[[int, int], bool]
"""Returns True if two canonical copies, given by article id, are copies of each other."""


def assign_story(
    candidates: Sequence[JudgedCandidate], *, same_text: SameText, divided: Collection[frozenset[str]] = ()
) -> StoryAssignment:
    """Assigns one article to a story, from the verdicts on it and every candidate, in any order.

    The candidates of a story should include its canonical copy and its newest members. Members that were not compared
    do not vote. ``same_text`` is called only when the article is a copy of the canonical copies of two
    stories. ``divided`` are pairs of stories that are never united.
    """
    ranked = sorted(candidates, key=_rank)
    members: dict[str, list[JudgedCandidate]] = defaultdict(list)
    for candidate in ranked:
        members[candidate.story].append(candidate)
    for best in ranked:
        if (
            best.ruled
            or best.part is TextPart.NEWCOMER
            or (best.verdict.relation.merges and _has_majority(members[best.story]))
        ):
            return _joining(best, list(members.values()), same_text, divided)
    linked = (Relation.EXCERPT, Relation.RELATED, Relation.NEAR_COPY, Relation.EXACT, Relation.SAME_URL)
    return CreateStory(related=tuple(dict.fromkeys(c.article_id for c in ranked if c.verdict.relation in linked)))


def _rank(candidate: JudgedCandidate) -> tuple[bool, int, float, float, int, int]:
    """Sorts the best first: rulings, the stronger relation, the larger overlap, the older story, the older article.

    A text that is only a part of the new article's text comes after every copy: the part follows its whole.
    """
    evidence = candidate.verdict.evidence
    relation = Relation.EXCERPT if candidate.part is TextPart.CANDIDATE else candidate.verdict.relation
    order = list(Relation).index(relation)
    return not candidate.ruled, order, -evidence.shorter, -evidence.longer, candidate.founded, candidate.article_id


def _has_majority(story: Sequence[JudgedCandidate]) -> bool:
    if any(member.canonical and _votes_for(member, story) for member in story):
        return True
    newest = [_votes_for(member, story) for member in story if member.newest]
    return 2 * sum(newest) > len(newest)


def _votes_for(member: JudgedCandidate, story: Sequence[JudgedCandidate]) -> bool:
    """Returns True if a member votes for the new article.

    A part of the new article's text does not vote if the story has other members. Otherwise an outlet with a good
    copy in the story could bring in any text under the same URL.
    """
    if member.part is TextPart.CANDIDATE:
        return all(other.part is TextPart.CANDIDATE for other in story)
    return member.verdict.relation.merges


def _joining(
    best: JudgedCandidate,
    stories: Sequence[Sequence[JudgedCandidate]],
    same_text: SameText,
    divided: Collection[frozenset[str]],
) -> JoinStory:
    """Joins the best candidate's story, or the oldest of the stories that turn out to be one with it."""
    leads = {
        member.story: member
        for story in stories
        for member in story
        if member.ruled or (member.canonical and _votes_for(member, story))
    }
    ruled = {member.story for story in stories for member in story if member.ruled}
    if best.story not in leads:
        return JoinStory(story=best.story, via=best.article_id, verdict=best.verdict, part=best.part)
    alike = {
        frozenset((one.story, other.story))
        for one, other in combinations(sorted(leads.values(), key=lambda member: member.founded), 2)
        if frozenset((one.story, other.story)) not in divided
        and ({one.story, other.story} <= ruled or _follows(one) or _follows(other) or _one_text(one, other, same_text))
    }
    group = [best.story]
    for lead in sorted(leads.values(), key=_rank):
        # a story is added only if it agrees with every story in the group: no chains here either
        if lead.story not in group and all(frozenset((lead.story, other)) in alike for other in group):
            group.append(lead.story)
    oldest, *younger = sorted(group, key=lambda story: (leads[story].founded, story))
    via = best if oldest == best.story else leads[oldest]
    return JoinStory(story=oldest, via=via.article_id, verdict=via.verdict, part=via.part, unite=tuple(younger))


def _one_text(one: JudgedCandidate, other: JudgedCandidate, same_text: SameText) -> bool:
    return one.canonical and other.canonical and same_text(one.article_id, other.article_id)


def _follows(lead: JudgedCandidate) -> bool:
    """Returns True if a canonical copy follows the new article: it is a part of it, and its story is unpublished."""
    return lead.part is TextPart.CANDIDATE and not lead.shown
