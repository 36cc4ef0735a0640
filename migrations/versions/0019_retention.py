"""Adds retention: the time before which entries expire, tombstones, and keys of expired stories.

Why: ``feed.expires_before`` stores for each feed which entries are past, so that deleting in small batches needs
no arithmetic. A tombstone is the hash of a deleted entry, so that the entry is not new while its feed still
contains it. The key of an expired story stays, so that its URL can report it. The indexes make deleting an
article cheap: without them each table that may refer to it would be scanned.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("feed", sa.Column("expires_before", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "tombstone",
        sa.Column("feed_id", _row_id, nullable=False, autoincrement=False),
        sa.Column("mark", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_tombstone_feed_id"),
        sa.PrimaryKeyConstraint("feed_id", "mark"),
    )
    op.create_table(
        "expired_story",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_expired_story_expired_at", "expired_story", ["expired_at"])
    op.create_index("ix_copy_against_id", "copy", ["against_id"])
    op.create_index("ix_story_change_article_id", "story_change", ["article_id"])
    op.create_index("ix_story_survivor_id", "story", ["survivor_id"])


def downgrade() -> None:
    op.drop_index("ix_story_survivor_id", "story")
    op.drop_index("ix_story_change_article_id", "story_change")
    op.drop_index("ix_copy_against_id", "copy")
    op.drop_table("expired_story")
    op.drop_table("tombstone")
    op.drop_column("feed", "expires_before")
