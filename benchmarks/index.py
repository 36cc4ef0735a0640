"""How large, how fast and how sure is the index of candidates, and how does it grow?

    python benchmarks/index.py                          100,000 articles and then 1,000,000, on SQLite
    python benchmarks/index.py --articles 20000         a quick look

The articles are made up: words by Zipf's law, lengths as those of news, every outlet with a block of
its own under all its texts, and one article in five a copy of an earlier one that was cut, edited or
both. They stand in a real database, in the tables of the service. A question asks for the candidates
of a text that is not stored: half are new, half are cut copies of stored ones. Fingerprinting is
compared with MinHash by datasketch, turn by turn on the same texts, where datasketch is installed.
Times are of this machine at this moment: what holds elsewhere are the ratios.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aggregator.dedup.candidate_index import CandidateIndex
from aggregator.dedup.shingles import Hashes, distinct_hashes, shingle_hashes, token_hashes, token_weights
from aggregator.dedup.sketch import sample_hashes, sketch
from aggregator.dedup.tokens import TokenKind, tokenise
from aggregator.model.sketch_table import SketchTable
from aggregator.store import index_update, merge_queries
from aggregator.store.database import Database
from aggregator.store.merge_queries import ReadyArticle
from aggregator.store.schema_migration import migrate
from aggregator.store.tables import Article, ArticleSketch, Copy, Host, Story, sql_table

WORDS = 50_000
OUTLETS = 400
COPIES = 0.2
QUESTIONS = 2000
BURST = 500
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)
_BATCH = 5000

Words = NDArray[np.intp]


class Newsroom:
    """Articles as numbers of words, from one stream of chance."""

    def __init__(self) -> None:
        self._chance = np.random.default_rng(20260301)
        self.vocabulary = [_spelt(number) for number in range(WORDS)]
        self._hashes = token_hashes(self.vocabulary)
        self._upto = np.cumsum(1 / np.arange(1, WORDS + 1))
        self._blocks = [self._text(40) for _ in range(OUTLETS)]
        self._recent: list[Words] = []

    def article(self) -> Words:
        """The next article with its outlet's block below."""
        body = self.cut_copy() if self._recent and self._chance.random() < COPIES else self._body()
        self._remember(body)
        return np.concatenate((body, self._blocks[int(self._chance.integers(OUTLETS))]))

    def new(self) -> Words:
        """An article that is nobody's copy."""
        return np.concatenate((self._body(), self._blocks[int(self._chance.integers(OUTLETS))]))

    def cut_copy(self) -> Words:
        """A recent article, cut to between a third and all of it, with one word in fifty another one."""
        whole = self._recent[int(self._chance.integers(len(self._recent)))]
        kept = whole[: max(60, int(len(whole) * self._chance.uniform(0.34, 1)))].copy()
        edited = self._chance.random(len(kept)) < 0.02
        kept[edited] = self._text(int(edited.sum()))
        return kept

    def fingerprints(self, words: Words) -> Hashes:
        """What the sketch of the words would hold, without making a text of them first."""
        kinds = bytes([TokenKind.WORD]) * len(words)
        hashes, _ = shingle_hashes(self._hashes[words], token_weights(kinds))
        return distinct_hashes(sample_hashes(distinct_hashes(hashes)) >> np.uint64(32))

    def _body(self) -> Words:
        return self._text(int(np.clip(self._chance.lognormal(5.9, 0.6), 60, 3000)))

    def _text(self, length: int) -> Words:
        words: Words = np.searchsorted(self._upto, self._chance.random(length) * self._upto[-1])
        return words

    def _remember(self, body: Words) -> None:
        self._recent.append(body)
        if len(self._recent) > 20_000:
            del self._recent[:10_000]


def _spelt(number: int) -> str:
    """A word of its own for every number, longer for larger ones."""
    word = ""
    while number >= 0:
        number, letter = divmod(number, 20)
        word += "bcdfghjklmnpqrstvwxz"[letter] + "aeiou"[letter % 5]
        number -= 1
    return word


def fill(database: Database, newsroom: Newsroom, first: int, last: int) -> int:
    """Store articles with these ids as the merging step leaves them; the bytes their sketches take on disk."""
    taken = 0
    for start in range(first, last + 1, _BATCH):
        ids = range(start, min(start + _BATCH, last + 1))
        with database.writing() as session:
            session.execute(insert(sql_table(Article)), [_article(number) for number in ids])
            session.execute(insert(sql_table(Story)), [_story(number) for number in ids])
            session.execute(
                insert(sql_table(Copy)),
                [{"article_id": number, "story_id": number, "joined_at": NOW} for number in ids],
            )
        before = _pages(database)
        rows = [
            {
                "article_id": number,
                "turn": number,
                "seen": int(NOW.timestamp()),
                "fingerprints": newsroom.fingerprints(newsroom.article()).astype("<u4").tobytes(),
            }
            for number in ids
        ]
        with database.writing() as session:
            session.execute(insert(sql_table(ArticleSketch)), rows)
        taken += _pages(database) - before
    return taken


