"""Reads the annotated article pages of the corpus and scores a text against the annotation.

The pages are in ``../shared/corpus/pages``. They are split into two halves by host, so that the pages used
for tuning and the pages used for evaluation never share a site.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from aggregator.extraction.words import words

CHECKOUT = Path(__file__).resolve().parents[1]
PAGES = CHECKOUT.parent / "shared" / "corpus" / "pages"
HALVES = ("a", "b")
SHINGLE = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """An annotated page of the corpus; ``host`` is its registrable domain."""

    name: str
    body: bytes
    url: str
    host: str
    text: str
    title: str
    authors: tuple[str, ...]
    day: str
    language: str

    @property
    def half(self) -> str:
        """The half that the page's host belongs to."""
        return HALVES[self.fold(len(HALVES))]

    def fold(self, folds: int) -> int:
        """The number of the part that the page's host belongs to, of ``folds`` parts."""
        return sha256(self.host.encode()).digest()[0] % folds


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """The precision and recall of a text compared with the annotated text."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def clean(self) -> bool:
        """True if a reader would find almost no error."""
        return self.precision >= 0.98 and self.recall >= 0.95


def sets_of_pages() -> tuple[Path, ...]:
    """The folders of pages; empty if there is no corpus."""
    return tuple(sorted(path for path in PAGES.iterdir() if path.is_dir())) if PAGES.is_dir() else ()


def read_pages(folder: Path, *, half: str | None = None, limit: int | None = None) -> Iterator[Page]:
    """The pages of one set, or of one ``half`` of it; every n-th of them if there are more than ``limit``."""
    found = [page for path in sorted(folder.glob("*.json")) if half in (None, (page := _read(path)).half)]
    step = max(1, len(found) // limit) if limit else 1
    yield from found[::step][:limit]


def score(got: str, gold: str) -> Score:
    """Precision and recall of the token 4-shingles, as multisets; a token is a word, in CJK a character."""
    mine, theirs = shingles(got), shingles(gold)
    shared = sum((mine & theirs).values())
    return Score(
        precision=shared / sum(mine.values()) if mine else 0.0, recall=shared / sum(theirs.values()) if theirs else 0.0
    )


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The 4-shingles of a text; a shorter text is one shingle."""
    found = words(text)
    return Counter(tuple(found[start : start + SHINGLE]) for start in range(max(1, len(found) - SHINGLE + 1)) if found)


def _read(path: Path) -> Page:
    gold = json.loads(path.read_text())
    author = gold.get("author") or ()
    return Page(
        name=f"{path.parent.name}/{path.stem}",
        body=gzip.decompress(path.with_suffix(".html.gz").read_bytes()),
        url=gold["url"],
        host=_registrable(gold["url"]),
        text=gold["text"],
        title=gold.get("title") or "",
        authors=(author,) if isinstance(author, str) else tuple(author),
        day=(gold.get("date") or "")[:10],
        language=gold.get("language") or "",
    )


def _registrable(url: str) -> str:
    host = urlsplit(url).hostname or url
    return _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
