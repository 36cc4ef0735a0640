"""How well are labelled pairs judged? Our judge beside two plain measures, on the shared corpus.

    python benchmarks/copies.py            needs ../shared/corpus beside the checkout

Label 2 is a copy, 0 is none, debatable pairs (1) are left out. Prints precision, recall and F1 for
the judge, for containment of 3-word shingles >= .7 and for Jaccard of 5-word shingles >= .5, and what
the judge merged wrongly, by data set.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.dedup.judge import judge
from aggregator.model import Document

PAIRS = Path(__file__).resolve().parents[1].parent / "shared" / "corpus" / "pairs"
SEEN = datetime(2026, 1, 1, tzinfo=UTC)


def documents(dataset: str) -> dict[str, Document]:
    """The documents of a data set, by id."""
    found = {}
    with (PAIRS / f"{dataset}.jsonl").open(encoding="utf-8") as file:
        for number, line in enumerate(file):
            row: dict[str, Any] = json.loads(line)
            outlet = str(row.get("source") or row["id"])
            found[row["id"]] = Document(
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


def contained(a: Document, b: Document) -> bool:
    """Whether 70 % of the 3-word shingles of one stand in the other."""
    one, other = shingles(a.text, 3), shingles(b.text, 3)
    return len(one & other) >= 0.7 * max(1, min(len(one), len(other)))


def alike(a: Document, b: Document) -> bool:
    """Whether half of all 5-word shingles are shared, as MinHash would estimate."""
    one, other = shingles(a.text, 5), shingles(b.text, 5)
    return len(one & other) >= 0.5 * max(1, len(one | other))


METHODS: dict[str, Callable[[Document, Document], bool]] = {
    "our judge": lambda a, b: judge(a, b).relation.merges,
    "containment of 3 words >= .7": contained,
    "Jaccard of 5 words >= .5": alike,
}


def main() -> int:
    """Print the table; 0 also when there is nothing to measure on."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    if not PAIRS.is_dir():
        print("../shared/corpus is not beside this checkout; nothing was measured")
        return 0
    gold = [json.loads(line) for line in (PAIRS / "gold_pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = [row for row in gold if row["label"] != 1]
    texts = {dataset: documents(dataset) for dataset in {row["dataset"] for row in gold}}
    print(f"{len(gold)} pairs, {sum(row['label'] == 2 for row in gold)} of them copies")
    print(f"{'':30}  precision  recall     F1   wrong merges by data set")
    for name, says in METHODS.items():
        counts: Counter[tuple[bool, bool]] = Counter()
        wrong: Counter[str] = Counter()
        for row in gold:
            found = texts[row["dataset"]]
            said = says(found[row["a"]], found[row["b"]])
            counts[said, row["label"] == 2] += 1
            wrong[row["dataset"]] += said and row["label"] == 0
        precision = counts[True, True] / max(1, counts[True, True] + counts[True, False])
        recall = counts[True, True] / max(1, counts[True, True] + counts[False, True])
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"{name:30}  {precision:9.3f}  {recall:6.3f} {f1:6.3f}   {dict(+wrong)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
