"""Adds what names an entry: its id, the keys of link, title, text and files, and the reason for the decision.

Why: a link that several entries of a feed share identifies none of them, an id that changes or is used again must be
noticed, and a correction of a file or link is stored although no word changed. ``shared_link`` remembers such links.
The keys of link and title are computed for stored entries, so that none is taken for a new one; the others are stored
when a document has the entry next. Feeds whose entries were folded into one article get their document in full at
the next poll, because an answer 304 would not say what the entries are. Their articles come apart then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from aggregator.stored_keys import link_key, text_key

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_BATCH = 2000
_TEXTS = ("guid", "link_key", "title_key", "text_key", "media_key", "details", "identity_reason")
_ENTRY = sa.table("entry", *map(sa.column, ("id", "feed_id", "article_id", "url", "title", "link_key", "title_key")))
_FEED = sa.table("feed", *map(sa.column, ("id", "etag", "last_modified", "validators_url", "body_digest", "stored")))
_LONGEST_KEY = 500
_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("entry", sa.Column("anchor", sa.String(), server_default=sa.text("''"), nullable=False))
    for name in _TEXTS:
        op.add_column("entry", sa.Column(name, sa.String(), nullable=True))
    op.add_column("article", sa.Column("visible_from", sa.DateTime(timezone=True), nullable=True))
    for name in ("shares_link", "silent"):
        op.add_column("article", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("feed", sa.Column("taken_for_one", _JSON, nullable=True))
    op.create_table(
        "shared_link",
        sa.Column("outlet", sa.String(), nullable=False),
        sa.Column("link_key", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("outlet", "link_key", name="pk_shared_link"),
    )
    _compute_keys()
    op.create_index("ix_entry_feed_id_link_key", "entry", ["feed_id", "link_key"])
    op.create_index("ix_entry_feed_id_title_key", "entry", ["feed_id", "title_key"])
    _read_folded_feeds_again()


def downgrade() -> None:
    op.drop_index("ix_entry_feed_id_title_key", "entry")
    op.drop_index("ix_entry_feed_id_link_key", "entry")
    op.drop_table("shared_link")
    op.drop_column("feed", "taken_for_one")
    for name in ("silent", "shares_link", "visible_from"):
        op.drop_column("article", name)
    for name in (*reversed(_TEXTS), "anchor"):
        op.drop_column("entry", name)


def _compute_keys() -> None:
    """Computes the keys of link and title; a title has no white space that the key would fold otherwise."""
    changing = _ENTRY.update().where(_ENTRY.c.id == sa.bindparam("entry_id"))
    changing = changing.values(link_key=sa.bindparam("link"), title_key=sa.bindparam("of_title"))
    for rows in _batches():
        values = [
            {
                "entry_id": row.id,
                "link": _bounded(link_key(row.url)) if row.url else None,
                "of_title": text_key(row.title.strip()) or None,
            }
            for row in rows
        ]
        op.get_bind().execute(changing, values)


def _batches() -> Iterator[Sequence[Any]]:
    after = 0
    columns = sa.select(_ENTRY.c.id, _ENTRY.c.url, _ENTRY.c.title).order_by(_ENTRY.c.id).limit(_BATCH)
    while rows := op.get_bind().execute(columns.where(_ENTRY.c.id > after)).all():
        yield rows
        after = rows[-1].id


def _read_folded_feeds_again() -> None:
    folded = (
        sa.select(_ENTRY.c.feed_id)
        .where(_ENTRY.c.article_id.is_not(None))
        .group_by(_ENTRY.c.feed_id, _ENTRY.c.article_id)
        .having(sa.func.count() > 1)
    )
    forgotten = dict.fromkeys(column.name for column in _FEED.c if column.name != "id")
    op.get_bind().execute(_FEED.update().where(_FEED.c.id.in_(folded)).values(**forgotten))


def _bounded(key: str) -> str:
    """Returns the key as the store bounds it; a migration does not import the store, which may change."""
    if len(key) <= _LONGEST_KEY:
        return key
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
