"""Reads the configuration for a command, and prints JSON and tables."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from pathlib import Path

import typer
from rich.table import Table

from aggregator.configuration.loading import config_directory, load_configuration
from aggregator.logging_setup import configure_logging
from aggregator.settings.settings_file import Configuration, LogLevel


def read_configuration(option: Path | None, *, quiet: bool = False, feeds_text: str | None = None) -> Configuration:
    """Reads the configuration and sets up the log; ``quiet`` logs warnings and errors only.

    ``feeds_text`` replaces the content of feeds.yaml. Raises ``ConfigurationError``.
    """
    configuration = load_configuration(config_directory(option), feeds_text=feeds_text)
    logging = configuration.settings.logging
    configure_logging(logging.model_copy(update={"level": LogLevel.WARNING}) if quiet else logging)
    return configuration


def print_json(value: object) -> None:
    """Prints a value as JSON; dataclasses become objects, and times ISO 8601 strings."""
    typer.echo(json.dumps(value, default=_plain, indent=2, ensure_ascii=False))


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def new_table(*columns: str) -> Table:
    """Returns an empty table with these column headings, as wide as the terminal."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
