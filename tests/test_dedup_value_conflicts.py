"""Other numbers and names at the same place of one sentence conflict; a value that both texts have does not."""

from __future__ import annotations

import pytest

from aggregator.dedup.prepared_text import prepare_text
from aggregator.dedup.value_conflicts import SlotComparison, compare_slots
from tests.reports import document, invented


def compared(one: str, other: str) -> SlotComparison:
    first, second = (prepare_text(document(invented(text))) for text in (one, other))
    return compare_slots(first, second)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("a:9 =14", "b:9 =15", (0, (), 0, 0), id="nothing in common"),
        pytest.param("a:9", "a:9 y:9", (0, (), 0, 0), id="no slots"),
        pytest.param("", "a:9 =14", (0, (), 0, 0), id="no text"),
        pytest.param("a:9 =14 b:9", "a:9 =14 b:9", (1, (), 1, 0), id="one number"),
        pytest.param("a:9 =14 b:9", "a:9 =15 b:9", (1, ("14 / 15",), 1, 1), id="another number"),
        pytest.param("a:9 =15 b:9", "a:9 =14 b:9", (1, ("14 / 15",), 1, 1), id="the lower text first"),
        pytest.param("a:9 =Ayr b:9", "a:9 =Bray b:9", (1, ("ayr / bray",), 0, 0), id="another name"),
        pytest.param("a:9 =Ayr =Bay b:9", "a:9 =Cork b:9", (1, ("ayr bay / cork",), 0, 0), id="a name of two words"),
        pytest.param("a:9 =Cork b:9", "a:9 =Ayr =Bay b:9", (1, ("ayr bay / cork",), 0, 0), id="the other of two words"),
        pytest.param("A:9 a:5 =Ayr b:9", "A:9 a:5 =14 c:9", (0, (), 0, 0), id="a slot just after a shared passage"),
        pytest.param("a:9 =Ayr =Bay b:9", "a:9 =Bay b:9", (1, (), 0, 0), id="a part of a name"),
        pytest.param(
            "a:9 =14 =15 b:9", "a:9 =16 =17 b:9", (2, ("14 / 16", "15 / 17"), 2, 2), id="two numbers in a row"
        ),
        pytest.param("a:9 =14 =Ayr b:9", "a:9 =15 =Ayr b:9", (2, ("14 / 15",), 1, 1), id="a number before a name"),
        pytest.param("a:9 =14 b:9 =9", "a:9 =15 b:9 c:9 =14", (1, (), 1, 0), id="the first one elsewhere in the other"),
        pytest.param(
            "a:9 =14 b:9 c:9 =15", "a:9 =15 b:9 =9", (1, (), 1, 0), id="the second one elsewhere in the first"
        ),
        pytest.param(
            "a:9 =14 b:9 =14 c:9", "a:9 =15 b:9 =15 c:9", (2, ("14 / 15",), 2, 2), id="one conflict twice is one"
        ),
        pytest.param(
            "a:9 =50 b:9 =Ayr c:9", "a:9 =40 b:9 =Bay c:9", (2, ("40 / 50", "ayr / bay"), 1, 1), id="in reading order"
        ),
        pytest.param("a:9 =14 b:9", "y:9 z:9 a:9 =15 b:9", (1, ("14 / 15",), 1, 1), id="at another place"),
        pytest.param("a:9 b:1 =14", "a:9 b:1 =15", (1, ("14 / 15",), 1, 1), id="the last word"),
        pytest.param("=14 a:9", "=15 a:9", (1, ("14 / 15",), 1, 1), id="the first word"),
        pytest.param(
            "a:2 =14 =15 =16", "a:2 =24 =25 =26", (3, ("14 / 24", "15 / 25", "16 / 26"), 3, 3), id="two words"
        ),
        pytest.param("a:1 =14 =15 =16 =17", "a:1 =24 =25 =26 =27", (0, (), 0, 0), id="one word between numbers"),
        pytest.param("A:9 =14 B:9", "A:9 =15 B:9", (1, ("14 / 15",), 1, 1), id="Han characters"),
        pytest.param(
            "a:5 =14 a:5 =15 a:5 =16",
            "a:5 =14 a:5 =15 a:5 =17",
            (3, ("16 / 17",), 3, 1),
            id="the third of one sentence",
        ),
    ],
)
def test_the_slots_of_two_texts(one: str, other: str, expected: tuple[int, tuple[str, ...], int, int]) -> None:
    found = compared(one, other)
    assert (found.aligned, found.conflicts, found.numbers, found.numbers_differing) == expected


def test_a_long_passage_is_compared_as_a_short_one() -> None:
    values = [f"{name}:7 =1{number}" for number, name in enumerate("abcdefghijklmnop")]
    other = [value.replace("=1", "=2") if value[0] in "cgm" else value for value in values]
    found = compared(f"{' '.join(values)} z:9", f"u:9 {' '.join(other)} z:9")
    assert (found.aligned, found.numbers, found.numbers_differing) == (16, 16, 3)
    assert found.conflicts == ("12 / 22", "16 / 26", "112 / 212")
