"""Reports to systemd's watchdog and to ``/readyz`` that the service is alive.

The scheduler sends a heartbeat each second, which proves that the scheduler and the event loop both run. ``/readyz``
reads the age of the last one. Protocol: sd_notify(3), one datagram to the socket in NOTIFY_SOCKET.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Mapping

STOPPED_AFTER = 30.0
"""Seconds without a heartbeat after which the service counts as stopped."""


class Watchdog:
    """The heartbeat of one service; ``ticks`` returns monotonic seconds."""

    def __init__(self, *, environ: Mapping[str, str] = os.environ, ticks: Callable[[], float] = time.monotonic) -> None:
        self._socket = environ.get("NOTIFY_SOCKET", "")
        self._ticks = ticks
        self._last: float | None = None

    def begin(self) -> None:
        """Reports that the service answers requests now."""
        self._last = self._ticks()
        self._notify("READY=1")

    async def heartbeat(self) -> None:
        """Reports that the service is alive."""
        self._last = self._ticks()
        self._notify("WATCHDOG=1")

    def end(self) -> None:
        """Reports that the service is stopping."""
        self._notify("STOPPING=1")

    @property
    def since(self) -> float | None:
        """Seconds since the last heartbeat; None before the first."""
        return None if self._last is None else self._ticks() - self._last

    @property
    def is_alive(self) -> bool:
        """True if the last heartbeat is at most ``STOPPED_AFTER`` seconds old."""
        return self.since is not None and self.since <= STOPPED_AFTER

    def _notify(self, state: str) -> None:
        if not self._socket:
            return
        # A name that begins with @ is an abstract socket. A missing receiver is ignored.
        address = "\0" + self._socket[1:] if self._socket.startswith("@") else self._socket
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
            to.sendto(state.encode(), address)
