"""Defines the routes of the service.

Each route is a few lines: query, render, respond. ``publishing`` and ``html_pages`` render, ``http_caching`` responds.
The routes are plain functions, so FastAPI runs them in threads and queries may block.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from http import HTTPStatus
from importlib.resources import files

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import AggregatorError
from aggregator.metrics import Metrics
from aggregator.model.operations import ServiceHealth
from aggregator.model.publishing import DigestPage, StoryDetail
from aggregator.publishing.date_formats import rfc3339
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import MAIN_DIGEST, FeedFormat, feed_path, page_query
from aggregator.publishing.feed_formats import render_feed
from aggregator.publishing.html_page import render_html
from aggregator.publishing.published_entries import PublishedFeed
from aggregator.watchdog import Watchdog
from aggregator.web.api import API, add_api
from aggregator.web.error_pages import add_error_pages
from aggregator.web.html_pages import render_feeds, render_issue, render_status, render_story
from aggregator.web.http_caching import HTML, Representation, mount_path, redirect_permanently, respond
from aggregator.web.push_endpoints import PushCalls, add_push
from aggregator.web.render_cache import RenderCache
from aggregator.web.request_metrics import add_metrics
from aggregator.web.web_queries import WebQueries, visible_feeds, visible_reason, visible_story, visible_trouble

_SUFFIXES = frozenset(FeedFormat)
_OPML = "text/x-opml; charset=utf-8"
_FEED_AGE = timedelta(minutes=5)
_PAGE_AGE = timedelta(minutes=1)
_FIXED_AGE = timedelta(days=1)
_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FAVICON = files("aggregator.web").joinpath("static", "favicon.svg").read_bytes()
# feeds are for programs; the pages contain texts of other people, which search engines should not index
_ROBOTS = b"User-agent: *\nAllow: /digest.\nAllow: /digests/\nDisallow: /\n"


def create_app(
    library: WebQueries,
    *,
    version: str,
    callbacks: PushCalls | None = None,
    watchdog: Watchdog | None = None,
    metrics: Metrics | None = None,
) -> FastAPI:
    """Creates the application that answers from ``library``, and hubs if ``callbacks`` are given.

    ``watchdog`` reports whether the scheduler still runs, ``metrics`` counts; without them there is no running
    service. Mounted below a path, the application needs the server's ``root_path``.
    """
    app = FastAPI(
        title="aggregator",
        version=version,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
        redirect_slashes=False,
    )
    _add_digests(app, library)
    _add_pages(app, library)
    _add_operator(app, library)
    add_api(app, library, version=version)
    _add_service(app, library, version, watchdog)
    if metrics is not None:
        add_metrics(app, library, metrics, version=version)
    if callbacks is not None:
        add_push(app, callbacks)
    add_error_pages(app)
    return app


def _add_digests(app: FastAPI, library: WebQueries) -> None:
    rendered = RenderCache(library.version)

    def front(request: Request) -> Response:
        names = library.digest_names()
        if not names:
            raise HTTPException(HTTPStatus.NOT_FOUND, "No public digest is configured.")
        return _digest_page(request, library, MAIN_DIGEST if MAIN_DIGEST in names else names[0])

    def main_feed(request: Request, suffix: str) -> Response:
        if suffix not in _SUFFIXES:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return _digest_feed(request, library, rendered, MAIN_DIGEST, FeedFormat(suffix))

    def named(request: Request, file: str) -> Response:
        name, _, suffix = file.rpartition(".")
        if name and suffix in _SUFFIXES:
            if name == MAIN_DIGEST:
                # one feed at two URLs would be two feeds for a reader
                query_part = f"?{request.url.query}" if request.url.query else ""
                return redirect_permanently(mount_path(request) + feed_path(name, FeedFormat(suffix)) + query_part)
            return _digest_feed(request, library, rendered, name, FeedFormat(suffix))
        return _digest_page(request, library, file)

    def issue(request: Request, name: str, key: str) -> Response:
        _check_token(request, library, name)
        found = library.issue(name, key)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such issue.")
        token_query = page_query(token=request.query_params.get("token"))
        body = render_issue(found, root=mount_path(request), query=token_query)
        return _page(request, body, changed_at=found.due_at, private=bool(token_query))

    _get(app, "/", front)
    _get(app, "/digest.{suffix}", main_feed)
    _get(app, "/digests/{file}", named)
    _get(app, "/digests/{name}/{key}", issue)


def _add_pages(app: FastAPI, library: WebQueries) -> None:
    def story(request: Request, key: str) -> Response:
        found = visible_story(library, key, below=mount_path(request))
        if not isinstance(found, StoryDetail):
            return found
        return _page(request, render_story(found, root=mount_path(request)), changed_at=_newest_change(found))

    def feeds(request: Request) -> Response:
        shown, hidden = visible_feeds(library)
        return _page(request, render_feeds(shown, hidden=hidden, root=mount_path(request)))

    def status(request: Request) -> Response:
        trouble = visible_trouble(library)
        body = render_status(library.stock(), library.activity(), trouble=trouble, root=mount_path(request))
        return _page(request, body)

    _get(app, "/stories/{key}", story)

    def subscriptions(request: Request) -> Response:
        listed = Representation(body=library.subscriptions(), media_type=_OPML, max_age=_FEED_AGE)
        return respond(request, listed)

    _get(app, "/feeds", feeds)
    _get(app, "/status", status)
    _get(app, "/feeds.opml", subscriptions)


def _add_operator(app: FastAPI, library: WebQueries) -> None:
    def operator(request: Request, suffix: str) -> Response:
        feed = library.operator_feed(request.query_params.get("token")) if suffix in _SUFFIXES else None
        if feed is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return respond(request, _document(feed, FeedFormat(suffix), max_age=_FEED_AGE, private=True))

    _get(app, "/operator.{suffix}", operator)


def _add_service(app: FastAPI, library: WebQueries, version: str, watchdog: Watchdog | None) -> None:
    def readyz(request: Request) -> Response:
        try:
            last_poll_at = library.last_poll_at()
            database = visible_trouble(library) or "ok"
        except AggregatorError as error:
            last_poll_at, database = None, visible_reason(library, str(error))
        ready = database == "ok" and watchdog is not None and watchdog.is_alive
        report = {
            "ready": ready,
            "database": database,
            "seconds_since_tick": None if watchdog is None or watchdog.since is None else round(watchdog.since, 1),
            "last_poll_at": None if last_poll_at is None else rfc3339(last_poll_at),
        }
        return respond(request, _json(report, status=200 if ready else 503))

    def healthz(request: Request) -> Response:
        try:
            report, status = _health_report(library.health(), version), 200
        except AggregatorError as error:
            report, status = (
                {"status": "unavailable", "version": version, "reason": visible_reason(library, str(error))},
                503,
            )
        return respond(request, _json(report, status=status))

    def robots(request: Request) -> Response:
        text = Representation(body=_ROBOTS, media_type="text/plain; charset=utf-8", max_age=_FIXED_AGE)
        return respond(request, text)

    def favicon(request: Request) -> Response:
        return respond(request, Representation(body=_FAVICON, media_type="image/svg+xml", max_age=_FIXED_AGE))

    _get(app, "/healthz", healthz)
    _get(app, "/readyz", readyz)
    _get(app, "/robots.txt", robots)
    _get(app, "/favicon.svg", favicon)


def _json(report: dict[str, object], *, status: int) -> Representation:
    body = (json.dumps(report, indent=1) + "\n").encode()
    return Representation(body=body, media_type="application/json", max_age=None, status=status)


def _get(app: FastAPI, path: str, endpoint: Callable[..., Response]) -> None:
    app.add_api_route(path, endpoint, methods=["GET", "HEAD"], include_in_schema=False)


def _digest_feed(
    request: Request, library: WebQueries, rendered: RenderCache, name: str, feed_format: FeedFormat
) -> Response:
    _check_token(request, library, name)
    number, archive = _page_number(request), _archive_day(request)

    def render() -> Representation:
        page = _asked_page(library, name, number, archive)
        age = _FEED_AGE if archive is None else _FIXED_AGE
        return _document(digest_document(page), feed_format, max_age=age, private=page.token is not None)

    return respond(request, rendered.get((name, feed_format, number, archive), render))


def _document(feed: PublishedFeed, feed_format: FeedFormat, *, max_age: timedelta, private: bool) -> Representation:
    """Makes the representation of a feed, with its hubs in the Link header (WebSub section 4)."""
    own = f'<{feed.address.own(feed_format)}>; rel="self"'
    return Representation(
        body=render_feed(feed, feed_format),
        media_type=f"{feed_format.media_type}; charset=utf-8",
        max_age=max_age,
        changed_at=feed.updated_at,
        private=private,
        links=(*(f'<{hub}>; rel="hub"' for hub in feed.hubs), own) if feed.hubs else (),
    )


def _digest_page(request: Request, library: WebQueries, name: str) -> Response:
    _check_token(request, library, name)
    page = _asked_page(library, name, _page_number(request), None)
    body = render_html(page, root=mount_path(request), digests=library.digest_names())
    return _page(request, body, changed_at=page.updated_at, private=page.token is not None)


def _check_token(request: Request, library: WebQueries, name: str) -> None:
    """Raises 404 if the digest needs an access token and the request has another one or none."""
    if not library.may_read(name, request.query_params.get("token")):
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such digest.")


def _asked_page(library: WebQueries, name: str, number: int, archive: date | None) -> DigestPage:
    page = library.digest(name, number, archive=archive)
    if page is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such digest, or it has fewer pages.")
    return page


def _page(request: Request, body: bytes, *, changed_at: datetime | None = None, private: bool = False) -> Response:
    page = Representation(body=body, media_type=HTML, max_age=_PAGE_AGE, changed_at=changed_at, private=private)
    return respond(request, page)


def _page_number(request: Request) -> int:
    value = request.query_params.get("page", "1")
    if not _PAGE_NUMBER.fullmatch(value):
        raise HTTPException(HTTPStatus.NOT_FOUND, "Page numbers begin at 1.")
    return int(value)


def _archive_day(request: Request) -> date | None:
    value = request.query_params.get("archive")
    if value is None:
        return None
    if not _DAY.fullmatch(value):
        raise HTTPException(HTTPStatus.NOT_FOUND, "An archive is named by a day, as in ?archive=2026-11-03.")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such day.") from None


def _newest_change(detail: StoryDetail) -> datetime:
    story = detail.story
    return max(story.updated_at, story.visible_at, *(copy.published_at for copy in story.copies))


def _health_report(health: ServiceHealth, version: str) -> dict[str, object]:
    known = {name: rfc3339(value) if isinstance(value, datetime) else value for name, value in asdict(health).items()}
    return {"status": "ok", "version": version, **known}
