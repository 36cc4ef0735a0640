"""Steps that hang, crash or eat all memory cost their own process and nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta

import pytest

from aggregator.errors import WorkerCrashed, WorkerError, WorkerTimeout
from aggregator.workers import Workers

pytestmark = pytest.mark.anyio

GENEROUS = timedelta(seconds=60)
MEMORY = 2_000_000_000


def double(number: int) -> int:
    return 2 * number


def own_process() -> int:
    return os.getpid()


def fail(message: str) -> None:
    raise ValueError(message)


def hang() -> None:
    while True:
        pass


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def devour() -> int:
    return len(bytearray(10 * MEMORY))


def workers(count: int = 1, deadline: timedelta = GENEROUS) -> Workers:
    return Workers(count, deadline=deadline, memory=MEMORY)


async def test_a_step_runs_in_another_process_and_gives_its_result() -> None:
    async with workers() as pool:
        assert await pool.run(double, 21) == 42
        assert await pool.run(own_process) != os.getpid()


async def test_an_error_of_a_step_is_told_with_its_name_and_its_cause() -> None:
    async with workers() as pool:
        with pytest.raises(WorkerError, match=r"fail.*not today") as caught:
            await pool.run(fail, "not today")
        assert isinstance(caught.value.__cause__, ValueError)
        assert await pool.run(double, 1) == 2


async def test_a_step_past_its_deadline_is_killed_and_its_worker_replaced() -> None:
    async with workers(deadline=timedelta(seconds=3)) as pool:
        first = await pool.run(own_process)
        with pytest.raises(WorkerTimeout, match="hang"):
            await pool.run(hang)
        assert await pool.run(own_process) != first


async def test_a_step_that_kills_its_process_is_a_crash_and_the_pool_recovers() -> None:
    async with workers() as pool:
        with pytest.raises(WorkerCrashed, match="die"):
            await pool.run(die)
        assert await pool.run(double, 1) == 2


async def test_a_step_that_wants_all_memory_fails_alone() -> None:
    async with workers() as pool:
        with pytest.raises(WorkerError, match="devour"):
            await pool.run(devour)
        assert await pool.run(double, 1) == 2


async def test_steps_run_side_by_side_and_a_crash_does_not_touch_the_others() -> None:
    async with workers(2) as pool:
        results = await asyncio.gather(*(pool.run(double, n) for n in range(8)), pool.run(die), return_exceptions=True)
    assert results[:8] == [2 * n for n in range(8)]
    assert isinstance(results[8], WorkerCrashed)


async def test_cancelling_who_waits_stops_the_step() -> None:
    async with workers() as pool:
        await pool.run(double, 1)
        waiting = asyncio.create_task(pool.run(hang))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await pool.run(double, 1) == 2


async def test_what_cannot_be_sent_is_an_error_and_no_hang() -> None:
    async with workers() as pool:
        with pytest.raises(WorkerError, match="cannot be sent"):
            await pool.run(lambda: 1)
