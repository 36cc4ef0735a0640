"""Is the service still at work, and who is told so?

Each second the scheduler lets the heart beat. A beat tells systemd's watchdog, if there is one, that the
scheduler and the loop both go on; how long ago the last was is what ``/readyz`` asks. sd_notify(3): one
datagram to the socket that NOTIFY_SOCKET names.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Mapping

STOPPED_AFTER = 30.0
"""Seconds without a beat after which the service counts as stopped."""


class Pulse:
    """The heartbeat of one service; ``ticks`` gives seconds that only go forward."""

    def __init__(self, *, environ: Mapping[str, str] = os.environ, ticks: Callable[[], float] = time.monotonic) -> None:
        self._socket = environ.get("NOTIFY_SOCKET", "")
        self._ticks = ticks
        self._last: float | None = None

    def begin(self) -> None:
        """The service answers now."""
        self._last = self._ticks()
        self._tell("READY=1")

    async def beat(self) -> None:
        """The service goes on."""
        self._last = self._ticks()
        self._tell("WATCHDOG=1")

    def end(self) -> None:
        """The service is stopping."""
        self._tell("STOPPING=1")

    @property
    def since(self) -> float | None:
        """Seconds since the last beat; None before the first."""
        return None if self._last is None else self._ticks() - self._last

    @property
    def goes_on(self) -> bool:
        """Whether the last beat is recent."""
        return self.since is not None and self.since <= STOPPED_AFTER

    def _tell(self, state: str) -> None:
        if not self._socket:
            return
        # A name that begins with @ is an abstract one; who is not there to hear it is no trouble of ours.
        address = "\0" + self._socket[1:] if self._socket.startswith("@") else self._socket
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
            to.sendto(state.encode(), address)
