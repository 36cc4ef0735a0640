"""Starts a service and stops it.

The order: open the database, migrate its schema, update the feed rows from the configuration, start the fetcher and
the workers. The stop is in the opposite order.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime

import structlog

from aggregator.clock import Clock, utc_now
from aggregator.configured_database import open_database
from aggregator.dedup.candidate_index import CandidateIndex
from aggregator.metrics import Metrics
from aggregator.polling.fetch import Fetcher
from aggregator.polling.host_identity import HostGrouping, default_outlet
from aggregator.polling.name_resolution import Resolver
from aggregator.polling.private_feeds import private_by_configuration
from aggregator.random_keys import new_key
from aggregator.settings.feeds_file import FeedSettings
from aggregator.settings.settings_file import Configuration, FetchingSettings, Settings
from aggregator.steps.discover_feeds import DiscoveryTools
from aggregator.steps.service import Service
from aggregator.store import feeds, hosts, key_value
from aggregator.store.database import Database
from aggregator.store.feeds import ConfiguredFeed
from aggregator.url_credentials import without_userinfo
from aggregator.version import VERSION
from aggregator.worker_pool import WorkerPool

log = structlog.get_logger()

_CHECK_INTERVAL = 0.2
_REFRESH_GRACE = 30.0
"""Seconds, in addition to the time of two requests, that a running service has to poll the next requested feed."""


@asynccontextmanager
async def open_service(
    configuration: Configuration,
    *,
    clock: Clock = utc_now,
    chance: Callable[[], float] = random.random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    workers: WorkerPool | None = None,
    resolver: Resolver | None = None,
    ssl_context: ssl.SSLContext | None = None,
) -> AsyncIterator[Service]:
    """Opens a service that is ready to work; no other service uses the same SQLite file at the same time.

    ``workers`` are running workers of the caller, who also stops them; without them the service starts its own.
    ``resolver`` and ``ssl_context`` replace those of the system.
    """
    settings = configuration.settings
    with open_database(configuration, hold=True) as database:
        now = clock()
        if database.is_sqlite:
            await database.write(hosts.release_all_claims)
        rule = HostGrouping(own=settings.fetching.own_hosts, shared=settings.fetching.shared_hosts)
        await reconcile_feeds(database, configuration, rule, now=now)
        authority = await database.write(key_value.tag_authority, candidate=new_key(), now=now)
        metrics = Metrics()
        async with (
            Fetcher(
                _with_contact(settings),
                version=VERSION,
                concurrency=settings.polling.concurrency,
                resolver=resolver,
                ssl_context=ssl_context,
                clock=clock,
                on_outcome=metrics.fetched,
            ) as fetcher,
            _own_workers(settings, metrics) if workers is None else nullcontext(workers) as running_workers,
        ):
            yield Service(
                configuration=configuration,
                database=database,
                fetcher=fetcher,
                workers=running_workers,
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


async def reconcile_feeds(
    database: Database, configuration: Configuration, rule: HostGrouping, *, now: datetime
) -> None:
    """Updates the feed rows from the configuration and logs the changes."""
    wanted = [_wanted(feed, rule) for feed in configuration.feeds]
    reconciled = await database.write(feeds.apply_configured_feeds, wanted, now=now)
    log.info(
        "feeds.reconciled",
        feeds=len(configuration.feeds),
        added=len(reconciled.added),
        changed=len(reconciled.changed),
        retired=len(reconciled.retired),
    )


@asynccontextmanager
async def open_discovery(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[DiscoveryTools]:
    """Opens a fetcher and one worker for feed discovery; needs no database, so a service may run at the same time."""
    async with (
        Fetcher(_with_contact(settings), version=VERSION, concurrency=1) as fetcher,
        WorkerPool(1, deadline=settings.extraction.deadline, memory=settings.extraction.memory) as workers,
    ):
        yield DiscoveryTools(settings=settings, fetcher=fetcher, workers=workers, clock=clock, sleep=sleep)


def wait_for_refresh(configuration: Configuration, names: Collection[str] | None) -> None:
    """Requests polls from the service that holds the database, of all feeds or by name, and waits for them.

    It does not wait for feeds that the service postpones, because of their shortest interval or a pause of their
    host, nor for a poll that takes longer than a request may.
    """
    timeout_seconds = 2 * configuration.settings.fetching.timeout.total_seconds() + _REFRESH_GRACE
    with open_database(configuration, hold=False) as database:
        now, floor = utc_now(), configuration.settings.polling.refresh
        with database.writing() as session:
            requested = feeds.make_feeds_due(session, names, floor=floor, now=now)
        left, waited_until = len(requested), time.monotonic() + timeout_seconds
        while left and time.monotonic() < waited_until:
            time.sleep(_CHECK_INTERVAL)
            with database.reading() as session:
                still = feeds.count_due_feeds(session, requested, before=now)
            if still < left:
                left, waited_until = still, time.monotonic() + timeout_seconds


def _own_workers(settings: Settings, metrics: Metrics) -> WorkerPool:
    extraction = settings.extraction
    return WorkerPool(extraction.workers, deadline=extraction.deadline, memory=extraction.memory, observer=metrics)


def _with_contact(settings: Settings) -> FetchingSettings:
    """Returns the fetching settings; the User-Agent names the public URL if no contact is configured."""
    contact = settings.fetching.contact or settings.publishing.public_url
    return settings.fetching.model_copy(update={"contact": contact})


def _wanted(feed: FeedSettings, rule: HostGrouping) -> ConfiguredFeed:
    if feed.name is None:
        raise AssertionError(f"{without_userinfo(feed.url)} has no name in the configuration")
    return ConfiguredFeed(
        name=feed.name,
        url=feed.url,
        host=rule.key(feed.url),
        outlet=feed.outlet or default_outlet(feed.url),
        title=feed.title,
        tags=feed.tags,
        priority=feed.priority,
        full_text=feed.full_text,
        every=feed.every,
        at_most=feed.at_most,
        private=private_by_configuration(configured=feed.private, credentials=feed.has_credentials),
    )
