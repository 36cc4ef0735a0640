"""Runs the steps of the pipeline: claims due work, starts it, and stops when nothing is due.

The daemon (``daemon.scheduled_steps``) runs these steps in this order, each at its interval, until it stops.
``Pipeline.once`` runs those marked * for a single run.

    heartbeat         watchdog.Watchdog.heartbeat: reports to systemd and ``/readyz`` that the service is alive
    reload            configuration_reload: loads an edited configuration, updates the feed rows
    clock *           steps.clock_skew.correct_clock_skew: reschedules work after a backward clock change
    rules *           steps.reapply_rules: applies edited keep and drop rules and text rules to stored data
    claim *           store.host_claims.claim_hosts claims hosts with due work; each claim is one request,
                      sent by steps.host_request:
                        a feed           steps.poll_feed.poll_feed: fetch, parse, store entries, plan the next poll
                        an older feed document  steps.backfill.read_older_document: fetch, parse, store entries
                        a page           steps.read_article.read_article: robots.txt or page, extract, sketch, store
                        a page again     steps.revisit_page: conditional request, store a changed text
                      store.articles.claim_feed_texts claims articles that need no page:
                                         steps.read_article.read_without_page: text from the feed, sketch, store
    subscribe         steps.push_subscriptions: sends hub requests, renews leases, ends subscriptions
    merge *           steps.merge_articles.merge_next: finds candidates, judges, joins or creates a story, reclusters,
                      chooses the canonical copy; serialised over all workers
    publish *         steps.publish_stories: publishes stories whose hold is over
                      steps.edition_issues: makes the issues that are due
    alerts *          steps.update_alerts: stores and logs alerts that began or ended
    expire *          steps.expire_entries: deletes expired entries in small batches, frees disk space
    announce          hub_publisher: notifies hubs of changed digests
    write             static_files: writes the digests as files

Hubs and readers call the service between the steps: ``push_receiver`` stores deliveries with
``steps.push_delivery``, and ``web`` serves digests and pages from ``read_model``.

Every step is *claim, decide, commit*, one transaction for each unit of work. After a crash a step is repeated; unique
keys make that harmless. A unit that fails costs only itself: it is logged and tried again, or skipped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from aggregator.background_tasks import BackgroundTasks
from aggregator.clock import IntervalTimer
from aggregator.errors import StoreUnavailable
from aggregator.polling.subscription_leases import MAX_UNSUBSCRIBE_ATTEMPTS, confirmation_timeout
from aggregator.settings.settings_file import Configuration
from aggregator.steps.backfill import read_older_document
from aggregator.steps.clock_skew import correct_clock_skew
from aggregator.steps.edition_issues import make_due_issues
from aggregator.steps.expire_entries import EntryExpiry
from aggregator.steps.merge_articles import merge_next
from aggregator.steps.poll_feed import fail_poll, poll_feed
from aggregator.steps.publish_stories import publish_stories
from aggregator.steps.push_subscriptions import has_public_url, maintain_subscriptions, request_subscription
from aggregator.steps.read_article import fail_page, read_article, read_without_page
from aggregator.steps.reapply_rules import match_stored_texts, reapply_entry_rules
from aggregator.steps.service import Service
from aggregator.steps.update_alerts import update_alerts
from aggregator.store import articles, feeds, host_claims, hosts, hub_request_queue, key_value
from aggregator.store.host_claims import ClaimScope, FeedClaim, HostClaim
from aggregator.store.hub_request_queue import HubRequest
from aggregator.store.page_claims import PageClaim

log = structlog.get_logger()

_CLAIM_INTERVAL = 1.0
"""Seconds after which a busy pipeline checks for work that has become due."""

_SHARE_OF_SLOTS = 4
"""Hosts are claimed when 1/4 of the request slots are free: a claim costs the same for one host and for many."""

_LONGEST_WAIT = timedelta(minutes=1)
"""How long a single run waits for a host; a host that needs longer is left to the next run."""

_STORE_RETRY = timedelta(minutes=1)
"""How long no request is sent after a result could not be stored, before storing is tried again."""

_SUBSCRIPTION_CHECK = timedelta(minutes=1)
"""How often subscriptions are checked for expired leases."""

_ALERT_CHECK = timedelta(minutes=30)
"""How often alerts are updated."""

_CLOCK_CHECK = timedelta(minutes=1)
"""How often the clock is checked for a backward change."""

_MOST_HUB_REQUESTS = 4
"""Hub requests at the same time."""

_SHORTEST = 0.01
"""The shortest pause in seconds, so that waiting for another worker's claim is no busy loop."""


