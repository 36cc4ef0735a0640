"""Trains the block classifier that ``aggregator.extraction`` ships.

    python benchmarks/train_article_blocks.py            needs ../shared/corpus beside the checkout, and lightgbm
    python benchmarks/train_article_blocks.py --check    cross-validates, and writes nothing

Reads all article pages, labels each candidate block by the annotated text of its page, and writes
``aggregator/extraction/article_blocks.json``. The same pages and the same version of lightgbm give the
same file. ``--check`` trains four times on three quarters of the hosts, runs the extraction on the other
quarter, whose hosts are not in the training data, and prints the table of ``benchmarks/extraction.py``.
LightGBM is needed here only: ``pip install lightgbm``.
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

from aggregator.extraction.block_classifier import BlockClassifier, parse_classifier
from aggregator.extraction.block_features import candidate_blocks
from aggregator.extraction.block_overlap import block_shares
from aggregator.extraction.page_extraction import ExtractionInputs, read_extraction_inputs
from benchmarks.article_pages import CHECKOUT, PAGES, Page, read_pages, score, sets_of_pages
from benchmarks.extraction import Got, cached_plain, ours, report

MODEL_FILE = CHECKOUT / "aggregator" / "extraction" / "article_blocks.json"
TREES = 110
FOLDS = 4
MIN_F1 = 0.7
"""Least F1 of the correctly labelled blocks: if it is lower, the annotated text is another one than the page's."""
MAX_WEIGHT_WORDS = 60.0
"""A longer block has no larger weight."""
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
class TrainingPage:
    """The candidate blocks of one page: for each a row of features, its label and its weight."""

    page: Page
    names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    labels: tuple[bool, ...]
    weights: tuple[float, ...]


def training_page(page: Page) -> TrainingPage | None:
    """Labels the candidate blocks of a page; None if its blocks do not contain the annotated text."""
    inputs = read_extraction_inputs(page.body, url=page.url, content_type=None)
    if not isinstance(inputs, ExtractionInputs):
        return None
    candidates = candidate_blocks(
        inputs.blocks,
        engine_text=inputs.engine_text,
        publisher_text=inputs.publisher_text,
        titles=inputs.metadata.titles,
        summaries=inputs.metadata.summaries,
    )
    labels = [share > 0.5 for share in block_shares([candidate.block for candidate in candidates.each], page.text)]
    best = "\n".join(candidate.block.text for candidate, label in zip(candidates.each, labels, strict=True) if label)
    if score(best, page.text).f1 < MIN_F1:
        return None
    sizes = [min(candidate.block.size, MAX_WEIGHT_WORDS) ** 0.5 for candidate in candidates.each]
    return TrainingPage(
        page=page,
        names=tuple(candidates.features),
        rows=tuple(tuple(map(float, row)) for row in zip(*candidates.features.values(), strict=True)),
        labels=tuple(labels),
        weights=tuple(size / sum(sizes) ** 0.5 for size in sizes),
    )


def train(training_pages: Sequence[TrainingPage]) -> dict[str, Any]:
    """Trains a classifier; the result is the document that ``parse_classifier`` reads."""
    weights = np.array([weight for one in training_pages for weight in one.weights])
    rows = np.array([row for one in training_pages for row in one.rows])
    labels = np.array([label for one in training_pages for label in one.labels])
    model = lightgbm.train(OPTIONS, lightgbm.Dataset(rows, labels, weight=weights / weights.mean()), TREES)
    trees = [_nodes(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
    return {"names": list(training_pages[0].names), "trees": trees}


def _nodes(root: dict[str, Any]) -> list[Any]:
    """A tree as a list of nodes: ``[feature, threshold, left child, right child]``, or the value of a leaf."""
    nodes: list[Any] = []

    def add(node: dict[str, Any]) -> int:
        number = len(nodes)
        nodes.append(round(node["leaf_value"], 5) if "leaf_value" in node else None)
        if nodes[number] is None:
            threshold = float(f"{node['threshold']:.6g}")
            nodes[number] = [node["split_feature"], threshold, add(node["left_child"]), add(node["right_child"])]
        return number

    add(root)
    return nodes


def _compared(page: Page, classifier: BlockClassifier) -> tuple[Got, Got]:
    return ours(page, classifier), cached_plain(page)


def check(pages: Sequence[Page], training_pages: Sequence[TrainingPage], pool: ProcessPoolExecutor) -> None:
    """Prints the scores of the extraction on hosts that are not in the training data."""
    answers: dict[str, tuple[Got, Got]] = {}
    for fold in range(FOLDS):
        classifier = parse_classifier(train([one for one in training_pages if one.page.fold(FOLDS) != fold]))
        unseen = [page for page in pages if page.fold(FOLDS) == fold]
        got = pool.map(_compared, unseen, repeat(classifier), chunksize=4)
        answers |= zip((page.name for page in unseen), got, strict=True)
    for folder in sets_of_pages():
        mine = [page for page in pages if page.name.startswith(f"{folder.name}/")]
        pairs = [answers[page.name] for page in mine]
        report(folder.name, mine, [own for own, _ in pairs], [plain for _, plain in pairs], worst=0)


def main() -> int:
    """Trains and writes the model file, or cross-validates."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--check", action="store_true", help="cross-validate on unseen hosts, write nothing")
    options.add_argument("--processes", type=int, default=2)
    wanted = options.parse_args()
    pages = [page for folder in sets_of_pages() for page in read_pages(folder)]
    if not pages:
        print(f"no training data: {PAGES} is absent", file=sys.stderr)
        return 1
    with ProcessPoolExecutor(wanted.processes) as pool:
        training_pages = [one for one in pool.map(training_page, pages, chunksize=4) if one]
        blocks = sum(len(one.rows) for one in training_pages)
        print(f"{len(training_pages)} of {len(pages)} pages, {blocks} blocks, {len(training_pages[0].names)} features")
        if wanted.check:
            check(pages, training_pages, pool)
            return 0
    MODEL_FILE.write_text(json.dumps(train(training_pages), separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"wrote {MODEL_FILE.relative_to(CHECKOUT)}: {MODEL_FILE.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
