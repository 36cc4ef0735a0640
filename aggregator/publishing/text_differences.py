"""Compares a copy with the canonical copy, paragraph by paragraph and word by word.

White space is ignored. The work is bounded: only the beginning of a very long text is compared, which
``TextDifferences.cut`` reports. ``dedup`` judges whether texts are copies.
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
"""Most paragraphs of each text that are compared."""
LONGEST_PARAGRAPH = 800
"""Most words of a paragraph; a longer one is split, so that aligning words stays cheap."""

_MOST_PAIRS = 2_500
"""Most pairs of paragraphs that are compared in one changed block; a larger block is replaced as a whole."""
_CORRESPONDING = 0.4
"""Share of common words that makes two paragraphs one changed paragraph."""
_FEWEST_KEPT_WORDS = 2
"""Fewest unchanged words between two changes; a single unchanged "the" is easier to read as part of the change."""

# Characters of scripts without spaces (kana, Han, half-width kana) are compared one by one.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
_WORD = re.compile(rf"[{_UNSPACED}]\s*|[^\s{_UNSPACED}]+\s*")


class ChangeKind(StrEnum):
    """Says which of the two texts contains a passage."""

    KEPT = "kept"
    ONLY_IN_LEAD = "only-in-lead"
    ONLY_IN_COPY = "only-in-copy"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedSpan:
    """A run of words and the text that contains it."""

    change: ChangeKind
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedParagraph:
    """One paragraph of either text, or two that correspond, as runs of words in reading order."""

    spans: tuple[ChangedSpan, ...]

    @property
    def kept(self) -> bool:
        """True if both texts contain this paragraph, word for word."""
        return all(span.change is ChangeKind.KEPT for span in self.spans)

    @property
    def lead_spans(self) -> tuple[ChangedSpan, ...]:
        """The words of the canonical copy."""
        return tuple(span for span in self.spans if span.change is not ChangeKind.ONLY_IN_COPY)

    @property
    def copy_spans(self) -> tuple[ChangedSpan, ...]:
        """The words of the copy."""
        return tuple(span for span in self.spans if span.change is not ChangeKind.ONLY_IN_LEAD)


@dataclass(frozen=True, kw_only=True, slots=True)
class TextDifferences:
    """Both texts as one sequence of paragraphs; ``cut`` says that a text is longer than what was compared."""

    paragraphs: tuple[ComparedParagraph, ...]
    cut: bool = False

    @property
    def none(self) -> bool:
        """True if the compared parts are equal, word for word."""
        return all(paragraph.kept for paragraph in self.paragraphs)

    @property
    def runs(self) -> tuple[tuple[bool, tuple[ComparedParagraph, ...]], ...]:
        """The paragraphs in runs of kept (True) and changed (False) ones."""
        return tuple((kept, tuple(run)) for kept, run in groupby(self.paragraphs, key=lambda each: each.kept))


_Words = tuple[str, ...]


def compare_texts(lead: str, copy: str) -> TextDifferences:
    """Compares the copy's text with the canonical copy's; paragraphs are lines."""
    lead_paragraphs, lead_cut = _paragraphs(lead)
    copy_paragraphs, copy_cut = _paragraphs(copy)
    matcher = SequenceMatcher(None, _comparable(lead_paragraphs), _comparable(copy_paragraphs), autojunk=False)
    combined: list[ComparedParagraph] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            combined.extend(_whole(ChangeKind.KEPT, words) for words in lead_paragraphs[i1:i2])
        else:
            combined.extend(_changed_block(lead_paragraphs[i1:i2], copy_paragraphs[j1:j2]))
    return TextDifferences(paragraphs=tuple(combined), cut=lead_cut or copy_cut)


def _paragraphs(text: str) -> tuple[list[_Words], bool]:
    """Returns the paragraphs as words with their trailing white space, and whether the text is longer."""
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


def _changed_block(lead: Sequence[_Words], copy: Sequence[_Words]) -> Iterator[ComparedParagraph]:
    """Yields the paragraphs of a changed block; corresponding ones are combined into one."""
    next_lead = next_copy = 0
    for i, j in (*_correspondences(lead, copy), (len(lead), len(copy))):
        yield from (_whole(ChangeKind.ONLY_IN_LEAD, words) for words in lead[next_lead:i])
        yield from (_whole(ChangeKind.ONLY_IN_COPY, words) for words in copy[next_copy:j])
        if i < len(lead):
            yield _combined(lead[i], copy[j])
        next_lead, next_copy = i + 1, j + 1


def _correspondences(lead: Sequence[_Words], copy: Sequence[_Words]) -> list[tuple[int, int]]:
    """Returns the corresponding paragraphs, in order: the alignment with the greatest total similarity."""
    if not lead or not copy or len(lead) * len(copy) > _MOST_PAIRS:
        return []
    lead_counts = [Counter(words) for words in _comparable(lead)]
    copy_counts = [Counter(words) for words in _comparable(copy)]
    similarities = [[_similarity(a, b) for b in copy_counts] for a in lead_counts]
    best = [[0.0] * (len(copy) + 1) for _ in range(len(lead) + 1)]
    for i in reversed(range(len(lead))):
        for j in reversed(range(len(copy))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], similarities[i][j] + best[i + 1][j + 1])
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


def _similarity(a: Counter[str], b: Counter[str]) -> float:
    """Returns Dice's coefficient of the words, 0 if it is too low to correspond."""
    share = 2 * (a & b).total() / (a.total() + b.total())
    return share if share >= _CORRESPONDING else 0.0


def _combined(lead: _Words, copy: _Words) -> ComparedParagraph:
    """Combines two corresponding paragraphs; difflib's popular-word rule bounds the worst case here."""
    lead_words, copy_words = _comparable((lead, copy))
    spans: list[ChangedSpan] = []
    for kept, i1, i2, j1, j2 in _merged(SequenceMatcher(None, lead_words, copy_words).get_opcodes(), len(lead_words)):
        if kept:
            spans.append(_span(ChangeKind.KEPT, lead[i1:i2]))
            continue
        if i1 < i2:
            spans.append(_span(ChangeKind.ONLY_IN_LEAD, lead[i1:i2]))
        if j1 < j2:
            spans.append(_span(ChangeKind.ONLY_IN_COPY, copy[j1:j2]))
    return ComparedParagraph(spans=tuple(spans))


def _merged(opcodes: Sequence[tuple[str, int, int, int, int]], end: int) -> Iterator[tuple[bool, int, int, int, int]]:
    """Yields the opcodes as (kept, ranges); joins neighbouring changes and the few words between them."""

    def is_kept(opcode: tuple[str, int, int, int, int]) -> bool:
        tag, i1, i2, _, _ = opcode
        inside = i1 > 0 and i2 < end
        return tag == "equal" and (i2 - i1 >= _FEWEST_KEPT_WORDS or not inside)

    for kept, group in groupby(opcodes, key=is_kept):
        run = list(group)
        yield kept, run[0][1], run[-1][2], run[0][3], run[-1][4]


def _whole(change: ChangeKind, words: _Words) -> ComparedParagraph:
    return ComparedParagraph(spans=(_span(change, words),))


def _span(change: ChangeKind, words: _Words) -> ChangedSpan:
    return ChangedSpan(change=change, text="".join(words))
