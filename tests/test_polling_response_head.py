"""A head that is not as RFC 9112 wants it costs its bad lines, and nothing else."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.polling.response_head import head_length, repair_head
from tests.loops import loop_over

START = b"HTTP/1.1 200 OK\r\n"
PLAIN = START + b"Content-Type: text/xml\r\n\r\n"


def parsed(head: bytes) -> h11.Response:
    """A head as h11 reads it after the repair."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "a.example")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(repair_head(head))
    event = connection.next_event()
    assert isinstance(event, h11.Response)
    return event


@loop_over(
    ("lines", "kept"),
    [
        pytest.param(b"ETag: 1\r\nno colon here\r\nAge: 2\r\n", {"etag": "1", "age": "2"}, id="a line without a colon"),
        pytest.param(b'"X-Frame: deny"\r\nAge: 2\r\n', {"age": "2"}, id="a line in quotes"),
        pytest.param(b"X Powered By: me\r\nAge: 2\r\n", {"age": "2"}, id="blanks in the name"),
        pytest.param("Größe: 1\r\nAge: 2\r\n".encode(), {"age": "2"}, id="a name that is not ASCII"),
        pytest.param(b": nothing\r\nAge: 2\r\n", {"age": "2"}, id="no name"),
        pytest.param(b"(a)/b: 1\r\n<c>: 2\r\nAge: 2\r\n", {"age": "2"}, id="separators in the name"),
        pytest.param(b"HTTP/1.1 200 OK\r\nAge: 2\r\n", {"age": "2"}, id="a second status line"),
        pytest.param(b"Age : 2\r\n", {"age": "2"}, id="a blank before the colon"),
        pytest.param(b"Age\t:\t2\t\r\n", {"age": "2"}, id="tabs around the colon"),
        pytest.param(b"X-Note: one\r\n  two\r\n\tthree\r\nAge: 2\r\n", {"x-note": "one two three", "age": "2"}, id="folded"),
        pytest.param(b"no colon\r\n folded\r\nAge: 2\r\n", {"age": "2"}, id="a bad line that is folded"),
        pytest.param(b"  leading: 1\r\nAge: 2\r\n", {"leading": "1", "age": "2"}, id="the first line folded"),
        pytest.param(b"X-A: a\x00b\x07c\rd\r\nAge: 2\r\n", {"x-a": "a b c d", "age": "2"}, id="control characters"),
        pytest.param("X-A: größer\r\nAge: 2\r\n".encode("latin-1"), {"x-a": "größer", "age": "2"}, id="Latin-1 in a value"),
        pytest.param(b"X-A:\r\nAge: 2\r\n", {"x-a": "", "age": "2"}, id="an empty value"),
        pytest.param(b"X-A: " + b"a" * 60_000 + b"\r\nAge: 2\r\n", {"x-a": "a" * 60_000, "age": "2"}, id="a long value"),
        pytest.param(b"Content-Length: 7\r\n", {"content-length": "7"}, id="one length"),
        pytest.param(b"Content-Length: 7\r\ncontent-length: 07\r\n", {"content-length": "7"}, id="the same length twice"),
        pytest.param(b"Content-Length: 7, 7\r\n", {"content-length": "7"}, id="the same length in a list"),
        pytest.param(b"Content-Length: 7\r\nContent-Length: 8\r\n", {"connection": "close"}, id="two lengths"),
        pytest.param(b"Content-Length: many\r\n", {"connection": "close"}, id="a length in words"),
        pytest.param(b"Content-Length: -1\r\n", {"connection": "close"}, id="a negative length"),
        pytest.param(b"Content-Length: " + b"9" * 30 + b"\r\n", {"connection": "close"}, id="an impossible length"),
        pytest.param(b"Content-Length:\r\nAge: 2\r\n", {"age": "2"}, id="a length without a value"),
        pytest.param(
            b"Content-Length: 7\r\nTransfer-Encoding: Chunked\r\n",
            {"transfer-encoding": "chunked", "connection": "close"},
            id="a length and chunks",
        ),
        pytest.param(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", {"transfer-encoding": "chunked"}, id="chunked twice"),
        pytest.param(b"Transfer-Encoding: identity\r\nAge: 2\r\n", {"age": "2"}, id="a coding that is none"),
        pytest.param(
            b"Transfer-Encoding: gzip, chunked\r\n",
            {"content-encoding": "gzip", "transfer-encoding": "chunked"},
            id="a compressed transfer",
        ),
    ],
)  # fmt: skip
def test_what_a_header_line_means(lines: bytes, kept: dict[str, str]) -> None:
    expected = [(name.encode(), value.encode("latin-1")) for name, value in kept.items()]
    assert sorted(parsed(START + lines + b"\r\n").headers) == sorted(expected)
    if b"\r" not in lines.replace(b"\r\n", b""):
        assert sorted(parsed((START + lines + b"\r\n").replace(b"\r\n", b"\n")).headers) == sorted(expected)


@loop_over(
    ("line", "status"),
    [
        pytest.param(b"HTTP/1.1 200", 200, id="no reason"),
        pytest.param(b"HTTP/1.1 200 ", 200, id="an empty reason"),
        pytest.param(b"HTTP/1.1  404  Not  Found", 404, id="more blanks"),
        pytest.param(b"HTTP/1.0 200 OK", 200, id="HTTP/1.0"),
        pytest.param(b"HTTP/2 200", 200, id="a later version"),
        pytest.param(b"HTTP/2.0 203 OK", 203, id="a later version with its minor"),
        pytest.param(b"http/1.1 200 ok", 200, id="in small letters"),
        pytest.param(b"ICY 200 OK", 200, id="a radio"),
        pytest.param(b"HTTP/1.1 200 Gefunden \xfc\x01", 200, id="odd bytes in the reason"),
        pytest.param(b"\r\n\r\nHTTP/1.1 200 OK", 200, id="empty lines before it"),
    ],
)
def test_what_a_status_line_means(line: bytes, status: int) -> None:
    response = parsed(line + b"\r\nAge: 2\r\n\r\n")
    assert (response.status_code, list(response.headers)) == (status, [(b"age", b"2")])


@pytest.mark.parametrize("head", [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"<html>\n\n", PLAIN])
def test_what_is_no_head_or_a_good_one_stays(head: bytes) -> None:
    assert repair_head(head) == head


def test_chunks_of_an_old_version_end_the_connection() -> None:
    assert b"Connection: close" in repair_head(b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\n\r\n", b"\r\n\n"])
def test_a_head_ends_at_the_first_empty_line_however_it_comes(end: bytes) -> None:
    data = b"\r\nHTTP/1.1 200 OK\r\nAge: 2" + end + b"body\n\nmore"
    whole = len(data) - len(b"body\n\nmore")
    assert head_length(data) == whole
    assert [head_length(data[:size], start=size - 1) for size in (whole - 1, whole)] == [None, whole]


@given(st.binary(max_size=400), st.lists(st.sampled_from([b"\r\n", b"\n", b": ", b"Content-Length", b"7", b" "])))
def test_no_bytes_raise_and_a_repair_is_final(odd: bytes, parts: list[bytes]) -> None:
    once = repair_head(START + odd + b"".join(parts) + b"\r\n\r\n")
    assert repair_head(once) == once
