"""Finds the stored entries that the entries of a document may be.

``entry_matching`` decides which of them they are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from aggregator.model.parsing import DocumentEntry, EntryKeys, KnownEntry
from aggregator.settings.feeds_file import EntryIdentity
from aggregator.store.column_types import bounded_key
from aggregator.store.database import in_batches
from aggregator.store.tables import Entry
from aggregator.stored_keys import link_key

MAX_UNDER_KEYS = 5_000
"""The most stored entries read for a few hundred links or titles; some feeds link every entry to their front page."""
MAX_TEXTS = 200
"""The most stored entries of which the text is read, to compare it with an edited one."""

_COLUMNS = (
    Entry.id,
    Entry.uid,
    Entry.guid,
    Entry.url,
    Entry.digest,
    Entry.title_key,
    Entry.text_key,
    Entry.media_key,
    Entry.details,
    Entry.published_at,
    Entry.seen_at,
    Entry.identity_reason,
)


def known_entries(
    session: Session, feed_id: int, items: Sequence[DocumentEntry], *, identity: EntryIdentity = EntryIdentity.AUTO
) -> tuple[KnownEntry, ...]:
    """Returns the stored entries of a feed that items of a document may be.

    They have the uid of an item; or, for items that are not stored in the same form under their uid, the id, the
    link or the title. Texts are given for those that no item has in the same form. Where ``identity`` is the id, all
    entries with the id of an item are found, whatever was added to their uid.
    """
    of_feed = select(*map(col, _COLUMNS)).where(col(Entry.feed_id) == feed_id)
    uids = {bounded_key(item.uid): item.uid for item in items}
    found = {row.id: _known(row, uids) for row in _rows(session, of_feed, col(Entry.uid), uids)}
    forms = {(entry.uid, entry.digest) for entry in found.values()}
    open_items = [item for item in items if (item.uid, item.digest) not in forms]
    if not open_items:
        return tuple(found.values())
    guids = {bounded_key(item.keys.guid): item.keys.guid for item in open_items if item.keys.guid}
    links = {bounded_key(link_key(item.url)) for item in open_items if item.url}
    titles = {item.keys.title for item in open_items if item.keys.title}
    newest = of_feed.order_by(col(Entry.id).desc()).limit(MAX_UNDER_KEYS)
    named_by_id = identity in (EntryIdentity.ID, EntryIdentity.ID_AND_LINK)
    looked_up = [(Entry.uid, guids), (Entry.link_key, links), (Entry.title_key, titles)]
    for column, keys in looked_up + ([(Entry.guid, guids)] if named_by_id else []):
        for row in _rows(session, newest, col(column), keys):
            found.setdefault(row.id, _known(row, uids | guids))
    return _with_texts(session, tuple(found.values()), open_items)


def _rows(session: Session, query: Any, column: Mapped[Any], keys: Collection[str]) -> list[Row[Any]]:
    return [row for some in in_batches(keys) for row in session.execute(query.where(column.in_(some)))]


def _known(row: Row[Any], unbounded: dict[str, str]) -> KnownEntry:
    return KnownEntry(
        entry_id=row.id,
        uid=unbounded.get(row.uid, row.uid),
        url=row.url,
        digest=row.digest,
        keys=EntryKeys(
            guid=unbounded.get(row.guid, row.guid) if row.guid else "",
            title=row.title_key or "",
            text=row.text_key or "",
            media=row.media_key or "",
            details=row.details or "",
        ),
        published_at=None if row.published_at == row.seen_at else row.published_at,
        renamed=(row.identity_reason or "").startswith("same "),
    )


def _with_texts(
    session: Session, known: tuple[KnownEntry, ...], open_items: Sequence[DocumentEntry]
) -> tuple[KnownEntry, ...]:
    """Adds title and text to the entries that no open item has in the same form, to those with its uid first."""
    digests, uids = {item.digest for item in open_items}, {item.uid for item in open_items}
    may_be_edited = [entry for entry in known if entry.digest not in digests]
    may_be_edited.sort(key=lambda entry: (entry.uid not in uids, -entry.entry_id))
    ids = [entry.entry_id for entry in may_be_edited[:MAX_TEXTS]]
    html = func.coalesce(func.nullif(col(Entry.content), ""), col(Entry.summary))
    texts: dict[int, tuple[str, str]] = {}
    for some in in_batches(ids):
        rows = session.execute(select(col(Entry.id), col(Entry.title), html).where(col(Entry.id).in_(some)))
        texts.update((entry_id, (title, text)) for entry_id, title, text in rows)
    return tuple(
        replace(entry, title=texts[entry.entry_id][0], html=texts[entry.entry_id][1])
        if entry.entry_id in texts
        else entry
        for entry in known
    )
