"""Creates the first schema: feeds, entries, articles and stories.

Why: the service stores everything it reads, and the tables are its work queue. Column types are written out here
and not imported, because a migration must always do the same.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _row_id() -> Any:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _json() -> Any:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "host",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("next_request_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_host"),
    )
    op.create_table(
        "note",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_note"),
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("origin", name="pk_robots"),
    )
    op.create_table(
        "article",
        sa.Column("id", _row_id(), nullable=False),
        sa.Column("outlet", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("wants_page", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("text_source", sa.String(), nullable=False),
        sa.Column("text_reason", sa.String(), nullable=False),
        sa.Column("text_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authors", _json(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("image", sa.String(), nullable=True),
        sa.Column("canonical_url", sa.String(), nullable=True),
        sa.Column("credit", sa.String(), nullable=True),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.Column("exact", sa.BigInteger(), nullable=True),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("fingerprints", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["host"], ["host.key"], name="fk_article_host"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("outlet", "key", name="uq_article_outlet_key"),
    )
    op.create_index("ix_article_exact", "article", ["exact"])
    op.create_index("ix_article_host", "article", ["host"])
    op.create_index(
        "ix_article_ready",
        "article",
        ["id"],
        sqlite_where=sa.text("state = 'ready'"),
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_index("ix_article_seen_at", "article", ["seen_at"])
    op.create_index(
        "ix_article_waiting",
        "article",
        ["next_attempt_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "feed",
        sa.Column("id", _row_id(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("outlet", sa.String(), nullable=False),
        sa.Column("configured_title", sa.String(), nullable=True),
        sa.Column("tags", _json(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("full_text", sa.String(), nullable=False),
        sa.Column("every_seconds", sa.Float(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("site_url", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("validators_url", sa.String(), nullable=True),
        sa.Column("body_digest", sa.String(), nullable=True),
        sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_poll_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("problems", _json(), nullable=False),
        sa.Column("hints", _json(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("gone_count", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["host"], ["host.key"], name="fk_feed_host"),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.UniqueConstraint("name", name="uq_feed_name"),
    )
    op.create_index(
        "ix_feed_due",
        "feed",
        ["next_poll_at"],
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_index("ix_feed_host", "feed", ["host"])
    op.create_table(
        "entry",
        sa.Column("id", _row_id(), nullable=False),
        sa.Column("feed_id", _row_id(), autoincrement=False, nullable=False),
        sa.Column("article_id", _row_id(), autoincrement=False, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("url_key", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("authors", _json(), nullable=False),
        sa.Column("categories", _json(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("image", sa.String(), nullable=True),
        sa.Column("enclosures", _json(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_entry_article_id"),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_entry_feed_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("feed_id", "uid", name="uq_entry_feed_id_uid"),
    )
    op.create_index("ix_entry_article_id", "entry", ["article_id"])
    op.create_index("ix_entry_feed_id_url_key", "entry", ["feed_id", "url_key"])
    op.create_table(
        "fingerprint",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", _row_id(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_fingerprint_article_id"),
        sa.PrimaryKeyConstraint("hash", "article_id", name="pk_fingerprint"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "judged_pair",
        sa.Column("article_id", _row_id(), autoincrement=False, nullable=False),
        sa.Column("other_id", _row_id(), autoincrement=False, nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("evidence", _json(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_judged_pair_article_id"),
        sa.ForeignKeyConstraint(["other_id"], ["article.id"], name="fk_judged_pair_other_id"),
        sa.PrimaryKeyConstraint("article_id", "other_id", name="pk_judged_pair"),
    )
    op.create_index("ix_judged_pair_other_id", "judged_pair", ["other_id"])
    op.create_table(
        "poll",
        sa.Column("id", _row_id(), nullable=False),
        sa.Column("feed_id", _row_id(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("wire_bytes", sa.Integer(), nullable=False),
        sa.Column("new_entries", sa.Integer(), nullable=False),
        sa.Column("changed_entries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_poll_feed_id"),
        sa.PrimaryKeyConstraint("id", name="pk_poll"),
    )
    op.create_index("ix_poll_feed_at", "poll", ["feed_id", "at"])
    op.create_table(
        "revision",
        sa.Column("id", _row_id(), nullable=False),
        sa.Column("article_id", _row_id(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_revision_article_id"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("article_id", "number", name="uq_revision_article_id_number"),
    )
    op.create_table(
        "story",
        sa.Column("id", _row_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=True),
        sa.Column("founded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settle_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visible_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lead_article_id", _row_id(), autoincrement=False, nullable=False),
        sa.Column("lead_rule", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("survivor_id", _row_id(), autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(["lead_article_id"], ["article.id"], name="fk_story_lead_article_id"),
        sa.ForeignKeyConstraint(["survivor_id"], ["story.id"], name="fk_story_survivor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
        sa.UniqueConstraint("key", name="uq_story_key"),
        sa.UniqueConstraint("uri", name="uq_story_uri"),
    )
    op.create_index("ix_story_lead_article_id", "story", ["lead_article_id"])
    op.create_index("ix_story_visible_at", "story", ["visible_at"])
    op.create_table(
        "copy",
        sa.Column("article_id", _row_id(), autoincrement=False, nullable=False),
        sa.Column("story_id", _row_id(), autoincrement=False, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("against_id", _row_id(), autoincrement=False, nullable=True),
        sa.Column("relation", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("evidence", _json(), nullable=True),
        sa.ForeignKeyConstraint(["against_id"], ["article.id"], name="fk_copy_against_id"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_copy_article_id"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_copy_story_id"),
        sa.PrimaryKeyConstraint("article_id", name="pk_copy"),
    )
    op.create_index("ix_copy_story_id", "copy", ["story_id"])
    op.create_table(
        "story_change",
        sa.Column("id", _row_id(), nullable=False),
        sa.Column("story_id", _row_id(), autoincrement=False, nullable=False),
        sa.Column("article_id", _row_id(), autoincrement=False, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_story_change_article_id"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_change_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_story_change"),
    )
    op.create_index("ix_story_change_story_at", "story_change", ["story_id", "at"])


def downgrade() -> None:
    op.drop_table("story_change")
    op.drop_table("copy")
    op.drop_table("story")
    op.drop_table("revision")
    op.drop_table("poll")
    op.drop_table("judged_pair")
    op.drop_table("fingerprint")
    op.drop_table("entry")
    op.drop_table("feed")
    op.drop_table("article")
    op.drop_table("robots")
    op.drop_table("note")
    op.drop_table("host")
