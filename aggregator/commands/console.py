"""What do the commands share: their options, the configuration they read, and how they print?

No command is here, and nothing that acts.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from aggregator.bootstrap import new_key, open_database
from aggregator.clock import utc_now
from aggregator.configuration.loading import config_directory, load
from aggregator.daemon import base_url_of
from aggregator.dedup.thresholds import Thresholds
from aggregator.logging_setup import configure_logging
from aggregator.read_model import StoredLibrary
from aggregator.settings.settings_file import Configuration, LogLevel
from aggregator.store.database import Database
from aggregator.store.key_value import tag_authority

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Folder with feeds.yaml and aggregator.yaml.  [default: $AGGREGATOR_CONFIG or config]"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def configured(option: Path | None, *, quiet: bool = False, feeds_text: str | None = None) -> Configuration:
    """The configuration, with the log set up as it says; ``quiet`` for commands whose output is what was asked for.

    ``feeds_text`` takes the place of feeds.yaml. Raises ``ConfigurationError``.
    """
    configuration = load(config_directory(option), feeds_text=feeds_text)
    logging = configuration.settings.logging
    configure_logging(logging.model_copy(update={"level": LogLevel.WARNING}) if quiet else logging)
    return configuration


@contextmanager
def opened_library(configuration: Configuration) -> Iterator[StoredLibrary]:
    """The stored stories, to read; works while the service runs."""
    with open_database(configuration, hold=False) as database:
        yield library_on(database, configuration)


def library_on(database: Database, configuration: Configuration) -> StoredLibrary:
    """What readers of a database may ask for, under this configuration."""
    with database.writing() as session:
        authority = tag_authority(session, candidate=new_key(), now=utc_now())
    return StoredLibrary(
        database,
        configuration=lambda: configuration,
        authority=authority,
        base_url=base_url_of(configuration),
        clock=utc_now,
    )


def thresholds_of(configuration: Configuration) -> Thresholds:
    """What the judge asks for by this configuration."""
    dedup = configuration.settings.dedup
    return Thresholds(across=dedup.across, within=dedup.within)


def print_json(value: object) -> None:
    """Print values, dataclasses and instants among them, as JSON."""
    typer.echo(json.dumps(value, default=_plain, indent=2, ensure_ascii=False))


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def table_of(*columns: str) -> Table:
    """An empty table that fits the terminal."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def number_of(number: int, noun: str) -> str:
    """A number of things in words: "1 feed", "3 entries"."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}{'es' if noun.endswith('s') else 's'}"
