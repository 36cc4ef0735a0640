"""Lists and prints stories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from aggregator.commands.console import new_table, print_json, read_configuration
from aggregator.commands.options import Config, Json
from aggregator.commands.stored_library import open_library
from aggregator.errors import AggregatorError
from aggregator.extraction.original_lines import restore_removed_lines
from aggregator.model.extraction import RemovedLine
from aggregator.model.publishing import CopyDetail, StoryExpired, StoryMoved


def list_stories(
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=10_000, help="Number of stories.")] = 20,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Prints the newest stories, the newest first."""
    configuration = read_configuration(config, quiet=True)
    with open_library(configuration) as library:
        stories = library.newest(limit)
    if as_json:
        print_json([{"key": s.key, "title": s.title, "copies": [c.url for c in s.copies]} for s in stories])
        return
    table = new_table("story", "title", "copies", "outlets")
    for story in stories:
        outlets = ", ".join(dict.fromkeys(copy.outlet for copy in story.copies))
        table.add_row(story.key, story.title, str(len(story.copies)), outlets)
    Console().print(table)


def show_story(
    key: Annotated[str, typer.Argument(metavar="STORY", help="Key of the story, as in: aggregator stories list.")],
    *,
    text: Annotated[
        bool, typer.Option("--text", help="Print the texts, with the lines that were cut and the reasons.")
    ] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Prints one story; raises ``AggregatorError`` if it is unknown or was deleted."""
    with open_library(read_configuration(config, quiet=True)) as library:
        found = library.story(key)
        if isinstance(found, StoryMoved):
            found = library.story(found.key)
    if isinstance(found, StoryExpired):
        raise AggregatorError(
            f"the story {key!r} was published and has been deleted (see retention in aggregator.yaml)"
        )
    if found is None or isinstance(found, StoryMoved):
        raise AggregatorError(f"no story has the key {key!r}; list the keys with: aggregator stories list")
    if as_json:
        print_json(found)
        return
    console = Console()
    console.print(f"[bold]{escape(found.story.title)}[/bold]")
    for copy in found.copies:
        _print_copy(console, copy, with_text=text)
    if found.related:
        console.print("\npossibly about the same event:")
    for other in found.related:
        console.print(f"  {other.key}  [bold]{escape(other.outlet)}[/bold]  {escape(other.title)}")


def _print_copy(console: Console, copy: CopyDetail, *, with_text: bool) -> None:
    why = copy.verdict.rule if copy.verdict else "the first copy of its story"
    console.print()
    address = escape(copy.view.url or "no address")
    console.print(f"{copy.article_id}  [bold]{escape(copy.view.outlet)}[/bold]  {address}")
    console.print(f"  {escape(copy.view.title)}")
    console.print(f"  reason: {escape(why)}")
    if copy.view.discussion_url:
        console.print(f"  discussed at: {escape(copy.view.discussion_url)}")
    console.print(f"  text from: {copy.text_source} ({escape(copy.text_reason)})")
    if said := ", ".join(_said_by_page(copy)):
        console.print(f"  the page states: {escape(said)}")
    if not with_text:
        return
    for line in restore_removed_lines(copy.text, copy.cuts):
        if isinstance(line, RemovedLine):
            console.print(f"  [dim]- {escape(line.text)}[/dim]  [italic]cut: {escape(line.reason)}[/italic]")
        else:
            console.print(f"    {escape(line)}")


def _said_by_page(copy: CopyDetail) -> Iterator[str]:
    """Yields what the page of a copy states besides its text."""
    if copy.section:
        yield f"in {copy.section}"
    if copy.modified_at:
        yield f"changed {copy.modified_at:%Y-%m-%d %H:%M} UTC"
    if copy.paywalled:
        yield "not free to read"
    if copy.live:
        yield "a live blog"
