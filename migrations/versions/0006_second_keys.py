"""Adds the alias URLs of articles.

Why: AMP and mobile pages, redirects and ``rel=canonical`` give one article several URLs, and two feeds of an
outlet may link to different ones. Articles that were read before this migration have no aliases until they are
read again; their texts are found as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_key",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("outlet", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("believed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_second_key_article_id"),
        sa.PrimaryKeyConstraint("article_id", "key", name="pk_second_key"),
    )
    op.create_index("ix_second_key_key_outlet", "second_key", ["key", "outlet", "article_id"])


def downgrade() -> None:
    op.drop_table("second_key")
