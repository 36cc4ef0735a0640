"""Adds manual decisions that two articles are the same or apart.

Why: a person can correct a wrong merge, and later articles do not overrule the decision. Decisions are stored for
pairs of articles, because stories are created, merged and withdrawn, and articles stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "ruling",
        sa.Column("article_id", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("other_id", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_ruling_article_id"),
        sa.ForeignKeyConstraint(["other_id"], ["article.id"], name="fk_ruling_other_id"),
        sa.PrimaryKeyConstraint("article_id", "other_id", name="pk_ruling"),
    )
    op.create_index("ix_ruling_other_id", "ruling", ["other_id"])


def downgrade() -> None:
    op.drop_index("ix_ruling_other_id", "ruling")
    op.drop_table("ruling")
