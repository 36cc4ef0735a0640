"""Kills the processes that a test run leaves behind; run by ``tests.processes`` as a script of its own.

Reads ``+PID`` for a process group that was started and ``-PID`` for one that ended. Its standard
input ends when the test run ends, in whatever way; then it kills the groups that are left.
"""

import contextlib
import os
import signal
import sys


def watch() -> None:
    """Reads until the test run is gone, then kills what it left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    alive: set[int] = set()
    for line in sys.stdin:
        (alive.add if line.startswith("+") else alive.discard)(int(line[1:]))
    for group in alive:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    watch()
