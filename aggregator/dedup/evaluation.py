"""Evaluates verdicts on labelled pairs: precision, recall and F1.

Each figure has a 95 % confidence interval: Wilson's score interval for precision and recall (Wilson, 1927), and for
F1 the percentiles of a bootstrap over the pairs with a fixed seed, so the same file always gives the same figures. It
does not judge, and it reads neither files nor the database.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from aggregator.errors import ConfigurationError
from aggregator.model.dedup import JudgedText

BOOTSTRAP_DRAWS = 10_000
BOOTSTRAP_SEED = 20_260_101
_NORMAL_95 = 1.959964
_LARGEST_ID = (1 << 63) - 1


class PairLabel(StrEnum):
    """A person's label of a pair; debatable pairs are not counted."""

    COPY = "copy"
    DIFFERENT = "different"
    DEBATABLE = "debatable"


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledPair:
    """A pair of one line (from 1) of the file; an integer is the id of an article in the database."""

    line: int
    a: JudgedText | int
    b: JudgedText | int
    label: PairLabel

    @property
    def article_ids(self) -> tuple[int, ...]:
        """The ids of the articles to read from the database."""
        return tuple(side for side in (self.a, self.b) if isinstance(side, int))


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """A share from 0 to 1 and its 95 % confidence interval; all None if the total is zero."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """The counts of right and wrong verdicts, without debatable pairs, and the scores."""

    found: int
    wrong: int
    missed: int
    kept_apart: int
    debatable: int
    precision: Score
    recall: Score
    f1: Score


def read_pairs(text: str, *, name: str) -> tuple[LabelledPair, ...]:
    """Reads a JSON Lines file: one object with ``a``, ``b`` and ``label`` per line; skips blank lines.

    Raises ``ConfigurationError`` with every error, each with ``name`` and its line.
    """
    pairs: list[LabelledPair] = []
    mistakes: list[str] = []
    # only a line feed ends a line of JSON Lines: a text can contain U+2028
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            pairs.append(_pair(line, number))
        except _Unreadable as error:
            mistakes.append(f"{name}, line {number}: {error}")
    if not pairs and not mistakes:
        mistakes.append(f"{name}: contains no pair")
    if mistakes:
        raise ConfigurationError(*mistakes)
    return tuple(pairs)


def evaluate_verdicts(answers: Iterable[tuple[PairLabel, bool]]) -> Evaluation:
    """Computes precision, recall and F1 from labels and whether the judge merges each pair."""
    pairs = list(answers)
    found = pairs.count((PairLabel.COPY, True))
    wrong = pairs.count((PairLabel.DIFFERENT, True))
    missed = pairs.count((PairLabel.COPY, False))
    kept_apart = pairs.count((PairLabel.DIFFERENT, False))
    return Evaluation(
        found=found,
        wrong=wrong,
        missed=missed,
        kept_apart=kept_apart,
        debatable=sum(label is PairLabel.DEBATABLE for label, _ in pairs),
        precision=wilson_interval(found, found + wrong),
        recall=wilson_interval(found, found + missed),
        f1=_bootstrapped_f1((found, wrong, missed, kept_apart)),
    )


def wilson_interval(count: int, total: int) -> Score:
    """Returns ``count`` / ``total`` with Wilson's interval."""
    if not total:
        return Score(value=None, low=None, high=None)
    share, square = count / total, _NORMAL_95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _NORMAL_95 / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    # with none or all, the ends are exact; floating point would miss them slightly
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == total else min(1.0, middle + half)
    return Score(value=share, low=low, high=high)


def _bootstrapped_f1(counts: Sequence[int]) -> Score:
    found, wrong, missed, _ = counts
    if not found + wrong + missed:
        return Score(value=None, low=None, high=None)
    total = sum(counts)
    random = np.random.default_rng(BOOTSTRAP_SEED)
    draws = random.multinomial(total, np.array(counts) / total, size=BOOTSTRAP_DRAWS)
    hits, others = 2 * draws[:, 0], draws[:, 1] + draws[:, 2]
    # a draw without a copy or merge has no F1
    telling = hits + others > 0
    low, high = np.percentile(hits[telling] / (hits + others)[telling], (2.5, 97.5))
    return Score(value=2 * found / (2 * found + wrong + missed), low=float(low), high=float(high))


class _Unreadable(Exception):
    """The reason why a line is not a labelled pair."""


def _pair(line: str, number: int) -> LabelledPair:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise _Unreadable(f"is not JSON ({error.msg} at column {error.colno})") from error
    except RecursionError as error:
        raise _Unreadable("is nested too deeply") from error
    except ValueError as error:
        raise _Unreadable("contains a number with too many digits") from error
    if not isinstance(row, dict):
        raise _Unreadable('must be an object: {"a": …, "b": …, "label": "copy"}')
    if missing := [key for key in ("a", "b", "label") if key not in row]:
        raise _Unreadable(f"has no {' and no '.join(repr(key) for key in missing)}")
    if row["label"] not in list(PairLabel):
        raise _Unreadable(f"label {row['label']!r} is not one of {', '.join(PairLabel)}")
    a, b = _side(row["a"], "a", -2 * number), _side(row["b"], "b", -2 * number - 1)
    return LabelledPair(line=number, a=a, b=b, label=PairLabel(row["label"]))


def _side(value: Any, key: str, number: int) -> JudgedText | int:
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 < value <= _LARGEST_ID:
            raise _Unreadable(f"{key!r} is not an article id: {value}")
        return value
    if not isinstance(value, dict):
        raise _Unreadable(f"{key!r} must be an article id (a number) or an object with a text")
    for name in ("text", "outlet", "title", "url"):
        if not isinstance(value.get(name, ""), str):
            raise _Unreadable(f"{name!r} of {key!r} must be a string")
    if "text" not in value:
        raise _Unreadable(f"{key!r} has no 'text'")
    return JudgedText(
        article_id=number,
        # without outlets, the pair counts as one of different outlets
        outlet=value.get("outlet") or f"unnamed {number}",
        url=value.get("url", ""),
        title=value.get("title", ""),
        text=value["text"],
    )
