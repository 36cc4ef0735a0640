"""Is the place a service runs in fit for it, and what should be done where it is not?

Pure: what was measured comes in, findings go out. Measuring is ``commands.doctor``'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_LITTLE = 1_000_000_000
_TOO_LITTLE = 200_000_000
_BESIDES = 64
"""Files a service has open besides its connections: the database, the log, its libraries."""
_AHEAD = timedelta(minutes=10)
_WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""This program is younger than that, so a clock that shows less is wrong."""


class Grade(StrEnum):
    """How a finding looks."""

    WELL = "well"
    WARNING = "warning"
    ILL = "ill"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was found of one thing; ``advice`` is empty where there is nothing to do."""

    what: str
    grade: Grade
    said: str
    advice: str = ""


def of_disk(folder: str, *, free: int) -> Finding:
    """Of the room, in bytes, where the database grows."""
    said = f"{free / 1e9:.1f} GB are free in {folder}"
    if free >= _LITTLE:
        return Finding(what="disk", grade=Grade.WELL, said=said)
    grade = Grade.ILL if free < _TOO_LITTLE else Grade.WARNING
    return Finding(what="disk", grade=grade, said=said, advice="make room, or set retention.age in aggregator.yaml")


def of_files(*, limit: int, concurrency: int) -> Finding:
    """Of how many files a process may have open; each host that is asked takes a connection, readers some more."""
    needed = 2 * concurrency + _BESIDES
    said = f"{limit} files may be open at once, {needed} are needed"
    if limit >= needed:
        return Finding(what="files", grade=Grade.WELL, said=said)
    advice = f"raise it (ulimit -n {needed}, or LimitNOFILE in the unit), or lower polling.concurrency"
    return Finding(what="files", grade=Grade.ILL, said=said, advice=advice)


def of_clock(now: datetime, *, newest: datetime | None) -> Finding:
    """Of the clock, by what is known to be past: this program's making, and the newest poll that is stored."""
    said = f"it is {now:%Y-%m-%d %H:%M} UTC"
    if now < _WRITTEN:
        return Finding(what="clock", grade=Grade.ILL, said=said, advice="set the clock, or let NTP do it")
    if newest is not None and newest > now + _AHEAD:
        said = f"{said}, and the last poll is from {newest:%Y-%m-%d %H:%M}"
        advice = "set the clock if it is wrong; if it was wrong then, a running service plans anew within a minute"
        return Finding(what="clock", grade=Grade.ILL, said=said, advice=advice)
    return Finding(what="clock", grade=Grade.WELL, said=said)


def of_names(found: Mapping[str, bool]) -> Finding:
    """Of name servers, by whether the hosts of some feeds were found."""
    missing = [host for host, is_found in found.items() if not is_found]
    if not missing:
        said = f"{len(found)} hosts of feeds were found" if found else "no feed has a host that could be looked for"
        return Finding(what="names", grade=Grade.WELL, said=said)
    said = f"{', '.join(missing)} cannot be found"
    if len(missing) < len(found):
        return Finding(what="names", grade=Grade.WARNING, said=said, advice="look at the URLs of these feeds")
    advice = "look at the network and at /etc/resolv.conf; nothing can be polled"
    return Finding(what="names", grade=Grade.ILL, said=said, advice=advice)


def of_folder(what: str, folder: str, *, writable: bool) -> Finding:
    """Of whether this user may write where the service has to."""
    if writable:
        return Finding(what=what, grade=Grade.WELL, said=f"{folder} can be written")
    advice = "give the folder to the user the service runs as, and run this as that user"
    return Finding(what=what, grade=Grade.ILL, said=f"{folder} cannot be written by this user", advice=advice)


def of_database(shown_url: str, *, pending: Sequence[str], problem: str | None) -> Finding:
    """Of the database: whether it answers, and whether it is of this program's version."""
    if problem is not None:
        advice = "look at database in aggregator.yaml, and whether its server runs"
        return Finding(what="database", grade=Grade.ILL, said=problem, advice=advice)
    said = f"{shown_url} answers"
    if pending:
        said = f"{said}, and is older than this program by {len(pending)} migrations"
        advice = "nothing: the next start brings it up; take a backup before if you may want to go back"
        return Finding(what="database", grade=Grade.WARNING, said=said, advice=advice)
    return Finding(what="database", grade=Grade.WELL, said=said)


def of_public_url(url: str | None, *, problem: str | None) -> Finding:
    """Of the address readers use, by whether this service answers there; hubs need it too."""
    if url is None:
        return Finding(what="public URL", grade=Grade.WELL, said="none is configured, so nobody else is meant to read")
    if problem is None:
        return Finding(what="public URL", grade=Grade.WELL, said=f"the service answers at {url}")
    advice = "start the service, and look at the proxy in front of it and at publishing.public_url"
    return Finding(what="public URL", grade=Grade.WARNING, said=f"{url}: {problem}", advice=advice)
