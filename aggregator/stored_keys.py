"""Derives keys that the database stores.

Stored rows are found by these keys, so the result for a given input must never change.
"""

from __future__ import annotations

import hashlib

from aggregator.settings.feeds_file import StorySelection


def without_scheme(url: str) -> str:
    """Returns a normalised URL as ``//host/path``, so that its http and https forms are equal."""
    return url.partition(":")[2]


def signed_hash(text: str) -> int:
    """Returns the first 64 bits of a text's SHA-256 as a signed integer, which fits SQL's BIGINT."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "little", signed=True)


def text_rule_key(where: StorySelection) -> str | None:
    """Returns the key of a selection's conditions on title and text; None if it has no such condition."""
    if not where.words and where.title is None and where.text is None:
        return None
    conditions = repr((where.words, str(where.title or ""), str(where.text or "")))
    return hashlib.sha256(conditions.encode("utf-8", "surrogatepass")).hexdigest()[:32]
