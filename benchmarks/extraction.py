"""Compares the quality and CPU time of our article text with plain trafilatura.

    python benchmarks/extraction.py                      needs ../shared/corpus beside the checkout
    python benchmarks/extraction.py --set aef --half a   one set, one of its halves by host
    python benchmarks/extraction.py --limit 50 --worst 10
    python benchmarks/extraction.py --times 3            for the ratio of CPU time

Prints for both, per set of pages: precision and recall of token 4-shingles averaged over pages (CJK by
character), F1 of these averages (the usual definition of published scores) and F1 averaged over pages;
the share of clean pages (precision >= .98 and recall >= .95); the shares of exact titles, of dates with at
most one day of error, of pages with at least one correct author, of pages without an author for which an
author is given, and of correct languages; pages per CPU second as a ratio to plain trafilatura with
metadata and without comments. "-" means that the pages are not annotated with the value. ``--cached``
keeps plain trafilatura's results in the temporary folder and prints no speed. The script changes nothing
in the checkout.
"""

from __future__ import annotations

import argparse
import pickle
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from math import isnan
from operator import attrgetter
from pathlib import Path
from statistics import fmean
from tempfile import gettempdir

from trafilatura import bare_extraction
from trafilatura.settings import Document

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aggregator.extraction.block_classifier import BlockClassifier
from aggregator.extraction.page_extraction import extract_article, warm_up
from aggregator.extraction.words import words
from aggregator.model.extraction import ExtractedPage
from benchmarks.article_pages import HALVES, PAGES, Page, Score, read_pages, score, sets_of_pages

