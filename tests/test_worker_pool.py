"""Steps in worker processes: results, failures, deadlines, crashes, and what remains after the end."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.errors import WorkerCrashed, WorkerError, WorkerTimeout
from aggregator.extraction.page_extraction import extract_article
from aggregator.model.extraction import ExtractedPage
from aggregator.worker_pool import WorkerPool

pytestmark = pytest.mark.anyio

LONG = timedelta(minutes=5)
SHORT = timedelta(seconds=1)
MEMORY = 2_000_000_000


def add(left: int, *, right: int) -> int:
    return left + right


def loop_forever() -> None:
    while True:
        pass


def refuse(word: str) -> None:
    raise ValueError(f"no {word}")


def leave() -> None:
    raise SystemExit(3)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def ask_to_stop_and_answer() -> str:
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
    return "still here"


def take(size: int) -> int:
    return len(bytearray(size))


def process_id() -> int:
    return os.getpid()


def announce_and_loop(pipe: Path) -> None:
    pipe.write_bytes(b"running")
    loop_forever()


def sign_and_loop(note: Path) -> None:
    unsigned = note.with_suffix(".new")
    unsigned.write_text(str(os.getpid()))
    unsigned.rename(note)
    loop_forever()


class Awkward(Exception):
    """An exception that cannot be unpickled: its constructor wants more than its args."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


def raise_awkwardly() -> None:
    raise Awkward("two", "words")


def answer_awkwardly() -> object:
    return lambda: None


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A named pipe: who reads it waits until a step in a worker has written."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def _workers(*, count: int = 1, deadline: timedelta = LONG, memory: int = MEMORY) -> WorkerPool:
    return WorkerPool(count, deadline=deadline, memory=memory)


@pytest.fixture(scope="module")
async def shared(anyio_backend: str) -> AsyncIterator[WorkerPool]:
    """One process for the tests that leave it alive: it takes longer to start than they run."""
    async with _workers() as workers:
        yield workers


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_step_gives_its_result_from_another_process(shared: WorkerPool) -> None:
    assert await shared.run(add, 2, right=3) == 5
    assert await shared.run(process_id) != os.getpid()


async def test_a_page_is_extracted_in_a_worker(shared: WorkerPool) -> None:
    paragraph = "The ferry crews of the northern harbours voted on Monday to accept the offer of the companies."
    page = await shared.run(
        extract_article,
        f"<html><body><article><p>{paragraph}</p></article></body></html>".encode(),
        url="https://harbour.example/",
        content_type="text/html",
    )
    assert isinstance(page, ExtractedPage)
    assert page.text == paragraph


FAILURES = [
    pytest.param(refuse, ("boats",), "refuse failed: ValueError: no boats", id="an exception"),
    pytest.param(leave, (), "leave failed: SystemExit: 3", id="an exit"),
    pytest.param(raise_awkwardly, (), "raise_awkwardly failed: RuntimeError: Awkward: two words", id="unpicklable"),
]


@pytest.mark.parametrize(("step", "args", "message"), FAILURES)
async def test_what_a_step_raises_is_a_worker_error_that_names_it(
    step: Callable[..., object], args: tuple[object, ...], message: str, shared: WorkerPool
) -> None:
    with pytest.raises(WorkerError) as caught:
        await shared.run(step, *args)
    assert str(caught.value).endswith(message)
    assert caught.value.__cause__ is not None
    assert await shared.run(add, 1, right=1) == 2


async def test_what_cannot_travel_fails_that_step_alone(shared: WorkerPool) -> None:
    with pytest.raises(WorkerError, match="cannot be sent"):
        await shared.run(lambda: None)
    with pytest.raises(WorkerError, match="answer_awkwardly failed"):
        await shared.run(answer_awkwardly)
    assert await shared.run(add, 1, right=1) == 2


async def test_a_step_past_its_deadline_is_killed_and_its_worker_replaced(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    async with _workers(deadline=SHORT) as workers:
        while not note.exists():  # on a busy machine a step may not even begin before its deadline
            with pytest.raises(WorkerTimeout, match=r"sign_and_loop ran past its deadline of 1 s"):
                await workers.run(sign_and_loop, note)
        killed = int(note.read_text())
        assert not _is_alive(killed)
        replaced = None
        while replaced is None:
            with suppress(WorkerTimeout):
                replaced = await workers.run(process_id)
        assert replaced != killed


async def test_waiting_for_a_worker_is_not_counted_against_the_deadline() -> None:
    async with _workers(deadline=timedelta(seconds=5)) as workers:
        slow = [asyncio.create_task(workers.run(time.sleep, 2)) for _ in range(3)]
        assert await asyncio.gather(*slow) == [None] * 3


async def test_a_worker_that_dies_fails_its_step_and_is_replaced() -> None:
    async with _workers() as workers:
        with pytest.raises(WorkerCrashed, match="die died of signal 9"):
            await workers.run(die)
        assert await workers.run(add, 1, right=1) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces a limit on address space")
async def test_a_step_that_takes_too_much_memory_crashes() -> None:
    async with _workers(memory=1_000_000_000) as workers:
        with pytest.raises(WorkerCrashed, match="take reached the memory limit of 1000000000 bytes"):
            await workers.run(take, 1_500_000_000)
        assert await workers.run(take, 1_000_000) == 1_000_000


async def test_the_pool_recovers_when_an_idle_worker_is_killed() -> None:
    async with _workers() as workers:
        idle = await workers.run(process_id)
        os.kill(idle, signal.SIGKILL)
        assert await workers.run(process_id) != idle


async def test_signals_to_the_whole_group_do_not_end_a_worker(shared: WorkerPool) -> None:
    assert await shared.run(ask_to_stop_and_answer) == "still here"


async def test_cancelling_the_task_kills_the_work(pipe: Path) -> None:
    async with _workers() as workers:
        pid = await workers.run(process_id)
        task = asyncio.create_task(workers.run(announce_and_loop, pipe))
        assert await asyncio.to_thread(pipe.read_bytes) == b"running"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await workers.run(process_id) != pid
        assert not _is_alive(pid)


async def test_stopping_ends_running_steps_and_leaves_no_process(pipe: Path) -> None:
    workers, before = _workers(count=2), multiprocessing.active_children()
    async with workers:
        task = asyncio.create_task(workers.run(announce_and_loop, pipe))
        assert await asyncio.to_thread(pipe.read_bytes) == b"running"
    with pytest.raises(WorkerError, match="not running"):
        await task
    assert set(multiprocessing.active_children()) <= set(before)
    with pytest.raises(WorkerError, match="not running"):
        await workers.run(add, 1, right=1)


async def test_more_steps_than_workers_all_get_their_turn() -> None:
    async with _workers(count=2) as workers:
        results = await asyncio.gather(*(workers.run(add, number, right=number) for number in range(50)))
    assert results == [2 * number for number in range(50)]


def rest(seconds: float) -> str:
    time.sleep(seconds)
    return "rested"


async def test_a_clock_that_is_put_forward_costs_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock:
        """The module ``time`` as pebble sees it, in which a day passes at once."""

        ahead = 0.0

        def __getattr__(self, name: str) -> object:
            return getattr(time, name)

        def time(self) -> float:
            return time.time() + self.ahead

    clock = Clock()
    monkeypatch.setattr("pebble.pool.process.time", clock)
    async with WorkerPool(1, deadline=LONG, memory=MEMORY) as workers:
        await workers.run(rest, 0)
        resting = asyncio.create_task(workers.run(rest, 1.5))
        await asyncio.sleep(0.5)
        clock.ahead = 86_400
        assert await resting == "rested"
