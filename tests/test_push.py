"""Real feeds, hubs and callbacks over the wire, with nothing faked but time.

The cases numbered from 100 to 302 are the subscriber's tests of https://websub.rocks: what its
publisher and its hub do is done here by the scripted publisher and ``tests.hub``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest
from sqlmodel import col, select

from aggregator.model.parsing import PushLinks
from aggregator.model.polling import PushKind, PushOffer, SuccessResponse
from aggregator.polling.fetch import FetchKind
from aggregator.polling.push_discovery import choose_push_offer, discover_push, discover_push_in_html
from aggregator.polling.websub import Delivery, DeliveryResult
from aggregator.settings.feeds_file import FeedSettings
from aggregator.store import feeds, subscriptions
from aggregator.store.tables import Feed, Subscription
from tests.hub import CHALLENGE, Hub, Pushed, pushed
from tests.network import Tls
from tests.publisher import Publisher, hang, raw, reply
from tests.running import TRUSTING_NOBODY
from tests.stored import NOW

pytestmark = pytest.mark.anyio

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ATOM = "http://www.w3.org/2005/Atom"


def item(title: str) -> str:
    return (
        f"<item><title>{title}</title><guid isPermaLink='false'>{title}</guid><description>Words.</description></item>"
    )


def rss(*titles: str, links: str = "") -> bytes:
    items = "".join(item(title) for title in titles)
    return f"<rss version='2.0' xmlns:a='{ATOM}'><channel><title>One</title>{links}{items}</channel></rss>".encode()


def rss_links(hub: str, topic: str) -> str:
    return f"<a:link rel='hub' href='{hub}'/><a:link rel='self' href='{topic}'/>"


def atom(*titles: str, hub: str, topic: str) -> bytes:
    entries = "".join(f"<entry><id>urn:{title}</id><title>{title}</title></entry>" for title in titles)
    links = f"<link rel='hub' href='{hub}'/><link rel='self' href='{topic}'/>"
    return f"<feed xmlns='{ATOM}'><id>urn:one</id><title>One</title>{links}{entries}</feed>".encode()


def link(hub: str, topic: str) -> dict[str, str]:
    return {"Link": f'<{hub}>; rel="hub", <{topic}>; rel="self"'}


def one(publisher: Publisher) -> FeedSettings:
    return FeedSettings(url=publisher.url("/feed"), name="one")


@pytest.fixture
def url(sqlite_url: str) -> str:
    """An SQLite file: what the store does on either database is ``test_store_subscriptions``'."""
    return sqlite_url


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        yield publisher


@pytest.fixture
def hub(publisher: Publisher) -> Hub:
    return Hub(publisher)


# --- discovery and subscription ------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a publisher does, and the topic that is to be subscribed to there."""

    script: Callable[[Publisher, Hub], object]
    topic: str = "/feed"


def in_headers(publisher: Publisher, hub: Hub) -> None:
    body = rss("First")
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n"
    links = f'Link: <{publisher.url("/feed")}>; rel="self"\r\nLink: <{hub.url}>; rel="hub"\r\n\r\n'
    publisher.script("/feed", raw((head + links).encode() + body))


def in_atom(publisher: Publisher, hub: Hub) -> None:
    publisher.script("/feed", reply(200, {}, atom("First", hub=hub.url, topic=publisher.url("/feed"))))


def in_rss(publisher: Publisher, hub: Hub) -> None:
    publisher.script("/feed", reply(200, {}, rss("First", links=rss_links(hub.url, publisher.url("/feed")))))


def in_both(publisher: Publisher, hub: Hub) -> None:
    headers = link(hub.url, publisher.url("/feed"))
    wrong = atom("First", hub=publisher.url("/wrong"), topic=publisher.url("/feed"))
    publisher.script("/feed", reply(200, headers, wrong))


def under_another_name(publisher: Publisher, hub: Hub) -> None:
    publisher.script("/feed", reply(200, link(hub.url, publisher.url("/feed?self=other")), rss("First")))


