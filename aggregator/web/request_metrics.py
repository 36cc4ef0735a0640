"""Serves ``/metrics`` for Prometheus and counts all responses.

``/metrics`` is for the owner. With ``web.token``, a request needs that token, as a Bearer token (RFC 6750 section
2.1) or as ``?token=``. Without a token it answers only where nobody else can reach the service.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.metrics import CONTENT_TYPE, Metrics
from aggregator.web.http_caching import Representation, respond
from aggregator.web.web_queries import WebQueries

_NOT_FOUND = "none"
"""The route label of unknown paths; the paths that strangers try must not become labels."""

_REFUSED = "Metrics are for the owner: give web.token of aggregator.yaml as a Bearer token or as ?token=."


def add_metrics(app: FastAPI, library: WebQueries, metrics: Metrics, *, version: str) -> None:
    """Adds ``/metrics`` and counts the responses of the application."""

    def exposed(request: Request) -> Response:
        if not library.may_operate(_token_of(request)):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, _REFUSED, headers={"www-authenticate": "Bearer"})
        body = metrics.exposition(library.stock(), version=version)
        return respond(request, Representation(body=body, media_type=CONTENT_TYPE, max_age=None, private=True))

    app.add_api_route("/metrics", exposed, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_middleware(_Counting, metrics=metrics)


def _token_of(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query_params.get("token")


class _Counting:
    """Middleware that counts responses by route."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answered(_route_of(scope), message["status"])
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except Exception:
            # the error page is made outside this middleware, where nothing is counted
            self._metrics.answered(_route_of(scope), HTTPStatus.INTERNAL_SERVER_ERROR)
            raise


def _route_of(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", _NOT_FOUND))
