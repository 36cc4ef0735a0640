"""How does a compressed body become bytes without becoming a gigabyte?

Every coding is undone in bounded steps, and each step is pushed into the next coding or the
body before the following one is made: an answer of 809 bytes that stands for a gigabyte is
given up after the largest body that is wanted. httpx 0.28 decodes each chunk as a whole, hence
this module. Nothing is read from the network here.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
import zstandard

from aggregator.errors import AggregatorError

ACCEPTED_CODINGS = "gzip, deflate, br, zstd"
"""What we ask for: the codings that are bounded here."""

LONGEST_CHUNK = 128 * 1024
"""No decoded step is larger, for gzip, deflate and brotli; zstd's are cut to it."""

_STEP = 64 * 1024
_MOST_LAYERS = 2
_MOST_MEMBERS = 1000
_ZSTD_WINDOW = 8 * 1024 * 1024  # RFC 9659 allows no larger one as a content coding
_ZSTD_SLICE = 64  # a 4-byte block can stand for 128 KiB, so input is what bounds a step: 2 MiB
_FREE_BYTES = 1_000_000
_ABSURD_RATIO = 500

# Seen where there is no coding at all: a charset, or the word for nothing.
_NOT_A_CODING = frozenset({"", "identity", "none", "binary", "utf-8", "utf8"})

Sink = Callable[[bytes], None]
"""Takes the next decoded bytes; raises to stop."""


class BodyTooLarge(AggregatorError):
    """The body is larger than wanted, on the wire or decoded, or expands absurdly."""


class CodingRefused(AggregatorError):
    """The body is in a coding that was not asked for, or in too many."""


class BodyCorrupt(AggregatorError):
    """The body is not what its Content-Encoding says, or it is cut short."""


class Layer(Protocol):
    """One coding being undone."""

    def write(self, data: bytes) -> None:
        """Undo the coding of the next bytes and push the result on."""

    def finish(self) -> None:
        """The body ended here; raises BodyCorrupt when the coding says it should not have."""


class Body:
    """A body as it arrives: coded bytes go in, decoded bytes gather, at most ``max_bytes``."""

    def __init__(self, content_encoding: str, *, max_bytes: int) -> None:
        """Raises CodingRefused when the codings are not ours."""
        self._max_bytes = max_bytes
        self._decoded = bytearray()
        self._layers = decoding_layers(content_encoding, self._gather)
        self.wire_bytes = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes off the wire; raises BodyTooLarge or BodyCorrupt."""
        self.wire_bytes += len(data)
        if self.wire_bytes > self._max_bytes and self._layers:
            raise BodyTooLarge(f"the body is larger than {self._max_bytes} bytes while still compressed")
        if self._layers:
            self._layers[0].write(data)
        else:
            self._gather(data)

    def finish(self) -> bytes:
        """The whole decoded body; raises BodyCorrupt when its coding was cut short."""
        if self.wire_bytes:
            for layer in self._layers:
                layer.finish()
        return bytes(self._decoded)

    @property
    def beginning(self) -> bytes:
        """What was decoded so far, up to ``max_bytes``."""
        return bytes(self._decoded)

    def _gather(self, data: bytes) -> None:
        room = self._max_bytes - len(self._decoded)
        self._decoded += data[:room]
        if len(data) > room:
            raise BodyTooLarge(f"the body is larger than {self._max_bytes} bytes")
        if len(self._decoded) > max(_FREE_BYTES, _ABSURD_RATIO * self.wire_bytes):
            raise BodyTooLarge(f"{self.wire_bytes} bytes expanded more than {_ABSURD_RATIO} times")


def decoding_layers(content_encoding: str, sink: Sink) -> tuple[Layer, ...]:
    """The codings named by a Content-Encoding value, outermost first; the last one feeds ``sink``.

    Empty when the body is not coded. Raises CodingRefused for a coding that is not one of
    ACCEPTED_CODINGS, and for more than two of them.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in _NOT_A_CODING]
    if len(codings) > _MOST_LAYERS:
        raise CodingRefused(f"{len(codings)} codings lie over each other: {content_encoding[:80]!r}")
    layers: list[Layer] = []
    for coding in codings:  # applied in this order (RFC 9110 section 8.4), so undone from the end
        if coding not in _LAYERS:
            raise CodingRefused(f"the coding {coding[:40]!r} was not asked for")
        layers.insert(0, _LAYERS[coding](layers[0].write if layers else sink))
    return tuple(layers)


