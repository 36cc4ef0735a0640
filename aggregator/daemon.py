"""Runs the daemon: scheduler, web server, signals, graceful stop.

APScheduler runs a fixed set of steps (``scheduled_steps``), each at its interval; each step reads from the database
what is due. There is no job per feed: ``next_poll_at`` is the schedule, and two copies of it could differ.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import structlog
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from fastapi import FastAPI

from aggregator.base_url import base_url_of
from aggregator.bootstrap import open_service
from aggregator.clock import utc_now
from aggregator.configuration_reload import ConfigurationReloader
from aggregator.errors import ConfigurationError, StoreUnavailable
from aggregator.hub_publisher import HubPublisher
from aggregator.metrics import Metrics
from aggregator.pipeline import Pipeline
from aggregator.push_receiver import PushReceiver
from aggregator.read_model import ReadModel
from aggregator.settings.settings_file import Configuration, WebSettings
from aggregator.static_files import StaticFiles
from aggregator.steps.service import Service
from aggregator.version import VERSION
from aggregator.watchdog import Watchdog
from aggregator.web.app import create_app

log = structlog.get_logger()

ScheduledStep = Callable[[], Awaitable[object]]
"""A step that the scheduler runs at an interval."""

_TICK = timedelta(seconds=1)
_SLOW_TICK = timedelta(seconds=15)
_SLOW = frozenset({"announce", "write"})
"""Steps that render digests run less often: while many articles are merged, the digests change every second."""
_GRACE = 5.0
"""Seconds that running work has to end when the service stops."""


async def run_daemon(
    configuration: Configuration,
    *,
    folder: Path,
    read: Callable[[], Configuration],
    on_ready: Callable[[str], None],
) -> None:
    """Runs the service until SIGTERM or SIGINT; calls ``on_ready`` with the base URL once the service answers.

    ``read`` reads the configuration in ``folder``; it is called again when the files change or after SIGHUP.

    Raises ``StoreError`` if the database is not available, and ``ConfigurationError`` if the service cannot listen on
    the configured address.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_, stopping.set)
    with open_listener(configuration.settings.web) as listener:
        base_url = base_url_of(configuration, port=listener.getsockname()[1])
        async with open_service(configuration) as service:
            library = read_model_of(service, base_url)
            pipeline = Pipeline(service)
            callbacks = PushReceiver(service)
            watchdog = Watchdog()
            app = create_app(library, version=VERSION, callbacks=callbacks, watchdog=watchdog, metrics=service.metrics)
            below = urlsplit(base_url).path.rstrip("/")
            files, announcer = static_files(service, library), HubPublisher(service, library)
            reloader = ConfigurationReloader(service, folder, read)
            loop.add_signal_handler(signal.SIGHUP, reloader.request_reload)
            guarded = partial(run_step, service.metrics)
            steps = scheduled_steps(watchdog, pipeline, reloader, announcer, files)
            async with _serving(app, listener, below=below), run_scheduler(steps, guarded):
                watchdog.begin()
                log.info("service.started", version=VERSION, url=base_url, database=service.database.shown_url)
                on_ready(base_url)
                await stopping.wait()
                log.info("service.stopping")
                watchdog.end()
                pipeline.stop()
                await pipeline.cancel_work(after=_GRACE)
            await callbacks.finish(after=_GRACE)
    log.info("service.stopped")


def read_model_of(service: Service, base_url: str) -> ReadModel:
    """Returns the read model of a service, for the web pages and feeds."""
    return ReadModel(
        service.database,
        configuration=lambda: service.configuration,
        authority=service.authority,
        base_url=base_url,
        clock=service.clock,
    )


def static_files(service: Service, library: ReadModel) -> StaticFiles | None:
    """Returns the writer of digest files; None if no folder is configured for them."""
    folder = service.settings.publishing.output
    return StaticFiles(library, folder) if folder else None


@contextlib.contextmanager
def open_listener(web: WebSettings) -> Iterator[socket.socket]:
    """Opens the socket that the service listens on; it opens first, so that a port in use is reported at once.

    Raises ``ConfigurationError`` if the socket cannot be opened.
    """
    try:
        family = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((web.host, web.port), family=family, backlog=128)
    except OSError as error:
        raise ConfigurationError(
            f"web: cannot listen on {web.host} port {web.port}: {error.strerror or error}; "
            "choose another host or port under web in aggregator.yaml"
        ) from error
    with listener:
        yield listener


class _Server(uvicorn.Server):
    """A uvicorn server that signals when it answers, and leaves signals to the daemon."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answers.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def _serving(app: FastAPI, listener: socket.socket, *, below: str) -> AsyncIterator[None]:
    """Serves the app on the socket; ``below`` is the path of the public URL, which the reverse proxy strips."""
    config = uvicorn.Config(
        app,
        root_path=below,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.answers.wait()
        yield
    finally:
        server.should_exit = True
        await task


def scheduled_steps(
    watchdog: Watchdog,
    pipeline: Pipeline,
    reloader: ConfigurationReloader,
    announcer: HubPublisher,
    files: StaticFiles | None,
) -> dict[str, ScheduledStep]:
    """Returns the steps that the scheduler runs, by name."""
    steps: dict[str, ScheduledStep] = {
        "heartbeat": watchdog.heartbeat,
        "reload": reloader.reload_if_changed,
        "clock": pipeline.correct_clock_skew,
        "rules": pipeline.apply_rules,
        "claim": pipeline.poll_and_read,
        "subscribe": pipeline.subscribe,
        "merge": pipeline.merge,
        "publish": pipeline.publish,
        "alerts": pipeline.update_alerts,
        "expire": pipeline.expire,
        "announce": announcer.notify_hubs,
    }
    if files is not None:
        steps["write"] = partial(asyncio.to_thread, files.write_if_changed)
    return steps


@contextlib.asynccontextmanager
async def run_scheduler(
    steps: Mapping[str, ScheduledStep], safely: Callable[[str, ScheduledStep], Awaitable[None]]
) -> AsyncIterator[None]:
    """Runs each step at its interval during the block, through ``run_step``, which gets the step's name first."""
    # APScheduler skips a step that is still running and logs a warning; that is normal here.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for name, step in steps.items():
        every = _SLOW_TICK if name in _SLOW else _TICK
        scheduler.add_job(safely, IntervalTrigger(seconds=int(every.total_seconds())), args=(name, step), id=name)
    scheduler.start()
    keeper = asyncio.create_task(_keep_time(scheduler))
    try:
        yield
    finally:
        keeper.cancel()
        scheduler.shutdown(wait=False)


async def _keep_time(scheduler: AsyncIOScheduler) -> None:
    """Keeps the steps running after a backward clock change.

    APScheduler plans by the wall clock and would wait until the clock reaches its old value again. This loop sleeps
    by the monotonic clock and brings such steps forward.
    """
    while True:
        await asyncio.sleep(_TICK.total_seconds())
        now = utc_now()
        for job in scheduler.get_jobs():
            if job.next_run_time is not None and job.next_run_time > now + 2 * _SLOW_TICK:
                job.modify(next_run_time=now)


async def run_step(metrics: Metrics, name: str, step: ScheduledStep) -> None:
    """Runs one step; a failure is logged and counted, and the next run tries again."""
    try:
        await step()
    except StoreUnavailable:
        metrics.count_tick_failure(name)  # the database has logged it once
    except Exception:
        metrics.count_tick_failure(name)
        log.exception("tick.failed", tick=name)
