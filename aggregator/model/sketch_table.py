"""Holds the sketches of many articles as columns.

A separate module, because it needs numpy, which most commands do not load.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SketchTable:
    """Sketches of articles, by columns, in the order in which the articles were placed.

    ``seen`` is when each article was first seen, in seconds since 1970. ``fingerprints`` (32 bits each) has those
    of all articles one after another; ``counts`` says how many of them belong to each article.
    """

    articles: Integers
    seen: Integers
    fingerprints: NDArray[np.uint32]
    counts: Integers
