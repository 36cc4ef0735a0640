"""Polls feeds at a user's request."""

from __future__ import annotations

import asyncio
import difflib
from typing import Annotated

import typer

from aggregator.bootstrap import open_service, wait_for_refresh
from aggregator.commands.console import print_json, read_configuration
from aggregator.commands.feed_list_command import print_feed_health
from aggregator.commands.options import Config, Json
from aggregator.commands.progress_bars import show_service_progress
from aggregator.commands.stored_library import open_library
from aggregator.errors import AlreadyRunning, ConfigurationError
from aggregator.pipeline import Pipeline
from aggregator.settings.settings_file import Configuration


def refresh_feeds(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="Names of the feeds; all feeds if omitted.")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Polls the named feeds, or all, in this process or in the service that holds the database.

    Raises ``ConfigurationError`` for a name that no feed has.
    """

    async def work() -> None:
        async with open_service(configuration) as service, show_service_progress(service):
            await Pipeline(service).refresh(wanted)

    configuration = read_configuration(config, quiet=True)
    wanted = _known_feeds(configuration, names)
    try:
        asyncio.run(work())
    except AlreadyRunning:
        typer.echo("The running service polls them.", err=True)
        wait_for_refresh(configuration, wanted)
    with open_library(configuration) as library:
        rows = tuple(row for row in library.feeds() if wanted is None or row.name in wanted)
    if as_json:
        print_json(rows)
    else:
        print_feed_health(rows)


def _known_feeds(configuration: Configuration, names: list[str] | None) -> frozenset[str] | None:
    """Returns the names as a set, or None for all feeds; raises ``ConfigurationError`` for an unknown name."""
    known = [feed.name for feed in configuration.feeds if feed.name]
    for name in names or ():
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            meant = f"did you mean {close[0]!r}?" if close else "list the names with: aggregator feeds list"
            raise ConfigurationError(f"no feed is named {name!r}; {meant}")
    return frozenset(names) if names else None
