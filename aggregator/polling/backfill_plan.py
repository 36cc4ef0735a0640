"""Chooses the next older document of a new feed (RFC 5005 sections 3 and 4).

A feed's document holds its newest entries; some publishers link it to the documents before. The setting
``polling.backfill`` limits how many of them are read. They are read once, one after each poll. A link to a
document that was already read ends the chain.
"""

from __future__ import annotations

from aggregator.model.parsing import ParsedFeed, ParseOutcome
from aggregator.model.polling import Backfill, FetchOutcome
from aggregator.polling.host_backoff import is_temporary_failure
from aggregator.url_credentials import without_userinfo


def backfill_after_feed(known: Backfill, parsed: ParseOutcome | None, *, is_new: bool) -> Backfill:
    """Returns the backfill after a poll of the feed; only the first parsed document of a feed starts one.

    A document that is complete (RFC 5005 section 2) has no older ones.
    """
    if not is_new or not isinstance(parsed, ParsedFeed) or parsed.complete:
        return known
    return Backfill(older_url=parsed.older_url)


def backfill_after_older(
    known: Backfill, outcome: FetchOutcome, parsed: ParseOutcome | None, *, feed_url: str
) -> Backfill:
    """Returns the backfill after a request for an older document.

    After a temporary failure the document is requested again after the next poll. A document that cannot be
    parsed, or whose link leads in a circle, is the last one. ``parsed`` is the parsed body of a SuccessResponse.
    """
    if is_temporary_failure(outcome):
        return known
    older_url = parsed.older_url if isinstance(parsed, ParsedFeed) else None
    already_read = (without_userinfo(feed_url), feed_url, known.older_url)
    return Backfill(older_url=None if older_url in already_read else older_url, read=known.read + 1)
