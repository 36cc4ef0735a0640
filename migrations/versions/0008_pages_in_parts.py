"""What was read so far of an article that stands on several pages.

Why: each of them is a visit of its own, as polite as any, and a crash between two of them must not cost
the article what was got.
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


def upgrade() -> None:
    op.add_column("article", sa.Column("reading", _JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("article", "reading")
