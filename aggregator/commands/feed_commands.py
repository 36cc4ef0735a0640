"""The feeds from a terminal: list, refresh, discover, add, remove."""

from __future__ import annotations

import asyncio
import dataclasses
import difflib
import shlex
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from aggregator.bootstrap import open_outside, open_service, wait_for_refresh
from aggregator.commands.console import Config, Json, configured, number_of, opened_library, print_json, table_of
from aggregator.commands.opml_commands import export_feeds, import_feeds
from aggregator.commands.progress_bars import followed
from aggregator.configuration.file_updates import add_feed, listed, remove_feed
from aggregator.configuration.loading import FEEDS_FILE, config_directory
from aggregator.configuration.settings_dump import Written
from aggregator.errors import AggregatorError, AlreadyRunning, ConfigurationError
from aggregator.model.operations import FeedHealth
from aggregator.parsing.feed_discovery import web_address
from aggregator.pipeline import Pipeline
from aggregator.plurals import counted
from aggregator.settings.settings_file import Configuration
from aggregator.steps.discover_feeds import Discovery, FoundFeed, discover
from aggregator.url_credentials import without_userinfo

feeds_app = typer.Typer(help="The feeds and how they are doing.", no_args_is_help=True)
feeds_app.command("export", epilog="Example: aggregator feeds export --output mine.opml")(export_feeds)
feeds_app.command("import", epilog="Example: aggregator feeds import subscriptions.opml --dry-run")(import_feeds)

_TAKES_EFFECT = "A running service takes it up within seconds."


@feeds_app.command("list")
def list_feeds(config: Config = None, as_json: Json = False) -> None:
    """Show every feed: what came of its last poll, and when the next one is."""
    with opened_library(configured(config, quiet=True)) as library:
        rows = library.feeds()
    if as_json:
        print_json(rows)
        return
    _print_health(rows)


@feeds_app.command("refresh", epilog="Example: aggregator feeds refresh example-world")
def refresh_feeds(
    names: Annotated[list[str] | None, typer.Argument(help="Names of the feeds; all of them when left out.")] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Poll feeds now, as politely as ever, and forget their failures; a running service does it itself.

    No feed is asked sooner than polling.refresh after its last poll, nor while its host wants quiet.
    One that says it is gone is asked when it is named.
    """

    async def work() -> None:
        async with open_service(configuration) as service, followed(service):
            await Pipeline(service).refresh(wanted)

    configuration = configured(config, quiet=True)
    wanted = _known_feeds(configuration, names)
    try:
        asyncio.run(work())
    except AlreadyRunning:
        typer.echo("The running service is asked to poll them.", err=True)
        wait_for_refresh(configuration, wanted)
    with opened_library(configuration) as library:
        rows = tuple(row for row in library.feeds() if wanted is None or row.name in wanted)
    if as_json:
        print_json(rows)
    else:
        _print_health(rows)


@feeds_app.command("discover", epilog="Example: aggregator feeds discover https://example.org/")
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


@feeds_app.command("add", epilog="Example: aggregator feeds add https://example.org/world.xml --tag world --every 30m")
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
    typer.echo(_TAKES_EFFECT)


@feeds_app.command("remove", epilog="Example: aggregator feeds remove example-world")
def remove_from_feeds(
    feed: Annotated[str, typer.Argument(metavar="NAME|URL", help="The feed's name, or its URL.")],
    config: Config = None,
) -> None:
    """Take a feed out of feeds.yaml, with its own comments; what it brought stays stored.

    A running service takes the edit up within seconds.
    """
    directory = config_directory(config)
    removed = remove_feed(directory, feed)
    typer.echo(f"{directory / FEEDS_FILE}: removed {removed.name} ({without_userinfo(removed.url)})")
    typer.echo(_TAKES_EFFECT)


def _known_feeds(configuration: Configuration, names: list[str] | None) -> frozenset[str] | None:
    """The names as given; None for all feeds. A name nobody has is a mistake of the person who typed it."""
    known = [feed.name for feed in configuration.feeds if feed.name]
    for name in names or ():
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            meant = f"did you mean {close[0]!r}?" if close else "type: aggregator feeds list"
            raise ConfigurationError(f"there is no feed named {name!r}; {meant}")
    return frozenset(names) if names else None


def _print_health(rows: Iterable[FeedHealth]) -> None:
    table = table_of("feed", "state", "last polls", "entries", "next poll", "why")
    for row in rows:
        due = "never" if row.next_poll_at is None else f"{row.next_poll_at:%Y-%m-%d %H:%M}Z"
        notes = (
            row.reason,
            f"moving to {row.moving_to}" if row.moving_to else "",
            f"moved to {row.url}; write that into {FEEDS_FILE}" if row.url != row.configured_url else "",
            f"private: {row.private_because}" if row.private else "",
        )
        why = escape("; ".join(note for note in notes if note))
        table.add_row(row.name, str(row.state), counted(row.outcomes) or "none yet", str(row.entries), due, why)
    Console().print(table)


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
