"""Reports when the database cannot be used, and when it can be used again.

A full disk, a file that another program keeps locked, or a server that is down: the statement is correct, and the
only remedy is to repeat it later. Every other error of a database is a mistake of this program.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

import structlog
from sqlalchemy.exc import DBAPIError

log = structlog.get_logger()

_FAILURE_FREE = 90.0
"""Seconds without a failure after which a stored change ends an outage."""

_SQLITE = {
    sqlite3.SQLITE_FULL: "the disk is full: free space, or set retention.age in aggregator.yaml",
    sqlite3.SQLITE_IOERR: "its disk cannot be read or written: free space if it is full, else read the system log",
    sqlite3.SQLITE_BUSY: "another program keeps it locked: stop the other program that has the file open",
    sqlite3.SQLITE_LOCKED: "another program keeps it locked: stop the other program that has the file open",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened: check the folder, its permissions and the limit of open files",
    sqlite3.SQLITE_READONLY: "it is read-only: make the file and its folder writable for the user of the service",
    sqlite3.SQLITE_CORRUPT: "its file is damaged: restore a backup into a new file",
    sqlite3.SQLITE_NOTADB: "its file is not a database: restore a backup into a new file",
}
"""Primary result codes (https://sqlite.org/rescode.html) and what to do."""

_POSTGRES = {
    "53100": "the disk of its server is full: free space, or set retention.age in aggregator.yaml",
    "53": "its server lacks memory or connections",
    "25006": "its server is read-only: set database to the primary server",
    "57P": "its server is starting or stopping",
    "08": "its server does not answer",
}
"""Error codes or their prefixes (PostgreSQL manual, appendix A) and what to do, the longest first."""


def unavailable_reason(error: DBAPIError) -> str | None:
    """Returns why the database cannot be used and what to do.

    None if the statement is wrong and not the database.
    """
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        advice = None if code is None else _SQLITE.get(code & 0xFF)
    else:
        has_answer = not (error.connection_invalidated or _is_unanswered(cause))
        code = getattr(cause, "sqlstate", None) or ("" if has_answer else "08")
        advice = next((text for prefix, text in _POSTGRES.items() if code.startswith(prefix)), None)
    return None if advice is None else f"{advice} ({_first_line(cause)})"


class DatabaseOutage:
    """The time in which a database cannot be used; logs its begin and its end.

    ``ticks`` returns seconds that only increase. Safe for several threads: two of them write the same values.
    """

    def __init__(self, database: str, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._ticks = ticks
        self._began = self._failed = 0.0
        self.reason: str | None = None

    def fail(self, reason: str) -> None:
        """Records that the database could not be used."""
        now = self._ticks()
        if self.reason is None:
            self._began = now
            log.error("database.unavailable", database=self._database, reason=reason)
        self._failed, self.reason = now, reason

    def succeed(self) -> None:
        """Records that a change was stored.

        The outage ends only after a while without failures: that one change fits on a disk says little of the
        next.
        """
        now = self._ticks()
        if self.reason is not None and now - self._failed >= _FAILURE_FREE:
            self.reason = None
            log.warning("database.available", database=self._database, after_seconds=round(now - self._began))


def _is_unanswered(cause: BaseException | None) -> bool:
    """True if psycopg has no connection; there is no code then, because no server sent one."""
    return type(cause).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError")


def _first_line(cause: BaseException | None) -> str:
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0]
