"""Writes a backup of the database, and restores one."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from aggregator.commands.console import read_configuration
from aggregator.commands.options import Config
from aggregator.commands.stored_library import library_of_database
from aggregator.configured_database import open_database
from aggregator.errors import AggregatorError, ConfigurationError, StoreError
from aggregator.plurals import number_of
from aggregator.publishing.feed_formats import DigestFormat, render_digest
from aggregator.read_model import ReadModel
from aggregator.settings.settings_file import Configuration
from aggregator.store import backup as database_backup
from aggregator.store.database import Database
from aggregator.store.schema_migration import migrate


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write; it must not exist.")],
    config: Config = None,
) -> None:
    """Copies the database, as of one instant, into a SQLite file; raises ``ConfigurationError`` if it exists."""
    configuration = read_configuration(config, quiet=True)
    if file.exists():
        raise ConfigurationError(f"{file} exists; give the name of a new file")
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)  # left by an interrupted backup
    with open_database(configuration, hold=False) as database:
        try:
            with _bar("Writing") as progress:
                database_backup.write_backup(database, part, progress=progress)
            part.rename(file)
        finally:
            part.unlink(missing_ok=True)
        what = _stored_counts(database)
    typer.echo(f"{file}: written, {what}")


def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A backup, or the SQLite database of a service that is stopped.")
    ],
    config: Config = None,
) -> None:
    """Copies the rows of a backup into the configured database, and compares the digests of both.

    Raises ``ConfigurationError`` if the file is missing or the database is not empty, ``StoreError`` if the file is
    no backup, and ``AggregatorError`` if rows are missing or a digest differs.
    """
    configuration = read_configuration(config, quiet=True)
    if not file.is_file():
        raise ConfigurationError(f"{file}: the file does not exist")
    with open_database(configuration, hold=True) as target:
        if not database_backup.is_empty_database(target):
            raise ConfigurationError(
                f"{target.shown_url} is not empty, and restore does not overwrite data; name an empty database under "
                "database in aggregator.yaml, or move this database elsewhere"
            )
        with _opened_copy(file) as source:
            before = library_of_database(
                source, configuration
            )  # stores a tag authority, if it has none, which is copied too
            with _bar("Restoring") as progress:
                database_backup.copy_rows(source, target, progress=progress)
            if database_backup.count_rows(source) != database_backup.count_rows(target):
                raise AggregatorError("some rows were not copied; the database differs from the backup")
            compared = _compare(before, library_of_database(target, configuration), configuration)
        what = _stored_counts(target)
    typer.echo(f"{file}: restored, {what}; {number_of(compared, 'document')} of digests are identical")


def _stored_counts(database: Database) -> str:
    found = database_backup.count_rows(database, "entry", "story")
    return f"{number_of(found['entry'], 'entry')} and {number_of(found['story'], 'story')}"


@contextmanager
def _opened_copy(file: Path) -> Iterator[Database]:
    """Opens a copy of a backup, migrated to this program's version; the file itself is not changed."""
    with tempfile.TemporaryDirectory(prefix="aggregator-") as folder:
        path = Path(folder) / "copy.db"
        database_backup.copy_sqlite_file(file, path)
        with database_backup.open_sqlite_file(path) as copy:
            if migrate(copy) and database_backup.is_empty_database(copy):
                raise StoreError(f"{file} is not a backup: it holds no data of this program")
            yield copy


def _compare(one: ReadModel, other: ReadModel, configuration: Configuration) -> int:
    """Renders the digests from both databases; returns the number of identical documents.

    Renders every page as Atom, and the first page in the other formats, which contain the same values. Raises
    ``AggregatorError`` if a document differs.
    """
    compared = 0
    for digest in configuration.digests:
        for name, (before, after) in _documents(one, other, digest.name):
            if before != after:
                raise AggregatorError(f"{name} differs after the restore; the database differs from the backup")
            compared += 1
    return compared


def _documents(one: ReadModel, other: ReadModel, name: str) -> Iterator[tuple[str, tuple[bytes | None, bytes | None]]]:
    for number in itertools.count(1):
        before, after = one.digest(name, number), other.digest(name, number)
        if before is None and after is None:
            return
        for format_ in DigestFormat if number == 1 else (DigestFormat.ATOM,):
            rendered = tuple(None if page is None else render_digest(page, format_) for page in (before, after))
            yield f"page {number} of the digest {name!r} as {format_}", (rendered[0], rendered[1])


@contextmanager
def _bar(what: str) -> Iterator[database_backup.Progress]:
    """Shows a progress bar during the block, if standard error is a terminal."""
    columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
