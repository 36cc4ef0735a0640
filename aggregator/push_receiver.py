"""Receives the requests that hubs send to callbacks.

The service side of ``web.push_endpoints``: answers at once and stores a delivery afterwards. ``polling.websub``
decides whether a request is genuine, ``steps.push_delivery`` stores it.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from aggregator.background_tasks import BackgroundTasks
from aggregator.model.polling import PushKind
from aggregator.polling.websub import Delivery, DeliveryResult, verify_delivery
from aggregator.steps.push_delivery import answer_verification, poll_early, store_delivery
from aggregator.steps.service import Service
from aggregator.store import subscriptions
from aggregator.store.subscriptions import CallbackSubscription

log = structlog.get_logger()

_MOST_HELD = 4
"""How many documents of the largest size are in memory at once; instead of a further delivery the feed is polled."""


class PushReceiver:
    """The callbacks of one service, and its deliveries that are being stored."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._tasks = BackgroundTasks()
        self._held = 0

    @property
    def max_body_bytes(self) -> int:
        """The largest size of a delivery, in bytes."""
        return self._service.settings.fetching.max_feed

    async def confirm(self, token: str, query: Mapping[str, str]) -> str | None:
        """Returns the body that answers a verification of intent; None to reject it (WebSub section 5.3)."""
        if await self._callback(token) is None:
            return None
        return await self._service.database.write(
            answer_verification, self._service, token, query, now=self._service.clock()
        )

    async def listens(self, token: str) -> bool:
        """Returns True if deliveries to this callback are accepted."""
        callback = await self._callback(token)
        return callback is not None and callback.listens

    async def receive(self, token: str, delivery: Delivery) -> DeliveryResult:
        """Accepts or rejects a delivery or a ping; an accepted delivery is stored in the background."""
        callback = await self._callback(token)
        if callback is None or not callback.listens:
            return DeliveryResult.UNKNOWN
        if callback.kind is PushKind.RSSCLOUD:
            await poll_early(self._service, callback, reason="the rssCloud server sent a ping")
            return DeliveryResult.TAKEN
        receipt = verify_delivery(delivery, secret=callback.secret)
        if receipt is not DeliveryResult.TAKEN:
            log.warning("push.ignored", feed=callback.origin.feed_name, hub=callback.hub, reason=str(receipt))
        elif self._held + len(delivery.body) > _MOST_HELD * self.max_body_bytes:
            await poll_early(self._service, callback, reason="too many deliveries at once")
        else:
            now = self._service.clock()
            await self._service.database.write(subscriptions.record_delivery, callback.subscription_id, now=now)
            self._tasks.start(self._store(callback, delivery))
        return receipt

    async def finish(self, *, after: float) -> None:
        """Waits up to ``after`` seconds for deliveries that are being stored, then cancels them.

        The feeds of cancelled deliveries are polled early.
        """
        await self._tasks.finish(after=after)

    async def _callback(self, token: str) -> CallbackSubscription | None:
        return await self._service.database.read(subscriptions.subscription_of_callback, token)

    async def _store(self, callback: CallbackSubscription, delivery: Delivery) -> None:
        self._held += len(delivery.body)
        try:
            await store_delivery(self._service, callback, delivery)
        except Exception:
            log.exception("push.unfinished", feed=callback.origin.feed_name)
        finally:
            self._held -= len(delivery.body)
