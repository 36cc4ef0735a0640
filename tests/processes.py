"""Starts processes for tests and ends them in every case, also when the test run is killed.

Each process leads a process group, which is killed at the end of the ``with`` block: with it go
the processes that it started. When the test run itself is killed, ``tests/reaper.py`` kills the
groups that are left; it is the one process that outlives the run, by a moment.

Nothing here has a time limit. The limit is the one of pytest-timeout for the whole test: when it
passes, the ``with`` blocks end and so do their processes.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]

PATIENCE = 300.0
"""Seconds to wait for what takes less than one on an idle machine; shorter than the limit of a test."""


class Reaper:
    """The process that kills what is left when this one is gone."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("reaper.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        atexit.register(self._process.communicate)

    def add(self, group: int) -> None:
        """Notes that a process group was started."""
        self._write(f"+{group}\n")

    def remove(self, group: int) -> None:
        """Notes that a process group ended."""
        self._write(f"-{group}\n")

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()


@cache
def _reaper() -> Reaper:
    return Reaper()


@contextmanager
def started(*command: str | Path, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process of this command, in the checkout unless ``options`` name another folder; texts, not bytes.

    ``options`` are those of ``subprocess.Popen``. The process and all that it started are killed at the end.
    """
    options = {"cwd": CHECKOUT, "text": True, "start_new_session": True, **options}
    reaper = _reaper()
    with subprocess.Popen([str(part) for part in command], **options) as process:
        reaper.add(process.pid)
        try:
            yield process
        finally:
            with suppress(ProcessLookupError, PermissionError):  # the latter on macOS, of a group that ended
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            reaper.remove(process.pid)


def completed(*command: str | Path, check: bool = False, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end; gives its exit status and what it wrote to standard output and standard error."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(*command, **{**pipes, **options}) as process:
        out, err = process.communicate()
    if check and process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, out, err)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def python(*arguments: str | Path) -> tuple[str, ...]:
    """The command line of this Python with these arguments."""
    return (sys.executable, *(str(argument) for argument in arguments))
