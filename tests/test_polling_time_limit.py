"""The time of a request is the time in which the event loop ran; a machine that is too busy is not the host's fault."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from aggregator.model.polling import FailureKind, FetchOutcome, SuccessResponse, Unreachable
from aggregator.polling.connectivity import pause_after_local_failure
from aggregator.polling.fetch import Fetcher
from aggregator.polling.time_limit import TimeLimit
from tests.publisher import Publisher, Reply, raw, reply, reset
from tests.test_polling_fetch import LOOPBACK, get
from tests.wire import MINUTE, Wire, feed, item

pytestmark = pytest.mark.anyio

Stall = Callable[[float], None]


@pytest.fixture
async def stall(monkeypatch: pytest.MonkeyPatch) -> Stall:
    """A function that lets the loop's clock go on by some seconds in which the loop runs nothing, as without CPU."""
    loop = asyncio.get_running_loop()
    time, skipped = loop.time, [0.0]
    monkeypatch.setattr(loop, "time", lambda: time() + skipped[0])

    def skip(seconds: float) -> None:
        skipped[0] += seconds

    return skip


def stalled(stall: Stall, seconds: float, answer: Reply, *, times: int = 1) -> Reply:
    """``answer``, which is sent while the client's loop stands still, once or several times."""

    async def play(writer: asyncio.StreamWriter) -> None:
        for _ in range(times):
            stall(seconds)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await answer(writer)

    return play


async def test_an_answer_that_came_during_a_stall_is_read(stall: Stall) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/", stalled(stall, 19.5, reply(200, body=b"x")), stalled(stall, 25, reply(200)))
        outcomes = [await get(url), await get(url)]
    assert [type(outcome) for outcome in outcomes] == [SuccessResponse, SuccessResponse]


@pytest.mark.parametrize("ending", [raw(b"", close=True), reset()], ids=["closed", "reset"])
async def test_a_connection_that_was_closed_during_a_stall_is_replaced_once(stall: Stall, ending: Reply) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/", stalled(stall, 6, ending), reply(200, body=b"x"))
        outcome = await get(url)
    assert isinstance(outcome, SuccessResponse)
    assert (publisher.connections, len(publisher.requests)) == (2, 2)


async def test_it_is_not_replaced_for_less_nor_more_than_once_nor_for_a_form(stall: Stall) -> None:
    closing = raw(b"", close=True)
    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1") as fetcher:
        short = await get(publisher.script("/short", stalled(stall, 0.5, closing)))
        long = await get(publisher.script("/long", stalled(stall, 6, closing)))
        half = await get(publisher.script("/half", stalled(stall, 6, raw(b"HTTP/1.1 200", close=True))))
        form = await fetcher.post(publisher.script("/form", stalled(stall, 6, closing)), {"a": "b"})
    assert [kind_of(outcome) for outcome in (short, long, half, form)] == [
        FailureKind.PROTOCOL,
        FailureKind.OVERLOAD,
        FailureKind.OVERLOAD,
        FailureKind.OVERLOAD,
    ]
    assert [request.target for request in publisher.requests] == ["/short", "/long", "/long", "/half", "/form"]


def kind_of(outcome: FetchOutcome) -> FailureKind:
    assert isinstance(outcome, Unreachable)
    return outcome.trouble


async def test_stalls_without_end_do_not_extend_the_limit_without_end(stall: Stall) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/", stalled(stall, 15, raw(b""), times=5))
        outcome = await get(url, fetching=LOOPBACK.model_copy(update={"timeout": timedelta(seconds=10)}))
    assert kind_of(outcome) is FailureKind.OVERLOAD
    assert pause_after_local_failure(outcome) == timedelta(seconds=30)


async def test_a_limit_ends_on_time_when_the_loop_runs(stall: Stall) -> None:
    """The clock goes on in steps that are no stall, as if the loop ran all the time."""
    limit = TimeLimit(3)

    async def work() -> None:
        async with limit:
            for _ in range(4):
                stall(0.8)
                await asyncio.sleep(0)
                await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await work()
    assert (limit.stalled_seconds, limit.was_stalled_throughout) == (0, False)


async def test_a_machine_that_is_too_busy_costs_a_feed_nothing(wire: Wire, stall: Stall) -> None:
    closed = stalled(stall, 6, raw(b"", close=True))
    wire.publisher.script("/feed", feed(item("a")), closed, closed, feed(item("a"), item("b")))
    assert await wire.asked_after(timedelta(), 2 * 60 * MINUTE) == [1, 2]
    assert (wire.health().failures, "too busy" in wire.health().reason) == (0, True)
    assert await wire.poll(after=MINUTE) == 1
    assert wire.titles == {"a", "b"}
