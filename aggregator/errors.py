"""Defines the exceptions of this program, as one tree.

    AggregatorError
    ├── ConfigurationError     a configuration file, the environment or an option is wrong; the user can correct it
    ├── StoreError             the database cannot be used
    │   ├── StoreUnavailable   it cannot be used now; the same call may succeed later
    │   ├── DatabaseTooNew     a newer version of this program wrote its schema
    │   └── AlreadyRunning     another service holds this SQLite file
    └── WorkerError            a pure step failed in a worker process
        ├── WorkerTimeout      the step exceeded its deadline, and its process was killed
        └── WorkerCrashed      the process ended: memory limit, native crash

A few modules define further subclasses of ``AggregatorError`` that only they raise.

Expected results (304, 410, a feed that is HTML, a page without an article) are not exceptions but values in
``model``.
"""

from __future__ import annotations


class AggregatorError(Exception):
    """The base class of all exceptions that this program raises deliberately."""


class ConfigurationError(AggregatorError):
    """A wrong configuration; ``mistakes`` has one sentence per error, with file and line."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class StoreError(AggregatorError):
    """An unusable database."""


class StoreUnavailable(StoreError):
    """A database that cannot be used now; the same call may succeed later."""


class DatabaseTooNew(StoreError):
    """A database whose schema was written by a newer version of this program."""


class AlreadyRunning(StoreError):
    """A SQLite file that another service holds."""


class WorkerError(AggregatorError):
    """A pure step that failed in a worker process; the message names the step and the cause."""


class WorkerTimeout(WorkerError):
    """A step that exceeded its deadline, so that its process was killed."""


class WorkerCrashed(WorkerError):
    """A worker process that ended: memory limit, native crash."""
