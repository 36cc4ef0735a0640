"""Starts processes and waits, to be killed by ``tests/test_processes.py``; run as a module.

python -m tests.left_behind process | workers

Prints "ready" when they run. All of them hold this process's standard output, which therefore ends
for its reader when the last of them is gone.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from aggregator.worker_pool import WorkerPool
from tests.processes import python, started

WAITING = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1e6)"])
print("ready", flush=True)
time.sleep(1e6)
"""


def leave_a_process() -> None:
    """Starts a process that starts another one."""
    with started(*python("-c", WAITING)) as process:
        process.wait()


async def leave_workers() -> None:
    """Starts worker processes."""
    async with WorkerPool(2, deadline=timedelta(hours=1), memory=2_000_000_000) as workers:
        await asyncio.gather(*(workers.run(print, "ready", flush=True) for _ in range(2)))
        await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[1] == "process":
        leave_a_process()
    else:
        asyncio.run(leave_workers())
