"""Compares the accuracy and CPU time of our article metadata (title, day, authors, language) with plain trafilatura.

    python -m benchmarks.metadata [--set NAME] [--half a|b] [--wrong FIELD]

Reads the article pages of ``../shared/corpus/pages`` and prints per set the shares of pages with an exact
title and with a title similarity (Jaccard) of .8 or more; with the exact day and with at most one day of
error; with exact authors, with exact authors among the pages whose authors are people and no organisation,
and with at least one correct author; of pages without an author for which an author is given; and with the
language of the text. The last column is pages per CPU second as a ratio, without the parsing of the page.
The halves split the pages by host, so that rules are tested on other sites than those used to write them.
``--wrong`` also prints the wrong values with the right ones. The script writes no files.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Any
from urllib.parse import urlsplit

from lxml import html
from trafilatura.metadata import extract_metadata
from trafilatura.utils import detect_encoding, load_html

from aggregator.agencies import agency_named
from aggregator.extraction.page_encoding import decode_page
from aggregator.extraction.page_extraction import warm_up
from aggregator.extraction.page_metadata import read_page_metadata
from aggregator.extraction.words import words

PAGES = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "pages"
COLUMNS = ("title", "j.8", "day", "day±1", "author", "people", "part", "invent", "lang", "speed")
ORGANISATIONS = frozenset({
    "agentur", "board", "center", "desk", "editor", "editorial", "editors", "institute", "media", "news", "redaktion",
    "school", "staff", "team",
})  # fmt: skip
AND = frozenset({"and", "und", "et", "y", "e", "og"})
FUNCTION_WORDS = {
    "en": "the of and to in that is was for with",
    "de": "der die und das nicht ist mit von den ein",
    "fr": "les des une est dans que pour pas sur qui",
    "es": "los las una por con para del que el su",
    "it": "che di il per una non con del sono della",
    "nl": "het een van dat niet voor zijn op met aan",
    "sv": "och att det som för inte med är av den",
    "no": "og det som ikke på til av med har var",
    "da": "og det som ikke på til af med har var",
    "tr": "ve bir bu için ile olarak da daha çok olan",
    "ru": "и в на не что с по как это из",
    "is": "og að er sem í til það við um ekki",
    "ms": "dan yang di untuk dengan ini pada dari kepada akan",
}
"""Ten frequent function words of each language: enough to detect the language of a complete article."""
VAGUE = "<html><body><div class='date'>1. ready 2000</div></body></html>"
"""A page that makes trafilatura load all its libraries, so that loading is not measured."""

LETTERS = {"ja": "[ぁ-んァ-ヶ]", "ko": "[가-힣]", "zh": "[一-鿿]", "he": "[א-ת]", "ar": "[ء-ي]"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """An annotated page of the corpus."""

    name: str
    source: str
    url: str
    title: str
    authors: tuple[str, ...]
    date: str
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Got:
    """The result of a pipeline for a page; ``date`` is in ISO 8601."""

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    language: str = ""


def read_pages(folder: Path, half: str | None) -> Iterator[Page]:
    """The pages of one set, or of one ``half`` of its hosts."""
    for path in sorted(folder.glob("*.json")):
        gold: dict[str, Any] = json.loads(path.read_text())
        if half is not None and half_of(gold["url"]) != half:
            continue
        author = gold.get("author") or ()
        body = gzip.decompress(path.with_suffix(".html.gz").read_bytes())
        yield Page(
            name=path.stem,
            source=decode_page(body, content_type=None, guess=detect_encoding),
            url=gold["url"],
            title=gold.get("title") or "",
            authors=tuple(filter(None, (author,) if isinstance(author, str) else author)),
            date=gold.get("date") or "",
            language=language_of(gold["text"]),
        )


def half_of(url: str) -> str:
    """The half that the host of the URL belongs to."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return "ab"[sha256(host.encode()).digest()[0] % 2]


def language_of(text: str) -> str:
    """The language of a complete text by its letters, else by its most frequent words; "" if it is in no table."""
    for language, letters in LETTERS.items():
        if len(re.findall(letters, text)) > len(text) / 20:
            return language
    counts = Counter(words(text))
    scores = {
        language: sum(counts[word] for word in common.split()) / (counts.total() or 1)
        for language, common in FUNCTION_WORDS.items()
    }
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] >= 0.06 else ""


def ours(tree: html.HtmlElement, page: Page) -> Got:
    """The result of our pipeline for a parsed page."""
    metadata = read_page_metadata(tree, url=page.url)
    published_at = metadata.published_at
    return Got(
        title=metadata.title or "",
        authors=metadata.authors,
        date=published_at.isoformat() if published_at else "",
        language=(metadata.language or "").split("-")[0],
    )


def plain(tree: html.HtmlElement, page: Page) -> Got:
    """The result of plain trafilatura, which detects no language without a further library."""
    document = extract_metadata(tree, default_url=page.url)
    return Got(
        title=document.title or "",
        authors=tuple((document.author or "").split("; ")) if document.author else (),
        date=document.date or "",
    )


