"""Runs the default test suite several times, alone or on a busy machine.

    python -m benchmarks.busy_suite                        five times beside eight busy processes
    python -m benchmarks.busy_suite --busy 0 --runs 1      once, on an idle machine
    python -m benchmarks.busy_suite -- -k store            with more arguments for pytest

Prints for each run the seconds that it took, the seconds of CPU of all its processes, and its exit
status. Exit status 1 if a run failed. The busy processes end with this one, also when it is killed.
"""

from __future__ import annotations

import argparse
import resource
import time
from contextlib import ExitStack

from tests.processes import python, started

SUITE = ("--numprocesses", "auto", "--dist", "worksteal", "-m", "not (exhaustive or postgres or browser)")
"""The arguments of ``make test``."""


def cpu_seconds() -> float:
    """Seconds of CPU of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(arguments: list[str]) -> tuple[float, float, int]:
    """Runs the suite once; returns its seconds, its seconds of CPU and its exit status."""
    began, cpu_before = time.monotonic(), cpu_seconds()
    with started(*python("-m", "pytest", *SUITE, *arguments)) as suite:
        status = suite.wait()
    return time.monotonic() - began, cpu_seconds() - cpu_before, status


def main() -> None:
    """Reads the command line, runs the suite, prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--busy", type=int, default=8, help="processes that only use CPU (default: 8)")
    parser.add_argument("--runs", type=int, default=5, help="runs of the suite (default: 5)")
    parser.add_argument("pytest", nargs="*", help="more arguments for pytest")
    arguments = parser.parse_args()
    results = []
    with ExitStack() as stack:
        for _ in range(arguments.busy):
            stack.enter_context(started(*python("-c", "while True: pass")))
        results = [run(arguments.pytest) for _ in range(arguments.runs)]
    print("run  seconds  CPU seconds  exit status")
    for number, (seconds, cpu, status) in enumerate(results, start=1):
        print(f"{number:3}  {seconds:7.0f}  {cpu:11.0f}  {status:11}")
    if any(status for _, _, status in results):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
