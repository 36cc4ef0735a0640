"""Says how thorough a run is: a sample of the cases, or all of them (``pytest --exhaustive``).

Tests that take a sample have the mark ``sampled``, so that the exhaustive run finds them.
"""

from __future__ import annotations

from hypothesis import settings

DEFAULT, EXHAUSTIVE = "default", "exhaustive"
_FEWER = 4
"""How many times fewer examples of a property the default run takes."""

settings.register_profile(DEFAULT, deadline=None, max_examples=100 // _FEWER, derandomize=True, database=None)
settings.register_profile(EXHAUSTIVE, deadline=None, max_examples=100)


def choose(*, exhaustive: bool) -> None:
    """Sets how thorough this run is; called before tests are imported."""
    settings.load_profile(EXHAUSTIVE if exhaustive else DEFAULT)


def is_exhaustive() -> bool:
    """True if this run takes all cases."""
    return settings.get_current_profile_name() == EXHAUSTIVE


def examples(count: int) -> int:
    """The number of examples of a property that needs ``count`` of them in the exhaustive run."""
    return count if is_exhaustive() else min(count, max(10, count // _FEWER))
