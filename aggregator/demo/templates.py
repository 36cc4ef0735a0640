"""Renders the Jinja templates of the newsroom.

``feed_documents`` and ``pages`` share the environment. Every value is escaped, and a missing value is an error.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("aggregator.demo", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["stamp"] = _stamp
    environment.filters["w3c"] = _w3c
    return environment


def render_template(template: str, /, **values: object) -> str:
    """Renders the template with this file name and these values."""
    return _environment().get_template(template).render(**values)


def _w3c(at: datetime) -> str:
    """Formats an instant as RFC 3339, in UTC, to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


# fmt: off
_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
}
# fmt: on


def _stamp(at: datetime, language: str) -> str:
    """Formats an instant as a page shows it to readers."""
    month = _MONTHS[language][at.month - 1]
    return (
        f"{at.day}. {month} {at.year}, {at:%H.%M} Uhr"
        if language == "de"
        else f"{at.day} {month} {at.year}, {at:%H:%M}"
    )
