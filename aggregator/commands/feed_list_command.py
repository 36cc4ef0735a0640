"""Lists the feeds and their health."""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.commands.console import new_console, new_table, print_json, read_configuration
from aggregator.commands.options import Config, Json
from aggregator.commands.stored_library import open_library
from aggregator.configuration.loading import FEEDS_FILE
from aggregator.model.operations import FeedHealth
from aggregator.plurals import count_repetitions


def list_feeds(config: Config = None, as_json: Json = False) -> None:
    """Prints the health of every feed."""
    with open_library(read_configuration(config, quiet=True)) as library:
        rows = library.feeds()
    if as_json:
        print_json(rows)
        return
    print_feed_health(rows)


def print_feed_health(rows: Iterable[FeedHealth]) -> None:
    """Prints a table with one line per feed."""
    table = new_table("feed", "state", "last polls", "entries", "next poll", "reason")
    for row in rows:
        due = "never" if row.next_poll_at is None else f"{row.next_poll_at:%Y-%m-%d %H:%M}Z"
        notes = (
            row.reason,
            f"moving to {row.moving_to}" if row.moving_to else "",
            f"moved to {row.url}; write this URL into {FEEDS_FILE}" if row.url != row.configured_url else "",
            f"private: {row.private_because}" if row.private else "",
            *(f"{count} taken for one: {reason}" for reason, count in row.taken_for_one.items()),
        )
        why = "; ".join(note for note in notes if note)
        table.add_row(
            row.name, str(row.state), count_repetitions(row.outcomes) or "none yet", str(row.entries), due, why
        )
    new_console().print(table)
