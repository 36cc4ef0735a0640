"""Labelled pairs are read with their mistakes told by line, and scored with honest intervals."""

from __future__ import annotations

import json

import pytest

from aggregator.dedup.evaluation import LabelledPair, PairLabel, Score, evaluate_verdicts, read_pairs, wilson_interval
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


def told(*lines: str) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        read_pairs("\n".join(lines), name="f")
    return list(raised.value.mistakes)


def test_the_mistakes_of_a_line_are_told_in_full() -> None:
    side = {"text": "words"}
    rows = [
        {"a": 1},
        {"label": "copy"},
        {"a": 1, "b": 2, "label": None},
        {"a": 0, "b": side, "label": "copy"},
        {"a": side, "b": -3, "label": "copy"},
        {"a": "7", "b": side, "label": "copy"},
        {"a": False, "b": side, "label": "copy"},
        {"a": {**side, "outlet": 3}, "b": side, "label": "copy"},
        {"a": {**side, "title": None}, "b": side, "label": "copy"},
        {"a": side, "b": {**side, "url": []}, "label": "copy"},
        {"a": {"title": "t"}, "b": side, "label": "copy"},
    ]
    reasons = [
        "has no 'b' and no 'label'",
        "has no 'a' and no 'b'",
        "label None is not one of copy, different, debatable",
        "'a' is not an article id: 0",
        "'b' is not an article id: -3",
        "'a' must be an article id (a number) or an object with a text",
        "'a' must be an article id (a number) or an object with a text",
        "'outlet' of 'a' must be a string",
        "'title' of 'a' must be a string",
        "'url' of 'b' must be a string",
        "'a' has no 'text'",
    ]
    expected = [f"f, line {number}: {reason}" for number, reason in enumerate(reasons, start=1)]
    assert told(*map(json.dumps, rows)) == expected
    assert told("", "{", '"x"', "[" * 200_000, "9" * 5000) == [
        "f, line 2: is not JSON (Expecting property name enclosed in double quotes at column 2)",
        'f, line 3: must be an object: {"a": …, "b": …, "label": "copy"}',
        "f, line 4: is nested too deeply",
        "f, line 5: contains a number with too many digits",
    ]
    assert told(" ") == ["f: contains no pair"]


def test_a_pair_is_read_with_its_line_its_fields_and_ids_of_its_own() -> None:
    full = {"text": "one", "outlet": "x.example", "title": "t", "url": "https://x.example/1"}
    lines = [
        json.dumps({"a": full, "b": {"text": "two"}, "label": "different"}),
        "",
        json.dumps({"a": 1, "b": (1 << 63) - 1, "label": "debatable"}),
        json.dumps({"a": {"text": "", "outlet": ""}, "b": 3, "label": "copy", "note": "n"}),
    ]
    first, second, third = read_pairs("\n".join(lines), name="f")
    assert first == LabelledPair(
        line=1,
        a=JudgedText(article_id=-2, outlet="x.example", url="https://x.example/1", title="t", text="one"),
        b=JudgedText(article_id=-3, outlet="unnamed -3", url="", title="", text="two"),
        label=DIFFERENT,
    )
    assert second == LabelledPair(line=3, a=1, b=(1 << 63) - 1, label=DEBATABLE)
    assert second.article_ids == (1, (1 << 63) - 1)
    assert first.article_ids == ()
    assert third.a == JudgedText(article_id=-8, outlet="unnamed -8", url="", title="", text="")
    assert third.article_ids == (3,)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (15, 148, 0.062386, 0.160487),
        (0, 20, 0.0, 0.161125),
        (20, 20, 0.838875, 1.0),
        (1, 1, 0.206549, 1.0),
        (1, 2, 0.094531, 0.905469),
    ],
)
def test_wilsons_interval_at_its_ends(count: int, total: int, low: float, high: float) -> None:
    score = wilson_interval(count, total)
    assert score.value == count / total
    assert score.low == pytest.approx(low, abs=2e-6)
    assert score.high == pytest.approx(high, abs=2e-6)
    assert wilson_interval(0, 0) == Score(value=None, low=None, high=None)


def test_the_scores_of_a_file_are_always_the_same() -> None:
    counts = {(COPY, True): 812, (COPY, False): 97, (DIFFERENT, True): 53, (DIFFERENT, False): 902}
    result = evaluate_verdicts(answer for answer, count in counts.items() for _ in range(count))
    assert (result.found, result.missed, result.wrong, result.kept_apart, result.debatable) == (812, 97, 53, 902, 0)
    assert (result.precision, result.recall) == (wilson_interval(812, 865), wilson_interval(812, 909))
    assert result.f1.value == 1624 / 1774
    assert result.f1.low == pytest.approx(0.9012128251546281, abs=1e-12)
    assert result.f1.high == pytest.approx(0.9287306402478048, abs=1e-12)


def test_f1_counts_only_pairs_that_are_copies_or_merged() -> None:
    none = Score(value=None, low=None, high=None)
    assert evaluate_verdicts([(DIFFERENT, False)] * 3).f1 == none
    assert evaluate_verdicts([]).f1 == none
    assert evaluate_verdicts([(COPY, True), (DIFFERENT, False)]).f1 == Score(value=1.0, low=1.0, high=1.0)
    assert evaluate_verdicts([(COPY, False)]).f1 == Score(value=0.0, low=0.0, high=0.0)
    assert evaluate_verdicts([(DIFFERENT, True)]).f1 == Score(value=0.0, low=0.0, high=0.0)
    assert evaluate_verdicts([(DIFFERENT, True)]).recall == none
