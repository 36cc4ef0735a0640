"""Restores a text with the lines that were removed from it.

The stored text and the removed lines together are the complete extracted text. Nothing is lost: each removed
line can be shown at its place with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from aggregator.model.extraction import RemovedLine


def restore_removed_lines(text: str, cuts: Sequence[RemovedLine]) -> tuple[str | RemovedLine, ...]:
    """Returns all lines in their original order: strings of ``text``, and the removed lines ``cuts``."""
    remaining: list[tuple[int, str | RemovedLine]] = list(enumerate(text.splitlines()))
    removed: list[tuple[int, str | RemovedLine]] = [(line.after, line) for line in cuts]
    # The sort is stable: lines that were removed above a line come before it, in their order.
    return tuple(line for _, line in sorted([*removed, *remaining], key=itemgetter(0)))


def original_lines(text: str, cuts: Sequence[RemovedLine]) -> tuple[str, ...]:
    """All lines in their original order as plain text, without reasons."""
    return tuple(line.text if isinstance(line, RemovedLine) else line for line in restore_removed_lines(text, cuts))
