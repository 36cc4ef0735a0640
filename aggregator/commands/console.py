"""Reads the configuration for a command, and prints its results.

Titles, names and URLs come from outside. Nothing outside is markup, or a command, for the terminal: commands print
texts with ``print_text`` and tables, and records with ``print_json``. ``terminal_text`` says what is removed.
"""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from aggregator.configuration.loading import config_directory, load_configuration
from aggregator.logging_setup import configure_logging
from aggregator.settings.settings_file import Configuration, LogLevel

_UNSAFE = (
    "\x00-\x1f\x7f-\x9f"  # C0 and C1: an escape or a CSI begins a command of the terminal
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi controls (Unicode TR9): they change the order of what follows
    "\u2028\u2029\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
)
_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_REMOVED = re.compile(f"[{_UNSAFE}]")
_ESCAPED_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


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
    written = json.dumps(value, default=_plain, indent=2, ensure_ascii=False)
    typer.echo(_ESCAPED_IN_JSON.sub(lambda match: f"\\u{ord(match.group()):04x}", written))


def terminal_text(text: str) -> str:
    """Returns text from outside as one line that a terminal only shows.

    Line breaks and tabs become spaces. Control characters, bidi controls and invisible tags are removed.
    """
    return text if text.isprintable() else _REMOVED.sub("", _BREAKS.sub(" ", text))


def print_text(*parts: str, style: str = "", error: bool = False) -> None:
    """Prints parts of one line, each on its own as ``terminal_text``; ``style`` is for the whole line."""
    new_console(error=error).print(Text("".join(map(terminal_text, parts)), style=style), soft_wrap=True)


def new_console(*, error: bool = False) -> Console:
    """Returns the terminal, or standard error; it takes no text for markup, emoji or code."""
    return Console(stderr=error, markup=False, emoji=False, highlight=False)


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


class PlainTable(Table):
    """A table whose cells are texts, never markup."""

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        """Adds a row; a cell that is a string is shown as ``terminal_text``."""
        super().add_row(*(Text(terminal_text(cell)) if isinstance(cell, str) else cell for cell in cells), **options)


def new_table(*columns: str) -> Table:
    """Returns an empty table with these column headings, as wide as the terminal."""
    table = PlainTable(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
