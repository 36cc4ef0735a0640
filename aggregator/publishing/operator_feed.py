"""Builds the operator feed: one entry for each alert.

When an alert ends, the same entry says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from aggregator.model.operations import RecordedAlert
from aggregator.publishing.date_formats import EMPTY_FEED_DATE, readable_time
from aggregator.publishing.digest_urls import FeedDocumentUrls, page_query
from aggregator.publishing.entry_content import one_line
from aggregator.publishing.published_entries import PublishedEntry, PublishedFeed

OPERATOR_PATH = "/operator"
"""The path of the feed, without the suffix of the format."""


def operator_feed(
    alerts: Sequence[RecordedAlert], *, authority: str, base_url: str, token: str | None = None
) -> PublishedFeed:
    """Builds the feed of alerts, the newest change first."""
    base = base_url.rstrip("/")
    changed = [alert.changed_at for alert in alerts]
    return PublishedFeed(
        uri=f"tag:{authority}:operator",
        title="Aggregator: alerts",
        description="Problems that need a person; an entry says when its alert ended",
        home_url=f"{base}/feeds",
        icon_url=f"{base}/favicon.svg",
        address=FeedDocumentUrls(stem=base + OPERATOR_PATH, here=page_query(token=token)),
        updated_at=max(changed, default=EMPTY_FEED_DATE),
        entries=tuple(_entry(alert, authority, base) for alert in alerts),
    )


def _entry(known: RecordedAlert, authority: str, base: str) -> PublishedEntry:
    title, text = one_line(known.alert.title), one_line(known.alert.text)
    if known.ended_at is not None:
        title, text = f"Ended: {title}", f"This ended {readable_time(known.ended_at)}. It was: {text}"
    return PublishedEntry(
        uri=f"tag:{authority}:situation/{known.number}",
        url=f"{base}/feeds",
        title=title,
        published_at=known.began_at,
        updated_at=known.changed_at,
        authors=("aggregator",),
        summary=text,
        content=f"<p>{escape(text)}</p>\n<p><small>Since {readable_time(known.began_at)}.</small></p>",
        categories=(known.alert.kind.value,),
        extension={"kind": known.alert.kind.value, "subject": known.alert.subject},
    )
