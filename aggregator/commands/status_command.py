"""Prints what is stored, the work that waits, and the errors in the configuration."""

from __future__ import annotations

import dataclasses

from aggregator.commands.console import new_console, new_table, print_json, read_configuration
from aggregator.commands.options import Config, Json
from aggregator.commands.stored_library import open_library
from aggregator.errors import ConfigurationError

_NO_FEEDS = "feeds: []\n"


def status(config: Config = None, as_json: Json = False) -> None:
    """Prints the health of the service; afterwards raises ``ConfigurationError`` if feeds.yaml is invalid."""
    mistakes: tuple[str, ...] = ()
    try:
        configuration = read_configuration(config, quiet=True)
    except ConfigurationError as error:
        # The stored figures need no feeds. They need aggregator.yaml, which names the database.
        mistakes = error.mistakes
        configuration = read_configuration(config, quiet=True, feeds_text=_NO_FEEDS)
    with open_library(configuration) as library:
        health = library.health()
    if as_json:
        print_json({**dataclasses.asdict(health), "mistakes": mistakes})
    else:
        table = new_table("what", "how much")
        for field in dataclasses.fields(health):
            value = getattr(health, field.name)
            table.add_row(field.name.replace("_", " "), "never" if value is None else str(value))
        new_console().print(table)
    if mistakes:
        raise ConfigurationError(*mistakes)
