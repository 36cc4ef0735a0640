"""What takes long shows on a terminal how far it is, and nowhere else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.demo.server import DemoNewsroom
from tests.processes import completed, started

SETTINGS = (
    "fetching: {allow_networks: [127.0.0.0/8], spacing: 0s}\nextraction: {workers: 1}\nlogging: {level: warning}\n"
)


def on_a_terminal(command: list[str], folder: Path) -> str:
    """Run a command that has a terminal for its standard error; gives what stood there."""
    ours, its = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with started(*command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=its) as running:
        os.close(its)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        assert running.wait() == 0
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # nobody has it open at the other end any more
        return b""


def in_a_pipe(command: list[str], folder: Path) -> str:
    return completed(*command, cwd=folder, check=True).stderr


@pytest.mark.parametrize(
    ("watch", "shows"), [(on_a_terminal, True), pytest.param(in_a_pipe, False, marks=pytest.mark.exhaustive)]
)
def test_a_single_run_shows_how_far_it_is(tmp_path: Path, watch: Callable[[list[str], Path], str], shows: bool) -> None:
    with DemoNewsroom(now=datetime.now(UTC)) as newsroom:
        config = tmp_path / "config"
        config.mkdir()
        feeds = "".join(f"  - {{url: {feed.url}, name: {feed.name}}}\n" for feed in newsroom.feed_urls[:3])
        (config / "feeds.yaml").write_text(f"feeds:\n{feeds}")
        (config / "aggregator.yaml").write_text(SETTINGS)
        shown = watch([sys.executable, "-m", "aggregator", "once"], tmp_path)
    found = {(int(done), int(total)) for done, total in re.findall(r"Feeds polled\s+\S+\s+(\d+)/(\d+)", shown)}
    assert bool(found) == ("Articles merged" in shown) == shows
    assert all(0 <= done <= total == feeds.count("url:") for done, total in found)
