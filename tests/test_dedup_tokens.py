"""A text has the same tokens in every outlet: numbers, stops, scripts and letter case do not change them."""

from __future__ import annotations

import pytest

from aggregator.dedup.tokens import TokenKind, tokenise


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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
