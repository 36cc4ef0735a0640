"""How are counts and outcomes said in a few words, on pages and in tables alike?"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby


def counted(outcomes: Iterable[str]) -> str:
    """What came of polls, in the order given, with repetitions counted: ``unchanged ×6, read``."""
    runs = ((outcome, len(list(run))) for outcome, run in groupby(outcomes))
    return ", ".join(outcome if times == 1 else f"{outcome} ×{times}" for outcome, times in runs)
