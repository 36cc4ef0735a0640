"""Converts the settings of a feed into YAML values.

The inverse of reading: the values that this module returns for a feed are read as that feed. Contains only keys
that were given.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, SecretStr

from aggregator.settings.feeds_file import FeedSettings
from aggregator.text_patterns import TextPattern

YamlValue = str | int | bool | tuple["YamlValue", ...] | Mapping[str, "YamlValue"]
"""A value of a YAML document."""

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def feed_values(feed: FeedSettings) -> dict[str, YamlValue]:
    """Returns the given keys of a feed, including secrets, in the order in which the settings define them."""
    return {name: _written(getattr(feed, name)) for name in type(feed).model_fields if name in feed.model_fields_set}


def duration_text(duration: timedelta) -> str:
    """Returns a duration such as ``90m``, in the largest unit of which it is a multiple."""
    seconds = duration.total_seconds()
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size and seconds % size == 0), (1, "s"))
    return f"{seconds / size:.15g}{unit}"  # 15 digits: the default of six writes a million as 1e+06


def _written(value: object) -> YamlValue:
    match value:
        case StrEnum() | TextPattern():
            return str(value)
        case timedelta():
            return duration_text(value)
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
    raise TypeError(f"a feed has no setting of type {type(value).__name__}")
