"""Explains verdicts, evidence and the health of feeds in sentences for people.

It decides nothing.
"""

from __future__ import annotations

from aggregator.model.dedup import Relation, Verdict
from aggregator.model.extraction import TextSource
from aggregator.model.operations import FeedHealth, StoredQuantities
from aggregator.model.polling import FeedState
from aggregator.model.publishing import CopyDetail
from aggregator.publishing.date_formats import readable_time

_RELATIONS = {
    Relation.SAME_URL: "Same article: both have one URL.",
    Relation.EXACT: "Same text, word for word.",
    Relation.NEAR_COPY: "The same text with small changes.",
    Relation.EXCERPT: "One text is an excerpt of the other.",
    Relation.RELATED: "A report of the same event in other words.",
    Relation.DIFFERENT: "A different text.",
}
_LEAD_RULES = {
    "only copy": "It is the only copy.",
    "priority": "It leads because its feed has the highest priority.",
    "origin": "It leads because its outlet is the credited origin.",
    "own site": "It leads because the article is on its site; the other copies link there.",
    "no link post": "It leads because the other copies only link to an article.",
    "no roundup": "It leads because the other copies also contain articles of other stories.",
    "completeness": "It leads because its text is the most complete.",
    "earliest": "It leads because it was published first.",
}
_RETIRED = {
    FeedState.GONE: "Gone permanently",
    FeedState.REMOVED: "Removed from the configuration",
    FeedState.MERGED: "Merged into another feed",
}
_SOURCES = {
    TextSource.PAGE: "Text from the article's page",
    TextSource.FEED: "Text from the feed",
    TextSource.TITLE: "Only the headline is known",
}


def why_joined(verdict: Verdict | None) -> tuple[str, ...]:
    """Explains why a copy belongs to its story, as sentences."""
    if verdict is None:
        return ("The story began with this copy.",)
    evidence = verdict.evidence
    sentences = [_RELATIONS[verdict.relation]]
    if evidence.shared:
        words = "word" if evidence.shared == 1 else "words"
        sentences.append(
            f"{evidence.shared:,} {words} in common: {as_percent(evidence.shorter)} of the shorter text "
            f"and {as_percent(evidence.longer)} of the longer."
        )
    sentences.append(f"Decided by the rule “{verdict.rule}”.")
    return tuple(sentences)


def text_origin(copy: CopyDetail) -> str:
    """Says where a copy's text comes from, and why."""
    reason = copy.text_reason.strip().rstrip(".")
    return f"{_SOURCES[copy.text_source]}: {reason}." if reason else f"{_SOURCES[copy.text_source]}."


def why_leads(rule: str) -> str:
    """Explains why the canonical copy leads."""
    return _LEAD_RULES.get(rule, f"It leads by the rule “{rule}”.")


def revision_count(count: int) -> str | None:
    """Says how often a copy's text was revised; None if it never was."""
    if count == 0:
        return None
    return f"Its text was revised {'once' if count == 1 else f'{count} times'} since it was first seen."


def as_percent(share: float) -> str:
    """Formats a share as a whole percentage; 100 only for all, 0 only for nothing."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        return "over 99 %"
    if whole == 0 and share > 0:
        return "under 1 %"
    return f"{whole} %"


def state_in_words(feed: FeedHealth) -> tuple[str, str]:
    """Returns a feed's state as a style class and as words."""
    if feed.retired:
        return "idle", _RETIRED.get(feed.state, "Retired")
    if feed.last_poll_at is None:
        return "idle", "Not polled yet"
    if feed.state is FeedState.QUIET:
        return "idle", "In backoff"
    if feed.failures:
        return "bad", "Failed once" if feed.failures == 1 else f"Failed {feed.failures} times in a row"
    return "good", "Working"


def status_facts(stock: StoredQuantities) -> tuple[str, ...]:
    """Returns the state of the service in a few short facts."""
    health = stock.health
    polled = "not polled yet" if health.last_poll_at is None else f"last poll {readable_time(health.last_poll_at)}"
    failing = stock.feeds_by_state.get(FeedState.FAILING, 0)
    feeds = f"{health.feeds:,} {'feed' if health.feeds == 1 else 'feeds'}, {failing:,} failing"
    waiting = health.pages_waiting + health.articles_waiting
    return feeds, polled, f"{health.due_feeds:,} due", f"{waiting:,} articles in progress"


def status_numbers(stock: StoredQuantities) -> tuple[tuple[str, str], ...]:
    """Returns the counts of the service as names with values."""
    health = stock.health
    counts = (
        ("Entries", health.entries),
        ("Articles", health.articles),
        ("Stories", health.stories),
        ("Copies merged into them", health.copies_merged),
        ("Articles waiting for their page", health.pages_waiting),
        ("Articles waiting to be merged", health.articles_waiting),
        ("Requests sent in total", health.requests),
    )
    spared = as_percent(health.unchanged / health.requests) if health.requests else "–"
    return (
        *((f"Feeds: {state}", f"{number:,}") for state, number in stock.feeds_by_state.items() if number),
        *((what, f"{number:,}") for what, number in counts),
        ("Answered with “not modified”", spared),
        ("Received for feeds and pages", format_bytes(health.wire_bytes)),
        ("Saved by conditional requests", format_bytes(health.saved_bytes)),
        ("Size of the database", format_bytes(stock.database_bytes)),
    )


def format_bytes(number: int) -> str:
    """Formats a number of bytes with a suitable unit: ``21.0 MB``."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number} B"
