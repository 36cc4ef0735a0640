"""Stories of one event in other words are offered, others and copies of templates are not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.related_reports import OPENING, RELATED_WITHIN, RelatedWindow
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


def terms_of(title: str, text: str) -> frozenset[str]:
    return RelatedWindow.of([StoryBeginning(key="k", title=title, text=text)]).terms["k"]


@pytest.mark.parametrize(
    ("title", "text", "terms"),
    [
        pytest.param("The crane rose", "", {"crane"}, id="words of five letters"),
        pytest.param("Now Ida", "she saw Bo at 7", {"ida", "bo", "7"}, id="names and numbers of any length"),
        pytest.param("カニ and ハム", "", {"カニ", "ハム"}, id="runs of katakana"),
        pytest.param("港口 7 关", "闭", {"港口", "关闭", "7"}, id="two characters in a row"),
        pytest.param("old", "rose", set(), id="short words"),
    ],
)
def test_the_terms_of_a_story(title: str, text: str, terms: set[str]) -> None:
    assert terms_of(title, text) == terms


def test_sixty_tokens_of_headline_and_text_are_read() -> None:
    assert terms_of("Old", f"{'so ' * 58}crane rigger") == {"crane"}
    assert terms_of("", f"{'so ' * 60}crane") == set()


def test_a_term_weighs_more_in_fewer_stories() -> None:
    window = RelatedWindow.of(
        StoryBeginning(key=key, title=title, text="") for key, title in (("a", "crane vessel"), ("b", "crane"))
    )
    assert window.weights == {"crane": pytest.approx(log(3 / 2)), "vessel": pytest.approx(log(3))}


def window(own: str, **others: str) -> RelatedWindow:
    """Stories of one-letter terms; a capital weighs 4, other letters 1."""
    terms = {key: frozenset(letters) for key, letters in {"own": own, **others}.items()}
    weights = {term: 4.0 if term.isupper() else 1.0 for some in terms.values() for term in some}
    return RelatedWindow(terms=terms, weights=weights)


@pytest.mark.parametrize(
    ("own", "other", "is_related"),
    [
        pytest.param("abcd", "abx", False, id="two terms"),
        pytest.param("abcd", "abcx", True, id="three terms"),
        pytest.param("abcEFG", "abcHIJ", True, id="a fifth of the shorter list's weight"),
        pytest.param("abcdEFG", "abchIJK", False, id="less than a fifth"),
        pytest.param("abcdefghijklmnopqrstuvwxyz", "abcXY", True, id="a fifth of the other list, if that is shorter"),
        pytest.param("abcXY", "abcdefghijklmnopqrstuvwxyz", True, id="a fifth of the own list, if that is shorter"),
    ],
)
def test_two_stories_share_three_terms_and_a_fifth_of_the_weight(own: str, other: str, is_related: bool) -> None:
    assert window(own, other=other).related("own", most=9) == (("other",) if is_related else ())


def test_the_likeliest_story_comes_first_and_of_equal_ones_the_smaller_key() -> None:
    stories = window("abcdef", c="abcxyz", b="abcxyz", a="abcdyz", d="abcde", e="abcdef")
    assert stories.related("own", most=9) == ("d", "e", "a", "b", "c")
    assert stories.related("own", most=3) == ("d", "e", "a")
    assert stories.related("own", most=0) == ()


def test_related_stories_are_of_one_half_day() -> None:
    assert timedelta(hours=12) == RELATED_WITHIN
