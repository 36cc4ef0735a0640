"""Discovers the feeds of a site, and adds a feed to feeds.yaml."""

from __future__ import annotations

import asyncio
import dataclasses
import shlex
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from aggregator.bootstrap import open_outside
from aggregator.commands.console import configured, print_json, table_of
from aggregator.commands.feed_removal_command import EDIT_NOTE
from aggregator.commands.options import Config, Json
from aggregator.configuration.file_updates import add_feed, listed
from aggregator.configuration.loading import FEEDS_FILE, config_directory
from aggregator.configuration.settings_dump import Written
from aggregator.errors import AggregatorError, ConfigurationError
from aggregator.parsing.feed_discovery import web_address
from aggregator.plurals import number_of
from aggregator.settings.settings_file import Configuration
from aggregator.steps.discover_feeds import Discovery, FoundFeed, discover
from aggregator.url_credentials import without_userinfo


def discover_feeds(
    url: Annotated[str, typer.Argument(help="Address of a site, a page or a feed.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Find the feeds of a site: those its page names, else those at the usual places; each is asked for and read."""
    found = _discovered(configured(config, quiet=True), web_address(url))
    if as_json:
        print_json([dataclasses.replace(feed, url=without_userinfo(feed.url)) for feed in found.feeds])
    elif found.feeds:
        _print_found(found)
    if found.stopped:
        typer.echo(f"aggregator: the search ended early: {found.stopped}", err=True)
    if not found.feeds:
        raise AggregatorError(_nothing_found(url, found))


def add_to_feeds(
    url: Annotated[str, typer.Argument(help="Address of the feed, or of a page that names exactly one.")],
    *,
    name: Annotated[
        str | None, typer.Option(help="Stable key of the feed, instead of one derived from its URL.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Shown instead of the title the feed gives itself.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="Word to choose the feed by; may be given several times.")
    ] = None,
    every: Annotated[str | None, typer.Option(help="Never polled more often than this, for example 30m.")] = None,
    priority: Annotated[int | None, typer.Option(help="The copy of the higher priority leads its story.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Of several feeds that a page names, take the first.")] = False,
    no_check: Annotated[bool, typer.Option("--no-check", help="Do not ask for the address; add it as it is.")] = False,
    config: Config = None,
) -> None:
    """Add a feed to feeds.yaml; everything else in the file stays as it was written.

    A running service takes the edit up within seconds.
    """
    directory = config_directory(config)
    is_first = directory.is_dir() and not (directory / FEEDS_FILE).exists()
    configuration = configured(config, quiet=True, feeds_text="" if is_first else None)
    url = web_address(url)
    _refuse_if_listed(configuration, url)
    found = None if no_check else _one_feed(configuration, url, take_first=yes)
    options: dict[str, Written | None] = {
        "url": found.url if found else url,
        "name": name,
        "title": title,
        "tags": tuple(tag or ()) or None,
        "every": every,
        "priority": priority,
    }
    added = add_feed(directory, {key: value for key, value in options.items() if value is not None})
    what = f": {found.format}, {number_of(found.entries, 'entry')}, {found.title!r}" if found else ", not checked"
    typer.echo(f"{directory / FEEDS_FILE}: added {added.name} ({without_userinfo(added.url)}{what})")
    typer.echo(EDIT_NOTE)


def _discovered(configuration: Configuration, url: str) -> Discovery:
    async def look() -> Discovery:
        async with open_outside(configuration.settings) as outside:
            return await discover(outside, url)

    return asyncio.run(look())


def _one_feed(configuration: Configuration, url: str, *, take_first: bool) -> FoundFeed:
    """The feed at ``url``, or the one its page leads to; a person has to choose among several."""
    found = _discovered(configuration, url)
    if not found.feeds:
        raise AggregatorError(f"{_nothing_found(url, found)}; to add it all the same: --no-check")
    if len(found.feeds) > 1 and not take_first:
        _print_found(found)
        commands = "\n".join(f"  aggregator feeds add {shlex.quote(without_userinfo(f.url))}" for f in found.feeds)
        raise ConfigurationError(
            f"{without_userinfo(url)} leads to {number_of(len(found.feeds), 'feed')}; type one of:\n{commands}"
        )
    _refuse_if_listed(configuration, found.feeds[0].url)
    return found.feeds[0]


def _refuse_if_listed(configuration: Configuration, url: str) -> None:
    if known := listed(configuration, url):
        raise ConfigurationError(f"{without_userinfo(url)} is in {FEEDS_FILE} already, under the name {known.name}")


def _nothing_found(url: str, found: Discovery) -> str:
    """Why there is no feed, by what came of the address itself."""
    first = found.attempts[0].outcome if found.attempts else "nothing could be asked for"
    others = len(found.attempts) - 1
    tried = f", and none of {number_of(others, 'other address')} is a feed" if others > 0 else ""
    return f"no feed was found at {without_userinfo(url)}: {first}{tried}"


def _print_found(found: Discovery) -> None:
    table = table_of("feed", "title", "format", "entries", "found because")
    for feed in found.feeds:
        table.add_row(
            escape(without_userinfo(feed.url)), escape(feed.title), feed.format, str(feed.entries), feed.reason
        )
    Console().print(table)
