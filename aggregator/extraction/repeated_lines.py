"""Which lines does an outlet put around every article?

Observations: what stands on several pages of one outlet is rarely an article's: labels, prompts, who
the outlet is, which other reports are read most. But pages share words that belong, too: one report
that is told twice, the background an agency adds to each report of an affair, a heading that a desk
is fond of. Theory: how often a line was seen counts for more, the further outside it stands. A
*label* before the first sentence or behind the last one goes when another page has it; *sentences*
go from an end inwards, and only if many pages have them; between two sentences of the article a line
goes only if nearly half of the pages have it. A page that has much in common with this one alone tells
the same story, and says nothing. Exceptions: an outlet's lines are not known before its second page,
and a sentence on one page in five stays.

What is known of an outlet is the lines of its newest pages, nothing else: it forgets by itself, and
every line that went can say on how many pages it stands.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import xxhash

from aggregator.extraction.line_cuts import Cut, is_prose
from aggregator.model.extraction import Lines

MOST_LINES = 200
"""Lines of a page that are remembered, half of them its first, half its last."""

_LABEL_PAGES = 2
_SENTENCE_PAGES, _SENTENCE_SHARE = 4, 0.25
_INNER_PAGES, _INNER_SHARE = 4, 0.4
_SAME_STORY = 0.3
_NUMBER = re.compile(r"\d+")


def marks(lines: Sequence[str]) -> Lines:
    """The lines of a page as they are remembered: 63-bit digests that see neither case nor width.

    Figures in a label do not count, "Updated 08:10" is "Updated 12:45"; in a sentence they are what it says.
    """
    outer = (*lines[: MOST_LINES // 2], *lines[MOST_LINES // 2 :][-MOST_LINES // 2 :])
    return tuple(_mark(line) for line in outer)


def cuts(lines: Sequence[str], pages: Iterable[Lines]) -> tuple[Cut, ...]:
    """The lines of an article that its outlet has on other pages, in order, with the count as the reason.

    ``pages`` are the outlet's newest ones, this article's own not among them.
    """
    own = [_mark(line) for line in lines]
    others = _of_other_stories(set(own), [frozenset(page) for page in pages])
    if not others:
        return ()
    seen = Counter(mark for page in others for mark in page)
    counts = [seen[mark] + 1 for mark in own]
    all_pages = len(others) + 1
    repeated = _repeated(lines, counts, all_pages)
    if len(repeated) == len(lines):
        return ()
    return tuple(
        Cut(line=number, reason=f"on {counts[number]} of {all_pages} pages of the outlet")
        for number in sorted(repeated)
    )


def newly_common(page: Lines, others: Mapping[int, Lines]) -> tuple[int, ...]:
    """Which other pages, by their article, may have lines to lose now that ``page`` is known, too.

    Those that share with it a line that has just been seen on so many pages that a rule above looks at it.
    """
    seen = Counter(mark for lines in (page, *others.values()) for mark in set(lines))
    pages = len(others) + 1
    turns = {_LABEL_PAGES, _least(pages, _SENTENCE_PAGES, _SENTENCE_SHARE), _least(pages, _INNER_PAGES, _INNER_SHARE)}
    common = {mark for mark in page if seen[mark] in turns}
    return tuple(article_id for article_id, lines in others.items() if common.intersection(lines))


def _mark(line: str) -> int:
    folded = unicodedata.normalize("NFKC", line).casefold()
    if not is_prose(line):
        folded = _NUMBER.sub("0", folded)
    return xxhash.xxh3_64_intdigest(" ".join(folded.split()).encode("utf-8", "replace")) >> 1


def _of_other_stories(own: set[int], pages: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """The pages that tell something else: one that has much in common with ours, and with ours alone, does not."""
    shared = Counter(mark for page in pages for mark in page if mark in own)
    return [
        page
        for page in pages
        if page and sum(shared[mark] == 1 for mark in page if mark in own) <= _SAME_STORY * min(len(own), len(page))
    ]


def _repeated(lines: Sequence[str], counts: Sequence[int], pages: int) -> set[int]:
    """The numbers of the lines that are the outlet's."""
    prose = [number for number, line in enumerate(lines) if is_prose(line)]
    first, last = _without_ends(prose, counts, pages)
    repeated = set()
    for number, count in enumerate(counts):
        if first <= number <= last:
            goes = _is_often(count, pages, least=_INNER_PAGES, share=_INNER_SHARE)
        else:
            goes = count >= _LABEL_PAGES
        if goes:
            repeated.add(number)
    return repeated


def _without_ends(prose: Sequence[int], counts: Sequence[int], pages: int) -> tuple[int, int]:
    """The first and the last sentence that are the article's own; nothing lies between them when there is none."""
    own = [
        number for number in prose if not _is_often(counts[number], pages, least=_SENTENCE_PAGES, share=_SENTENCE_SHARE)
    ]
    return (own[0], own[-1]) if own else (len(counts), -1)


def _is_often(count: int, pages: int, *, least: int, share: float) -> bool:
    return count >= _least(pages, least, share)


def _least(pages: int, least: int, share: float) -> int:
    return max(least, math.ceil(share * pages))
