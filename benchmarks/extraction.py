"""How good is our article text beside plain trafilatura's, and what does it cost?

    python benchmarks/extraction.py [--limit N] [--set NAME] [--worst N]

Reads the article pages of ``../shared/corpus/pages`` and prints, per set: precision and recall of token
4-shingles averaged over pages (CJK by character), F1 of these averages (as published scores are) and
F1 averaged over pages; the share of clean pages (precision >= .98 and recall >= .95); how many titles
are exact, days right within one, authors right in part, and authors given where there is none; pages
per CPU second as a ratio. It changes nothing and keeps nothing.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from trafilatura import bare_extraction
from trafilatura.settings import Document

from aggregator.extraction.page import extract, warm_up
from aggregator.extraction.words import words
from aggregator.model import ExtractedPage

PAGES = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "pages"
SHINGLE = 4
COLUMNS = ("P", "R", "F1", "pageF1", "clean", "title", "day", "author", "invent", "speed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page of the corpus with what people say is right."""

    name: str
    body: bytes
    url: str
    text: str
    title: str
    authors: tuple[str, ...]
    day: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Got:
    """What a pipeline made of a page."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    day: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """How a text compares with the right one."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def clean(self) -> bool:
        """Whether a reader would find nothing to mend."""
        return self.precision >= 0.98 and self.recall >= 0.95


def read_pages(folder: Path, limit: int | None) -> Iterator[Page]:
    """The pages of one set, every n-th of them when ``limit`` is smaller than the set."""
    found = sorted(folder.glob("*.json"))
    step = max(1, len(found) // limit) if limit else 1
    for path in found[::step][:limit]:
        gold = json.loads(path.read_text())
        author = gold.get("author") or ()
        yield Page(
            name=path.stem,
            body=gzip.decompress(path.with_suffix(".html.gz").read_bytes()),
            url=gold["url"],
            text=gold["text"],
            title=gold.get("title") or "",
            authors=(author,) if isinstance(author, str) else tuple(author),
            day=(gold.get("date") or "")[:10],
        )


def score(got: str, gold: str) -> Score:
    """Precision and recall of the 4-shingles, as multisets."""
    mine, theirs = _shingles(got), _shingles(gold)
    shared = sum((mine & theirs).values())
    return Score(
        precision=shared / sum(mine.values()) if mine else 0.0, recall=shared / sum(theirs.values()) if theirs else 0.0
    )


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    found = words(text)
    return Counter(tuple(found[start : start + SHINGLE]) for start in range(max(1, len(found) - SHINGLE + 1)) if found)


def ours(page: Page) -> Got:
    """Our pipeline."""
    outcome = extract(page.body, url=page.url, content_type=None)
    if not isinstance(outcome, ExtractedPage):
        return Got()
    return Got(
        text=outcome.text,
        title=outcome.title or "",
        authors=outcome.authors,
        day=outcome.published_at.date().isoformat() if outcome.published_at else "",
    )


def plain(page: Page) -> Got:
    """Plain trafilatura as it comes, comments off, with metadata."""
    document = bare_extraction(page.body, url=page.url, include_comments=False, with_metadata=True)
    if not isinstance(document, Document):
        return Got()
    return Got(
        text=document.text or "",
        title=document.title or "",
        authors=tuple((document.author or "").split("; ")) if document.author else (),
        day=document.date or "",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the report."""

    name: str
    scores: tuple[Score, ...]
    titles: float
    days: float
    authors: float
    invented: float
    seconds: float


def measure(name: str, pages: Sequence[Page], pipeline: Callable[[Page], Got]) -> Row:
    """Runs one pipeline over the pages."""
    started = time.process_time()
    got = [pipeline(page) for page in pages]
    seconds = time.process_time() - started
    pairs = list(zip(pages, got, strict=True))
    return Row(
        name=name,
        scores=tuple(score(answer.text, page.text) for page, answer in pairs),
        titles=_share(words(page.title) == words(answer.title) for page, answer in pairs if page.title),
        days=_share(_same_day(page.day, answer.day) for page, answer in pairs if page.day),
        authors=_share(_same_people(page.authors, answer.authors) for page, answer in pairs if page.authors),
        invented=_share(bool(answer.authors) for page, answer in pairs if not page.authors),
        seconds=seconds,
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
    """Whether any name is common to both."""
    right = words(" ".join(gold))
    return any(set(words(name)) <= set(right) for name in got if words(name))


def report(name: str, rows: Sequence[Row]) -> None:
    """Prints one set."""
    print(f"\n{name}: {len(rows[0].scores)} pages")
    print(f"{'':12} {' '.join(f'{column:>6}' for column in COLUMNS)}")
    for row in rows:
        mean = Score(
            precision=fmean(one.precision for one in row.scores), recall=fmean(one.recall for one in row.scores)
        )
        numbers = (
            mean.precision,
            mean.recall,
            mean.f1,
            fmean(one.f1 for one in row.scores),
            fmean(one.clean for one in row.scores),
            row.titles,
            row.days,
            row.authors,
            row.invented,
        )
        speed = rows[-1].seconds / row.seconds
        print(f"{row.name:12} {' '.join(f'{number:6.3f}' for number in numbers)} {speed:6.2f}")


def main() -> int:
    """Measures every set, or says that there is none."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--limit", type=int, default=None, help="pages per set")
    options.add_argument("--set", default=None, help="one set only")
    options.add_argument("--worst", type=int, default=0, help="also name the pages that lost most against trafilatura")
    wanted = options.parse_args()
    if not PAGES.is_dir():
        print(f"nothing to measure: {PAGES} is absent", file=sys.stderr)
        return 0
    warm_up()
    for folder in sorted(path for path in PAGES.iterdir() if path.is_dir()):
        if wanted.set not in (None, folder.name):
            continue
        pages = list(read_pages(folder, wanted.limit))
        mine, theirs = measure("ours", pages, ours), measure("trafilatura", pages, plain)
        report(folder.name, (mine, theirs))
        losses = sorted(zip(mine.scores, theirs.scores, pages, strict=True), key=lambda row: row[0].f1 - row[1].f1)
        for ours_, theirs_, page in losses[: wanted.worst]:
            print(f"  {page.name}: {ours_.f1:.3f} against {theirs_.f1:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
