"""Assigns each entry a uid within its feed, and digests the part of an entry that readers see.

Observations
    - Publishers repeat one guid for all entries, leave it out, make it a URL that later moves to https or gains
      tracking parameters, or write a new one at every poll.

Theory of operation
    - The uid is the guid, without the parts that identify nothing.
    - Only where entries of one document share a guid, link, title and text are added to it.

Known exceptions
    - A guid that changes at every poll cannot be detected within one document. The store therefore looks for the
      ``uid`` first and then, within the feed, for the same ``url``.
    - No uid is unique across feeds.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from aggregator.parsing.unsanitised_entry import UnsanitisedEntry
from aggregator.parsing.urls import normalise_url
from aggregator.stored_keys import without_scheme

MAX_UID_LENGTH = 400
"""Characters of a uid; a longer guid becomes its start and a digest."""

# An explicit list: "\\s" and str.split depend on the Python version, but digests are stored.
_WHITE_SPACE = re.compile(
    "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u2060\\u3000\\ufeff]+"
)
# A counter in the text changes at every poll and is no change for a reader.
_COUNTER_WORDS = (b" comment", b" replies", b" views", b" likes", b" shares")
# Letters that a case-insensitive pattern treats as i, s and k.
_CASE_VARIANTS = tuple(letter.encode() for letter in "\u0130\u0131\u017f\u212a")
# The pattern starts with a digit, not with a word boundary: a text has many more boundaries than digits.
_COUNTER = re.compile(r"[\d.,](?<=\b.)[\d.,]* (?:comments?|replies|views|likes|shares)\b", re.IGNORECASE)


def assign_uids(entries: Iterable[UnsanitisedEntry]) -> dict[str, UnsanitisedEntry]:
    """Returns the entries of a document by their ``uid``, in the order given, without exact repeats.

    A guid that no other entry of the document has is the uid. A shared guid is extended by the link, then by the
    title. Without a guid the uid is the link, else a digest of title and text. Of entries that are equal in
    all of these, the first stays.
    """
    uids = [(_shorten(_base_uid(entry)), entry) for entry in entries]
    if len(dict(uids)) < len(uids):
        for attribute in (_link, _title_or_text, _text_without_guid):
            uids = _extend_shared(uids, attribute)
    unique: dict[str, UnsanitisedEntry] = {}
    for uid, entry in uids:
        unique.setdefault(_shorten(uid), entry)
    return unique


def content_digest(entry: UnsanitisedEntry) -> str:
    """Returns a digest (64 hexadecimal digits) of what a reader sees: title, text and URL.

    White space, markup, categories, dates, http or https, tracking parameters and counters of
    comments do not change it. It is the same on every version of Python, so it may be stored.
    """
    return _digest(entry.title, _without_counters(entry.words), _link(entry))


def _base_uid(entry: UnsanitisedEntry) -> str:
    guid = _WHITE_SPACE.sub(" ", entry.guid).strip()
    if guid:
        return _shorten_url(guid) if guid.lower().startswith(("http://", "https://")) else guid
    return _link(entry) or _text(entry)


def _shorten_url(guid: str) -> str:
    """Removes the scheme and tracking parameters of a URL that is a guid; its fragment may identify the entry."""
    url = normalise_url(guid)
    if url is None:
        return guid
    _, hash_mark, fragment = guid.partition("#")
    return without_scheme(url.partition("#")[0]) + (f"#{fragment}" if hash_mark and fragment else "")


def _link(entry: UnsanitisedEntry) -> str:
    return without_scheme(entry.url) if entry.url else ""


def _text(entry: UnsanitisedEntry) -> str:
    """Returns a digest of title and text."""
    return _digest(entry.title, entry.words)[:32]


def _title_or_text(entry: UnsanitisedEntry) -> str:
    """Returns a digest of the title, or of the text if there is no title."""
    return _digest(entry.title)[:32] if entry.title else _text(entry)


def _text_without_guid(entry: UnsanitisedEntry) -> str:
    """Returns a digest of the text, or "" for an entry with a guid: a corrected text does not change its uid."""
    return "" if entry.guid else _text(entry)


def _extend_shared(
    uids: list[tuple[str, UnsanitisedEntry]], attribute: Callable[[UnsanitisedEntry], str]
) -> list[tuple[str, UnsanitisedEntry]]:
    """Extends each uid that several entries share by ``attribute``, if they differ in it."""
    shared = {uid for uid, count in Counter(uid for uid, _ in uids).items() if count > 1}
    values: defaultdict[str, set[str]] = defaultdict(set)
    for uid, entry in uids:
        if uid in shared:
            values[uid].add(attribute(entry))
    return [
        (f"{uid} {attribute(entry)}" if uid in shared and len(values[uid]) > 1 else uid, entry) for uid, entry in uids
    ]


def _without_counters(text: str) -> str:
    lower = text.encode("utf-8", "replace").lower()  # bytes: only ASCII letters, in a third of the time
    for word in _COUNTER_WORDS if text.isascii() else _COUNTER_WORDS + _CASE_VARIANTS:
        if word in lower:
            return _COUNTER.sub("", text)
    return text


def _fold(text: str) -> str:
    """Folds white space to single spaces; in a printable text the only white space is the space."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _WHITE_SPACE.sub(" ", text).strip()


def _shorten(uid: str) -> str:
    return uid if len(uid) <= MAX_UID_LENGTH else f"{uid[: MAX_UID_LENGTH - 65]} {_digest(uid)}"


def _digest(*parts: str) -> str:
    folded = "\x1f".join(_fold(part) for part in parts)
    return hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()
