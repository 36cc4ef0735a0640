"""Computes the probability that a block belongs to the article, from the block's features.

The classifier is a set of small regression trees (gradient boosting); the sum of their values is the
log-odds. The trees are data, ``article_blocks.json``, made by ``benchmarks/train_article_blocks.py``.
Evaluating them needs no machine learning library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import inf
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Nodes = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class BlockClassifier:
    """Gradient-boosted decision trees; the arrays hold the nodes of all trees, with siblings next to each other.

    ``names`` are the feature names. For each node, ``feature`` is the index of the feature that it tests. If
    the value is at most ``threshold``, the next node is ``left_child``, else ``left_child`` + 1. A leaf is
    its own next node for every value, and ``leaf_value`` is its contribution to the log-odds. After
    ``depth`` steps every tree has reached a leaf.
    """

    names: tuple[str, ...]
    roots: Nodes
    feature: Nodes
    threshold: Numbers
    left_child: Nodes
    leaf_value: Numbers
    depth: int

    def probabilities(self, features: Mapping[str, Sequence[float] | Numbers]) -> tuple[float, ...]:
        """The probability of each block; ``features`` maps each feature name to one number per block.

        All blocks pass through all trees at the same time.
        """
        rows = np.array([features[name] for name in self.names], dtype=np.float64).T
        numbers = rows.ravel()
        row_start = np.arange(len(rows))[:, None] * len(self.names)
        node = np.repeat(self.roots[None, :], len(rows), axis=0)
        for _ in range(self.depth):
            value = numbers.take(row_start + self.feature.take(node))
            node = self.left_child.take(node) + (value > self.threshold.take(node))
        log_odds = self.leaf_value.take(node).sum(axis=1)
        return tuple((1 / (1 + np.exp(-log_odds))).tolist())


def parse_classifier(document: Mapping[str, Any]) -> BlockClassifier:
    """Parses a stored classifier.

    ``document`` has ``names``, the feature names, and ``trees``, lists of nodes. A node is
    ``[feature, threshold, left child, right child]`` with indexes into the tree, or the value of a leaf.
    """
    roots: list[int] = []
    nodes: list[tuple[int, float, int, float]] = []
    for tree in document["trees"]:
        roots.append(len(nodes))
        waiting = [tree[0]]
        for node in waiting:
            index = len(nodes)
            if children := _children(node):
                left_child = roots[-1] + len(waiting)
                waiting += [tree[child] for child in children]
                nodes.append((node[0], float(node[1]), left_child, 0.0))
            else:
                nodes.append((0, inf, index, float(node)))
    features, thresholds, left_children, leaf_values = zip(*nodes, strict=True)
    return BlockClassifier(
        names=tuple(document["names"]),
        roots=np.array(roots, dtype=np.intp),
        feature=np.array(features, dtype=np.intp),
        threshold=np.array(thresholds, dtype=np.float64),
        left_child=np.array(left_children, dtype=np.intp),
        leaf_value=np.array(leaf_values, dtype=np.float64),
        depth=max(map(_depth, document["trees"])),
    )


def _depth(tree: Sequence[Any]) -> int:
    """The number of steps from the root to the farthest leaf; children come after their node in the list."""
    depths = [0] * len(tree)
    for number, node in enumerate(tree):
        for child in _children(node):
            depths[child] = depths[number] + 1
    return max(depths)


def _children(node: Any) -> Sequence[int]:
    return node[2:4] if isinstance(node, list) else ()


@cache
def shipped_classifier() -> BlockClassifier:
    """The classifier that is shipped with the package."""
    return parse_classifier(json.loads(files(__package__).joinpath("article_blocks.json").read_text(encoding="utf-8")))