def redirected(status: int) -> Callable[[Publisher, Hub], None]:
    def script(publisher: Publisher, hub: Hub) -> None:
        publisher.script("/feed", reply(status, {"Location": "/new?redirect=complete"}))
        publisher.script("/new", reply(200, link(hub.url, publisher.url("/new?redirect=complete")), rss("First")))

    return script


def at_a_hub_that_redirects(status: int) -> Callable[[Publisher, Hub], None]:
    def script(publisher: Publisher, hub: Hub) -> None:
        publisher.script("/old-hub", reply(status, {"Location": "/hub"}))
        headers = link(publisher.url("/old-hub?redirect=true"), publisher.url("/feed"))
        publisher.script("/feed", reply(200, headers, rss("First")))

    return script


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case(script=in_headers), id="100 HTTP header discovery"),
        pytest.param(Case(script=in_atom), id="102 Atom feed discovery"),
        pytest.param(Case(script=in_rss), id="103 RSS feed discovery"),
        pytest.param(Case(script=in_both), id="104 discovery priority"),
        pytest.param(Case(script=under_another_name, topic="/feed?self=other"), id="200 a different rel=self"),
        pytest.param(
            Case(script=redirected(302), topic="/new?redirect=complete"), id="201 a temporarily redirected topic"
        ),
        pytest.param(
            Case(script=redirected(301), topic="/new?redirect=complete"), id="202 a permanently redirected topic"
        ),
        pytest.param(Case(script=at_a_hub_that_redirects(307)), id="203 a temporarily redirected hub"),
        pytest.param(Case(script=at_a_hub_that_redirects(308)), id="204 a permanently redirected hub"),
    ],
)
async def test_a_feed_is_subscribed_to_at_its_hub_under_its_own_name(
    url: str, publisher: Publisher, hub: Hub, case: Case
) -> None:
    case.script(publisher, hub)
    async with pushed(url, one(publisher)) as service:
        await service.poll()
        (form,) = hub.asked
        token = service.subscription.token
        assert form == {
            "hub.mode": "subscribe",
            "hub.topic": publisher.url(case.topic),
            "hub.callback": f"{service.base_url}/push/{token}",
            "hub.lease_seconds": "864000",
        }
        assert len(token) == 32
        (request,) = hub.requests
        assert (request.method, request.header("Content-Type")) == ("POST", "application/x-www-form-urlencoded")
        (answer,) = hub.answers
        assert (answer.status_code, answer.text) == (200, CHALLENGE)
        assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == (
            "text/plain; charset=utf-8",
            "nosniff",
        )
        subscription = service.subscription
        assert (subscription.state, subscription.lease_expires_at) == ("active", NOW + 10 * DAY)
        assert all(not asked.target.startswith("/wrong") for asked in publisher.requests)


async def test_101_html_tag_discovery(url: str, publisher: Publisher, hub: Hub) -> None:
    head = f'<link rel="hub" href="{hub.url}"><link rel="self" href="/feed">'
    publisher.script("/feed", reply(200, {}, f"<html><head>{head}</head><body>News</body></html>".encode()))
    async with pushed(url) as service:
        page = await service.running.service.fetcher.get(publisher.url("/feed"), kind=FetchKind.PAGE)
    assert isinstance(page, SuccessResponse)
    push = discover_push(page.headers, url=page.url, embedded=discover_push_in_html(page.body.decode(), url=page.url))
    assert push == PushLinks(topic=publisher.url("/feed"), hubs=(hub.url,))
    assert choose_push_offer(push, url=page.url) == PushOffer(
        kind=PushKind.WEBSUB, hub=hub.url, topic=publisher.url("/feed")
    )


@pytest.mark.parametrize(
    ("topic", "mode"),
    [
        pytest.param("http://127.0.0.1/another", None, id="205 a verification for an invalid topic"),
        pytest.param(None, "unsubscribe", id="an end that was not asked for"),
        pytest.param(None, "publish", id="a mode that is none"),
    ],
)
async def test_what_was_not_asked_for_is_not_confirmed(
    url: str, publisher: Publisher, hub: Hub, topic: str | None, mode: str | None
) -> None:
    in_headers(publisher, hub)
    hub.topic, hub.mode = topic, mode
    async with pushed(url, one(publisher)) as service:
        await service.poll()
        assert [answer.status_code for answer in hub.answers] == [404]
        subscription = service.subscription
        assert (subscription.state, subscription.reason) == ("failed", "the hub responded with HTTP status 400")
        assert subscription.next_attempt_at == NOW + DAY


