"""Serves stories, feeds and the state of the service as JSON, described by OpenAPI.

The API uses the same queries as the pages and the same rules of access; it is read-only. It returns the types of
``model``, so that the API, ``--json`` on the command line and the description at ``/api/openapi.json`` agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.model.operations import FeedHealth, HourlyActivity, ServiceHealth
from aggregator.model.publishing import CopyView, DigestPage, Issue, StoryDetail, StoryView
from aggregator.publishing.digest_urls import MAIN_DIGEST, FeedFormat, feed_path, story_path
from aggregator.web.http_caching import Representation, mount_path, respond
from aggregator.web.web_queries import WebQueries, visible_feeds, visible_story, visible_trouble

API = "/api"
"""The path prefix of the API."""

_JSON = "application/json"
_AGE = timedelta(minutes=1)
_MOST_PAGES = 999_999


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestLinks:
    """A digest without access token, and the URLs of its documents."""

    name: str
    atom: str
    rss: str
    json: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryBrief:
    """A story without its texts; ``page`` is its page for people, ``/api/stories/{key}`` has the rest."""

    key: str
    uri: str
    page: str
    title: str
    published_at: datetime
    updated_at: datetime
    visible_at: datetime
    credit: str | None
    language: str | None
    categories: tuple[str, ...]
    copies: tuple[CopyView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryPage:
    """One page of the stories of a digest, in its order; an edition has ``issues`` instead."""

    digest: str
    title: str
    page: int
    pages: int
    stories: tuple[StoryBrief, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceStatus:
    """The state of the service: its counts, its feeds by state, and its last two days by hour."""

    version: str
    trouble: str | None
    health: ServiceHealth
    feeds_by_state: dict[str, int]
    hours: tuple[HourlyActivity, ...]


def add_api(app: FastAPI, library: WebQueries, *, version: str) -> None:
    """Adds the routes of the API."""
    _add_digests(app, library)
    _add_stories(app, library)
    _add_service(app, library, version)


def _add_digests(app: FastAPI, library: WebQueries) -> None:
    def digests(request: Request) -> Response:
        """The digests without access token."""
        root = mount_path(request)
        found = tuple(
            DigestLinks(name=name, **{str(each): root + feed_path(name, each) for each in FeedFormat})
            for name in library.digest_names()
        )
        return _answered(request, found, tuple[DigestLinks, ...])

    def stories(
        request: Request,
        digest: Annotated[str, Query(description="Name of the digest.")] = MAIN_DIGEST,
        page: Annotated[int, Query(ge=1, le=_MOST_PAGES, description="From 1; the newest stories first.")] = 1,
        token: Annotated[str | None, Query(description="The token of a digest that has one.")] = None,
    ) -> Response:
        """The stories of a digest, without their texts."""
        found = library.digest(digest, page) if library.may_read(digest, token) else None
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such digest, or it has fewer pages.")
        return _answered(request, _stories(found, mount_path(request)), StoryPage, private=token is not None)

    _get(app, "/digests", digests, tuple[DigestLinks, ...])
    _get(app, "/stories", stories, StoryPage)


def _add_stories(app: FastAPI, library: WebQueries) -> None:
    def story(request: Request, key: str) -> Response:
        """One story: its copies with their texts, why each was merged, and related stories."""
        found = visible_story(library, key, below=mount_path(request) + API)
        return _answered(request, found, StoryDetail) if isinstance(found, StoryDetail) else found

    _get(app, "/stories/{key}", story, StoryDetail)


def _add_service(app: FastAPI, library: WebQueries, version: str) -> None:
    def feeds(request: Request) -> Response:
        """The health of each feed; private feeds only for the owner."""
        return _answered(request, visible_feeds(library)[0], tuple[FeedHealth, ...])

    def status(request: Request) -> Response:
        """The state of the service."""
        stock = library.stock()
        status_now = ServiceStatus(
            version=version,
            trouble=visible_trouble(library),
            health=stock.health,
            feeds_by_state=dict(stock.feeds_by_state),
            hours=library.activity(),
        )
        return _answered(request, status_now, ServiceStatus)

    _get(app, "/feeds", feeds, tuple[FeedHealth, ...])
    _get(app, "/status", status, ServiceStatus)


def _get(app: FastAPI, path: str, endpoint: Callable[..., Response], kind: Any) -> None:
    app.add_api_route(API + path, endpoint, methods=["GET"], response_model=kind)
    app.add_api_route(API + path, endpoint, methods=["HEAD"], include_in_schema=False)


def _stories(page: DigestPage, root: str) -> StoryPage:
    return StoryPage(
        digest=page.name,
        title=page.title,
        page=page.page,
        pages=page.pages,
        stories=tuple(_brief(story, root) for story in page.stories),
        issues=page.issues,
    )


def _brief(story: StoryView, root: str) -> StoryBrief:
    return StoryBrief(
        key=story.key,
        uri=story.uri,
        page=root + story_path(story.key),
        title=story.title,
        published_at=story.published_at,
        updated_at=story.updated_at,
        visible_at=story.visible_at,
        credit=story.credit,
        language=story.language,
        categories=story.categories,
        copies=story.copies,
    )


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Returns the serialiser of a type; it is built once per type."""
    return TypeAdapter(kind)


def _answered(request: Request, value: object, kind: Any, *, private: bool = False) -> Response:
    body = _adapter(kind).dump_json(value, indent=1) + b"\n"
    return respond(request, Representation(body=body, media_type=_JSON, max_age=_AGE, private=private))
