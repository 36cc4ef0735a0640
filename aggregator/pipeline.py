"""The pipeline: which steps there are, in which order they run, and when nothing is left to do.

    claims.claim_visits ──▶ steps.poll_feed    a due feed: fetch, parse, store entries, plan    one commit
                        ──▶ steps.read_article    an article: fetch its page, extract, sketch      one commit
    errands.claim_errands ▶ steps.push_subscriptions    a hub: ask for news, renew, let go                one commit
    articles.claim_texts ─▶ steps.read_article    an article that needs no page                    one commit
    copies.next_ready ────▶ steps.merge_articles   an article: candidates, judge, place, lead       serialised
    stories settled ──────▶ steps.publish_stories show it                                          one commit
    rules that were edited▶ steps.reapply_rules    what is stored, once                             in batches
    what is kept no longer▶ steps.expire_entries  let go of it, every few hours                    in batches

Every line is *claim, decide, commit*. A crash anywhere repeats a step; unique keys make repeating
harmless. One unit of work that fails costs that unit only: it is logged and tried again, or done
without, as its step says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from aggregator.clock import Interval
from aggregator.errors import StoreUnavailable
from aggregator.model.polling import Trouble, Unreachable
from aggregator.polling.subscription_leases import MOST_FAREWELLS, unheard_pause
from aggregator.settings.settings_file import Configuration
from aggregator.steps.backfill import read_older
from aggregator.steps.clock_skew import straighten
from aggregator.steps.edition_issues import freeze_due
from aggregator.steps.expire_entries import Sweeper
from aggregator.steps.merge_articles import merge_next
from aggregator.steps.poll_feed import Polled, conclude, poll
from aggregator.steps.publish_stories import publish
from aggregator.steps.push_subscriptions import ask, is_reachable, tidy
from aggregator.steps.read_article import give_up, read, read_without_page
from aggregator.steps.reapply_rules import ask_stored, sift_stored
from aggregator.steps.service import Service
from aggregator.steps.update_alerts import watch
from aggregator.store import articles, feeds, host_claims, hosts, hub_request_queue, key_value
from aggregator.store.host_claims import FeedVisit, Scope, Visit
from aggregator.store.hub_request_queue import Errand
from aggregator.store.page_claims import PageVisit

log = structlog.get_logger()

_LOOK_AGAIN = 1.0
"""Seconds after which a busy pipeline looks for work that became due meanwhile."""

_CLAIMED_AT_ONCE = 4
"""Hosts are claimed when one in so many places is free: a claim for one costs what a claim for many does."""

_PATIENCE = timedelta(minutes=1)
"""How long a single run waits for a host; what has to wait longer is for the next run."""

_HELD_OFF = timedelta(minutes=1)
"""How long nobody is asked for anything after an answer could not be stored, before storing is tried again."""

_TIDIED_EVERY = timedelta(minutes=1)
"""How often subscriptions are looked through for what ended."""

_WATCHED_EVERY = timedelta(minutes=30)
"""How often is looked for what needs a person."""

_STRAIGHTENED_EVERY = timedelta(minutes=1)
"""How often is looked whether the clock was put back."""

_MOST_HUBS = 4
"""Hubs that are asked at the same time."""

_SHORTEST = 0.01
"""Seconds a pause lasts at least, so that waiting for another worker's claim is no busy loop."""


