"""Which entry of its feed is this, and has a reader's view of it changed?

Observations: publishers repeat one guid for all entries, leave it out, make it a URL that later
moves to https or gains tracking parameters, or write a new one at every poll. Theory: an entry
is named by its guid, made shorter of what does not name anything; only where entries of one
document share a name are their link, title and text called upon to tell them apart. Exception:
a guid that changes at every poll cannot be seen within one document. The store therefore looks
for ``uid`` first and then, within the feed, for the same ``url``. No uid is unique across feeds.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from aggregator.parsing.unsanitised_entry import Draft
from aggregator.parsing.urls import normalise_url
from aggregator.stored_keys import without_scheme

LONGEST_UID = 400
"""Characters; of longer guids the start and a digest name the entry."""

# Listed: "\\s" and str.split follow the Unicode tables of their Python, and digests outlive it.
_BLANK = re.compile(
    "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u2060\\u3000\\ufeff]+"
)
# A counter in the text moves at every poll without any news in it.
_COUNTED = (b" comment", b" replies", b" views", b" likes", b" shares")
# Letters that a pattern without case equates with i, s and k.
_EQUATED = tuple(letter.encode() for letter in "\u0130\u0131\u017f\u212a")
# It is looked for by its first figure, not by the border of a word before it, of which there are many more.
_COUNTER = re.compile(r"[\d.,](?<=\b.)[\d.,]* (?:comments?|replies|views|likes|shares)\b", re.IGNORECASE)


def named(drafts: Iterable[Draft]) -> dict[str, Draft]:
    """The entries of a document by their ``uid``, exact repeats left out, in the order given.

    A guid that no other entry of the document has is the name; a shared one is extended by the
    link, then by the title; without a guid the link is the name, else a digest of title and
    text. Entries alike in all of these are one entry, and the first stays.
    """
    names = [(_short(_name(draft)), draft) for draft in drafts]
    if len(dict(names)) < len(names):
        for trait in (_link, _title, _text_of_unnamed):
            names = _told_apart(names, trait)
    unique: dict[str, Draft] = {}
    for uid, draft in names:
        unique.setdefault(_short(uid), draft)
    return unique


def content_digest(draft: Draft) -> str:
    """A digest (64 hexadecimal digits) of what a reader would notice: title, text and address.

    White space, markup, categories, dates, http or https, tracking parameters and counters of
    comments do not move it. It is the same on every version of Python, so it may be stored.
    """
    return _digest(draft.title, _without_counters(draft.words), _link(draft))


def _name(draft: Draft) -> str:
    guid = _BLANK.sub(" ", draft.guid).strip()
    if guid:
        return _address(guid) if guid.lower().startswith(("http://", "https://")) else guid
    return _link(draft) or _text(draft)


def _address(guid: str) -> str:
    """A URL that serves as id: scheme and tracking name nothing, but its fragment may."""
    url = normalise_url(guid)
    if url is None:
        return guid
    _, hash_mark, fragment = guid.partition("#")
    return without_scheme(url.partition("#")[0]) + (f"#{fragment}" if hash_mark and fragment else "")


def _link(draft: Draft) -> str:
    return without_scheme(draft.url) if draft.url else ""


def _text(draft: Draft) -> str:
    """What the entry says, title and all."""
    return _digest(draft.title, draft.words)[:32]


def _title(draft: Draft) -> str:
    """What the entry is called: its title, or its text where it has none."""
    return _digest(draft.title)[:32] if draft.title else _text(draft)


def _text_of_unnamed(draft: Draft) -> str:
    """An entry that has its own id stays itself when its text is corrected; one without has only its text."""
    return "" if draft.guid else _text(draft)


def _told_apart(named: list[tuple[str, Draft]], trait: Callable[[Draft], str]) -> list[tuple[str, Draft]]:
    """The same entries; names that stand for several values of ``trait`` are extended by it."""
    shared = {uid for uid, count in Counter(uid for uid, _ in named).items() if count > 1}
    values: defaultdict[str, set[str]] = defaultdict(set)
    for uid, draft in named:
        if uid in shared:
            values[uid].add(trait(draft))
    return [(f"{uid} {trait(draft)}" if uid in shared and len(values[uid]) > 1 else uid, draft) for uid, draft in named]


def _without_counters(text: str) -> str:
    lower = text.encode("utf-8", "replace").lower()  # of ASCII letters only, which takes a third of the time
    for word in _COUNTED if text.isascii() else _COUNTED + _EQUATED:
        if word in lower:
            return _COUNTER.sub("", text)
    return text


def _folded(text: str) -> str:
    """The text with single spaces; nothing that counts as blank here is printable but the space."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _BLANK.sub(" ", text).strip()


def _short(uid: str) -> str:
    return uid if len(uid) <= LONGEST_UID else f"{uid[: LONGEST_UID - 65]} {_digest(uid)}"


def _digest(*parts: str) -> str:
    folded = "\x1f".join(_folded(part) for part in parts)
    return hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()
