"""What the place a service runs in is told to be, and what a person should do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator import health_checks
from aggregator.health_checks import CheckGrade, CheckResult
from aggregator.store.database import Database
from aggregator.store.tables import Feed
from tests.shell import Shell
from tests.stored import NOW, add_feeds, feed_row


@pytest.mark.parametrize(
    ("finding", "grade"),
    [
        pytest.param(health_checks.check_disk("data", free=5_000_000_000), CheckGrade.PASSED, id="room"),
        pytest.param(health_checks.check_disk("data", free=900_000_000), CheckGrade.WARNING, id="little room"),
        pytest.param(health_checks.check_disk("data", free=100_000_000), CheckGrade.FAILED, id="no room"),
        pytest.param(health_checks.check_open_files(limit=1024, concurrency=16), CheckGrade.PASSED, id="files"),
        pytest.param(health_checks.check_open_files(limit=256, concurrency=500), CheckGrade.FAILED, id="too few files"),
        pytest.param(health_checks.check_clock(NOW, newest=NOW), CheckGrade.PASSED, id="clock"),
        pytest.param(health_checks.check_clock(NOW, newest=NOW + timedelta(days=1)), CheckGrade.FAILED, id="clock that went back"),
        pytest.param(health_checks.check_clock(datetime(1970, 1, 1, tzinfo=UTC), newest=None), CheckGrade.FAILED, id="clock without power"),
        pytest.param(health_checks.check_name_resolution({}), CheckGrade.PASSED, id="no hosts"),
        pytest.param(health_checks.check_name_resolution({"a.example": True, "b.example": False}), CheckGrade.WARNING, id="one host is not found"),
        pytest.param(health_checks.check_name_resolution({"a.example": False}), CheckGrade.FAILED, id="no host is found"),
        pytest.param(health_checks.check_folder("folder", "data", writable=False), CheckGrade.FAILED, id="a folder of somebody else"),
        pytest.param(health_checks.check_database("x", pending=("0019",), problem=None), CheckGrade.WARNING, id="older database"),
        pytest.param(health_checks.check_database("x", pending=(), problem="refused"), CheckGrade.FAILED, id="no database"),
        pytest.param(health_checks.check_public_url("https://x.example", problem="404"), CheckGrade.WARNING, id="not reached"),
    ],
)  # fmt: skip
def test_whatever_is_not_well_comes_with_advice(finding: CheckResult, grade: CheckGrade) -> None:
    assert (finding.grade, bool(finding.advice)) == (grade, grade is not CheckGrade.PASSED)


def test_a_doctor_who_comes_before_the_first_start_changes_nothing(shell: Shell) -> None:
    code, out, _ = shell.configured().types("doctor", "--json")
    found = {finding["what"]: finding["grade"] for finding in json.loads(out)}
    assert (code, set(found.values())) == (0, {"well"})
    assert set(found) == {"configuration", "folder", "disk", "database", "clock", "files", "names", "public URL"}
    assert not Path("data").exists()


def test_a_mistake_in_the_configuration_is_a_finding(shell: Shell) -> None:
    code, out, _ = shell.configured("feeds: [{urk: x}]\n").types("doctor", "--json")
    assert (code, [finding["grade"] for finding in json.loads(out)][:1]) == (1, ["ill"])


def test_a_poll_of_tomorrow_shows_a_clock_that_went_back(shell: Shell) -> None:
    shell.configured().types("migrate")
    database = Database("sqlite:///data/aggregator.db")
    add_feeds(database, "one")
    with database.writing() as session:
        row: Feed = feed_row(session, "one")
        row.last_poll_at = datetime(2990, 1, 1, tzinfo=UTC)
    database.close()
    code, out, _ = shell.types("doctor", "--json")
    assert (code, "the newest stored poll is from 2990" in out) == (1, True)


def test_a_database_that_does_not_answer_is_told_with_what_to_do(shell: Shell) -> None:
    shell.configured()
    (shell.config / "aggregator.yaml").write_text(
        "database: postgresql://me:secret@127.0.0.1:1/none\npublishing: {public_url: 'http://127.0.0.1:1'}\n"
    )
    code, out, _ = shell.types("doctor", "--json")
    found = {finding["what"]: finding for finding in json.loads(out)}
    assert (code, found["database"]["grade"], found["public URL"]["grade"]) == (1, "ill", "warning")
    assert "secret" not in out


def test_the_version_is_told_without_a_configuration(shell: Shell) -> None:
    code, out, _ = shell.types("--version")
    assert (code, out.startswith("aggregator ")) == (0, True)