class Pipeline:
    """The steps of one service; they run until nothing is due or until ``stop``."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._stopping = asyncio.Event()
        self._tasks = BackgroundTasks()
        self._subscriptions_checked = IntervalTimer(_SUBSCRIPTION_CHECK)
        self._alerts_checked = IntervalTimer(_ALERT_CHECK)
        self._clock_checked = IntervalTimer(_CLOCK_CHECK)
        self._rules_applied: Configuration | None = None
        self._issued: dict[str, datetime] = {}
        self._expiry = EntryExpiry(service)
        self._store_error: StoreUnavailable | None = None
        self._store_tried = IntervalTimer(_STORE_RETRY)

    def stop(self) -> None:
        """Stops claiming; running work continues."""
        self._stopping.set()

    async def cancel_work(self, *, after: float) -> None:
        """Waits ``after`` seconds for running work, then cancels it and releases its claims."""
        await self._tasks.finish(after=after)
        with suppress(StoreUnavailable):  # then the claims expire
            await self.service.database.write(hosts.release_claimed_hosts, by=self.service.name)

    async def once(self) -> None:
        """Runs all work that is due now, and the work that results from it.

        Waits for hosts with a short pause between requests, not for hosts in backoff, nor for feeds and pages that
        become due later. Stories are published without their hold: no copy can join them before the next run.
        """
        await correct_clock_skew(self.service)
        await self.apply_rules()
        await self.run_due_claims(ClaimScope(feeds_due_before=self.service.clock()))
        await self.merge()
        if not self._stopping.is_set():
            await publish_stories(self.service, hold=False)
            await make_due_issues(self.service, self._issued)
            await update_alerts(self.service)
            await self._expiry.expire_all(self._stopping.is_set)

    async def refresh(self, names: Collection[str] | None = None) -> None:
        """Polls feeds at a user's request, by name or all; does nothing else.

        The request makes the feeds due and resets their failure counts. It shortens no pause of a host, and no feed
        is polled sooner than ``polling.refresh`` after its last poll: such a feed stays due.
        """
        now, floor = self.service.clock(), self.service.settings.polling.refresh
        requested = await self.service.database.write(feeds.make_feeds_due, names, floor=floor, now=now)
        await self.run_due_claims(ClaimScope(feeds_due_before=now, feed_ids=requested, pages=False))

    async def run_due_claims(self, scope: ClaimScope) -> None:
        """Runs all claims in ``scope`` until none is due, waiting for hosts with a short pause.

        Raises ``StoreUnavailable`` if a result could not be stored.
        """
        while not self._stopping.is_set():
            await self._do_claims(lambda: scope)
            if self._store_error is not None:
                raise self._store_error
            at = await self.service.database.read(host_claims.next_claim_at, scope=scope, now=self.service.clock())
            pause = _LONGEST_WAIT if at is None else at - self.service.clock()
            if pause >= _LONGEST_WAIT:
                return
            await self._pause(max(_SHORTEST, pause.total_seconds()))

    async def poll_and_read(self) -> None:
        """Polls feeds and reads articles until none can be claimed and none is running."""
        await self._do_claims(lambda: ClaimScope(feeds_due_before=self.service.clock()))

    async def correct_clock_skew(self) -> None:
        """Corrects the schedule after a backward clock change; checks every minute."""
        if self._clock_checked.is_due_at(self.service.clock()):
            await correct_clock_skew(self.service)

    async def _do_claims(self, scope: Callable[[], ClaimScope]) -> None:
        while not self._stopping.is_set():
            # Work that ends during a claim may make more work due, which that claim did not see.
            was_idle = not self._tasks
            await self._start_claims(scope())
            if self._tasks:
                await self._tasks.wait_for_one(at_most=_CLAIM_INTERVAL)
            elif was_idle:
                return

    async def subscribe(self) -> None:
        """Sends hub requests until none is due and none is running: subscribe, renew, unsubscribe."""
        if self._subscriptions_checked.is_due_at(self.service.clock()):
            await maintain_subscriptions(self.service)
        running: set[asyncio.Task[None]] = set()
        while not self._stopping.is_set() and has_public_url(self.service):
            running |= {
                self._tasks.start(self._send_hub_request(claim))
                for claim in await self._claim_hub_requests(len(running))
            }
            if not running:
                return
            _, running = await asyncio.wait(running, timeout=_CLAIM_INTERVAL, return_when=asyncio.FIRST_COMPLETED)

    async def apply_rules(self) -> None:
        """Applies edited rules to stored data; does nothing until the configuration changes."""
        configuration = self.service.configuration
        if self._rules_applied is not configuration:
            await reapply_entry_rules(self.service)
            await match_stored_texts(self.service)
            self._rules_applied = configuration

    async def update_alerts(self) -> None:
        """Updates the alerts, every half hour."""
        if self._alerts_checked.is_due_at(self.service.clock()):
            await update_alerts(self.service)

    async def expire(self) -> None:
        """Deletes the next batch of expired entries."""
        await self._expiry.expire()

    async def merge(self) -> int:
        """Merges every article that has a text and no story yet; returns the number of articles."""
        merged = 0
        while not self._stopping.is_set() and await merge_next(self.service):
            merged += 1
        return merged

    async def publish(self) -> int:
        """Publishes stories whose hold is over and makes due issues; returns the number of stories."""
        published = await publish_stories(self.service)
        self.service.metrics.count_published_stories(published)
        await make_due_issues(self.service, self._issued)
        return published

    async def _start_claims(self, scope: ClaimScope) -> None:
        if not await self._can_store():
            return
        most = self.service.settings.polling.concurrency
        free = most - len(self._tasks)
        if free * _SHARE_OF_SLOTS < most:
            return
        now, database = self.service.clock(), self.service.database
        until = now + self.service.lease
        claims = await database.write(
            host_claims.claim_hosts,
            scope=scope,
            now=now,
            until=until,
            spacing=self.service.settings.fetching.spacing,
            by=self.service.name,
            limit=free,
        )
        if self._stopping.is_set():
            await database.write(
                hosts.release_claimed_hosts, by=self.service.name, keys=[claim.host for claim in claims]
            )
            return
        for claim in claims:
            self._tasks.start(self._do_claim(claim))
        if scope.pages and len(claims) < free:
            for article_id in await database.write(
                articles.claim_feed_texts, now=now, until=until, limit=free - len(claims)
            ):
                self._tasks.start(self._read_without_page(article_id))

    async def _claim_hub_requests(self, running: int) -> tuple[HubRequest, ...]:
        free = _MOST_HUB_REQUESTS - running
        if free <= 0 or not await self._can_store():
            return ()
        now = self.service.clock()
        until, by = now + self.service.lease, self.service.name
        spacing = self.service.settings.fetching.spacing
        return await self.service.database.write(
            hub_request_queue.claim_hub_requests,
            now=now,
            until=until,
            by=by,
            limit=free,
            pause_after=confirmation_timeout,
            most_farewells=MAX_UNSUBSCRIBE_ATTEMPTS,
            spacing=spacing,
        )

    async def _send_hub_request(self, claim: HubRequest) -> None:
        try:
            await request_subscription(self.service, claim)
        except StoreUnavailable as error:
            self._stop_requests(error)
        except Exception:
            log.exception("push.unfinished", feed=claim.feed_name, hub=claim.hub, retry_after=self.service.lease)

    async def _do_claim(self, claim: HostClaim) -> None:
        try:
            match claim:
                case FeedClaim(resume_poll_at=datetime()):
                    await read_older_document(self.service, claim)
                case FeedClaim():
                    await poll_feed(self.service, claim)
                case PageClaim():
                    await read_article(self.service, claim)
        except StoreUnavailable as error:
            self._stop_requests(error)
        except Exception as error:
            log.exception("claim.failed", claim=_named(claim))
            await self._store_failure(claim, error)

    async def _store_failure(self, claim: HostClaim, error: Exception) -> None:
        """Stores an unexpected failure with its feed or page, so that it is not due again at once."""
        reason = f"internal error, {type(error).__name__}; see the log"
        try:
            match claim:
                case FeedClaim():
                    await fail_poll(self.service, claim, reason)
                case PageClaim():
                    await fail_page(self.service, claim, reason)
        except StoreUnavailable as unavailable:
            self._stop_requests(unavailable)
        except Exception:
            log.exception("claim.unfinished", claim=_named(claim), retry_after=self.service.lease)

    async def _read_without_page(self, article_id: int) -> None:
        try:
            await read_without_page(self.service, article_id)
        except StoreUnavailable as error:
            self._stop_requests(error)
        except Exception:
            log.exception("article.unfinished", article=article_id, retry_after=self.service.lease)

    def _stop_requests(self, error: StoreUnavailable) -> None:
        """Stops requests for a while, because results cannot be stored; the claims expire and are claimed again."""
        self._store_error = error
        self._store_tried.is_due_at(self.service.clock())

    async def _can_store(self) -> bool:
        """Returns True if results can be stored; after a failure, tries a write once a minute."""
        has_failed = self._store_error is not None or self.service.database.trouble is not None
        if has_failed and self._store_tried.is_due_at(self.service.clock()):
            try:
                await self.service.database.write(key_value.write_filler)
                await self.service.database.write(key_value.delete_filler)
            except StoreUnavailable as error:
                self._store_error = error
            else:
                self._store_error = None
        return self._store_error is None

    async def _pause(self, seconds: float) -> None:
        """Waits this many seconds, or until the pipeline is stopped."""
        waits = [asyncio.ensure_future(self.service.sleep(seconds)), asyncio.create_task(self._stopping.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


def _named(claim: HostClaim) -> str:
    """Returns a name of the claim for the log, without the URL, which may contain a password."""
    return f"feed {claim.name}" if isinstance(claim, FeedClaim) else f"article {claim.article_id}"
