"""Defines the options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FOLDER",
        help="Folder with feeds.yaml and aggregator.yaml.  [default: $AGGREGATOR_CONFIG or config]",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
