"""Adds the earliest time at which an article can have been in its feed.

Why: of equally complete copies the earliest is canonical, and a page can state any date. An entry that was
missing when its feed was last read appeared after that. Articles from before this migration keep their stated
dates.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("article", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("article", "not_before")
