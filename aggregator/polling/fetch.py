"""Sends one HTTP request, follows its redirects and returns the outcome as a value.

A request has a time limit and a size limit. Nothing that a server or the network does raises an exception. Requests
use an httpx transport and not the httpx client, because the client adds what must not happen here: cookies that
outlive a request, proxies from the environment, redirects that carry headers along, decoding without a limit.
``schedule`` decides when a feed is requested.
"""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpx

from aggregator.clock import Clock, utc_now
from aggregator.model.polling import (
    DeferredRedirect,
    FetchOutcome,
    Hop,
    HttpError,
    NotModified,
    RefusalRule,
    Refused,
    Validators,
)
from aggregator.polling.connector import Connector
from aggregator.polling.content_decoding import ACCEPTED_CODINGS, BodyDecoder
from aggregator.polling.document_end import is_whole_document
from aggregator.polling.fetch_errors import REQUEST_ERRORS
from aggregator.polling.freshness import retry_after
from aggregator.polling.ip_address_rules import AddressRule
from aggregator.polling.name_resolution import Resolver, SystemResolver
from aggregator.polling.request_cookies import RequestCookies
from aggregator.polling.request_identity import DEFAULT_IDENTITY, RequestIdentity
from aggregator.polling.request_progress import ReceivedResponse, RequestProgress
from aggregator.polling.request_urls import parse_url, redirect_target, url_origin, url_without_credentials
from aggregator.polling.response_body import BodyLimit, drain_body, header_values, join_headers, read_body
from aggregator.polling.robots_txt import MAX_ROBOTS_BYTES
from aggregator.polling.time_limit import TimeLimit
from aggregator.polling.transport import STALLED_SECONDS, GuardedTransport
from aggregator.settings.settings_file import FetchingSettings
from aggregator.url_credentials import without_userinfo

UrlCheck = Callable[[str], Refused | None]
"""Checks a URL before each request, redirects included; returns a Refused if it must not be requested now."""

_GET_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_POST_REDIRECTS = frozenset({301, 302, 307, 308})  # a 303 would be a GET of another resource
_MAX_HUB_BYTES = 65_536


class FetchKind(StrEnum):
    """The kind of resource that a request is for; it sets the Accept header and the size limit."""

    FEED = "feed"
    PAGE = "page"
    ROBOTS = "robots"
    HUB = "hub"


