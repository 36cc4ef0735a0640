"""Matches the entries of a document with the stored entries of its feed: which of them are the same entry.

Observations
    - The publisher's own id is the best evidence for one entry, and not proof: ids change at every poll, change all
      at once (a new domain, a new program), are used again for another article, or are equal for all entries.
    - A link is the second best. It is respelled (slash, ``www.``, https, a session), it moves, and several entries of
      a feed may share it: releases, episodes, incidents, a page with anchors. Then it is evidence for none of them.
    - Title, text, date, files and pictures are edited, and repeat in series ("Update", "No incidents today").

Theory of operation
    An entry and a stored entry are compared value by value (``entry_likeness``); a missing value is evidence of
    nothing. A link is *strong* if no other entry of the feed has it and it is not a home page. The ids of a document
    are *volatile* if two or more of its entries are stored with link, title and text under other ids, and none has
    its stored id. The two are the same entry by the first rule that applies:

    1.  Same id: yes, unless everything else speaks against it. Then the id was used again: another title, another
        text that is no edited form, and another link or (under a link that says nothing) another date.
    2.  No id on one side: a strong link decides, unless title, text and date differ. Without a strong link, title
        and text or one of them together with the date must agree.
    3.  Other ids, strong link: volatile ids; or the same date and a title or text that is the same or edited; or no
        date, the same or an edited text, and no other file or picture.
    4.  Other ids, shared link: the same title and text, and no other file, picture or date; or volatile ids.
    5.  Other ids and links: the entry moved if title, text and date are equal. A link to the same path on another
        host, or with more or fewer parameters, may replace the date or the text.

    Every stored entry is at most one entry of the document. The pairs that agree most are assigned first. So
    entries that exchange their ids stay what they are, and an entry that is still in the document under its own id
    is not taken by another one.

    The setting ``identity`` replaces the rules: entries with the same key (id, link, title, or id and link) are the
    same, also within one document; an entry without that value has its uid as key.

Known exceptions
    - Identical entries with other ids and dates under a strong link ("No warning today" in a feed of one entry) are
      new entries, although only their dates tell so. Merging then shows one story if the text is long enough.
    - A page that changes for ever under one id and one link (a live blog) is one entry; a person who wants every
      state of it as an entry sets ``identity: title``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.entry_likeness import Likeness, compare, id_key
from aggregator.model.parsing import DocumentEntry, KnownEntry
from aggregator.settings.feeds_file import EntryIdentity
from aggregator.stored_keys import link_key

MAX_CANDIDATES = 20
"""Stored entries with the title, or the text, of an entry that it is compared with; some feeds repeat one for ever."""
MAX_UNDER_STRONG_LINK = 3
"""A link that more stored entries have than this is not strong: an upgrade may find an entry twice, not four times."""
_MIN_CHANGED_IDS = 2

SAME_ENTRY = "same entry"
"""The reason for an entry whose id, link, title and text are stored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryMatch:
    """The stored entry that an entry of a document is, None if it is new, and the reason in words.

    ``folded`` is True for an entry that the setting takes for another entry of the same document.
    """

    item: DocumentEntry
    known: KnownEntry | None
    reason: str
    folded: bool = False


def match_entries(
    items: Sequence[DocumentEntry],
    stored: Iterable[KnownEntry],
    *,
    identity: EntryIdentity = EntryIdentity.AUTO,
    weak_links: frozenset[str] = frozenset(),
    now: datetime,
) -> tuple[EntryMatch, ...]:
    """Returns the match of each entry of a document, in document order.

    ``stored`` are the candidates: stored entries of the feed that have the uid, the link or the title of one of the
    items. ``weak_links`` are the keys of links that several entries have, apart from those that ``items`` share.
    """
    known = tuple(sorted({entry.entry_id: entry for entry in stored}.values(), key=lambda entry: -entry.entry_id))
    if identity is not EntryIdentity.AUTO:
        return tuple(_match_by_key(items, known, identity))
    exact = _exact_matches(items, known)
    rest = [index for index in range(len(items)) if index not in exact]
    found = dict(exact)
    if rest:
        free = [entry for entry in known if entry.entry_id not in {match.entry_id for match in exact.values()}]
        pairs = _Pairs.of(items, rest, free, weak_links=weak_links | shared_links(items), now=now)
        volatile = pairs.has_volatile_ids(items, exact)
        found |= pairs.assigned(volatile=volatile)
        return tuple(
            EntryMatch(item=item, known=found.get(index), reason=pairs.reason(index, found.get(index)))
            for index, item in enumerate(items)
        )
    return tuple(EntryMatch(item=item, known=found[index], reason=SAME_ENTRY) for index, item in enumerate(items))


