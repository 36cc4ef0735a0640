"""Gzip files are opened, within bounds."""

from __future__ import annotations

import gzip

import pytest

from aggregator.model.parsing import Unreadable
from aggregator.parsing.gzip_document import gunzip

TEXT = b"<urlset/>" * 50_000
NOUGHTS = gzip.compress(b"\0" * 5_000_000, mtime=0)
DAMAGED = Unreadable(reason="the body is a damaged gzip file")


def zipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(zipped(TEXT), TEXT, id="one member"),
        pytest.param(zipped(b"a") + zipped(TEXT) + zipped(b"b"), b"a" + TEXT + b"b", id="several members"),
        pytest.param(zipped(TEXT) + b"\0" * 512, TEXT, id="padding behind it"),
        pytest.param(zipped(TEXT)[:-8], TEXT, id="no checksum"),
        pytest.param(zipped(b""), b"", id="empty"),
        pytest.param(b"\x1f\x8b\x08", b"", id="half a head"),
        pytest.param(zipped(TEXT)[:-8] + b"12345678", DAMAGED, id="a wrong checksum"),
        pytest.param(b"\x1f\x8bnonsense", DAMAGED, id="only the first bytes of one"),
        pytest.param(
            zipped(b"") * 1_001, Unreadable(reason="the body is a gzip file with more than 1,000 members"), id="members"
        ),
        pytest.param(
            NOUGHTS,
            Unreadable(reason=f"the body is a gzip file that decompresses to more than {500 * len(NOUGHTS):,} bytes"),
            id="an absurd expansion",
        ),
    ],
)
def test_a_gzip_file_is_opened(body: bytes, expected: bytes | Unreadable) -> None:
    assert gunzip(body) == expected


def test_of_one_that_is_cut_off_the_beginning_is_had() -> None:
    whole = zipped(bytes(range(256)) * 100)
    for end in range(2, len(whole)):
        found = gunzip(whole[:end])
        assert isinstance(found, bytes)
        assert (bytes(range(256)) * 100).startswith(found)


def test_no_more_is_made_of_it_than_is_wanted() -> None:
    assert gunzip(zipped(TEXT), max_bytes=len(TEXT)) == TEXT
    assert gunzip(zipped(TEXT), max_bytes=len(TEXT) - 1) == Unreadable(
        reason="the body is a gzip file that decompresses to more than 449,999 bytes"
    )
