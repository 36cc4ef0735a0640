"""How does a document that is a gzip file become text without becoming a gigabyte?

Sitemaps are often published as ``.xml.gz``, a file of its own rather than a coding of the transfer, which
``polling.content_decoding`` undoes. The whole file is at hand here, so there are no steps to pass on, but it is
inflated in bounded ones all the same.
"""

from __future__ import annotations

import zlib

from aggregator.model.parsing import Unreadable

MAGIC = b"\x1f\x8b"
"""How a gzip file begins (RFC 1952 section 2.3.1)."""

LARGEST = 50_000_000
"""Bytes of the largest document that is made of one: the largest sitemap there may be (sitemaps.org)."""

_STEP = 64 * 1024
_MOST_MEMBERS = 1_000
_FREE_BYTES = 1_000_000
_ABSURD_RATIO = 500


def gunzipped(body: bytes, *, max_bytes: int = LARGEST) -> bytes | Unreadable:
    """What is in a gzip file; of one that was cut off, what can be had, and of a damaged one nothing.

    Members that follow each other are one document, and what follows the last is ignored (RFC 1952
    section 2.2).
    """
    most = min(max_bytes, max(_FREE_BYTES, _ABSURD_RATIO * len(body)))
    inflated, left = bytearray(), body
    for _ in range(_MOST_MEMBERS):
        member, step = zlib.decompressobj(wbits=31), b""
        while not member.eof and (left or len(step) == _STEP):
            try:
                step = member.decompress(left, _STEP)
            except zlib.error:
                return Unreadable(reason="the body is a damaged gzip file")
            inflated += step
            if len(inflated) > most:
                return Unreadable(reason=f"the body is a gzip file that decompresses to more than {most:,} bytes")
            left = member.unconsumed_tail
        left = member.unused_data
        if not left.startswith(MAGIC):
            return bytes(inflated)
    return Unreadable(reason=f"the body is a gzip file with more than {_MOST_MEMBERS:,} members")
