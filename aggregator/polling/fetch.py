"""What came of asking for one URL?

One request, followed through its redirects, within a deadline and a size, as a value: nothing
that a server or the network does raises. Requests go through a transport of httpx and not
through its client, because what the client adds (cookies, proxies from the environment,
redirects that carry headers along, unbounded decoding) is what must not happen here. When to
ask is ``schedule``'s.
"""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpx

from aggregator.clock import Clock, utc_now
from aggregator.model.polling import (
    Answer,
    Deferred,
    FetchOutcome,
    Hop,
    HttpError,
    NotModified,
    Refused,
    Rule,
    Trouble,
    Unreachable,
    Validators,
)
from aggregator.polling.connector import Connector
from aggregator.polling.content_decoding import ACCEPTED_CODINGS
from aggregator.polling.fetch_errors import FAILURES, judge_failure, was_refused
from aggregator.polling.freshness import retry_after
from aggregator.polling.ip_address_rules import AddressRule
from aggregator.polling.name_resolution import Resolver, SystemResolver
from aggregator.polling.request_identity import AS_OURSELVES, Introduction
from aggregator.polling.request_urls import origin, parse_url, redirect_target, shown
from aggregator.polling.response_body import Bound, drain, joined_headers, read_body
from aggregator.polling.robots_txt import PARSED_BYTES
from aggregator.polling.transport import GuardedTransport
from aggregator.settings.settings_file import FetchingSettings
from aggregator.url_credentials import without_userinfo

Visit = Callable[[str], Refused | None]
"""Asked before each request, redirects included, whether its URL may be asked for now."""

_GET_AGAIN = frozenset({301, 302, 303, 307, 308})
_POST_AGAIN = frozenset({301, 302, 307, 308})  # a 303 would be a GET of something else
_HUB_BYTES = 65_536


class Kind(StrEnum):
    """What is asked for; it decides the Accept header and the size."""

    FEED = "feed"
    PAGE = "page"
    ROBOTS = "robots"
    HUB = "hub"


