"""Decides which alerts the service raises, with advice for the operator.

Pure: takes the conditions of feeds and returns alerts. ``store.alerts`` stores when each began and ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from aggregator.health_checks import CheckGrade, CheckResult
from aggregator.model.operations import Alert, AlertKind, FeedCondition
from aggregator.model.polling import FeedState

FAILING_ALERT_AFTER = timedelta(days=7)
"""How long a feed must fail before an alert is raised."""
FEWEST_JUDGED_ARTICLES = 10
"""Articles of a feed that must be read within a week before their texts are judged."""
_TEXTLESS = 0.9


def alerts_for(
    feeds: Iterable[FeedCondition], *, now: datetime, rejected: Sequence[str] = (), disk: CheckResult | None = None
) -> tuple[Alert, ...]:
    """Returns the alerts that hold now; at most one of each kind for each feed.

    ``rejected`` are the errors of a configuration that was not loaded, ``disk`` is the finding about the disk of the
    database.
    """
    return (
        *_of_configuration(rejected),
        *_of_disk(disk),
        *(alert for feed in feeds for alert in _of_feed(feed, now)),
    )


def _of_configuration(mistakes: Sequence[str]) -> Iterator[Alert]:
    if mistakes:
        text = (
            "The service continues with the configuration before. "
            f"Correct this and save the file: {'; '.join(mistakes)}"
        )
        yield Alert(kind=AlertKind.REJECTED, subject="configuration", title="The configuration has an error", text=text)


def _of_disk(disk: CheckResult | None) -> Iterator[Alert]:
    if disk is not None and disk.grade is not CheckGrade.PASSED:
        text = f"{disk.said}. On a full disk, nothing can be stored and no feed is polled: {disk.advice}."
        yield Alert(kind=AlertKind.FULL, subject="disk", title="The disk is nearly full", text=text)


def _of_feed(feed: FeedCondition, now: datetime) -> Iterator[Alert]:
    if feed.state is FeedState.REMOVED:
        return
    if feed.state is FeedState.GONE:
        advice = f"Run “aggregator feeds remove {feed.name}”, or write its new address into feeds.yaml."
        yield _feed_alert(AlertKind.GONE, feed, "is gone", f"It is no longer polled: {feed.reason}. {advice}")
    elif feed.state is FeedState.MERGED:
        text = f"It moved to the address of {feed.merged_into}, which is polled for both. Remove one of the two feeds."
        yield _feed_alert(AlertKind.MERGED, feed, f"now redirects to {feed.merged_into}", text)
    elif feed.url != feed.configured_url:
        text = f"It is polled at {feed.url}. Write that address into feeds.yaml, instead of {feed.configured_url}."
        yield _feed_alert(AlertKind.MOVED, feed, "has moved", text)
    if feed.failing_since is not None and now - feed.failing_since >= FAILING_ALERT_AFTER:
        text = (
            f"No poll has succeeded since {feed.failing_since:%d %B %Y, %H:%M} UTC; result of the last: {feed.reason}."
        )
        yield _feed_alert(AlertKind.FAILING, feed, "has failed for a week", text)
    if feed.read >= FEWEST_JUDGED_ARTICLES and feed.textless >= _TEXTLESS * feed.read:
        text = (
            f"Of {feed.read} articles read within a week, {feed.textless} had no text on the page or in the feed. "
            "Give a selector of the article under page: take:, or set full_text: feed."
        )
        yield _feed_alert(AlertKind.TEXTLESS, feed, "has no article text", text)


def _feed_alert(kind: AlertKind, feed: FeedCondition, what: str, text: str) -> Alert:
    return Alert(kind=kind, subject=feed.name, title=f"Feed {feed.name} {what}", text=text)
