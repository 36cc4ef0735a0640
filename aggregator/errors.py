"""What can go wrong that is not an ordinary outcome, as one tree of exceptions.

    AggregatorError
    ├── ConfigurationError     the YAML, the environment or an option is wrong: a person can mend it
    ├── StoreError             the database cannot be used
    │   ├── DatabaseTooNew     its schema was written by a newer version of this program
    │   └── AlreadyRunning     another daemon holds this SQLite file
    └── WorkerError            a pure step failed inside a worker process
        ├── WorkerTimeout      it ran past its deadline and was killed
        └── WorkerCrashed      it died: memory limit, native crash

What is expected (304, 410, a feed that is HTML, a page without an article) is not here: those
are values in ``model``.
"""

from __future__ import annotations


class AggregatorError(Exception):
    """The root: everything this program raises on purpose."""


class ConfigurationError(AggregatorError):
    """The configuration is wrong; ``mistakes`` holds one full sentence per mistake, with file and line."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class StoreError(AggregatorError):
    """The database cannot be used."""


class StoreUnavailable(StoreError):
    """The database cannot be used just now; the same may be asked again later."""


class DatabaseTooNew(StoreError):
    """The schema was written by a newer version of this program."""


class AlreadyRunning(StoreError):
    """Another daemon holds this SQLite file."""


class WorkerError(AggregatorError):
    """A pure step failed inside a worker process; the message names the step and the cause."""


class WorkerTimeout(WorkerError):
    """The step ran past its deadline and its process was killed."""


class WorkerCrashed(WorkerError):
    """The process died: memory limit, native crash."""
