"""A dateline is found at the beginning of a line, in the forms of many agencies, and prose is none."""

from __future__ import annotations

import pytest

from aggregator.dedup.datelines import Dateline, find_dateline


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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
