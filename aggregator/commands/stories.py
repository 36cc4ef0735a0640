"""The stories from a terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from aggregator.commands.console import Config, Json, configured, opened_library, print_json, table_of

stories_app = typer.Typer(help="The stories and who carried them.", no_args_is_help=True)


@stories_app.command("list")
def list_stories(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 20,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show the newest stories and how many outlets carried each."""
    configuration = configured(config, quiet=True)
    with opened_library(configuration) as library:
        shown = library.digest(configuration.digests[0].name, 1, limit=limit)
    stories = shown.stories if shown else ()
    if as_json:
        print_json([{"key": s.key, "title": s.title, "copies": [c.url for c in s.copies]} for s in stories])
        return
    table = table_of("story", "title", "copies", "outlets")
    for story in stories:
        outlets = ", ".join(dict.fromkeys(copy.outlet for copy in story.copies))
        table.add_row(story.key, story.title, str(len(story.copies)), outlets)
    Console().print(table)
