"""What do people type, and what are they told?

    run     the daemon: poll, extract, merge, publish, serve
    once    poll what is due, process until nothing is pending, exit
    check   validate the configuration
    init    write a starter configuration
    demo    run on a built-in sample newsroom, without a network
    digest  print or write a digest
    feeds   list, refresh, find, add and remove feeds
    stories, status, migrate, schema

Exit codes: 0 done, 1 something failed, 2 usage or configuration. An error a person can cause is
told in sentences, never as a traceback.
"""

from __future__ import annotations

import asyncio
import dataclasses
import difflib
import json
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import make_url

from aggregator import starter
from aggregator.clock import utc_now
from aggregator.configuration import FEEDS_FILE, config_directory, load
from aggregator.configuration_editing import FeedValue
from aggregator.configuration_writing import add_feed, listed, remove_feed
from aggregator.credentials import without_userinfo
from aggregator.daemon import base_url_of, run_daemon
from aggregator.demo.play import play_demo
from aggregator.errors import AggregatorError, AlreadyRunning, ConfigurationError
from aggregator.library import StoredLibrary
from aggregator.logs import configure_logging
from aggregator.model import FeedHealth
from aggregator.opening import new_key, open_database, open_outside, open_service, wait_for_refresh
from aggregator.parsing.discovery import web_address
from aggregator.pipeline import Pipeline
from aggregator.publishing.rendering import Format, render
from aggregator.publishing.writing import write_whole
from aggregator.schemas import schema_text
from aggregator.settings import Configuration, FeedsFile, LogLevel, Settings
from aggregator.steps.discover import Discovery, FoundFeed, discover
from aggregator.store.database import Database
from aggregator.store.migrating import migrate
from aggregator.store.notes import tag_authority
from aggregator.wording import counted

app = typer.Typer(
    help="Polls news feeds, recognises copies of one text, and publishes one merged digest feed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
feeds_app = typer.Typer(help="The feeds and how they are doing.", no_args_is_help=True)
stories_app = typer.Typer(help="The stories and who carried them.", no_args_is_help=True)
app.add_typer(feeds_app, name="feeds")
app.add_typer(stories_app, name="stories")

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Folder with feeds.yaml and aggregator.yaml.  [default: $AGGREGATOR_CONFIG or config]"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


_TAKES_EFFECT = "A running service takes it up when it is started again."


class SchemaFile(StrEnum):
    """The files that have a JSON Schema."""

    FEEDS = "feeds"
    AGGREGATOR = "aggregator"


def main() -> None:
    """The ``aggregator`` command."""
    try:
        app()
    except ConfigurationError as error:
        _tell(error)
        sys.exit(2)
    except AggregatorError as error:
        _tell(error)
        sys.exit(1)


@app.command()
def run(
    config: Config = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on, instead of web.host.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port, instead of web.port.")] = None,
) -> None:
    """Run the service: poll, extract, merge, publish and serve, until it is stopped."""
    configuration = _listening_on(_configured(config), host=host, port=port)
    asyncio.run(run_daemon(configuration, on_ready=_announce(configuration)))


@app.command()
def once(config: Config = None) -> None:
    """Poll what is due, process until nothing is pending, and exit; for cron."""

    async def work() -> None:
        async with open_service(configuration) as service:
            await Pipeline(service).once()

    configuration = _configured(config)
    asyncio.run(work())


@app.command()
def check(config: Config = None) -> None:
    """Validate the configuration; tell every mistake with its file and line."""
    directory = config_directory(config)
    configuration = load(directory)
    typer.echo(
        f"{directory}: the configuration is valid: {_count(len(configuration.feeds), 'feed')}, "
        f"{_count(len(configuration.digests), 'digest')}, database {_shown(configuration)}"
    )


@app.command()
def init(directory: Annotated[Path, typer.Argument(help="Folder to write.")] = Path("config")) -> None:
    """Write a starter configuration; files that are there are left alone."""
    for path, written in starter.write(directory):
        typer.echo(f"{path}: written" if written else f"{path}: is there already, left alone")
    typer.echo(f"Next: list your feeds in {directory / 'feeds.yaml'}, then type: aggregator run --config {directory}")


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port the digest is served on; 0 takes a free one.")] = 8642,
) -> None:
    """Run the service on a built-in sample newsroom on this machine; needs no network."""
    play_demo(port=port, on_ready=_announce_demo)


