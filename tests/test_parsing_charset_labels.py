"""What is meant by the names of charsets."""

from __future__ import annotations

import pytest

from aggregator.parsing.charset_labels import codec_for_label, codecs_to_try


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


def test_a_codec_with_gaps_has_a_sibling_that_fills_them() -> None:
    assert codecs_to_try("euc_jp") == ("euc_jp", "euc_jis_2004")
    assert codecs_to_try("cp1251") == ("cp1251",)
