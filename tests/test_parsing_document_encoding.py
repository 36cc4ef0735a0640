"""Which text bytes hold when labels disagree."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.parsing import ParsedFeed
from aggregator.parsing.document_encoding import DecodedDocument, decode_document
from aggregator.parsing.feed_document import parse_feed
from tests.legacy_texts import LEGACY, UNICODE, Legacy
from tests.loops import loop_over


def xml(text: str, label: str | None = None) -> str:
    declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else ""
    return f"{declaration}<rss>{text}</rss>"


MOSCOW, CHINESE, JAPANESE, KOREAN, FRENCH = "Москва", "新闻报道", "東京①", "서울똠", "Là-bas, l’été"

RIGHT, NONE = "right", None
DEFAULTS = ("utf-8", "iso-8859-1")
"""What servers and templates say of documents that are in something else."""

LABELLED = [
    pytest.param(written, http, declared, id=f"{written.label}, {http} by HTTP, {declared} declared")
    for written, http, declared in product(LEGACY, (RIGHT, NONE, *DEFAULTS), (RIGHT, NONE, *DEFAULTS))
    if RIGHT in (http, declared)
]


def title_of(written: Legacy, *, http: str | None, declared: str | None) -> str:
    """The title that is read of a document with these labels, "right" standing for the one it is written in."""
    declared, http = (written.label if label == RIGHT else label for label in (declared, http))
    body = written.document(declared).encode(written.codec)
    outcome = parse_feed(
        body, url="https://example.org/feed", content_type=f"text/xml; charset={http}" if http else None
    )
    assert isinstance(outcome, ParsedFeed)
    return outcome.entries[0].title


@loop_over(("written", "http", "declared"), LABELLED)
def test_one_right_label_is_enough_beside_the_usual_wrong_ones(
    written: Legacy, http: str | None, declared: str | None
) -> None:
    assert title_of(written, http=http, declared=declared) == written.title


@loop_over("written", UNICODE, ids=lambda written: f"{written.label}, {written.title}")
@loop_over(("http", "declared"), [*product((NONE, "utf-16", "iso-8859-1", "windows-1251"), repeat=2)])
def test_unicode_needs_no_label_and_minds_no_wrong_one(written: Legacy, http: str | None, declared: str | None) -> None:
    assert title_of(written, http=http, declared=declared) == written.title


GUESSED = tuple(
    written
    for written in LEGACY
    if written.label not in ("iso-8859-3", "iso-8859-10", "iso-8859-16", "windows-1257", "macintosh")
)
"""All but those that are taken for a larger relative."""


@loop_over("written", LEGACY, ids=lambda written: written.label)
@loop_over("wrong", ["windows-1251", "windows-1252", "windows-1253", "windows-1256", "gb18030", "koi8-r"])
def test_the_charset_of_http_is_right_beside_another_that_would_fit(written: Legacy, wrong: str) -> None:
    assert title_of(written, http=RIGHT, declared=wrong) == written.title


@loop_over("written", GUESSED, ids=lambda written: written.label)
@loop_over("wrong", ["windows-1251", "windows-1252", "windows-1253", "windows-1256", "gb18030", "koi8-r"])
def test_the_charset_of_http_yields_to_a_declaration_that_the_language_bears_out(written: Legacy, wrong: str) -> None:
    assert title_of(written, http=wrong, declared=RIGHT) == written.title


@loop_over("written", GUESSED, ids=lambda written: written.label)
@loop_over("label", [NONE, "utf-8", "us-ascii", "utf-16"])
def test_the_language_tells_the_charset_where_no_label_is_possible(written: Legacy, label: str | None) -> None:
    assert title_of(written, http=label, declared=label) == written.title


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
        pytest.param(MOSCOW, "cp1251", "windows-1251", None, id="declared windows-1251"),
        pytest.param(MOSCOW, "koi8-r", "koi8-r", "text/xml", id="declared koi8-r"),
        pytest.param(MOSCOW, "cp1251", None, "text/xml; charset=windows-1251", id="windows-1251 by HTTP"),
        pytest.param(MOSCOW, "cp1251", "windows-1251", "text/xml;charset=ISO-8859-1", id="a server's Latin-1 yields"),
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
        pytest.param("東京", "iso-2022-jp", None, None, id="iso-2022-jp without label"),
        pytest.param("①ｱ", "euc_jis_2004", "euc-jp", None, id="euc-jp with what vendors added"),
        pytest.param("ｱﾒ", "iso2022_jp_ext", None, "text/xml; charset=iso-2022-jp", id="half-width iso-2022-jp"),
        pytest.param(CHINESE, "gb18030", None, None, id="gb18030 without label"),
        pytest.param(f"\ufeff{MOSCOW}", "gb18030", "utf-8", None, id="a mark of gb18030"),
        pytest.param(MOSCOW, "cp1251", "win-1251", None, id="windows-1251 by another name"),
        pytest.param("あ", "cp932", "x-sjis", None, id="shift_jis by another name"),
    ],
)
def test_the_text_is_found(text: str, codec: str, label: str | None, content_type: str | None) -> None:
    document = xml(text, label)
    assert decode_document(document.encode(codec), content_type=content_type).text == document


@pytest.mark.parametrize(
    ("codec", "label", "text"),
    [
        pytest.param("iso8859-2", "iso-8859-2", "„Żółta łódź” – świt…", id="Polish"),
        pytest.param("iso8859-5", "iso-8859-5", "“Паром” – туман…", id="Russian"),
    ],
)
def test_windows_punctuation_pasted_into_an_iso_charset_is_what_it_is(codec: str, label: str, text: str) -> None:
    document = xml(text, label)
    body = b"".join(char.encode(codec if char not in "„”“–…" else "cp1252") for char in document)
    assert decode_document(body, content_type=None) == DecodedDocument(text=document)


def test_a_label_under_which_letters_are_controls_is_impossible() -> None:
    document = xml("Żywioł – święto, Šárka, žluťoučký kůň, Łódź i Kraków; źrebię śpi", "iso-8859-2")
    assert decode_document(document.encode("cp1250"), content_type=None) == DecodedDocument(
        text=document, problems=("declares iso8859-2, seems to be cp1250",)
    )


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        pytest.param(
            xml("café", "utf-8").encode("latin-1"),
            None,
            DecodedDocument(text=xml("café", "utf-8"), problems=("declares utf-8, seems to be cp1252",)),
            id="Latin-1 that says UTF-8",
        ),
        pytest.param(
            xml("žluť — ").encode() + "été".encode("cp1252"),
            None,
            DecodedDocument(text=xml("žluť — ") + "été", problems=("has bytes that are not utf-8",)),
            id="UTF-8 with a piece pasted from elsewhere",
        ),
        pytest.param(
            xml("Нева, Москва", "windows-1251").encode() + b"\x96",
            "text/xml; charset=windows-1251",
            DecodedDocument(text=xml("Нева, Москва", "windows-1251") + "–", problems=("has bytes that are not utf-8",)),
            id="UTF-8 with a stray byte that says windows-1251 twice",
        ),
        pytest.param(
            xml("Нева", "windows-1251").encode()[:-8],
            None,
            DecodedDocument(text=xml("Нева", "windows-1251")[:-7], problems=("declares cp1251, is utf-8",)),
            id="UTF-8 that says windows-1251, cut off within a letter",
        ),
        pytest.param(
            xml("Žluť, été — ночь").encode().decode("cp1252").encode("utf-8-sig"),
            None,
            DecodedDocument(text=xml("Žluť, été — ночь"), problems=("was encoded as utf-8 twice",)),
            id="UTF-8 encoded twice, with a mark",
        ),
        pytest.param(
            xml("Žluť, été — ночь").encode().decode("cp1252").encode(),
            None,
            DecodedDocument(text=xml("Žluť, été — ночь"), problems=("was encoded as utf-8 twice",)),
            id="UTF-8 encoded twice, by way of windows-1252",
        ),
        pytest.param(
            xml("“été” in Ελλάδα").encode().decode("latin-1").encode(),
            None,
            DecodedDocument(text=xml("“été” in Ελλάδα"), problems=("was encoded as utf-8 twice",)),
            id="UTF-8 encoded twice, by way of Latin-1",
        ),
        pytest.param(
            xml("Ã© is what é becomes, Ã¨ is è, Ã¼ is ü").encode(),
            None,
            DecodedDocument(text=xml("Ã© is what é becomes, Ã¨ is è, Ã¼ is ü")),
            id="a text about mojibake",
        ),
        pytest.param(
            xml("Ã© alone, and Ã¨").encode(),
            None,
            DecodedDocument(text=xml("Ã© alone, and Ã¨")),
            id="two sequences are no evidence",
        ),
        pytest.param(
            xml(MOSCOW, "windows-1251").encode(),
            None,
            DecodedDocument(text=xml(MOSCOW, "windows-1251"), problems=("declares cp1251, is utf-8",)),
            id="UTF-8 that says windows-1251",
        ),
        pytest.param(
            xml(MOSCOW, "utf-8").encode("cp1251"),
            "text/xml; charset=windows-1251",
            DecodedDocument(text=xml(MOSCOW, "utf-8"), problems=("declares utf-8, is cp1251",)),
            id="two labels, one right",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="klingon"?><a/>',
            "text/xml; charset=zlib",
            DecodedDocument(text='<?xml version="1.0" encoding="klingon"?><a/>'),
            id="labels nobody knows",
        ),
    ],
)
def test_disagreement_is_settled_and_told(body: bytes, content_type: str | None, expected: DecodedDocument) -> None:
    assert decode_document(body, content_type=content_type) == expected


@given(
    st.binary(),
    st.sampled_from([None, "text/xml; charset=utf-7", "a;charset=idna", "a; charset=euc-jp", "a; charset=hex"]),
)
def test_any_bytes_are_some_text(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode_document(body, content_type=content_type).text, str)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=1))
def test_utf_8_is_never_changed(text: str) -> None:
    assert decode_document(f"<a>{text}".encode(), content_type="text/xml; charset=iso-8859-1").text == f"<a>{text}"
