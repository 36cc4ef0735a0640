"""Computes the times at which an edition is due, from a time of day or a cron expression in a time zone.

Daylight saving time adds no issue and omits none: a time that the clock skips is due when the clock continues,
and a time that occurs twice is due the first time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

_TIME = re.compile(r"(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class EditionTimetable:
    """A timetable such as ``07:00 Europe/Berlin`` or ``0 7,18 * * mon-fri Europe/Berlin``, compared by its source.

    The zone is UTC if it is omitted. Raises ValueError, with a message for users, if the source is invalid.
    """

    source: str

    def __post_init__(self) -> None:
        try:
            CronSim(_expression(self.source), datetime.now(self.zone))
        except CronSimError as error:
            raise ValueError(f"{self.source!r} is not a timetable ({error}); {_FOR_EXAMPLE}") from error

    def __str__(self) -> str:
        return self.source

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the times in the source."""
        name = _split(self.source)[1] or "UTC"
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{name!r} is not a time zone; {_FOR_EXAMPLE}") from error

    def last_due(self, now: datetime) -> datetime:
        """Returns the latest due time that is not after ``now``, in UTC, to the minute."""
        following = next(CronSim(_expression(self.source), now.astimezone(self.zone)))
        return next(CronSim(_expression(self.source), following, reverse=True)).astimezone(UTC)

    def previous_due(self, due: datetime) -> datetime:
        """Returns the due time that precedes a due time, in UTC."""
        return next(CronSim(_expression(self.source), due.astimezone(self.zone), reverse=True)).astimezone(UTC)


_FOR_EXAMPLE = 'write for example "07:00 Europe/Berlin" or "0 7 * * mon-fri Europe/Berlin"'


def _split(source: str) -> tuple[list[str], str]:
    """Returns the fields of the time or the expression, and the zone ("" if omitted)."""
    fields = source.split()
    size = 1 if fields and _TIME.fullmatch(fields[0]) else 5
    if len(fields) not in (size, size + 1):
        raise ValueError(f"{source!r} is not a timetable; {_FOR_EXAMPLE}")
    return fields[:size], fields[size] if len(fields) > size else ""


def _expression(source: str) -> str:
    fields, _ = _split(source)
    if len(fields) == 1 and (time := _TIME.fullmatch(fields[0])):
        return f"{int(time[2])} {int(time[1])} * * *"
    return " ".join(fields)
