"""Serves the callbacks of WebSub hubs and rssCloud servers.

``/push/{token}``: a GET verifies our intent, a POST delivers. The token is the only secret of a caller, and no answer
reveals whether another token exists. Bodies are bounded, and are answered before they are parsed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from aggregator.polling.websub import Delivery, DeliveryResult

_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_STATUS = {
    DeliveryResult.TAKEN: 202,
    DeliveryResult.FORGED: 202,
    DeliveryResult.UNSIGNED: 403,
    DeliveryResult.UNKNOWN: 410,
}
"""A forged delivery looks accepted, so that an attacker cannot test signatures (WebSub section 7.1.2)."""


class PushCalls(Protocol):
    """The decisions about calls of hubs; ``push_receiver`` makes them."""

    @property
    def max_body_bytes(self) -> int:
        """Most bytes of a delivery."""

    async def confirm(self, token: str, query: Mapping[str, str]) -> str | None:
        """Returns the answer to a verification of intent; None to refuse."""

    async def listens(self, token: str) -> bool:
        """Returns True if deliveries to this callback are accepted."""

    async def receive(self, token: str, delivery: Delivery) -> DeliveryResult:
        """Accepts a delivery without waiting for its parsing."""


def add_push(app: FastAPI, callbacks: PushCalls) -> None:
    """Adds the callback routes."""

    async def verify(request: Request, token: str) -> Response:
        answer = await callbacks.confirm(token, request.query_params)
        return _plain(404, "not requested") if answer is None else _plain(200, answer)

    async def receive(request: Request, token: str) -> Response:
        if not await callbacks.listens(token):
            return _plain(410, "unknown callback")
        try:
            body = await _body(request, most=callbacks.max_body_bytes)
        except ClientDisconnect:
            return _plain(400, "the call ended before its body did")
        if body is None:
            return _plain(413, f"more than {callbacks.max_body_bytes} bytes")
        headers = request.headers
        delivery = Delivery(
            body=body, content_type=headers.get("content-type"), signature=headers.get("x-hub-signature")
        )
        return _plain(_STATUS[await callbacks.receive(token, delivery)], "")

    app.add_api_route("/push/{token}", verify, methods=["GET"], include_in_schema=False)
    app.add_api_route("/push/{token}", receive, methods=["POST"], include_in_schema=False)


async def _body(request: Request, *, most: int) -> bytes | None:
    """Reads the whole body; returns None as soon as it is too large."""
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated[:20]) > most:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def _plain(status: int, text: str) -> Response:
    return PlainTextResponse(text, status_code=status, headers=_HEADERS)
