"""How likely is it that a block with these traits belongs to the article?

A forest of small regression trees (gradient boosting) whose sum is the logarithm of the odds. It is
data, ``article_blocks.json``, made by ``benchmarks/train_article_blocks.py``; evaluating it needs no
library of learning machines.
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
class Forest:
    """All nodes of all trees, the two children of one always beside each other.

    ``trait`` is the index of the asked trait, ``bound`` the number up to which ``low`` is the next node
    and above which the one after it is. A leaf is its own next node whatever is asked, and ``leaf`` has
    what it contributes; after ``depth`` steps every tree is at one.
    """

    names: tuple[str, ...]
    roots: Nodes
    trait: Nodes
    bound: Numbers
    low: Nodes
    leaf: Numbers
    depth: int

    def likelihoods(self, traits: Mapping[str, Sequence[float] | Numbers]) -> tuple[float, ...]:
        """One number between 0 and 1 for each block; ``traits`` has for each name a number for each block.

        All blocks go down all trees together.
        """
        rows = np.array([traits[name] for name in self.names], dtype=np.float64).T
        numbers = rows.ravel()
        line = np.arange(len(rows))[:, None] * len(self.names)
        node = np.repeat(self.roots[None, :], len(rows), axis=0)
        for _ in range(self.depth):
            asked = numbers.take(line + self.trait.take(node))
            node = self.low.take(node) + (asked > self.bound.take(node))
        odds = self.leaf.take(node).sum(axis=1)
        return tuple((1 / (1 + np.exp(-odds))).tolist())


def forest_of(document: Mapping[str, Any]) -> Forest:
    """The forest as it is stored: names of traits, and trees as lists of ``[trait, bound, low, high]`` or a number."""
    roots: list[int] = []
    nodes: list[tuple[int, float, int, float]] = []
    for tree in document["trees"]:
        roots.append(len(nodes))
        waiting = [tree[0]]
        for node in waiting:
            here = len(nodes)
            if children := _children(node):
                low = roots[-1] + len(waiting)
                waiting += [tree[child] for child in children]
                nodes.append((node[0], float(node[1]), low, 0.0))
            else:
                nodes.append((0, inf, here, float(node)))
    trait, bound, low_nodes, leaf = zip(*nodes, strict=True)
    return Forest(
        names=tuple(document["names"]),
        roots=np.array(roots, dtype=np.intp),
        trait=np.array(trait, dtype=np.intp),
        bound=np.array(bound, dtype=np.float64),
        low=np.array(low_nodes, dtype=np.intp),
        leaf=np.array(leaf, dtype=np.float64),
        depth=max(map(_depth, document["trees"])),
    )


def _depth(tree: Sequence[Any]) -> int:
    """Steps from the root to the farthest leaf; a node's children stand behind it."""
    depths = [0] * len(tree)
    for number, node in enumerate(tree):
        for child in _children(node):
            depths[child] = depths[number] + 1
    return max(depths)


def _children(node: Any) -> Sequence[int]:
    return node[2:4] if isinstance(node, list) else ()


@cache
def article_blocks() -> Forest:
    """The forest that is shipped."""
    return forest_of(json.loads(files(__package__).joinpath("article_blocks.json").read_text(encoding="utf-8")))
