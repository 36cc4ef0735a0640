"""Who asks whether the service goes on is told the truth, systemd and readers alike."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.watchdog import STOPPED_AFTER, Watchdog
from tests.processes import PATIENCE, completed

pytestmark = pytest.mark.anyio


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(PATIENCE)
        yield listener


async def test_systemd_hears_of_the_beginning_every_beat_and_the_end(systemd: socket.socket) -> None:
    watchdog = Watchdog(environ={"NOTIFY_SOCKET": systemd.getsockname()})
    watchdog.begin()
    await watchdog.heartbeat()
    watchdog.end()
    assert [systemd.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


async def test_nobody_who_listens_is_no_trouble(tmp_path: Path) -> None:
    for environ in ({}, {"NOTIFY_SOCKET": str(tmp_path / "away")}, {"NOTIFY_SOCKET": "@aggregator-nobody"}):
        await Watchdog(environ=environ).heartbeat()


async def test_a_service_goes_on_while_its_last_beat_is_recent() -> None:
    seconds = 100.0
    watchdog = Watchdog(environ={}, ticks=lambda: seconds)
    assert (watchdog.is_alive, watchdog.since) == (False, None)
    await watchdog.heartbeat()
    seconds += STOPPED_AFTER
    assert (watchdog.is_alive, watchdog.since) == (True, STOPPED_AFTER)
    seconds += 1
    assert not watchdog.is_alive


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_unit_is_one_that_systemd_understands(tmp_path: Path) -> None:
    unit = tmp_path / "aggregator.service"
    example = Path(__file__).resolve().parents[1] / "docs" / "examples" / "aggregator.service"
    unit.write_text(example.read_text().replace("/opt/aggregator/bin/aggregator", sys.executable))
    done = completed("systemd-analyze", "verify", unit)
    assert (done.returncode, done.stderr) == (0, "")
