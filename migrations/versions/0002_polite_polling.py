"""Adds permanent redirects, ready times of hosts, and counts of saved bytes.

Why: workers claim hosts, so each host stores when it is ready (``ready_at``), and a claim is one index look-up,
however many feeds and pages are due. New columns have defaults in the database, so that the program of the
release before can use it at the same time.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ACTIVE = sa.text("retired_at IS NULL")
_PAGES = {
    "sqlite_where": sa.text("state = 'waiting' AND wants_page = 1"),
    "postgresql_where": sa.text("state = 'waiting' AND wants_page"),
}
_TEXTS = {
    "sqlite_where": sa.text("state = 'waiting' AND wants_page = 0"),
    "postgresql_where": sa.text("state = 'waiting' AND NOT wants_page"),
}
_WAITING = sa.text("state = 'waiting'")


_OF_FEED = (
    "configured_url", "at_most_seconds", "state", "validated", "private", "published", "document_bytes", "whole_at",
    "move_to", "move_count", "move_seen_at", "resume", "older_url", "backfilled", "resume_poll_at", "quiet_until",
    "merged_into_id",
)  # fmt: skip


def _json() -> Any:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _instant() -> Any:
    return sa.DateTime(timezone=True)


def _count(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))


def upgrade() -> None:
    for column in (
        sa.Column("ready_at", _instant(), nullable=True),
        _count("failures"),
        _count("requests"),
        _count("unchanged"),
        _count("wire_bytes"),
        _count("saved_bytes"),
    ):
        op.add_column("host", column)
    op.create_index("ix_host_ready_at", "host", ["ready_at"])
    for column in (
        sa.Column("configured_url", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("at_most_seconds", sa.Float(), nullable=True),
        sa.Column("state", sa.String(), nullable=False, server_default=sa.text("'new'")),
        sa.Column("validated", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("published", _json(), nullable=True),
        _count("document_bytes"),
        sa.Column("whole_at", _instant(), nullable=True),
        sa.Column("move_to", sa.String(), nullable=True),
        _count("move_count"),
        sa.Column("move_seen_at", _instant(), nullable=True),
        sa.Column("resume", _json(), nullable=True),
        sa.Column("older_url", sa.String(), nullable=True),
        _count("backfilled"),
        sa.Column("resume_poll_at", _instant(), nullable=True),
        sa.Column("quiet_until", _instant(), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    ):
        op.add_column("feed", column)
    op.execute("UPDATE feed SET configured_url = url")
    # The state of a feed stays valid: its requests are conditional, and it is not new.
    op.execute("UPDATE feed SET whole_at = last_poll_at WHERE etag IS NOT NULL OR last_modified IS NOT NULL")
    op.execute("UPDATE feed SET state = 'active' WHERE last_poll_at IS NOT NULL")
    op.execute("UPDATE feed SET state = 'failing' WHERE failures > 0")
    op.execute("UPDATE feed SET state = 'gone' WHERE retired_at IS NOT NULL")
    op.execute("UPDATE feed SET state = 'removed' WHERE retired_reason = 'removed from the configuration'")
    op.drop_index("ix_feed_host", "feed")
    op.drop_index("ix_feed_due", "feed")
    op.create_index("ix_feed_due", "feed", ["host", "next_poll_at"], sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)
    op.drop_index("ix_article_host", "article")
    op.drop_index("ix_article_waiting", "article")
    op.create_index("ix_article_due", "article", ["host", "next_attempt_at"], **_PAGES)
    op.create_index("ix_article_waiting", "article", ["next_attempt_at"], **_TEXTS)
    # Every host may have something due; the start of the program corrects each.
    op.execute("UPDATE host SET ready_at = next_request_at")


def downgrade() -> None:
    op.drop_index("ix_article_due", "article")
    op.drop_index("ix_article_waiting", "article")
    op.create_index(
        "ix_article_waiting", "article", ["next_attempt_at"], sqlite_where=_WAITING, postgresql_where=_WAITING
    )
    op.create_index("ix_article_host", "article", ["host"])
    op.drop_index("ix_feed_due", "feed")
    op.create_index("ix_feed_due", "feed", ["next_poll_at"], sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)
    op.create_index("ix_feed_host", "feed", ["host"])
    op.drop_index("ix_host_ready_at", "host")
    # Column by column: on SQLite, recreating the tables would break the references to them.
    for name in _OF_FEED:
        op.drop_column("feed", name)
    for name in ("saved_bytes", "wire_bytes", "unchanged", "requests", "failures", "ready_at"):
        op.drop_column("host", name)
