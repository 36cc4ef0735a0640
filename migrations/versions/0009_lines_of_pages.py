"""Adds the line hashes of an outlet's newest pages, and the lines removed from an article.

Why: a line on many pages of an outlet is boilerplate, which only the outlet's other pages can show. Every removed
line is stored with its reason, so that nothing is lost, and a text can be cleaned again when more pages are
known.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "page_lines",
        sa.Column("article_id", _ROW, sa.ForeignKey("article.id"), primary_key=True, autoincrement=False),
        sa.Column("outlet", sa.String(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_page_lines_outlet_article_id", "page_lines", ["outlet", "article_id"])
    op.add_column("article", sa.Column("cuts", _JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("article", "cuts")
    op.drop_table("page_lines")
