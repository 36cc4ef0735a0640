"""Prints a digest, or writes it to a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from aggregator.commands.console import read_configuration
from aggregator.commands.options import Config
from aggregator.commands.stored_library import open_library
from aggregator.errors import ConfigurationError
from aggregator.publishing.feed_formats import DigestFormat, render_digest
from aggregator.publishing.file_writer import replace_file


def digest(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the digest.")] = "digest",
    *,
    format_: Annotated[DigestFormat, typer.Option("--format", help="Output format.")] = DigestFormat.ATOM,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; on failure it is left unchanged.")
    ] = None,
    page: Annotated[int, typer.Option(metavar="NUMBER", min=1, help="Page of the digest.")] = 1,
    limit: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", min=1, help="Stories on a page, instead of the configured number."),
    ] = None,
    config: Config = None,
) -> None:
    """Renders one page of a digest to standard output or to a file.

    Raises ``ConfigurationError`` if the configuration has no digest of this name or the digest has no such page.
    """
    configuration = read_configuration(config, quiet=True)
    with open_library(configuration) as library:
        shown = library.digest(name, page, limit=limit)
        if shown is None and name not in library.digest_names():
            known = ", ".join(library.digest_names())
            raise ConfigurationError(f"the configuration has no digest named {name!r}; it has: {known}")
    if shown is None:
        raise ConfigurationError(f"the digest {name!r} has no page {page}")
    body = render_digest(shown, format_)
    if output is None:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        replace_file(output, body)
