"""How are values kept that SQLite and PostgreSQL keep differently?

Column types only; which columns there are is ``tables``'.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, String
from sqlalchemy.types import TypeDecorator

LONGEST_KEY = 500
"""Characters a unique text key may have; PostgreSQL indexes no value over about 2,700 bytes."""


def bounded_key(text: str) -> str:
    """A text as a key: itself, or its digest where it is too long for an index."""
    if len(text) <= LONGEST_KEY:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


RowId = BigInteger().with_variant(Integer, "sqlite")
"""A row number: SQLite numbers rows by itself only for INTEGER."""


class Instant(TypeDecorator[datetime]):
    """An aware datetime; SQLite, which has none, keeps it as UTC and gives it back as UTC.

    Naive values are refused with ``ValueError``: nobody knows what instant they mean.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the database UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the program UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Text(TypeDecorator[str]):
    """Text of any length, without the two things PostgreSQL cannot keep: NUL and lone surrogates."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the database text it can keep."""
        if value is None:
            return None
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


class Hashes(TypeDecorator[tuple[int, ...]]):
    """A tuple of signed 64-bit numbers, eight bytes each, little-endian."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the database bytes."""
        return None if value is None else _swapped(array("q", value)).tobytes()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[int, ...] | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the program numbers."""
        if value is None:
            return None
        numbers = array("q")
        numbers.frombytes(bytes(value))
        return tuple(_swapped(numbers))


def _swapped(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