class _Gzip:
    """RFC 1952: members that follow each other are one body; what follows the last is ignored."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._member = zlib.decompressobj(wbits=31)
        self._members = 1
        self._between = b""
        self._over = False

    def write(self, data: bytes) -> None:
        while data and not self._over:
            if self._member.eof:
                data = self._next_member(data)
            if data:
                _inflate(self._member, data, self._sink, coding="gzip")
                data = self._member.unused_data

    def finish(self) -> None:
        if not self._member.eof:
            raise BodyCorrupt("the gzip data is cut short")

    def _next_member(self, data: bytes) -> bytes:
        """Begin another member if ``data`` does; what is left to decode."""
        data, self._between = self._between + data, b""
        if data == b"\x1f":
            self._between = data
            return b""
        if not data.startswith(b"\x1f\x8b"):
            self._over = True
            return b""
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise BodyTooLarge(f"the gzip data has more than {_MOST_MEMBERS} members")
        self._member = zlib.decompressobj(wbits=31)
        return data


class _Deflate:
    """RFC 9110 section 8.4.1.2: zlib's format; some servers send deflate data without it."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._head = b""
        self._stream: zlib._Decompress | None = None

    def write(self, data: bytes) -> None:
        if self._stream is None:
            self._head += data
            if len(self._head) < 2:
                return
            data, self._head = self._head, b""
            is_zlib = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(wbits=15 if is_zlib else -15)
        if not self._stream.eof:
            _inflate(self._stream, data, self._sink, coding="deflate")

    def finish(self) -> None:
        if self._stream is None or not self._stream.eof:
            raise BodyCorrupt("the deflate data is cut short")


class _Brotli:
    """RFC 7932."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._stream = brotli.Decompressor()

    def write(self, data: bytes) -> None:
        while not self._stream.is_finished():
            try:
                chunk = self._stream.process(data, output_buffer_limit=_STEP)
            except brotli.error as error:
                raise BodyCorrupt("this is not brotli data") from error
            data = b""
            if not chunk:
                return
            self._sink(chunk)

    def finish(self) -> None:
        if not self._stream.is_finished():
            raise BodyCorrupt("the brotli data is cut short")


class _Zstandard:
    """RFC 8878: frames that follow each other are one body."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = self._context.decompressobj(write_size=_STEP)
        self._frame_begun = False

    def write(self, data: bytes) -> None:
        for start in range(0, len(data), _ZSTD_SLICE):
            piece = data[start : start + _ZSTD_SLICE]
            while piece:
                piece = self._write_piece(piece)

    def finish(self) -> None:
        if self._frame_begun:
            raise BodyCorrupt("the zstd data is cut short")

    def _write_piece(self, piece: bytes) -> bytes:
        """Decode up to the end of ``piece`` or of its frame; what is left of it."""
        try:
            decoded = self._frame.decompress(piece)
        except zstandard.ZstdError as error:
            raise BodyCorrupt(f"the zstd data cannot be decoded: {error}") from error
        for start in range(0, len(decoded), LONGEST_CHUNK):
            self._sink(decoded[start : start + LONGEST_CHUNK])
        self._frame_begun = not self._frame.eof
        if self._frame_begun:
            return b""
        left = self._frame.unused_data
        self._frame = self._context.decompressobj(write_size=_STEP)
        return left


_LAYERS: dict[str, Callable[[Sink], Layer]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,  # RFC 9110 section 8.4.1.3: the same
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstandard,
}


def _inflate(stream: zlib._Decompress, data: bytes, sink: Sink, *, coding: str) -> None:
    """Push what ``data`` decodes to, step by step, until it or its stream ends."""
    while not stream.eof:
        try:
            chunk = stream.decompress(data, _STEP)
        except zlib.error as error:
            raise BodyCorrupt(f"this is not {coding} data") from error
        if chunk:
            sink(chunk)
        data = stream.unconsumed_tail
        if not data and len(chunk) < _STEP:
            return
