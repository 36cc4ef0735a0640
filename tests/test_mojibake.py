"""Garbled text is told from text, for the sake of the tests that look for it."""

from __future__ import annotations

import pytest

from tests.legacy_texts import ARABIC, CHINESE, FRENCH, GREEK, JAPANESE, KOREAN, LEGACY, POLISH, RUSSIAN
from tests.loops import loop_over
from tests.mojibake import signs


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        pytest.param("café", "utf-8", "cp1252", id="one accent"),
        pytest.param("it’s", "utf-8", "cp1252", id="an apostrophe"),
        pytest.param("café", "utf-8", "latin-1", id="as controls"),
        pytest.param("café", "cp1252", "utf-8", id="a lone byte in UTF-8"),
        pytest.param(POLISH[0], "utf-8", "cp1250", id="Polish"),
        pytest.param(RUSSIAN[0], "utf-8", "cp1251", id="Russian, once more"),
        pytest.param(RUSSIAN[0], "utf-8", "cp1252", id="Russian as Latin"),
        pytest.param(RUSSIAN[0], "cp1251", "cp1252", id="Russian of one byte as Latin"),
        pytest.param(GREEK[0], "cp1253", "cp1252", id="Greek of one byte as Latin"),
        pytest.param(ARABIC[0], "utf-8", "cp1256", id="Arabic, once more"),
        pytest.param(CHINESE[0], "utf-8", "gb18030", id="Chinese, once more"),
        pytest.param(CHINESE[0], "utf-8", "cp1252", id="Chinese as Latin"),
        pytest.param(JAPANESE[0], "utf-8", "cp932", id="Japanese, once more"),
        pytest.param(KOREAN[0], "utf-8", "cp949", id="Korean, once more"),
        pytest.param("\ufffd" * 6, "utf-8", "gb18030", id="losses in Chinese"),
    ],
)
def test_garbled_text_is_seen(text: str, written: str, read: str) -> None:
    assert list(signs(text.encode(written).decode(read, "replace")))


def test_text_encoded_twice_and_read_as_latin_is_seen() -> None:
    assert list(signs(FRENCH[0].encode().decode("latin-1").encode().decode("latin-1")))


@loop_over("text", [f"{written.title} {written.text}" for written in LEGACY])
def test_no_language_is_taken_for_garbled(text: str) -> None:
    assert list(signs(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("«\xa0très doué\xa0», dit-il", id="a guillemet after an accent"),
        pytest.param("“ÖÖÖ”", id="a word of one umlaut"),
        pytest.param("홍홍홍", id="a syllable again and again"),
        pytest.param("Ñandú, São João, naïveté — “Œuvre” №\xa05 ½\xa0°C €\xa05", id="signs and ligatures"),
    ],
)
def test_what_is_only_unusual_is_not(text: str) -> None:
    assert list(signs(text)) == []
