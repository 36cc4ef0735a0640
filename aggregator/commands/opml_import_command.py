"""Adds the feeds of a subscription list to feeds.yaml."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from aggregator.bootstrap import open_discovery
from aggregator.commands.console import print_json, print_text, read_configuration
from aggregator.commands.options import Config, Json
from aggregator.configuration.file_updates import add_feeds
from aggregator.configuration.loading import FEEDS_FILE, config_directory
from aggregator.errors import AggregatorError, ConfigurationError
from aggregator.model.parsing import Unreadable
from aggregator.model.polling import FetchOutcome, SuccessResponse
from aggregator.parsing.subscription_reader import read_subscriptions
from aggregator.plurals import number_of
from aggregator.polling.fetch import FetchKind
from aggregator.settings.settings_file import Configuration
from aggregator.url_credentials import without_userinfo

_SHOWN_WITH_ONE_REASON = 10


def import_feeds(
    source: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="File or URL of the subscription list; - reads standard input.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the feeds that would be added, and write nothing.")
    ] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Appends the feeds of an OPML document or a list of URLs that are not listed yet to feeds.yaml.

    Raises ``AggregatorError`` if the list cannot be read.
    """
    directory = config_directory(config)
    is_first = directory.is_dir() and not (directory / FEEDS_FILE).exists()
    configuration = read_configuration(config, quiet=True, feeds_text="" if is_first else None)
    read = read_subscriptions(_list_at(configuration, source))
    shown = "standard input" if source == "-" else without_userinfo(source)
    if isinstance(read, Unreadable):
        raise AggregatorError(f"{shown}: {read.reason}")
    imported = add_feeds(directory, read.feeds, dry_run=dry_run)
    left_out = (*((part.what, part.reason) for part in read.skipped), *imported.left_out)
    if as_json:
        print_json(
            {
                "format": read.format,
                "read": len(read.feeds),
                "problems": read.problems,
                "added": imported.added,
                "left_out": [{"what": what, "reason": why} for what, why in left_out],
            }
        )
        return
    print_text(f"{shown}: this is {read.format} with {number_of(len(read.feeds), 'feed')}")
    for problem in read.problems:
        print_text(f"{shown}: {problem}", error=True)
    for line in _grouped(left_out):
        print_text(line, error=True)
    done = "would be added" if dry_run else "added"
    typer.echo(f"{directory / FEEDS_FILE}: {number_of(len(imported.added), 'feed')} {done}")
    for name in imported.added:
        print_text(f"  {name}")


def _grouped(left_out: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yields a sentence for each part that was left out; many with one reason are counted."""
    by_reason: dict[str, list[str]] = {}
    for what, why in left_out:
        by_reason.setdefault(why, []).append(what)
    for why, parts in by_reason.items():
        yield from (f"skipped: {what}: {why}" for what in parts[:_SHOWN_WITH_ONE_REASON])
        if len(parts) > _SHOWN_WITH_ONE_REASON:
            yield f"skipped: {len(parts) - _SHOWN_WITH_ONE_REASON} more: {why}"


def _list_at(configuration: Configuration, source: str) -> bytes:
    """Returns the bytes of a subscription list from standard input, a file or a URL."""
    if source == "-":
        return sys.stdin.buffer.read()
    if not source.lower().startswith(("http://", "https://")):
        try:
            return Path(source).read_bytes()
        except OSError as error:
            raise ConfigurationError(f"{source}: cannot be read: {error.strerror}") from error

    async def fetch() -> FetchOutcome:
        async with open_discovery(configuration.settings) as outside:
            return await outside.fetcher.get(source, kind=FetchKind.FEED)

    outcome = asyncio.run(fetch())
    if not isinstance(outcome, SuccessResponse):
        raise AggregatorError(f"{without_userinfo(source)}: cannot be fetched: {outcome}")
    return outcome.body
