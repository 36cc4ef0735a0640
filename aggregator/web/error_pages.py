"""Answers failed requests: a page for people, a JSON sentence for programs.

The routes decide that a request failed.
"""

from __future__ import annotations

import json
from http import HTTPStatus

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import AggregatorError
from aggregator.web.api import API
from aggregator.web.html_pages import render_error
from aggregator.web.http_caching import HTML, Representation, mount_path, respond

_ADVICE = {
    HTTPStatus.NOT_FOUND: "Nothing is published at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address is read-only.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The service cannot answer now. Try again in a minute.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "The service has an internal error. Its log describes it.",
}


def add_error_pages(app: FastAPI) -> None:
    """Adds a page for every failure: an HTTP error, a known error of this program (503), any other (500)."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        response = _error_page(request, status, None if error.detail == status.phrase else error.detail)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(AggregatorError)
    async def unavailable(request: Request, _: AggregatorError) -> Response:
        return _error_page(request, HTTPStatus.SERVICE_UNAVAILABLE)

    @app.exception_handler(Exception)
    async def failed(request: Request, _: Exception) -> Response:
        return _error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _error_page(request: Request, status: HTTPStatus, said: str | None = None) -> Response:
    advice = said or _ADVICE.get(status, "The request could not be answered.")
    if str(request.scope["path"]).removeprefix(mount_path(request)).startswith(f"{API}/"):
        body = (json.dumps({"detail": advice}) + "\n").encode()
        return respond(request, Representation(body=body, media_type="application/json", max_age=None, status=status))
    body = render_error(status.phrase, advice, root=mount_path(request))
    return respond(request, Representation(body=body, media_type=HTML, max_age=None, status=status))
