"""Which blocks of a page are its article? Learns the forest that ``aggregator.extraction`` ships.

    python benchmarks/train_article_blocks.py            needs ../shared/corpus beside the checkout, and lightgbm
    python benchmarks/train_article_blocks.py --check    judges, and writes nothing

Reads all article pages, asks of each contender block whether people hold it for the article's text, and
writes ``aggregator/extraction/article_blocks.json``. The same pages and the same lightgbm give the same
file. ``--check`` learns four times on three quarters of the hosts and runs the whole extraction on the
fourth, whose sites no tree has seen; it prints the table of ``benchmarks/extraction.py``. LightGBM is
needed here only: ``pip install lightgbm``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aggregator.extraction.block_classifier import Forest, forest_of
from aggregator.extraction.block_features import contenders
from aggregator.extraction.block_overlap import shares
from aggregator.extraction.page_extraction import Witnesses, witnesses
from benchmarks.article_pages import CHECKOUT, PAGES, Page, read_pages, score, sets_of_pages
from benchmarks.extraction import Got, kept_plain, ours, report

FOREST = CHECKOUT / "aggregator" / "extraction" / "article_blocks.json"
TREES = 110
FOLDS = 4
WELL_JUDGED = 0.7
"""F1 that the right blocks of a page must be able to reach: below it people judged another text."""
LONG = 60.0
"""Words beyond which a block weighs no more."""
OPTIONS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 24,
    "max_depth": 6,
    "learning_rate": 0.07,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbose": -1,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """The contender blocks of one page: a row of traits each, whether it is of the article, its weight."""

    page: Page
    names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    right: tuple[bool, ...]
    weights: tuple[float, ...]


def lesson(page: Page) -> Lesson | None:
    """What a page teaches; None when people judged a text that its blocks do not hold."""
    found_on = witnesses(page.body, url=page.url, content_type=None)
    if not isinstance(found_on, Witnesses):
        return None
    found = contenders(
        found_on.blocks,
        engine=found_on.engine,
        publisher=found_on.publisher,
        titles=found_on.claims.titles,
        summaries=found_on.claims.summaries,
    )
    right = [share > 0.5 for share in shares([contender.block for contender in found.each], page.text)]
    best = "\n".join(contender.block.text for contender, own in zip(found.each, right, strict=True) if own)
    if score(best, page.text).f1 < WELL_JUDGED:
        return None
    sizes = [min(contender.block.size, LONG) ** 0.5 for contender in found.each]
    return Lesson(
        page=page,
        names=tuple(found.traits),
        rows=tuple(tuple(map(float, row)) for row in zip(*found.traits.values(), strict=True)),
        right=tuple(right),
        weights=tuple(size / sum(sizes) ** 0.5 for size in sizes),
    )


def learn(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """The forest as ``forest_of`` reads it."""
    weights = np.array([weight for one in lessons for weight in one.weights])
    rows = np.array([row for one in lessons for row in one.rows])
    right = np.array([own for one in lessons for own in one.right])
    model = lightgbm.train(OPTIONS, lightgbm.Dataset(rows, right, weight=weights / weights.mean()), TREES)
    trees = [_nodes(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
    return {"names": list(lessons[0].names), "trees": trees}


def _nodes(root: dict[str, Any]) -> list[Any]:
    """A tree as a list: ``[trait, bound, low, high]`` with places of nodes, or the value of a leaf."""
    nodes: list[Any] = []

    def place(node: dict[str, Any]) -> int:
        number = len(nodes)
        nodes.append(round(node["leaf_value"], 5) if "leaf_value" in node else None)
        if nodes[number] is None:
            bound = float(f"{node['threshold']:.6g}")
            nodes[number] = [node["split_feature"], bound, place(node["left_child"]), place(node["right_child"])]
        return number

    place(root)
    return nodes


def _beside_plain(page: Page, forest: Forest) -> tuple[Got, Got]:
    return ours(page, forest), kept_plain(page)


def check(pages: Sequence[Page], lessons: Sequence[Lesson], pool: ProcessPoolExecutor) -> None:
    """Prints what the extraction is worth on hosts that its forest has not seen."""
    answers: dict[str, tuple[Got, Got]] = {}
    for fold in range(FOLDS):
        forest = forest_of(learn([one for one in lessons if one.page.fold(FOLDS) != fold]))
        unseen = [page for page in pages if page.fold(FOLDS) == fold]
        got = pool.map(_beside_plain, unseen, repeat(forest), chunksize=4)
        answers |= zip((page.name for page in unseen), got, strict=True)
    for folder in sets_of_pages():
        mine = [page for page in pages if page.name.startswith(f"{folder.name}/")]
        pairs = [answers[page.name] for page in mine]
        report(folder.name, mine, [own for own, _ in pairs], [plain for _, plain in pairs], worst=0)


def main() -> int:
    """Learns and writes, or judges."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--check", action="store_true", help="judge on unseen hosts, write nothing")
    options.add_argument("--processes", type=int, default=2)
    wanted = options.parse_args()
    pages = [page for folder in sets_of_pages() for page in read_pages(folder)]
    if not pages:
        print(f"nothing to learn from: {PAGES} is absent", file=sys.stderr)
        return 1
    with ProcessPoolExecutor(wanted.processes) as pool:
        lessons = [one for one in pool.map(lesson, pages, chunksize=4) if one]
        blocks = sum(len(one.rows) for one in lessons)
        print(f"{len(lessons)} of {len(pages)} pages, {blocks} blocks, {len(lessons[0].names)} traits")
        if wanted.check:
            check(pages, lessons, pool)
            return 0
    FOREST.write_text(json.dumps(learn(lessons), separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"wrote {FOREST.relative_to(CHECKOUT)}: {FOREST.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