FIELDS: dict[str, tuple[Callable[[Page], bool], Callable[[Page, Got], bool]]] = {
    "title": (lambda page: bool(page.title), lambda page, got: words(page.title) == words(got.title)),
    "j.8": (lambda page: bool(page.title), lambda page, got: _jaccard(page.title, got.title) >= 0.8),
    "day": (lambda page: bool(page.date), lambda page, got: _days_off(page.date, got.date) == 0),
    "day±1": (lambda page: bool(page.date), lambda page, got: _days_off(page.date, got.date) <= 1),
    "author": (lambda page: bool(page.authors), lambda page, got: _people(page.authors) == _people(got.authors)),
    "people": (
        lambda page: bool(page.authors) and not any(_is_organisation(name, page.url) for name in page.authors),
        lambda page, got: _people(page.authors) == _people(got.authors),
    ),
    "part": (lambda page: bool(page.authors), lambda page, got: _some_person(page.authors, got.authors)),
    "invent": (lambda page: not page.authors, lambda _, got: bool(got.authors)),
    "lang": (lambda page: bool(page.language), lambda page, got: page.language == got.language),
}
"""For each column: the test if it counts a page, and the test if the result is correct."""


def _jaccard(one: str, other: str) -> float:
    left, right = set(words(one)), set(words(other))
    return len(left & right) / (len(left | right) or 1)


def _days_off(gold: str, got: str) -> int:
    """The number of days between two dates; if both have a time, in the time zone of the annotation."""
    if not got:
        return sys.maxsize
    right, ours_ = datetime.fromisoformat(gold), datetime.fromisoformat(got)
    if right.tzinfo is not None and ours_.tzinfo is not None and ours_.time() != datetime.min.time():
        ours_ = ours_.astimezone(right.tzinfo)
    return abs(right.date() - ours_.date()) // timedelta(days=1)


def _people(names: Iterable[str]) -> Counter[str]:
    return Counter(word for name in names for word in words(name) if word not in AND)


def _is_organisation(name: str, url: str) -> bool:
    """True if the annotated author is an agency, an editorial desk or the outlet."""
    host = "".join(words(urlsplit(url).hostname or ""))
    return bool(agency_named(name) or ORGANISATIONS.intersection(words(name)) or "".join(words(name)) in host)


def _some_person(gold: Iterable[str], got: Iterable[str]) -> bool:
    right = set(_people(gold))
    return any(set(words(name)) <= right for name in got if words(name))


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the report: the results of one pipeline, page by page, and its CPU time in seconds."""

    name: str
    got: tuple[Got, ...]
    seconds: float


def measure(name: str, pages: Sequence[Page], pipeline: Callable[[html.HtmlElement, Page], Got]) -> Row:
    """Runs one pipeline over the pages; the parsing of the pages is not measured."""
    got, seconds = [], 0.0
    for page in pages:
        tree = load_html(page.source)
        started = time.process_time()
        got.append(Got() if tree is None else pipeline(tree, page))
        seconds += time.process_time() - started
    return Row(name=name, got=tuple(got), seconds=seconds)


def report(name: str, pages: Sequence[Page], rows: Sequence[Row]) -> None:
    """Prints one set."""
    print(f"\n{name}: {len(pages)} pages")
    print(f"{'':12} {' '.join(f'{column:>6}' for column in COLUMNS)}")
    for row in rows:
        shares = [_share(pages, row.got, field) for field in FIELDS]
        numbers = " ".join(f"{share:6.3f}" for share in shares)
        print(f"{row.name:12} {numbers} {rows[-1].seconds / row.seconds:6.2f}")


def _share(pages: Sequence[Page], got: Sequence[Got], field: str) -> float:
    counts, holds = FIELDS[field]
    found = [holds(page, answer) for page, answer in zip(pages, got, strict=True) if counts(page)]
    return fmean(found) if found else float("nan")


def print_wrong(pages: Sequence[Page], got: Sequence[Got], field: str) -> None:
    """Prints the pages with a wrong value in one column, with the right value."""
    counts, holds = FIELDS[field]
    for page, answer in zip(pages, got, strict=True):
        if counts(page) and holds(page, answer) == (field == "invent"):
            print(f"\n{page.name} {page.url}\n  right: {_shown(page, field)}\n  got:   {_shown(answer, field)}")


def _shown(said: Page | Got, field: str) -> object:
    if field in ("title", "j.8"):
        return said.title
    if field in ("day", "day±1"):
        return said.date
    return said.language if field == "lang" else said.authors


def main() -> int:
    """Measures every set; prints a message if there is no corpus."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--set", default=None, help="one set only")
    options.add_argument("--half", choices=("a", "b"), default=None, help="the hosts of one half only")
    options.add_argument("--wrong", choices=tuple(FIELDS), default=None, help="also print what is wrong in one column")
    wanted = options.parse_args()
    if not PAGES.is_dir():
        print(f"nothing to measure: {PAGES} is absent", file=sys.stderr)
        return 0
    warm_up()
    extract_metadata(load_html(VAGUE))
    for folder in sorted(path for path in PAGES.iterdir() if path.is_dir()):
        if wanted.set not in (None, folder.name):
            continue
        pages = list(read_pages(folder, wanted.half))
        mine, theirs = measure("ours", pages, ours), measure("trafilatura", pages, plain)
        report(folder.name, pages, (mine, theirs))
        if wanted.wrong:
            print_wrong(pages, mine.got, wanted.wrong)
    return 0


if __name__ == "__main__":
    sys.exit(main())
