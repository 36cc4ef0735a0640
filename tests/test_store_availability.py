"""Which errors say that the database cannot be used, what people are told to do, and when an outage is over."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from aggregator.store.availability import DatabaseOutage, unavailable_reason


def failed(cause: BaseException, *, connection_lost: bool = False) -> DBAPIError:
    """What SQLAlchemy raises for an error of a driver."""
    return DBAPIError("SELECT 1", {}, cause, connection_invalidated=connection_lost)


def sqlite_error(code: int | None, message: str = "it said so") -> sqlite3.Error:
    error = sqlite3.OperationalError(message)
    if code is not None:
        error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full: free space, or set retention.age"),
        (sqlite3.SQLITE_IOERR, "its disk cannot be read or written: free space if it is full"),
        (sqlite3.SQLITE_IOERR_WRITE, "its disk cannot be read or written: free space if it is full"),
        (sqlite3.SQLITE_BUSY, "another program keeps it locked: stop the other program"),
        (sqlite3.SQLITE_LOCKED_SHAREDCACHE, "another program keeps it locked: stop the other program"),
        (sqlite3.SQLITE_CANTOPEN, "its file cannot be opened: check the folder, its permissions"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "it is read-only: make the file and its folder writable"),
        (sqlite3.SQLITE_CORRUPT, "its file is damaged: restore a backup"),
        (sqlite3.SQLITE_NOTADB, "its file is not a database: restore a backup"),
        (sqlite3.SQLITE_ERROR, None),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, None),
        (None, None),
    ],
)
def test_an_error_of_sqlite_says_by_its_primary_code_what_to_do(code: int | None, advice: str | None) -> None:
    reason = unavailable_reason(failed(sqlite_error(code)))
    assert reason is None if advice is None else (reason or "").startswith(advice)


@pytest.mark.parametrize(
    ("cause", "advice"),
    [
        (errors.DiskFull("x"), "the disk of its server is full: free space"),
        (errors.TooManyConnections("x"), "its server lacks memory or connections"),
        (errors.ReadOnlySqlTransaction("x"), "its server is read-only: set database to the primary server"),
        (errors.CannotConnectNow("x"), "its server is starting or stopping"),
        (errors.AdminShutdown("x"), "its server is starting or stopping"),
        (errors.ConnectionFailure("x"), "its server does not answer"),
        (psycopg.OperationalError("x"), "its server does not answer"),
        (errors.ConnectionTimeout("x"), "its server does not answer"),
        (psycopg.InterfaceError("x"), "its server does not answer"),
        (errors.QueryCanceled("x"), None),
        (errors.ActiveSqlTransaction("x"), None),
        (errors.UndefinedTable("x"), None),
        (errors.UniqueViolation("x"), None),
        (psycopg.ProgrammingError("x"), None),
    ],
)
def test_an_error_of_postgresql_says_by_its_code_what_to_do(cause: psycopg.Error, advice: str | None) -> None:
    reason = unavailable_reason(failed(cause))
    if advice is None:
        assert reason is None
    else:
        assert reason is not None
        assert reason.startswith(advice)
        assert reason.endswith(" (x)")


def test_a_connection_that_broke_is_a_server_that_does_not_answer_unless_a_code_says_more() -> None:
    assert unavailable_reason(failed(psycopg.ProgrammingError("gone"), connection_lost=True)) == (
        "its server does not answer (gone)"
    )
    assert (unavailable_reason(failed(errors.AdminShutdown("bye"), connection_lost=True)) or "").startswith(
        "its server is starting or stopping"
    )


def test_the_first_line_of_the_error_is_shown_or_its_name() -> None:
    for message, line in (("one line", "one line"), ("\nfirst\nsecond\n", "first"), ("", "OperationalError")):
        reason = unavailable_reason(failed(sqlite_error(sqlite3.SQLITE_CORRUPT, message)))
        assert reason == f"its file is damaged: restore a backup into a new file ({line})"


def test_an_outage_is_over_when_something_is_stored_ninety_seconds_after_the_last_failure() -> None:
    seconds = 1000.0
    outage = DatabaseOutage("x.db", ticks=lambda: seconds)
    outage.fail("full")
    seconds += 10
    outage.fail("locked")
    assert outage.reason == "locked"
    seconds += 89
    outage.succeed()
    assert outage.reason == "locked"
    seconds += 1
    with capture_logs() as logs:
        outage.succeed()
        outage.succeed()
    reason: str | None = outage.reason
    assert reason is None
    assert logs == [{"event": "database.available", "log_level": "warning", "database": "x.db", "after_seconds": 100}]
    seconds += 900
    outage.fail("full again")
    seconds += 90
    with capture_logs() as logs:
        outage.succeed()
    assert [line["after_seconds"] for line in logs] == [90], "a new outage has its own begin"
