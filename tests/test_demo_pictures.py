from __future__ import annotations

import struct
import zlib

import pytest

from aggregator.demo.pictures import HEIGHT, WIDTH, draw_picture
from aggregator.demo.sample_stories import load_stories

NAMES = [story.name for story in load_stories()]


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_a_whole_png_of_the_promised_size(name: str) -> None:
    chunks = _chunks(draw_picture(name))
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (WIDTH, HEIGHT)
    pixels = zlib.decompress(chunks[b"IDAT"])
    assert len(pixels) == HEIGHT * (1 + WIDTH)
    assert max(pixels) < len(chunks[b"PLTE"]) // 3


def test_every_story_has_a_picture_of_its_own_that_stays_the_same() -> None:
    pictures = {draw_picture(name) for name in NAMES}
    draw_picture.cache_clear()
    assert {draw_picture(name) for name in NAMES} == pictures
    assert len(pictures) == len(NAMES)


def _chunks(png: bytes) -> dict[bytes, bytes]:
    """The chunks of a PNG by their kind, checksums verified."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, rest = {}, png[8:]
    while rest:
        (length,) = struct.unpack(">I", rest[:4])
        body, (checksum,) = rest[4 : 8 + length], struct.unpack(">I", rest[8 + length : 12 + length])
        assert zlib.crc32(body) == checksum
        chunks[body[:4]], rest = body[4:], rest[12 + length :]
    return chunks
