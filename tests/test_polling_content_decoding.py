"""Bodies are decoded in bounded steps, whatever they stand for."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aggregator.polling.content_decoding import (
    MAX_CHUNK_BYTES,
    BodyCorrupt,
    BodyDecoder,
    BodyTooLarge,
    UnsupportedCoding,
    decoders_for,
)
from tests.loops import loop_over

TEXT = b"<p>Rates rise, says the bank.</p>\n" * 400
MEGA = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(data) + squeeze.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "identity": ("identity", bytes),
    "no coding": ("", bytes),
    "a charset where a coding belongs": ("UTF-8", bytes),
    "gzip": ("gzip", gzip.compress),
    "gzip by its old name and in capitals": ("X-GZIP", gzip.compress),
    "deflate in zlib's format": ("deflate", zlib.compress),
    "deflate without zlib's format": ("deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstandard.compress),
    "gzip over brotli": ("br, gzip", lambda data: gzip.compress(brotli.compress(data))),
    "zstd over deflate": ("deflate,zstd", lambda data: zstandard.compress(zlib.compress(data))),
    "two gzip members": ("gzip", lambda data: gzip.compress(data[:99]) + gzip.compress(data[99:])),
    "two zstd frames": ("zstd", lambda data: zstandard.compress(data[:99]) + zstandard.compress(data[99:])),
    "gzip with padding after it": ("gzip", lambda data: gzip.compress(data) + b"\0" * 8),
    "gzip with its magic's first byte after it": ("gzip", lambda data: gzip.compress(data) + b"\x1f"),
    "deflate with rubbish after it": ("deflate", lambda data: zlib.compress(data) + b"rubbish"),
}
COMPRESSED = [
    name
    for name, (coding, _) in CODINGS.items()
    if coding.lower() not in ("", "identity", "utf-8") and "after" not in name
]


def decode(content_encoding: str, data: bytes, *, step: int = 65536, max_bytes: int = 20 * MEGA) -> bytes:
    body = BodyDecoder(content_encoding, max_bytes=max_bytes)
    for start in range(0, len(data), step):
        body.write(data[start : start + step])
    return body.finish()


@loop_over("step", [1, 7, 65536])
@loop_over("name", CODINGS)
def test_every_coding_is_undone_however_it_is_cut(name: str, step: int) -> None:
    coding, encode = CODINGS[name]
    assert decode(coding, encode(TEXT), step=step) == TEXT


@given(data=st.binary(max_size=5000), step=st.integers(1, 600), name=st.sampled_from(COMPRESSED))
def test_decoding_undoes_encoding(data: bytes, step: int, name: str) -> None:
    coding, encode = CODINGS[name]
    assert decode(coding, encode(data), step=step) == data


@pytest.mark.parametrize("name", COMPRESSED)
def test_incompressible_bytes_come_through_whole(name: str) -> None:
    coding, encode = CODINGS[name]
    data = random.Random(7).randbytes(700_000)
    assert decode(coding, encode(data)) == data


@loop_over("name", COMPRESSED)
@loop_over("keep", [1, 0.5, 0.99])
def test_a_coding_that_is_cut_short_is_no_body(name: str, keep: float) -> None:
    coding, encode = CODINGS[name]
    whole = encode(random.Random(3).randbytes(3000))
    with pytest.raises(BodyCorrupt, match="truncated"):
        decode(coding, whole[: keep if isinstance(keep, int) else int(len(whole) * keep)])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_not_in_its_coding_is_corrupt(coding: str) -> None:
    with pytest.raises(BodyCorrupt):
        decode(coding, b"\xff<?xml version='1.0'?><rss></rss>" * 20)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
def test_an_empty_body_is_empty_in_every_coding(coding: str) -> None:
    assert BodyDecoder(coding, max_bytes=10).finish() == b""


@pytest.mark.parametrize(
    ("content_encoding", "reason"),
    [
        pytest.param("compress", "'compress' was not requested", id="a coding nobody asked for"),
        pytest.param("gzip, dcb", "'dcb' was not requested", id="a dictionary coding over gzip"),
        pytest.param("gzip, gzip, gzip", "3 content codings", id="three layers"),
        pytest.param("gzip," * 500 + "gzip", "501 content codings", id="very many layers"),
    ],
)
def test_codings_that_are_not_ours_are_refused(content_encoding: str, reason: str) -> None:
    with pytest.raises(UnsupportedCoding, match=reason):
        decode(content_encoding, b"\x1f\x9d\x90\xff" * 99)


PLAIN = b"<?xml version='1.0' encoding='utf-8'?><rss><channel><title>Gr\xc3\xbc\xc3\x9fe</title></channel></rss>"
LABELS = (
    "gzip",
    "x-gzip",
    "deflate",
    "br",
    "zstd",
    "gzip, br",
    "utf-8",
    "none",
    "8bit",
    "compress",
    '"gzip"',
    "gzip;q=1",
)


@loop_over("step", [1, 7, 65536])
@loop_over("label", LABELS)
def test_a_body_decides_what_coding_it_has_not_its_label(label: str, step: int) -> None:
    texts = [
        PLAIN,
        b'{"version": "https://jsonfeed.org/version/1.1", "items": []}',
        b"<a/>",
        PLAIN.decode().encode("utf-16"),
    ]
    for body in (*texts, gzip.compress(PLAIN), zstandard.compress(PLAIN)):
        assert decode(label, body, step=step) == (body if body in texts else PLAIN)


def test_text_that_is_no_document_is_read_where_the_coding_has_a_signature() -> None:
    rules = b"User-agent: *\nDisallow: /a\n"
    assert [decode(label, rules) for label in ("gzip", "zstd", "utf-8")] == [rules] * 3
    assert [decode(label, rules * 9) for label in ("deflate", "br")] == [rules * 9] * 2
    assert decode("gzip", zlib.compress(TEXT)) == TEXT
    assert decode("gzip, gzip", gzip.compress(TEXT)) == TEXT


def decode_into(body: BodyDecoder, data: bytes) -> None:
    body.write(data)
    body.finish()


@loop_over("fault", ["checksum", "length", "trailer", "end"])
def test_what_a_fault_at_the_end_leaves_is_there(fault: str) -> None:
    coded = bytearray(gzip.compress(TEXT))
    match fault:
        case "checksum":
            coded[-8] ^= 1
        case "length":
            coded[-1] ^= 1
        case "trailer":
            del coded[-5:]
        case _:
            del coded[-8:]
    body = BodyDecoder("gzip", max_bytes=MEGA)
    with pytest.raises(BodyCorrupt):
        decode_into(body, bytes(coded))
    assert body.beginning == TEXT


def test_a_fault_in_the_middle_leaves_what_came_before_it() -> None:
    text = random.Random(5).randbytes(100_000)
    coded = bytearray(zlib.compress(b"<!--" + text))
    coded[60_000:60_200] = b"\xff" * 200
    body = BodyDecoder("deflate", max_bytes=MEGA)
    with pytest.raises(BodyCorrupt):
        decode_into(body, bytes(coded))
    assert (b"<!--" + text).startswith(body.beginning[:59_000])
    assert len(body.beginning) > 50_000


ZEROS = b"\0" * (64 * MEGA)
BOMBS = {
    "gzip": ("gzip", gzip.compress(ZEROS)),
    "deflate": ("deflate", zlib.compress(ZEROS)),
    "raw deflate": ("deflate", raw_deflate(ZEROS)),
    "brotli": ("br", brotli.compress(ZEROS, quality=5)),
    "zstd": ("zstd", zstandard.compress(ZEROS)),
    "gzip in gzip": ("gzip, gzip", gzip.compress(gzip.compress(ZEROS))),
    "brotli in zstd": ("br, zstd", zstandard.compress(brotli.compress(ZEROS, quality=5))),
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_step_of_a_bomb_is_large(name: str) -> None:
    coding, bomb = BOMBS[name]
    steps: list[int] = []
    layers = decoders_for(coding, lambda chunk: steps.append(len(chunk)))
    layers[0].write(bomb)
    assert sum(steps) == len(ZEROS)
    assert max(steps) <= MAX_CHUNK_BYTES


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_given_up_after_what_was_wanted(name: str) -> None:
    coding, bomb = BOMBS[name]
    body = BodyDecoder(coding, max_bytes=300_000)
    with pytest.raises(BodyTooLarge, match="larger than 300000 bytes"):
        body.write(bomb)
    assert body.beginning == ZEROS[:300_000]


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_within_the_size_is_given_up_for_its_ratio(name: str) -> None:
    coding, bomb = BOMBS[name]
    body = BodyDecoder(coding, max_bytes=100 * MEGA)
    with pytest.raises(BodyTooLarge, match="expanded more than 500 times"):
        body.write(bomb)
    assert len(body.beginning) < max(MEGA, 500 * len(bomb)) + MAX_CHUNK_BYTES


def test_a_body_may_be_exactly_as_large_as_wanted() -> None:
    assert decode("", b"x" * 100, max_bytes=100) == b"x" * 100
    with pytest.raises(BodyTooLarge):
        decode("", b"x" * 101, max_bytes=100)


def test_compressed_bytes_that_decode_to_nothing_are_bounded_too() -> None:
    body = BodyDecoder("gzip", max_bytes=5000)
    empty_members = gzip.compress(b"") * 400
    with pytest.raises(BodyTooLarge, match="the compressed body is larger than 5000 bytes"):
        body.write(empty_members)


def test_very_many_gzip_members_are_refused() -> None:
    body = BodyDecoder("gzip", max_bytes=MEGA)
    with pytest.raises(BodyTooLarge, match="1000 members"):
        body.write(gzip.compress(b"") * 1001)


def test_a_zstd_window_beyond_eight_megabytes_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, compression_level=1)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    coded = stream.compress(b"text") + stream.flush()
    with pytest.raises(BodyCorrupt, match="zstd"):
        decode("zstd", coded)
