"""Splits and joins stories by manual decision, and lists the decisions.

Splitting and joining hold the write lock of the database for a moment, so they work while the service runs.
"""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.clock import utc_now
from aggregator.commands.console import new_console, new_table, print_json, read_configuration
from aggregator.commands.options import Config, Json
from aggregator.configured_database import open_database
from aggregator.plurals import number_of
from aggregator.random_keys import new_key
from aggregator.steps import apply_ruling
from aggregator.steps.apply_ruling import RulingResult
from aggregator.store import rulings

Story = Annotated[str, typer.Argument(metavar="STORY", help="Key of a story, as in: aggregator stories list.")]


def split_story(
    story: Story,
    article: Annotated[
        str, typer.Argument(metavar="COPY", help="A copy of the story: its number in stories show, or its URL.")
    ],
    config: Config = None,
) -> None:
    """Stores the decision that a copy is apart from its story, and moves it into a story of its own."""
    configuration = read_configuration(config, quiet=True)
    policy = configuration.settings.publishing.lead
    with open_database(configuration, hold=False) as database, database.writing() as session:
        ruled = apply_ruling.separate_article(session, story, article, policy=policy, now=utc_now(), new_key=new_key)
    _print_result(f"{article} was moved from story {ruled.story} to story {ruled.other}", ruled)


def join_stories(
    story: Story,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Key of the other story.")],
    config: Config = None,
) -> None:
    """Stores the decision that two stories are one, and unites them."""
    configuration = read_configuration(config, quiet=True)
    with open_database(configuration, hold=False) as database, database.writing() as session:
        ruled = apply_ruling.merge_stories(
            session, story, other, policy=configuration.settings.publishing.lead, now=utc_now()
        )
    _print_result(f"story {ruled.other} was united with story {ruled.story}", ruled)


def list_rulings(
    *,
    forget: Annotated[
        tuple[str, str] | None, typer.Option(metavar="A B", help="Delete the decision about articles A and B.")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Prints the manual decisions, or deletes the one about the two articles in ``forget``."""
    configuration = read_configuration(config, quiet=True)
    if forget is not None:
        with open_database(configuration, hold=False) as database, database.writing() as session:
            apply_ruling.withdraw_ruling(session, *forget)
        typer.echo("The decision was deleted. The two articles are compared again when one of them changes.")
        return
    with open_database(configuration, hold=False) as database, database.reading() as session:
        found = rulings.all_rulings(session)
    if as_json:
        print_json(found)
        return
    table = new_table("decision", "article", "", "other article", "", "made at")
    for ruling in found:
        numbers = str(ruling.article_id), ruling.url or "", str(ruling.other_id), ruling.other_url or ""
        table.add_row(ruling.said, *numbers, f"{ruling.at:%Y-%m-%d %H:%M} UTC")
    new_console().print(table)


def _print_result(what: str, ruled: RulingResult) -> None:
    replaced = f" ({number_of(ruled.replaced, 'earlier decision')} replaced)" if ruled.replaced else ""
    typer.echo(f"{what}{replaced}.")
