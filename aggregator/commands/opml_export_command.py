"""Writes the feeds as an OPML subscription list."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from aggregator.commands.console import read_configuration
from aggregator.commands.options import Config
from aggregator.commands.stored_library import open_library
from aggregator.publishing.file_writer import replace_file
from aggregator.publishing.opml_writer import render_opml


def export_feeds(
    *,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; on failure it is left unchanged.")
    ] = None,
    secrets: Annotated[bool, typer.Option("--secrets", help="Include passwords and header fields.")] = False,
    config: Config = None,
) -> None:
    """Writes the feeds and their settings as OPML, to standard output or to a file."""
    configuration = read_configuration(config, quiet=True)
    with open_library(configuration) as library:
        titles = {row.name: row.title for row in library.feeds()}
    body = render_opml(configuration.feeds, title="Feeds", titles=titles, secrets=secrets)
    if output is None:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        replace_file(output, body)
