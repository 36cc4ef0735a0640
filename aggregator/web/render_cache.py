"""Which documents were rendered already, and are they still what they would be?

Readers ask far more often than anything changes. What was rendered is kept with the version of all that
readers may see, and as long as that is the same nobody looks at a story.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from aggregator.web.http_caching import Representation

_MOST = 64
"""Documents that are kept."""


class Rendered:
    """Documents by their names, the least recently asked for forgotten first; for any number of threads."""

    def __init__(self, version: Callable[[], Hashable]) -> None:
        self._version = version
        self._kept: OrderedDict[Hashable, tuple[Hashable, Representation]] = OrderedDict()
        self._lock = Lock()

    def get(self, name: Hashable, render: Callable[[], Representation]) -> Representation:
        """The document of this name, rendered anew if anything changed."""
        version = self._version()  # before rendering: what is rendered is as new as this or newer
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
