"""Stores values alike in SQLite and PostgreSQL.

Defines the column types; the columns are in ``tables``.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, String
from sqlalchemy.types import TypeDecorator

MAX_KEY_LENGTH = 500
"""The most characters of a unique text key; PostgreSQL indexes no value above about 2,700 bytes."""


def bounded_key(text: str) -> str:
    """Returns a text as a key: the text itself, or its SHA-256 digest if it is too long for an index."""
    if len(text) <= MAX_KEY_LENGTH:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


RowId = BigInteger().with_variant(Integer, "sqlite")
"""The type of a row id: SQLite assigns ids only to INTEGER columns."""


class Instant(TypeDecorator[datetime]):
    """A datetime with a time zone; SQLite, which has no such type, stores it as UTC.

    Raises ``ValueError`` for a naive datetime, because its instant is unknown.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Converts to UTC for the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Converts to UTC for the program."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Text(TypeDecorator[str]):
    """Text of any length, without the two things that PostgreSQL cannot store: NUL and lone surrogates."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Removes NUL and replaces lone surrogates."""
        if value is None:
            return None
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


class Hashes(TypeDecorator[tuple[int, ...]]):
    """A tuple of signed 64-bit integers, stored as eight bytes each, little-endian."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Converts integers to bytes."""
        return None if value is None else _swapped(array("q", value)).tobytes()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[int, ...] | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Converts bytes to integers."""
        if value is None:
            return None
        numbers = array("q")
        numbers.frombytes(bytes(value))
        return tuple(_swapped(numbers))


def _swapped(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
