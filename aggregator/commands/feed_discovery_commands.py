"""Discovers the feeds of a site, and adds a feed to feeds.yaml."""

from __future__ import annotations

import asyncio
import dataclasses
import shlex
from typing import Annotated

import typer

from aggregator.bootstrap import open_discovery
from aggregator.commands.console import new_console, new_table, print_json, print_text, read_configuration
from aggregator.commands.feed_removal_command import EDIT_NOTE
from aggregator.commands.options import Config, Json
from aggregator.configuration.file_updates import add_feed, configured_feed
from aggregator.configuration.loading import FEEDS_FILE, config_directory
from aggregator.configuration.settings_dump import YamlValue
from aggregator.errors import AggregatorError, ConfigurationError
from aggregator.parsing.feed_discovery import to_web_url
from aggregator.plurals import number_of
from aggregator.settings.settings_file import Configuration
from aggregator.steps.discover_feeds import DiscoveredFeed, Discovery, find_feeds
from aggregator.url_credentials import without_userinfo


def discover_feeds(
    url: Annotated[str, typer.Argument(metavar="URL", help="URL of a site, a page or a feed.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Prints the feeds of a site; raises ``AggregatorError`` if it has none."""
    found = _discovered(read_configuration(config, quiet=True), to_web_url(url))
    if as_json:
        print_json([dataclasses.replace(feed, url=without_userinfo(feed.url)) for feed in found.feeds])
    elif found.feeds:
        _print_found(found)
    if found.stopped:
        print_text(f"aggregator: the search stopped early: {found.stopped}", error=True)
    if not found.feeds:
        raise AggregatorError(_nothing_found(url, found))


def add_to_feeds(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="URL of the feed, or of a page that links exactly one feed.")
    ],
    *,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Permanent name of the feed, instead of one made from its URL.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Title to show, instead of the title in the feed.")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="TAG", help="Tag by which digests select the feed; can be given several times."),
    ] = None,
    every: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Shortest poll interval, for example 30m.")
    ] = None,
    priority: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", help="The copy with the highest priority becomes the canonical copy."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="If the page links several feeds, add the first.")] = False,
    no_check: Annotated[bool, typer.Option("--no-check", help="Add the URL without fetching it.")] = False,
    config: Config = None,
) -> None:
    """Appends a feed to feeds.yaml, after fetching and parsing it unless ``no_check``.

    Raises ``ConfigurationError`` if the feed is already listed or the page links several feeds, and
    ``AggregatorError`` if there is no feed.
    """
    directory = config_directory(config)
    is_first = directory.is_dir() and not (directory / FEEDS_FILE).exists()
    configuration = read_configuration(config, quiet=True, feeds_text="" if is_first else None)
    url = to_web_url(url)
    _refuse_if_listed(configuration, url)
    found = None if no_check else _one_feed(configuration, url, take_first=yes)
    options: dict[str, YamlValue | None] = {
        "url": found.url if found else url,
        "name": name,
        "title": title,
        "tags": tuple(tag or ()) or None,
        "every": every,
        "priority": priority,
    }
    added = add_feed(directory, {key: value for key, value in options.items() if value is not None})
    what = f": {found.format}, {number_of(found.entries, 'entry')}, {found.title!r}" if found else ", not checked"
    print_text(f"{directory / FEEDS_FILE}: added {added.name} ({without_userinfo(added.url)}{what})")
    typer.echo(EDIT_NOTE)


def _discovered(configuration: Configuration, url: str) -> Discovery:
    async def look() -> Discovery:
        async with open_discovery(configuration.settings) as outside:
            return await find_feeds(outside, url)

    return asyncio.run(look())


def _one_feed(configuration: Configuration, url: str, *, take_first: bool) -> DiscoveredFeed:
    """Returns the feed at ``url``, or the one that its page links; raises if there are several or none."""
    found = _discovered(configuration, url)
    if not found.feeds:
        raise AggregatorError(f"{_nothing_found(url, found)}; to add the URL without a check, use --no-check")
    if len(found.feeds) > 1 and not take_first:
        _print_found(found)
        commands = "\n".join(f"  aggregator feeds add {shlex.quote(without_userinfo(f.url))}" for f in found.feeds)
        raise ConfigurationError(
            f"{without_userinfo(url)} links {number_of(len(found.feeds), 'feed')}; run one of:\n{commands}"
        )
    _refuse_if_listed(configuration, found.feeds[0].url)
    return found.feeds[0]


def _refuse_if_listed(configuration: Configuration, url: str) -> None:
    if known := configured_feed(configuration, url):
        raise ConfigurationError(f"{without_userinfo(url)} is already in {FEEDS_FILE}, with the name {known.name}")


def _nothing_found(url: str, found: Discovery) -> str:
    """Returns the reason why no feed was found: the result of the first request, and the number of others."""
    first = found.attempts[0].outcome if found.attempts else "no request was possible"
    others = len(found.attempts) - 1
    tried = f", and none of {number_of(others, 'other address')} is a feed" if others > 0 else ""
    return f"no feed was found at {without_userinfo(url)}: {first}{tried}"


def _print_found(found: Discovery) -> None:
    table = new_table("feed", "title", "format", "entries", "source")
    for feed in found.feeds:
        table.add_row(without_userinfo(feed.url), feed.title, feed.format, str(feed.entries), feed.reason)
    new_console().print(table)
