"""How likely is it that a block with these traits belongs to the article?

A forest of small regression trees (gradient boosting) whose sum is the logarithm of the odds. It is
data, ``article_blocks.json``, made by ``benchmarks/train_article_blocks.py``; evaluating it needs no
library of learning machines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Nodes = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Forest:
    """All nodes of all trees, each tree from its root on.

    ``trait`` is the index of the asked trait; ``value`` the bound up to which ``low`` is the next node
    and above which ``high`` is. A leaf is its own next node, and its ``value`` is what it contributes;
    after ``depth`` steps every tree is at one.
    """

    names: tuple[str, ...]
    roots: Nodes
    trait: Nodes
    value: Numbers
    low: Nodes
    high: Nodes
    depth: int

    def likelihoods(self, blocks: Sequence[Mapping[str, float]]) -> tuple[float, ...]:
        """One number between 0 and 1 for each block, by its traits; all blocks go down all trees together."""
        if not blocks:
            return ()
        rows = np.array([[traits[name] for name in self.names] for traits in blocks], dtype=np.float64)
        line = np.arange(len(blocks))[:, None]
        node = np.repeat(self.roots[None, :], len(blocks), axis=0)
        for _ in range(self.depth):
            is_low = rows[line, self.trait[node]] <= self.value[node]
            node = np.where(is_low, self.low[node], self.high[node])
        odds = self.value[node].sum(axis=1)
        return tuple((1 / (1 + np.exp(-odds))).tolist())


def forest_of(document: Mapping[str, Any]) -> Forest:
    """The forest as it is stored: names of traits, and trees as lists of ``[trait, bound, low, high]`` or a number."""
    roots: list[int] = []
    nodes: list[tuple[int, float, int, int]] = []
    for tree in document["trees"]:
        start = len(nodes)
        roots.append(start)
        for number, node in enumerate(tree):
            if isinstance(node, list):
                nodes.append((node[0], float(node[1]), start + node[2], start + node[3]))
            else:
                nodes.append((0, float(node), start + number, start + number))
    trait, value, low, high = zip(*nodes, strict=True)
    return Forest(
        names=tuple(document["names"]),
        roots=np.array(roots, dtype=np.intp),
        trait=np.array(trait, dtype=np.intp),
        value=np.array(value, dtype=np.float64),
        low=np.array(low, dtype=np.intp),
        high=np.array(high, dtype=np.intp),
        depth=max(map(_depth, document["trees"])),
    )


def _depth(tree: Sequence[Any]) -> int:
    """Steps from the root to the farthest leaf; a node's children stand behind it."""
    depths = [0] * len(tree)
    for number, node in enumerate(tree):
        for child in _children(node):
            depths[child] = depths[number] + 1
    return max(depths)


def _children(node: Any) -> Iterable[int]:
    return node[2:4] if isinstance(node, list) else ()


@cache
def article_blocks() -> Forest:
    """The forest that is shipped."""
    return forest_of(json.loads(files(__package__).joinpath("article_blocks.json").read_text(encoding="utf-8")))
