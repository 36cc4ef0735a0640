"""Decompresses a document that is a gzip file, with a limit on its size.

Sitemaps are often published as ``.xml.gz`` files. That is not a coding of the transfer, which
``polling.content_decoding`` removes. The whole file is in memory here, so no parts are passed on, but it is
decompressed in bounded steps all the same.
"""

from __future__ import annotations

import zlib

from aggregator.model.parsing import Unreadable

GZIP_MAGIC = b"\x1f\x8b"
"""The first bytes of a gzip file (RFC 1952 section 2.3.1)."""

MAX_DECOMPRESSED_BYTES = 50_000_000
"""Bytes of the largest decompressed document: the limit for sitemaps (sitemaps.org)."""

_STEP = 64 * 1024
_MAX_MEMBERS = 1_000
_ALWAYS_ALLOWED = 1_000_000
_MAX_RATIO = 500


def gunzip(body: bytes, *, max_bytes: int = MAX_DECOMPRESSED_BYTES) -> bytes | Unreadable:
    """Decompresses a gzip file; a truncated file gives its readable part, a damaged one ``Unreadable``.

    Consecutive members are one document; bytes after the last member are ignored (RFC 1952 section 2.2).
    """
    limit = min(max_bytes, max(_ALWAYS_ALLOWED, _MAX_RATIO * len(body)))
    content, rest = bytearray(), body
    for _ in range(_MAX_MEMBERS):
        member, step = zlib.decompressobj(wbits=31), b""
        while not member.eof and (rest or len(step) == _STEP):
            try:
                step = member.decompress(rest, _STEP)
            except zlib.error:
                return Unreadable(reason="the body is a damaged gzip file")
            content += step
            if len(content) > limit:
                return Unreadable(reason=f"the body is a gzip file that decompresses to more than {limit:,} bytes")
            rest = member.unconsumed_tail
        rest = member.unused_data
        if not rest.startswith(GZIP_MAGIC):
            return bytes(content)
    return Unreadable(reason=f"the body is a gzip file with more than {_MAX_MEMBERS:,} members")
