"""Which story does an article belong to?

Decides from verdicts alone: never by chains. An article joins the story of its best copy only
when it is also a copy of that story's canonical copy, or of most of the story's newest members;
so a story cannot drift from text to text until its ends have nothing in common. Only what is a part
of another article, at that article's address, follows it without more, and what a person said
(``rulings``). Which articles are candidates, and judging them, is done before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from aggregator.dedup.same_address import Part
from aggregator.model.dedup import Relation, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One article of a story, and the verdict on it and the newcomer.

    ``story`` is the story's key and ``founded`` its rank in age: of two stories the one with
    the smaller is the older. ``newest`` says that the article is one of the story's
    newest members (at most ``model.dedup.NEWEST_MEMBERS``), which may be the canonical copy too, and ``shown`` that
    readers know the story. ``part`` is set when only an address binds the two (see
    ``one_address``): which text is but a part of the other. ``ruled`` says that a person said that
    the two are the same.
    """

    article_id: int
    story: str
    founded: int
    verdict: Verdict
    canonical: bool = False
    newest: bool = False
    shown: bool = False
    part: Part | None = None
    ruled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Join:
    """The newcomer joins ``story`` as a copy of article ``via``; ``unite`` are younger stories that merge into it.

    ``part`` is which of these two is but a part of the other.
    """

    story: str
    via: int
    verdict: Verdict
    part: Part | None = None
    unite: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The newcomer founds a story; ``related`` are articles worth a link, best first."""

    related: tuple[int, ...] = ()


Placement = Join | Found
SameText = Callable[[int, int], bool]
"""Whether two canonical copies, by article id, verify against each other."""


def place(
    candidates: Sequence[Candidate], *, same_text: SameText, divided: Collection[frozenset[str]] = ()
) -> Placement:
    """Decide for one article, given the verdicts on it and every candidate, in any order.

    The candidates of a story should hold its canonical copy and its newest members: who is
    missing counts as no copy. ``same_text`` is asked only when the article is a copy of the
    canonical copies of two stories. ``divided`` are pairs of stories that are never united.
    """
    ranked = sorted(candidates, key=_rank)
    members: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in ranked:
        members[candidate.story].append(candidate)
    for best in ranked:
        if best.ruled or best.part is Part.NEWCOMER or (best.verdict.relation.merges and _vouched(members[best.story])):
            return _joining(best, list(members.values()), same_text, divided)
    linked = (Relation.EXCERPT, Relation.RELATED, Relation.NEAR_COPY, Relation.EXACT, Relation.SAME_URL)
    return Found(related=tuple(dict.fromkeys(c.article_id for c in ranked if c.verdict.relation in linked)))


def _rank(candidate: Candidate) -> tuple[bool, int, float, float, int, int]:
    """Best first: what a person said, the surer relation, the more shared, the older story, the older article.

    A text that is but a part of the newcomer's comes after every copy: where the whole belongs, the part follows.
    """
    evidence = candidate.verdict.evidence
    relation = Relation.EXCERPT if candidate.part is Part.CANDIDATE else candidate.verdict.relation
    order = list(Relation).index(relation)
    return not candidate.ruled, order, -evidence.shorter, -evidence.longer, candidate.founded, candidate.article_id


def _vouched(story: Sequence[Candidate]) -> bool:
    if any(member.canonical and _vouches(member, story) for member in story):
        return True
    newest = [_vouches(member, story) for member in story if member.newest]
    return 2 * sum(newest) > len(newest)


def _vouches(member: Candidate, story: Sequence[Candidate]) -> bool:
    """Whether a member speaks for the newcomer.

    A part of the newcomer's text does not where others are in the story: whoever had a good copy there
    could bring in anything, under the same address.
    """
    if member.part is Part.CANDIDATE:
        return all(other.part is Part.CANDIDATE for other in story)
    return member.verdict.relation.merges


def _joining(
    best: Candidate,
    stories: Sequence[Sequence[Candidate]],
    same_text: SameText,
    divided: Collection[frozenset[str]],
) -> Join:
    """Join the best candidate's story, or the oldest of the stories that prove to be one with it."""
    leads = {
        member.story: member
        for story in stories
        for member in story
        if member.ruled or (member.canonical and _vouches(member, story))
    }
    ruled = {member.story for story in stories for member in story if member.ruled}
    if best.story not in leads:
        return Join(story=best.story, via=best.article_id, verdict=best.verdict, part=best.part)
    alike = {
        frozenset((one.story, other.story))
        for one, other in combinations(sorted(leads.values(), key=lambda member: member.founded), 2)
        if frozenset((one.story, other.story)) not in divided
        and ({one.story, other.story} <= ruled or _follows(one) or _follows(other) or _one_text(one, other, same_text))
    }
    group = [best.story]
    for lead in sorted(leads.values(), key=_rank):
        # a story enters only when it agrees with every one already in: no chains here either
        if lead.story not in group and all(frozenset((lead.story, other)) in alike for other in group):
            group.append(lead.story)
    oldest, *younger = sorted(group, key=lambda story: (leads[story].founded, story))
    via = best if oldest == best.story else leads[oldest]
    return Join(story=oldest, via=via.article_id, verdict=via.verdict, part=via.part, unite=tuple(younger))


def _one_text(one: Candidate, other: Candidate, same_text: SameText) -> bool:
    return one.canonical and other.canonical and same_text(one.article_id, other.article_id)


def _follows(lead: Candidate) -> bool:
    """Whether a canonical copy goes where the newcomer goes: it is but a part of it, and no reader knows its story."""
    return lead.part is Part.CANDIDATE and not lead.shown
