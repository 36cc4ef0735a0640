"""What is meant by the names of charsets."""

from __future__ import annotations

import pytest
from webencodings.labels import LABELS

from aggregator.parsing.charset_labels import browser_codec, codec_for_label, codecs_to_try


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        pytest.param("UTF8", "utf-8", id="UTF-8"),
        pytest.param("iso-8859-1", "cp1252", id="a smaller relative"),
        pytest.param("GB2312", "gb18030", id="two steps up"),
        pytest.param("ISO-8859-16", "iso8859-16", id="one without relatives"),
        pytest.param("windows-874", "cp874", id="a name that Python does not know"),
        pytest.param("Windows-31J", "cp932", id="in any case"),
        pytest.param("win-1251", "cp1251", id="short for windows"),
        pytest.param("x-cp1252", "cp1252", id="with the prefix of old"),
        pytest.param("csISO88598I", "iso8859-8", id="a name of the standard alone"),
        pytest.param("ms936", "gb18030", id="a name of Python alone"),
        pytest.param("eucKR", "cp949", id="a name of Python for one of the standard"),
        pytest.param("utf8mb4", "utf-8", id="a database's name"),
        pytest.param("iso-2022-kr", "iso2022_kr", id="one that browsers refuse"),
        pytest.param("x-user-defined", None, id="bytes as private characters"),
        pytest.param("us-ascii", None, id="ASCII"),
        pytest.param("utf-16", None, id="UTF-16, which would show"),
        pytest.param("utf-7", None, id="UTF-7, which nobody may read"),
        pytest.param("hex", None, id="a codec that is no charset"),
        pytest.param("cp037", None, id="a charset in which markup is no markup"),
        pytest.param("klingon", None, id="unknown"),
    ],
)
def test_a_label_means_a_codec_or_nothing(label: str, codec: str | None) -> None:
    assert codec_for_label(label) == codec


def test_every_name_of_the_standard_means_its_codec() -> None:
    others = {"replacement", "x-user-defined"}
    unknown = [label for label, name in LABELS.items() if name not in others and browser_codec(label) is None]
    assert unknown == []


@pytest.mark.parametrize(
    ("label", "codec"), [("us-ascii", "cp1252"), ("utf-16", "utf-16-le"), ("utf-16be", "utf-16-be"), ("utf-32", None)]
)
def test_a_browser_takes_more_names_than_a_feed_may_use(label: str, codec: str | None) -> None:
    assert browser_codec(label) == codec


def test_a_codec_with_gaps_has_a_sibling_that_fills_them() -> None:
    assert codecs_to_try("euc_jp") == ("euc_jp", "euc_jis_2004")
    assert codecs_to_try("cp1251") == ("cp1251",)
