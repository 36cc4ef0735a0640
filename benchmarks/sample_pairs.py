"""Draws pairs of articles of the shared corpus that people then label, without asking the judge.

    python -m benchmarks.sample_pairs --pairs 400 --seed 7 --out DRAWN.jsonl

A pair shares at least ``FEWEST_SHARED`` sampled shingles of five words and is not labelled yet. Pairs are drawn
in equal numbers from nine bands of containment (.1 to .9 and above: the share of the shorter text's three-word
shingles that the longer text has), and within a band from the data sets in turn. No article is in more than
``MOST_PER_ARTICLE`` pairs, so that one event does not fill the sample. Each drawn pair belongs to the half ``tune``
or ``judge``, by a hash of its ids: all pairs of one article belong to one half, as far as articles are linked by
drawn pairs.

Writes a line for each pair: data set, ids, containment, half. It writes no text.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

import xxhash

from aggregator.model.dedup import JudgedText
from benchmarks.copies import PAIRS, documents, shingles

FEWEST_SHARED = 2
MOST_PER_ARTICLE = 3
_SAMPLED_OF = 16  # one of so many shingles is sampled, by its hash
_MOST_POSTINGS = 60  # a shingle of more articles is furniture
_BANDS = tuple(number / 10 for number in range(1, 10))


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnPair:
    """Two articles of one data set; ``containment`` is 0 to 1, ``half`` is "tune" or "judge"."""

    dataset: str
    a: str
    b: str
    containment: float
    half: str = ""


def candidate_pairs(texts: dict[str, JudgedText]) -> list[tuple[str, str]]:
    """Returns the pairs of ids that share sampled shingles."""
    postings: defaultdict[int, list[str]] = defaultdict(list)
    for name, text in texts.items():
        hashes = {xxhash.xxh3_64_intdigest(" ".join(shingle).encode()) for shingle in shingles(text.text, 5)}
        for sampled in hashes:
            if sampled % _SAMPLED_OF == 0:
                postings[sampled].append(name)
    shared = Counter(
        pair for names in postings.values() if len(names) <= _MOST_POSTINGS for pair in combinations(sorted(names), 2)
    )
    return sorted(pair for pair, count in shared.items() if count >= FEWEST_SHARED)


def containment(a: JudgedText, b: JudgedText) -> float:
    """Returns the share of the shorter text's three-word shingles that the other text has."""
    one, other = shingles(a.text, 3), shingles(b.text, 3)
    return len(one & other) / max(1, min(len(one), len(other)))


def draw(banded: dict[tuple[float, str], list[DrawnPair]], count: int) -> list[DrawnPair]:
    """Takes pairs from the bands in turn, and within a band from the data sets in turn."""
    used: Counter[tuple[str, str]] = Counter()
    drawn: list[DrawnPair] = []
    waiting = {key: list(pairs) for key, pairs in sorted(banded.items())}
    while len(drawn) < count and any(waiting.values()):
        for band in _BANDS:
            keys = sorted((key for key in waiting if key[0] == band and waiting[key]), key=lambda key: used[key[1], ""])
            while keys and waiting[keys[0]]:
                pair = waiting[keys[0]].pop()
                ends = (pair.dataset, pair.a), (pair.dataset, pair.b)
                if max(used[end] for end in ends) < MOST_PER_ARTICLE:
                    used.update([*ends, (pair.dataset, "")])
                    drawn.append(pair)
                    break
    return drawn[:count]


def halved(drawn: list[DrawnPair]) -> list[DrawnPair]:
    """Puts each pair into a half; pairs that are linked by an article are in the same half."""
    leader: dict[tuple[str, str], tuple[str, str]] = {}

    def lead(end: tuple[str, str]) -> tuple[str, str]:
        while leader.setdefault(end, end) != end:
            end = leader[end]
        return end

    for pair in drawn:
        one, other = sorted((lead((pair.dataset, pair.a)), lead((pair.dataset, pair.b))))
        leader[other] = one
    return [
        DrawnPair(**{**asdict(pair), "half": ("tune", "judge")[xxhash.xxh3_64_intdigest(str(group).encode()) % 2]})
        for pair in drawn
        for group in [lead((pair.dataset, pair.a))]
    ]


def main() -> None:
    """Draws the pairs and writes them to a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=400, help="how many pairs to draw")
    parser.add_argument("--seed", type=int, default=7, help="the same seed draws the same pairs")
    parser.add_argument("--out", type=Path, required=True, help="the file to write, JSON lines")
    asked = parser.parse_args()
    rows = [json.loads(line) for line in (PAIRS / "gold_pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    labelled = {(row["dataset"], *sorted((row["a"], row["b"]))) for row in rows}
    banded: defaultdict[tuple[float, str], list[DrawnPair]] = defaultdict(list)
    for dataset in sorted({row["dataset"] for row in rows}):
        texts = documents(dataset)
        for a, b in candidate_pairs(texts):
            share = containment(texts[a], texts[b])
            band = max((band for band in _BANDS if band <= share), default=None)
            if band is not None and (dataset, a, b) not in labelled and texts[a].text != texts[b].text:
                banded[band, dataset].append(DrawnPair(dataset=dataset, a=a, b=b, containment=round(share, 3)))
    order = random.Random(asked.seed)
    for key in sorted(banded):
        order.shuffle(banded[key])
    drawn = halved(draw(banded, asked.pairs))
    asked.out.write_text("".join(f"{json.dumps(asdict(pair))}\n" for pair in drawn), encoding="utf-8")
    for (band, dataset), pairs in sorted(banded.items()):
        taken = sum(pair.dataset == dataset and band <= pair.containment < band + 0.1 for pair in drawn)
        print(f"{band:.1f}  {dataset:14} {len(pairs):6} candidates {taken:4} drawn")
    print(Counter(pair.half for pair in drawn))


if __name__ == "__main__":
    main()
