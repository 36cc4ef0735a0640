"""Reads the headers and the body of a response.

Joins the headers for the model, decodes the body within its size limit, and reads the rest of a body that is not
needed. ``http11_connection`` reads the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import cast

import httpx

from aggregator.polling.content_decoding import BodyDecoder, BodyTooLarge
from aggregator.polling.document_end import is_document, is_whole_document
from aggregator.polling.fetch_errors import REQUEST_ERRORS
from aggregator.polling.transport import UNANNOUNCED_BYTES

_MAX_DRAINED_BYTES = 65_536
_MAX_DRAIN_SECONDS = 1.0
_MAX_SILENT_SECONDS = 1.0
_SINGLE_HEADERS = frozenset(
    {"age", "content-location", "date", "etag", "expires", "last-modified", "location", "retry-after"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class BodyLimit:
    """The size limit of a decoded body; a larger body is truncated if ``cuts``, else refused."""

    max_bytes: int
    cuts: bool = False


def join_headers(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Returns headers by lower-case name; the values of a repeated header are one list (RFC 9110 section 5.3).

    Of a header that is no list the first value counts, but the last Content-Type, as in browsers: a server adds its
    own one first. The bytes are decoded as Latin-1, so that a validator can be sent back byte for byte.
    """
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in joined and name in _SINGLE_HEADERS:
            continue
        is_list = name in joined and name != "content-type"
        joined[name] = f"{joined[name]}, {value}" if is_list else value
    return joined


def header_values(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> tuple[bytes, ...]:
    """Returns the values of every header ``name``, which is in lower case."""
    return tuple(value for known, value in headers if known.lower() == name)


async def read_body(response: httpx.Response, body: BodyDecoder, *, cuts: bool) -> bytes:
    """Reads the body of ``response`` into ``body`` and returns it, decoded; a body above the limit is cut if ``cuts``.

    If the announced length ends before a document or within one, and more bytes follow, the body is read to the end of
    the connection. Raises UnsupportedCoding, BodyTooLarge, BodyCorrupt, or an exception of httpx for the connection.
    """
    try:
        async with aclosing(_chunks(response)) as chunks:
            async for chunk in chunks:
                body.write(chunk)
        if not body.beginning or (is_document(body.beginning) and not is_whole_document(body.beginning)):
            await _read_unannounced(response, body)
        return body.finish()
    except BodyTooLarge:
        if not cuts:
            raise
        return body.beginning


async def _read_unannounced(response: httpx.Response, body: BodyDecoder) -> None:
    """Reads what follows the announced end of the body; gives up when nothing arrives for a second."""
    with suppress(TimeoutError):
        async with (
            asyncio.timeout(_MAX_SILENT_SECONDS) as silence,
            aclosing(response.extensions[UNANNOUNCED_BYTES]()) as chunks,
        ):
            async for chunk in chunks:
                body.write(chunk)
                silence.reschedule(asyncio.get_running_loop().time() + _MAX_SILENT_SECONDS)


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
    """Yields the chunks of the body, from its stream: httpx would release the connection at their end."""
    async for chunk in cast("httpx.AsyncByteStream", response.stream):
        yield chunk
