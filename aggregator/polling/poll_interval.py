"""Chooses the poll interval from the intervals that publisher and operator request.

The longest one counts, within the floor and the cap: the shortest and the longest poll interval. ``poll_result``
collects the requested intervals for each outcome of a poll.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.parsing import PollHints
from aggregator.polling.freshness import next_unskipped_time

_PUBLICATION_WINDOW = timedelta(days=30)
_MAX_DOUBLINGS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class PollPolicy:
    """The operator's settings for the poll interval of a feed.

    ``floor`` and ``cap`` are the shortest and the longest interval, ``jitter`` is the largest share that is added at
    random. ``floor_without_validators`` is the floor of a feed without validators; None if the operator set an
    interval for this feed. ``pushed`` is the interval of a feed whose new entries are pushed to us. ``moves_after``
    and ``gone_after`` are the numbers of identical responses after which a permanent redirect is stored and a gone
    feed is retired.
    """

    floor: timedelta
    cap: timedelta
    jitter: float = 0.1
    floor_without_validators: timedelta | None = None
    pushed: timedelta = timedelta(days=1)
    moves_after: int = 3
    gone_after: int = 7

    @property
    def longest(self) -> timedelta:
        """The longest interval: the cap, or the floor if the floor is longer."""
        return max(self.cap, self.floor)

    def floor_of(self, *, validated: bool) -> timedelta:
        """Returns the floor of a feed; ``validated`` is True if conditional requests are possible."""
        if validated or self.floor_without_validators is None:
            return self.floor
        return max(self.floor, min(self.floor_without_validators, self.longest))


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestedInterval:
    """An interval that a source requests, and the name of the source for people."""

    pause: timedelta
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenInterval:
    """The chosen time of the next poll, and the reason for people."""

    until: datetime
    reason: str


def choose_interval(
    requested_intervals: Iterable[RequestedInterval],
    *,
    hints: PollHints,
    policy: PollPolicy,
    now: datetime,
    chance: float,
    validated: bool = True,
) -> ChosenInterval:
    """Returns the longest requested interval, at least the floor, moved out of skipped hours, at most the cap.

    Jitter is added last and only lengthens the interval: by its share times ``chance``, which is in [0, 1).
    """
    floor = policy.floor_of(validated=validated)
    source = "shortest poll interval" if floor == policy.floor else "shortest poll interval without validators"
    chosen = max(
        (RequestedInterval(pause=floor, source=source), *requested_intervals),
        key=lambda requested_mode: requested_mode.pause,
    )
    pause, source = min(chosen.pause, policy.longest), chosen.source
    if pause < chosen.pause:
        source += ", limited to the longest poll interval"
    elif (moved := next_unskipped_time(now + pause, hints) - now) > pause:
        pause, source = min(moved, policy.longest), "skipHours and skipDays"
    return ChosenInterval(
        until=now + pause + pause * (policy.jitter * chance), reason=f"next poll in {format_duration(pause)} ({source})"
    )


def intervals_from_hints(hints: PollHints) -> tuple[RequestedInterval, ...]:
    """Returns the intervals that the document's ttl and syndication period request."""
    requested_intervals = ((hints.ttl, "ttl"), (hints.update_period, "updatePeriod"))
    return tuple(
        RequestedInterval(pause=pause, source=source) for pause, source in requested_intervals if pause is not None
    )


def publication_interval(published: Iterable[datetime], *, now: datetime) -> tuple[RequestedInterval, ...]:
    """Returns half the mean interval between the publications of the last month, the current interval included.

    Empty for a feed whose entries have no dates. A feed without a publication in the last month gets half the time
    since its last one.
    """
    past = sorted(instant for instant in published if instant <= now)
    if not past:
        return ()
    recent = [instant for instant in past if now - instant <= _PUBLICATION_WINDOW] or past[-1:]
    return (RequestedInterval(pause=(now - recent[0]) / len(recent) / 2, source="publication interval"),)


def backoff(failures: int, *, first: timedelta) -> timedelta:
    """Returns the pause after failures in a row: ``first`` after one, and twice as long after each further one."""
    return first * (1 << min(max(failures - 1, 0), _MAX_DOUBLINGS))


def format_duration(duration: timedelta) -> str:
    """Returns a duration as a text for people, in its largest unit: ``90 min``, ``2 h``, ``3 d``."""
    seconds = round(duration.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (seconds and seconds % size == 0):
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds} s"
