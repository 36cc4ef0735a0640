"""Moves sketches into a narrow table, from which the candidate index in memory is built.

Why: one row for every fingerprint took 740 bytes of SQLite for an article and got slower with more articles, and
sketches inside the wide rows of articles took too long to read at start. The upper half of a fingerprint is
stored, which is all the index needs. A downgrade sets the lower half to zero: until they are read again, articles
from before the downgrade are found only by others from before it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BATCH = 2000
_NEWEST_TURN = "newest turn"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_ARTICLE = sa.table(
    "article", sa.column("seen_at", sa.DateTime(timezone=True)), *map(sa.column, ("id", "exact", "fingerprints"))
)
_COPY = sa.table("copy", sa.column("article_id"))
_SKETCH = sa.table("sketch", *map(sa.column, ("article_id", "turn", "seen", "fingerprints")))
_NOTE = sa.table("note", sa.column("name"), sa.column("value"))
_FINGERPRINT = sa.table("fingerprint", sa.column("hash"), sa.column("article_id"))


def upgrade() -> None:
    op.create_table(
        "sketch",
        sa.Column("article_id", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=True),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("fingerprints", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_sketch_article_id"),
        sa.PrimaryKeyConstraint("article_id", name="pk_sketch"),
        sa.UniqueConstraint("turn", name="uq_sketch_turn"),
    )
    placed = sa.exists().where(_COPY.c.article_id == _ARTICLE.c.id)
    turn = 0
    for rows in _batches(sa.select(*_ARTICLE.c, placed.label("placed")).where(_ARTICLE.c.exact.is_not(None))):
        sketches = []
        for row in rows:
            turn += row.placed
            sketches.append(
                {
                    "article_id": row.id,
                    "turn": turn if row.placed else None,
                    "seen": _seconds(row.seen_at),
                    "fingerprints": _upper_halves(row.fingerprints),
                }
            )
        op.get_bind().execute(sa.insert(_SKETCH), sketches)
    op.get_bind().execute(sa.insert(_NOTE).values(name=_NEWEST_TURN, value=str(turn)))
    op.drop_table("fingerprint")
    op.drop_column("article", "fingerprints")


def downgrade() -> None:
    op.add_column("article", sa.Column("fingerprints", sa.LargeBinary(), nullable=False, server_default=""))
    op.create_table(
        "fingerprint",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", _ROW_ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_fingerprint_article_id"),
        sa.PrimaryKeyConstraint("hash", "article_id", name="pk_fingerprint"),
        sqlite_with_rowid=False,
    )
    sketches = sa.select(_SKETCH.c.fingerprints, _ARTICLE.c.id).join_from(
        _SKETCH, _ARTICLE, _SKETCH.c.article_id == _ARTICLE.c.id
    )
    for rows in _batches(sketches):
        hashes = {row.id: _as_upper_halves(row.fingerprints) for row in rows}
        postings = [{"hash": value, "article_id": each} for each, found in hashes.items() for value in found]
        if postings:
            op.get_bind().execute(sa.insert(_FINGERPRINT), postings)
        op.get_bind().execute(
            sa.update(_ARTICLE).where(_ARTICLE.c.id == sa.bindparam("of")).values(fingerprints=sa.bindparam("hashes")),
            [{"of": each, "hashes": struct.pack(f"<{len(found)}q", *found)} for each, found in hashes.items()],
        )
    op.get_bind().execute(sa.delete(_NOTE).where(_NOTE.c.name == _NEWEST_TURN))
    op.drop_table("sketch")


def _batches(question: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    """Yields the rows of the next articles, in the order of their ids."""
    last = 0
    while (
        rows := op.get_bind().execute(question.where(_ARTICLE.c.id > last).order_by(_ARTICLE.c.id).limit(_BATCH)).all()
    ):
        yield rows
        last = rows[-1].id


def _seconds(instant: datetime) -> int:
    """Returns whole seconds since 1970; SQLite's instants are UTC without a time zone."""
    return int((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp())


def _upper_halves(hashes: bytes) -> bytes:
    """Returns the upper halves of signed 64-bit integers, little-endian, as unsigned, distinct and sorted."""
    upper = sorted(set(struct.unpack(f"<{len(hashes) // 4}I", hashes)[1::2]))
    return struct.pack(f"<{len(upper)}I", *upper)


def _as_upper_halves(fingerprints: bytes) -> list[int]:
    """Returns signed 64-bit integers, sorted, with these upper halves (32 bits each) and 0 as lower half."""
    halves = struct.unpack(f"<{len(fingerprints) // 4}i", fingerprints)
    return sorted(half << 32 for half in halves)
