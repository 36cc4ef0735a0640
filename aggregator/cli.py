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
            name="list",
            function="aggregator.commands.feed_list_command:list_feeds",
            help="Show every feed: its state, the results of its last polls, and the time of the next poll.",
        ),
        CommandEntry(
            name="refresh",
            function="aggregator.commands.feed_refresh_command:refresh_feeds",
            help="""Poll feeds now and reset their failures. If a service runs, the service does it.

            A feed is not polled sooner than polling.refresh after its last poll, nor while its host is in
            backoff. A feed that reported that it is gone (410) is polled only if it is named.
            """,
            example="aggregator feeds refresh example-world",
        ),
        CommandEntry(
            name="discover",
            function="aggregator.commands.feed_discovery_commands:discover_feeds",
            help="""Find the feeds of a site.

            Uses the feeds that the page links, or else tries the usual addresses. Each feed is fetched and
            parsed.
            """,
            example="aggregator feeds discover https://example.org/",
        ),
        CommandEntry(
            name="add",
            function="aggregator.commands.feed_discovery_commands:add_to_feeds",
            help="""Add a feed to feeds.yaml; the rest of the file stays unchanged.

            A running service reloads the file within seconds.
            """,
            example="aggregator feeds add https://example.org/world.xml --tag world --every 30m",
        ),
        CommandEntry(
            name="remove",
            function="aggregator.commands.feed_removal_command:remove_from_feeds",
            help="""Remove a feed and its comments from feeds.yaml; its stored entries stay.

            A running service reloads the file within seconds.
            """,
            example="aggregator feeds remove example-world",
        ),
        CommandEntry(
            name="export",
            function="aggregator.commands.opml_export_command:export_feeds",
            help="Write the feeds, with all their settings, as a subscription list (OPML).",
            example="aggregator feeds export --output mine.opml",
        ),
        CommandEntry(
            name="import",
            function="aggregator.commands.opml_import_command:import_feeds",
            help="""Add the feeds of a subscription list (OPML, or one URL a line) to feeds.yaml.

            Folders become tags. The command reports what it leaves out, and why.

            A running service reloads the file within seconds.
            """,
            example="aggregator feeds import subscriptions.opml --dry-run",
        ),
    )


class _StoryCommands(LazyGroup):
    """The commands of ``aggregator stories``."""

    entries = (
        CommandEntry(
            name="list",
            function="aggregator.commands.story_commands:list_stories",
            help="Show the newest stories and the outlets that published each.",
        ),
        CommandEntry(
            name="show",
            function="aggregator.commands.story_commands:show_story",
            help="Show one story: its copies, the source of each text, and the reason each is a copy.",
        ),
        CommandEntry(
            name="explain",
            function="aggregator.commands.explain_command:explain",
            help="Compare two articles: the verdict, the evidence, and both texts with the shared parts marked.",
            example="aggregator stories explain 41 https://example.net/crane",
        ),
        CommandEntry(
            name="split",
            function="aggregator.commands.ruling_commands:split_story",
            help="""Move a copy from its story into a story of its own, permanently.

            The copy is never merged with the copies that stay. Works while the service runs; its digests
            show the change within seconds.
            """,
            example="aggregator stories split 6bkuooya2ztyotw3 41",
        ),
        CommandEntry(
            name="join",
            function="aggregator.commands.ruling_commands:join_stories",
            help="""Unite two stories permanently; a published story survives an unpublished one.

            Works while the service runs; its digests show the change within seconds.
            """,
            example="aggregator stories join 6bkuooya2ztyotw3 2bjasrsat2ftfgdp",
        ),
        CommandEntry(
            name="rulings",
            function="aggregator.commands.ruling_commands:list_rulings",
            help="List the manual decisions about articles, or delete one with --forget.",
        ),
        CommandEntry(
            name="dry-run",
            function="aggregator.commands.explain_command:dry_run",
            help="""Show which stored comparisons other thresholds would decide differently; changes nothing.

            Looks at stored comparisons only. Manual decisions are not changed.
            """,
            example="aggregator stories dry-run --threshold 0.6",
        ),
    )


class _RuleCommands(LazyGroup):
    """The commands of ``aggregator rules``."""

    entries = (
        CommandEntry(
            name="test",
            function="aggregator.commands.rule_commands:preview_rules",
            help="Show the effect of the rules in feeds.yaml on the stored entries; changes nothing.",
            example="aggregator rules test --feed example-world",
        ),
        CommandEntry(
            name="dropped",
            function="aggregator.commands.rule_commands:list_dropped",
            help="List the stored entries that a rule drops, and the rule.",
        ),
    )