_ACCEPT = {
    Kind.FEED: b"application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    b"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1",
    Kind.PAGE: b"text/html, application/xhtml+xml, */*;q=0.1",
    Kind.ROBOTS: b"text/plain, */*;q=0.1",
    Kind.HUB: b"text/plain, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Errand:
    """What stays the same through the redirects of one request; ``form`` is what is posted."""

    kind: Kind
    owner: httpx.URL
    introduction: Introduction = AS_OURSELVES
    form: bytes | None = None
    validators: Validators | None = None
    visit: Visit | None = None
    delta: bool = False

    def validators_for(self, url: str) -> Validators | None:
        """What makes a request for ``url`` conditional: only what that URL gave (RFC 9110 section 15.4)."""
        known = self.validators
        if known is None or known.url != url or (known.etag is None and known.last_modified is None):
            return None
        return known


@dataclass(kw_only=True, slots=True)
class _Trail:
    """Where a request has got to; the one thing that is known when it is cut off."""

    url: str
    hops: list[Hop] = field(default_factory=list)

    def refused(self, rule: Rule, reason: str) -> Refused:
        return Refused(url=self.url, rule=rule, reason=reason, hops=tuple(self.hops))

    def failed(self, error: BaseException) -> Refused | Unreachable:
        rule, reason = judge_failure(error)
        if isinstance(rule, Rule):
            return self.refused(rule, reason)
        return Unreachable(url=self.url, trouble=rule, reason=reason, hops=tuple(self.hops), refused=was_refused(error))

    def late(self, seconds: float) -> Unreachable:
        reason = f"no whole answer within {seconds:g} s"
        return Unreachable(url=self.url, trouble=Trouble.TIMEOUT, reason=reason, hops=tuple(self.hops))


class Fetcher:
    """Asks for URLs; an async context manager that holds the connections.

    ``concurrency`` is how many requests run at once, further ones wait for their turn;
    ``resolver`` stands in for the system's, ``clock`` reads a Retry-After that is a date.
    ``on_outcome`` is told what came of each request.
    URLs may carry a user name and password: they are sent to their own origin only, and no
    outcome repeats them.
    """

    def __init__(
        self,
        settings: FetchingSettings,
        *,
        version: str,
        concurrency: int = 16,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
        clock: Clock = utc_now,
        on_outcome: Callable[[Kind, FetchOutcome], None] = lambda _kind, _outcome: None,
    ) -> None:
        self._settings = settings
        self._on_outcome = on_outcome
        self._clock = clock
        self._user_agent = _user_agent(version, settings.contact)
        self._bounds = {
            Kind.FEED: Bound(max_bytes=settings.max_feed),
            Kind.PAGE: Bound(max_bytes=settings.max_page),
            Kind.ROBOTS: Bound(max_bytes=PARSED_BYTES + 1, cuts=True),  # one more, so that robots sees the cut
            Kind.HUB: Bound(max_bytes=_HUB_BYTES, cuts=True),
        }
        self._turns = asyncio.Semaphore(concurrency)
        self._system_resolver = SystemResolver(threads=concurrency)
        connector = Connector(
            rule=AddressRule(allow=settings.allow_networks),
            resolver=resolver or self._system_resolver,
            patience=settings.timeout.total_seconds(),
            ssl_context=ssl_context or httpx.create_ssl_context(trust_env=False),
        )
        self._transport = GuardedTransport(connector, kept=concurrency)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()
        self._system_resolver.close()

    async def get(
        self,
        url: str,
        *,
        kind: Kind,
        validators: Validators | None = None,
        visit: Visit | None = None,
        delta: bool = False,
        hops: tuple[Hop, ...] = (),
        introduction: Introduction = AS_OURSELVES,
    ) -> FetchOutcome:
        """What came of asking for ``url``, within ``timeout`` for everything together.

        ``validators`` go only to the URL that gave them, so a redirect's target never sees
        another's. ``visit`` may refuse each URL before it is asked. With ``delta`` a server may
        answer a conditional request with the new entries alone (a 226, RFC 3229). ``hops`` are
        redirects of ``url`` that were followed earlier: the request goes on where the last of
        them leads. A redirect that asks to be followed later is Deferred (RFC 9110 section
        10.2.3). A robots.txt that is too large is cut, anything else that is too large is refused.
        ``introduction`` says what the requests carry besides, and where.
        """
        start = parse_url(url)
        if start is None:
            return Refused(url=without_userinfo(url), rule=Rule.SCHEME, reason="this is not a URL")
        errand = _Errand(
            kind=kind, owner=start, introduction=introduction, validators=validators, visit=visit, delta=delta
        )
        return await self._run(errand, hops)

    async def post(self, url: str, form: Mapping[str, str]) -> FetchOutcome:
        """What came of posting ``form`` to ``url``, a WebSub hub or an rssCloud server.

        Any 2xx is an Answer, and a long one is cut. A redirect is posted to again, as a hub that
        moved expects it to be (WebSub section 5.1); nothing is posted twice to one URL, nor from
        https to http, because a form may hold a secret.
        """
        start = parse_url(url)
        if start is None:
            return Refused(url=without_userinfo(url), rule=Rule.SCHEME, reason="this is not a URL")
        errand = _Errand(kind=Kind.HUB, owner=start, form=urlencode(form).encode("ascii"))
        return await self._run(errand, ())

    async def _run(self, errand: _Errand, hops: tuple[Hop, ...]) -> FetchOutcome:
        outcome = await self._within_bounds(errand, hops)
        self._on_outcome(errand.kind, outcome)
        return outcome

    async def _within_bounds(self, errand: _Errand, hops: tuple[Hop, ...]) -> FetchOutcome:
        trail = _Trail(url=shown(errand.owner), hops=list(hops))
        seconds = self._settings.timeout.total_seconds()
        async with self._turns:
            try:
                async with asyncio.timeout(seconds):
                    return await self._follow(errand, trail)
            except TimeoutError:
                return trail.late(seconds)
            except FAILURES as error:
                return trail.failed(error)

    async def _follow(self, errand: _Errand, trail: _Trail) -> FetchOutcome:
        seen = {hop.url for hop in trail.hops}
        url = parse_url(trail.hops[-1].location) if trail.hops else errand.owner
        followed = _GET_AGAIN if errand.form is None else _POST_AGAIN
        while True:
            trail.url = trail.hops[-1].location if url is None else shown(url)
            if url is None or url.scheme not in ("http", "https") or not url.host:
                return trail.refused(Rule.SCHEME, "this is not an http or https URL")
            if trail.url in seen:
                return trail.refused(Rule.REDIRECTS, "the redirects go round in a loop")
            if len(trail.hops) > self._settings.max_redirects:
                return trail.refused(Rule.REDIRECTS, f"more than {self._settings.max_redirects} redirects")
            if errand.visit is not None and (refusal := errand.visit(trail.url)) is not None:
                return replace(refusal, hops=tuple(trail.hops))
            seen.add(trail.url)
            answer = await self._ask(url, errand, trail)
            if not isinstance(answer, HttpError) or answer.status not in followed:
                return answer
            target = redirect_target(url, answer.headers.get("location", ""))
            if target is None:
                return answer
            if errand.form is not None and (url.scheme, target.scheme) == ("https", "http"):
                return trail.refused(Rule.REDIRECTS, "a form is not sent on from https to http")
            trail.hops.append(Hop(url=trail.url, status=answer.status, location=shown(target)))
            if retry_after(answer.headers, now=self._clock()):
                return Deferred(url=trail.url, headers=answer.headers, hops=tuple(trail.hops))
            url = target

    async def _ask(self, url: httpx.URL, errand: _Errand, trail: _Trail) -> FetchOutcome:
        """One request and its answer; a redirect is an HttpError here."""
        validators = errand.validators_for(trail.url)
        request = httpx.Request(
            "GET" if errand.form is None else "POST",
            url,
            headers=list(self._headers(url, errand, validators)),
            content=errand.form,
        )
        async with aclosing(await self._transport.handle_async_request(request)) as response:
            found, status, hops = joined_headers(response.headers.raw), response.status_code, tuple(trail.hops)
            if _is_wanted(status, errand, validators):
                body, wire_bytes = await read_body(
                    response, found.get("content-encoding", ""), bound=self._bounds[errand.kind]
                )
                return Answer(url=trail.url, status=status, headers=found, body=body, hops=hops, wire_bytes=wire_bytes)
            await drain(response)
            if status == 304 and validators is not None:
                return NotModified(url=trail.url, headers=found, hops=hops)
            return HttpError(url=trail.url, status=status, headers=found, hops=hops)

    def _headers(self, url: httpx.URL, errand: _Errand, validators: Validators | None) -> Iterator[tuple[bytes, bytes]]:
        yield b"Host", url.netloc
        yield b"User-Agent", errand.introduction.user_agent or self._user_agent
        configured = {b"accept": _ACCEPT[errand.kind], **errand.introduction.headers_for(url)}
        yield from ((name.title(), value) for name, value in configured.items())
        yield b"Accept-Encoding", ACCEPTED_CODINGS.encode("ascii")
        if errand.form is not None:
            yield b"Content-Type", b"application/x-www-form-urlencoded"
        if errand.owner.userinfo and origin(url) == origin(errand.owner):
            credentials = f"{errand.owner.username}:{errand.owner.password}".encode()
            yield b"Authorization", b"Basic " + b64encode(credentials)
        if validators is None:
            return
        if validators.etag is not None:
            yield b"If-None-Match", validators.etag.encode("latin-1", "ignore")
        if validators.last_modified is not None:
            yield b"If-Modified-Since", validators.last_modified.encode("latin-1", "ignore")
        if errand.delta:
            yield b"A-IM", b"feed"


def _is_wanted(status: int, errand: _Errand, validators: Validators | None) -> bool:
    """Whether the body of an answer with this status is what was asked for."""
    if errand.form is not None:
        return 200 <= status < 300
    return status == 200 or (status == 226 and errand.delta and validators is not None)


def _user_agent(version: str, contact: str | None) -> bytes:
    product = f"aggregator/{version} (+{contact})" if contact else f"aggregator/{version}"
    return "".join(c for c in product if c.isascii() and c.isprintable()).encode("ascii")
