"""What is read of an answer, and how far?

Headers as the model holds them, the body decoded within its bound, and the rest of a body that
nobody wants. How the connection is read is ``speaking``'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass

import httpx

from aggregator.polling.content_decoding import Body, BodyTooLarge
from aggregator.polling.fetch_errors import FAILURES

_DRAINED_BYTES = 65_536
_DRAINED_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """How much of a body is wanted, decoded; a larger one is cut when ``cuts``, else refused."""

    max_bytes: int
    cuts: bool = False


def joined_headers(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header names in lower case; the values of a repeated one are a list (RFC 9110 section 5.3).

    Read as Latin-1, so that a validator can be sent back byte for byte.
    """
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


async def read_body(response: httpx.Response, content_encoding: str, *, bound: Bound) -> tuple[bytes, int]:
    """The decoded body and how many bytes it was on the wire.

    Raises CodingRefused, BodyTooLarge, BodyCorrupt, or what httpx raises for the connection.
    """
    body = Body(content_encoding, max_bytes=bound.max_bytes)
    try:
        async with aclosing(_chunks(response)) as chunks:
            async for chunk in chunks:
                body.write(chunk)
    except BodyTooLarge:
        if not bound.cuts:
            raise
        return body.beginning, body.wire_bytes
    return body.finish(), body.wire_bytes


async def drain(response: httpx.Response) -> None:
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


async def _chunks(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    async for chunk in response.aiter_raw():
        yield chunk
