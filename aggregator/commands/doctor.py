"""``aggregator doctor``: what does it measure of the place the service runs in?

What the measures mean is ``checkup``'s. Nothing is changed, so it may run while the service does.
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
from rich.console import Console
from rich.markup import escape

from aggregator import health_checks
from aggregator.clock import utc_now
from aggregator.commands.console import configured, print_json, table_of
from aggregator.commands.options import Config, Json
from aggregator.configuration.loading import config_directory
from aggregator.errors import ConfigurationError, StoreError
from aggregator.health_checks import Finding, Grade
from aggregator.plurals import number_of
from aggregator.polling.name_resolution import NameNotResolved, SystemResolver, addresses_of
from aggregator.settings.settings_file import Configuration
from aggregator.store.database import Database, file_of
from aggregator.store.feeds import newest_poll
from aggregator.store.schema_migration import pending_migrations

_MOST_HOSTS = 5
_HTTPS = 443
_PATIENCE = 5.0
_LOOKS = {Grade.WELL: "[green]well[/green]", Grade.WARNING: "[yellow]look[/yellow]", Grade.ILL: "[red]ill[/red]"}


def doctor(config: Config = None, as_json: Json = False) -> None:
    """Look at what the service needs, and say what to do where something is missing.

    The configuration, the database, the folders it writes, the disk, the clock, name servers, the number of
    files it may open, and the public URL. Exit code 1 when something is ill.
    """
    findings = tuple(_findings(config_directory(config), config))
    if as_json:
        print_json(findings)
    else:
        table = table_of("", "what", "found", "what to do")
        for finding in findings:
            table.add_row(_LOOKS[finding.grade], finding.what, escape(finding.said), escape(finding.advice))
        Console().print(table)
    if any(finding.grade is Grade.ILL for finding in findings):
        raise typer.Exit(1)


def _findings(folder: Path, option: Path | None) -> Iterator[Finding]:
    try:
        configuration = configured(option, quiet=True)
    except ConfigurationError as error:
        for mistake in error.mistakes:
            yield Finding(what="configuration", grade=Grade.ILL, said=mistake, advice="mend it; the rest comes after")
        return
    said = f"{folder} is valid: {number_of(len(configuration.feeds), 'feed')}"
    yield Finding(what="configuration", grade=Grade.WELL, said=said)
    settings = configuration.settings
    file = file_of(settings.database)
    if file is not None:
        yield from _of_place(file)
    if file is None or file.exists():
        with closing(Database(settings.database)) as database:
            yield from _of_database(database)
    else:
        yield Finding(what="database", grade=Grade.WELL, said=f"{file} is made at the first start")
        yield health_checks.of_clock(utc_now(), newest=None)
    if settings.publishing.output is not None:
        yield _of_folder("output", settings.publishing.output)
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield health_checks.of_files(limit=limit, concurrency=settings.polling.concurrency)
    yield health_checks.of_names(_looked_up(configuration))
    url = settings.publishing.public_url
    yield health_checks.of_public_url(url, problem=None if url is None else _problem_at(url))


def _of_place(file: Path) -> Iterator[Finding]:
    """The folder a database is in, and the room there."""
    yield _of_folder("folder", file.parent)
    yield health_checks.of_disk(str(file.parent), free=shutil.disk_usage(_there(file.parent)).free)


def _of_database(database: Database) -> Iterator[Finding]:
    """The database, and the clock, which is judged by what it holds."""
    newest = None
    try:
        pending = pending_migrations(database)
        if not pending:
            with database.reading() as session:
                newest = newest_poll(session)
    except StoreError as error:
        yield health_checks.of_database(database.shown_url, pending=(), problem=str(error))
    else:
        yield health_checks.of_database(database.shown_url, pending=pending, problem=None)
    yield health_checks.of_clock(utc_now(), newest=newest)


def _of_folder(what: str, folder: Path) -> Finding:
    return health_checks.of_folder(what, str(folder), writable=os.access(_there(folder), os.W_OK | os.X_OK))


def _there(folder: Path) -> Path:
    """The folder, or the one above it in which it would be made."""
    return next(above for above in (folder, *folder.absolute().parents) if above.exists())


def _looked_up(configuration: Configuration) -> dict[str, bool]:
    """Whether the hosts of the first feeds have addresses."""
    hosts = dict.fromkeys(host for feed in configuration.feeds if (host := urlsplit(feed.url).hostname))
    return asyncio.run(_have_addresses(list(hosts)[:_MOST_HOSTS]))


async def _have_addresses(hosts: list[str]) -> dict[str, bool]:
    with closing(SystemResolver(threads=_MOST_HOSTS)) as resolver:
        found = await asyncio.gather(
            *(addresses_of(host, _HTTPS, resolver=resolver) for host in hosts), return_exceptions=True
        )
    return {host: not isinstance(addresses, NameNotResolved) for host, addresses in zip(hosts, found, strict=True)}


def _problem_at(url: str) -> str | None:
    """Why this service cannot be had at its public URL; None when it can."""
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/healthz", timeout=_PATIENCE) as answer:  # noqa: S310 - http or https
            return None if b'"version"' in answer.read(10_000) else "something else answers there"
    except (OSError, ValueError) as error:
        return f"it does not answer ({getattr(error, 'reason', error)})"
