"""Decodes compressed response bodies within a size limit.

Each content coding is decoded in bounded steps. A step is passed to the next decoder or to the body before the next
step is decoded, so a response of 809 bytes that expands to a gigabyte is stopped at the size limit. httpx 0.28
decodes each chunk as a whole; that is the reason for this module. It does not read from the network.

Servers often declare a coding that the body does not have. So the first bytes decide: a body that is text is not
decoded, and a body with the signature of another coding is decoded by that one (``_DeclaredCoding``).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
import zstandard

from aggregator.errors import AggregatorError

ACCEPTED_CODINGS = "gzip, deflate, br, zstd"
"""The Accept-Encoding header of requests: the codings that have a bounded decoder."""

MAX_CHUNK_BYTES = 128 * 1024
"""The largest decoded step of gzip, deflate and brotli, in bytes; the steps of zstd are split to this size."""

_STEP_BYTES = 64 * 1024
_MAX_CODINGS = 2
_MAX_GZIP_MEMBERS = 1000
_MAX_ZSTD_WINDOW = 8 * 1024 * 1024  # RFC 9659 allows no larger one as a content coding
_ZSTD_INPUT_BYTES = 64  # a 4-byte block can expand to 128 KiB, so the input limits a step: to 2 MiB
_UNCHECKED_BYTES = 1_000_000
_MAX_EXPANSION = 500
_SIGNATURE_BYTES = 64
_MIN_SIGNED_BYTES = 4
_REPLAY_BYTES = 64

_NOT_A_CODING = frozenset({"", "identity"})
_CONTROL_BYTES = frozenset(range(0x20)) - frozenset(b"\t\n\f\r") | {0x7F}
_UTF16_STARTS = (b"\xff\xfe<\0", b"\xfe\xff\0<", b"<\0?\0", b"\0<\0?")
_DOCUMENT_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[!?/A-Za-z]|\{\s*[\"}]|\[\s*[\[{\"\]])")
_GZIP_SIGNATURE = b"\x1f\x8b\x08"
_ZSTD_SIGNATURE = b"\x28\xb5\x2f\xfd"

Sink = Callable[[bytes], None]
"""Receives the next decoded bytes; raises an exception to stop."""


class BodyTooLarge(AggregatorError):
    """An error: the body is above the size limit, on the wire or decoded, or expands too much."""


class UnsupportedCoding(AggregatorError):
    """An error: the body has a content coding that was not requested and cannot be decoded, or too many codings."""


class BodyCorrupt(AggregatorError):
    """An error: the body does not match its Content-Encoding, or it is truncated."""


class CodingDecoder(Protocol):
    """A decoder of one content coding."""

    def write(self, data: bytes) -> None:
        """Decodes the next bytes and passes the result on."""

    def finish(self) -> None:
        """Ends the body; raises BodyCorrupt if the coded data is not complete."""


class BodyDecoder:
    """A decoder of one response body: takes coded bytes and collects decoded ones, at most ``max_bytes``."""

    def __init__(self, content_encoding: str, *, max_bytes: int) -> None:
        """Raises UnsupportedCoding for too many codings."""
        self._max_bytes = max_bytes
        self._decoded = bytearray()
        self._decoders = decoders_for(content_encoding, self._append)
        self.wire_bytes = 0

    def write(self, data: bytes) -> None:
        """Decodes the next bytes from the wire; raises BodyTooLarge, BodyCorrupt or UnsupportedCoding."""
        self.wire_bytes += len(data)
        if self.wire_bytes > self._max_bytes and self._decoders:
            raise BodyTooLarge(f"the compressed body is larger than {self._max_bytes} bytes")
        if self._decoders:
            self._decoders[0].write(data)
        else:
            self._append(data)

    def finish(self) -> bytes:
        """Returns the complete decoded body; raises BodyCorrupt if the coded data is truncated."""
        if self.wire_bytes:
            for decoder in self._decoders:
                decoder.finish()
        return bytes(self._decoded)

    @property
    def beginning(self) -> bytes:
        """The bytes decoded so far, at most ``max_bytes``."""
        return bytes(self._decoded)

    def _append(self, data: bytes) -> None:
        room = self._max_bytes - len(self._decoded)
        self._decoded += data[:room]
        if len(data) > room:
            raise BodyTooLarge(f"the body is larger than {self._max_bytes} bytes")
        if len(self._decoded) > max(_UNCHECKED_BYTES, _MAX_EXPANSION * self.wire_bytes):
            raise BodyTooLarge(f"{self.wire_bytes} bytes expanded more than {_MAX_EXPANSION} times")


def decoders_for(content_encoding: str, sink: Sink) -> tuple[CodingDecoder, ...]:
    """Returns the decoders for a Content-Encoding value, outermost coding first; the last one writes to ``sink``.

    Empty if the body has no coding. A name that is no coding gets a decoder too: the body decides. Raises
    UnsupportedCoding for more than two codings.
    """
    names = [name.partition(";")[0].strip(" \t\"'").lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in _NOT_A_CODING]
    if len(codings) > _MAX_CODINGS:
        raise UnsupportedCoding(f"the body has {len(codings)} content codings: {content_encoding[:80]!r}")
    decoders: list[CodingDecoder] = []
    for coding in codings:  # in the order of encoding (RFC 9110 section 8.4), so the last is decoded first
        decoders.insert(0, _DeclaredCoding(coding, decoders[0].write if decoders else sink))
    return tuple(decoders)


class _DeclaredCoding:
    """A decoder of a body that is said to have ``coding``; its first bytes decide whether it has."""

    def __init__(self, coding: str, sink: Sink) -> None:
        self._coding = coding
        self._sink = sink
        self._first_bytes = b""
        self._write: Sink | None = None
        self._decoder: CodingDecoder | None = None

    def write(self, data: bytes) -> None:
        if self._write is None:
            self._first_bytes += data
            if len(self._first_bytes) < _SIGNATURE_BYTES:
                return
            data = self._begin()
        self._pass_on(data)

    def finish(self) -> None:
        if self._write is None:
            self._pass_on(self._begin())
        if self._decoder is not None:
            self._decoder.finish()

    def _begin(self) -> bytes:
        """Chooses the decoder, or none; returns the bytes that it has not seen yet."""
        first, self._first_bytes = self._first_bytes, b""
        make_decoder = _decoder_of(self._coding, first)
        self._decoder = make_decoder(self._sink) if make_decoder else None
        self._write = self._decoder.write if self._decoder else self._sink
        return first

    def _pass_on(self, data: bytes) -> None:
        if data and self._write is not None:
            self._write(data)


def _decoder_of(coding: str, first: bytes) -> Callable[[Sink], CodingDecoder] | None:
    """Returns the decoder for a body that begins with ``first``; None if it is not coded.

    Raises UnsupportedCoding if neither the name nor the body says how to decode it.
    """
    if first.startswith(_GZIP_SIGNATURE):
        return _Gzip
    if first.startswith(_ZSTD_SIGNATURE):
        return _Zstandard
    if _is_text(first, enough=_SIGNATURE_BYTES if coding in ("deflate", "br") else _MIN_SIGNED_BYTES):
        return None
    if coding in ("gzip", "x-gzip") and _is_zlib(first):
        return _Deflate
    if coding not in _DECODERS:
        raise UnsupportedCoding(f"the content coding {coding[:40]!r} was not requested")
    return _DECODERS[coding]


def _is_text(first: bytes, *, enough: int) -> bool:
    """Returns True for the beginning of a document, or for at least ``enough`` bytes of ASCII.

    Data of the codings without a signature can look like ASCII for a few bytes.
    """
    if first.startswith(_UTF16_STARTS):
        return True
    if not _CONTROL_BYTES.isdisjoint(first):
        return False
    return _DOCUMENT_START.match(first) is not None or (len(first) >= enough and first.isascii())


def _is_zlib(first: bytes) -> bool:
    """Returns True if ``first`` begins with the header of RFC 1950."""
    return first[0] & 0x0F == 8 and int.from_bytes(first[:2], "big") % 31 == 0


class _Gzip:
    """A decoder for RFC 1952: consecutive members form one body; data after the last member is ignored."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._member = zlib.decompressobj(wbits=31)
        self._members = 1
        self._partial_magic = b""
        self._ended = False

    def write(self, data: bytes) -> None:
        while data and not self._ended:
            if self._member.eof:
                data = self._next_member(data)
            if data:
                _inflate(self._member, data, self._sink, coding="gzip")
                data = self._member.unused_data

    def finish(self) -> None:
        if not self._member.eof:
            raise BodyCorrupt("the gzip data is truncated")

    def _next_member(self, data: bytes) -> bytes:
        """Starts another member if ``data`` begins with one; returns the bytes that are left to decode."""
        data, self._partial_magic = self._partial_magic + data, b""
        if data == b"\x1f":
            self._partial_magic = data
            return b""
        if not data.startswith(b"\x1f\x8b"):
            self._ended = True
            return b""
        self._members += 1
        if self._members > _MAX_GZIP_MEMBERS:
            raise BodyTooLarge(f"the gzip data has more than {_MAX_GZIP_MEMBERS} members")
        self._member = zlib.decompressobj(wbits=31)
        return data


