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
from math import exp
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Forest:
    """All nodes of all trees, each tree from its root on.

    ``trait`` is the index of the asked trait, or -1 at a leaf; ``value`` the bound up to which ``low``
    is the next node and above which ``high`` is, or the leaf's own contribution.
    """

    names: tuple[str, ...]
    roots: tuple[int, ...]
    trait: tuple[int, ...]
    value: tuple[float, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]

    def likelihood(self, traits: Mapping[str, float]) -> float:
        """Between 0 and 1."""
        row = [traits[name] for name in self.names]
        trait, value, low, high = self.trait, self.value, self.low, self.high
        odds = 0.0
        for root in self.roots:
            node = root
            while (asked := trait[node]) >= 0:
                node = low[node] if row[asked] <= value[node] else high[node]
            odds += value[node]
        return 1 / (1 + exp(-odds))


def forest_of(document: Mapping[str, Any]) -> Forest:
    """The forest as it is stored: names of traits, and trees as lists of ``[trait, bound, low, high]`` or a number."""
    names: Sequence[str] = document["names"]
    roots: list[int] = []
    nodes: list[tuple[int, float, int, int]] = []
    for tree in document["trees"]:
        start = len(nodes)
        roots.append(start)
        for node in tree:
            if isinstance(node, list):
                nodes.append((node[0], float(node[1]), start + node[2], start + node[3]))
            else:
                nodes.append((-1, float(node), 0, 0))
    trait, value, low, high = zip(*nodes, strict=True)
    return Forest(names=tuple(names), roots=tuple(roots), trait=trait, value=value, low=low, high=high)


@cache
def article_blocks() -> Forest:
    """The forest that is shipped."""
    return forest_of(json.loads(files(__package__).joinpath("article_blocks.json").read_text(encoding="utf-8")))
