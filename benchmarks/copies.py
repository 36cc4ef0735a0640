"""How well are labelled pairs judged? Our judge beside plain measures, on the shared corpus.

    python benchmarks/copies.py            needs ../shared/corpus beside the checkout
    python benchmarks/copies.py --merges   also lists what the judge merges among all pairs of each set
    python benchmarks/copies.py --labels benchmarks/labelled_pairs.jsonl --half tune    other labelled pairs

Label 2 is a copy, 0 is none, debatable pairs (1) are left out. Prints precision, recall and F1 for
the judge as shipped (its thresholds were chosen while the default pairs were known), for the judge with
thresholds chosen without the set it is measured on, and for other measures; then how many of all
pairs within a set the judge merges.

Thresholds are chosen so: each tunable one starts in the middle of its grid; twice, in the order
listed, each takes the middle of the values that give the best F1 on the other sets. The shipped
values play no part in it. What is not in ``GRIDS`` keeps its shipped value, which was not chosen blind.

``benchmarks/labelled_pairs.jsonl`` has 400 pairs that ``benchmarks/sample_pairs.py`` drew; two readers labelled each
alone, without any score (``first``, ``second``), and a pair on which they differ is debatable. The half ``tune`` is for
work on the judge. The half ``judge`` is measured only when that work has ended.
MinHash is datasketch's and is measured where datasketch is installed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from aggregator.dedup.judge import judge
from aggregator.dedup.prepared_text import PreparedText, prepare_text
from aggregator.dedup.sketch import sketch_of
from aggregator.dedup.thresholds import Thresholds
from aggregator.model.dedup import JudgedText, Verdict

PAIRS = Path(__file__).resolve().parents[1].parent / "shared" / "corpus" / "pairs"
SEEN = datetime(2026, 1, 1, tzinfo=UTC)


def documents(dataset: str) -> dict[str, JudgedText]:
    """The documents of a data set, by id."""
    found = {}
    with (PAIRS / f"{dataset}.jsonl").open(encoding="utf-8") as file:
        for number, line in enumerate(file):
            row: dict[str, Any] = json.loads(line)
            outlet = str(row.get("source") or row["id"])
            found[row["id"]] = JudgedText(
                article_id=number,
                outlet=outlet,
                url="",
                title=row.get("title") or "",
                text=row["text"],
                published_at=SEEN,
            )
    return found


def shingles(text: str, size: int) -> set[tuple[str, ...]]:
    """Runs of so many words."""
    words = re.findall(r"\w+", text.lower())
    return set(zip(*(words[start:] for start in range(size)), strict=False))


def contained(a: JudgedText, b: JudgedText) -> bool:
    """Whether 70 % of the 3-word shingles of one stand in the other."""
    one, other = shingles(a.text, 3), shingles(b.text, 3)
    return len(one & other) >= 0.7 * max(1, min(len(one), len(other)))


def alike(a: JudgedText, b: JudgedText) -> bool:
    """Whether half of all 5-word shingles are shared, as MinHash would estimate."""
    one, other = shingles(a.text, 5), shingles(b.text, 5)
    return len(one & other) >= 0.5 * max(1, len(one | other))


def near_hashes(a: JudgedText, b: JudgedText) -> bool:
    """Whether the 64-bit SimHashes of the 3-word shingles differ in at most 3 bits (Manku et al., 2007)."""
    return (simhash(a.text) ^ simhash(b.text)).bit_count() <= 3


def simhash(text: str) -> int:
    """Charikar's hash of 64 bits."""
    hashes = np.array([xxhash.xxh3_64_intdigest(" ".join(s).encode()) for s in shingles(text, 3)], dtype=np.uint64)
    bits = (hashes[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    return sum(1 << place for place in np.flatnonzero(bits.sum(axis=0) * 2 > len(hashes)).tolist())


def titles_alike(a: JudgedText, b: JudgedText) -> bool:
    """Whether half of all letter trigrams of the titles are shared; a text without title is known by its first line."""
    one, other = (
        {title[start : start + 3] for start in range(len(title) - 2)}
        for title in ((text.title or text.text.strip().split("\n")[0]).casefold() for text in (a, b))
    )
    return len(one & other) >= 0.5 * max(1, len(one | other))


def minhash_meets(a: JudgedText, b: JudgedText) -> bool:
    """Whether datasketch's MinHash LSH of 5-word shingles at .5 finds one text by the other."""
    # the one library that need not be there
    datasketch = import_module("datasketch")
    hashes = []
    for text in (a.text, b.text):
        hashes.append(datasketch.MinHash(num_perm=128, seed=1))
        hashes[-1].update_batch([" ".join(shingle).encode() for shingle in shingles(text, 5)])
    lsh = datasketch.MinHashLSH(threshold=0.5, num_perm=128)
    lsh.insert("a", hashes[0])
    return "a" in lsh.query(hashes[1])


METHODS: dict[str, Callable[[JudgedText, JudgedText], bool]] = {
    "judge, as shipped": lambda a, b: judge(a, b).relation.merges,
    "containment of 3 words >= .7": contained,
    "Jaccard of 5 words >= .5": alike,
    "SimHash, 64 bits, distance 3": near_hashes,
    "title trigrams >= .5": titles_alike,
}

GRIDS: dict[str, tuple[float, ...]] = {
    "across": (0.40, 0.50, 0.60, 0.70, 0.80),
    "within": (0.55, 0.65, 0.75, 0.85, 0.95),
    "longer_across": (0.05, 0.10, 0.15, 0.20, 0.30),
    "longer_within": (0.20, 0.30, 0.40, 0.50, 0.60),
    "in_order": (0.30, 0.40, 0.50, 0.60, 0.70),
    "run": (5.0, 7.0, 9.0, 11.0, 13.0),
    "lead_share": (0.05, 0.15, 0.25, 0.35, 0.45),
    "lead_rewritten": (0.0, 0.05, 0.10, 0.20, 0.30),
    "mutual": (0.40, 0.50, 0.60, 0.70, 0.80),
    "lead_own": (0.55, 0.65, 0.75, 0.85, 0.95),
    "lead_taken": (0.50, 0.60, 0.70, 0.80, 0.90),
    "revised": (0.55, 0.65, 0.75, 0.85, 0.95),
    "revised_longer": (0.15, 0.25, 0.35, 0.45, 0.55),
    "revised_lead": (0.20, 0.30, 0.40, 0.50, 0.60),
    "revised_in_order": (0.25, 0.35, 0.45, 0.55, 0.65),
    "revised_run": (6.0, 8.0, 10.0, 12.0, 14.0),
    "words_per_conflict": (20, 40, 60, 80, 100),
    "slots_differing": (0.10, 0.20, 0.30, 0.40, 0.50),
}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A labelled pair, read for the judge."""

    dataset: str
    one: PreparedText
    other: PreparedText
    copies: bool


def counts_of(said: Iterable[bool], pairs: Sequence[Pair]) -> Counter[tuple[bool, bool]]:
    """How often which answer met which label."""
    return Counter(zip(said, (pair.copies for pair in pairs), strict=True))


def scores(counts: Counter[tuple[bool, bool]]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    right = counts[True, True]
    precision = right / max(1, right + counts[True, False])
    recall = right / max(1, right + counts[False, True])
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def merged(pairs: Sequence[Pair], thresholds: Thresholds) -> list[bool]:
    """What the judge says of each pair."""
    return [judge(pair.one, pair.other, thresholds=thresholds).relation.merges for pair in pairs]


def chosen(pairs: Sequence[Pair]) -> Thresholds:
    """The thresholds that fit these pairs best, found as the module says."""
    best = Thresholds(**{name: grid[len(grid) // 2] for name, grid in GRIDS.items()})  # type: ignore[arg-type]
    for _ in range(2):
        for name, grid in GRIDS.items():
            tried = [replace(best, **{name: value}) for value in grid]  # type: ignore[arg-type]
            reached = [scores(counts_of(merged(pairs, each), pairs))[2] for each in tried]
            winners = [each for each, f1 in zip(tried, reached, strict=True) if f1 == max(reached)]
            best = winners[len(winners) // 2]
    return best


def left_out(pairs: Sequence[Pair]) -> list[bool]:
    """What the judge says of each pair with thresholds chosen on the other sets."""
    said: dict[int, bool] = {}
    for dataset in sorted({pair.dataset for pair in pairs}):
        thresholds = chosen([pair for pair in pairs if pair.dataset != dataset])
        here = [pair for pair in pairs if pair.dataset == dataset]
        said |= zip(map(id, here), merged(here, thresholds), strict=True)
    return [said[id(pair)] for pair in pairs]


def merges_within(texts: dict[str, JudgedText]) -> list[tuple[str, str, Verdict]]:
    """All pairs of a set that share a sampled shingle or the whole text, and that the judge merges."""
    prepared = {name: prepare_text(text) for name, text in texts.items()}
    postings: defaultdict[int, list[str]] = defaultdict(list)
    for name, text in prepared.items():
        sketched = sketch_of(text.tokens)
        for key in {sketched.exact, *sketched.fingerprints}:
            postings[key].append(name)
    candidates = {pair for names in postings.values() for pair in combinations(names, 2)}
    verdicts = ((a, b, judge(prepared[a], prepared[b])) for a, b in sorted(candidates))
    return [found for found in verdicts if found[2].relation.merges]


def main() -> int:
    """Print the tables; 0 also when there is nothing to measure on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--merges", action="store_true", help="list every merge within a set, with its rule")
    parser.add_argument("--labels", type=Path, default=PAIRS / "gold_pairs.jsonl", help="labelled pairs, JSON lines")
    parser.add_argument("--half", choices=("tune", "judge"), help="measure the pairs of this half alone")
    asked = parser.parse_args()
    if not PAIRS.is_dir():
        print("../shared/corpus is not beside this checkout; nothing was measured")
        return 0
    lines = asked.labels.read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if asked.half in (None, row.get("half"))]
    labels = {(row["dataset"], *sorted((row["a"], row["b"]))): row["label"] for row in rows}
    texts = {dataset: documents(dataset) for dataset in sorted({row["dataset"] for row in rows})}
    pairs = [
        Pair(dataset=of, one=prepare_text(texts[of][a]), other=prepare_text(texts[of][b]), copies=label == 2)
        for (of, a, b), label in labels.items()
        if label != 1
    ]
    print_scores(pairs)
    if asked.half:
        return 0
    print("\nAll pairs of a set that share a sampled shingle: merged, of these labelled copy / debatable / different")
    for dataset, found in texts.items():
        merges = merges_within(found)
        marks = Counter(labels.get((dataset, *sorted((a, b)))) for a, b, _ in merges)
        print(f"{dataset:14} {len(found):5} articles {len(merges):5} merged   {marks[2]} / {marks[1]} / {marks[0]}")
        for a, b, verdict in merges if asked.merges else ():
            shares = f"{verdict.evidence.shorter:.2f} {verdict.evidence.longer:.2f}"
            print(f"    {a}  {b}  {verdict.rule}  {shares}  {labels.get((dataset, *sorted((a, b))), 'no label')}")
    return 0


def print_scores(pairs: Sequence[Pair]) -> None:
    """Print the table of methods."""
    print(f"{len(pairs)} pairs, {sum(pair.copies for pair in pairs)} of them copies")
    print(f"{'':30}  precision  recall     F1   wrong merges by data set")
    methods = dict(METHODS)
    if find_spec("datasketch"):
        methods["datasketch MinHash LSH .5"] = minhash_meets
    answers = {name: [says(pair.one.document, pair.other.document) for pair in pairs] for name, says in methods.items()}
    answers["judge, each set left out"] = left_out(pairs)
    for name, said in answers.items():
        precision, recall, f1 = scores(counts_of(said, pairs))
        wrong = Counter(pair.dataset for pair, yes in zip(pairs, said, strict=True) if yes and not pair.copies)
        print(f"{name:30}  {precision:9.3f}  {recall:6.3f} {f1:6.3f}   {dict(wrong)}")
    if "datasketch MinHash LSH .5" not in methods:
        print("datasketch is not installed; MinHash LSH was not measured")


if __name__ == "__main__":
    sys.exit(main())
