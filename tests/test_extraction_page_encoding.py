"""Charsets of pages: the declared ones, the bytes, and the choice between them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from aggregator.extraction.page_encoding import decode_page


def _nobody_asked(_: bytes) -> Sequence[str]:
    raise AssertionError("the guess was asked though the page declares its charset")


def _page(text: str, charset: str, *, meta: str | None = None) -> bytes:
    head = f'<meta charset="{meta}">' if meta else ""
    return f"<html><head>{head}</head><p>{text}</p></html>".encode(charset)


CASES = [
    pytest.param(_page("Zoë", "utf-8"), None, "Zoë", id="utf-8 without a word about it"),
    pytest.param(_page("Zoë", "utf-8-sig"), "text/html; charset=iso-8859-1", "Zoë", id="a BOM beats the header"),
    pytest.param("\ufeff<p>Zoë</p>".encode("utf-16-le"), None, "Zoë", id="utf-16 by its BOM"),
    pytest.param("\ufeff<p>Zoë</p>".encode("utf-16-be"), None, "Zoë", id="big-endian utf-16 by its BOM"),
    pytest.param(_page("Zoë", "utf-8"), "text/html; charset=iso-8859-1", "Zoë", id="utf-8 declared as latin"),
    pytest.param(_page("“Zoë”", "cp1252"), "text/html; charset=ISO-8859-1", "“Zoë”", id="latin-1 means windows-1252"),
    pytest.param(_page("İğdır", "cp1254", meta="iso-8859-9"), None, "İğdır", id="turkish by meta charset"),
    pytest.param(_page("新聞記事", "cp932", meta="Shift_JIS"), None, "新聞記事", id="shift_jis"),
    pytest.param(_page("新聞", "iso2022_jp", meta="iso-2022-jp"), None, "新聞", id="a seven-bit charset is honoured"),
    pytest.param(_page("新闻", "gb18030", meta="gb2312"), None, "新闻", id="gb2312 means gb18030"),
    pytest.param(_page("뉴스", "cp949"), "text/html;charset=EUC-KR", "뉴스", id="euc-kr by header"),
    pytest.param(_page("новости", "koi8_r"), 'text/html; charset="koi8-r"', "новости", id="a quoted charset"),
    pytest.param(_page("Łódź", "iso8859_2", meta="iso88592"), None, "Łódź", id="a name of the standard"),
    pytest.param(_page("Zoë", "cp1252", meta="utf-16"), "text/html; charset=cp1252", "Zoë", id="an absurd meta"),
    pytest.param(
        b'<?xml version="1.0" encoding="windows-1251"?><p>' + "новости".encode("cp1251"), None, "новости", id="xml"
    ),
    pytest.param(
        b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">' + "новости".encode("cp1251"),
        None,
        "новости",
        id="http-equiv",
    ),
]


@pytest.mark.parametrize(("body", "content_type", "wanted"), CASES)
def test_a_page_is_read_in_the_charset_it_is_written_in(body: bytes, content_type: str | None, wanted: str) -> None:
    assert wanted in decode_page(body, content_type=content_type, guess=_nobody_asked)


def test_a_page_that_declares_nothing_is_guessed() -> None:
    assert decode_page("<p>Žluťoučký".encode("cp1250"), content_type=None, guess=lambda _: ["cp1250"]) == "<p>Žluťoučký"


def test_utf_8_that_was_cut_in_the_middle_of_a_character_stays_utf_8() -> None:
    body = _page("Zoë " * 200, "utf-8", meta="utf-8") + "ë".encode()[:1]
    assert decode_page(body, content_type=None, guess=_nobody_asked).count("Zoë") == 200


@pytest.mark.parametrize("charset", ["hex", "rot13", "no-such-charset", "zip", ""])
def test_a_charset_that_is_none_is_passed_over(charset: str) -> None:
    body = b"<p>caf\xe9"
    assert decode_page(body, content_type=f"text/html; charset={charset}", guess=lambda _: ["latin-1"]) == "<p>café"


def test_bytes_that_nothing_explains_become_replacement_characters() -> None:
    assert decode_page(b"<p>\xff\xfd", content_type=None, guess=lambda _: []) == "<p>\ufffd\ufffd"
