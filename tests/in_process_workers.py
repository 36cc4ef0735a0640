"""Runs the steps of worker processes in the test's own process: no process start, same results."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec, Self, TypeVar, cast

import pytest

from aggregator.errors import WorkerError
from aggregator.worker_pool import WorkerPool

T = TypeVar("T")
P = ParamSpec("P")


class InProcessWorkers(WorkerPool):
    """Workers without processes, deadline and memory limit.

    Arguments and results are pickled as on the way to a process and back. ``tests/test_worker_pool.py``
    tests the real workers; tests of deadlines and crashes start them.
    """

    def __init__(self) -> None:
        super().__init__(1, deadline=timedelta.max, memory=0)

    async def __aenter__(self) -> Self:
        return self

    async def stop(self) -> None:
        """Stops nothing."""

    async def run(self, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a step at once; raises WorkerError from its cause when the step raised."""
        name = f"{step.__module__}.{step.__qualname__}"
        sent, positional, named = pickle.loads(pickle.dumps((step, args, kwargs)))
        try:
            result = sent(*positional, **named)
        except Exception as cause:
            raise WorkerError(f"{name} failed: {type(cause).__name__}: {cause}") from cause
        return cast("T", pickle.loads(pickle.dumps(result)))


def start_no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets services and commands that start workers of their own run steps in this process."""
    monkeypatch.setattr("aggregator.bootstrap.WorkerPool", lambda *_, **__: InProcessWorkers())
