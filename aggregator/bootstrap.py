"""How does a service come up, and how does it go down again?

Opens the database, brings it to the program's version, makes the feed rows agree with the
configuration, and starts network and workers; closes everything in the opposite order.
"""

from __future__ import annotations

import asyncio
import base64
import os
import random
import secrets
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import datetime

import structlog

from aggregator.clock import Clock, utc_now
from aggregator.dedup.candidate_index import CandidateIndex
from aggregator.metrics import Metrics
from aggregator.polling.fetch import Fetcher
from aggregator.polling.host_identity import HostRule, outlet_of
from aggregator.polling.name_resolution import Resolver
from aggregator.polling.private_feeds import private_by_configuration
from aggregator.settings.feeds_file import FeedSettings
from aggregator.settings.settings_file import Configuration, FetchingSettings, Settings
from aggregator.steps.discover_feeds import Outside
from aggregator.steps.service import Service
from aggregator.store import feeds, hosts, key_value
from aggregator.store.database import Database
from aggregator.store.feeds import WantedFeed
from aggregator.store.schema_migration import migrate
from aggregator.url_credentials import without_userinfo
from aggregator.version import VERSION
from aggregator.worker_pool import Workers

log = structlog.get_logger()

_LOOK_AGAIN = 0.2
_REFRESH_GRACE = 30.0
"""Seconds beside the time of two requests that a running service has to poll the next feed it was asked for."""


@contextmanager
def open_database(configuration: Configuration, *, hold: bool) -> Iterator[Database]:
    """The configured database at this program's version; with ``hold``, for this process alone.

    Raises ``StoreError`` when it cannot be had: it does not answer, is of a newer version, or
    another daemon holds it.
    """
    database = Database(configuration.settings.database)
    try:
        if hold:
            database.hold()
        applied = migrate(database)
        if applied:
            log.info("database.migrated", database=database.shown_url, to=applied[-1])
        yield database
    finally:
        database.close()


@asynccontextmanager
async def open_service(
    configuration: Configuration,
    *,
    clock: Clock = utc_now,
    chance: Callable[[], float] = random.random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    workers: Workers | None = None,
    resolver: Resolver | None = None,
    ssl_context: ssl.SSLContext | None = None,
) -> AsyncIterator[Service]:
    """The service ready to work; nobody else works on the same SQLite file meanwhile.

    ``workers`` run already and go on afterwards; without them the service has its own. ``resolver``
    and ``ssl_context`` stand in for the system's.
    """
    settings = configuration.settings
    with open_database(configuration, hold=True) as database:
        now = clock()
        if database.is_sqlite:
            await database.write(hosts.forget_claims)
        rule = HostRule(own=settings.fetching.own_hosts, shared=settings.fetching.shared_hosts)
        await reconcile_feeds(database, configuration, rule, now=now)
        authority = await database.write(key_value.tag_authority, candidate=new_key(), now=now)
        metrics = Metrics()
        async with (
            Fetcher(
                _introduced(settings),
                version=VERSION,
                concurrency=settings.polling.concurrency,
                resolver=resolver,
                ssl_context=ssl_context,
                clock=clock,
                on_outcome=metrics.fetched,
            ) as fetcher,
            _own_workers(settings, metrics) if workers is None else nullcontext(workers) as at_work,
        ):
            yield Service(
                configuration=configuration,
                database=database,
                fetcher=fetcher,
                workers=at_work,
                clock=clock,
                chance=chance,
                sleep=sleep,
                new_key=new_key,
                name=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
                authority=authority,
                hosts=rule,
                metrics=metrics,
                index=CandidateIndex(most_articles=settings.dedup.most_articles),
            )


async def reconcile_feeds(database: Database, configuration: Configuration, rule: HostRule, *, now: datetime) -> None:
    """Make the feed rows agree with the configuration, and log what that changed."""
    wanted = [_wanted(feed, rule) for feed in configuration.feeds]
    reconciled = await database.write(feeds.reconcile, wanted, now=now)
    log.info(
        "feeds.reconciled",
        feeds=len(configuration.feeds),
        added=len(reconciled.added),
        changed=len(reconciled.changed),
        retired=len(reconciled.retired),
    )


@asynccontextmanager
async def open_outside(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Outside]:
    """Network and one worker, for looking around outside; needs no database, so a service may run meanwhile."""
    async with (
        Fetcher(_introduced(settings), version=VERSION, concurrency=1) as fetcher,
        Workers(1, deadline=settings.extraction.deadline, memory=settings.extraction.memory) as workers,
    ):
        yield Outside(settings=settings, fetcher=fetcher, workers=workers, clock=clock, sleep=sleep)


def wait_for_refresh(configuration: Configuration, names: Collection[str] | None) -> None:
    """Ask the service that holds the database to poll feeds, by name or all, and wait until it did.

    Those that it leaves for later, because of their floor or their host, are not waited for; nor is
    one that takes longer than a request may.
    """
    patience = 2 * configuration.settings.fetching.timeout.total_seconds() + _REFRESH_GRACE
    with open_database(configuration, hold=False) as database:
        now, floor = utc_now(), configuration.settings.polling.refresh
        with database.writing() as session:
            asked = feeds.ask_for(session, names, floor=floor, now=now)
        left, waited_until = len(asked), time.monotonic() + patience
        while left and time.monotonic() < waited_until:
            time.sleep(_LOOK_AGAIN)
            with database.reading() as session:
                still = feeds.count_due(session, asked, before=now)
            if still < left:
                left, waited_until = still, time.monotonic() + patience


def new_key() -> str:
    """A public name that no other story has: 80 random bits, 16 letters and digits."""
    return base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()


def _own_workers(settings: Settings, metrics: Metrics) -> Workers:
    extraction = settings.extraction
    return Workers(extraction.workers, deadline=extraction.deadline, memory=extraction.memory, observer=metrics)


def _introduced(settings: Settings) -> FetchingSettings:
    """How requests are made; publishers find the public URL in the User-Agent where no contact is given."""
    contact = settings.fetching.contact or settings.publishing.public_url
    return settings.fetching.model_copy(update={"contact": contact})


def _wanted(feed: FeedSettings, rule: HostRule) -> WantedFeed:
    if feed.name is None:
        raise AssertionError(f"{without_userinfo(feed.url)} came from the configuration without a name")
    return WantedFeed(
        name=feed.name,
        url=feed.url,
        host=rule.key(feed.url),
        outlet=feed.outlet or outlet_of(feed.url),
        title=feed.title,
        tags=feed.tags,
        priority=feed.priority,
        full_text=feed.full_text,
        every=feed.every,
        at_most=feed.at_most,
        private=private_by_configuration(configured=feed.private, credentials=feed.has_credentials),
    )
