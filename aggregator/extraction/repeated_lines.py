"""Finds the lines that an outlet repeats around its articles (boilerplate).

Observations: a line on several pages of one outlet rarely belongs to an article. It is a label, a call to
action, a text about the outlet or a list of the most read reports. But pages also share lines that belong
to their articles: two versions of one report, the background that an agency adds to each report on one
subject, a heading that an editor uses often.

Theory: fewer repetitions are needed at the ends of a text than inside it. A *label* before the first sentence
or after the last one is removed if one other page has it. *Sentences* are removed from an end inwards, and
only if many pages have them. Between two sentences of the article a line is removed only if nearly half of
the pages have it. A page that shares many lines with this page alone has the same story; it is ignored.

Exceptions: nothing is removed before the second page of an outlet, and a sentence on one page in five stays.

Only the lines of an outlet's newest pages are stored, so old boilerplate is forgotten, and the reason of a
removed line can say on how many pages it is.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import xxhash

from aggregator.extraction.line_removal import LineToRemove, is_prose
from aggregator.model.extraction import LineHashes

MAX_LINES = 200
"""Number of lines per page that are stored: the first half from its start, the other half from its end."""

_MIN_LABEL_PAGES = 2
_MIN_SENTENCE_PAGES, _MIN_SENTENCE_SHARE = 4, 0.25
_MIN_INNER_PAGES, _MIN_INNER_SHARE = 4, 0.4
_MAX_SHARED = 0.3
"""A page that shares a larger part of its lines with this page alone has the same story."""
_NUMBER = re.compile(r"\d+")


def line_hashes(lines: Sequence[str]) -> LineHashes:
    """The hashes of a page's lines: 63 bits each, independent of case and character width.

    All numbers in a label are equal, so "Updated 08:10" equals "Updated 12:45"; in a sentence they count.
    """
    outer = (*lines[: MAX_LINES // 2], *lines[MAX_LINES // 2 :][-MAX_LINES // 2 :])
    return tuple(_line_hash(line) for line in outer)


def find_repeated_lines(lines: Sequence[str], pages: Iterable[LineHashes]) -> tuple[LineToRemove, ...]:
    """Finds the lines of an article that its outlet repeats on other pages, in order, with the count as reason.

    ``pages`` are the outlet's newest pages without this article's page.
    """
    own = [_line_hash(line) for line in lines]
    others = _with_other_stories(set(own), [frozenset(page) for page in pages])
    if not others:
        return ()
    page_counts = Counter(line_hash for page in others for line_hash in page)
    counts = [page_counts[line_hash] + 1 for line_hash in own]
    all_pages = len(others) + 1
    repeated = _repeated(lines, counts, all_pages)
    if len(repeated) == len(lines):
        return ()
    return tuple(
        LineToRemove(line=number, reason=f"on {counts[number]} of {all_pages} pages of the outlet")
        for number in sorted(repeated)
    )


def articles_to_clean_again(page: LineHashes, others: Mapping[int, LineHashes]) -> tuple[int, ...]:
    """The ids of the articles whose pages may have lines to remove now that ``page`` is known.

    ``others`` maps article ids to the lines of their pages. An article is returned if its page shares with
    ``page`` a line whose number of pages has just reached the threshold of a rule.
    """
    page_counts = Counter(line_hash for lines in (page, *others.values()) for line_hash in set(lines))
    pages = len(others) + 1
    thresholds = {
        _MIN_LABEL_PAGES,
        _threshold(pages, _MIN_SENTENCE_PAGES, _MIN_SENTENCE_SHARE),
        _threshold(pages, _MIN_INNER_PAGES, _MIN_INNER_SHARE),
    }
    common = {line_hash for line_hash in page if page_counts[line_hash] in thresholds}
    return tuple(article_id for article_id, lines in others.items() if common.intersection(lines))


def _line_hash(line: str) -> int:
    folded = unicodedata.normalize("NFKC", line).casefold()
    if not is_prose(line):
        folded = _NUMBER.sub("0", folded)
    return xxhash.xxh3_64_intdigest(" ".join(folded.split()).encode("utf-8", "replace")) >> 1


def _with_other_stories(own: set[int], pages: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """The pages with another story than ours: they share few lines with our page alone."""
    shared = Counter(line_hash for page in pages for line_hash in page if line_hash in own)
    return [
        page
        for page in pages
        if page
        and sum(shared[line_hash] == 1 for line_hash in page if line_hash in own)
        <= _MAX_SHARED * min(len(own), len(page))
    ]


def _repeated(lines: Sequence[str], counts: Sequence[int], pages: int) -> set[int]:
    """The numbers of the lines that the outlet repeats."""
    prose = [number for number, line in enumerate(lines) if is_prose(line)]
    first, last = _article_range(prose, counts, pages)
    repeated = set()
    for number, count in enumerate(counts):
        if first <= number <= last:
            is_repeated = count >= _threshold(pages, _MIN_INNER_PAGES, _MIN_INNER_SHARE)
        else:
            is_repeated = count >= _MIN_LABEL_PAGES
        if is_repeated:
            repeated.add(number)
    return repeated


def _article_range(prose: Sequence[int], counts: Sequence[int], pages: int) -> tuple[int, int]:
    """The first and the last sentence that are not repeated; an empty range if all are repeated."""
    threshold = _threshold(pages, _MIN_SENTENCE_PAGES, _MIN_SENTENCE_SHARE)
    own = [number for number in prose if counts[number] < threshold]
    return (own[0], own[-1]) if own else (len(counts), -1)


def _threshold(pages: int, min_pages: int, min_share: float) -> int:
    """The number of pages from which a line counts as repeated, if ``pages`` are known."""
    return max(min_pages, math.ceil(min_share * pages))
