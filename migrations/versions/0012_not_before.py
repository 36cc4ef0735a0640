"""Before when an article was not in its feed, whatever date it claims.

Why: of equally complete copies the earliest leads, and a date is easily claimed. An entry that was not there when
its feed was read last appeared after that. Articles from before this migration are believed as they were.
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