COLUMNS = ("P", "R", "F1", "pageF1", "clean", "title", "day", "author", "invent", "lang", "speed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Got:
    """The result of a pipeline for a page, and its CPU time in seconds."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    day: str = ""
    language: str = ""
    seconds: float = 0.0


def ours(page: Page, classifier: BlockClassifier | None = None) -> Got:
    """The result of our pipeline, with the shipped block classifier or another one."""
    outcome = extract_article(page.body, url=page.url, content_type=None, classifier=classifier)
    if not isinstance(outcome, ExtractedPage):
        return Got()
    return Got(
        text=outcome.text,
        title=outcome.title or "",
        authors=outcome.authors,
        day=outcome.published_at.date().isoformat() if outcome.published_at else "",
        language=(outcome.language or "")[:2],
    )


def plain(page: Page) -> Got:
    """The result of plain trafilatura with its default settings, without comments, with metadata."""
    document = bare_extraction(page.body, url=page.url, include_comments=False, with_metadata=True)
    if not isinstance(document, Document):
        return Got()
    return Got(
        text=document.text or "",
        title=document.title or "",
        authors=tuple((document.author or "").split("; ")) if document.author else (),
        day=document.date or "",
        language=document.language or "",
    )


def cached_plain(page: Page) -> Got:
    """The result of plain trafilatura, computed once per page and version and then read from a file."""
    digest = sha256(page.body).hexdigest()
    cache_file = Path(gettempdir()) / "plain-trafilatura" / f"{digest}-{version('trafilatura')}"
    if not cache_file.is_file():
        cache_file.parent.mkdir(exist_ok=True)
        cache_file.write_bytes(pickle.dumps(plain(page)))
    got: Got = pickle.loads(cache_file.read_bytes())
    return replace(got, seconds=0.0)


def answers(pages: Sequence[Page], theirs: Callable[[Page], Got], times: int) -> tuple[list[Got], list[Got]]:
    """Runs our pipeline and another one over the pages, each in its own process, page by page in turn.

    Other load on the machine then slows both. For each page, the fastest of ``times`` passes counts.
    """
    with ProcessPoolExecutor(1, initializer=warm_up) as one, ProcessPoolExecutor(1, initializer=warm_up) as other:
        passes = [
            [(one.submit(_timed, ours, page).result(), other.submit(_timed, theirs, page).result()) for page in pages]
            for _ in range(times)
        ]
    by_page = list(zip(*passes, strict=True))
    mine, plainly = (
        [min((pair[side] for pair in same), key=attrgetter("seconds")) for same in by_page] for side in (0, 1)
    )
    return mine, plainly


def _timed(pipeline: Callable[[Page], Got], page: Page) -> Got:
    started = time.process_time()
    got = pipeline(page)
    return replace(got, seconds=time.process_time() - started)


def numbers(pages: Sequence[Page], answers: Sequence[Got]) -> tuple[float, ...]:
    """The values of all columns except the last."""
    pairs = list(zip(pages, answers, strict=True))
    scores = [score(answer.text, page.text) for page, answer in pairs]
    mean = Score(precision=fmean(one.precision for one in scores), recall=fmean(one.recall for one in scores))
    return (
        mean.precision,
        mean.recall,
        mean.f1,
        fmean(one.f1 for one in scores),
        fmean(one.clean for one in scores),
        _share(words(page.title) == words(answer.title) for page, answer in pairs if page.title),
        _share(_same_day(page.day, answer.day) for page, answer in pairs if page.day),
        _share(_same_people(page.authors, answer.authors) for page, answer in pairs if page.authors),
        _share(bool(answer.authors) for page, answer in pairs if not page.authors),
        _share(page.language == answer.language for page, answer in pairs if page.language),
    )


def _share(claims: Iterator[bool]) -> float:
    found = list(claims)
    return fmean(found) if found else float("nan")


def _same_day(gold: str, got: str) -> bool:
    try:
        days = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (gold, got))
        return abs((next(days) - next(days)).days) <= 1
    except ValueError:
        return False


def _same_people(gold: tuple[str, ...], got: tuple[str, ...]) -> bool:
    """True if any name is common to both."""
    right = words(" ".join(gold))
    return any(set(words(name)) <= set(right) for name in got if words(name))


def report(name: str, pages: Sequence[Page], mine: Sequence[Got], theirs: Sequence[Got], *, worst: int) -> None:
    """Prints one set, and the ``worst`` pages compared with plain trafilatura."""
    print(f"\n{name}: {len(pages)} pages")
    print(f"{'':12} {' '.join(f'{column:>6}' for column in COLUMNS)}")
    spent = sum(got.seconds for got in theirs)
    for label, side in (("ours", mine), ("trafilatura", theirs)):
        own = sum(got.seconds for got in side)
        speed = spent / own if own and spent else float("nan")
        print(f"{label:12} {' '.join(map(_printed, (*numbers(pages, side), speed)))}")
    rows = [
        (score(ours_.text, page.text).f1 - score(theirs_.text, page.text).f1, page)
        for ours_, theirs_, page in zip(mine, theirs, pages, strict=True)
    ]
    for change, page in sorted(rows, key=lambda row: row[0])[:worst]:
        print(f"  {change:+.3f} {page.name} {page.url}")


def _printed(number: float) -> str:
    return f"{'-':>6}" if isnan(number) else f"{number:6.3f}"


def main() -> int:
    """Measures every set; prints a message if there is no corpus."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--limit", type=int, default=None, help="pages per set")
    options.add_argument("--set", default=None, help="one set only")
    options.add_argument("--half", choices=HALVES, default=None, help="one half of the hosts only")
    options.add_argument("--worst", type=int, default=0, help="also list the worst pages compared with trafilatura")
    options.add_argument("--cached", action="store_true", help="run plain trafilatura only once per page")
    options.add_argument("--times", type=int, default=1, help="number of passes; the fastest counts for each page")
    wanted = options.parse_args()
    if not (folders := sets_of_pages()):
        print(f"nothing to measure: {PAGES} is absent", file=sys.stderr)
        return 0
    for folder in folders:
        if wanted.set not in (None, folder.name):
            continue
        pages = list(read_pages(folder, half=wanted.half, limit=wanted.limit))
        mine, theirs = answers(pages, cached_plain if wanted.cached else plain, wanted.times)
        if wanted.cached:
            theirs = [replace(got, seconds=0.0) for got in theirs]
        report(folder.name, pages, mine, theirs, worst=wanted.worst)
    return 0


if __name__ == "__main__":
    sys.exit(main())
