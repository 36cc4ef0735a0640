"""Which older document of a new feed is read next, if any (RFC 5005 sections 3 and 4)?

A feed's document holds its newest entries; some publishers link it to the ones before. Who wants
them says how many (``polling.backfill``). They are read once, one after each poll, and what they
lead to is believed only as far as it leads back.
"""

from __future__ import annotations

from aggregator.model.parsing import ParsedFeed, ParseOutcome
from aggregator.model.polling import Backfill, FetchOutcome
from aggregator.polling.host_backoff import passes
from aggregator.url_credentials import without_userinfo


def backfill_after_feed(known: Backfill, parsed: ParseOutcome | None, *, is_new: bool) -> Backfill:
    """What is left to read after a poll; only the first document that is read of a feed begins it."""
    if not is_new or not isinstance(parsed, ParsedFeed) or parsed.complete:
        return known
    return Backfill(older_url=parsed.older_url)


def backfill_after_older(
    known: Backfill, outcome: FetchOutcome, parsed: ParseOutcome | None, *, feed_url: str
) -> Backfill:
    """What is left to read after an older document was asked for.

    One that could not be had for a passing reason is left for after the next poll. One that cannot
    be read, or leads in a circle, is the last. ``parsed`` is what the body of an Answer was read as.
    """
    if passes(outcome):
        return known
    older = parsed.older_url if isinstance(parsed, ParsedFeed) else None
    seen = (without_userinfo(feed_url), feed_url, known.older_url)
    return Backfill(older_url=None if older in seen else older, read=known.read + 1)
