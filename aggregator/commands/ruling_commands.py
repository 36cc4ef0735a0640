"""A person's word on which articles are one story, from a terminal.

Splitting and joining take the database's write lock for a moment, so they work while the service runs.
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from aggregator.clock import utc_now
from aggregator.commands.console import configured, print_json, table_of
from aggregator.commands.options import Config, Json
from aggregator.configured_database import open_database
from aggregator.plurals import number_of
from aggregator.random_keys import new_key
from aggregator.steps import apply_ruling
from aggregator.steps.apply_ruling import Ruled
from aggregator.store import rulings

Story = Annotated[str, typer.Argument(help="A story, as stories list names it.")]


def split_story(
    story: Story,
    article: Annotated[str, typer.Argument(help="One of its copies, by its number in stories show, or its address.")],
    config: Config = None,
) -> None:
    """Take a copy out of a story for good: it gets a story of its own, and never joins those that stay.

    Works while the service runs; its digests show it within seconds.
    """
    configuration = configured(config, quiet=True)
    policy = configuration.settings.publishing.lead
    with open_database(configuration, hold=False) as database, database.writing() as session:
        ruled = apply_ruling.split(session, story, article, policy=policy, now=utc_now(), new_key=new_key)
    _tell(f"{article} left story {ruled.story}; its story is {ruled.other} now", ruled)


def join_stories(story: Story, other: Story, config: Config = None) -> None:
    """Make one story of two for good; a story that readers know outlives one that they do not.

    Works while the service runs; its digests show it within seconds.
    """
    configuration = configured(config, quiet=True)
    with open_database(configuration, hold=False) as database, database.writing() as session:
        ruled = apply_ruling.join(session, story, other, policy=configuration.settings.publishing.lead, now=utc_now())
    _tell(f"{ruled.other} is one with story {ruled.story} now", ruled)


def list_rulings(
    *,
    forget: Annotated[
        tuple[str, str] | None, typer.Option(metavar="A B", help="Take back what was said of these two articles.")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """List what people said of articles, or take one back with --forget."""
    configuration = configured(config, quiet=True)
    if forget is not None:
        with open_database(configuration, hold=False) as database, database.writing() as session:
            apply_ruling.take_back(session, *forget)
        typer.echo("Taken back. The two are judged again when one of them changes.")
        return
    with open_database(configuration, hold=False) as database, database.reading() as session:
        found = rulings.all_rulings(session)
    if as_json:
        print_json(found)
        return
    table = table_of("said", "article", "", "and article", "", "when")
    for kept in found:
        numbers = str(kept.article_id), kept.url or "", str(kept.other_id), kept.other_url or ""
        table.add_row(kept.said, *numbers, f"{kept.at:%Y-%m-%d %H:%M} UTC")
    Console().print(table)


def _tell(what: str, ruled: Ruled) -> None:
    replaced = f" ({number_of(ruled.replaced, 'earlier ruling')} replaced)" if ruled.replaced else ""
    typer.echo(f"{what}{replaced}.")
