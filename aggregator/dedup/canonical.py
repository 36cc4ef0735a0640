"""Which copy leads a story?

Configured priority, then what holds this story alone, then the credited origin, then completeness of
text, then earliest. Whether the lead of a published story may still change is the publisher's question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aggregator.agencies import same_house
from aggregator.model.dedup import Contender, Lead

COMPLETE = 0.90
"""A copy with this share of the longest copy's tokens is as complete as it: one local paragraph does not decide."""

Contenders = Sequence[Contender]


def choose_lead(contenders: Contenders) -> Lead:
    """The canonical copy and the rule that left no other, whatever the order of the contenders.

    Raises ValueError when there is no contender.
    """
    if not contenders:
        raise ValueError("a story has at least one copy")
    if len(contenders) == 1:
        return Lead(article_id=contenders[0].article_id, rule="only copy")
    left = contenders
    for rule, keep in _RULES:
        left = keep(left)
        if len(left) == 1:
            return Lead(article_id=left[0].article_id, rule=rule)
    earliest = min(left, key=lambda contender: (contender.published_at, contender.article_id))
    return Lead(article_id=earliest.article_id, rule="earliest")


def _highest(contenders: Contenders) -> Contenders:
    highest = max(contender.priority for contender in contenders)
    return [contender for contender in contenders if contender.priority == highest]


def _of_this_story_alone(contenders: Contenders) -> Contenders:
    """Those that hold no other story's article besides: a roundup is long, and not this story told most completely."""
    return [contender for contender in contenders if not contender.gathers] or contenders


def _from_the_origin(contenders: Contenders) -> Contenders:
    """The copies of the outlet that some copy credits; all when none is."""
    credited = {contender.credit for contender in contenders if contender.credit}
    own = [one for one in contenders if any(same_house(one.outlet, credit) for credit in credited)]
    return own or contenders


def _complete(contenders: Contenders) -> Contenders:
    longest = max(contender.tokens for contender in contenders)
    return [contender for contender in contenders if contender.tokens >= COMPLETE * longest]


_RULES: tuple[tuple[str, Callable[[Contenders], Contenders]], ...] = (
    ("priority", _highest),
    ("no roundup", _of_this_story_alone),
    ("origin", _from_the_origin),
    ("completeness", _complete),
)
