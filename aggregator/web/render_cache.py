"""Caches rendered documents until something changes.

Readers send far more requests than anything changes. A document is cached with the version of everything that readers
can see. As long as the version is the same, no story is read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from aggregator.web.http_caching import Representation

_MOST = 64
"""Most cached documents."""


class RenderCache:
    """A thread-safe cache of documents by name; the least recently used is dropped first."""

    def __init__(self, version: Callable[[], Hashable]) -> None:
        self._version = version
        self._kept: OrderedDict[Hashable, tuple[Hashable, Representation]] = OrderedDict()
        self._lock = Lock()

    def get(self, name: Hashable, render: Callable[[], Representation]) -> Representation:
        """Returns the document of this name; renders it again if anything changed."""
        version = self._version()  # read before rendering, so the document is at least this new
        with self._lock:
            kept = self._kept.get(name)
            if kept is not None and kept[0] == version:
                self._kept.move_to_end(name)
                return kept[1]
        document = render()
        with self._lock:
            self._kept[name] = version, document
            self._kept.move_to_end(name)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return document
