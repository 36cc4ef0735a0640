"""What do people type, and what are they told?

    run     the daemon: poll, extract, merge, publish, serve
    once    poll what is due, process until nothing is pending, exit
    check   validate the configuration
    init    write a starter configuration
    demo    run on a built-in sample newsroom, without a network
    digest  print or write a digest
    feeds   list, refresh, find, add and remove feeds
    stories list and show stories
    eval    measure merging on labelled pairs, or label pairs
    doctor  look at what the service needs, and say what to do
    backup  write all that is stored into a file; restore puts it into an empty database
    status, migrate, schema

Exit codes: 0 done, 1 something failed, 2 usage or configuration. An error a person can cause is
told in sentences, never as a traceback.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import make_url

from aggregator.bootstrap import open_service
from aggregator.commands.backup_commands import backup, restore
from aggregator.commands.console import Config, Json, configured, number_of, opened_library, print_json, table_of
from aggregator.commands.doctor import doctor
from aggregator.commands.eval_command import evaluate_pairs
from aggregator.commands.feed_commands import feeds_app
from aggregator.commands.progress_bars import followed
from aggregator.commands.rule_commands import rules_app
from aggregator.commands.story_commands import stories_app
from aggregator.configuration import starter_files
from aggregator.configuration.json_schemas import schema_text
from aggregator.configuration.loading import config_directory, load
from aggregator.daemon import base_url_of, library_of, run_daemon, static_files
from aggregator.demo.run_demo import play_demo
from aggregator.errors import AggregatorError, ConfigurationError
from aggregator.hub_publisher import Announcer
from aggregator.pipeline import Pipeline
from aggregator.publishing.feed_formats import Format, render
from aggregator.publishing.file_writer import write_whole
from aggregator.settings.feeds_file import FeedsFile
from aggregator.settings.settings_file import Configuration, Settings
from aggregator.store.database import Database
from aggregator.store.schema_migration import migrate
from aggregator.version import VERSION

app = typer.Typer(
    help="Polls news feeds, recognises copies of one text, and publishes one merged digest feed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(feeds_app, name="feeds")
app.add_typer(stories_app, name="stories")
app.add_typer(rules_app, name="rules")


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"aggregator {VERSION}")
        raise typer.Exit


@app.callback()
def anything(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What may stand before any command."""


_NO_FEEDS = "feeds: []\n"


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


@app.command(epilog="Example: aggregator run --config /etc/aggregator --port 8642")
def run(
    config: Config = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on, instead of web.host.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port, instead of web.port.")] = None,
) -> None:
    """Run the service: poll, extract, merge, publish and serve, until it is stopped.

    It takes the lock of a SQLite file: one service works on it at a time. Several may share a PostgreSQL.
    """
    directory = config_directory(config)
    configuration = _listening_on(configured(config), host=host, port=port)

    def read() -> Configuration:
        return _listening_on(load(directory), host=host, port=port)

    asyncio.run(run_daemon(configuration, folder=directory, read=read, on_ready=_announce(configuration)))


@app.command(epilog="Example: aggregator once --config /etc/aggregator")
def once(config: Config = None) -> None:
    """Poll what is due, process until nothing is pending, and exit; for cron.

    It takes the lock of a SQLite file: while a service works on it, this names its process and ends.
    """

    async def work() -> None:
        async with open_service(configuration) as service:
            async with followed(service):
                await Pipeline(service).once()
            library = library_of(service, base_url_of(configuration))
            if files := static_files(service, library):
                await asyncio.to_thread(files.write_if_changed)
            await Announcer(service, library).tell()

    configuration = configured(config)
    asyncio.run(work())


@app.command()
def check(config: Config = None) -> None:
    """Validate the configuration; tell every mistake with its file and line."""
    directory = config_directory(config)
    configuration = load(directory)
    typer.echo(
        f"{directory}: the configuration is valid: {number_of(len(configuration.feeds), 'feed')}, "
        f"{number_of(len(configuration.digests), 'digest')}, database {_shown(configuration)}"
    )