def shared_links(items: Iterable[DocumentEntry]) -> frozenset[str]:
    """Returns the keys of links that entries of one document share although something else in them differs.

    Link posts do not count: the page behind their link is the article of all of them.
    """
    values: defaultdict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for item in items:
        if item.url and not item.keys.link_post:
            values[link_key(item.url)].add((item.keys.title, item.keys.text, item.keys.media))
    return frozenset(link for link, different in values.items() if len(different) > 1)


def is_same_entry(like: Likeness, *, volatile: bool = False) -> bool:
    """Returns True if an entry and a stored one that agree in this way are the same entry (the rules above)."""
    if like.guid:
        return not _is_reused(like)
    if like.guid is None:
        return _is_same_without_id(like)
    if like.link is False:
        return _has_moved(like)
    return volatile or _is_same_link(like) if like.strong_link else _is_same_content(like, volatile=volatile)


def _is_reused(like: Likeness) -> bool:
    """True if an id was used again for another article: nothing else agrees, and link or date is known to differ."""
    agrees = like.title or like.text or like.date or like.similar or like.strong_link or like.moved
    return not agrees and like.title is False and (like.link is False or (like.date is False and like.weak_link))


def _is_same_without_id(like: Likeness) -> bool:
    if like.strong_link:
        is_other_file = like.media is False and like.date is False
        return not is_other_file and bool(like.similar or like.title or like.date is not False)
    if like.link is False and not like.weak_link and not like.moved:
        return like.same_content and like.date is True
    if like.same_content:
        return like.date is True or (like.date is None and like.media is not False)
    return bool(like.date and (like.title or like.text))


def _is_same_link(like: Likeness) -> bool:
    """Decides for another id under a link that no other entry has."""
    if like.date is False:
        return False
    if like.date is None:
        return bool(like.text or like.edited) and like.media is not False
    return bool(like.title or like.similar or like.clock)


def _is_same_content(like: Likeness, *, volatile: bool) -> bool:
    """Decides for another id under a link that says nothing, or without a link."""
    if like.same_content:
        return volatile or (like.date is not False and like.media is not False)
    return volatile and bool(like.date and (like.title or like.similar))


def _has_moved(like: Likeness) -> bool:
    """Decides for another id and another link."""
    if like.date is False:
        return False
    if like.moved and (like.same_content or (like.date and (like.title or like.similar))):
        return True
    return bool(like.date and ((like.text and like.title is not False) or (like.clock and like.title and like.similar)))


