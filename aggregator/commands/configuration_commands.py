"""Checks the configuration, writes a starter configuration, and prints JSON Schemas."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aggregator.commands.options import Config
from aggregator.configuration import starter_files
from aggregator.configuration.json_schemas import schema_text
from aggregator.configuration.loading import config_directory, load_configuration
from aggregator.plurals import number_of
from aggregator.settings.feeds_file import FeedsFile
from aggregator.settings.settings_file import Settings
from aggregator.url_credentials import hide_password


class SchemaFile(StrEnum):
    """A configuration file that has a JSON Schema."""

    FEEDS = "feeds"
    AGGREGATOR = "aggregator"


def check(config: Config = None) -> None:
    """Prints a summary of a valid configuration; raises ``ConfigurationError`` for an invalid one."""
    directory = config_directory(config)
    configuration = load_configuration(directory)
    typer.echo(
        f"{directory}: the configuration is valid: {number_of(len(configuration.feeds), 'feed')}, "
        f"{number_of(len(configuration.digests), 'digest')}, database {hide_password(configuration.settings.database)}"
    )


def init(
    directory: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder to write the files into.")] = Path(
        "config"
    ),
) -> None:
    """Writes the starter files that the folder lacks, and prints the next step."""
    for path, written in starter_files.write_starter_files(directory):
        typer.echo(f"{path}: written" if written else f"{path}: exists, left unchanged")
    typer.echo(f"Next: list your feeds in {directory / 'feeds.yaml'}, then run: aggregator run --config {directory}")


def schema(file: Annotated[SchemaFile, typer.Argument(help="File to print the schema of.")]) -> None:
    """Prints the JSON Schema of a configuration file."""
    typer.echo(schema_text(FeedsFile if file is SchemaFile.FEEDS else Settings), nl=False)
