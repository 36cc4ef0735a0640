"""Shows two articles side by side, with the verdict and the shared passages marked.

The result has both texts line by line, and the datelines and boilerplate that were not compared. ``judge`` gives the
verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from aggregator.dedup.judge import judge
from aggregator.dedup.prepared_text import PreparedText, prepare_text
from aggregator.dedup.text_overlap import find_overlap
from aggregator.dedup.thresholds import Thresholds
from aggregator.model.dedup import JudgedText, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPiece:
    """A piece of a line; ``shared`` says that the other text contains it."""

    text: str
    shared: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedText:
    """One of two compared articles: its compared lines and the lines left out."""

    document: JudgedText
    lines: tuple[tuple[TextPiece, ...], ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SideBySide:
    """Two articles and the verdict on them."""

    verdict: Verdict
    first: ComparedText
    second: ComparedText


def side_by_side(first: JudgedText, second: JudgedText, *, thresholds: Thresholds) -> SideBySide:
    """Compares two articles as the judge does."""
    one, other = prepare_text(first), prepare_text(second)
    overlap = find_overlap(one, other)
    if one.exact == other.exact:
        marks = [[True] * len(text.tokens.words) for text in (one, other)]
    elif overlap is None:
        marks = [[False] * len(text.tokens.words) for text in (one, other)]
    else:
        marks = [overlap.shorter.tolist(), overlap.longer.tolist()]
    return SideBySide(
        verdict=judge(one, other, thresholds=thresholds), first=_side(one, marks[0]), second=_side(other, marks[1])
    )


def _side(prepared: PreparedText, marks: Sequence[bool]) -> ComparedText:
    text, lines, start = prepared.tokens.text, [], 0
    tokens = list(zip(prepared.tokens.spans(), marks, strict=True))
    for line in text.split("\n"):
        end = start + len(line)
        inside = [(span, mark) for span, mark in tokens if start <= span[0] < end]
        lines.append(tuple(_pieces(text, start, end, inside)))
        start = end + 1
    return ComparedText(document=prepared.document, lines=tuple(lines), left_out=prepared.tokens.left_out)


def _pieces(text: str, start: int, end: int, tokens: Sequence[tuple[tuple[int, int], bool]]) -> Iterator[TextPiece]:
    """Splits a line into pieces; characters between two shared tokens are shared too."""
    stretches = [(mark, [span for span, _ in group]) for mark, group in groupby(tokens, key=lambda token: token[1])]
    for shared, spans in stretches:
        if not shared:
            continue
        if start < spans[0][0]:
            yield TextPiece(text=text[start : spans[0][0]], shared=False)
        start = spans[-1][1]
        yield TextPiece(text=text[spans[0][0] : start], shared=True)
    if start < end:
        yield TextPiece(text=text[start:end], shared=False)
