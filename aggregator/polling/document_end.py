"""Recognises a document that is whole although its transfer was not.

Many servers announce a wrong length, or end a compressed body without its checksum, behind a whole document. XML and
HTML end with the end tag of their root, JSON with its last bracket, so the document itself says if a part is missing.
"""

from __future__ import annotations

import json
import re

_EDGE_BYTES = 4096
_START_TAG = re.compile(rb"<([A-Za-z_][\w:.-]*)")
_END_TAG = re.compile(rb"</([A-Za-z_][\w:.-]*)\s*>")
_EMPTY_ROOT = re.compile(rb"[^<]*<[A-Za-z_][^<>]*/>\s*")
_IGNORED = re.compile(rb"<!--.*?-->|<[!?][^>]*>", re.DOTALL)
_MARKS_BEFORE_DOCUMENT = b"\xef\xbb\xbf\xff\xfe \t\r\n\0"  # byte order marks and white space


def is_document(body: bytes) -> bool:
    """Returns True if ``body`` begins as XML, HTML or JSON does."""
    return body[:_EDGE_BYTES].lstrip(_MARKS_BEFORE_DOCUMENT)[:1] in (b"<", b"{", b"[")


def is_whole_document(body: bytes) -> bool:
    """Returns True if ``body`` is an XML, HTML or JSON document that has its end."""
    if not is_document(body):
        return False
    if body[:_EDGE_BYTES].lstrip(_MARKS_BEFORE_DOCUMENT)[:1] != b"<":
        return _is_json(body)
    start, end = _IGNORED.sub(b"", _edge(body[:_EDGE_BYTES])), _edge(body[-_EDGE_BYTES:])
    if len(body) < _EDGE_BYTES and _EMPTY_ROOT.fullmatch(start):
        return True
    root = _START_TAG.search(start)
    ends = [tag for tag in _END_TAG.finditer(end) if root and tag[1].lower() == root[1].lower()]
    if root is None or not ends:
        return False
    is_html = root[1].lower() == b"html"  # what follows its end belongs to the page
    return is_html or not _START_TAG.search(_IGNORED.sub(b"", end[ends[-1].end() :]))


def _edge(part: bytes) -> bytes:
    return part.replace(b"\0", b"")  # UTF-16


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
