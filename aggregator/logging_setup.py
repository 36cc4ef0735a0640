"""How do log lines look? An event name and key=value pairs, as text for people or as JSON.

What is logged, and when, is for the steps and the daemon to say; pure modules give reasons instead.
"""

from __future__ import annotations

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from aggregator.settings.settings_file import LogFormat, LoggingSettings

_USERINFO = re.compile(r"(?<=://)[^/@\s]*@")
_TOKEN = re.compile(r"(?i)\b((?:api_?key|auth|key|password|secret|sig|signature|token)=)[^&\s]+")


def configure_logging(settings: LoggingSettings) -> None:
    """Send events to standard error, in the format and from the level the settings name."""
    json = settings.format is LogFormat.JSON
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,  # as text, so that it is cleaned too, and without local variables
        hide_secrets,
        structlog.processors.JSONRenderer(sort_keys=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=18, sort_keys=False),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.level.upper()]),
        # Standard error as it is when something is logged: it may be another stream by then.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take passwords and tokens out of every URL in an event."""
    return {key: _without_secrets_of(value) for key, value in event.items()}


def _without_secrets_of(value: object) -> object:
    """A value as it may be logged: numbers and the like as they are, others by their words."""
    if value is None or isinstance(value, bool | int | float | BaseException):
        return value
    return without_secrets(value if isinstance(value, str) else repr(value))


def without_secrets(text: str) -> str:
    """The text with user names, passwords and tokens of URLs replaced by ``***``."""
    return _TOKEN.sub(r"\1***", _USERINFO.sub("***@", text))
