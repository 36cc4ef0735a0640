"""Parsing and evaluation of the block classifier, and the shipped model file."""

from __future__ import annotations

from math import exp, inf

import pytest
from lxml import html

from aggregator.extraction.block_classifier import BlockClassifier, parse_classifier, shipped_classifier
from aggregator.extraction.block_features import candidate_blocks
from aggregator.extraction.page_blocks import blocks_of

TWO_TREES = {
    "names": ["size", "linked"],
    "trees": [
        [[0, 10.0, 1, 2], -1.0, [1, 0.5, 3, 4], 2.0, 0.25],
        [0.5],
    ],
}


@pytest.mark.parametrize(
    ("size", "linked", "odds"),
    [
        pytest.param(3, 0.0, -0.5, id="low at the root"),
        pytest.param(10, 0.0, -0.5, id="the threshold belongs to the left side"),
        pytest.param(11, 0.5, 2.5, id="high, then low"),
        pytest.param(11, 0.9, 0.75, id="high, then high"),
    ],
)
def test_the_likelihood_is_the_sum_of_the_leaves_as_odds(size: float, linked: float, odds: float) -> None:
    features = {"linked": [linked], "size": [size], "unasked": [7.0]}
    assert parse_classifier(TWO_TREES).probabilities(features) == pytest.approx([1 / (1 + exp(-odds))])


def test_blocks_are_judged_each_for_itself_however_many_there_are() -> None:
    classifier = parse_classifier(TWO_TREES)
    sizes, linked = [float(size) for size in range(20)], [size % 7 / 7 for size in range(20)]
    each = [
        classifier.probabilities({"size": [size], "linked": [share]})[0]
        for size, share in zip(sizes, linked, strict=True)
    ]
    assert classifier.probabilities({"size": sizes, "linked": linked}) == tuple(each)
    assert len(set(each)) > 2
    assert classifier.probabilities({"size": [], "linked": []}) == ()


def test_the_shipped_forest_is_small_and_every_tree_ends() -> None:
    classifier = shipped_classifier()
    assert len(classifier.feature) < 10_000
    assert classifier.depth < 24
    for node, (feature, threshold, left_child) in enumerate(
        zip(classifier.feature, classifier.threshold, classifier.left_child, strict=True)
    ):
        assert feature < len(classifier.names)
        assert (left_child == node and threshold == inf) or node < left_child < len(classifier.left_child) - 1


def test_the_shipped_forest_knows_the_traits_by_name() -> None:
    found = candidate_blocks(
        blocks_of(html.fromstring("<div><p>The boats leave at noon.</p></div>")),
        engine_text="The boats leave at noon.",
        publisher_text="",
        titles=(),
    )
    classifier: BlockClassifier = shipped_classifier()
    assert set(classifier.names) == set(found.features)
    (likely,) = classifier.probabilities(found.features)
    assert 0.0 < likely < 1.0
