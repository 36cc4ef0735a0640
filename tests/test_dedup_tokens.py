"""A text has the same tokens in every outlet: numbers, stops, scripts and letter case do not change them."""

from __future__ import annotations

import pytest

from aggregator.dedup.tokens import TokenKind, tokenise
from tests.loops import loop_over


@loop_over(
    ("text", "words"),
    [
        pytest.param("1,234 or 1.234", ("1234", "or", "1234"), id="separators of thousands"),
        pytest.param("1,234,567", ("1234567",), id="millions"),
        pytest.param("3,5 and 3.5", ("3.5", "and", "3.5"), id="a decimal comma"),
        pytest.param("12.34", ("12.34",), id="two decimals"),
        pytest.param("1.2345", ("1.2345",), id="four decimals"),
        pytest.param("A stop. Another!", ("a", "stop", "another"), id="stops"),
        pytest.param("The captain’s O'Neil", ("the", "captains", "oneil"), id="apostrophes"),
        pytest.param("STRASSE Straße", ("strasse", "strasse"), id="letter case"),
        pytest.param("港口關閉", ("港", "口", "关", "闭"), id="traditional characters"),
        pytest.param("カタカナ語", ("カタカナ", "语"), id="a run of katakana"),
        pytest.param("٣ days", ("3", "days"), id="the shape of digits"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_a_text_has_these_tokens(text: str, words: tuple[str, ...]) -> None:
    assert tokenise(text).words == words


def test_a_capital_makes_a_name_except_after_a_stop() -> None:
    tokens = tokenise("The ship Aurora left. Nobody saw Captain Ida.")
    names = [word for word, kind in zip(tokens.words, tokens.kinds, strict=True) if kind == TokenKind.NAME]
    assert names == ["aurora", "captain", "ida"]


def test_boilerplate_lines_and_the_dateline_are_left_out() -> None:
    tokens = tokenise("VESSLEY, March 3 (AP) - The crane falls.\nRead more: the port\nNobody was hurt.\nSign up here")
    assert tokens.words == ("the", "crane", "falls", "nobody", "was", "hurt")
    assert tokens.left_out == ("VESSLEY, March 3 (AP) -", "Read more: the port", "Sign up here")


def test_a_text_of_boilerplate_alone_keeps_its_lines() -> None:
    tokens = tokenise("Read more: the port\nSign up here")
    assert tokens.words == ("read", "more", "the", "port", "sign", "up", "here")
    assert tokens.left_out == ()


@loop_over(
    ("start", "stop", "longest", "quote"),
    [
        pytest.param(0, 3, 99, "The old crane", id="short enough"),
        pytest.param(1, 3, 99, "old crane", id="from the second token"),
        pytest.param(0, 3, 13, "The old crane", id="just as long"),
        pytest.param(0, 3, 12, "The old cra…", id="one too long"),
        pytest.param(0, 3, 9, "The old…", id="cut at a blank"),
        pytest.param(2, 2, 99, "", id="nothing"),
    ],
)
def test_a_quote_has_a_longest_length(start: int, stop: int, longest: int, quote: str) -> None:
    assert tokenise("The old\ncrane falls.").quote(start, stop, longest=longest) == quote


def test_every_token_has_its_kind() -> None:
    tokens = tokenise("The Crane fell 3.5 m! Old Ida, 港口カタカナ\nNow «Ida» left: IDA;Ida")
    kinds = dict(enumerate(zip(tokens.words, map(TokenKind, tokens.kinds), strict=True)))
    word, name, number, single, run = TokenKind
    assert list(kinds.values()) == [
        ("the", word), ("crane", name), ("fell", word), ("3.5", number), ("m", word), ("old", word), ("ida", name),
        ("港", single), ("口", single), ("カタカナ", run), ("now", word), ("ida", word), ("left", word), ("ida", word),
        ("ida", word),
    ]  # fmt: skip
    assert [word, name, number, single, run] == [1, 2, 3, 4, 5]


def test_spans_are_those_of_the_tokens_without_stops() -> None:
    tokens = tokenise("Old crane. 3,5 港口!")
    assert [tokens.text[start:stop] for start, stop in tokens.spans()] == ["Old", "crane", "3,5", "港", "口"]


@loop_over(
    ("text", "words"),
    [
        pytest.param("kr\u00ado\u200bne\ufeff", ("krone",), id="invisible characters"),
        pytest.param("ﬁre ½ １２", ("fire", "1", "2", "12"), id="compatibility forms"),
        pytest.param("Vy\u0301 hi\u0306", ("vý", "hĭ"), id="accents of their own"),
        pytest.param("rock `n` ´roll", ("rock", "n", "roll"), id="marks around a word are no part of it"),
        pytest.param("हिन्दी में", ("हिन्दी", "में"), id="vowels and joined letters of India"),
        pytest.param("กา ລາວ မြ ខ", ("ก", "า", "ລ", "າ", "ວ", "မ", "ြ", "ខ"), id="scripts without spaces"),
        pytest.param("서울 ひら 々", ("서", "울", "ひ", "ら", "々"), id="Hangul and Hiragana"),
        pytest.param("كــتاب", ("كتاب",), id="a stretched word"),
        pytest.param("שָׁלוֹם עוֹלָם", ("שלום", "עולם"), id="vowel points of Hebrew"),
        pytest.param("أُعلنُ أنَّ مُحَمَّداً", ("أعلن", "أن", "محمدا"), id="vowel points of Arabic"),
        pytest.param("בֵּית־סֵפֶר", ("בית", "ספר"), id="a hyphen among vowel points"),
        pytest.param("a_b 1_2 c1", ("a", "b", "1", "2", "c", "1"), id="low lines and digits end a word"),
        pytest.param("१२ ৩৪ ௫", ("12", "34", "5"), id="digits of other scripts"),
        pytest.param("1.234,5 0.001 1.000.000,25", ("1234.5", "0001", "1000000.25"), id="both separators"),
        pytest.param(" \n\t\n", (), id="white space"),
    ],
)
def test_what_does_not_count_in_a_word(text: str, words: tuple[str, ...]) -> None:
    assert tokenise(text).words == words


DATELINE = "VESSLEY, March 3 (AP) -"


@loop_over(
    ("before", "is_left_out"),
    [
        pytest.param([], True, id="the first line"),
        pytest.param(["one", "two"], True, id="the third line"),
        pytest.param(["one", "two", "three"], False, id="the fourth line"),
        pytest.param(["a" * 60], True, id="after a line of sixty characters"),
        pytest.param(["a" * 61], False, id="after a longer line"),
        pytest.param(["BERLIN —"], False, id="after a line that is a dateline alone"),
        pytest.param(["OSLO, May 1 (AP) - The quay."], False, id="after another dateline"),
        pytest.param(["Read more: the port", "one", "two"], True, id="boilerplate does not count"),
    ],
)
def test_a_dateline_is_left_out_near_the_beginning(before: list[str], is_left_out: bool) -> None:
    tokens = tokenise("\n".join([*before, f"{DATELINE} The crane falls."]))
    assert (DATELINE in tokens.left_out) is is_left_out
    assert ("vessley" not in tokens.words) is is_left_out
    assert tokens.text.split("\n")[-1] == ("The crane falls." if is_left_out else f"{DATELINE} The crane falls.")


def test_no_point_from_the_first_to_the_last_counts() -> None:
    points = [*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670]
    assert {tokenise(f"\u0628{chr(point)}\u0645").words for point in points} == {("\u0628\u0645",)}
    punctuation = {0x05BE, 0x05C0, 0x05C3, 0x05C6}
    points = [point for point in range(0x0591, 0x05C8) if point not in punctuation]
    assert {tokenise(f"\u05d0{chr(point)}\u05d1").words for point in points} == {("\u05d0\u05d1",)}
    assert {tokenise(f"\u05d0{chr(point)}\u05d1").words for point in punctuation} == {("\u05d0", "\u05d1")}


def test_the_text_keeps_what_its_tokens_leave_out() -> None:
    assert tokenise("The captain’s crane").text == "The captain's crane"
    tokens = tokenise("BERLIN —\nThe crane falls.")
    assert (tokens.text, tokens.left_out) == ("BERLIN —\nThe crane falls.", ())
    assert tokens.words == ("berlin", "the", "crane", "falls")


def test_lines_are_stripped_and_empty_ones_fall_out() -> None:
    tokens = tokenise("  The crane \n\n falls.\t")
    assert (tokens.text, tokens.left_out) == ("The crane\nfalls.", ())


def test_a_quote_is_empty_from_its_end_on() -> None:
    tokens = tokenise("The old crane")
    assert [tokens.quote(start, 2, longest=99) for start in (1, 2, 3)] == ["old", "", ""]
    assert tokens.quote(0, 0, longest=99) == tokenise("").quote(0, 0, longest=99) == ""