async def test_nobody_is_asked_when_pushes_are_turned_off(url: str, publisher: Publisher, hub: Hub) -> None:
    in_headers(publisher, hub)
    async with pushed(url, one(publisher), push={"enabled": False}) as service:
        await service.poll()
        assert hub.asked == []


async def test_nobody_is_asked_who_could_not_call_back(url: str, publisher: Publisher, hub: Hub) -> None:
    in_headers(publisher, hub)
    async with pushed(url, one(publisher), publishing={}) as service:
        await service.poll()
        assert hub.asked == []


# --- delivery ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hub_tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """TLS under the name ``hub.example``."""
    return Tls.of("hub.example", tmp_path_factory.mktemp("tls"))


@dataclass(frozen=True, kw_only=True)
class Secure:
    """A feed at a hub that is asked over https."""

    service: Pushed
    hub: Hub

    @property
    def secret(self) -> str:
        return self.hub.asked[-1]["hub.secret"]


@pytest.fixture
async def secure(url: str, publisher: Publisher, hub_tls: Tls) -> AsyncIterator[Secure]:
    async with Publisher(tls=hub_tls.served) as hubs:
        hub = Hub(hubs, host="hub.example")
        in_headers(publisher, hub)
        async with pushed(url, one(publisher), trusting=hub_tls.trusting) as service:
            await service.poll()
            yield Secure(service=service, hub=hub)


async def test_a_hub_that_is_asked_over_https_is_told_a_secret(secure: Secure) -> None:
    assert 32 <= len(secure.secret) < 200
    assert secure.service.subscription.secret == secure.secret
    assert secure.secret not in secure.service.subscription.token


async def test_a_secret_is_not_sent_on_to_a_hub_without_https(secure: Secure, publisher: Publisher) -> None:
    plain = publisher.script("/hub", reply(202))
    secure.hub.redirect(plain)
    secure.service.running.clock.advance(9 * DAY)
    await secure.service.pipeline.subscribe()
    assert len(secure.hub.asked) == 2
    assert times_asked(publisher) == 0
    assert secure.service.subscription.reason == "a form is not redirected from https to http"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_300_a_delivery_is_acknowledged_and_stored(secure: Secure, method: str) -> None:
    answer = await secure.hub.deliver(rss("First", "Second"), secret=secure.secret, method=method)
    assert answer.is_success
    assert await secure.service.stored() == {"First", "Second"}


@pytest.mark.parametrize(
    ("case", "succeeds"),
    [
        pytest.param("another secret", True, id="301 an invalid signature"),
        pytest.param("a method nobody knows", True, id="a signature by a method nobody knows"),
        pytest.param("nothing", False, id="302 no signature"),
    ],
)
async def test_a_delivery_that_is_not_signed_as_agreed_is_not_stored(secure: Secure, case: str, succeeds: bool) -> None:
    body = rss("First", "Forged")
    if case == "another secret":
        answer = await secure.hub.deliver(body, secret="another secret")
    elif case == "nothing":
        answer = await secure.hub.deliver(body)
    else:
        answer = await secure.hub.deliver(body, **{"X-Hub-Signature": "md5=0123"})
    assert answer.is_success is succeeds
    assert await secure.service.stored() == {"First"}


@pytest.fixture
async def service(url: str, publisher: Publisher, hub: Hub) -> AsyncIterator[Pushed]:
    """A service whose one feed is pushed by a hub that was told no secret."""
    headers = {**link(hub.url, publisher.url("/feed")), "ETag": '"v1"'}
    publisher.script("/feed", reply(200, headers, rss("First", "Second")))
    async with pushed(url, one(publisher)) as service:
        await service.poll()
        yield service


