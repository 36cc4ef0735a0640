"""Lines that an outlet repeats on its pages, and lines that are only similar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.line_removal import LineToRemove
from aggregator.extraction.repeated_lines import MAX_LINES, articles_to_clean_again, find_repeated_lines, line_hashes

HEAD = ["The Harbour Courier", "Menu of the day"]
TAIL = ["Most read this week", "Ferries stand still again", "Write to the editors"]
BLURB = "The Harbour Courier has reported on this coast since the lighthouse was built, and belongs to its readers."
BACKGROUND = "The ferry line has been in dispute with the town over its licence since the spring of last year."


def report(name: str, sentences: int = 14) -> list[str]:
    """The sentences of one report, which no other has."""
    return [f"In {name} the council heard on day {n} what the harbour master of {name} says." for n in range(sentences)]


def page(name: str, *, head: list[str] = HEAD, tail: list[str] = TAIL, inner: str | None = None) -> list[str]:
    own = report(name)
    return [*head, *own[:3], *([inner] if inner else []), *own[3:], *tail]


def kept(lines: list[str], pages: list[list[str]]) -> list[str]:
    gone = {cut.line for cut in find_repeated_lines(lines, [line_hashes(other) for other in pages])}
    return [line for number, line in enumerate(lines) if number not in gone]


OTHERS = [page(name) for name in ("Norden", "Suden", "Osten", "Westen")]

CASES = [
    pytest.param(page("Here"), [], page("Here"), id="the first page of an outlet"),
    pytest.param(page("Here"), OTHERS[:1], report("Here"), id="labels at both ends, with the second page"),
    pytest.param(
        page("Here", head=[], tail=["Updated 12:45, 3 March"]),
        [page("There", head=[], tail=["UPDATED 08:10, 2 march"])],
        report("Here"),
        id="a label with other figures and in other case",
    ),
    pytest.param(
        page("Here", tail=[BLURB, *TAIL]),
        [page(str(n), tail=[BLURB, *TAIL]) for n in "abc"],
        report("Here"),
        id="a sentence at the end that four pages have",
    ),
    pytest.param(
        page("Here", tail=[BLURB]),
        [page(str(n), tail=[BLURB]) for n in "ab"],
        [*report("Here"), BLURB],
        id="a sentence at the end that three pages have",
    ),
    pytest.param(
        page("Here", tail=[BLURB]),
        [page(str(n), tail=[BLURB] if n < 3 else []) for n in range(19)],
        [*report("Here"), BLURB],
        id="a sentence at the end that one page in five has",
    ),
    pytest.param(
        page("Here", inner=BACKGROUND),
        [page(str(n), inner=BACKGROUND if n < 5 else None) for n in range(16)],
        [line for line in page("Here", inner=BACKGROUND) if line not in HEAD + TAIL],
        id="background that many reports of one affair have",
    ),
    pytest.param(
        page("Here", inner="What happens next?"),
        [page(str(n), inner="What happens next?" if n < 3 else None) for n in range(12)],
        [line for line in page("Here", inner="What happens next?") if line not in HEAD + TAIL],
        id="a heading that a desk is fond of",
    ),
    pytest.param(
        page("Here", inner="Advertisement of the house"),
        [page(str(n), inner="Advertisement of the house") for n in range(5)],
        report("Here"),
        id="a label among the sentences that every page has",
    ),
    pytest.param(
        [*report("Here"), "A pointer of its own"],
        [[*report("Here"), "A pointer of its own"]],
        [*report("Here"), "A pointer of its own"],
        id="the same report at another address",
    ),
    pytest.param(
        [*report("Here"), *TAIL],
        [[*report("Here")[1:], *TAIL], *OTHERS],
        report("Here"),
        id="the same report at another address, and other pages",
    ),
    pytest.param(
        [*report("Here"), "Of 1,200 seats on the ferries in the harbour some 300 were taken on Monday."],
        [
            [*report(str(n)), f"Of {n}00 seats on the ferries in the harbour some 2 were taken on Monday."]
            for n in range(9)
        ],
        [*report("Here"), "Of 1,200 seats on the ferries in the harbour some 300 were taken on Monday."],
        id="a sentence with other figures is another sentence",
    ),
    pytest.param(["Ja", "Nein"], [["Ja", "Nein", *report("x")]], ["Ja", "Nein"], id="nothing but what others have"),
    pytest.param([], OTHERS, [], id="no lines"),
    pytest.param(page("Here"), [[], []], page("Here"), id="pages without lines"),
]


@pytest.mark.parametrize(("lines", "pages", "expected"), CASES)
def test_what_goes_of_an_article(lines: list[str], pages: list[list[str]], expected: list[str]) -> None:
    assert kept(lines, pages) == expected


def test_a_cut_says_on_how_many_pages_the_line_stands() -> None:
    lines = [*report("Here"), "Most read this week"]
    others = [line_hashes(["Most read this week", *report("x")]), line_hashes(report("y"))]
    assert find_repeated_lines(lines, others) == (LineToRemove(line=14, reason="on 2 of 3 pages of the outlet"),)


def test_of_a_long_page_the_beginning_and_the_end_are_remembered() -> None:
    lines = [f"Line {'abcdefghij'[n % 10] * (n + 1)}" for n in range(MAX_LINES + 50)]
    assert line_hashes(lines) == line_hashes([*lines[: MAX_LINES // 2], *lines[-MAX_LINES // 2 :]])
    assert len(set(line_hashes(lines))) == MAX_LINES


def test_a_new_page_says_which_others_may_have_lines_to_lose() -> None:
    others = {
        1: line_hashes(["Most read", *report("a")]),
        2: line_hashes(report("b")),
        3: line_hashes([*report("c"), "Write to us"]),
    }
    assert articles_to_clean_again(line_hashes(["Most read", *report("d")]), others) == (1,)
    assert articles_to_clean_again(line_hashes(report("d")), others) == ()


def test_a_line_that_was_common_already_makes_nothing_to_clean_again() -> None:
    others = {number: line_hashes(["Most read", *report(str(number))]) for number in range(2)}
    assert articles_to_clean_again(line_hashes(["Most read", *report("x")]), others) == ()


LINE = st.sampled_from([*HEAD, *TAIL, BLURB, BACKGROUND, *report("a", 3), *report("b", 3)])
PAGE = st.lists(LINE, max_size=12)


@given(PAGE, st.lists(PAGE, max_size=8))
def test_a_line_that_no_other_page_has_stays(lines: list[str], pages: list[list[str]]) -> None:
    elsewhere = {line for other in pages for line in other}
    left = kept(lines, pages)
    assert [line for line in left if line not in elsewhere] == [line for line in lines if line not in elsewhere]


@given(PAGE, st.lists(PAGE, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_pages_does_not_matter(lines: list[str], pages: list[list[str]], random: object) -> None:
    shuffled = sorted(pages, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert kept(lines, shuffled) == kept(lines, pages)
