"""What did a page's text say before lines were cut from it?

The text that is kept and the lines that were cut are the whole of what was found: nothing an outlet
wrote is lost, and what went can be shown at its place with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from aggregator.model.extraction import CutLine


def before_cuts(text: str, cuts: Sequence[CutLine]) -> tuple[str | CutLine, ...]:
    """The lines in their order: those of ``text`` as they are, and those that were cut from it."""
    kept: list[tuple[int, str | CutLine]] = list(enumerate(text.splitlines()))
    gone: list[tuple[int, str | CutLine]] = [(cut.after, cut) for cut in cuts]
    # The sort is stable: what was cut above a line comes before it, in its own order.
    return tuple(line for _, line in sorted([*gone, *kept], key=itemgetter(0)))


def lines_before_cuts(text: str, cuts: Sequence[CutLine]) -> tuple[str, ...]:
    """The same lines, all as plain text."""
    return tuple(line.text if isinstance(line, CutLine) else line for line in before_cuts(text, cuts))
