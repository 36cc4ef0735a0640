"""Defines the types of setting values: durations, sizes, names, URLs, expressions."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    SecretStr,
    WithJsonSchema,
)

from aggregator.settings.custom_headers import check_header_name, check_header_value
from aggregator.settings.length_limits import LONGEST_EXPRESSION, LONGEST_SELECTOR
from aggregator.text_folding import fold_text
from aggregator.text_patterns import TextPattern
from aggregator.url_credentials import has_userinfo, without_userinfo

_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*")


_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(B|kB|KB|MB|GB)\s*")


_BYTES = {"B": 1, "kB": 1_000, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}


_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


def parse_duration(value: Any) -> timedelta:
    """Parses ``"30m"``, ``90`` (seconds) or a timedelta; raises ValueError with a message for users."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return timedelta(seconds=value)
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])
    raise ValueError(f"{value!r} is not a duration; write for example 90s, 30m, 2h or 1d")


def parse_size(value: Any) -> int:
    """Parses ``"10MB"`` or ``10000000`` into bytes; raises ValueError with a message for users."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
        return int(float(match[1]) * _BYTES[match[2]])
    raise ValueError(f"{value!r} is not a size; write for example 500kB or 10MB")


_DURATION_SCHEMAS = (
    {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*$"},
    {"type": "number", "minimum": 0},
)


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema(
        {
            "anyOf": [
                *_DURATION_SCHEMAS,
            ]
        }
    ),
]


FOREVER: Final = "forever"


ALL: Final = "all"


RetentionAge = Annotated[
    timedelta | Literal["forever"],
    BeforeValidator(lambda v: v if v == FOREVER else parse_duration(v)),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": FOREVER},
                *_DURATION_SCHEMAS,
            ]
        }
    ),
]


def _kept_count(value: Any) -> Any:
    if value == ALL or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ValueError(f"{value!r} is not a number of entries; write for example 500, or {ALL}")


RetentionCount = Annotated[
    int | Literal["all"],
    BeforeValidator(_kept_count),
    WithJsonSchema({"anyOf": [{"const": ALL}, {"type": "integer", "minimum": 1}]}),
]


Size = Annotated[
    int,
    BeforeValidator(parse_size),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*(B|kB|KB|MB|GB)\s*$"},
                {"type": "integer", "minimum": 1},
            ]
        }
    ),
]


Network = Annotated[
    IPv4Network | IPv6Network,
    WithJsonSchema({"type": "string", "description": "an address or a network, for example 192.168.0.0/16"}),
]


def _http_url(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{without_userinfo(value)!r} is not an http or https URL")
    _ = parts.port  # a port outside 0-65535 raises ValueError here
    return value.strip()


HttpUrl = Annotated[str, BeforeValidator(lambda v: _http_url(v) if isinstance(v, str) else v)]


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(f"{value!r} is not a valid name; use small letters, digits, '.', '-' and '_'")
    return value


Name = Annotated[str, BeforeValidator(lambda v: _name(v) if isinstance(v, str) else v)]


class StrictModel(BaseModel):
    """The base of all settings: frozen; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


RegularExpression = Annotated[
    TextPattern,
    InstanceOf(),
    BeforeValidator(lambda v: TextPattern(v) if isinstance(v, str) else v),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "format": "regex", "maxLength": LONGEST_EXPRESSION}),
]


def _phrases(value: Any) -> Any:
    if isinstance(value, str):
        value = (value,)
    if isinstance(value, list | tuple) and any(
        isinstance(phrase, str) and not fold_text(phrase).strip() for phrase in value
    ):
        raise ValueError("a word or phrase is empty")
    return value


Phrases = Annotated[
    tuple[str, ...],
    BeforeValidator(_phrases),
    Field(max_length=200),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


"""Words or phrases; a single one needs no list."""


def _selector(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # lxml, which compiles selectors, is imported only for a configuration that has some.
    from aggregator.selectors import check_selector  # noqa: PLC0415

    return check_selector(value)


Selector = Annotated[
    str,
    BeforeValidator(_selector),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_SELECTOR}),
]


Selectors = Annotated[tuple[Selector, ...], Field(max_length=50)]


HeaderName = Annotated[str, AfterValidator(check_header_name)]


HeaderValue = Annotated[str, AfterValidator(check_header_value)]


SecretValue = Annotated[SecretStr, AfterValidator(lambda v: SecretStr(check_header_value(v.get_secret_value())))]


"""A value that does not appear in errors, logs or ``repr``."""


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if has_userinfo(value) or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            "this is not an origin (scheme, host and port only); write for example https://www.example.org"
        )
    return value


Origin = Annotated[HttpUrl, AfterValidator(_origin)]


def _token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9._~-]{16,200}", value.get_secret_value()):
        raise ValueError(
            "a token has 16 to 200 letters, digits, '.', '-', '_' or '~'; make one with: openssl rand -hex 16"
        )
    return value


Token = Annotated[SecretStr, AfterValidator(_token)]