@app.command()
def digest(
    name: Annotated[str, typer.Argument(help="Name of the digest.")] = "digest",
    *,
    format_: Annotated[Format, typer.Option("--format", help="Format of the digest.")] = Format.ATOM,
    output: Annotated[Path | None, typer.Option(help="File to write, whole or not at all.")] = None,
    page: Annotated[int, typer.Option(min=1, help="Page of the digest.")] = 1,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Stories on a page, instead of the configured number.")
    ] = None,
    config: Config = None,
) -> None:
    """Print a digest, or write it to a file; works while the service runs."""
    configuration = _configured(config, quiet=True)
    with _library(configuration) as library:
        shown = library.digest(name, page, limit=limit)
        if shown is None and name not in library.digest_names():
            known = ", ".join(library.digest_names())
            raise ConfigurationError(f"there is no digest named {name!r}; the configuration has: {known}")
    if shown is None:
        raise ConfigurationError(f"the digest {name!r} has no page {page}")
    body = render(shown, format_)
    if output is None:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        write_whole(output, body)


@feeds_app.command("list")
def list_feeds(config: Config = None, as_json: Json = False) -> None:
    """Show every feed: what came of its last poll, and when the next one is."""
    with _library(_configured(config, quiet=True)) as library:
        rows = library.feeds()
    if as_json:
        _print_json(rows)
        return
    _print_health(rows)


@feeds_app.command("refresh")
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
        async with open_service(configuration) as service:
            await Pipeline(service).refresh(wanted)

    configuration = _configured(config, quiet=True)
    wanted = _known_feeds(configuration, names)
    try:
        asyncio.run(work())
    except AlreadyRunning:
        typer.echo("The running service is asked to poll them.", err=True)
        wait_for_refresh(configuration, wanted)
    with _library(configuration) as library:
        rows = tuple(row for row in library.feeds() if wanted is None or row.name in wanted)
    if as_json:
        _print_json(rows)
    else:
        _print_health(rows)


