"""Which situations of the service need a person, and what should they do?

Pure: conditions of feeds in, situations out. When one began and ended is kept by ``store.alerts``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from aggregator.health_checks import Finding, Grade
from aggregator.model.operations import FeedCondition, Situation, SituationKind
from aggregator.model.polling import FeedState

PATIENCE = timedelta(days=7)
"""How long a feed fails before a person is called."""
FEWEST_READ = 10
"""Articles of a feed that were read within a week, before something is said of their texts."""
_TEXTLESS = 0.9


def situations_of(
    feeds: Iterable[FeedCondition], *, now: datetime, rejected: Sequence[str] = (), disk: Finding | None = None
) -> tuple[Situation, ...]:
    """What needs a person now; at most one situation of a kind for each feed.

    ``rejected`` are the mistakes of a configuration that is not taken up, ``disk`` is what was found of the disk
    the database is on.
    """
    return (
        *_of_configuration(rejected),
        *_of_disk(disk),
        *(situation for feed in feeds for situation in _of_feed(feed, now)),
    )


def _of_configuration(mistakes: Sequence[str]) -> Iterator[Situation]:
    if mistakes:
        told = f"The configuration before it goes on. Mend this and save the file: {'; '.join(mistakes)}"
        yield Situation(
            kind=SituationKind.REJECTED, subject="configuration", title="The configuration has a mistake", told=told
        )


def _of_disk(disk: Finding | None) -> Iterator[Situation]:
    if disk is not None and disk.grade is not Grade.WELL:
        told = f"{disk.said}. When nothing is left, nothing can be stored and no feed is polled: {disk.advice}."
        yield Situation(kind=SituationKind.FULL, subject="disk", title="The disk is nearly full", told=told)


def _of_feed(feed: FeedCondition, now: datetime) -> Iterator[Situation]:
    if feed.state is FeedState.REMOVED:
        return
    if feed.state is FeedState.GONE:
        advice = f"Type “aggregator feeds remove {feed.name}”, or give its new address in feeds.yaml."
        yield _situation(SituationKind.GONE, feed, "is gone", f"It is not polled any more: {feed.reason}. {advice}")
    elif feed.state is FeedState.MERGED:
        told = f"It moved to the address of {feed.merged_into}, which is polled for both. Remove one of them."
        yield _situation(SituationKind.MERGED, feed, f"is {feed.merged_into} now", told)
    elif feed.url != feed.configured_url:
        told = f"It is polled at {feed.url}. Put that address into feeds.yaml, in place of {feed.configured_url}."
        yield _situation(SituationKind.MOVED, feed, "has moved", told)
    if feed.failing_since is not None and now - feed.failing_since >= PATIENCE:
        told = f"No poll succeeded since {feed.failing_since:%d %B %Y, %H:%M} UTC; the last said: {feed.reason}."
        yield _situation(SituationKind.FAILING, feed, "has failed for a week", told)
    if feed.read >= FEWEST_READ and feed.textless >= _TEXTLESS * feed.read:
        told = (
            f"Of {feed.read} articles read within a week {feed.textless} had no text, on the page or in the feed. "
            "Say under page: take: where on the pages the article is, or set full_text: feed."
        )
        yield _situation(SituationKind.TEXTLESS, feed, "gives no article text", told)


def _situation(kind: SituationKind, feed: FeedCondition, what: str, told: str) -> Situation:
    return Situation(kind=kind, subject=feed.name, title=f"Feed {feed.name} {what}", told=told)