def _exact_matches(items: Sequence[DocumentEntry], known: Sequence[KnownEntry]) -> dict[int, KnownEntry]:
    """The stored entries that have the same uid and the same content, by the index of the item."""
    by_uid = {entry.uid: entry for entry in known}
    return {
        index: entry
        for index, item in enumerate(items)
        if (entry := by_uid.get(item.uid)) is not None and entry.digest == item.digest
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pairs:
    """The entries that need a rule, each with the stored entries that it may be."""

    likeness: Mapping[tuple[int, int], Likeness]
    known: Mapping[int, KnownEntry]

    @classmethod
    def of(
        cls,
        items: Sequence[DocumentEntry],
        rest: Sequence[int],
        known: Sequence[KnownEntry],
        *,
        weak_links: frozenset[str],
        now: datetime,
    ) -> _Pairs:
        """Compares each of these items with the stored entries that have its uid, id, strong link, title or text."""
        index = _Index.of(known)
        crowded = frozenset(link for link, some in index.by_link.items() if len(some) > MAX_UNDER_STRONG_LINK)
        weak_links |= crowded
        return cls(
            likeness={
                (number, entry.entry_id): compare(items[number], entry, weak_links=weak_links, now=now)
                for number in rest
                for entry in index.candidates(items[number], weak_links)
            },
            known={entry.entry_id: entry for entry in known},
        )

    def has_volatile_ids(self, items: Sequence[DocumentEntry], exact: Mapping[int, KnownEntry]) -> bool:
        """True if no entry of the document has its stored id, and two or more are stored under other ids."""
        if any(items[number].keys.guid for number in exact) or any(like.guid for like in self.likeness.values()):
            return False
        changed = {number for (number, _), like in self.likeness.items() if _has_only_another_id(like)}
        return len(changed) >= _MIN_CHANGED_IDS

    def assigned(self, *, volatile: bool) -> dict[int, KnownEntry]:
        """The stored entry of each item that has one; pairs that agree most come first, then newer stored entries."""
        same = [pair for pair, like in self.likeness.items() if is_same_entry(like, volatile=volatile)]
        same.sort(key=lambda pair: (-self.likeness[pair].score, pair[0], -pair[1]))
        found: dict[int, KnownEntry] = {}
        taken: set[int] = set()
        for number, entry_id in same:
            if number not in found and entry_id not in taken:
                found[number] = self.known[entry_id]
                taken.add(entry_id)
        return found

    def reason(self, number: int, known: KnownEntry | None) -> str:
        """The reason in words why an item is a stored entry, or why it is none of them."""
        compared = {entry_id: like for (index, entry_id), like in self.likeness.items() if index == number}
        if known is not None:
            return compared[known.entry_id].words() if known.entry_id in compared else SAME_ENTRY
        if not compared:
            return "new: no stored entry has its id, link or title"
        entry_id, like = max(compared.items(), key=lambda pair: pair[1].score)
        return f"new: not entry {entry_id}: {like.words()}"


def _has_only_another_id(like: Likeness) -> bool:
    if like.guid is not False or not like.same_content:
        return False
    return like.strong_link or (like.link is not False and like.date is not False)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Index:
    """Stored entries, newest first, by the values in which an entry may agree with them."""

    by_id: Mapping[str, Sequence[KnownEntry]]
    by_link: Mapping[str, Sequence[KnownEntry]]
    by_title: Mapping[str, Sequence[KnownEntry]]
    by_text: Mapping[str, Sequence[KnownEntry]]

    @classmethod
    def of(cls, known: Iterable[KnownEntry]) -> _Index:
        by_id, by_link, by_title, by_text = (defaultdict[str, list[KnownEntry]](list) for _ in range(4))
        for entry in known:
            for guid in {entry.uid, id_key(entry.keys.guid or entry.uid)}:
                by_id[guid].append(entry)
            if entry.url:
                by_link[link_key(entry.url)].append(entry)
            if entry.keys.title:
                by_title[entry.keys.title].append(entry)
            if entry.keys.text:
                by_text[entry.keys.text].append(entry)
        return cls(by_id=by_id, by_link=by_link, by_title=by_title, by_text=by_text)

    def candidates(self, item: DocumentEntry, weak_links: frozenset[str]) -> Iterable[KnownEntry]:
        """The stored entries to compare with an item, each once; of those under a weak link, those with its title."""
        link = link_key(item.url) if item.url else ""
        found = [
            *self.by_id.get(item.uid, ())[:MAX_CANDIDATES],
            *(self.by_id.get(id_key(item.keys.guid), ())[:MAX_CANDIDATES] if item.keys.guid else ()),
            *(() if link in weak_links else self.by_link.get(link, ())),
            *self.by_title.get(item.keys.title, ())[:MAX_CANDIDATES],
            *self.by_text.get(item.keys.text, ())[:MAX_CANDIDATES],
            *[entry for entry in self.by_link.get(link, ()) if entry.digest == item.digest][:MAX_CANDIDATES],
        ]
        return {entry.entry_id: entry for entry in found}.values()


def _match_by_key(
    items: Sequence[DocumentEntry], known: Sequence[KnownEntry], identity: EntryIdentity
) -> Iterator[EntryMatch]:
    """Matches entries by the configured key alone; of several entries of the document with one key the first stays."""
    by_key: dict[str, KnownEntry] = {}
    for entry in known:
        by_key.setdefault(_key(entry, identity), entry)
    seen: set[str] = set()
    for item in items:
        key = _key(item, identity)
        if key in seen:
            yield EntryMatch(item=item, known=None, reason=f"same {identity} in this document", folded=True)
            continue
        seen.add(key)
        found = by_key.get(key)
        yield EntryMatch(item=item, known=found, reason=f"same {identity}" if found else f"new: no stored {identity}")


def _key(entry: DocumentEntry | KnownEntry, identity: EntryIdentity) -> str:
    guid = entry.keys.guid or entry.uid
    link = link_key(entry.url) if entry.url else ""
    match identity:
        case EntryIdentity.LINK:
            return link or guid
        case EntryIdentity.TITLE:
            return entry.keys.title or guid
        case EntryIdentity.ID_AND_LINK:
            return f"{guid} {link}"
        case _:
            return guid
