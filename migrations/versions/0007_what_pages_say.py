"""Adds the metadata of an article's page.

Why: readers want to know that a text was changed, that it is behind a paywall, that it is a live blog whose text
continues to change, and to which section of the outlet it belongs.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("article", sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("article", sa.Column("section", sa.String(), nullable=True))
    op.add_column("article", sa.Column("paywalled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("article", sa.Column("live", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for column in ("live", "paywalled", "section", "modified_at"):
        op.drop_column("article", column)