async def test_300_a_delivery_without_a_secret_is_stored_too(service: Pushed, hub: Hub) -> None:
    assert (await hub.deliver(rss("Third"))).is_success
    assert await service.stored() == {"First", "Second", "Third"}


async def test_a_delivery_changes_nothing_of_what_polling_remembers(
    service: Pushed, hub: Hub, publisher: Publisher
) -> None:
    before = service.feed
    await hub.deliver(rss("Third"))
    await service.stored()
    assert service.feed.model_dump() == before.model_dump()
    await service.running.once(after=DAY)
    polls = [request for request in publisher.requests if request.target == "/feed"]
    assert [request.header("If-None-Match") for request in polls] == [None, '"v1"']


async def test_a_story_that_was_pushed_is_in_the_digest(service: Pushed, hub: Hub) -> None:
    await hub.deliver(rss("Third"))
    await service.stored()
    await service.running.once()
    assert "Third" in {story.title for story in service.running.stories}


async def test_a_delivery_that_cannot_be_read_makes_the_feed_be_polled_soon(service: Pushed, hub: Hub) -> None:
    assert (await hub.deliver(b"<html><body>An error</body></html>")).is_success
    assert await service.stored() == {"First", "Second"}
    assert service.feed.next_poll_at == NOW + timedelta(minutes=10)


