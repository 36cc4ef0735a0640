"""Lists and prints stories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from aggregator.commands.console import new_console, new_table, print_json, print_text, read_configuration
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
    new_console().print(table)


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
    print_text(found.story.title, style="bold")
    for copy in found.copies:
        _print_copy(copy, with_text=text)
    if found.related:
        print_text()
        print_text("possibly about the same event:")
    for other in found.related:
        print_text(f"  {other.key}  {other.outlet}  ", other.title)


def _print_copy(copy: CopyDetail, *, with_text: bool) -> None:
    why = copy.verdict.rule if copy.verdict else "the first copy of its story"
    print_text()
    print_text(f"{copy.article_id}  {copy.view.outlet}  ", copy.view.url or "no address", style="bold")
    print_text("  ", copy.view.title)
    print_text("  reason: ", why)
    if copy.view.discussion_url:
        print_text("  discussed at: ", copy.view.discussion_url)
    print_text(f"  text from: {copy.text_source} (", copy.text_reason, ")")
    if said := ", ".join(_said_by_page(copy)):
        print_text("  the page states: ", said)
    if not with_text:
        return
    for line in restore_removed_lines(copy.text, copy.cuts):
        if isinstance(line, RemovedLine):
            print_text("  - ", line.text, "  cut: ", line.reason, style="dim")
        else:
            print_text("    ", line)


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
