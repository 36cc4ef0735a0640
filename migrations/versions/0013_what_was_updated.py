"""Adds the update note of a story.

Why: a reader who is shown a story again wants to know what changed. Stories that were updated before this
migration have no note.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("story", sa.Column("update_note", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("story", "update_note")