def _article(number: int) -> dict[str, object]:
    plain = Article(
        id=number, outlet="a.example", key=f"k{number}", host="a.example", next_attempt_at=NOW, seen_at=NOW,
        published_at=NOW, state="placed", exact=number, tokens=300,
    )  # fmt: skip
    return plain.model_dump()


def _story(number: int) -> dict[str, object]:
    plain = Story(
        id=number, key=f"s{number}", founded_at=NOW, settle_at=NOW, first_seen_at=NOW, published_at=NOW,
        lead_article_id=number,
    )  # fmt: skip
    return plain.model_dump()


def _pages(database: Database) -> int:
    with database.reading() as session:
        pragma = session.connection().exec_driver_sql
        count, size = (pragma(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size"))
        return int(count) * int(size)


def questions(newsroom: Newsroom) -> Iterator[tuple[bool, tuple[int, ...]]]:
    """Fingerprints of texts that are not stored, and whether each is a copy of one that is."""
    for number in range(QUESTIONS):
        copied = number % 2 == 0
        words = newsroom.cut_copy() if copied else newsroom.new()
        yield copied, tuple(newsroom.fingerprints(words).tolist())


def clocked(function: Callable[[str], object], text: str) -> float:
    """Seconds a call with a text takes."""
    began = time.perf_counter()
    function(text)
    return time.perf_counter() - began


def measure(database: Database, newsroom: Newsroom, count: int) -> None:
    """Rebuild the index from the table and ask it."""
    index = CandidateIndex(most_articles=2 * count)
    with database.reading() as session:
        began = time.perf_counter()
        index_update.update_index(session, index, since=SINCE)
        start = time.perf_counter() - began
        print(f"  memory: {index.nbytes / count:.0f} bytes an article")
        alone, whole, found, told, asked = [], [], 0, 0, 0
        for copied, fingerprints in questions(newsroom):
            article = ReadyArticle(article_id=0, exact=0, tokens=300, fingerprints=fingerprints, story_id=None)
            began = time.perf_counter()
            index.candidates(fingerprints, since=SINCE.timestamp(), most=20)
            between = time.perf_counter()
            candidates = merge_queries.find_candidates(session, article, index, since=SINCE)
            whole.append(time.perf_counter() - between)
            alone.append(between - began)
            told += len(candidates)
            asked += copied
            found += copied and bool(candidates)
    print(f"  read from the table in {start:.1f} s")
    for name, times in (("to the index alone", alone), ("and the check in SQLite", whole)):
        half, most = np.percentile(times, [50, 99]) * 1000
        print(f"  a question {name}: p50 {half:.2f} ms, p99 {most:.2f} ms")
    print(f"  cut copies for which something was found: {found / asked:.4f}; {told / QUESTIONS:.1f} candidates a text")
    burst(index, newsroom, count)


def burst(index: CandidateIndex, newsroom: Newsroom, count: int) -> None:
    """Let many copies of one text arrive one by one."""
    text = newsroom.new()
    fingerprints = newsroom.fingerprints(text).astype(np.uint32)
    times = []
    for number in range(count + 1, count + BURST + 1):
        row = SketchTable(
            articles=np.array([number]),
            seen=np.array([int(NOW.timestamp())]),
            fingerprints=fingerprints,
            counts=np.array([len(fingerprints)]),
        )
        began = time.perf_counter()
        index.candidates(fingerprints.tolist(), since=SINCE.timestamp(), most=20)
        index.put(row, since=SINCE.timestamp())
        times.append(time.perf_counter() - began)
    tenth = BURST // 10
    growth = float(np.median(times[-tenth:]) / np.median(times[:tenth]))
    print(f"  {BURST} copies of one text: one of the last costs {growth:.1f} times one of the first")


def fingerprinting(newsroom: Newsroom) -> None:
    """Sketch texts, and make MinHash signatures of the same tokens, by turns."""
    if find_spec("datasketch") is None:
        print("datasketch is not installed; fingerprinting was not compared")
        return
    minhash = import_module("datasketch").MinHash

    def signature(text: str) -> None:
        words = tokenise(text).words
        minhash(num_perm=128).update_batch(
            [" ".join(words[at : at + 5]).encode() for at in range(max(1, len(words) - 4))]
        )

    ours = theirs = 0.0
    for _ in range(1000):
        text = " ".join(newsroom.vocabulary[word] for word in newsroom.new())
        ours += clocked(sketch, text)
        theirs += clocked(signature, text)
    print(f"text to fingerprints: {theirs / ours:.2f} times as many texts a second as datasketch's MinHash")


def main() -> None:
    """Print all measures for every number of articles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[100_000, 1_000_000])
    arguments = parser.parse_args()
    newsroom = Newsroom()
    fingerprinting(newsroom)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/index.sqlite")
        migrate(database)
        with database.writing() as session:
            session.execute(insert(sql_table(Host)), [Host(key="a.example", next_request_at=NOW).model_dump()])
        stored = taken = 0
        for count in sorted(arguments.articles):
            taken += fill(database, newsroom, stored + 1, count)
            stored = count
            print(f"{count:,} articles")
            print(f"  disk: {taken / count:.0f} bytes an article")
            measure(database, newsroom, count)
        database.close()
    print(f"most memory of the whole process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
