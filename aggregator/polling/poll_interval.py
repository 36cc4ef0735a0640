"""How long is the pause, when several ask for different ones?

The longest wish counts, within the floor and the cap. Who wishes what after which outcome is
``schedule``'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.parsing import Hints
from aggregator.polling.freshness import next_open

_RHYTHM_WINDOW = timedelta(days=30)
_MOST_DOUBLINGS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What the operator wants: the least and the greatest interval, and the share jitter may add.

    ``unvalidated`` is the floor of a feed that offers nothing to ask conditionally with; None where
    the operator named the feed's own. ``pushed`` is the pause of a feed whose news is pushed to us.
    ``moves_after`` and ``gone_after`` say how often a publisher has to repeat itself to be believed.
    """

    floor: timedelta
    cap: timedelta
    jitter: float = 0.1
    unvalidated: timedelta | None = None
    pushed: timedelta = timedelta(days=1)
    moves_after: int = 3
    gone_after: int = 7

    @property
    def longest(self) -> timedelta:
        """The longest pause: the cap, unless the floor is above it, which then wins."""
        return max(self.cap, self.floor)

    def floor_of(self, *, validated: bool) -> timedelta:
        """The floor of a feed that can, or cannot, be asked conditionally."""
        if validated or self.unvalidated is None:
            return self.floor
        return max(self.floor, min(self.unvalidated, self.longest))


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A pause that somebody asks for, and the words for who asks."""

    pause: timedelta
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """The pause that is made: until when, and why, in words for people."""

    until: datetime
    reason: str


def settle(
    wishes: Iterable[Wish], *, hints: Hints, policy: Policy, now: datetime, chance: float, validated: bool = True
) -> Pause:
    """The longest of ``wishes``, at least the floor, moved out of skipped hours, at most the cap.

    Jitter comes last and only adds: its share of the pause times ``chance``, which is in [0, 1).
    """
    floor = policy.floor_of(validated=validated)
    source = "the floor" if floor == policy.floor else "the floor of feeds without validators"
    chosen = max((Wish(pause=floor, source=source), *wishes), key=lambda wish: wish.pause)
    pause, source = min(chosen.pause, policy.longest), chosen.source
    if pause < chosen.pause:
        source += ", cut to the cap"
    elif (moved := next_open(now + pause, hints) - now) > pause:
        pause, source = min(moved, policy.longest), "skipHours and skipDays"
    return Pause(
        until=now + pause + pause * (policy.jitter * chance), reason=f"next poll in {in_words(pause)} ({source})"
    )


def hinted(hints: Hints) -> tuple[Wish, ...]:
    """What the document's ttl and syndication period ask for."""
    wishes = ((hints.ttl, "ttl"), (hints.update_period, "updatePeriod"))
    return tuple(Wish(pause=pause, source=source) for pause, source in wishes if pause is not None)


def rhythm(published: Iterable[datetime], *, now: datetime) -> tuple[Wish, ...]:
    """Half the mean gap between the publications of the last month, the one still open included.

    A feed whose entries carry no dates has no rhythm; one that was silent all month is given
    the half of that silence.
    """
    past = sorted(instant for instant in published if instant <= now)
    if not past:
        return ()
    recent = [instant for instant in past if now - instant <= _RHYTHM_WINDOW] or past[-1:]
    return (Wish(pause=(now - recent[0]) / len(recent) / 2, source="how often it publishes"),)


def backoff(failures: int, *, first: timedelta) -> timedelta:
    """``first`` after one failure in a row, and twice the last pause after each further one."""
    return first * (1 << min(max(failures - 1, 0), _MOST_DOUBLINGS))


def in_words(duration: timedelta) -> str:
    """A duration for people, in its largest unit: ``90 min``, ``2 h``, ``3 d``."""
    seconds = round(duration.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (seconds and seconds % size == 0):
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds} s"