class _Commands(LazyGroup):
    """The commands outside the groups."""

    entries = (
        CommandEntry(
            name="run",
            function="aggregator.commands.service_commands:run",
            help="""Run the service until it is stopped: poll, extract, merge, publish and serve.

            It locks a SQLite database: only one service uses the file at a time. Several services can share
            a PostgreSQL database.
            """,
            example="aggregator run --config /etc/aggregator --port 8642",
        ),
        CommandEntry(
            name="once",
            function="aggregator.commands.service_commands:once",
            help="""Poll the feeds that are due, process everything that is pending, and exit; for cron.

            It locks a SQLite database: if a service uses the file, the command prints the id of its process
            and exits.
            """,
            example="aggregator once --config /etc/aggregator",
        ),
        CommandEntry(
            name="check",
            function="aggregator.commands.configuration_commands:check",
            help="Check the configuration; report every error with its file and line.",
        ),
        CommandEntry(
            name="init",
            function="aggregator.commands.configuration_commands:init",
            help="Write a starter configuration; existing files stay unchanged.",
        ),
        CommandEntry(
            name="demo",
            function="aggregator.commands.service_commands:demo",
            help="Run the service on a built-in sample newsroom; needs no network.",
        ),
        CommandEntry(
            name="digest",
            function="aggregator.commands.digest_command:digest",
            help="Print a digest or write it to a file; works while the service runs.",
            example="aggregator digest morning --format html --output morning.html",
        ),
        CommandEntry(
            name="status",
            function="aggregator.commands.status_command:status",
            help="""Show the stored numbers, the work that waits, and the errors in the configuration.

            If the configuration has an error, a running service continues with the last valid one, and this
            command ends with exit status 2.
            """,
        ),
        CommandEntry(
            name="migrate",
            function="aggregator.commands.migrate_command:migrate_database",
            help="""Migrate the database to the version of this program.

            Every other command that opens the database does this too. It locks a SQLite database: if an
            older service uses the file, nothing is changed.
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
            function="aggregator.commands.doctor_command:doctor",
            help="""Check everything the service needs, and print advice for each problem.

            Checks the configuration, the database, the output folders, the disk, the clock, the name
            servers, the limit on open files, and the public URL. Exit status 1 if a check fails.
            """,
        ),
        CommandEntry(
            name="backup",
            function="aggregator.commands.backup_commands:backup",
            help="""Write a consistent copy of all stored data to one file; works while the service runs.

            The file is a SQLite database, also if the service uses PostgreSQL. It does not contain the
            configuration.
            """,
            example="aggregator backup everything.backup",
        ),
        CommandEntry(
            name="restore",
            function="aggregator.commands.backup_commands:restore",
            help="""Fill the configured database, which must be empty, from a backup.

            The two databases may be of different kinds: with a postgresql URL under database in
            aggregator.yaml, this moves a service from SQLite to PostgreSQL. Afterwards the command renders
            the digests from both and compares them byte by byte. It only reads the backup. No service may
            use the database while the command runs.
            """,
            example="aggregator restore everything.backup --config elsewhere",
        ),
        CommandEntry(
            name="eval",
            function="aggregator.commands.eval_command:evaluate_pairs",
            help="Measure precision, recall and F1 of merging on labelled pairs, or label pairs with --sample.",
        ),
    )


app = typer.Typer(
    cls=_Commands,
    help="Polls news feeds, merges the copies of one text into a story, and publishes one digest feed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(
    typer.Typer(cls=_FeedCommands, help="Manage the feeds and show their health.", no_args_is_help=True), name="feeds"
)
app.add_typer(
    typer.Typer(cls=_StoryCommands, help="Show the stories, and correct what was merged.", no_args_is_help=True),
    name="stories",
)
app.add_typer(
    typer.Typer(
        cls=_RuleCommands,
        help="Preview the rules that keep and drop entries, and list what they dropped.",
        no_args_is_help=True,
    ),
    name="rules",
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
    from aggregator.commands.console import terminal_text  # noqa: PLC0415 - an error is rare, and rich is slow to import

    lines = [terminal_text(line) for line in str(error).split("\n")]
    typer.echo("\n".join(("aggregator:", *lines)) if len(lines) > 1 else f"aggregator: {lines[0]}", err=True)
