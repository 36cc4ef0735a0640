"""Background tasks run until they end or are cancelled."""

from __future__ import annotations

import asyncio

import pytest

from aggregator.background_tasks import BackgroundTasks

pytestmark = pytest.mark.anyio


async def test_a_task_that_ended_is_not_counted() -> None:
    tasks = BackgroundTasks()
    await tasks.start(asyncio.sleep(0))
    assert len(tasks) == 0


async def test_waiting_ends_with_the_first_task() -> None:
    tasks, forever = BackgroundTasks(), asyncio.Event()

    async def wait() -> None:
        await forever.wait()

    tasks.start(wait())
    tasks.start(asyncio.sleep(0))
    await tasks.wait_for_one(at_most=60)
    assert len(tasks) == 1
    await tasks.finish(after=0)
    assert len(tasks) == 0


async def test_finishing_lets_short_tasks_end_and_cancels_the_others() -> None:
    tasks, ended = BackgroundTasks(), list[str]()

    async def work(name: str, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
            ended.append(name)
        except asyncio.CancelledError:
            ended.append(f"{name} cancelled")
            raise

    tasks.start(work("short", 0))
    tasks.start(work("long", 3600))
    await tasks.finish(after=0.05)
    assert ended == ["short", "long cancelled"]


async def test_without_tasks_nothing_is_waited_for() -> None:
    tasks = BackgroundTasks()
    await tasks.wait_for_one(at_most=3600)
    await tasks.finish(after=3600)
