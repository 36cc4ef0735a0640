"""A prepared text has its shingles sorted and its skeleton: numbers and names replaced by slots."""

from __future__ import annotations

import pytest

from aggregator.dedup.prepared_text import PreparedText, prepare_text
from tests.reports import document, invented


def prepared(text: str, *, title: str = "") -> PreparedText:
    return prepare_text(document(invented(text), title=title))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("a:7", 7),
        ("a:3 =14 =Ayr", 5),
        ("A:8", 5),
        ("A:3", 1),
        ("A:4", 2),
        ("A:8 a:2", 7),
    ],
)
def test_a_character_without_spaces_counts_as_five_eighths_of_a_word(text: str, words: int) -> None:
    assert prepared(text).words == words


def test_the_words_of_text_and_title_are_kept_without_their_order() -> None:
    text = prepared("a:2 =14 a:1", title="14 Cranes, 14 Masts")
    assert text.vocabulary == {"aaa", "aab", "14"}
    assert text.title == {"14", "cranes", "masts"}
    assert text.tokens.words == ("aaa", "aab", "14", "aaa")
    assert text.document.title == "14 Cranes, 14 Masts"
    assert text.exact == prepared("a:2 =14 a:1").exact != prepared("a:2 =14").exact


def test_the_order_of_the_shingles_sorts_them_and_keeps_equal_ones_in_place() -> None:
    passages = prepared(" ".join(["a:30"] * 40)).passages
    assert passages.ordered.tolist() == sorted(passages.hashes.tolist())
    order = passages.order.tolist()
    assert order == sorted(range(len(order)), key=lambda place: (passages.hashes[place], place))
    assert passages.stops.tolist() == list(range(5, 1201))


def test_a_run_of_names_is_one_slot_and_a_number_is_one() -> None:
    skeleton = prepared("a:2 =14 =15 =Ayr =Bay =Cork b:2 =Derry c:1").skeleton
    # aaa aab 14 15 Ayr-Bay-Cork baa bab Derry caa
    assert skeleton.starts.tolist() == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
    assert skeleton.slots.tolist() == [False, False, True, True, True, False, False, True, False]


@pytest.mark.parametrize(
    ("text", "firsts", "lengths"),
    [
        pytest.param("a:6", [0, 1], [5, 5], id="words alone"),
        pytest.param("a:2 =1 =2 =3", [0], [5], id="two words among numbers"),
        pytest.param("a:1 =1 =2 =3 =4", [], [], id="one word among numbers"),
        pytest.param("=1 =2 =3 a:2 =4 =5 =6", [0, 1, 2, 3], [5, 5, 5, 5], id="the words anywhere in it"),
        pytest.param(
            "=1 =2 =3 =4 a:2 =5 =6 =7 =8", [1, 2, 3, 4], [5, 5, 5, 5], id="shingles with one of them fall out"
        ),
        pytest.param("A:9", [0, 1], [8, 8], id="characters"),
        pytest.param("a:4", [], [], id="too few tokens"),
        pytest.param("", [], [], id="no text"),
    ],
)
def test_a_skeleton_has_the_shingles_with_two_plain_words(text: str, firsts: list[int], lengths: list[int]) -> None:
    skeleton = prepared(text).skeleton
    assert skeleton.firsts.tolist() == firsts
    assert skeleton.lengths.tolist() == lengths
    assert len(skeleton.passages) == len(firsts)


def test_values_do_not_change_a_skeleton_and_their_kinds_do() -> None:
    number, other, name = (
        prepared(f"a:4 ={value} b:4").skeleton.passages.tolist() for value in ("14", "2,500", "Bray")
    )
    assert number == other
    assert not set(number) & set(name)
    assert prepared("a:4 =Ayr =Bay b:4").skeleton.passages.tolist() == name
    assert set(prepared("a:5 b:5").skeleton.passages.tolist()).isdisjoint(number)


def test_equal_shingles_of_one_skeleton_differ_by_their_occurrence() -> None:
    once = prepared("a:9").skeleton.passages.tolist()
    thrice = prepared("a:9 =1 a:9 =2 a:9").skeleton.passages.tolist()
    assert len(set(thrice)) == len(thrice)
    assert thrice[:5] == once
    assert set(once).isdisjoint(thrice[5:])
    twice = prepared("a:9 =7 a:9 =8").skeleton.passages.tolist()
    assert twice[:5] == thrice[:5]
    assert twice[10:15] == [passage for passage in thrice if passage in twice[10:15]]
