"""Stories of one event in other words are offered, others and copies of templates are not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.related_reports import OPENING, RelatedWindow
from aggregator.model.dedup import StoryBeginning
from tests.reports import GERMAN, HARBOUR, LOCAL, weather

CRANE = StoryBeginning(key="crane", title="Harbour crane of Vessley comes down in June", text=HARBOUR)
REPORT = (
    "Cracks in both legs have ended the working life of the harbour crane at Vessley, built in 1924. "
    "Engineers who went up last week advised the port company to take it down before the storms of autumn."
)
OTHERS = [
    StoryBeginning(key="rival", title="Cracks end a century of lifting at Vessley", text=REPORT),
    StoryBeginning(key="local", title="Car park that nobody loves", text=LOCAL),
    StoryBeginning(key="german", title="Hafenkran wird abgebaut", text=GERMAN),
    *(
        StoryBeginning(key=town, title=f"Weather for {town}", text=weather(town, 14, 3, 22, 35))
        for town in ("Alden", "Borrow")
    ),
    *(
        StoryBeginning(
            key=f"case-{number}", title=f"Judge hears case of {name} against {name}shire", text=f"{name} said no."
        )
        for number, name in enumerate(("Adder", "Badger", "Curlew", "Dotterel", "Eider", "Falcon"))
    ),
]
CHINESE = StoryBeginning(key="zh", title="维斯利港口起重机六月拆除", text="维斯利老港口的起重机将于六月拆除。")
OTHER_CHINESE = StoryBeginning(key="zh2", title="维斯利港口告别起重机", text="屹立百年的维斯利港口起重机即将拆除。")


def related(telling: StoryBeginning, others: Sequence[StoryBeginning], *, most: int = 5) -> tuple[str, ...]:
    return RelatedWindow.of([telling, *others]).related(telling.key, most=most)


def test_another_report_of_the_event_is_offered_and_nothing_else() -> None:
    assert related(CRANE, OTHERS) == ("rival",)
    assert related(OTHERS[1], [CRANE, *OTHERS[2:]]) == ()


def test_scripts_without_spaces_are_read_by_two_characters() -> None:
    assert related(CHINESE, [*OTHERS, OTHER_CHINESE]) == ("zh2",)


def test_only_the_beginning_of_a_text_counts() -> None:
    late = StoryBeginning(key="late", title="Notes", text=f"{'so it goes on ' * OPENING}{HARBOUR}")
    assert related(CRANE, [late]) == ()


def test_no_more_are_given_than_asked_for() -> None:
    many = [StoryBeginning(key=f"{number}", title=CRANE.title, text=REPORT) for number in range(9)]
    assert len(related(CRANE, [*many, *OTHERS], most=4)) == 4


@pytest.mark.parametrize(
    "empty", [StoryBeginning(key="e", title="", text=""), StoryBeginning(key="e", title="!", text="…")]
)
def test_a_story_that_says_nothing_is_related_to_nothing(empty: StoryBeginning) -> None:
    assert related(empty, [*OTHERS, CRANE]) == ()
    assert related(CRANE, [empty]) == ()


@given(st.permutations(OTHERS))
def test_the_order_of_the_others_does_not_matter(others: list[StoryBeginning]) -> None:
    assert related(CRANE, others) == related(CRANE, OTHERS)
