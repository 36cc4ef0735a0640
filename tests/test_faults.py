"""What a service does when what it stands on gives way: the disk, the database, the clock.

The network that fails is in ``test_polling_together``, the configuration that goes away in ``test_configuration_reload``.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from structlog.testing import capture_logs

from aggregator.daemon import ScheduledStep, run_scheduler
from aggregator.errors import StoreUnavailable
from aggregator.model.operations import AlertKind, RecordedAlert
from aggregator.model.polling import FeedState
from aggregator.pipeline import Pipeline
from aggregator.steps import update_alerts
from aggregator.store import alerts, availability
from aggregator.store.availability import DatabaseOutage
from aggregator.store.database import Database
from tests.processes import PATIENCE
from tests.publisher import Publisher, reply
from tests.running import TestClock, configuration, running
from tests.stored import NOW
from tests.test_pipeline import RSS, health, item, one, rss

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONG = 5000
"""Sentences that take more room than a database of one entry has left."""


@pytest.fixture
def file(migrated_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated_file, tmp_path / "aggregator.db"))


def publish(publisher: Publisher, *sentences: int) -> None:
    """Let the feed hold entries with texts of so many sentences, which need no page."""
    texts = [
        " ".join(f"Ferry {number} left pier {number}{pier} with nobody on board." for pier in range(length))
        for number, length in enumerate(sentences, start=1)
    ]
    items = [
        item(f"/{number}", guid=str(number), title=f"Ferry {number}", description=words)
        for number, words in enumerate(texts, start=1)
    ]
    publisher.script("/feed", reply(200, RSS, rss(*items)))


@contextmanager
def no_more_room(database: Database) -> Iterator[None]:
    """The file may not grow: SQLite then says what it says when the disk is full."""
    with database.reading() as session:
        size = session.scalar(text("PRAGMA page_count"))

    def bound(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {size}")

    event.listen(database.engine, "connect", bound)
    database.engine.dispose()
    yield
    event.remove(database.engine, "connect", bound)
    database.engine.dispose()


async def test_a_disk_that_is_full_costs_time_and_nothing_else(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Publisher() as publisher:
        publish(publisher, 3)
        clock = TestClock()
        feed = one(publisher, full_text="feed", every="30m", at_most="1h")
        async with running(configuration(f"sqlite:///{file}", feed), clock) as service:
            await service.once()
            publish(publisher, 3, LONG)
            pipeline = Pipeline(service.service)
            with no_more_room(service.service.database), capture_logs() as logs:
                for _ in range(30):
                    clock.advance(10 * MINUTE)
                    await pipeline.poll_and_read()
                assert "disk is full: free space" in (service.library.trouble() or "")
                assert [story.title for story in service.stories] == ["Ferry 1"], "readers are served as before"
            assert [line["event"] for line in logs if line["log_level"] == "error"] == ["database.unavailable"]
            assert len(publisher.requests) == 2, "nobody is asked again for what cannot be stored"
            monkeypatch.setattr(availability, "_FAILURE_FREE", 0)
            await service.once(after=10 * HOUR)
            assert service.library.trouble() is None
            assert {story.title for story in service.stories} == {"Ferry 1", "Ferry 2"}
            assert (health(service).state, health(service).failures) == (FeedState.ACTIVE, 0)


async def test_a_single_run_on_a_full_disk_fails_and_says_so(file: Path) -> None:
    async with Publisher() as publisher:
        publish(publisher, 3)
        async with running(configuration(f"sqlite:///{file}", one(publisher, full_text="feed"))) as service:
            await service.once()
            publish(publisher, 3, LONG)
            with no_more_room(service.service.database), pytest.raises(StoreUnavailable, match="the disk is full"):
                await service.once(after=DAY)
            await service.once(after=HOUR)
            assert len(service.stories) == 2


async def test_a_database_that_is_locked_costs_time_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.store.database._BUSY_MILLISECONDS", 50)
    async with Publisher() as publisher:
        publish(publisher, 3)
        async with running(configuration(f"sqlite:///{file}", one(publisher, full_text="feed"))) as service:
            await service.once()
            publish(publisher, 3, 4)
            service.clock.advance(DAY)
            pipeline = Pipeline(service.service)
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(StoreUnavailable, match="another program keeps it locked"):
                    await pipeline.poll_and_read()
                assert len(service.stories) == 1
                other.execute("ROLLBACK")
            await service.once(after=HOUR)
            assert {story.title for story in service.stories} == {"Ferry 1", "Ferry 2"}


async def test_an_outage_ends_also_when_there_is_nothing_to_store(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.store.database._BUSY_MILLISECONDS", 50)
    monkeypatch.setattr(availability, "_FAILURE_FREE", 0)
    async with running(configuration(f"sqlite:///{file}")) as service:
        pipeline = Pipeline(service.service)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable):
                await pipeline.publish()
        assert service.library.trouble() is not None
        await pipeline.poll_and_read()
        assert service.library.trouble() is None


def test_a_database_that_does_not_answer_is_no_mistake_of_ours() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable, match="its server does not answer"), database.reading() as session:
        session.execute(text("SELECT 1"))
    assert "does not answer" in (database.trouble or "")
    database.close()


async def test_a_question_that_is_wrong_is_a_mistake_of_ours(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as caught, database.reading() as session:
        session.execute(text("SELECT * FROM nowhere"))
    assert not isinstance(caught.value, StoreUnavailable)
    assert database.trouble is None


def test_an_outage_is_told_once_and_ends_when_things_are_stored_and_stay_so() -> None:
    seconds = 0.0
    outage = DatabaseOutage("x.db", ticks=lambda: seconds)
    with capture_logs() as logs:
        outage.succeed()
        for _ in range(3):
            outage.fail("full")
            seconds += 1
        outage.succeed()
        assert outage.reason == "full"
        seconds += 100
        outage.succeed()
        reason: str | None = outage.reason
        assert reason is None
        outage.succeed()
    told = [(line["event"], line.get("after_seconds")) for line in logs]
    assert told == [("database.unavailable", None), ("database.available", 103)]


async def test_a_disk_that_gets_full_is_told_to_the_owner(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(service: Any) -> list[RecordedAlert]:
        with service.service.database.reading() as session:
            return list(alerts.newest_alerts(session, limit=10))

    usage = shutil.disk_usage(file.parent)
    async with running(configuration(f"sqlite:///{file}")) as service:
        monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=100_000_000))
        await update_alerts.update_alerts(service.service)
        (situation,) = told(service)
        assert situation.alert.kind is AlertKind.FULL
        assert "0.1 GB are free" in situation.alert.text
        monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=100_000_000_000))
        await update_alerts.update_alerts(service.service)
        (situation,) = told(service)
        assert situation.ended_at is not None


async def test_a_clock_that_jumps_a_day_ahead_and_back_keeps_nothing_waiting(database_url: str) -> None:
    async with Publisher() as publisher:
        publish(publisher, 3)
        clock = TestClock()
        feed = one(publisher, full_text="feed", every="30m", at_most="1h")
        settings = {"publishing": {"settle": "10m"}}
        async with running(configuration(database_url, feed, **settings), clock) as service:
            pipeline = Pipeline(service.service)

            async def tick() -> None:
                await pipeline.correct_clock_skew()
                await pipeline.poll_and_read()
                await pipeline.merge()
                await pipeline.publish()
                await pipeline.update_alerts()

            await tick()
            clock.advance(DAY)
            publish(publisher, 3, 4)
            await tick()
            clock.advance(-DAY)
            publish(publisher, 3, 4, 5)
            for _ in range(80):
                clock.advance(MINUTE)
                await tick()
            assert clock.now < NOW + 2 * HOUR
            assert {story.title for story in service.stories} == {"Ferry 1", "Ferry 2", "Ferry 3"}
            known = health(service)
            assert known.last_poll_at is not None
            assert known.next_poll_at is not None
            assert known.last_poll_at <= clock.now < known.next_poll_at <= clock.now + HOUR
            assert len(publisher.requests) < 10


async def test_a_service_that_starts_with_the_clock_put_back_goes_on(database_url: str) -> None:
    async with Publisher() as publisher:
        publish(publisher, 3)
        feed = one(publisher, full_text="feed", every="30m", at_most="1h")
        async with running(configuration(database_url, feed), TestClock(NOW + 400 * DAY)) as service:
            await service.once()
        publish(publisher, 3, 4)
        async with running(configuration(database_url, feed), TestClock(NOW)) as service:
            await service.once()
            await service.once(after=HOUR)
            assert {story.title for story in service.stories} == {"Ferry 1", "Ferry 2"}


async def test_ticks_go_on_when_the_clock_of_the_machine_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shifted(datetime):
        """The clock of APScheduler and of the daemon; ``by`` is how far it was put."""

        by = timedelta(0)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + cls.by

    ticked: asyncio.Queue[datetime] = asyncio.Queue()

    async def tick() -> None:
        ticked.put_nowait(Shifted.now(UTC))

    async def guarded(_name: str, step: ScheduledStep) -> None:
        await step()

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Shifted)
    monkeypatch.setattr("aggregator.daemon.utc_now", lambda: Shifted.now(UTC))
    async with run_scheduler({"tick": tick}, guarded), asyncio.timeout(PATIENCE):
        first = await ticked.get()
        for days in (1, -1, 0):
            Shifted.by = days * DAY
            while abs(await ticked.get() - first - Shifted.by) > HOUR:
                pass  # of those that were on their way
