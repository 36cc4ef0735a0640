"""Adds partial articles, and revisits of pages.

Why: each page of an article is a request of its own, spaced like any other, and a crash between two of them must
not lose the pages that were read. A revisit is a conditional request, and the text is extracted again only if the
bytes changed; the stored validators and digest tell.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

_SEEN = ("page_url", "page_etag", "page_modified", "page_digest")


def upgrade() -> None:
    op.add_column("article", sa.Column("reading", _JSON, nullable=True))
    op.add_column("article", sa.Column("revisit_at", sa.DateTime(timezone=True), nullable=True))
    for name in _SEEN:
        op.add_column("article", sa.Column(name, sa.String(), nullable=True))
    op.create_index(
        "ix_article_revisit",
        "article",
        ["host", "revisit_at"],
        sqlite_where=sa.text("revisit_at IS NOT NULL"),
        postgresql_where=sa.text("revisit_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_article_revisit", "article")
    for name in ("reading", "revisit_at", *_SEEN):
        op.drop_column("article", name)
