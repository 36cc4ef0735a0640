"""Runs the default test suite several times, alone or on a busy machine.

    python -m benchmarks.busy_suite                        five times in turn, beside eight busy processes
    python -m benchmarks.busy_suite --together             five at once: each is busy work for the other four
    python -m benchmarks.busy_suite --busy 0 --runs 1      once, on an idle machine
    python -m benchmarks.busy_suite -- -k store            with more arguments for pytest

With ``--together`` each run has at least ``--busy`` other busy processes beside it until its end: the test
processes of the other runs, and processes that only use CPU in place of those of a run that has ended. That takes
a fifth of the time of five runs in turn, and the runs also compete for the disk and for memory.

Prints for each run the seconds that it took and its exit status. Exit status 1 if a run failed. The busy processes
end with this one, also when it is killed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import STDOUT
from tempfile import TemporaryDirectory

from tests.processes import python, started

SUITE = ("--dist", "worksteal", "-m", "not (exhaustive or postgres or browser)")
"""The arguments of ``make test``, without the number of test processes."""
_BETWEEN_LOOKS = 0.5  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class SuiteRun:
    """One finished run of the suite; ``log`` is what pytest wrote."""

    seconds: float
    status: int
    log: str


def run_in_turn(runs: int, busy: int, arguments: Sequence[str]) -> list[SuiteRun]:
    """Runs the suite ``runs`` times, one after the other, beside ``busy`` processes."""
    with busy_processes(busy):
        return [run for _ in range(runs) for run in run_together(1, 0, arguments)]


def run_together(runs: int, busy: int, arguments: Sequence[str]) -> list[SuiteRun]:
    """Runs the suite ``runs`` times at once, with ``busy`` busy processes or more beside each of them."""
    workers = os.cpu_count() or 1
    finished: list[SuiteRun] = []
    with TemporaryDirectory(prefix="busy-suite-") as folder, ExitStack() as stack:
        running = {}
        for number in range(runs):
            scratch = Path(folder, str(number))
            log = stack.enter_context(scratch.with_suffix(".log").open("w+"))
            command = python("-m", "pytest", "-n", str(workers), f"--basetemp={scratch}", *SUITE, *arguments)
            running[stack.enter_context(started(*command, stdout=log, stderr=STDOUT))] = log
        began, added = time.monotonic(), 0
        while running:
            missing = busy - (len(running) - 1) * workers - added
            if missing > 0:
                stack.enter_context(busy_processes(missing))
                added += missing
            for process in [process for process in running if process.poll() is not None]:
                log = running.pop(process)
                log.seek(0)
                finished.append(SuiteRun(seconds=time.monotonic() - began, status=process.returncode, log=log.read()))
            time.sleep(_BETWEEN_LOOKS)
    return finished


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """Keeps ``count`` processes busy until the end of the block."""
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(started(*python("-c", "while True: pass")))
        yield


def main() -> None:
    """Reads the command line, runs the suite, prints a table and the logs of the runs that failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--busy", type=int, default=8, help="busy processes beside each run (default: 8)")
    parser.add_argument("--runs", type=int, default=5, help="runs of the suite (default: 5)")
    parser.add_argument("--together", action="store_true", help="start all runs at once")
    parser.add_argument("pytest", nargs="*", help="more arguments for pytest")
    asked = parser.parse_args()
    run = run_together if asked.together else run_in_turn
    finished = run(asked.runs, asked.busy, asked.pytest)
    print("run  seconds  exit status  last line")
    for number, suite in enumerate(finished, start=1):
        print(f"{number:3}  {suite.seconds:7.0f}  {suite.status:11}  {suite.log.rstrip().rpartition(chr(10))[2]}")
    failed = [suite for suite in finished if suite.status]
    for suite in failed:
        sys.stderr.write(suite.log)
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
