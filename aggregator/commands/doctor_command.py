"""Measures the environment of the service for ``aggregator doctor``.

``health_checks`` judges the measurements. Nothing is changed, so the command can run while the service runs.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import typer
from rich.text import Text

from aggregator import health_checks
from aggregator.clock import utc_now
from aggregator.commands.console import new_console, new_table, print_json, read_configuration
from aggregator.commands.options import Config, Json
from aggregator.configuration.loading import config_directory
from aggregator.errors import ConfigurationError, StoreError
from aggregator.health_checks import CheckGrade, CheckResult
from aggregator.plurals import number_of
from aggregator.polling.name_resolution import NameNotResolved, SystemResolver, resolve_addresses
from aggregator.settings.settings_file import Configuration
from aggregator.store.database import Database, sqlite_file_of
from aggregator.store.feeds import latest_poll_at
from aggregator.store.schema_migration import pending_migrations

_MOST_HOSTS = 5
_HTTPS = 443
_TIMEOUT = 5.0
_LABELS = {
    CheckGrade.PASSED: Text("passed", style="green"),
    CheckGrade.WARNING: Text("warning", style="yellow"),
    CheckGrade.FAILED: Text("failed", style="red"),
}


def doctor(config: Config = None, as_json: Json = False) -> None:
    """Prints one finding for each check; ends with exit status 1 if a check fails."""
    findings = tuple(_findings(config_directory(config), config))
    if as_json:
        print_json(findings)
    else:
        table = new_table("", "check", "result", "advice")
        for finding in findings:
            table.add_row(_LABELS[finding.grade], finding.what, finding.said, finding.advice)
        new_console().print(table)
    if any(finding.grade is CheckGrade.FAILED for finding in findings):
        raise typer.Exit(1)


def _findings(folder: Path, option: Path | None) -> Iterator[CheckResult]:
    try:
        configuration = read_configuration(option, quiet=True)
    except ConfigurationError as error:
        for mistake in error.mistakes:
            yield CheckResult(
                what="configuration",
                grade=CheckGrade.FAILED,
                said=mistake,
                advice="correct it; the other checks need a valid configuration",
            )
        return
    said = f"{folder} is valid: {number_of(len(configuration.feeds), 'feed')}"
    yield CheckResult(what="configuration", grade=CheckGrade.PASSED, said=said)
    settings = configuration.settings
    file = sqlite_file_of(settings.database)
    if file is not None:
        yield from _of_disk(file)
    if file is None or file.exists():
        with closing(Database(settings.database)) as database:
            yield from _of_database(database)
    else:
        yield CheckResult(what="database", grade=CheckGrade.PASSED, said=f"{file} will be created at the first start")
        yield health_checks.check_clock(utc_now(), newest=None)
    if settings.publishing.output is not None:
        yield _of_folder("output", settings.publishing.output)
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield health_checks.check_open_files(limit=limit, concurrency=settings.polling.concurrency)
    yield health_checks.check_name_resolution(_hosts_resolved(configuration))
    url = settings.publishing.public_url
    yield health_checks.check_public_url(url, problem=None if url is None else _problem_at(url))


def _of_disk(file: Path) -> Iterator[CheckResult]:
    """Yields the findings about the folder of a SQLite file and its free disk space."""
    yield _of_folder("folder", file.parent)
    yield health_checks.check_disk(str(file.parent), free=shutil.disk_usage(_nearest_existing(file.parent)).free)


def _of_database(database: Database) -> Iterator[CheckResult]:
    """Yields the findings about the database, and about the clock, compared with the newest stored poll."""
    newest = None
    try:
        pending = pending_migrations(database)
        if not pending:
            with database.reading() as session:
                newest = latest_poll_at(session)
    except StoreError as error:
        yield health_checks.check_database(database.shown_url, pending=(), problem=str(error))
    else:
        yield health_checks.check_database(database.shown_url, pending=pending, problem=None)
    yield health_checks.check_clock(utc_now(), newest=newest)


def _of_folder(what: str, folder: Path) -> CheckResult:
    return health_checks.check_folder(
        what, str(folder), writable=os.access(_nearest_existing(folder), os.W_OK | os.X_OK)
    )


def _nearest_existing(folder: Path) -> Path:
    """Returns the folder, or its nearest parent that exists."""
    return next(above for above in (folder, *folder.absolute().parents) if above.exists())


def _hosts_resolved(configuration: Configuration) -> dict[str, bool]:
    """Returns for the hosts of the first feeds whether a name server knows their address."""
    hosts = dict.fromkeys(host for feed in configuration.feeds if (host := urlsplit(feed.url).hostname))
    return asyncio.run(_have_addresses(list(hosts)[:_MOST_HOSTS]))


async def _have_addresses(hosts: list[str]) -> dict[str, bool]:
    with closing(SystemResolver(threads=_MOST_HOSTS)) as resolver:
        found = await asyncio.gather(
            *(resolve_addresses(host, _HTTPS, resolver=resolver) for host in hosts), return_exceptions=True
        )
    return {host: not isinstance(addresses, NameNotResolved) for host, addresses in zip(hosts, found, strict=True)}


def _problem_at(url: str) -> str | None:
    """Returns the reason why the service does not respond at its public URL; None if it responds."""
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/healthz", timeout=_TIMEOUT) as response:  # noqa: S310 - http or https
            return None if b'"version"' in response.read(10_000) else "another program responds there"
    except (OSError, ValueError) as error:
        return f"it does not respond ({getattr(error, 'reason', error)})"
