"""A dateline is found at the beginning of a line, in the forms of many agencies, and prose is none."""

from __future__ import annotations

import pytest

from aggregator.dedup.datelines import Dateline, find_dateline
from tests.loops import loop_over


@loop_over(
    ("head", "agency"),
    [
        pytest.param("HARWICK, Nov 3 (Corvus Wire) - ", "Corvus Wire", id="an unknown agency in brackets"),
        pytest.param("Rio de Janeiro, 3 Nov (Lusa) – ", "Lusa", id="particles between capitals"),
        pytest.param("Frankfurt am Main (dpa) - ", "dpa", id="a particle in a name"),
        pytest.param("(ANSA) - ROMA, 3 NOV - ", "ANSA", id="the place after the agency"),
        pytest.param("BERLIN — ", None, id="a place alone"),
        pytest.param("LONDON, 3rd March -- ", None, id="a place with a date"),
        pytest.param("新华社北京3月3日电", "新华社", id="Chinese"),
        pytest.param("(서울=연합뉴스) 홍길동 기자 = ", "연합뉴스", id="Korean, with a byline"),
    ],
)
def test_a_dateline_has_its_length_and_its_agency(head: str, agency: str | None) -> None:
    assert find_dateline(f"{head}The crane falls.") == Dateline(length=len(head), agency=agency)


@loop_over(
    "line",
    [
        pytest.param("The crane falls.", id="prose"),
        pytest.param("The crane falls (AP) - it was old.", id="small words before an agency"),
        pytest.param("he said - and left", id="a small first word"),
        pytest.param("", id="nothing"),
    ],
)
def test_prose_has_no_dateline(line: str) -> None:
    assert find_dateline(line) is None


@loop_over(
    ("head", "agency"),
    [
        pytest.param("OSLO, 3rd march (AP) - ", "AP", id="a small month after an ordinal"),
        pytest.param("МОСКВА, 3 марта /ТАСС/. ", "ТАСС", id="slashes"),
        pytest.param("MOSCOW /TASS/ - ", "TASS", id="slashes and a dash"),
        pytest.param("/TASS/ - ", "TASS", id="slashes alone"),
        pytest.param("VESSLEY - Reuters. ", "Reuters", id="an agency after the dash"),
        pytest.param("Washington/Berlin (dpa) - ", "dpa", id="two places"),
        pytest.param("Düsseldorf (dpa/lnw) - ", "dpa/lnw", id="the regional service of an agency"),
        pytest.param("LONDON (Coast Daily/AP) - ", "Coast Daily/AP", id="an unknown name and a known one"),
        pytest.param("HARWICK (Foo) - ", "Foo", id="an unknown agency of one word"),
        pytest.param("HARWICK (AB Cd Ef) - ", "AB Cd Ef", id="an unknown agency of three words"),
        pytest.param("HARWICK, Nov 3 (Corvus Wire): -- ", "Corvus Wire", id="a colon and two hyphens"),
        pytest.param("(AP) - ", "AP", id="brackets alone"),
        pytest.param("(ANSA) - ROM - ", "ANSA", id="a place of three capitals after the agency"),
        pytest.param("(ANSA) - ROMA, 3 NOV – ", "ANSA", id="a dated place after the agency"),
        pytest.param("PARIS, 1er mars — ", None, id="a French ordinal"),
        pytest.param("OSLO, 2nd May — ", None, id="an English ordinal"),
        pytest.param("MADRID, 3º marzo — ", None, id="a Spanish ordinal"),
        pytest.param("BERLIN, 3. märz — ", None, id="a German ordinal"),
        pytest.param("3 May, 2020 — ", None, id="a date alone"),
        pytest.param("Oslo, May 3-", None, id="a date directly before the dash"),
        pytest.param("ST. LOUIS — ", None, id="a full stop in a name"),
        pytest.param("L'Aquila - ", None, id="an apostrophe"),
        pytest.param("SAINT-DENIS — ", None, id="a hyphen in a name"),
        pytest.param("OSLO, NORWAY — ", None, id="a country"),
        pytest.param("New York City Hall - ", None, id="a place of four words"),
        pytest.param("【东京共同社】", "共同社", id="Japanese brackets"),
        pytest.param("(東京 時事) - ", "時事", id="brackets and a dash"),
        pytest.param("[AFP] ", "AFP", id="a Latin name in square brackets"),
        pytest.param("新华社北京3月3日电(记者王明)", "新华社", id="a Chinese reporter"),
        pytest.param("(中央社记者王明台北3日电)", "中央社", id="Chinese brackets"),
        pytest.param("晨星报3日讯 ", "晨星报", id="an unknown Chinese paper"),
        pytest.param("(서울=연합뉴스) ", "연합뉴스", id="Korean, without a byline"),
        pytest.param("(서울=뉴시스)홍길동 김철수 기자 = ", "뉴시스", id="two Korean reporters"),
    ],
)
def test_more_forms_of_datelines(head: str, agency: str | None) -> None:
    assert find_dateline(f"{head}The crane falls.") == Dateline(length=len(head), agency=agency)


@loop_over(
    "line",
    [
        pytest.param("la Paz (AP) - The crane falls.", id="a particle first"),
        pytest.param("OSLO (foo bar) - The crane falls.", id="small words in brackets"),
        pytest.param("OSLO (Coast/Daily) - The crane falls.", id="two unknown names in brackets"),
        pytest.param("OSLO (A) - The crane falls.", id="one letter in brackets"),
        pytest.param("OSLO (AB Cd Ef Gh) - The crane falls.", id="four unknown words in brackets"),
        pytest.param("МОСКВА /Кто/. Кран упал.", id="an unknown name in slashes"),
        pytest.param("New York City Hall Square - The crane falls.", id="a place of five words"),
        pytest.param("New York, City Hall Park - The crane falls.", id="five words with a comma"),
        pytest.param("Oslo, Norway–The crane falls.", id="no blank before the dash and no date"),
        pytest.param("OSLO 3 May - The crane falls.", id="a date without a comma"),
        pytest.param("Berlin-Der Kran", id="a hyphen"),
        pytest.param("Berlin–Der Kran", id="a dash between words"),
        pytest.param("北京3月3日电 起重机", id="Chinese without a name"),
    ],
)
def test_what_only_looks_like_a_dateline(line: str) -> None:
    assert find_dateline(line) is None


def test_a_place_after_the_agency_needs_capitals() -> None:
    assert find_dateline("(ANSA) - Roma - La gru scompare.") == Dateline(length=9, agency="ANSA")
    assert find_dateline("(ANSA) - RO - La gru scompare.") == Dateline(length=9, agency="ANSA")
    assert find_dateline("ROMA - MILANO - La gru scompare.") == Dateline(length=7)


def test_a_dateline_after_a_dash_is_the_place_alone_where_the_name_is_unknown() -> None:
    assert find_dateline("VESSLEY – Foo. The crane falls.") == Dateline(length=10)


def test_a_dateline_ends_within_140_characters() -> None:
    assert find_dateline(f"{'A' * 133} (AP) -The crane") == Dateline(length=140, agency="AP")
    assert find_dateline(f"{'A' * 134} (AP) -The crane") is None
