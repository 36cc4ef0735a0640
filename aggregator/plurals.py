"""Writes counts in words, for pages and tables."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby


def count_repetitions(outcomes: Iterable[str]) -> str:
    """Returns poll outcomes in the given order, with consecutive repetitions counted: ``unchanged ×6, read``."""
    runs = ((outcome, len(list(run))) for outcome, run in groupby(outcomes))
    return ", ".join(outcome if times == 1 else f"{outcome} ×{times}" for outcome, times in runs)


def number_of(number: int, noun: str) -> str:
    """Returns a number with its noun in the singular or plural: ``1 feed``, ``3 entries``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}{'es' if noun.endswith('s') else 's'}"
