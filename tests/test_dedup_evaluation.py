"""Labelled pairs are read with their mistakes told by line, and scored with honest intervals."""

from __future__ import annotations

import json

import pytest

from aggregator.dedup.evaluation import PairLabel, evaluate_verdicts, read_pairs, wilson_interval
from aggregator.errors import ConfigurationError
from aggregator.model.dedup import JudgedText

COPY, DIFFERENT, DEBATABLE = PairLabel.COPY, PairLabel.DIFFERENT, PairLabel.DEBATABLE


def test_a_pair_holds_its_texts_or_names_articles() -> None:
    text = '\ufeff{"a": {"text": "one\\u2028two", "outlet": "x.example"}, "b": 7, "label": "copy"}\r\n\n'
    (pair,) = read_pairs(text, name="f")
    assert (pair.line, pair.b, pair.label, pair.article_ids) == (1, 7, COPY, (7,))
    assert isinstance(pair.a, JudgedText)
    assert (pair.a.text, pair.a.outlet) == ("one\u2028two", "x.example")


def test_every_mistake_is_told_with_its_line() -> None:
    side = {"text": "words"}
    mistakes = {
        "{": "is not JSON",
        "[]": "must be an object",
        json.dumps({"a": 1, "label": "copy"}): "has no 'b'",
        json.dumps({"a": 1, "b": 2, "label": "yes"}): "label 'yes' is not one of copy, different, debatable",
        json.dumps({"a": 1, "b": 2, "label": []}): "is not one of",
        json.dumps({"a": True, "b": side, "label": "copy"}): "'a' must be an article id",
        json.dumps({"a": side, "b": {}, "label": "copy"}): "'b' has no 'text'",
        json.dumps({"a": side, "b": {"text": 3}, "label": "copy"}): "'text' of 'b' must be a string",
        json.dumps({"a": side, "b": 1 << 63, "label": "copy"}): "is not an article id",
        '{"a": ' + "9" * 5000 + "}": "too many digits",
        "[" * 200_000: "nested too deeply",
    }
    with pytest.raises(ConfigurationError) as raised:
        read_pairs("\n".join(mistakes), name="labels.jsonl")
    assert len(raised.value.mistakes) == len(mistakes)
    for number, (told, expected) in enumerate(zip(raised.value.mistakes, mistakes.values(), strict=True), start=1):
        assert told.startswith(f"labels.jsonl, line {number}: ")
        assert expected in told


def test_a_file_without_pairs_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="contains no pair"):
        read_pairs("\n \n", name="f")


def test_wilsons_interval_is_the_published_one() -> None:
    # 81 of 263: Newcombe (1998), table I, method 3
    score = wilson_interval(81, 263)
    assert score.low == pytest.approx(0.2553, abs=1e-4)
    assert score.high == pytest.approx(0.3662, abs=1e-4)
    assert wilson_interval(5, 5).high == 1.0
    assert wilson_interval(0, 5).low == 0.0
    assert wilson_interval(0, 0).value is None


def test_debatable_pairs_are_left_out_of_every_score() -> None:
    answers = [(COPY, True)] * 8 + [(COPY, False)] * 2 + [(DIFFERENT, True)] + [(DIFFERENT, False)] * 9
    result = evaluate_verdicts(answers)
    assert (result.found, result.wrong, result.missed, result.kept_apart) == (8, 1, 2, 9)
    assert result.precision.value == pytest.approx(8 / 9)
    assert result.recall.value == pytest.approx(0.8)
    assert result.f1.value == pytest.approx(16 / 19)
    assert result.f1.low is not None
    assert result.f1.high is not None
    assert result.f1.low < 16 / 19 < result.f1.high
    more = evaluate_verdicts([*answers, (DEBATABLE, True), (DEBATABLE, False)])
    assert (more.debatable, more.f1, more.precision) == (2, result.f1, result.precision)


def test_without_copies_there_is_no_recall() -> None:
    result = evaluate_verdicts([(DIFFERENT, False)])
    assert result.precision.value is result.recall.value is result.f1.value is None
