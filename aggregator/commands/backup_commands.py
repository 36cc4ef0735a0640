"""``aggregator backup`` and ``restore``: how is all that is stored kept elsewhere, and how does it come back?"""

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

from aggregator.commands.console import configured
from aggregator.commands.options import Config
from aggregator.commands.stored_library import library_on
from aggregator.configured_database import open_database
from aggregator.errors import AggregatorError, ConfigurationError, StoreError
from aggregator.plurals import number_of
from aggregator.publishing.feed_formats import Format, render
from aggregator.read_model import StoredLibrary
from aggregator.settings.settings_file import Configuration
from aggregator.store import backup as database_backup
from aggregator.store.database import Database
from aggregator.store.schema_migration import migrate


def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it must not be there yet.")],
    config: Config = None,
) -> None:
    """Write all that is stored into one file, as it is at one instant; works while the service runs.

    The file is an SQLite database, also when the service uses PostgreSQL. The configuration is yours and is
    not in it.
    """
    configuration = configured(config, quiet=True)
    if file.exists():
        raise ConfigurationError(f"{file} is there already; give a name that is free")
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)  # of a backup that was interrupted
    with open_database(configuration, hold=False) as database:
        try:
            with _bar("Writing") as progress:
                database_backup.write_copy(database, part, progress=progress)
            part.rename(file)
        finally:
            part.unlink(missing_ok=True)
        what = _what_is_in(database)
    typer.echo(f"{file}: written, {what}")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup, or the database file of a service that does not run.")],
    config: Config = None,
) -> None:
    """Fill the configured database, which must be empty, with what a backup holds.

    The two may be of different kinds: with a postgresql URL under database in aggregator.yaml, this moves a
    service from SQLite to PostgreSQL. Afterwards the digests are rendered from both and compared byte by
    byte. The file is only read, and no service may run on the database meanwhile.
    """
    configuration = configured(config, quiet=True)
    if not file.is_file():
        raise ConfigurationError(f"{file}: there is no such file")
    with open_database(configuration, hold=True) as target:
        if not database_backup.is_empty(target):
            raise ConfigurationError(
                f"{target.shown_url} is not empty, and nothing stored is written over; name an empty database under "
                "database in aggregator.yaml, or move this one away"
            )
        with _opened_copy(file) as source:
            before = library_on(source, configuration)  # a name for the installation, if it has none, is copied too
            with _bar("Restoring") as progress:
                database_backup.copy_rows(source, target, progress=progress)
            if database_backup.counts(source) != database_backup.counts(target):
                raise AggregatorError("some rows did not arrive; the database is not what the backup was")
            compared = _compare(before, library_on(target, configuration), configuration)
        what = _what_is_in(target)
    typer.echo(f"{file}: restored, {what}; {number_of(compared, 'document')} of digests are the same as before")


def _what_is_in(database: Database) -> str:
    found = database_backup.counts(database, "entry", "story")
    return f"{number_of(found['entry'], 'entry')} and {number_of(found['story'], 'story')}"


@contextmanager
def _opened_copy(file: Path) -> Iterator[Database]:
    """A copy of a backup at this program's version; the file itself is left as it is."""
    with tempfile.TemporaryDirectory(prefix="aggregator-") as folder:
        path = Path(folder) / "copy.db"
        database_backup.write_copy_of_file(file, path)
        with database_backup.opened_file(path) as copy:
            if migrate(copy) and database_backup.is_empty(copy):
                raise StoreError(f"{file} is no backup: it holds nothing of this program")
            yield copy


def _compare(one: StoredLibrary, other: StoredLibrary, configuration: Configuration) -> int:
    """Render the digests from both databases; gives how many documents were the same.

    Every page in Atom, the first in the other formats, which are made of the same values. Raises
    ``AggregatorError`` when a document differs.
    """
    compared = 0
    for digest in configuration.digests:
        for name, (before, after) in _documents(one, other, digest.name):
            if before != after:
                raise AggregatorError(f"{name} is another one than before; the database is not what the backup was")
            compared += 1
    return compared


def _documents(
    one: StoredLibrary, other: StoredLibrary, name: str
) -> Iterator[tuple[str, tuple[bytes | None, bytes | None]]]:
    for number in itertools.count(1):
        before, after = one.digest(name, number), other.digest(name, number)
        if before is None and after is None:
            return
        for format_ in Format if number == 1 else (Format.ATOM,):
            rendered = tuple(None if page is None else render(page, format_) for page in (before, after))
            yield f"page {number} of the digest {name!r} as {format_}", (rendered[0], rendered[1])


@contextmanager
def _bar(what: str) -> Iterator[database_backup.Progress]:
    """A bar on a terminal, for what takes long."""
    columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
