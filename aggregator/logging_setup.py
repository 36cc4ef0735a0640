"""Configures the log: an event name and key=value pairs on each line, as text or as JSON.

The steps and the daemon log; pure modules return reasons instead.
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
    """Sends events to standard error, in the configured format and from the configured level."""
    json = settings.format is LogFormat.JSON
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,  # as text without local variables; its secrets are replaced
        replace_event_secrets,
        structlog.processors.JSONRenderer(sort_keys=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=18, sort_keys=False),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.level.upper()]),
        # Reads sys.stderr at each event, because it may have been replaced since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def replace_event_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replaces the passwords and tokens in every URL of an event."""
    return {key: _without_secrets_of(value) for key, value in event.items()}


def _without_secrets_of(value: object) -> object:
    """Returns a value that may be logged: numbers and exceptions unchanged, others as text without secrets."""
    if value is None or isinstance(value, bool | int | float | BaseException):
        return value
    return replace_secrets(value if isinstance(value, str) else repr(value))


def replace_secrets(text: str) -> str:
    """Returns the text with the user names, passwords and tokens of its URLs replaced by ``***``."""
    return _TOKEN.sub(r"\1***", _USERINFO.sub("***@", text))
