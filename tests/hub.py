"""A service that can be called back, and the hub that calls it, for tests.

The hub verifies while it is still being asked, as the one of https://websub.rocks does, so its
answer tells what came of it: 202 when the callback echoed the challenge, else 400.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import col

from aggregator.pipeline import Pipeline
from aggregator.polling.fetch import Fetcher
from aggregator.polling.ip_address_rules import IPAddress
from aggregator.push_receiver import PushReceiver
from aggregator.settings.feeds_file import FeedSettings
from aggregator.store.tables import Entry, Feed, Subscription
from aggregator.web.error_pages import add_error_pages
from aggregator.web.push_endpoints import add_push
from tests.publisher import Publisher, Received, reply
from tests.running import TRUSTING_NOBODY, Running, configuration, running

CHALLENGE = "f1a9-challenge"


class Hub:
    """A hub at one path of a publisher; ``asked`` are the forms it got, ``answers`` what its callbacks said."""

    def __init__(self, publisher: Publisher, path: str = "/hub", *, host: str = "127.0.0.1") -> None:
        publisher.script(path, self._answer)
        self.url = publisher.url(path, host=host)
        self.lease = "864000"
        self.topic: str | None = None
        self.mode: str | None = None
        self.answers: list[httpx.Response] = []
        self._publisher = publisher
        self._path = path

    def restore(self) -> None:
        """Answer again, after the publisher was told to play another script."""
        self._publisher.script(self._path, self._answer)

    def redirect(self, url: str) -> None:
        """Send who asks on to another hub."""
        self._publisher.script(self._path, reply(307, {"Location": url}))

    @property
    def asked(self) -> list[dict[str, str]]:
        """The forms it was sent, as they came over the wire."""
        return [request.form for request in self.requests]

    @property
    def requests(self) -> list[Received]:
        """The requests it got."""
        return [request for request in self._publisher.requests if request.target.split("?")[0] == self._path]

    async def verify(self, form: Mapping[str, str], **changed: str) -> httpx.Response:
        """Ask the callback of a form whether it was meant; ``changed`` are other parameters than those asked for."""
        query = {
            "hub.mode": self.mode or form["hub.mode"],
            "hub.topic": self.topic or form["hub.topic"],
            "hub.challenge": CHALLENGE,
            "hub.lease_seconds": self.lease,
            **{name.replace("_", ".", 1): value for name, value in changed.items()},
        }
        async with httpx.AsyncClient(trust_env=False, verify=TRUSTING_NOBODY) as client:
            answer = await client.get(form["hub.callback"], params=query)
        self.answers.append(answer)
        return answer

    async def deliver(
        self, body: bytes, *, secret: str | None = None, method: str = "sha256", **headers: str
    ) -> httpx.Response:
        """Send a document to the last callback that was named, signed when there is a secret to sign it with."""
        sent = {"Content-Type": "application/rss+xml", **headers}
        if secret is not None:
            sent["X-Hub-Signature"] = f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"
        async with httpx.AsyncClient(trust_env=False, verify=TRUSTING_NOBODY) as client:
            return await client.post(self.asked[-1]["hub.callback"], content=body, headers=sent)

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        answer = await self.verify(self.asked[-1])
        echoed = answer.is_success and answer.text == CHALLENGE
        await reply(202 if echoed else 400)(writer)


class Pushed:
    """A running service and its callbacks."""

    def __init__(self, service: Running, callbacks: PushReceiver, base_url: str) -> None:
        self.running = service
        self.callbacks = callbacks
        self.base_url = base_url
        self.pipeline = Pipeline(service.service)

    async def poll(self) -> None:
        """Poll what is due, and ask the hubs that are to be asked."""
        await self.running.once()
        await self.pipeline.subscribe()

    async def stored(self) -> set[str]:
        """The titles of all entries, once what was delivered is stored."""
        await self.callbacks.finish(after=60)
        with self.running.service.database.reading() as session:
            return set(session.scalars(select(col(Entry.title))))

    @property
    def subscription(self) -> Subscription:
        """The one subscription there is."""
        with self.running.service.database.reading() as session:
            return session.scalars(select(Subscription)).one()

    @property
    def feed(self) -> Feed:
        """The one feed there is."""
        with self.running.service.database.reading() as session:
            return session.scalars(select(Feed)).one()


class _Quiet(uvicorn.Server):
    """A server that leaves signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _loopback(host: str, port: int) -> tuple[IPAddress, ...]:
    return (ip_address("127.0.0.1"),)


@asynccontextmanager
async def pushed(
    database: str, *feeds: FeedSettings, trusting: ssl.SSLContext | None = None, **sections: Any
) -> AsyncIterator[Pushed]:
    """A service of these feeds that answers at its public URL; ``trusting`` is how it checks certificates."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        wanted = configuration(database, *feeds, **{"publishing": {"public_url": base_url}, **sections})
        async with (
            running(wanted) as plain,
            Fetcher(
                wanted.settings.fetching, version="1", resolver=_loopback, ssl_context=trusting or TRUSTING_NOBODY
            ) as fetcher,
        ):
            service = Running(replace(plain.service, fetcher=fetcher), plain.clock)
            callbacks = PushReceiver(service.service)
            app = FastAPI(openapi_url=None)
            add_push(app, callbacks)
            add_error_pages(app)
            server = _Quiet(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield Pushed(service, callbacks, base_url)
            finally:
                server.should_exit = True
                await serving
                await callbacks.finish(after=60)
