"""Chooses the canonical copy of a story: the copy that leads it.

The rules in order: its own site, no link post, configured priority, no roundup, the credited origin, completeness of
the text, earliest. Whether the canonical copy of a published story may change is decided by ``steps.canonical_copy``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aggregator.agencies import is_same_organisation
from aggregator.model.dedup import CanonicalCopy, CopyCandidate

COMPLETE = 0.90
"""A copy with this share of the longest copy's tokens counts as complete: one local paragraph does not decide."""

CopyCandidates = Sequence[CopyCandidate]


def choose_canonical_copy(contenders: CopyCandidates) -> CanonicalCopy:
    """Returns the canonical copy and the rule that chose it; the order of the copies does not matter.

    Raises ValueError if there is no copy.
    """
    if not contenders:
        raise ValueError("a story has at least one copy")
    if len(contenders) == 1:
        return CanonicalCopy(article_id=contenders[0].article_id, rule="only copy")
    left = contenders
    for rule, keep in _RULES:
        left = keep(left)
        if len(left) == 1:
            return CanonicalCopy(article_id=left[0].article_id, rule=rule)
    earliest = min(left, key=lambda contender: (contender.published_at, contender.article_id))
    return CanonicalCopy(article_id=earliest.article_id, rule="earliest")


def may_lead(contenders: CopyCandidates) -> frozenset[int]:
    """Returns the copies that may lead at all: no link to another outlet's page leads before that outlet's copy."""
    return frozenset(contender.article_id for contender in _without_link_posts(_on_their_own_site(contenders)))


def _on_their_own_site(contenders: CopyCandidates) -> CopyCandidates:
    """Keeps the copies on their outlet's site, and those that link to a site whose outlet has no copy here."""
    homes = {one.origin.site for one in contenders if one.origin and one.origin.at_home}
    return [one for one in contenders if not one.origin or one.origin.at_home or one.origin.site not in homes]


def _without_link_posts(contenders: CopyCandidates) -> CopyCandidates:
    return [one for one in contenders if not (one.origin and one.origin.link_post)] or contenders


def _with_highest_priority(contenders: CopyCandidates) -> CopyCandidates:
    highest = max(contender.priority for contender in contenders)
    return [contender for contender in contenders if contender.priority == highest]


def _without_roundups(contenders: CopyCandidates) -> CopyCandidates:
    """Keeps the copies that contain no article of another story: a roundup is long but not the most complete copy."""
    return [contender for contender in contenders if not contender.is_roundup] or contenders


def _from_credited_origin(contenders: CopyCandidates) -> CopyCandidates:
    """Keeps the copies of the agency that some copy credits; all copies if there are none."""
    credited = {contender.credit for contender in contenders if contender.credit}
    own = [one for one in contenders if any(is_same_organisation(one.outlet, credit) for credit in credited)]
    return own or contenders


def _complete(contenders: CopyCandidates) -> CopyCandidates:
    longest = max(contender.tokens for contender in contenders)
    return [contender for contender in contenders if contender.tokens >= COMPLETE * longest]


_RULES: tuple[tuple[str, Callable[[CopyCandidates], CopyCandidates]], ...] = (
    ("own site", _on_their_own_site),
    ("no link post", _without_link_posts),
    ("priority", _with_highest_priority),
    ("no roundup", _without_roundups),
    ("origin", _from_credited_origin),
    ("completeness", _complete),
)