@feeds_app.command("discover")
def discover_feeds(
    url: Annotated[str, typer.Argument(help="Address of a site, a page or a feed.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Find the feeds of a site: those its page names, else those at the usual places; each is asked for and read."""
    found = _discovered(_configured(config, quiet=True), web_address(url))
    if as_json:
        _print_json([dataclasses.replace(feed, url=without_userinfo(feed.url)) for feed in found.feeds])
    elif found.feeds:
        _print_found(found)
    if found.stopped:
        typer.echo(f"aggregator: the search ended early: {found.stopped}", err=True)
    if not found.feeds:
        raise AggregatorError(_nothing_found(url, found))


@feeds_app.command("add")
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
    """Add a feed to feeds.yaml; everything else in the file stays as it was written."""
    directory = config_directory(config)
    is_first = directory.is_dir() and not (directory / FEEDS_FILE).exists()
    configuration = _configured(config, quiet=True, feeds_text="" if is_first else None)
    url = web_address(url)
    _refuse_if_listed(configuration, url)
    found = None if no_check else _one_feed(configuration, url, take_first=yes)
    options: dict[str, FeedValue | None] = {
        "url": found.url if found else url,
        "name": name,
        "title": title,
        "tags": tuple(tag or ()) or None,
        "every": every,
        "priority": priority,
    }
    added = add_feed(directory, {key: value for key, value in options.items() if value is not None})
    what = f": {found.format}, {_count(found.entries, 'entry')}, {found.title!r}" if found else ", not checked"
    typer.echo(f"{directory / FEEDS_FILE}: added {added.name} ({without_userinfo(added.url)}{what})")
    typer.echo(_TAKES_EFFECT)


@feeds_app.command("remove")
def remove_from_feeds(
    feed: Annotated[str, typer.Argument(metavar="NAME|URL", help="The feed's name, or its URL.")],
    config: Config = None,
) -> None:
    """Take a feed out of feeds.yaml, with its own comments; what it brought stays stored."""
    directory = config_directory(config)
    removed = remove_feed(directory, feed)
    typer.echo(f"{directory / FEEDS_FILE}: removed {removed.name} ({without_userinfo(removed.url)})")
    typer.echo(_TAKES_EFFECT)


@stories_app.command("list")
def list_stories(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 20,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show the newest stories and how many outlets carried each."""
    configuration = _configured(config, quiet=True)
    with _library(configuration) as library:
        shown = library.digest(configuration.digests[0].name, 1, limit=limit)
    stories = shown.stories if shown else ()
    if as_json:
        _print_json([{"key": s.key, "title": s.title, "copies": [c.url for c in s.copies]} for s in stories])
        return
    table = _table("story", "title", "copies", "outlets")
    for story in stories:
        outlets = ", ".join(dict.fromkeys(copy.outlet for copy in story.copies))
        table.add_row(story.key, story.title, str(len(story.copies)), outlets)
    Console().print(table)


@app.command()
def status(config: Config = None, as_json: Json = False) -> None:
    """Show what is stored, and how much waits for each step."""
    with _library(_configured(config, quiet=True)) as library:
        health = library.health()
    if as_json:
        _print_json(health)
        return
    table = _table("what", "how much")
    for field in dataclasses.fields(health):
        value = getattr(health, field.name)
        table.add_row(field.name.replace("_", " "), "never" if value is None else str(value))
    Console().print(table)


@app.command("migrate")
def migrate_database(config: Config = None) -> None:
    """Bring the database to this program's version; every other command that needs it does so too."""
    configuration = _configured(config, quiet=True)
    database = Database(configuration.settings.database)
    try:
        applied = migrate(database)
    finally:
        database.close()
    typer.echo(f"{database.shown_url}: " + (f"migrated to {applied[-1]}" if applied else "is up to date"))


@app.command()
def schema(file: Annotated[SchemaFile, typer.Argument(help="Which file the schema is for.")]) -> None:
    """Print the JSON Schema of a configuration file, for editors."""
    typer.echo(schema_text(FeedsFile if file is SchemaFile.FEEDS else Settings), nl=False)


def _configured(option: Path | None, *, quiet: bool = False, feeds_text: str | None = None) -> Configuration:
    configuration = load(config_directory(option), feeds_text=feeds_text)
    logging = configuration.settings.logging
    configure_logging(logging.model_copy(update={"level": LogLevel.WARNING}) if quiet else logging)
    return configuration


def _listening_on(configuration: Configuration, *, host: str | None, port: int | None) -> Configuration:
    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    web = configuration.settings.web.model_copy(update=given)
    return configuration.model_copy(update={"settings": configuration.settings.model_copy(update={"web": web})})


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
    table = _table("feed", "state", "last polls", "entries", "next poll", "why")
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
            f"{without_userinfo(url)} leads to {_count(len(found.feeds), 'feed')}; type one of:\n{commands}"
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
    tried = f", and none of {_count(others, 'other address')} is a feed" if others > 0 else ""
    return f"no feed was found at {without_userinfo(url)}: {first}{tried}"


def _print_found(found: Discovery) -> None:
    table = _table("feed", "title", "format", "entries", "found because")
    for feed in found.feeds:
        table.add_row(
            escape(without_userinfo(feed.url)), escape(feed.title), feed.format, str(feed.entries), feed.reason
        )
    Console().print(table)


@contextmanager
def _library(configuration: Configuration) -> Iterator[StoredLibrary]:
    """The stored stories, to read; works while the service runs."""
    with open_database(configuration, hold=False) as database:
        with database.writing() as session:
            authority = tag_authority(session, candidate=new_key(), now=utc_now())
        yield StoredLibrary(
            database,
            configuration=lambda: configuration,
            authority=authority,
            base_url=base_url_of(configuration),
            clock=utc_now,
        )


def _announce(configuration: Configuration) -> Callable[[str], None]:
    def announce(base_url: str) -> None:
        typer.echo(f"Digest: {base_url}/digest.atom   (also .rss and .json; for a browser: {base_url}/)")
        if not configuration.feeds:
            typer.echo("No feeds are configured yet: add some to feeds.yaml and start again.")

    return announce


def _announce_demo(base_url: str) -> None:
    typer.echo(f"The demo's front page: {base_url}/   its digest: {base_url}/digest.atom   (Ctrl-C ends it)")


def _tell(error: AggregatorError) -> None:
    typer.echo(f"aggregator: {error}" if "\n" not in str(error) else f"aggregator:\n{error}", err=True)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, default=_plain, indent=2, ensure_ascii=False))


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _count(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}{'es' if noun.endswith('s') else 's'}"


def _shown(configuration: Configuration) -> str:
    return make_url(configuration.settings.database).render_as_string(hide_password=True)
