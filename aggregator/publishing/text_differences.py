"""What did a copy change against the leading copy?

Two texts are aligned paragraph by paragraph, and paragraphs that correspond word by word. White space
is not compared. The work is bounded: of a very long text only the beginning is compared, which
``Differences.cut`` says. It does not judge whether the texts are copies; ``dedup`` does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

MOST_PARAGRAPHS = 300
"""Paragraphs of either text that are compared."""
LONGEST_PARAGRAPH = 800
"""Words; what runs on longer is split there, so that aligning words stays cheap."""

_MOST_PAIRS = 2_500
"""Pairs of paragraphs tried against each other inside one changed block; a larger block is replaced whole."""
_CORRESPONDING = 0.4
"""Share of words two paragraphs have in common to be one paragraph that was changed."""
_SHORTEST_ISLAND = 2
"""Words kept between two changes; a lone "the" that survived is easier to read as part of the change."""

# Characters of scripts without spaces (kana, Han, half-width kana) are compared one by one.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
_WORD = re.compile(rf"[{_UNSPACED}]\s*|[^\s{_UNSPACED}]+\s*")


class Change(StrEnum):
    """Which of the two texts holds a passage."""

    KEPT = "kept"
    ONLY_IN_LEAD = "only-in-lead"
    ONLY_IN_COPY = "only-in-copy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A run of words and which text holds it."""

    change: Change
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """One paragraph of either text, or two that correspond, as runs of words in reading order."""

    spans: tuple[Span, ...]

    @property
    def kept(self) -> bool:
        """Whether both texts hold this paragraph, word for word."""
        return all(span.change is Change.KEPT for span in self.spans)

    @property
    def lead_spans(self) -> tuple[Span, ...]:
        """What the lead says here."""
        return tuple(span for span in self.spans if span.change is not Change.ONLY_IN_COPY)

    @property
    def copy_spans(self) -> tuple[Span, ...]:
        """What the copy says here."""
        return tuple(span for span in self.spans if span.change is not Change.ONLY_IN_LEAD)


@dataclass(frozen=True, kw_only=True, slots=True)
class Differences:
    """Both texts, woven together; ``cut`` says that a text went on past what was compared."""

    paragraphs: tuple[Paragraph, ...]
    cut: bool = False

    @property
    def none(self) -> bool:
        """Whether what was compared is the same, word for word."""
        return all(paragraph.kept for paragraph in self.paragraphs)

    @property
    def runs(self) -> tuple[tuple[bool, tuple[Paragraph, ...]], ...]:
        """The paragraphs in runs of kept (True) and changed (False) ones."""
        return tuple((kept, tuple(run)) for kept, run in groupby(self.paragraphs, key=lambda each: each.kept))


_Words = tuple[str, ...]


def differences(lead: str, copy: str) -> Differences:
    """How the copy's text differs from the lead's; paragraphs are lines."""
    lead_paragraphs, lead_cut = _paragraphs(lead)
    copy_paragraphs, copy_cut = _paragraphs(copy)
    matcher = SequenceMatcher(None, _comparable(lead_paragraphs), _comparable(copy_paragraphs), autojunk=False)
    woven: list[Paragraph] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            woven.extend(_whole(Change.KEPT, words) for words in lead_paragraphs[i1:i2])
        else:
            woven.extend(_changed_block(lead_paragraphs[i1:i2], copy_paragraphs[j1:j2]))
    return Differences(paragraphs=tuple(woven), cut=lead_cut or copy_cut)


def _paragraphs(text: str) -> tuple[list[_Words], bool]:
    """The paragraphs as words with the white space that follows each, and whether the text went on."""
    paragraphs: list[_Words] = []
    for line in text.splitlines():
        words = tuple(_WORD.findall(" ".join(line.split())))
        for start in range(0, len(words), LONGEST_PARAGRAPH):
            if len(paragraphs) == MOST_PARAGRAPHS:
                return paragraphs, True
            paragraphs.append(words[start : start + LONGEST_PARAGRAPH])
    return paragraphs, False


def _comparable(paragraphs: Sequence[_Words]) -> list[_Words]:
    return [tuple(word.rstrip() for word in words) for words in paragraphs]


def _changed_block(lead: Sequence[_Words], copy: Sequence[_Words]) -> Iterator[Paragraph]:
    """The paragraphs of a block that differs, those that correspond woven into one."""
    next_lead = next_copy = 0
    for i, j in (*_correspondences(lead, copy), (len(lead), len(copy))):
        yield from (_whole(Change.ONLY_IN_LEAD, words) for words in lead[next_lead:i])
        yield from (_whole(Change.ONLY_IN_COPY, words) for words in copy[next_copy:j])
        if i < len(lead):
            yield _woven(lead[i], copy[j])
        next_lead, next_copy = i + 1, j + 1


def _correspondences(lead: Sequence[_Words], copy: Sequence[_Words]) -> list[tuple[int, int]]:
    """Which paragraphs correspond, in order: the alignment with the greatest total likeness."""
    if not lead or not copy or len(lead) * len(copy) > _MOST_PAIRS:
        return []
    lead_counts = [Counter(words) for words in _comparable(lead)]
    copy_counts = [Counter(words) for words in _comparable(copy)]
    likeness = [[_likeness(a, b) for b in copy_counts] for a in lead_counts]
    best = [[0.0] * (len(copy) + 1) for _ in range(len(lead) + 1)]
    for i in reversed(range(len(lead))):
        for j in reversed(range(len(copy))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], likeness[i][j] + best[i + 1][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(lead) and j < len(copy):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    """Dice's coefficient of the words, 0 where it is too low to correspond."""
    share = 2 * (a & b).total() / (a.total() + b.total())
    return share if share >= _CORRESPONDING else 0.0


def _woven(lead: _Words, copy: _Words) -> Paragraph:
    """Two corresponding paragraphs as one. difflib's popular-word rule bounds the worst case here."""
    lead_words, copy_words = _comparable((lead, copy))
    spans: list[Span] = []
    for kept, i1, i2, j1, j2 in _merged(SequenceMatcher(None, lead_words, copy_words).get_opcodes(), len(lead_words)):
        if kept:
            spans.append(_span(Change.KEPT, lead[i1:i2]))
            continue
        if i1 < i2:
            spans.append(_span(Change.ONLY_IN_LEAD, lead[i1:i2]))
        if j1 < j2:
            spans.append(_span(Change.ONLY_IN_COPY, copy[j1:j2]))
    return Paragraph(spans=tuple(spans))


def _merged(opcodes: Sequence[tuple[str, int, int, int, int]], end: int) -> Iterator[tuple[bool, int, int, int, int]]:
    """The opcodes as (kept, ranges), neighbouring changes and the small islands between them as one."""

    def is_kept(opcode: tuple[str, int, int, int, int]) -> bool:
        tag, i1, i2, _, _ = opcode
        inside = i1 > 0 and i2 < end
        return tag == "equal" and (i2 - i1 >= _SHORTEST_ISLAND or not inside)

    for kept, group in groupby(opcodes, key=is_kept):
        run = list(group)
        yield kept, run[0][1], run[-1][2], run[0][3], run[-1][4]


def _whole(change: Change, words: _Words) -> Paragraph:
    return Paragraph(spans=(_span(change, words),))


def _span(change: Change, words: _Words) -> Span:
    return Span(change=change, text="".join(words))
