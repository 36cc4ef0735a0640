"""Can the database be used at all, and since when not?

A disk that is full, a file that somebody else keeps locked, a server that went away: nothing is wrong with
what was asked, and asking again later is all there is to do. Everything else a database says is a mistake
of this program.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

import structlog
from sqlalchemy.exc import DBAPIError

log = structlog.get_logger()

_QUIET = 90.0
"""Seconds without a failure after which a change that is stored says that an outage is over."""

_SQLITE = {
    sqlite3.SQLITE_FULL: "the disk is full: make room, or set retention.age in aggregator.yaml",
    sqlite3.SQLITE_IOERR: "its disk cannot be read or written: make room if it is full, else look at the system's log",
    sqlite3.SQLITE_BUSY: "another program keeps it locked: end what else has the file open",
    sqlite3.SQLITE_LOCKED: "another program keeps it locked: end what else has the file open",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened: look at the folder, its permissions and the limit of files",
    sqlite3.SQLITE_READONLY: "it can only be read: give the file and its folder to the user the service runs as",
    sqlite3.SQLITE_CORRUPT: "its file is damaged: restore a backup into a new file",
    sqlite3.SQLITE_NOTADB: "its file is no database: restore a backup into a new file",
}
"""Primary result codes (https://sqlite.org/rescode.html) and what to do."""

_POSTGRES = {
    "53100": "the disk of its server is full: make room, or set retention.age in aggregator.yaml",
    "53": "its server has too little of something: memory, or connections",
    "25006": "its server can only be read: point database at the primary one",
    "57P": "its server is starting or stopping",
    "08": "its server does not answer",
}
"""Codes or beginnings of codes (PostgreSQL's appendix on errors) and what to do, the longest first."""


def why_unavailable(error: DBAPIError) -> str | None:
    """What keeps the database from being used and what to do; None when the question was wrong, not the database."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        advice = None if code is None else _SQLITE.get(code & 0xFF)
    else:
        answered = not (error.connection_invalidated or _is_unanswered(cause))
        code = getattr(cause, "sqlstate", None) or ("" if answered else "08")
        advice = next((said for known, said in _POSTGRES.items() if code.startswith(known)), None)
    return None if advice is None else f"{advice} ({_first_line(cause)})"


class Outage:
    """The time in which a database cannot be used; told when it begins and when it ends.

    ``ticks`` gives seconds that only go forward. For any number of threads: what two of them write at once
    is the same.
    """

    def __init__(self, database: str, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._ticks = ticks
        self._began = self._failed = 0.0
        self.reason: str | None = None

    def fail(self, reason: str) -> None:
        """The database could not be used just now."""
        now = self._ticks()
        if self.reason is None:
            self._began = now
            log.error("database.unavailable", database=self._database, reason=reason)
        self._failed, self.reason = now, reason

    def succeed(self) -> None:
        """A change was stored. What fits into the room a file has says little of the next, so it takes a while."""
        now = self._ticks()
        if self.reason is not None and now - self._failed >= _QUIET:
            self.reason = None
            log.warning("database.available", database=self._database, after_seconds=round(now - self._began))


def _is_unanswered(cause: BaseException | None) -> bool:
    """Whether psycopg says that there is no connection: then there is no code, because no server gave one."""
    return type(cause).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError")


def _first_line(cause: BaseException | None) -> str:
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0]
