"""Adds the URL of an entry's comments.

Why: readers show a link to the comments with an article, and a digest without it is worse than its source feed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entry", sa.Column("comments_url", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("entry", "comments_url")