class Pipeline:
    """The steps of one service, run until nothing is due or until ``stop``."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._stopping = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()
        self._tidied = Interval(_TIDIED_EVERY)
        self._watched = Interval(_WATCHED_EVERY)
        self._straightened = Interval(_STRAIGHTENED_EVERY)
        self._sifted_by: Configuration | None = None
        self._issued: dict[str, datetime] = {}
        self._sweeper = Sweeper(service)
        self._held_by: StoreUnavailable | None = None
        self._tried = Interval(_HELD_OFF)

    def stop(self) -> None:
        """Claim nothing more; what is under way goes on."""
        self._stopping.set()

    async def abandon(self, *, after: float) -> None:
        """Give what is under way ``after`` seconds to end, then cancel it and give its claims back."""
        if self._busy:
            await asyncio.wait(self._busy, timeout=after)
        for task in tuple(self._busy):
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)
        with suppress(StoreUnavailable):  # then they end by themselves
            await self.service.database.write(hosts.give_back, by=self.service.name)

    async def once(self) -> None:
        """Do everything that is due now, and what follows from it, until nothing is pending.

        Waits for hosts that want a short pause between requests, not for those that asked to be
        left alone, nor for feeds and pages that become due later. Stories need not settle: nothing
        can join them before the next run.
        """
        await straighten(self.service)
        await self.sift()
        await self.exhaust(Scope(feeds_due_before=self.service.clock()))
        await self.merge()
        if not self._stopping.is_set():
            await publish(self.service, hold=False)
            await freeze_due(self.service, self._issued)
            await watch(self.service)
            await self._sweeper.expire_all(self._stopping.is_set)

    async def refresh(self, names: Collection[str] | None = None) -> None:
        """Poll feeds that a person asks for, by name or all, as politely as ever; nothing else is done.

        The wish makes them due and forgets their failures. It shortens no pause that a host asked for,
        and no feed is asked sooner than ``polling.refresh`` after its last poll: such a feed stays due.
        """
        now, floor = self.service.clock(), self.service.settings.polling.refresh
        asked = await self.service.database.write(feeds.ask_for, names, floor=floor, now=now)
        await self.exhaust(Scope(feeds_due_before=now, feed_ids=asked, pages=False))

    async def exhaust(self, scope: Scope) -> None:
        """Visit what is due until nothing of it is left, waiting for hosts that want a short pause.

        Raises ``StoreUnavailable`` when what was answered could not be stored: nobody waits until it can be.
        """
        while not self._stopping.is_set():
            await self._visit_all(lambda: scope)
            if self._held_by is not None:
                raise self._held_by
            at = await self.service.database.read(host_claims.next_visit_at, scope=scope, now=self.service.clock())
            pause = _PATIENCE if at is None else at - self.service.clock()
            if pause >= _PATIENCE:
                return
            await self._pause(max(_SHORTEST, pause.total_seconds()))

    async def visit(self) -> None:
        """Poll feeds and read articles until none can be claimed and none is under way."""
        await self._visit_all(lambda: Scope(feeds_due_before=self.service.clock()))

    async def straighten(self) -> None:
        """Bring forward what waits for a clock that was put back, every minute."""
        if self._straightened.has_come(self.service.clock()):
            await straighten(self.service)

    async def _visit_all(self, scope: Callable[[], Scope]) -> None:
        while not self._stopping.is_set():
            # What ends while the next visits are claimed may leave more to do than the claim could see.
            was_idle = not self._busy
            await self._start_visits(scope())
            if self._busy:
                await asyncio.wait(self._busy, timeout=_LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
            elif was_idle:
                return

    async def subscribe(self) -> None:
        """Ask hubs for what is wanted, renew what ends soon, and let go, until none can be asked and none is."""
        if self._tidied.has_come(self.service.clock()):
            await tidy(self.service)
        asking: set[asyncio.Task[None]] = set()
        while not self._stopping.is_set() and is_reachable(self.service):
            asking |= {self._start(self._ask(errand)) for errand in await self._claim_errands(len(asking))}
            if not asking:
                return
            _, asking = await asyncio.wait(asking, timeout=_LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)

    async def sift(self) -> None:
        """Apply rules that were edited to what is stored; nothing to do until the configuration is another one."""
        configuration = self.service.configuration
        if self._sifted_by is not configuration:
            await sift_stored(self.service)
            await ask_stored(self.service)
            self._sifted_by = configuration

    async def watch(self) -> None:
        """Notice what needs a person, every half an hour."""
        if self._watched.has_come(self.service.clock()):
            await watch(self.service)

    async def expire(self) -> None:
        """Let go of a slice of what is kept no longer."""
        await self._sweeper.expire()

    async def merge(self) -> int:
        """Place every article that has a text and no story yet; gives how many were placed."""
        placed = 0
        while not self._stopping.is_set() and await merge_next(self.service):
            placed += 1
        return placed

    async def publish(self) -> int:
        """Show the stories that settled, and make the issues that are due; gives how many stories."""
        shown = await publish(self.service)
        self.service.metrics.stories_published(shown)
        await freeze_due(self.service, self._issued)
        return shown

    async def _start_visits(self, scope: Scope) -> None:
        if not await self._may_ask():
            return
        most = self.service.settings.polling.concurrency
        free = most - len(self._busy)
        if free * _CLAIMED_AT_ONCE < most:
            return
        now, database = self.service.clock(), self.service.database
        until = now + self.service.lease
        visits = await database.write(
            host_claims.claim_visits,
            scope=scope,
            now=now,
            until=until,
            spacing=self.service.settings.fetching.spacing,
            by=self.service.name,
            limit=free,
        )
        if self._stopping.is_set():
            await database.write(hosts.give_back, by=self.service.name, keys=[visit.host for visit in visits])
            return
        for visit in visits:
            self._start(self._visit(visit))
        if scope.pages and len(visits) < free:
            for article_id in await database.write(
                articles.claim_texts, now=now, until=until, limit=free - len(visits)
            ):
                self._start(self._read_without_page(article_id))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        return task

    async def _claim_errands(self, asking: int) -> tuple[Errand, ...]:
        free = _MOST_HUBS - asking
        if free <= 0 or not await self._may_ask():
            return ()
        now = self.service.clock()
        until, by = now + self.service.lease, self.service.name
        spacing = self.service.settings.fetching.spacing
        return await self.service.database.write(
            hub_request_queue.claim_errands,
            now=now,
            until=until,
            by=by,
            limit=free,
            pause_after=unheard_pause,
            most_farewells=MOST_FAREWELLS,
            spacing=spacing,
        )

    async def _ask(self, errand: Errand) -> None:
        try:
            await ask(self.service, errand)
        except StoreUnavailable as error:
            self._hold_off(error)
        except Exception:
            log.exception("push.unfinished", feed=errand.feed_name, hub=errand.hub, again_after=self.service.lease)

    async def _visit(self, visit: Visit) -> None:
        try:
            match visit:
                case FeedVisit(resume_poll_at=datetime()):
                    await read_older(self.service, visit)
                case FeedVisit():
                    await poll(self.service, visit)
                case PageVisit():
                    await read(self.service, visit)
        except StoreUnavailable as error:
            self._hold_off(error)
        except Exception as error:
            log.exception("visit.failed", visit=_named(visit))
            await self._do_without(visit, error)

    async def _do_without(self, visit: Visit, error: Exception) -> None:
        """Store the failure of a unit that failed for no foreseen reason, so that it is not the next one again."""
        reason = f"internal error, {type(error).__name__}; the log says more"
        try:
            match visit:
                case FeedVisit():
                    outcome = Unreachable(url=visit.address.url, trouble=Trouble.PROTOCOL, reason=reason)
                    await conclude(self.service, visit, Polled(outcome=outcome, asked_at=self.service.clock()))
                case PageVisit():
                    await give_up(self.service, visit, reason)
        except StoreUnavailable as full:
            self._hold_off(full)
        except Exception:
            log.exception("visit.unfinished", visit=_named(visit), again_after=self.service.lease)

    async def _read_without_page(self, article_id: int) -> None:
        try:
            await read_without_page(self.service, article_id)
        except StoreUnavailable as error:
            self._hold_off(error)
        except Exception:
            log.exception("article.unfinished", article=article_id, again_after=self.service.lease)

    def _hold_off(self, error: StoreUnavailable) -> None:
        """Ask nobody for a while: what they answer cannot be stored, and what was claimed is claimed again later."""
        self._held_by = error
        self._tried.has_come(self.service.clock())

    async def _may_ask(self) -> bool:
        """Whether what somebody answers can be stored; after a failure that is tried out, once in a while."""
        troubled = self._held_by is not None or self.service.database.trouble is not None
        if troubled and self._tried.has_come(self.service.clock()):
            try:
                await self.service.database.write(key_value.take_room)
                await self.service.database.write(key_value.give_room)
            except StoreUnavailable as error:
                self._held_by = error
            else:
                self._held_by = None
        return self._held_by is None

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until the pipeline is stopped."""
        waits = [asyncio.ensure_future(self.service.sleep(seconds)), asyncio.create_task(self._stopping.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


def _named(visit: Visit) -> str:
    """A visit as the log may name it: without the address, which may hold a password."""
    return f"feed {visit.name}" if isinstance(visit, FeedVisit) else f"article {visit.article_id}"
