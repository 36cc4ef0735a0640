"""Processes that tests start end with the test, and with the test run."""

from __future__ import annotations

import signal
import subprocess

import pytest

from tests.processes import completed, python, started

WAITING = "print('ready', flush=True); import time; time.sleep(1e6)"


@pytest.mark.parametrize("left", ["process", "workers"])
def test_nothing_outlives_a_test_run_that_is_killed(left: str) -> None:
    with started(*python("-m", "tests.left_behind", left), stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        run.kill()
        run.stdout.read()  # ends when nobody holds the other end any more
        assert run.wait() == -signal.SIGKILL


def test_a_process_ends_with_a_test_that_fails() -> None:
    processes = []

    def fail() -> None:
        with started(*python("-c", WAITING), stdout=subprocess.PIPE) as process:
            processes.append(process)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [process.returncode for process in processes] == [-signal.SIGKILL]


def test_what_a_command_wrote_and_how_it_ended_is_given() -> None:
    done = completed(*python("-c", "import sys; print('out'); sys.stderr.write('err'); sys.exit(3)"))
    assert (done.returncode, done.stdout, done.stderr) == (3, "out\n", "err")
    with pytest.raises(subprocess.CalledProcessError):
        completed(*python("-c", "raise SystemExit(1)"), check=True)
