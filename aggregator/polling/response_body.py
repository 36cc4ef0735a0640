"""Reads the headers and the body of a response.

Joins the headers for the model, decodes the body within its size limit, and reads the rest of a body that is not
needed. ``http11_connection`` reads the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass

import httpx

from aggregator.polling.content_decoding import BodyDecoder, BodyTooLarge
from aggregator.polling.fetch_errors import REQUEST_ERRORS

_MAX_DRAINED_BYTES = 65_536
_MAX_DRAIN_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class BodyLimit:
    """The size limit of a decoded body; a larger body is truncated if ``cuts``, else refused."""

    max_bytes: int
    cuts: bool = False


def join_headers(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Returns headers by lower-case name; the values of a repeated header are one list (RFC 9110 section 5.3).

    The bytes are decoded as Latin-1, so that a validator can be sent back byte for byte.
    """
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


async def read_body(response: httpx.Response, content_encoding: str, *, bound: BodyLimit) -> tuple[bytes, int]:
    """Returns the decoded body and its size in bytes on the wire.

    Raises UnsupportedCoding, BodyTooLarge, BodyCorrupt, or an exception of httpx for the connection.
    """
    body = BodyDecoder(content_encoding, max_bytes=bound.max_bytes)
    try:
        async with aclosing(_chunks(response)) as chunks:
            async for chunk in chunks:
                body.write(chunk)
    except BodyTooLarge:
        if not bound.cuts:
            raise
        return body.beginning, body.wire_bytes
    return body.finish(), body.wire_bytes


async def drain_body(response: httpx.Response) -> None:
    """Reads a short body that is not needed, so that the connection can be used again.

    The status is known at this point, so errors in the body are ignored.
    """
    drained = 0
    with suppress(*REQUEST_ERRORS):
        async with asyncio.timeout(_MAX_DRAIN_SECONDS), aclosing(_chunks(response)) as chunks:
            async for chunk in chunks:
                drained += len(chunk)
                if drained > _MAX_DRAINED_BYTES:
                    return


async def _chunks(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    async for chunk in response.aiter_raw():
        yield chunk
