"""Judges measurements of the environment of the service, and gives advice for each problem.

Pure: takes measurements and returns findings. ``commands.doctor_command`` measures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from aggregator.plurals import number_of

_FREE_BYTES_WARNING = 1_000_000_000
_FREE_BYTES_FAILED = 200_000_000
_OTHER_FILES = 64
"""Open files of a service that are not connections: the database, the log, libraries."""
_CLOCK_TOLERANCE = timedelta(minutes=10)
_EARLIEST_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""A date before this program was written; a clock that shows an earlier time is wrong."""


class CheckGrade(StrEnum):
    """The result of a check: passed (well), warning, or failed (ill)."""

    PASSED = "well"
    WARNING = "warning"
    FAILED = "ill"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """The result of one check; ``advice`` is empty if there is nothing to do."""

    what: str
    grade: CheckGrade
    said: str
    advice: str = ""


def check_disk(folder: str, *, free: int) -> CheckResult:
    """Judges the free disk space, in bytes, of the folder of the database."""
    said = f"{free / 1e9:.1f} GB are free in {folder}"
    if free >= _FREE_BYTES_WARNING:
        return CheckResult(what="disk", grade=CheckGrade.PASSED, said=said)
    grade = CheckGrade.FAILED if free < _FREE_BYTES_FAILED else CheckGrade.WARNING
    return CheckResult(
        what="disk", grade=grade, said=said, advice="free disk space, or set retention.age in aggregator.yaml"
    )


def check_open_files(*, limit: int, concurrency: int) -> CheckResult:
    """Judges the limit on open files: each host that is polled needs a connection, and readers need more."""
    needed = 2 * concurrency + _OTHER_FILES
    said = f"the limit on open files is {limit}, the service needs {needed}"
    if limit >= needed:
        return CheckResult(what="files", grade=CheckGrade.PASSED, said=said)
    advice = f"raise the limit (ulimit -n {needed}, or LimitNOFILE in the systemd unit), or lower polling.concurrency"
    return CheckResult(what="files", grade=CheckGrade.FAILED, said=said, advice=advice)


def check_clock(now: datetime, *, newest: datetime | None) -> CheckResult:
    """Judges the clock by two times in the past: when this program was written, and the newest stored poll."""
    said = f"the clock shows {now:%Y-%m-%d %H:%M} UTC"
    if now < _EARLIEST_NOW:
        return CheckResult(what="clock", grade=CheckGrade.FAILED, said=said, advice="set the clock, or use NTP")
    if newest is not None and newest > now + _CLOCK_TOLERANCE:
        said = f"{said}, but the newest stored poll is from {newest:%Y-%m-%d %H:%M}"
        advice = "set the clock if it is wrong now; if it was wrong then, a running service reschedules within a minute"
        return CheckResult(what="clock", grade=CheckGrade.FAILED, said=said, advice=advice)
    return CheckResult(what="clock", grade=CheckGrade.PASSED, said=said)


def check_name_resolution(found: Mapping[str, bool]) -> CheckResult:
    """Judges name resolution by whether the hosts of some feeds have an address."""
    missing = [host for host, is_found in found.items() if not is_found]
    if not missing:
        said = f"{number_of(len(found), 'host')} of feeds resolved" if found else "no feed has a host to resolve"
        return CheckResult(what="names", grade=CheckGrade.PASSED, said=said)
    said = f"{', '.join(missing)}: no address found"
    if len(missing) < len(found):
        return CheckResult(what="names", grade=CheckGrade.WARNING, said=said, advice="check the URLs of these feeds")
    advice = "check the network and /etc/resolv.conf; no feed can be polled"
    return CheckResult(what="names", grade=CheckGrade.FAILED, said=said, advice=advice)


def check_folder(what: str, folder: str, *, writable: bool) -> CheckResult:
    """Judges whether this user may write to a folder that the service writes."""
    if writable:
        return CheckResult(what=what, grade=CheckGrade.PASSED, said=f"{folder} is writable")
    advice = "make the user of the service the owner of the folder, and run this command as that user"
    return CheckResult(
        what=what, grade=CheckGrade.FAILED, said=f"{folder} is not writable for this user", advice=advice
    )


def check_database(shown_url: str, *, pending: Sequence[str], problem: str | None) -> CheckResult:
    """Judges the database: whether it responds, and whether it has this program's version."""
    if problem is not None:
        advice = "check database in aggregator.yaml, and that the database server runs"
        return CheckResult(what="database", grade=CheckGrade.FAILED, said=problem, advice=advice)
    said = f"{shown_url} responds"
    if pending:
        said = f"{said}, but lacks {number_of(len(pending), 'migration')}"
        advice = "the next start applies them; make a backup first if you may want to return to the old version"
        return CheckResult(what="database", grade=CheckGrade.WARNING, said=said, advice=advice)
    return CheckResult(what="database", grade=CheckGrade.PASSED, said=said)


def check_public_url(url: str | None, *, problem: str | None) -> CheckResult:
    """Judges the public URL by whether this service responds there; readers and hubs use it."""
    if url is None:
        return CheckResult(
            what="public URL",
            grade=CheckGrade.PASSED,
            said="none is configured; it is needed only if others read the digests",
        )
    if problem is None:
        return CheckResult(what="public URL", grade=CheckGrade.PASSED, said=f"the service responds at {url}")
    advice = "start the service, and check its proxy and publishing.public_url"
    return CheckResult(what="public URL", grade=CheckGrade.WARNING, said=f"{url}: {problem}", advice=advice)
