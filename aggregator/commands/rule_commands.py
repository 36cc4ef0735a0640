"""Previews the keep and drop rules, and lists the entries that they dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

import typer

from aggregator.commands.console import new_console, new_table, print_json, print_text, read_configuration
from aggregator.commands.options import Config, Json
from aggregator.configured_database import open_database
from aggregator.entry_rules import FeedRules, RuledEntry, rules_of
from aggregator.errors import ConfigurationError
from aggregator.settings.settings_file import Configuration
from aggregator.store import rule_changes
from aggregator.store.database import Database

Feeds = Annotated[
    list[str] | None, typer.Option("--feed", metavar="NAME", help="Only this feed; can be given several times.")
]

_AT_ONCE = 500
_SHOWN = 10


@dataclass(kw_only=True)
class _Preview:
    """The effect of the configured rules on the stored entries of one feed."""

    feed: str
    entries: int = 0
    dropped_by: Counter[str] = field(default_factory=Counter)
    newly_dropped: list[str] = field(default_factory=list)
    let_in: list[str] = field(default_factory=list)
    slow: Counter[str] = field(default_factory=Counter)


def preview_rules(
    feeds: Feeds = None,
    *,
    show: Annotated[
        int, typer.Option(metavar="NUMBER", min=0, help="Changed entries to show for each feed, by title.")
    ] = _SHOWN,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Prints which stored entries the configured rules would drop or keep; changes nothing."""
    configuration = read_configuration(config, quiet=True)
    names = _chosen(configuration, feeds)
    with open_database(configuration, hold=False) as database:
        previews = [_previewed(database, name, rules_of(configuration, name)) for name in names]
    if as_json:
        print_json(
            [
                {
                    "feed": preview.feed,
                    "entries": preview.entries,
                    "dropped_by": dict(preview.dropped_by),
                    "newly_dropped": preview.newly_dropped,
                    "let_in": preview.let_in,
                    "too_slow": dict(preview.slow),
                }
                for preview in previews
            ]
        )
        return
    console = new_console()
    table = new_table("feed", "entries", "dropped", "newly dropped", "kept again")
    for preview in previews:
        figures = (preview.entries, preview.dropped_by.total(), len(preview.newly_dropped), len(preview.let_in))
        table.add_row(preview.feed, *map(str, figures))
    console.print(table)
    for preview in previews:
        for line in _change_lines(preview, show):
            print_text(line)


def list_dropped(
    feeds: Feeds = None,
    *,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=100_000, help="Number of entries, the newest first.")
    ] = 50,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Prints the stored entries that a rule drops, the newest first."""
    configuration = read_configuration(config, quiet=True)
    names = _chosen(configuration, feeds) if feeds else ()
    with open_database(configuration, hold=False) as database, database.reading() as session:
        found = rule_changes.dropped_entries(session, names, limit=limit)
    if as_json:
        print_json(found)
        return
    table = new_table("feed", "title", "seen", "dropped by")
    for entry in found:
        table.add_row(entry.feed, entry.title, f"{entry.seen_at:%Y-%m-%d %H:%M}", entry.dropped_by)
    new_console().print(table)


def _chosen(configuration: Configuration, names: list[str] | None) -> tuple[str, ...]:
    known = tuple(feed.name or "" for feed in configuration.feeds)
    for name in names or ():
        if name not in known:
            raise ConfigurationError(f"no feed is named {name!r}; list the names with: aggregator feeds list")
    return tuple(names or known)


def _previewed(database: Database, name: str, rules: FeedRules) -> _Preview:
    preview = _Preview(feed=name)
    for entry, was_dropped in _stored(database, name):
        preview.entries += 1
        sifted = rules.apply_rules(entry)
        preview.slow.update(sifted.slow)
        if sifted.dropped_by is not None:
            preview.dropped_by[sifted.dropped_by] += 1
        if sifted.dropped_by is not None and not was_dropped:
            preview.newly_dropped.append(entry.title)
        if sifted.dropped_by is None and was_dropped:
            preview.let_in.append(entry.title)
    return preview


def _stored(database: Database, name: str) -> Iterator[tuple[RuledEntry, bool]]:
    """Yields the stored entries of a feed, the oldest first, and whether each is dropped now."""
    after = 0
    while True:
        with database.reading() as session:
            rows = rule_changes.stored_entries(session, name, after=after, limit=_AT_ONCE)
            yield from ((row, row.dropped_by is not None) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        after = rule_changes.last_entry_id(rows)


def _change_lines(preview: _Preview, show: int) -> Iterator[str]:
    if not preview.dropped_by and not preview.let_in and not preview.slow:
        return
    yield ""
    yield preview.feed
    for rule, times in preview.dropped_by.most_common():
        yield f"  {times} × {rule}"
    for rule, times in preview.slow.most_common():
        yield f"  stopped after the time limit on {times} entries: {rule}"
    for what, titles in (("would be dropped", preview.newly_dropped), ("would be kept again", preview.let_in)):
        for title in titles[:show]:
            yield f"  {what}: {title}"
        if len(titles) > show:
            yield f"  {what}: {len(titles) - show} more"
