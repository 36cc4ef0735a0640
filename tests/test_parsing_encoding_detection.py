"""What is guessed of bytes that bear no label, and what a guess is worth against one."""

from __future__ import annotations

import pytest

from aggregator.parsing.encoding_detection import choose_label, guess_encoding
from tests.legacy_texts import FRENCH, GREEK, JAPANESE, POLISH, RUSSIAN


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        pytest.param(RUSSIAN, "cp1251", "windows-1251", id="Russian"),
        pytest.param(RUSSIAN, "koi8-r", "KOI8-U", id="Russian in an encoding of two countries"),
        pytest.param(POLISH, "iso8859-2", "ISO-8859-2", id="Polish"),
        pytest.param(FRENCH, "cp1252", "windows-1252", id="French"),
        pytest.param(JAPANESE, "euc_jp", "EUC-JP", id="Japanese"),
        pytest.param(("a café", ""), "cp1252", "windows-1252", id="one letter"),
    ],
)
def test_the_language_tells_the_encoding(text: tuple[str, str], codec: str, label: str) -> None:
    assert guess_encoding(" ".join(text).encode(codec)) == label


def test_what_stands_far_behind_ascii_and_is_cut_within_a_character_is_guessed_all_the_same() -> None:
    assert guess_encoding(b"<item>" * 100_000 + JAPANESE[1].encode("cp932") * 3_000) == "Shift_JIS"


@pytest.mark.parametrize(
    ("text", "codec", "first", "other", "right"),
    [
        pytest.param(RUSSIAN, "koi8-r", "cp1251", "koi8-r", "koi8-r", id="one script, two orders"),
        pytest.param(RUSSIAN, "koi8-r", "koi8-r", "cp1251", "koi8-r", id="the first is right"),
        pytest.param(GREEK, "cp1253", "cp1252", "cp1253", "cp1253", id="another script than the first"),
        pytest.param(POLISH, "iso8859-2", "cp1252", "iso8859-2", "iso8859-2", id="just as the other, and Latin"),
        pytest.param(POLISH, "iso8859-2", "cp1252", "cp1250", "cp1252", id="nearly as the other, and Latin"),
        pytest.param(FRENCH, "cp1252", "cp1250", "cp1252", "cp1250", id="windows-1252 for want of knowledge"),
    ],
)
def test_a_guess_settles_between_scripts_rather_than_accents(
    text: tuple[str, str], codec: str, first: str, other: str, right: str
) -> None:
    body = text[1].encode(codec)
    readings = {label: body.decode(label) for label in (first, other)}
    assert choose_label(readings, codec, text[1]) == right


def test_without_a_guess_the_first_label_is_right() -> None:
    assert choose_label({"cp1251": "Нева", "koi8-r": "мЕБЮ"}, "cp1252", None) == "cp1251"