class _Deflate:
    """A decoder for RFC 9110 section 8.4.1.2: the zlib format; some servers send raw deflate data instead."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._first_bytes = b""
        self._stream: zlib._Decompress | None = None

    def write(self, data: bytes) -> None:
        if self._stream is None:
            self._first_bytes += data
            if len(self._first_bytes) < 2:
                return
            data, self._first_bytes = self._first_bytes, b""
            self._stream = zlib.decompressobj(wbits=15 if _is_zlib(data) else -15)
        if not self._stream.eof:
            _inflate(self._stream, data, self._sink, coding="deflate")

    def finish(self) -> None:
        if self._stream is None or not self._stream.eof:
            raise BodyCorrupt("the deflate data is truncated")


class _Brotli:
    """A decoder for RFC 7932."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._stream = brotli.Decompressor()

    def write(self, data: bytes) -> None:
        while not self._stream.is_finished():
            try:
                chunk = self._stream.process(data, output_buffer_limit=_STEP_BYTES)
            except brotli.error as error:
                raise BodyCorrupt("this is not brotli data") from error
            data = b""
            if not chunk:
                return
            self._sink(chunk)

    def finish(self) -> None:
        if not self._stream.is_finished():
            raise BodyCorrupt("the brotli data is truncated")


class _Zstandard:
    """A decoder for RFC 8878: consecutive frames form one body."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._context = zstandard.ZstdDecompressor(max_window_size=_MAX_ZSTD_WINDOW)
        self._frame = self._context.decompressobj(write_size=_STEP_BYTES)
        self._frame_started = False

    def write(self, data: bytes) -> None:
        for start in range(0, len(data), _ZSTD_INPUT_BYTES):
            piece = data[start : start + _ZSTD_INPUT_BYTES]
            while piece:
                piece = self._write_piece(piece)

    def finish(self) -> None:
        if self._frame_started:
            raise BodyCorrupt("the zstd data is truncated")

    def _write_piece(self, piece: bytes) -> bytes:
        """Decodes to the end of ``piece`` or of its frame; returns the rest of ``piece``."""
        try:
            decoded = self._frame.decompress(piece)
        except zstandard.ZstdError as error:
            raise BodyCorrupt(f"the zstd data cannot be decoded: {error}") from error
        for start in range(0, len(decoded), MAX_CHUNK_BYTES):
            self._sink(decoded[start : start + MAX_CHUNK_BYTES])
        self._frame_started = not self._frame.eof
        if self._frame_started:
            return b""
        left = self._frame.unused_data
        self._frame = self._context.decompressobj(write_size=_STEP_BYTES)
        return left


_DECODERS: dict[str, Callable[[Sink], CodingDecoder]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,  # RFC 9110 section 8.4.1.3: the same
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstandard,
}


def _inflate(stream: zlib._Decompress, data: bytes, sink: Sink, *, coding: str) -> None:
    """Passes the decoded bytes of ``data`` on, step by step, until the data or the stream ends."""
    while not stream.eof:
        before = stream.copy()
        try:
            chunk = stream.decompress(data, _STEP_BYTES)
        except zlib.error as error:
            _inflate_until_fault(before, data, sink)
            raise BodyCorrupt(f"this is not {coding} data") from error
        if chunk:
            sink(chunk)
        data = stream.unconsumed_tail
        if not data and len(chunk) < _STEP_BYTES:
            return


def _inflate_until_fault(stream: zlib._Decompress, data: bytes, sink: Sink) -> None:
    """Passes on what ``data`` gives before its fault; zlib keeps it back, also if only the checksum is wrong."""
    for size in (_REPLAY_BYTES, 1):
        while data:
            before = stream.copy()
            try:
                chunk = stream.decompress(data[:size])
            except zlib.error:
                stream = before
                break
            sink(chunk)
            data = data[size:]