@app.command()
def init(directory: Annotated[Path, typer.Argument(help="Folder to write.")] = Path("config")) -> None:
    """Write a starter configuration; files that are there are left alone."""
    for path, written in starter_files.write(directory):
        typer.echo(f"{path}: written" if written else f"{path}: is there already, left alone")
    typer.echo(f"Next: list your feeds in {directory / 'feeds.yaml'}, then type: aggregator run --config {directory}")


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port the digest is served on; 0 takes a free one.")] = 8642,
) -> None:
    """Run the service on a built-in sample newsroom on this machine; needs no network."""
    play_demo(port=port, on_ready=_announce_demo)


@app.command(epilog="Example: aggregator digest morning --format html --output morning.html")
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
    configuration = configured(config, quiet=True)
    with opened_library(configuration) as library:
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


@app.command()
def status(config: Config = None, as_json: Json = False) -> None:
    """Show what is stored, how much waits for each step, and what is wrong with the configuration.

    A running service goes on with the last configuration that had no mistake; exit code 2 says that the files
    have one now.
    """
    mistakes: tuple[str, ...] = ()
    try:
        configuration = configured(config, quiet=True)
    except ConfigurationError as error:
        # What is stored can be told without the feeds; without settings nothing can.
        mistakes = error.mistakes
        configuration = configured(config, quiet=True, feeds_text=_NO_FEEDS)
    with opened_library(configuration) as library:
        health = library.health()
    if as_json:
        print_json({**dataclasses.asdict(health), "mistakes": mistakes})
    else:
        table = table_of("what", "how much")
        for field in dataclasses.fields(health):
            value = getattr(health, field.name)
            table.add_row(field.name.replace("_", " "), "never" if value is None else str(value))
        Console().print(table)
    if mistakes:
        raise ConfigurationError(*mistakes)


@app.command("migrate")
def migrate_database(config: Config = None) -> None:
    """Bring the database to this program's version; every other command that needs it does so too.

    It takes the lock of a SQLite file for that: while an older service works on it, nothing is changed.
    """
    configuration = configured(config, quiet=True)
    database = Database(configuration.settings.database)
    try:
        applied = migrate(database)
    finally:
        database.close()
    typer.echo(f"{database.shown_url}: " + (f"migrated to {applied[-1]}" if applied else "is up to date"))


@app.command(epilog="Example: aggregator schema feeds > feeds.schema.json")
def schema(file: Annotated[SchemaFile, typer.Argument(help="Which file the schema is for.")]) -> None:
    """Print the JSON Schema of a configuration file, for editors."""
    typer.echo(schema_text(FeedsFile if file is SchemaFile.FEEDS else Settings), nl=False)


app.command("doctor")(doctor)
app.command("backup", epilog="Example: aggregator backup everything.backup")(backup)
app.command("restore", epilog="Example: aggregator restore everything.backup --config elsewhere")(restore)
app.command("eval", epilog="Example: aggregator eval --sample 50 --output pairs.jsonl")(evaluate_pairs)


def _listening_on(configuration: Configuration, *, host: str | None, port: int | None) -> Configuration:
    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    web = configuration.settings.web.model_copy(update=given)
    return configuration.model_copy(update={"settings": configuration.settings.model_copy(update={"web": web})})


def _announce(configuration: Configuration) -> Callable[[str], None]:
    def announce(base_url: str) -> None:
        typer.echo(f"Digest: {base_url}/digest.atom   (also .rss and .json; for a browser: {base_url}/)")
        if not configuration.feeds:
            typer.echo("No feeds are configured yet: add some to feeds.yaml.")

    return announce


def _announce_demo(base_url: str) -> None:
    typer.echo(f"The demo's front page: {base_url}/   its digest: {base_url}/digest.atom   (Ctrl-C ends it)")


def _tell(error: AggregatorError) -> None:
    typer.echo(f"aggregator: {error}" if "\n" not in str(error) else f"aggregator:\n{error}", err=True)


def _shown(configuration: Configuration) -> str:
    return make_url(configuration.settings.database).render_as_string(hide_password=True)
