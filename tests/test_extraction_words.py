"""Splitting of texts in any script into words."""

from __future__ import annotations

import pytest

from aggregator.extraction.words import words

CASES = [
    pytest.param("", [], id="nothing"),
    pytest.param("Rain, at LAST – 3.5 cm!", ["rain", "at", "last", "3", "5", "cm"], id="latin"),
    pytest.param("STRASSE straße", ["strasse", "strasse"], id="case folding"),
    pytest.param("東京で雨", ["東", "京", "で", "雨"], id="japanese by character"),
    pytest.param("iPhone登場", ["iphone", "登", "場"], id="mixed scripts"),
    pytest.param("дождь пришёл", ["дождь", "пришёл"], id="cyrillic"),
    pytest.param("snake_case", ["snake", "case"], id="an underscore is no letter"),
]


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_words_are_found_in_any_script(text: str, wanted: list[str]) -> None:
    assert words(text) == tuple(wanted)
