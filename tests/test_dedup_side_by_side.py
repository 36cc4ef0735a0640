"""Two articles side by side show each text whole, with what they share marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.judge import judge
from aggregator.dedup.side_by_side import ComparedText, side_by_side
from aggregator.dedup.thresholds import Thresholds
from aggregator.model.dedup import JudgedText
from tests.reports import GERMAN, HARBOUR, LOCAL, QUOTE, cut, document, invented

THRESHOLDS = Thresholds()


def pieces(text: ComparedText) -> list[list[tuple[str, bool]]]:
    """The pieces of each line: the text, and whether it is shared."""
    return [[(piece.text, piece.shared) for piece in line] for line in text.lines]


def pair(first: str, second: str) -> tuple[JudgedText, JudgedText]:
    return document(first), document(second, outlet="two.example", article_id=2)


def test_a_shared_paragraph_is_marked_between_others_that_are_not() -> None:
    one, other = pair(f"{LOCAL}\n{QUOTE}", QUOTE)
    compared = side_by_side(one, other, thresholds=THRESHOLDS)
    *own, quote = pieces(compared.first)
    assert own == [[(line, False)] for line in LOCAL.split("\n")]
    assert [shared for _, shared in quote] == [False, True, False]
    assert (quote[0][0], "".join(text for text, _ in quote)) == ("“", QUOTE)
    assert (compared.first.document, compared.second.document) == (one, other)
    assert compared.verdict == judge(one, other)


def test_words_of_ones_own_are_cut_out_of_a_shared_line() -> None:
    line = cut(HARBOUR, 1)
    begin, end = line[: len(line) // 2].rsplit(" ", 1)[0], line[len(line) // 2 :].split(" ", 1)[1]
    one, other = pair(f"Now {begin} unexpectedly yesterday {end}", f"{begin} {end}")
    (first,) = pieces(side_by_side(one, other, thresholds=THRESHOLDS).first)
    marks = [shared for _, shared in first]
    assert marks == [False, True, False, True, False]
    assert first[0][0] == "Now "
    assert first[2][0].strip() == "unexpectedly yesterday"
    assert "".join(text for text, _ in first) == f"Now {begin} unexpectedly yesterday {end}"


def test_equal_texts_are_shared_from_the_first_word_to_the_last_and_nothing_is_in_different_ones() -> None:
    one, other = pair(f"{HARBOUR}\n© 2026 One Example", HARBOUR)
    equal = side_by_side(one, other, thresholds=THRESHOLDS)
    assert all(line[0][1] for line in pieces(equal.first))
    assert (equal.first.left_out, equal.second.left_out) == (("© 2026 One Example",), ())
    different = side_by_side(*pair(HARBOUR, GERMAN), thresholds=THRESHOLDS)
    assert not any(shared for line in pieces(different.second) for _, shared in line)


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_pieces_of_a_text_are_the_whole_compared_text(one: str, other: str) -> None:
    compared = side_by_side(*pair(f"{one}\n{HARBOUR}", f"{HARBOUR}\n{other}"), thresholds=THRESHOLDS)
    shown = "\n".join("".join(text for text, _ in line) for line in pieces(compared.second))
    assert HARBOUR in shown


def test_every_piece_of_a_line_is_shared_or_not() -> None:
    one, other = pair(
        f"{invented('x:2 a:6 =14')}. {invented('b:5')}!\n{invented('y:3')}\n{invented('a:6')}",
        f"({invented('a:6 =15 b:5')}) {invented('z:1')}",
    )
    compared = side_by_side(one, other, thresholds=THRESHOLDS)
    assert pieces(compared.first) == [
        [
            (f"{invented('x:2')} ", False),
            (invented("a:6"), True),
            (" 14. ", False),
            (invented("b:5"), True),
            ("!", False),
        ],
        [(invented("y:3"), False)],
        [(invented("a:6"), True)],
    ]
    assert pieces(compared.second) == [
        [
            ("(", False),
            (invented("a:6"), True),
            (" 15 ", False),
            (invented("b:5"), True),
            (f") {invented('z:1')}", False),
        ]
    ]


def test_a_line_of_equal_texts_is_shared_between_its_first_and_last_word() -> None:
    one, other = pair(f"“{invented('a:9')}”.\nb", invented("a:9").replace(" ", ", ") + "\nB")
    compared = side_by_side(one, other, thresholds=THRESHOLDS)
    assert pieces(compared.first) == [[("“", False), (invented("a:9"), True), ("”.", False)], [("b", True)]]
    assert pieces(compared.second) == [[(invented("a:9").replace(" ", ", "), True)], [("B", True)]]


def test_texts_without_words_have_no_shared_piece() -> None:
    compared = side_by_side(*pair("", "?!"), thresholds=THRESHOLDS)
    assert (pieces(compared.first), pieces(compared.second)) == ([[]], [[("?!", False)]])


def test_equal_texts_shorter_than_a_shingle_are_shared() -> None:
    compared = side_by_side(*pair("Live now", "live  NOW"), thresholds=THRESHOLDS)
    assert (pieces(compared.first), pieces(compared.second)) == ([[("Live now", True)]], [[("live  NOW", True)]])


def test_texts_are_compared_by_the_thresholds_given() -> None:
    strict = Thresholds(across=0.99, revised=1.0)
    one, other = pair(invented("a:90 x:10"), invented("a:90 y:10"))
    assert side_by_side(one, other, thresholds=strict).verdict == judge(one, other, thresholds=strict)
    assert side_by_side(one, other, thresholds=strict).verdict != judge(one, other)
