"""Defines the command line of ``aggregator``: its commands, their help, and the exit status.

The functions that the commands run are in ``commands``; their modules are imported at first use. Exit status: 0 for
success, 1 if something failed, 2 for a wrong command line or configuration. An error that a user can cause is
printed in sentences, never as a traceback.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from aggregator.commands.lazy_commands import CommandEntry, LazyGroup
from aggregator.errors import AggregatorError, ConfigurationError
from aggregator.version import VERSION


class _FeedCommands(LazyGroup):
    """The commands of ``aggregator feeds``."""

    entries = (
        CommandEntry(
            name="export",
            function="aggregator.commands.opml_export_command:export_feeds",
            help="Write the feeds as a list of subscriptions (OPML), with every setting, for other readers "
            "and for import.",
            example="aggregator feeds export --output mine.opml",
        ),
        CommandEntry(
            name="import",
            function="aggregator.commands.opml_import_command:import_feeds",
            help="""Add the feeds of a list of subscriptions (OPML) to feeds.yaml; folders become tags.

            A running service takes the edit up within seconds.
            """,
            example="aggregator feeds import subscriptions.opml --dry-run",
        ),
        CommandEntry(
            name="list",
            function="aggregator.commands.feed_list_command:list_feeds",
            help="Show every feed: what came of its last poll, and when the next one is.",
        ),
        CommandEntry(
            name="refresh",
            function="aggregator.commands.feed_refresh_command:refresh_feeds",
            help="""Poll feeds now, as politely as ever, and forget their failures; a running service does it itself.

            No feed is asked sooner than polling.refresh after its last poll, nor while its host wants quiet.
            One that says it is gone is asked when it is named.
            """,
            example="aggregator feeds refresh example-world",
        ),
        CommandEntry(
            name="discover",
            function="aggregator.commands.feed_discovery_commands:discover_feeds",
            help="Find the feeds of a site: those its page names, else those at the usual places; each is "
            "asked for and read.",
            example="aggregator feeds discover https://example.org/",
        ),
        CommandEntry(
            name="add",
            function="aggregator.commands.feed_discovery_commands:add_to_feeds",
            help="""Add a feed to feeds.yaml; everything else in the file stays as it was written.

            A running service takes the edit up within seconds.
            """,
            example="aggregator feeds add https://example.org/world.xml --tag world --every 30m",
        ),
        CommandEntry(
            name="remove",
            function="aggregator.commands.feed_removal_command:remove_from_feeds",
            help="""Take a feed out of feeds.yaml, with its own comments; what it brought stays stored.

            A running service takes the edit up within seconds.
            """,
            example="aggregator feeds remove example-world",
        ),
    )


class _StoryCommands(LazyGroup):
    """The commands of ``aggregator stories``."""

    entries = (
        CommandEntry(
            name="explain",
            function="aggregator.commands.explain_command:explain",
            help="Show what the judge sees in two articles: the verdict, the evidence, and what they share, "
            "side by side.",
            example="aggregator stories explain 41 https://example.net/crane",
        ),
        CommandEntry(
            name="split",
            function="aggregator.commands.ruling_commands:split_story",
            help="""Take a copy out of a story for good: it gets a story of its own, and never joins those that stay.

            Works while the service runs; its digests show it within seconds.
            """,
            example="aggregator stories split 6bkuooya2ztyotw3 41",
        ),
        CommandEntry(
            name="join",
            function="aggregator.commands.ruling_commands:join_stories",
            help="""Make one story of two for good; a story that readers know outlives one that they do not.

            Works while the service runs; its digests show it within seconds.
            """,
            example="aggregator stories join 6bkuooya2ztyotw3 2bjasrsat2ftfgdp",
        ),
        CommandEntry(
            name="rulings",
            function="aggregator.commands.ruling_commands:list_rulings",
            help="List what people said of articles, or take one back with --forget.",
        ),
        CommandEntry(
            name="dry-run",
            function="aggregator.commands.explain_command:dry_run",
            help="""Show which of the newest pairs other thresholds would decide otherwise; nothing is changed.

            Only pairs that were compared before are looked at, and what people ruled on stays as it is.
            """,
            example="aggregator stories dry-run --threshold 0.6",
        ),
        CommandEntry(
            name="list",
            function="aggregator.commands.story_commands:list_stories",
            help="Show the newest stories and how many outlets carried each.",
        ),
        CommandEntry(
            name="show",
            function="aggregator.commands.story_commands:show_story",
            help="Show one story: who carried it, where each text came from, and why it is a copy.",
        ),
    )


class _RuleCommands(LazyGroup):
    """The commands of ``aggregator rules``."""

    entries = (
        CommandEntry(
            name="test",
            function="aggregator.commands.rule_commands:preview_rules",
            help="Show what the rules in feeds.yaml would do to the stored entries; nothing is changed.",
            example="aggregator rules test --feed example-world",
        ),
        CommandEntry(
            name="dropped",
            function="aggregator.commands.rule_commands:list_dropped",
            help="List the stored entries that rules keep out, and the rule that does.",
        ),
    )


class _Commands(LazyGroup):
    """The commands outside the groups."""

    entries = (
        CommandEntry(
            name="run",
            function="aggregator.commands.service_commands:run",
            help="""Run the service: poll, extract, merge, publish and serve, until it is stopped.

            It takes the lock of a SQLite file: one service works on it at a time. Several may share a PostgreSQL.
            """,
            example="aggregator run --config /etc/aggregator --port 8642",
        ),
        CommandEntry(
            name="once",
            function="aggregator.commands.service_commands:once",
            help="""Poll what is due, process until nothing is pending, and exit; for cron.

            It takes the lock of a SQLite file: while a service works on it, this names its process and ends.
            """,
            example="aggregator once --config /etc/aggregator",
        ),
        CommandEntry(
            name="check",
            function="aggregator.commands.configuration_commands:check",
            help="Validate the configuration; tell every mistake with its file and line.",
        ),
        CommandEntry(
            name="init",
            function="aggregator.commands.configuration_commands:init",
            help="Write a starter configuration; files that are there are left alone.",
        ),
        CommandEntry(
            name="demo",
            function="aggregator.commands.service_commands:demo",
            help="Run the service on a built-in sample newsroom on this machine; needs no network.",
        ),
        CommandEntry(
            name="digest",
            function="aggregator.commands.digest_command:digest",
            help="Print a digest, or write it to a file; works while the service runs.",
            example="aggregator digest morning --format html --output morning.html",
        ),
        CommandEntry(
            name="status",
            function="aggregator.commands.status_command:status",
            help="""Show what is stored, how much waits for each step, and what is wrong with the configuration.

            A running service goes on with the last configuration that had no mistake; exit code 2 says that the files
            have one now.
            """,
        ),
        CommandEntry(
            name="migrate",
            function="aggregator.commands.migrate_command:migrate_database",
            help="""Bring the database to this program's version; every other command that needs it does so too.

            It takes the lock of a SQLite file for that: while an older service works on it, nothing is changed.
            """,
        ),
        CommandEntry(
            name="schema",
            function="aggregator.commands.configuration_commands:schema",
            help="Print the JSON Schema of a configuration file, for editors.",
            example="aggregator schema feeds > feeds.schema.json",
        ),
        CommandEntry(
            name="doctor",
            function="aggregator.commands.doctor:doctor",
            help="""Look at what the service needs, and say what to do where something is missing.

            The configuration, the database, the folders it writes, the disk, the clock, name servers, the number of
            files it may open, and the public URL. Exit code 1 when something is ill.
            """,
        ),
        CommandEntry(
            name="backup",
            function="aggregator.commands.backup_commands:backup",
            help="""Write all that is stored into one file, as it is at one instant; works while the service runs.

            The file is an SQLite database, also when the service uses PostgreSQL. The configuration is yours and is
            not in it.
            """,
            example="aggregator backup everything.backup",
        ),
        CommandEntry(
            name="restore",
            function="aggregator.commands.backup_commands:restore",
            help="""Fill the configured database, which must be empty, with what a backup holds.

            The two may be of different kinds: with a postgresql URL under database in aggregator.yaml, this moves a
            service from SQLite to PostgreSQL. Afterwards the digests are rendered from both and compared byte by
            byte. The file is only read, and no service may run on the database meanwhile.
            """,
            example="aggregator restore everything.backup --config elsewhere",
        ),
        CommandEntry(
            name="eval",
            function="aggregator.commands.eval_command:evaluate_pairs",
            help="Measure precision, recall and F1 of merging on labelled pairs, or label pairs with --sample.",
            example="aggregator eval --sample 50 --output pairs.jsonl",
        ),
    )


app = typer.Typer(
    cls=_Commands,
    help="Polls news feeds, recognises copies of one text, and publishes one merged digest feed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(
    typer.Typer(cls=_FeedCommands, help="The feeds and how they are doing.", no_args_is_help=True), name="feeds"
)
app.add_typer(
    typer.Typer(cls=_StoryCommands, help="The stories and who carried them.", no_args_is_help=True), name="stories"
)
app.add_typer(
    typer.Typer(cls=_RuleCommands, help="The rules that keep and drop entries.", no_args_is_help=True), name="rules"
)


def _print_version(given: bool) -> None:
    if given:
        typer.echo(f"aggregator {VERSION}")
        raise typer.Exit


@app.callback()
def common_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Accepts the options that stand before a command."""


def main() -> None:
    """Runs the command line, and exits with 2 for a configuration error and 1 for any other expected error."""
    try:
        app()
    except ConfigurationError as error:
        _print_error(error)
        sys.exit(2)
    except AggregatorError as error:
        _print_error(error)
        sys.exit(1)


def _print_error(error: AggregatorError) -> None:
    typer.echo(f"aggregator: {error}" if "\n" not in str(error) else f"aggregator:\n{error}", err=True)
