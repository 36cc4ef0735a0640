"""Repairs the head of a response, so that the strict parser h11 reads it.

Servers send heads that RFC 9112 forbids and that every browser reads. The repair removes what has no clear meaning and
keeps the rest: a malformed line costs that line only. If the length of the body is in doubt, the body ends with the
connection, and the connection is not used again, so that no byte of one response is read as another one (RFC 9112
sections 6.3 and 11.2). ``http11_connection`` passes each complete head through here; it limits the size before.
"""

from __future__ import annotations

import re

_STATUS_LINE = re.compile(rb"(?:HTTP/(\d)(?:\.(\d))?|ICY)[ \t]+(\d{3})(?![0-9])[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]+")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_HEAD_END = re.compile(rb"\n\r?\n")
_VALID_HEAD = re.compile(
    rb"HTTP/1\.1 [0-9]{3}(?: [\t\x20-\x7e\x80-\xff]*)?\r\n"
    rb"(?:(?i:content-length:[ \t]*[0-9]{1,18}[ \t]*|transfer-encoding:[ \t]*chunked[ \t]*)\r\n"
    rb"|(?!(?i:content-length|transfer-encoding):)[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n"
)
_LENGTH_FIELD = re.compile(rb"\n(?:content-length|transfer-encoding):", re.IGNORECASE)
_COMPRESSIONS = frozenset({b"gzip", b"x-gzip", b"deflate"})

HeaderField = tuple[bytes, bytes]


def head_length(data: bytes | bytearray, *, start: int = 0) -> int | None:
    """Returns the length of the head that ``data`` begins with; None if it is not complete.

    Empty lines before the status line belong to the head. The end is searched from ``start`` on: earlier bytes were
    searched before.
    """
    blank = len(data) - len(data.lstrip(b"\r\n"))
    end = _HEAD_END.search(data, max(blank, start - 4))
    return end.end() if end else None


def repair_head(head: bytes) -> bytes:
    """Returns a response head that RFC 9112 allows, with the same meaning; a head that is not HTTP stays as it is."""
    if _VALID_HEAD.fullmatch(head) and len(_LENGTH_FIELD.findall(head)) <= 1:
        return head
    first, *lines = re.split(rb"\r?\n", head.lstrip(b"\r\n"))
    status_line = _STATUS_LINE.fullmatch(_CONTROL.sub(b" ", first))
    if status_line is None:
        return head
    version = b"1.0" if status_line[1] is None or (status_line[1], status_line[2]) == (b"1", b"0") else b"1.1"
    fields = _with_clear_length(_valid_fields(_unfold(lines)), version=version)
    start = b"HTTP/%b %b %b" % (version, status_line[3], status_line[4].strip())
    return b"\r\n".join([start.rstrip(), *(b"%b: %b" % field for field in fields), b"", b""])


def _unfold(lines: list[bytes]) -> list[bytes]:
    """Joins each folded line with the one before it (RFC 9112 section 5.2)."""
    unfolded: list[bytes] = []
    for line in lines:
        if line.startswith((b" ", b"\t")) and unfolded:
            unfolded[-1] += b" " + line.strip()
        else:
            unfolded.append(line.strip())
    return unfolded


def _valid_fields(lines: list[bytes]) -> list[HeaderField]:
    """Returns the lines that are a header field; control characters become a space (RFC 9110 section 5.5)."""
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t")  # RFC 9112 section 5.1: a blank before the colon is removed
        if colon and _NAME.fullmatch(name):
            fields.append((name, _CONTROL.sub(b" ", value).strip(b" \t")))
    return fields


def _with_clear_length(fields: list[HeaderField], *, version: bytes) -> list[HeaderField]:
    """Returns the fields with at most one length of the body (RFC 9112 section 6.3).

    Chunks win over a Content-Length. Several lengths, or one that is not a number, are as good as none. A compression
    of the transfer becomes the outermost content coding.
    """
    codings = [coding.lower() for coding in _list_of(fields, b"transfer-encoding")]
    is_chunked = b"chunked" in codings
    lengths = {length.lstrip(b"0") or b"0" for length in _list_of(fields, b"content-length")}
    is_clear = not lengths or (len(lengths) == 1 and all(_LENGTH.fullmatch(length) for length in lengths))
    kept = [field for field in fields if field[0].lower() not in (b"content-length", b"transfer-encoding")]
    kept += [(b"Content-Encoding", coding) for coding in codings if coding in _COMPRESSIONS]
    if is_chunked:
        kept.append((b"Transfer-Encoding", b"chunked"))
    elif lengths and is_clear:
        kept.append((b"Content-Length", lengths.pop()))
    is_doubtful = not is_clear or (is_chunked and (lengths or version == b"1.0"))
    return [*kept, (b"Connection", b"close")] if is_doubtful else kept


def _list_of(fields: list[HeaderField], name: bytes) -> list[bytes]:
    values = b",".join(value for known, value in fields if known.lower() == name)
    return [value.strip() for value in values.split(b",") if value.strip()]
