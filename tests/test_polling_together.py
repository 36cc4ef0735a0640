"""What must hold when moves, people, restarts and a lost network come together; over the wire."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.logging_setup import replace_event_secrets
from aggregator.pipeline import Pipeline
from aggregator.store import host_claims
from aggregator.store.host_claims import ClaimScope, FeedClaim
from aggregator.store.tables import Feed, Host, Poll
from tests.network import Names
from tests.publisher import reply
from tests.stored import NOW
from tests.wire import DAY, HOUR, MINUTE, SECOND, Wire, feed, item

pytestmark = pytest.mark.anyio

SPACED = {"allow_networks": ["127.0.0.0/8"], "spacing": "30s", "timeout": 60}


def moved(wire: Wire, *, to: str = "127.0.0.1") -> None:
    wire.publisher.script("/feed", reply(301, {"Location": wire.publisher.url("/new", host=to)}))
    wire.publisher.script("/new", feed(item("a")))


def row(wire: Wire) -> Feed:
    with wire.service.service.database.reading() as session:
        return session.scalars(select(Feed)).one()


async def test_a_password_is_in_no_reason_also_when_the_feed_moves_within_its_origin(wire: Wire) -> None:
    moved(wire)
    plain = wire.subscription()
    await wire.start(plain.model_copy(update={"url": plain.url.replace("//", "//ida:s3cret@")}))
    for _ in range(4):
        await wire.poll(after=DAY)
    with wire.service.service.database.reading() as session:
        reasons = session.scalars(select(col(Poll.reason))).all()
    assert f"; moved permanently to {wire.publisher.url('/new')}; next poll in" in " ".join(reasons)
    assert "s3cret" not in " ".join(reasons)
    assert row(wire).url == wire.publisher.url("/new").replace("//", "//ida:s3cret@")


def test_secrets_leave_the_log_whatever_holds_them() -> None:
    event = {"url": "http://ida:s3cret@a/", "visit": ["http://ida:s3cret@a/"], "times": 3, "feed": None}
    assert replace_event_secrets(logging.getLogger(), "info", dict(event)) == {
        "url": "http://***@a/",
        "visit": "['http://***@a/']",
        "times": 3,
        "feed": None,
    }


async def test_the_host_that_is_asked_next_is_the_one_that_is_claimed(wire: Wire) -> None:
    moved(wire, to="new.localhost")
    feeds = wire.subscription(host="old.localhost", every="1d")
    await wire.start(feeds)
    await wire.poll()
    assert row(wire).host == "old.localhost", "a day later the old address is asked whether it still says so"


async def test_a_restart_leaves_a_feed_that_moves_with_the_host_it_moves_to(wire: Wire) -> None:
    moved(wire, to="new.localhost")
    for _ in range(2):
        await wire.start(wire.subscription(host="old.localhost"))
        await wire.poll()
        assert row(wire).host == "new.localhost"


async def test_a_poll_that_comes_late_is_left_to_whoever_claims_the_host_it_would_ask(wire: Wire) -> None:
    moved(wire, to="new.localhost")
    await wire.start(wire.subscription(host="old.localhost"))
    assert await wire.asked_after(0 * HOUR, 3 * DAY) == [2, 2]
    assert [request.header("Host") for request in wire.requests if request.target == "/feed"] == [
        f"old.localhost:{wire.publisher.port}"
    ] * 2
    with wire.service.service.database.reading() as session:
        counted = dict(session.execute(select(col(Host.key), col(Host.requests))).all())
    assert counted == {"old.localhost": 4, "new.localhost": 0}


async def test_writing_the_new_address_of_a_moved_feed_costs_its_publisher_nothing(wire: Wire) -> None:
    moved(wire)
    await wire.start(polling={"jitter": 0, "moves_after": 1})
    await wire.poll()
    advised = wire.subscription().model_copy(update={"url": wire.health().url})
    await wire.start(advised, polling={"jitter": 0})
    assert await wire.asked_after(30 * MINUTE, 31 * MINUTE) == [0, 1]
    assert wire.sent("If-None-Match", target="/new") == [None, '"1"']


async def test_another_address_leaves_the_older_documents_of_the_one_before(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a"), channel="<atom:link rel='prev-archive' href='/older'/>"))
    wire.publisher.script("/other", feed(item("b")))
    for path in ("/feed", "/other"):
        elsewhere = wire.subscription().model_copy(update={"url": wire.publisher.url(path)})
        await wire.start(elsewhere, polling={"jitter": 0, "backfill": 3}, fetching={**SPACED, "spacing": "5m"})
        await wire.poll(after=6 * MINUTE)
    assert wire.targets == ["/feed", "/other"]


async def test_a_refresh_reads_the_feed_also_when_an_older_document_is_next(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a"), channel="<atom:link rel='prev-archive' href='/older'/>"))
    await wire.start(polling={"jitter": 0, "backfill": 3}, fetching={**SPACED, "spacing": "5m"})
    await wire.poll()
    await wire.refresh(after=11 * MINUTE)
    assert wire.targets == ["/feed", "/feed"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply(302, {"Location": "/x", "Retry-After": "14400"}), id="a redirect"),
        pytest.param(reply(500, {"Retry-After": "14400"}), id="an error"),
    ],
)
async def test_a_refresh_shortens_no_pause_that_was_asked_for(wire: Wire, answer: Any) -> None:
    wire.publisher.script("/feed", answer)
    await wire.poll()
    assert await wire.refresh(after=11 * MINUTE) == 0
    assert await wire.refresh(after=4 * HOUR) == 1


async def test_a_longer_interval_takes_effect_before_the_planned_poll(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a")))
    await wire.poll()
    await wire.start(wire.subscription(every="6h"))
    assert await wire.asked_after(5 * HOUR, HOUR) == [0, 1]


async def test_a_server_that_is_overloaded_is_blamed_also_when_the_network_was_lost_before(wire: Wire) -> None:
    names = Names(news_example=[["127.0.0.1"]])
    names.down = True
    wire.publisher.script("/feed", reply(500))
    subscription = wire.subscription().model_copy(update={"url": wire.publisher.url("/feed", host="news.example")})
    await wire.start(subscription, names=names)
    await wire.poll()
    names.down = False
    asked = await wire.asked_after(*[5 * MINUTE] * 24)
    assert sum(asked) == 2
    assert wire.health().failures == 2


async def test_polls_without_a_network_leave_no_more_history_than_others(wire: Wire) -> None:
    subscription = wire.subscription().model_copy(update={"url": "http://news.example/feed"})
    names = Names()
    names.down = True
    await wire.start(subscription, names=names, retention={"polls": 10})
    await wire.asked_after(*[MINUTE] * 15)
    with wire.service.service.database.reading() as session:
        assert len(session.scalars(select(Poll)).all()) == 10
        assert session.get_one(Host, "news.example").requests == 0
    assert wire.health().outcomes == ("offline",) * 10


async def test_a_host_is_spared_after_a_claim_whatever_became_of_the_claimer(any_wire: Wire) -> None:
    await any_wire.start(fetching=SPACED)
    database = any_wire.service.service.database
    scope = ClaimScope(feeds_due_before=NOW)

    def claim(after: timedelta, by: str) -> tuple[Any, ...]:
        with database.writing() as session:
            now, spacing = NOW + after, 30 * SECOND
            return host_claims.claim_hosts(
                session, scope=scope, now=now, until=now + SECOND, spacing=spacing, by=by, limit=9
            )

    assert len(claim(0 * SECOND, "killed")) == 1
    assert claim(29 * SECOND, "heir") == ()
    assert len(claim(30 * SECOND, "heir")) == 1


async def test_what_is_claimed_while_the_service_stops_is_given_back_unasked(wire: Wire) -> None:
    await wire.start()
    pipeline = Pipeline(wire.service.service)
    write = wire.service.service.database.write
    claimed: list[FeedClaim] = []

    async def stopping(question: Any, /, *args: Any, **kwargs: Any) -> Any:
        found = await write(question, *args, **kwargs)
        if question is host_claims.claim_hosts:
            claimed.extend(found)
            pipeline.stop()
        return found

    wire.service.service.database.write = stopping  # type: ignore[method-assign]
    await pipeline.poll_and_read()
    assert (len(claimed), wire.requests) == (1, [])
    with wire.service.service.database.reading() as session:
        assert session.get_one(Host, "127.0.0.1").claimed_by is None


async def test_a_text_read_of_a_private_feed_is_not_kept_when_a_public_one_came_meanwhile(wire: Wire) -> None:
    link = wire.publisher.url("/page")
    for path, words in (("/paid", "Words for subscribers alone. " * 30), ("/free", "A teaser.")):
        wire.publisher.script(path, feed(item("a", link=link, more=f"<description>{words}</description>")))
    await wire.start(wire.subscription("/paid", private=True), wire.subscription("/free"))
    await wire.poll()
    assert [story.text for story in wire.service.stories] == ["A teaser."]
