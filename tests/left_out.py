"""Prints at the end of ``make test`` what it left to ``make test-all``."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

MARKS = {
    "browser": "{} in a browser",
    "postgres": "{} on PostgreSQL",
    "exhaustive": "{} that take long",
    "sampled": "all cases of {} of which it took a sample",
}
"""Marks and how their tests are named; a test counts for the first of its marks."""

_COUNTS: pytest.StashKey[Counter[str]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Begins to count."""
    config.stash[_COUNTS] = Counter[str]()


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Counts what does not run, by its first mark."""
    for item in items:
        mark = next((mark for mark in MARKS if mark in item.keywords), None)
        if mark not in (None, "sampled"):
            item.config.stash[_COUNTS][str(mark)] += 1


def pytest_collection_finish(session: pytest.Session) -> None:
    """Counts what runs with a sample of its cases."""
    session.config.stash[_COUNTS]["sampled"] = sum("sampled" in item.keywords for item in session.items)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Sends the counts of a pytest-xdist worker home."""
    if hasattr(session.config, "workeroutput"):
        counts = session.config.stash[_COUNTS]
        session.config.workeroutput["left_out"] = dict(counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Takes the counts of a worker, all of which collect the same tests; one that crashed sent none."""
    config: pytest.Config = node.config
    if sent := getattr(node, "workeroutput", None):
        config.stash[_COUNTS] = Counter(sent["left_out"])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the counts, in the run that is meant to leave something out."""
    counts = config.stash[_COUNTS]
    if config.getoption("exhaustive") or not config.option.markexpr.startswith("not "):
        return
    parts = [told.format(f"{counts[mark]:,} tests") for mark, told in MARKS.items() if counts[mark]]
    if parts:
        terminalreporter.write_line(f"Left to make test-all: {'; '.join(parts)}.")
