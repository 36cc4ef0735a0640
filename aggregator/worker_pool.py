"""Runs steps that may hang, crash or exhaust memory in processes that can be killed.

This module does not know what the steps do; it runs them and reports how they ended. Threads are no alternative: lxml
under trafilatura has crashed whole interpreters from threads (adbar/trafilatura issues 840 and 925), and Python cannot
stop a thread that hangs.

Processes are spawned, never forked: the daemon has threads, and a fork copies their locks. Arguments and results are
pickled here and not by the pool, because an object that cannot be unpickled would break the whole pool instead of
failing one step.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import pickle
import signal
import time
import traceback
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import TracebackType
from typing import Any, ParamSpec, Protocol, Self, TypeVar, cast

from pebble import CONSTS, ProcessExpired, ProcessFuture, ProcessPool

from aggregator.errors import WorkerCrashed, WorkerError, WorkerTimeout

T = TypeVar("T")
P = ParamSpec("P")

_RECYCLE_AFTER = 2000
"""Steps after which a process is replaced: the caches of lxml and trafilatura only ever grow."""

_OUT_OF_MEMORY = 113
"""Exit status of a process whose step reached the memory limit."""

_ORPHAN_GRACE = timedelta(seconds=30)
"""How long past its deadline a step may run after the daemon was killed and cannot stop it."""

_START_GRACE = timedelta(seconds=60)
"""How long a step with a free slot may wait for a process to start and accept it."""

_EXIT_GRACE = timedelta(seconds=2)
"""How long killed processes may take to exit."""

_HEARTBEAT = timedelta(seconds=0.5)
"""How often a waiting step checks that its pool is still alive."""

_NOT_RUNNING = "the workers are not running"

_PRELOADED = "aggregator.extraction.page_extraction"
"""Imported before the first step, so that no page pays for the import inside its own deadline."""


class StepEnding(StrEnum):
    """The way a step in a worker ended."""

    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"


class WorkerObserver(Protocol):
    """An observer of the workers, for example the metrics."""

    def count_step(self, step: str, ending: StepEnding, seconds: float | None) -> None:
        """Records the end of a step, named by its function; ``seconds`` is its run time, if known."""

    def count_worker_restart(self, why: str) -> None:
        """Records a process that was replaced early: ``timed_out``, ``crashed``, or ``died_idle``."""


class WorkerPool:
    """``count`` worker processes, as an async context manager.

    A step has ``deadline`` from the moment it starts to run; waiting for a free process is not
    counted. Each process may use ``memory`` bytes of address space, where the platform can limit it.
    Processes ignore SIGINT and SIGTERM, which reach the whole process group: the daemon decides when
    they stop. ``observer`` receives the end of every step and every early replacement of a process.
    """

    def __init__(self, count: int, *, deadline: timedelta, memory: int, observer: WorkerObserver | None = None) -> None:
        self._count = count
        self._observer = observer
        self._deadline = deadline
        self._memory = memory
        self._slots = asyncio.Semaphore(count)
        self._replacing = asyncio.Lock()
        self._pool: ProcessPool | None = None

    async def __aenter__(self) -> Self:
        self._pool = await asyncio.to_thread(self._start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Kills every process and waits for it; steps still running end with WorkerError."""
        async with self._replacing:
            pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(_stop, pool)

    async def run(self, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a function of a module's top level in a worker process and returns its result.

        Cancelling the awaiting task kills the process. Raises WorkerTimeout past the deadline, WorkerCrashed if
        the process died, and WorkerError from its cause if the step raised.
        """
        name = f"{step.__module__}.{step.__qualname__}"
        try:
            work = pickle.dumps((step, args, kwargs))
        except Exception as cause:
            raise WorkerError(f"{name} cannot be sent to a worker: {cause}") from cause
        try:
            async with self._slots:
                outcome = _unpickled(name, await self._run_twice(name, work))
        except WorkerTimeout:
            self._report(step.__name__, StepEnding.TIMED_OUT)
            raise
        except WorkerCrashed:
            self._report(step.__name__, StepEnding.CRASHED)
            raise
        if isinstance(outcome, _Raised):
            self._report(step.__name__, StepEnding.FAILED, outcome.seconds)
            raise WorkerError(f"{name} failed: {type(outcome.cause).__name__}: {outcome.cause}") from outcome.cause
        self._report(step.__name__, StepEnding.DONE, outcome.seconds)
        return cast("T", outcome.result)

    def _report(self, step: str, ending: StepEnding, seconds: float | None = None) -> None:
        if self._observer is None:
            return
        self._observer.count_step(step, ending, seconds)
        if ending in (StepEnding.TIMED_OUT, StepEnding.CRASHED):
            self._observer.count_worker_restart(str(ending))

    async def _run_twice(self, name: str, work: bytes) -> bytes:
        """Returns the pickled result of a step, from a second pool if the first one broke before."""
        try:
            return await self._attempt(name, work)
        except BrokenProcessPool:
            # A process that dies while idle stops pebble's whole pool and every step in it.
            # These steps get one more attempt in a new pool.
            try:
                return await self._attempt(name, work)
            except BrokenProcessPool as cause:
                raise WorkerCrashed(
                    f"{name} found no running worker; check that {self._memory} bytes of memory are enough to start one"
                ) from cause

    async def _attempt(self, name: str, work: bytes) -> bytes:
        seconds, loop = self._deadline.total_seconds(), asyncio.get_running_loop()
        pool, began = await self._running_pool(), loop.time()
        try:
            future = pool.schedule(_perform, args=(work, seconds + _ORPHAN_GRACE.total_seconds()), timeout=seconds)
        except RuntimeError as cause:
            raise BrokenProcessPool(str(cause)) from cause
        try:
            return await self._awaited(pool, future)
        except TimeoutError as cause:
            if loop.time() - began < seconds:
                # pebble measures by the wall clock, which was set forward.
                raise BrokenProcessPool("the step was stopped before its deadline") from cause
            raise WorkerTimeout(f"{name} ran past its deadline of {seconds:g} s and was killed") from cause
        except ProcessExpired as cause:
            raise WorkerCrashed(f"{name} {_death(cause.exitcode, self._memory)}") from cause

    async def _awaited(self, pool: ProcessPool, future: ProcessFuture[bytes]) -> bytes:
        """Returns the future's result.

        Raises BrokenProcessPool if pebble loses the task, which happens if a worker dies while it accepts one.
        """
        loop = asyncio.get_running_loop()
        lost_at = loop.time() + (self._deadline + _START_GRACE).total_seconds()
        waiter = asyncio.wrap_future(future)
        try:
            while True:
                await asyncio.wait({waiter}, timeout=_HEARTBEAT.total_seconds())
                if waiter.done():
                    return waiter.result()
                if self._pool is None:
                    raise WorkerError(_NOT_RUNNING)
                if not pool.active or loop.time() > lost_at:
                    raise BrokenProcessPool("the pool lost the step")
        finally:
            waiter.cancel()

    async def _running_pool(self) -> ProcessPool:
        async with self._replacing:
            if self._pool is None:
                raise WorkerError(_NOT_RUNNING)
            if not self._pool.active:
                await asyncio.to_thread(_stop, self._pool)
                if self._observer is not None:
                    self._observer.count_worker_restart("died_idle")
                self._pool = await asyncio.to_thread(self._start)
            return self._pool

    def _start(self) -> ProcessPool:
        # The workers ignore SIGTERM, so the pool need not wait for its effect.
        CONSTS.term_timeout = 0.05
        pool = ProcessPool(
            max_workers=self._count,
            max_tasks=_RECYCLE_AFTER,
            initializer=_prepare,
            initargs=(self._memory,),
            context=multiprocessing.get_context("spawn"),
        )
        _ = pool.active  # reading it starts the processes
        return pool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Done:
    result: Any
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Raised:
    cause: BaseException
    seconds: float


def _stop(pool: ProcessPool) -> None:
    processes = multiprocessing.active_children()
    pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates join() but not stop()
    pool.join()
    # pebble waits CONSTS.term_timeout for a killed process, which is too short on a busy machine.
    until = time.monotonic() + _EXIT_GRACE.total_seconds()
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))


def _prepare(memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    importlib.import_module(_PRELOADED).warm_up()
    try:
        import resource  # noqa: PLC0415 - only Unix has it
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _perform(work: bytes, orphaned_after: float) -> bytes:
    if hasattr(signal, "setitimer"):
        # SIGALRM has no handler, so it kills the process even inside a C loop.
        signal.setitimer(signal.ITIMER_REAL, orphaned_after)
    began = time.perf_counter()
    try:
        step, args, kwargs = pickle.loads(work)  # noqa: S301 - pickled by our own parent process
        result = step(*args, **kwargs)
        return pickle.dumps(_Done(result=result, seconds=time.perf_counter() - began))
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except BaseException as cause:  # noqa: BLE001 - even a SystemExit is the step's failure, not the pool's
        return pickle.dumps(_Raised(cause=_portable(cause), seconds=time.perf_counter() - began))
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)


def _portable(cause: BaseException) -> BaseException:
    """Returns ``cause`` with its traceback as a note; a RuntimeError with its text if it cannot be pickled."""
    cause.add_note("".join(traceback.format_exception(cause)))
    try:
        pickle.loads(pickle.dumps(cause))  # noqa: S301 - pickled on this line
    except Exception:  # noqa: BLE001 - a foreign exception's constructor may raise anything
        return RuntimeError(f"{type(cause).__name__}: {cause}")
    return cause


def _unpickled(name: str, answer: bytes) -> _Done | _Raised:
    try:
        return cast("_Done | _Raised", pickle.loads(answer))  # noqa: S301 - pickled by our own child process
    except Exception as cause:
        raise WorkerError(f"{name} returned a result that cannot be unpickled: {cause}") from cause


def _death(status: int, memory: int) -> str:
    if status == _OUT_OF_MEMORY:
        return f"reached the memory limit of {memory} bytes"
    if status < 0:
        return f"died of signal {-status}"
    return f"died with exit status {status}"
