"""How are the settings of a feed written down, as a person would?

The inverse of reading them: what is given here for a feed is read as that feed. Only keys that were given
are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, SecretStr

from aggregator.settings.feeds_file import FeedSettings
from aggregator.text_patterns import Pattern

Written = str | int | bool | tuple["Written", ...] | Mapping[str, "Written"]
"""A value as YAML holds it."""

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def as_written(feed: FeedSettings) -> dict[str, Written]:
    """The keys of a feed that were given, in the order of the settings, with its secrets."""
    return {name: _written(getattr(feed, name)) for name in type(feed).model_fields if name in feed.model_fields_set}


def duration_as_written(duration: timedelta) -> str:
    """``90m``: the number of the largest unit that holds the duration without a rest."""
    seconds = duration.total_seconds()
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size and seconds % size == 0), (1, "s"))
    return f"{seconds / size:.15g}{unit}"  # all digits: six of them write a million as 1e+06


def _written(value: object) -> Written:
    match value:
        case StrEnum() | Pattern():
            return str(value)
        case timedelta():
            return duration_as_written(value)
        case SecretStr():
            return value.get_secret_value()
        case BaseModel():
            fields = type(value).model_fields
            return {name: _written(getattr(value, name)) for name in fields if name in value.model_fields_set}
        case tuple() | list():
            return tuple(_written(item) for item in value)
        case Mapping():
            return {str(key): _written(item) for key, item in value.items()}
        case str() | bool() | int():
            return value
        case None:
            return ""
    raise TypeError(f"a feed holds no {type(value).__name__}")
