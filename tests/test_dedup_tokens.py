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
