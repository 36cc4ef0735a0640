"""Draws a picture for each story: a small landscape as a PNG.

Every name gets a different picture, so no page of the newsroom has a broken image. The picture does not depend on
the story's text.
"""

from __future__ import annotations

import math
import random
import struct
import zlib
from functools import lru_cache

WIDTH, HEIGHT = 640, 360
"""Width and height of every picture, in pixels."""

_SKYLINE = HEIGHT * 11 // 20  # where the sky ends behind the farthest ridge
_SKY_STEPS = 64
_RIDGES = 5

Colour = tuple[int, int, int]

_SKIES: tuple[tuple[Colour, Colour, Colour], ...] = (
    # zenith, horizon, nearest ridge
    ((36, 62, 110), (246, 200, 150), (24, 32, 52)),
    ((88, 140, 180), (240, 238, 220), (30, 62, 66)),
    ((64, 56, 98), (238, 160, 140), (34, 24, 48)),
    ((120, 160, 170), (252, 236, 206), (70, 60, 48)),
    ((28, 84, 98), (214, 232, 214), (14, 44, 50)),
    ((142, 126, 150), (252, 222, 196), (58, 46, 62)),
)
_SUN: Colour = (255, 246, 222)


@lru_cache(maxsize=64)
def draw_picture(name: str) -> bytes:
    """Draws the PNG for a name: always the same bytes, 640 by 360 pixels."""
    chance = random.Random(name)  # noqa: S311 - a drawing, not a secret
    zenith, horizon, near = chance.choice(_SKIES)
    sky = [_blend(zenith, horizon, step / (_SKY_STEPS - 1)) for step in range(_SKY_STEPS)]
    ridges = [_blend(horizon, near, (depth + 1) / _RIDGES) for depth in range(_RIDGES)]
    return _png(_paint(chance), (*sky, *ridges, _SUN))


def _paint(chance: random.Random) -> list[bytes]:
    """Returns the rows of the picture, one palette index per pixel: sky first, then ridges, then the sun."""
    edges = [_ridge(chance, depth) for depth in range(_RIDGES)]
    sun_x, sun_y = chance.randrange(90, WIDTH - 90), chance.randrange(60, 150)
    radius = chance.randrange(16, 34)
    sky = bytes(min(_SKY_STEPS - 1, _SKY_STEPS * y // _SKYLINE) for y in range(HEIGHT))
    columns = []
    for x in range(WIDTH):
        column = bytearray(sky)
        half = math.isqrt(max(0, radius**2 - (x - sun_x) ** 2))
        column[sun_y - half : sun_y + half] = bytes([_SKY_STEPS + _RIDGES]) * (2 * half)
        for depth, edge in enumerate(edges):
            top = edge[x]
            column[top:] = bytes([_SKY_STEPS + depth]) * (HEIGHT - top)
        columns.append(bytes(column))
    return [bytes(row) for row in zip(*columns, strict=True)]


def _ridge(chance: random.Random, depth: int) -> list[int]:
    """Returns the upper edge of one ridge as a height per column; a deeper ridge is nearer and rougher."""
    base = 0.46 + 0.11 * depth
    waves = [
        (chance.uniform(0.008, 0.05) / octave, chance.uniform(0.5, 1.5) * octave, chance.uniform(0, math.tau))
        for octave in (1, 2, 4, 7)
    ]
    return [
        int(HEIGHT * (base + sum(size * math.sin(math.tau * rate * x / WIDTH + shift) for size, rate, shift in waves)))
        for x in range(WIDTH)
    ]


def _blend(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _png(rows: list[bytes], palette: tuple[Colour, ...]) -> bytes:
    """Encodes an indexed PNG without interlacing, every row unfiltered (PNG specification, sections 5 and 11.2)."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    colours = b"".join(bytes(colour) for colour in palette)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