async def test_a_delivery_that_a_stop_cuts_off_is_made_up_for_by_a_poll(
    service: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(service.running.service.workers, "run", hang)
    delivery = Delivery(body=rss("Third"), content_type=None, signature=None)
    assert await service.callbacks.receive(service.subscription.token, delivery) is DeliveryResult.TAKEN
    await service.callbacks.finish(after=0)
    assert await service.stored() == {"First", "Second"}
    service.running.clock.advance(30 * MINUTE)
    await service.pipeline.subscribe()
    assert service.feed.next_poll_at == NOW + 30 * MINUTE


async def test_a_delivery_to_nobody_is_gone(service: Pushed) -> None:
    async with httpx.AsyncClient(trust_env=False, verify=TRUSTING_NOBODY) as client:
        answer = await client.post(f"{service.base_url}/push/0123456789", content=rss("Third"))
        unasked = await client.get(f"{service.base_url}/push/0123456789", params={"hub.challenge": "x"})
    assert (answer.status_code, unasked.status_code) == (410, 404)
    assert await service.stored() == {"First", "Second"}


@pytest.mark.parametrize("stated", [True, False], ids=["as its length says", "as it turns out"])
async def test_a_delivery_that_is_too_large_is_refused(url: str, publisher: Publisher, hub: Hub, stated: bool) -> None:
    in_headers(publisher, hub)
    fetching = {"allow_networks": ["127.0.0.0/8"], "spacing": 0, "max_feed": 2000}
    large = rss(*(f"Number {number}" for number in range(100)))

    async def chunks() -> AsyncIterator[bytes]:
        yield large

    async with pushed(url, one(publisher), fetching=fetching) as service:
        await service.poll()
        async with httpx.AsyncClient(trust_env=False, verify=TRUSTING_NOBODY) as client:
            callback = hub.asked[-1]["hub.callback"]
            answer = await client.post(callback, content=large if stated else chunks())
        assert answer.status_code == 413
        assert await service.stored() == {"First"}


# --- the life of a subscription ------------------------------------------------------------


async def test_a_subscription_lives_on_either_database(database_url: str, publisher: Publisher, hub: Hub) -> None:
    in_headers(publisher, hub)
    async with pushed(database_url, one(publisher)) as service:
        await service.poll()
        titles = [f"Number {number}" for number in range(30)]
        answers = await asyncio.gather(*(hub.deliver(rss("First", *titles)) for _ in range(6)))
        assert all(answer.is_success for answer in answers)
        assert await service.stored() == {"First", *titles}
        assert service.subscription.unstored == 0
        service.running.clock.advance(9 * DAY)
        await service.pipeline.subscribe()
        assert (len(hub.asked), service.subscription.lease_expires_at) == (2, NOW + 19 * DAY)
        await hub.verify(hub.asked[0], hub_mode="denied")
        assert service.subscription.state == "denied"


async def test_a_subscription_is_renewed_before_its_lease_ends(service: Pushed, hub: Hub) -> None:
    service.running.clock.advance(9 * DAY - MINUTE)
    await service.pipeline.subscribe()
    assert len(hub.asked) == 1
    service.running.clock.advance(MINUTE)
    await service.pipeline.subscribe()
    first, second = hub.asked
    assert first == second
    assert service.subscription.lease_expires_at == NOW + 19 * DAY


async def test_a_hub_may_verify_again_what_it_verified(service: Pushed, hub: Hub) -> None:
    answer = await hub.verify(hub.asked[0], hub_lease_seconds="7200")
    assert (answer.status_code, answer.text) == (200, CHALLENGE)
    assert service.subscription.lease_expires_at == NOW + 2 * HOUR


async def test_a_feed_whose_lease_ran_out_is_polled_as_any_other(
    service: Pushed, hub: Hub, publisher: Publisher
) -> None:
    publisher.script("/hub", reply(503))
    database = service.running.service.database
    with database.writing() as session:
        subscriptions.store_ordinary_poll(session, 1, at=NOW + 3 * HOUR)
        session.get_one(Feed, 1).next_poll_at = NOW + 30 * DAY
    while service.running.clock.now < NOW + 10 * DAY - HOUR:
        service.running.clock.advance(HOUR)
        await service.pipeline.subscribe()
        assert service.subscription.state == "active"
    asked = len(hub.requests)
    assert 5 < asked < 12
    service.running.clock.advance(HOUR)
    await service.pipeline.subscribe()
    subscription = service.subscription
    assert (subscription.state, service.feed.next_poll_at) == ("failed", NOW + 10 * DAY)
    hub.restore()
    service.running.clock.advance(DAY)
    await service.pipeline.subscribe()
    assert service.subscription.state == "active"


async def test_a_feed_that_is_pushed_is_polled_as_a_safety_net_only(service: Pushed, hub: Hub) -> None:
    await service.running.once(after=HOUR)
    assert service.feed.next_poll_at == NOW + HOUR + DAY
    assert service.subscription.ordinary_poll_at == NOW + 2 * HOUR
    await hub.verify(hub.asked[0], hub_mode="denied")
    assert service.feed.next_poll_at == NOW + 2 * HOUR


async def test_a_hub_that_denies_is_left_alone_for_a_week(service: Pushed, hub: Hub) -> None:
    with service.running.service.database.writing() as session:
        session.get_one(Feed, 1).next_poll_at = NOW + DAY
    form = hub.asked[0]
    answer = await hub.verify(form, hub_mode="denied", hub_reason="over quota")
    assert answer.status_code == 200
    subscription = service.subscription
    assert (subscription.state, subscription.reason) == ("denied", "over quota")
    assert service.feed.next_poll_at == NOW + HOUR
    assert (await hub.deliver(rss("Third"))).status_code == 410
    await service.running.once(after=6 * DAY)
    await service.pipeline.subscribe()
    assert len(hub.asked) == 1
    service.running.clock.advance(DAY)
    await service.pipeline.subscribe()
    assert (len(hub.asked), service.subscription.state) == (2, "active")


async def test_a_hub_that_verifies_late_is_waited_for(url: str, publisher: Publisher, hub: Hub) -> None:
    in_headers(publisher, hub)
    publisher.script("/hub", reply(202))
    async with pushed(url, one(publisher)) as service:
        await service.poll()
        assert service.subscription.state == "pending"
        service.running.clock.advance(59 * MINUTE)
        await service.pipeline.subscribe()
        assert len(hub.asked) == 1
        await hub.verify(hub.asked[0])
        assert service.subscription.state == "active"


async def test_a_hub_that_never_verifies_is_asked_ever_less(url: str, publisher: Publisher, hub: Hub) -> None:
    in_headers(publisher, hub)
    publisher.script("/hub", reply(202))
    async with pushed(url, one(publisher)) as service:
        await service.poll()
        asked_at = [NOW]
        while service.running.clock.now < NOW + 4 * DAY:
            service.running.clock.advance(HOUR)
            known = len(hub.asked)
            await service.pipeline.subscribe()
            if len(hub.asked) > known:
                asked_at.append(service.running.clock.now)
        gaps = [(later - earlier) // HOUR for earlier, later in pairwise(asked_at)]
        assert gaps == [1, 2, 4, 8, 16, 24, 24]


def times_asked(publisher: Publisher) -> int:
    return [request.target for request in publisher.requests].count("/hub")


async def test_a_hub_that_wants_quiet_gets_it_for_every_feed(url: str, publisher: Publisher) -> None:
    quiet = publisher.script("/hub", reply(429, {"Retry-After": "7200"}), reply(202))
    for name in ("/a", "/b"):
        publisher.script(name, reply(200, link(quiet, publisher.url(name)), rss("First")))
    wanted = [FeedSettings(url=publisher.url(name), name=name[1:]) for name in ("/a", "/b")]
    async with pushed(url, *wanted) as service:
        await service.poll()
        assert times_asked(publisher) == 1
        service.running.clock.advance(2 * HOUR - MINUTE)
        await service.pipeline.subscribe()
        assert times_asked(publisher) == 1
        service.running.clock.advance(MINUTE)
        await service.pipeline.subscribe()
        assert times_asked(publisher) == 3


async def test_a_hub_is_asked_one_thing_at_a_time_with_a_pause(url: str, publisher: Publisher, hub: Hub) -> None:
    names = [f"/{number}" for number in range(5)]
    for name in names:
        publisher.script(name, reply(200, link(hub.url, publisher.url(name)), rss("First")))
    fetching = {"allow_networks": ["127.0.0.0/8"], "spacing": "5s"}
    wanted = [FeedSettings(url=publisher.url(name), name=name[1:]) for name in names]
    async with pushed(url, *wanted, fetching=fetching) as service:
        await service.running.once()
        for number in range(len(names)):
            service.running.clock.advance(timedelta(seconds=5))
            await service.pipeline.subscribe()
            assert len(hub.asked) == number + 1
        assert len({form["hub.callback"] for form in hub.asked}) == 5


async def test_a_hub_that_is_named_no_more_is_told(service: Pushed, hub: Hub, publisher: Publisher) -> None:
    publisher.script("/feed", reply(200, {}, rss("First", "Second", "Third")))
    await service.running.once(after=DAY)
    await service.pipeline.subscribe()
    _, farewell = hub.asked
    assert farewell == {
        "hub.mode": "unsubscribe",
        "hub.topic": publisher.url("/feed"),
        "hub.callback": hub.asked[0]["hub.callback"],
    }
    assert hub.answers[-1].text == CHALLENGE
    subscription = service.subscription
    assert (subscription.state, subscription.next_attempt_at) == ("ended", None)
    assert (await hub.deliver(rss("Fourth"))).status_code == 410


async def test_a_hub_that_takes_no_farewell_is_told_three_times(
    service: Pushed, hub: Hub, publisher: Publisher
) -> None:
    publisher.script("/hub", reply(500))
    publisher.script("/feed", reply(200, {}, rss("First", "Second", "Third")))
    for _ in range(60):
        await service.running.once(after=2 * HOUR)
        await service.pipeline.subscribe()
    assert [form["hub.mode"] for form in hub.asked] == ["subscribe", *["unsubscribe"] * 3]


async def test_a_304_that_names_a_hub_subscribes_and_one_that_names_none_ends_nothing(
    url: str, publisher: Publisher, hub: Hub
) -> None:
    headers = link(hub.url, publisher.url("/feed"))
    publisher.script("/feed", reply(200, {"ETag": '"v1"'}, rss("First")), reply(304, headers), reply(304))
    async with pushed(url, one(publisher)) as service:
        await service.poll()
        assert hub.asked == []
        await service.running.once(after=DAY)
        await service.pipeline.subscribe()
        assert service.subscription.state == "active"
        await service.running.once(after=DAY)
        await service.pipeline.subscribe()
        assert (len(hub.asked), service.subscription.state) == (1, "active")


async def test_a_feed_that_names_another_hub_is_subscribed_to_there(
    service: Pushed, hub: Hub, publisher: Publisher
) -> None:
    other = Hub(publisher, "/other-hub")
    publisher.script("/feed", reply(200, link(other.url, publisher.url("/feed")), rss("First", "Second", "Third")))
    await service.running.once(after=DAY)
    await service.pipeline.subscribe()
    assert service.subscription.state == "active"
    assert other.asked[0]["hub.callback"] != hub.asked[0]["hub.callback"]
    assert (await hub.deliver(rss("Fourth"))).status_code == 410


async def test_a_feed_that_is_retired_is_unsubscribed_from(service: Pushed, hub: Hub) -> None:
    with service.running.service.database.writing() as session:
        feeds.apply_configured_feeds(session, [], now=NOW)
    assert (await hub.deliver(rss("Third"))).status_code == 410
    service.running.clock.advance(MINUTE)
    await service.pipeline.subscribe()
    assert [form["hub.mode"] for form in hub.asked] == ["subscribe", "unsubscribe"]


async def test_a_feed_that_is_merged_into_another_asks_no_hub(url: str, publisher: Publisher, hub: Hub) -> None:
    in_headers(publisher, hub)
    publisher.script("/old", reply(301, {"Location": "/feed"}))
    old = FeedSettings(url=publisher.url("/old"), name="old")
    async with pushed(url, one(publisher), old, polling={"moves_after": 1}) as service:
        await service.poll()
        assert {feed.name: feed.state for feed in service.running.library.feeds()} == {"one": "active", "old": "merged"}
        with service.running.service.database.reading() as session:
            asked = session.scalars(select(col(Feed.name)).join(Subscription)).all()
        assert (asked, [form["hub.mode"] for form in hub.asked]) == (["one"], ["subscribe"])


async def test_every_hub_is_told_once_pushes_are_turned_off(url: str, publisher: Publisher, hub: Hub) -> None:
    in_headers(publisher, hub)
    async with pushed(url, one(publisher)) as service:
        await service.poll()
        token = service.subscription.token
    async with pushed(url, one(publisher), push={"enabled": False}) as service:
        await service.pipeline.subscribe()
        assert [form["hub.mode"] for form in hub.asked] == ["subscribe", "unsubscribe"]
        assert hub.asked[-1]["hub.callback"] == f"{service.base_url}/push/{token}"
        assert (hub.answers[-1].text, service.subscription.state) == (CHALLENGE, "ended")


async def test_a_hub_that_hangs_is_given_up_and_tried_again(url: str, publisher: Publisher, hub: Hub) -> None:
    in_headers(publisher, hub)
    publisher.script("/hub", hang())
    fetching = {"allow_networks": ["127.0.0.0/8"], "spacing": 0, "timeout": 3}
    async with pushed(url, one(publisher), fetching=fetching) as service:
        await service.poll()
        subscription = service.subscription
        assert (subscription.state, subscription.next_attempt_at) == ("failed", NOW + 10 * MINUTE)
        hub.restore()
        service.running.clock.advance(10 * MINUTE)
        await service.pipeline.subscribe()
        assert service.subscription.state == "active"


# --- rssCloud ------------------------------------------------------------------------------


class Cloud:
    """An rssCloud server at one path of a publisher; it checks the callback while it is asked."""

    def __init__(self, publisher: Publisher) -> None:
        publisher.script("/pleaseNotify", self._answer)
        self.element = (
            f"<cloud domain='127.0.0.1' port='{publisher.port}' path='/pleaseNotify' registerProcedure=''"
            " protocol='http-post'/>"
        )
        self.challenged: list[httpx.Response] = []
        self._publisher = publisher

    @property
    def asked(self) -> list[dict[str, str]]:
        """The forms it was sent."""
        return [request.form for request in self._publisher.requests if request.target == "/pleaseNotify"]

    @property
    def callback(self) -> str:
        """The address that was registered."""
        form = self.asked[-1]
        return f"http://{form['domain']}:{form['port']}{form['path']}"

    async def ring(self) -> httpx.Response:
        """Say that the feed changed."""
        async with httpx.AsyncClient(trust_env=False, verify=TRUSTING_NOBODY) as client:
            return await client.post(self.callback, data={"url": self.asked[-1]["url1"]})

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        query = {"url": self.asked[-1]["url1"], "challenge": CHALLENGE}
        async with httpx.AsyncClient(trust_env=False, verify=TRUSTING_NOBODY) as client:
            answer = await client.get(self.callback, params=query)
        self.challenged.append(answer)
        echoed = str(answer.is_success and answer.text == CHALLENGE).lower()
        await reply(200, {"Content-Type": "text/xml"}, f"<notifyResult success='{echoed}' msg='Said.'/>".encode())(
            writer
        )


@pytest.fixture
def cloud(publisher: Publisher) -> Cloud:
    return Cloud(publisher)


@pytest.fixture
async def clouded(url: str, publisher: Publisher, cloud: Cloud) -> AsyncIterator[Pushed]:
    """A service whose one feed is watched by a cloud."""
    publisher.script("/feed", reply(200, {}, rss("First", links=cloud.element)))
    async with pushed(url, one(publisher)) as service:
        await service.poll()
        yield service


async def test_a_callback_is_registered_at_a_cloud_that_checks_it(
    clouded: Pushed, cloud: Cloud, publisher: Publisher
) -> None:
    (form,) = cloud.asked
    assert form == {
        "notifyProcedure": "",
        "registerProcedure": "",
        "protocol": "http-post",
        "domain": "127.0.0.1",
        "port": clouded.base_url.rpartition(":")[2],
        "path": f"/push/{clouded.subscription.token}",
        "url1": publisher.url("/feed"),
    }
    assert [(answer.status_code, answer.text) for answer in cloud.challenged] == [(200, CHALLENGE)]
    subscription = clouded.subscription
    assert (subscription.state, subscription.lease_expires_at) == ("active", NOW + 25 * HOUR)


async def test_a_registration_is_renewed_every_24_hours(clouded: Pushed, cloud: Cloud) -> None:
    clouded.running.clock.advance(DAY - MINUTE)
    await clouded.pipeline.subscribe()
    assert len(cloud.asked) == 1
    clouded.running.clock.advance(MINUTE)
    await clouded.pipeline.subscribe()
    assert cloud.asked[0] == cloud.asked[1]
    assert clouded.subscription.lease_expires_at == NOW + 49 * HOUR


async def test_a_feed_whose_cloud_rings_is_polled_but_never_too_often(
    clouded: Pushed, cloud: Cloud, publisher: Publisher
) -> None:
    publisher.script("/feed", reply(200, {}, rss("First", "Second", links=cloud.element)))
    clouded.running.clock.advance(MINUTE)
    assert (await cloud.ring()).is_success
    assert (await cloud.ring()).is_success
    await clouded.running.once(after=9 * MINUTE - timedelta(seconds=1))
    assert await clouded.stored() == {"First"}
    await clouded.running.once(after=timedelta(seconds=1))
    assert await clouded.stored() == {"First", "Second"}
    polls = [request for request in publisher.requests if request.target == "/feed"]
    assert len(polls) == 2


async def test_a_cloud_that_refuses_is_asked_again_later(url: str, publisher: Publisher, cloud: Cloud) -> None:
    publisher.script("/feed", reply(200, {}, rss("First", links=cloud.element)))
    publisher.script("/pleaseNotify", reply(200, {}, b"<notifyResult success='false' msg='No such feed.'/>"))
    async with pushed(url, one(publisher)) as service:
        await service.poll()
        subscription = service.subscription
        assert (subscription.state, subscription.reason) == ("failed", "the cloud refused: No such feed.")
        assert subscription.next_attempt_at == NOW + HOUR


async def test_a_challenge_for_another_feed_is_not_echoed(clouded: Pushed, cloud: Cloud) -> None:
    async with httpx.AsyncClient(trust_env=False, verify=TRUSTING_NOBODY) as client:
        answer = await client.get(cloud.callback, params={"url": "http://127.0.0.1/other", "challenge": "x"})
    assert answer.status_code == 404
