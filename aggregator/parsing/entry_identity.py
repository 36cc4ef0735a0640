"""Assigns each entry of a document a uid within its feed, and computes the keys by which it is recognised later.

Observations
    - Publishers repeat one guid for all entries, leave it out, make it a URL that later moves to https or gains
      tracking parameters, or write a new one at every poll.
    - Entries of one document share a link (release notes, podcasts, status pages), a title ("Update"), a text
      (comics, webcams) or a date, and differ in the rest.

Theory of operation
    - The uid is the guid, without the parts that identify nothing; without a guid it is the link, else a digest of
      title and text.
    - Where entries of one document share a uid, the values in which they differ are added to it: link, title,
      files and pictures. Text and date are added too if the entries have no guid, or if the guid is shown to
      identify nothing because entries of different dates or links have it.
    - Entries that are equal in all of these are one entry, and the first of them stays.

Known exceptions
    - Two versions of one entry (same guid, link, title and date, another text) are one entry: the first stays.
    - A uid with additions depends on the other entries of its document, and a guid may change or be used again.
      ``entry_matching`` therefore compares the keys as well.
    - No uid is unique across feeds.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import chain

from aggregator.model.parsing import EntryKeys, ParsedFeed
from aggregator.parsing.unsanitised_entry import UnsanitisedEntry, UnsanitisedFeed
from aggregator.parsing.urls import normalise_url
from aggregator.polling.host_identity import host_key
from aggregator.stored_keys import link_key, text_key, without_scheme

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
_PICTURE = re.compile(r"<img\b[^<>]{0,2000}", re.IGNORECASE)
_SOURCE = re.compile(r"\ssrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_PIXEL = re.compile(r"\s(?:width|height)\s*=\s*[\"']?[01](?:px)?[\"'\s/>]", re.IGNORECASE)

_Attribute = Callable[[UnsanitisedEntry], str]
_Named = list[tuple[str, UnsanitisedEntry]]


def identify_entries(feed: ParsedFeed, entries: Iterable[UnsanitisedEntry]) -> UnsanitisedFeed:
    """Returns the feed with its entries by uid, and the number of entries that only repeat another one."""
    parsed = list(entries)
    by_uid = assign_uids(parsed)
    return UnsanitisedFeed(feed=feed, entries_by_uid=by_uid, repeated=len(parsed) - len(by_uid))


def assign_uids(entries: Iterable[UnsanitisedEntry]) -> dict[str, UnsanitisedEntry]:
    """Returns the entries of a document by their ``uid``, in the order given, without exact repeats.

    A guid that no other entry of the document has is the uid. A shared one is extended by the values in which the
    entries that share it differ. Of entries that are equal in all of these, the first stays.
    """
    uids = [(_shorten(base_uid(entry)), entry) for entry in entries]
    if len(dict(uids)) < len(uids):
        for attribute in (_link, _title_name, media_key):
            uids = _extend_shared(uids, attribute)
        uids = _extend_versions(uids)
    unique: dict[str, UnsanitisedEntry] = {}
    for uid, entry in uids:
        unique.setdefault(_shorten(uid), entry)
    return _without_respelled(unique)


def entry_keys(entry: UnsanitisedEntry) -> EntryKeys:
    """Returns the keys by which an entry is recognised in a later document (see ``entry_matching``)."""
    dates, text = (entry.published_at, entry.updated_at), _text(entry)
    return EntryKeys(
        guid=base_uid(entry) if entry.guid or entry.anchor else "",
        title=text_key(_fold(entry.title)) or text,
        text=text,
        media=media_key(entry),
        details=_details_digest(entry),
        dates=tuple(dict.fromkeys(date for date in dates if date)),
        link_post=bool(entry.url and entry.comments_url)
        and host_key(entry.url or "") != host_key(entry.comments_url or ""),
    )


def content_digest(entry: UnsanitisedEntry) -> str:
    """Returns a digest (64 hexadecimal digits) of what a reader sees: title, text and URL.

    White space, markup, categories, dates, http or https, tracking parameters and counters of
    comments do not change it. It is the same on every version of Python, so it may be stored.
    """
    return _digest(entry.title, _without_counters(entry.words), without_scheme(entry.url) if entry.url else "")


def media_key(entry: UnsanitisedEntry) -> str:
    """Returns the key of the files and pictures of an entry, "" if it has none.

    Without a file and a picture of its own, an entry has the pictures in its HTML, but no tracking pixels.
    """
    urls = {enclosure.url for enclosure in entry.enclosures} | ({entry.image} if entry.image else set())
    if not urls:
        markup = (part.text for part in (entry.content, entry.summary) if "<" in part.text)
        urls = {url for url in chain.from_iterable(map(_picture_urls, markup)) if url}
    return text_key(" ".join(sorted(urls)))


def base_uid(entry: UnsanitisedEntry) -> str:
    """Returns the uid of an entry without regard to the other entries of its document."""
    guid = _WHITE_SPACE.sub(" ", entry.guid).strip()
    if guid:
        return _shorten_url(guid) if guid.lower().startswith(("http://", "https://")) else guid
    if entry.url:
        return without_scheme(entry.url) + (f"#{entry.anchor}" if entry.anchor else "")
    return _text_name(entry)


def _picture_urls(markup: str) -> Iterable[str]:
    for tag in _PICTURE.findall(markup):
        source = _SOURCE.search(tag)
        if source and not _PIXEL.search(f"{tag}>"):
            yield source[1] or source[2] or source[3] or ""


def _details_digest(entry: UnsanitisedEntry) -> str:
    """Returns a digest of what readers see besides title and words: markup, links, files, people, categories.

    Dates do not count: a date that changes alone is no correction. White space is folded by ``str.split``, which is
    fast: if a version of Python splits otherwise, entries are compared once more, and nothing else follows.
    """
    enclosures = (f"{file.url} {file.media_type} {file.length}" for file in entry.enclosures)
    markup = (_without_counters(part.text) for part in (entry.summary, entry.content))
    people = (*entry.authors, "", *entry.categories, "", *enclosures)
    others = (entry.url, entry.anchor, entry.image, entry.comments_url, entry.source, entry.language)
    values = "\x1f".join((*markup, *people, *(value or "" for value in others)))
    return text_key(" ".join(values.split()))


def _shorten_url(guid: str) -> str:
    """Removes the scheme and tracking parameters of a URL that is a guid; its fragment may identify the entry."""
    url = normalise_url(guid)
    if url is None:
        return guid
    _, hash_mark, fragment = guid.partition("#")
    return without_scheme(url.partition("#")[0]) + (f"#{fragment}" if hash_mark and fragment else "")


def _link(entry: UnsanitisedEntry) -> str:
    return link_key(entry.url) if entry.url else ""


def _text(entry: UnsanitisedEntry) -> str:
    """Returns the key of the text, without counters."""
    return text_key(_fold(_without_counters(entry.words)))


def _title_or_text(entry: UnsanitisedEntry) -> str:
    """Returns the key of the title, or of the text if there is no title."""
    return text_key(_fold(entry.title)) or _text(entry)


def _title_name(entry: UnsanitisedEntry) -> str:
    """Returns what a uid is extended by for the title; a text without a title has ``_text_name``."""
    return text_key(_fold(entry.title)) or _text_name(entry)


def _text_name(entry: UnsanitisedEntry) -> str:
    """Returns a digest of title and text, of which uids are made."""
    return _digest(entry.title, entry.words)[:32]


def _date(entry: UnsanitisedEntry) -> str:
    return entry.published_at.isoformat() if entry.published_at else ""


def _extend_shared(uids: _Named, attribute: _Attribute) -> _Named:
    """Extends each uid that several entries share by ``attribute``, if they differ in it."""
    shared = {uid for uid, count in Counter(uid for uid, _ in uids).items() if count > 1}
    values: defaultdict[str, set[str]] = defaultdict(set)
    for uid, entry in uids:
        if uid in shared:
            values[uid].add(attribute(entry))
    return [
        (f"{uid} {attribute(entry)}" if uid in shared and len(values[uid]) > 1 else uid, entry) for uid, entry in uids
    ]


def _extend_versions(uids: _Named) -> _Named:
    """Extends shared uids by text and date, except between versions of one entry.

    Versions have one guid of their own and one date. A guid that entries of different dates have is no id.
    """
    dates: defaultdict[str, set[str]] = defaultdict(set)
    for uid, entry in uids:
        dates[uid].add(_date(entry))

    def version(entry: UnsanitisedEntry, attribute: _Attribute, uid: str) -> str:
        return attribute(entry) if not entry.guid or len(dates[uid]) > 1 else ""

    named = {id(entry): uid for uid, entry in uids}
    uids = _extend_shared(uids, lambda entry: version(entry, _text_name, named[id(entry)]))
    return _extend_shared(uids, lambda entry: "" if entry.guid else _date(entry))


def _without_respelled(entries: dict[str, UnsanitisedEntry]) -> dict[str, UnsanitisedEntry]:
    """Leaves out entries without a guid that repeat another one under a link that is only spelled otherwise."""
    seen: set[tuple[str, ...]] = set()
    kept: dict[str, UnsanitisedEntry] = {}
    for uid, entry in entries.items():
        if not entry.guid and entry.url:
            values = tuple(get(entry) for get in (_link, _title_or_text, _text, media_key, _date))
            if (values := (*values, entry.anchor)) in seen:
                continue
            seen.add(values)
        kept[uid] = entry
    return kept


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
