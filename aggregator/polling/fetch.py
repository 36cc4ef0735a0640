"""What came of asking for one URL?

One GET, followed through its redirects, within a deadline and a size, as a value: nothing that
a server or the network does raises. httpx's connection pool is used below its client, because
what the client adds (cookies, proxies from the environment, redirects that carry headers along,
unbounded decoding) is what must not happen here. When to ask is ``schedule``'s.
"""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpcore
import httpx

from aggregator.model import (
    Answer,
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
from aggregator.polling.addresses import AddressRule
from aggregator.polling.connecting import GuardedBackend
from aggregator.polling.decoding import ACCEPTED_CODINGS, Body, BodyTooLarge
from aggregator.polling.failures import FAILURES, judge_failure
from aggregator.polling.locations import origin, parse_url, redirect_target, shown, without_userinfo
from aggregator.polling.resolving import Resolver, SystemResolver
from aggregator.polling.robots import PARSED_BYTES
from aggregator.settings import FetchingSettings

Visit = Callable[[str], Refused | None]
"""Asked before each request, redirects included, whether its URL may be asked for now."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FORM_REDIRECTS = frozenset({307, 308})
_KEEP_ALIVE_SECONDS = 15.0
_DRAINED_BYTES = 65_536
_DRAINED_SECONDS = 1.0


class Kind(StrEnum):
    """What is asked for; it decides the Accept header and the size."""

    FEED = "feed"
    PAGE = "page"
    ROBOTS = "robots"
    FORM = "form"


_ACCEPT = {
    Kind.FEED: "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1",
    Kind.PAGE: "text/html, application/xhtml+xml, */*;q=0.1",
    Kind.ROBOTS: "text/plain, */*;q=0.1",
    Kind.FORM: "*/*",
}
_MOST_SAID = 65_536
"""Bytes of the answer to a form that are read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Errand:
    """What stays the same through the redirects of one request."""

    kind: Kind
    validators: Validators | None
    visit: Visit | None
    start: httpx.URL
    form: bytes | None = None

    @property
    def redirects(self) -> frozenset[int]:
        """The statuses that lead on; a form goes on only where its method and body do (RFC 9110 section 15.4)."""
        return _REDIRECTS if self.form is None else _FORM_REDIRECTS


@dataclass(kw_only=True, slots=True)
class _Trail:
    """Where a request has got to; the one thing that is known when it is cut off."""

    url: str
    hops: list[Hop] = field(default_factory=list)

    def refused(self, rule: Rule, reason: str) -> Refused:
        return Refused(url=self.url, rule=rule, reason=reason, hops=tuple(self.hops))

    def unreachable(self, trouble: Trouble, reason: str) -> Unreachable:
        return Unreachable(url=self.url, trouble=trouble, reason=reason, hops=tuple(self.hops))


class Fetcher:
    """Asks for URLs; an async context manager that holds the connections.

    ``concurrency`` is how many requests run at once, ``resolver`` stands in for the system's.
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
    ) -> None:
        self._settings = settings
        self._user_agent = _user_agent(version, settings.contact)
        self._max_bytes = {
            Kind.FEED: settings.max_feed,
            Kind.PAGE: settings.max_page,
            Kind.ROBOTS: PARSED_BYTES + 1,  # one more, so that robots can see where it was cut
            Kind.FORM: _MOST_SAID,
        }
        self._system_resolver = SystemResolver(threads=concurrency)
        backend = GuardedBackend(
            rule=AddressRule(allow=settings.allow_networks),
            resolver=resolver or self._system_resolver,
            patience=settings.timeout.total_seconds(),
        )
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context or httpx.create_ssl_context(trust_env=False),
            max_connections=concurrency,
            max_keepalive_connections=concurrency,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
            network_backend=backend,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()
        self._system_resolver.close()

    async def get(
        self, url: str, *, kind: Kind, validators: Validators | None = None, visit: Visit | None = None
    ) -> FetchOutcome:
        """What came of asking for ``url``, within ``timeout`` for everything together.

        ``validators`` go only to the URL that gave them, so a redirect's target never sees
        another's (RFC 9110 section 15.4). ``visit`` may refuse each URL before it is asked. A
        robots.txt that is too large is cut, anything else that is too large is refused.
        """
        start = parse_url(url)
        if start is None:
            return Refused(url=without_userinfo(url), rule=Rule.SCHEME, reason="this is not a URL")
        return await self._run(_Errand(kind=kind, validators=validators, visit=visit, start=start))

    async def post(self, url: str, form: Mapping[str, str]) -> FetchOutcome:
        """What came of sending a form to ``url``: any 2xx is an Answer, with the beginning of what was said.

        307 and 308 are followed, with the form, but never from https to http: forms hold secrets.
        """
        start = parse_url(url)
        if start is None:
            return Refused(url=without_userinfo(url), rule=Rule.SCHEME, reason="this is not a URL")
        body = urlencode(form).encode("ascii")
        return await self._run(_Errand(kind=Kind.FORM, validators=None, visit=None, start=start, form=body))

    async def _run(self, errand: _Errand) -> FetchOutcome:
        trail = _Trail(url=shown(errand.start))
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                return await self._follow(errand, trail)
        except TimeoutError:
            seconds = self._settings.timeout.total_seconds()
            return trail.unreachable(Trouble.TIMEOUT, f"no whole answer within {seconds:g} s")
        except FAILURES as error:
            rule, reason = judge_failure(error)
            return trail.refused(rule, reason) if isinstance(rule, Rule) else trail.unreachable(rule, reason)

    async def _follow(self, errand: _Errand, trail: _Trail) -> FetchOutcome:
        url, seen = errand.start, set[str]()
        while True:
            trail.url = shown(url)
            if url.scheme not in ("http", "https") or not url.host:
                return trail.refused(Rule.SCHEME, "this is not an http or https URL")
            if trail.url in seen:
                return trail.refused(Rule.REDIRECTS, "the redirects go round in a loop")
            if len(trail.hops) > self._settings.max_redirects:
                return trail.refused(Rule.REDIRECTS, f"more than {self._settings.max_redirects} redirects")
            if errand.visit is not None and (refusal := errand.visit(trail.url)) is not None:
                return replace(refusal, hops=tuple(trail.hops))
            seen.add(trail.url)
            answer = await self._ask(url, errand, trail)
            if not isinstance(answer, HttpError) or answer.status not in errand.redirects:
                return answer
            target = redirect_target(url, answer.headers.get("location", ""))
            if target is None:
                return answer
            if errand.form is not None and (url.scheme, target.scheme) == ("https", "http"):
                return trail.refused(Rule.REDIRECTS, "a form is not sent on from https to http")
            trail.hops.append(Hop(url=trail.url, status=answer.status, location=shown(target)))
            url = target

    async def _ask(self, url: httpx.URL, errand: _Errand, trail: _Trail) -> FetchOutcome:
        """One request and its answer; a redirect is an HttpError here."""
        headers = list(self._headers(url, errand, trail))
        conditional = any(name.startswith(b"If-") for name, _ in headers)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        method = "GET" if errand.form is None else "POST"
        async with self._pool.stream(method, target, headers=headers, content=errand.form) as response:
            found = _joined(response.headers)
            hops = tuple(trail.hops)
            if response.status in (200, 226) or (errand.form is not None and 200 <= response.status < 300):
                body, wire_bytes = await self._read(response, found, errand.kind)
                return Answer(
                    url=trail.url, status=response.status, headers=found, body=body, hops=hops, wire_bytes=wire_bytes
                )
            await _drain(response)
            if response.status == 304 and conditional:
                return NotModified(url=trail.url, headers=found, hops=hops)
            return HttpError(url=trail.url, status=response.status, headers=found, hops=hops)

    async def _read(self, response: httpcore.Response, headers: dict[str, str], kind: Kind) -> tuple[bytes, int]:
        body = Body(headers.get("content-encoding", ""), max_bytes=self._max_bytes[kind])
        try:
            async with aclosing(_chunks(response)) as chunks:
                async for chunk in chunks:
                    body.write(chunk)
        except BodyTooLarge:
            if kind not in (Kind.ROBOTS, Kind.FORM):
                raise
            return body.beginning, body.wire_bytes
        return body.finish(), body.wire_bytes

    def _headers(self, url: httpx.URL, errand: _Errand, trail: _Trail) -> Iterator[tuple[bytes, bytes]]:
        yield b"Host", url.netloc
        yield b"User-Agent", self._user_agent
        yield b"Accept", _ACCEPT[errand.kind].encode("ascii")
        yield b"Accept-Encoding", ACCEPTED_CODINGS.encode("ascii")
        if errand.form is not None:
            yield b"Content-Type", b"application/x-www-form-urlencoded"
            yield b"Content-Length", str(len(errand.form)).encode("ascii")
        if errand.start.userinfo and origin(url) == origin(errand.start):
            credentials = f"{errand.start.username}:{errand.start.password}".encode()
            yield b"Authorization", b"Basic " + b64encode(credentials)
        validators = errand.validators
        if validators is None or validators.url != trail.url:
            return
        if validators.etag is not None:
            yield b"If-None-Match", validators.etag.encode("latin-1", "ignore")
        if validators.last_modified is not None:
            yield b"If-Modified-Since", validators.last_modified.encode("latin-1", "ignore")


async def _chunks(response: httpcore.Response) -> AsyncGenerator[bytes, None]:
    async for chunk in response.aiter_stream():
        yield chunk


async def _drain(response: httpcore.Response) -> None:
    """Read a short body that nobody wants, so that the connection can be used again.

    The status is known by now, and nothing that is wrong with the body takes it back.
    """
    drained = 0
    with suppress(*FAILURES):
        async with asyncio.timeout(_DRAINED_SECONDS), aclosing(_chunks(response)) as chunks:
            async for chunk in chunks:
                drained += len(chunk)
                if drained > _DRAINED_BYTES:
                    return


def _joined(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header names in lower case; the values of a repeated one are a list (RFC 9110 section 5.3).

    Read as Latin-1, so that a validator can be sent back byte for byte.
    """
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _user_agent(version: str, contact: str | None) -> bytes:
    product = f"aggregator/{version} (+{contact})" if contact else f"aggregator/{version}"
    return "".join(c for c in product if c.isascii() and c.isprintable()).encode("ascii")
