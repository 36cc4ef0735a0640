"""Which text bytes hold when labels disagree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parsing.encoding import Decoded, decode


def xml(text: str, label: str | None = None) -> str:
    declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else ""
    return f"{declaration}<rss>{text}</rss>"


RUSSIAN, CHINESE, JAPANESE, KOREAN, FRENCH = "Москва", "新闻报道", "東京①", "서울똠", "Là-bas, l’été"


@pytest.mark.parametrize(
    ("text", "codec", "label", "content_type"),
    [
        pytest.param(FRENCH, "utf-8", None, None, id="UTF-8 without any label"),
        pytest.param(FRENCH, "utf-8-sig", None, None, id="a UTF-8 mark"),
        pytest.param(FRENCH, "utf-16", "utf-16", None, id="UTF-16 with its mark"),
        pytest.param(FRENCH, "utf-16-be", None, None, id="UTF-16 without mark"),
        pytest.param(FRENCH, "utf-32", None, None, id="UTF-32 with its mark"),
        pytest.param("plain", "ascii", "utf-16", None, id="ASCII that says UTF-16"),
        pytest.param(FRENCH, "utf-8", None, "text/xml; charset=us-ascii", id="UTF-8 that HTTP calls ASCII"),
        pytest.param(RUSSIAN, "cp1251", "windows-1251", None, id="declared windows-1251"),
        pytest.param(RUSSIAN, "koi8-r", "koi8-r", "text/xml", id="declared koi8-r"),
        pytest.param(RUSSIAN, "cp1251", None, "text/xml; charset=windows-1251", id="windows-1251 by HTTP"),
        pytest.param(RUSSIAN, "cp1251", "windows-1251", "text/xml;charset=ISO-8859-1", id="a server's Latin-1 yields"),
        pytest.param(CHINESE, "gb18030", "gb2312", None, id="gb2312 means gb18030"),
        pytest.param("𠮷", "gb18030", "gbk", None, id="four-byte gb18030"),
        pytest.param("碁銹", "big5hkscs", "big5", None, id="big5 with its extensions"),
        pytest.param(JAPANESE, "cp932", "Shift_JIS", None, id="shift_jis means cp932"),
        pytest.param("東京", "euc-jp", "EUC-JP", None, id="euc-jp"),
        pytest.param("東京", "iso-2022-jp", "ISO-2022-JP", None, id="iso-2022-jp, which looks like ASCII"),
        pytest.param(KOREAN, "cp949", "euc-kr", None, id="euc-kr means cp949"),
        pytest.param("“q”", "cp1252", "iso-8859-1", None, id="Latin-1 means windows-1252"),
        pytest.param("İstanbul", "cp1254", "iso-8859-9", None, id="Latin-5 means windows-1254"),
        pytest.param("Ελλάδα", "iso-8859-7", "iso-8859-7", None, id="declared Greek"),
    ],
)
def test_the_text_is_found(text: str, codec: str, label: str | None, content_type: str | None) -> None:
    document = xml(text, label)
    assert decode(document.encode(codec), content_type=content_type).text == document


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        pytest.param(
            xml("café", "utf-8").encode("latin-1"),
            None,
            Decoded(text=xml("café", "utf-8"), problems=("has bytes that are not utf-8",)),
            id="Latin-1 that says UTF-8",
        ),
        pytest.param(
            xml("žluť — ").encode() + "été".encode("cp1252"),
            None,
            Decoded(text=xml("žluť — ") + "été", problems=("has bytes that are not utf-8",)),
            id="UTF-8 with a piece pasted from elsewhere",
        ),
        pytest.param(
            xml("Žluť, été — ночь").encode().decode("cp1252").encode(),
            None,
            Decoded(text=xml("Žluť, été — ночь"), problems=("is utf-8 encoded twice",)),
            id="UTF-8 encoded twice, by way of windows-1252",
        ),
        pytest.param(
            xml("“été” in Ελλάδα").encode().decode("latin-1").encode(),
            None,
            Decoded(text=xml("“été” in Ελλάδα"), problems=("is utf-8 encoded twice",)),
            id="UTF-8 encoded twice, by way of Latin-1",
        ),
        pytest.param(
            xml("Ã© is what é becomes, Ã¨ is è, Ã¼ is ü").encode(),
            None,
            Decoded(text=xml("Ã© is what é becomes, Ã¨ is è, Ã¼ is ü")),
            id="a text about mojibake",
        ),
        pytest.param(
            xml("Ã© alone, and Ã¨").encode(),
            None,
            Decoded(text=xml("Ã© alone, and Ã¨")),
            id="two sequences are no evidence",
        ),
        pytest.param(
            xml(RUSSIAN, "windows-1251").encode(),
            None,
            Decoded(text=xml(RUSSIAN, "windows-1251"), problems=("says cp1251, is utf-8",)),
            id="UTF-8 that says windows-1251",
        ),
        pytest.param(
            xml(RUSSIAN, "utf-8").encode("cp1251"),
            "text/xml; charset=windows-1251",
            Decoded(text=xml(RUSSIAN, "utf-8"), problems=("says utf-8, is cp1251",)),
            id="two labels, one right",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="klingon"?><a/>',
            "text/xml; charset=zlib",
            Decoded(text='<?xml version="1.0" encoding="klingon"?><a/>'),
            id="labels nobody knows",
        ),
    ],
)
def test_disagreement_is_settled_and_told(body: bytes, content_type: str | None, expected: Decoded) -> None:
    assert decode(body, content_type=content_type) == expected


@given(
    st.binary(),
    st.sampled_from([None, "text/xml; charset=utf-7", "a;charset=idna", "a; charset=euc-jp", "a; charset=hex"]),
)
def test_any_bytes_are_some_text(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type=content_type).text, str)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=1))
def test_utf_8_is_never_changed(text: str) -> None:
    assert decode(f"<a>{text}".encode(), content_type="text/xml; charset=iso-8859-1").text == f"<a>{text}"
