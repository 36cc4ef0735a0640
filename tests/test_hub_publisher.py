"""Hubs are told of digests that changed, over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from aggregator.daemon import read_model_of
from aggregator.hub_publisher import HubPublisher
from aggregator.settings.feeds_file import DigestSettings
from aggregator.settings.settings_file import Settings
from tests.desk import FEEDS, Desk
from tests.publisher import Publisher, reply
from tests.running import Running, configuration, running
from tests.test_digest_rules import BATHS, RACE

pytestmark = pytest.mark.anyio

BASE = "https://digest.example"


@dataclass(frozen=True, kw_only=True)
class Station:
    """A service with one hub, and what tells it."""

    desk: Desk
    publisher: Publisher
    announcer: HubPublisher

    def told(self) -> list[str]:
        """The feeds the hub was told of, in order."""
        return [request.form["hub.url"] for request in self.publisher.requests]


def announcer_of(service: Running) -> HubPublisher:
    return HubPublisher(service.service, read_model_of(service.service, BASE))


@pytest.fixture
async def station(database_url: str) -> AsyncIterator[Station]:
    async with Publisher() as publisher:
        publisher.script("/hub", reply(204))
        publishing: dict[str, Any] = {"public_url": BASE, "hubs": [publisher.url("/hub")], "settle": 0}
        secret = DigestSettings.model_validate({"name": "mine", "token": "a-long-secret-word"})
        wanted = configuration(database_url, *FEEDS, publishing=publishing)
        wanted = wanted.model_copy(update={"digests": (DigestSettings(name="digest"), secret)})
        async with running(wanted) as service:
            yield Station(desk=Desk(service=service), publisher=publisher, announcer=announcer_of(service))


ALL = [f"{BASE}/digest.{suffix}" for suffix in ("atom", "rss", "json")]


async def test_a_hub_is_told_once_of_each_feed_that_changed(station: Station) -> None:
    station.desk.read("https://herald.example/race", RACE)
    await station.desk.publish()
    for _ in range(3):
        await station.announcer.notify_hubs()
    assert station.told() == ALL
    await announcer_of(station.desk.service).notify_hubs()  # as after a restart
    assert station.told() == ALL
    station.desk.read("https://herald.example/baths", BATHS)
    await station.desk.publish()
    await station.announcer.notify_hubs()
    assert station.told() == ALL * 2


async def test_a_hub_that_does_not_listen_is_told_again_later(station: Station) -> None:
    station.publisher.script("/hub", reply(503))
    station.desk.read("https://herald.example/race", RACE)
    await station.desk.publish()
    await station.announcer.notify_hubs()
    await station.announcer.notify_hubs()
    assert station.told() == ALL
    station.publisher.script("/hub", reply(204))
    station.desk.service.clock.advance(timedelta(minutes=1))
    await station.announcer.notify_hubs()
    await station.announcer.notify_hubs()
    assert station.told() == ALL * 2


async def test_without_hubs_nobody_is_told(station: Station) -> None:
    settings: Settings = station.desk.service.service.settings
    alone = settings.publishing.model_copy(update={"hubs": ()})
    station.desk.service.configure(settings=settings.model_copy(update={"publishing": alone}))
    await station.announcer.notify_hubs()
    assert station.told() == []
