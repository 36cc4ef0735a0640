"""Adds the rules that were applied to entries, and the articles that match text conditions of digests.

Why: edited rules apply to stored entries too. The rules are applied once more to entries from before this
migration.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed", sa.Column("rules_key", sa.String(), nullable=True))
    dropped = sa.text("dropped_by IS NOT NULL")
    op.create_index("ix_entry_dropped", "entry", ["article_id"], sqlite_where=dropped, postgresql_where=dropped)
    op.create_table(
        "text_rule",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("passed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "text_match",
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.PrimaryKeyConstraint("rule", "article_id"),
    )
    op.create_index("ix_text_match_article_id", "text_match", ["article_id"])


def downgrade() -> None:
    op.drop_table("text_match")
    op.drop_table("text_rule")
    op.drop_index("ix_entry_dropped", "entry")
    op.drop_column("feed", "rules_key")