_ACCEPT = {
    FetchKind.FEED: b"application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    b"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1",
    FetchKind.PAGE: b"text/html, application/xhtml+xml, */*;q=0.1",
    FetchKind.ROBOTS: b"text/plain, */*;q=0.1",
    FetchKind.HUB: b"text/plain, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _RequestSpec:
    """The part of a request that its redirects do not change; ``form`` is the body of a POST."""

    kind: FetchKind
    start_url: httpx.URL
    identity: RequestIdentity = DEFAULT_IDENTITY
    form: bytes | None = None
    validators: Validators | None = None
    visit: UrlCheck | None = None
    delta: bool = False

    def validators_for(self, url: str) -> Validators | None:
        """Returns the validators for a conditional request to ``url``: only its own (RFC 9110 section 15.4)."""
        known = self.validators
        if known is None or known.url != url or (known.etag is None and known.last_modified is None):
            return None
        return known


class Fetcher:
    """Sends requests; an async context manager that owns the connections.

    ``concurrency`` is the number of simultaneous requests; further requests wait. ``resolver`` replaces the system's
    resolver. ``clock`` is needed for a Retry-After that is a date. ``on_outcome`` is called with each outcome.
    URLs may contain a user name and password: they are sent to their own origin only, and no outcome contains them.
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
        on_outcome: Callable[[FetchKind, FetchOutcome], None] = lambda _kind, _outcome: None,
    ) -> None:
        self._settings = settings
        self._on_outcome = on_outcome
        self._clock = clock
        self._user_agent = _user_agent(version, settings.contact)
        self._body_limits = {
            FetchKind.FEED: BodyLimit(max_bytes=settings.max_feed),
            FetchKind.PAGE: BodyLimit(max_bytes=settings.max_page),
            FetchKind.ROBOTS: BodyLimit(
                max_bytes=MAX_ROBOTS_BYTES + 1, cuts=True
            ),  # one more, so that robots_txt sees the truncation
            FetchKind.HUB: BodyLimit(max_bytes=_MAX_HUB_BYTES, cuts=True),
        }
        self._slots = asyncio.Semaphore(concurrency)
        self._system_resolver = SystemResolver(threads=concurrency)
        connector = Connector(
            rule=AddressRule(allow=settings.allow_networks),
            resolver=resolver or self._system_resolver,
            timeout_seconds=settings.timeout.total_seconds(),
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
        kind: FetchKind,
        validators: Validators | None = None,
        visit: UrlCheck | None = None,
        delta: bool = False,
        hops: tuple[Hop, ...] = (),
        identity: RequestIdentity = DEFAULT_IDENTITY,
    ) -> FetchOutcome:
        """Returns the outcome of a GET of ``url``; the setting ``timeout`` limits all its redirects together.

        ``validators`` are sent only to the URL that gave them, so the target of a redirect never receives those of
        another URL. ``visit`` may refuse each URL before it is requested. With ``delta`` a server may respond to a
        conditional request with the new entries alone (a 226, RFC 3229). ``hops`` are redirects of ``url`` that were
        followed earlier: the request continues at the target of the last one. A redirect with Retry-After is a
        DeferredRedirect (RFC 9110 section 10.2.3). A robots.txt above the size limit is truncated, any other body
        above it is refused. ``identity`` has the User-Agent and the configured headers.
        """
        start = parse_url(url)
        if start is None:
            return Refused(url=without_userinfo(url), rule=RefusalRule.SCHEME, reason="this is not a URL")
        spec = _RequestSpec(
            kind=kind, start_url=start, identity=identity, validators=validators, visit=visit, delta=delta
        )
        return await self._run(spec, hops)

    async def post(self, url: str, form: Mapping[str, str]) -> FetchOutcome:
        """Returns the outcome of a POST of ``form`` to ``url``, a WebSub hub or an rssCloud server.

        Any 2xx is a SuccessResponse; a long body is truncated. A redirect is followed with another POST, as a hub that
        moved expects (WebSub section 5.1). No URL receives the form twice, and a redirect from https to http is
        refused, because a form may contain a secret.
        """
        start = parse_url(url)
        if start is None:
            return Refused(url=without_userinfo(url), rule=RefusalRule.SCHEME, reason="this is not a URL")
        spec = _RequestSpec(kind=FetchKind.HUB, start_url=start, form=urlencode(form).encode("ascii"))
        return await self._run(spec, ())

    async def _run(self, spec: _RequestSpec, hops: tuple[Hop, ...]) -> FetchOutcome:
        outcome = await self._fetch_within_limits(spec, hops)
        self._on_outcome(spec.kind, outcome)
        return outcome

    async def _fetch_within_limits(self, spec: _RequestSpec, hops: tuple[Hop, ...]) -> FetchOutcome:
        seconds = self._settings.timeout.total_seconds()
        async with self._slots:
            progress = RequestProgress(
                url=url_without_credentials(spec.start_url), limit=TimeLimit(seconds), hops=list(hops)
            )
            try:
                async with progress.limit:
                    return await self._follow_redirects(spec, progress)
            except TimeoutError:
                return progress.timed_out(seconds)
            except REQUEST_ERRORS as error:
                return progress.failed(error)

    async def _follow_redirects(self, spec: _RequestSpec, progress: RequestProgress) -> FetchOutcome:
        seen: set[tuple[str, bytes | None]] = {(hop.url, None) for hop in progress.hops}
        cookies = RequestCookies()
        url = parse_url(progress.hops[-1].location) if progress.hops else spec.start_url
        followed = _GET_REDIRECTS if spec.form is None else _POST_REDIRECTS
        while True:
            progress.url = progress.hops[-1].location if url is None else url_without_credentials(url)
            if url is None or url.scheme not in ("http", "https") or not url.host:
                return progress.refused(RefusalRule.SCHEME, "this is not an http or https URL")
            cookie_header = cookies.header_for(url) if spec.form is None else None
            if (progress.url, cookie_header) in seen:
                return progress.refused(RefusalRule.REDIRECTS, "the redirects form a loop")
            if len(progress.hops) > self._settings.max_redirects:
                return progress.refused(RefusalRule.REDIRECTS, f"more than {self._settings.max_redirects} redirects")
            if spec.visit is not None and (refusal := spec.visit(progress.url)) is not None:
                return replace(refusal, hops=tuple(progress.hops))
            seen.add((progress.url, cookie_header))
            outcome = await self._send(url, spec, progress, cookies)
            if not isinstance(outcome, HttpError) or outcome.status not in followed:
                return outcome
            target = redirect_target(url, outcome.headers.get("location", ""))
            if target is None:
                return outcome
            if spec.form is not None and (url.scheme, target.scheme) == ("https", "http"):
                return progress.refused(RefusalRule.REDIRECTS, "a form is not redirected from https to http")
            progress.hops.append(Hop(url=progress.url, status=outcome.status, location=url_without_credentials(target)))
            if retry_after(outcome.headers, now=self._clock()):
                return DeferredRedirect(url=progress.url, headers=outcome.headers, hops=tuple(progress.hops))
            url = target

    async def _send(
        self, url: httpx.URL, spec: _RequestSpec, progress: RequestProgress, cookies: RequestCookies
    ) -> FetchOutcome:
        """Sends one request and returns its outcome; a redirect is an HttpError here, and its cookies are kept."""
        validators = spec.validators_for(progress.url)
        request = httpx.Request(
            "GET" if spec.form is None else "POST",
            url,
            headers=list(self._headers(url, spec, validators, cookies.header_for(url))),
            content=spec.form,
            extensions={STALLED_SECONDS: lambda: progress.limit.stalled_seconds},
        )
        async with aclosing(await self._transport.handle_async_request(request)) as response:
            response_headers, status, hops = (
                join_headers(response.headers.raw),
                response.status_code,
                tuple(progress.hops),
            )
            if _has_wanted_body(status, spec, validators):
                bound = self._body_limits[spec.kind]
                decoder = BodyDecoder(response_headers.get("content-encoding", ""), max_bytes=bound.max_bytes)
                received = ReceivedResponse(status=status, headers=response_headers, body=decoder)
                progress.response = received
                body = await read_body(response, decoder, cuts=bound.cuts)
                if status == HTTPStatus.PARTIAL_CONTENT and not is_whole_document(body):
                    return HttpError(url=progress.url, status=status, headers=response_headers, hops=hops)
                return progress.succeeded(received, body)
            await drain_body(response)
            if spec.form is None and status in _GET_REDIRECTS:
                cookies.store(url, header_values(response.headers.raw, b"set-cookie"), now=self._clock())
            if status == 304 and validators is not None:
                return NotModified(url=progress.url, headers=response_headers, hops=hops)
            return HttpError(url=progress.url, status=status, headers=response_headers, hops=hops)

    def _headers(
        self, url: httpx.URL, spec: _RequestSpec, validators: Validators | None, cookies: bytes | None
    ) -> Iterator[tuple[bytes, bytes]]:
        yield b"Host", url.netloc
        yield b"User-Agent", spec.identity.user_agent or self._user_agent
        configured = {b"accept": _ACCEPT[spec.kind], **spec.identity.headers_for(url)}
        if cookies is not None:
            configured[b"cookie"] = b"; ".join(filter(None, (configured.get(b"cookie"), cookies)))
        yield from ((name.title(), value) for name, value in configured.items())
        yield b"Accept-Encoding", ACCEPTED_CODINGS.encode("ascii")
        if spec.form is not None:
            yield b"Content-Type", b"application/x-www-form-urlencoded"
        if spec.start_url.userinfo and url_origin(url) == url_origin(spec.start_url):
            credentials = f"{spec.start_url.username}:{spec.start_url.password}".encode()
            yield b"Authorization", b"Basic " + b64encode(credentials)
        if validators is None:
            return
        if validators.etag is not None:
            yield b"If-None-Match", validators.etag.encode("latin-1", "ignore")
        if validators.last_modified is not None:
            yield b"If-Modified-Since", validators.last_modified.encode("latin-1", "ignore")
        if spec.delta:
            yield b"A-IM", b"feed"


def _has_wanted_body(status: int, spec: _RequestSpec, validators: Validators | None) -> bool:
    """Returns True if the body of a response with this status is the requested content.

    A proxy that changed the document sends 203, and an unknown 2xx means 200 (RFC 9110 sections 15 and 15.3.4). A 206
    counts if its document is whole. A 202 may be a bot challenge: only the parser of feeds tells them apart.
    """
    if spec.form is not None:
        return 200 <= status < 300
    match status:
        case HTTPStatus.IM_USED:
            return spec.delta and validators is not None
        case HTTPStatus.NO_CONTENT | HTTPStatus.RESET_CONTENT:
            return False
        case HTTPStatus.ACCEPTED:
            return spec.kind is FetchKind.FEED
        case _:
            return 200 <= status < 300


def _user_agent(version: str, contact: str | None) -> bytes:
    product = f"aggregator/{version} (+{contact})" if contact else f"aggregator/{version}"
    return "".join(c for c in product if c.isascii() and c.isprintable()).encode("ascii")
