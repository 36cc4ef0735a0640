"""Agencies are recognised where they are credited, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.credit_line import credit_from_claims, find_credit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("LONDON, March 3 (Reuters) - The crane comes down.", "Reuters", id="English dateline"),
        pytest.param("PARIS (AP) — The crane comes down.", "Associated Press", id="a short name"),
        pytest.param("Berlin (dpa) - Der Kran kommt weg.", "dpa", id="German dateline"),
        pytest.param("Paris, 3 mars (AFP) - La grue disparaît.", "AFP", id="French dateline"),
        pytest.param("Madrid, 3 mar (EFE).- La grúa desaparece.", "EFE", id="Spanish dateline"),
        pytest.param("(ANSA) - ROMA, 3 MAR - La gru scompare.", "ANSA", id="Italian dateline"),
        pytest.param("Lisboa, 03 mar (Lusa) - A grua desaparece.", "Lusa", id="Portuguese dateline"),
        pytest.param("МОСКВА, 3 марта. /ТАСС/. Кран разберут.", "TASS", id="Russian dateline"),
        pytest.param("新华社北京3月3日电（记者王明）起重机将被拆除。", "Xinhua", id="Chinese dateline"),
        pytest.param("【ロンドン共同】クレーンが解体される。", "Kyodo", id="Japanese dateline"),
        pytest.param("(서울=연합뉴스) 김철수 기자 = 크레인이 철거된다.", "Yonhap", id="Korean dateline"),
        pytest.param("HARWICK, March 3 (Corvus Wire) — The crane comes down.", "Corvus Wire", id="an unknown agency"),
        pytest.param("Der Kran kommt weg.\nMehr dazu.\nQuelle: dpa", "dpa", id="a source line"),
        pytest.param("The crane comes down.\n(AFP)", "AFP", id="brackets at the end"),
        pytest.param(
            "The crane comes down.\nThis report was provided by Reuters, and was not changed.", "Reuters", id="a notice"
        ),
        pytest.param("The crane comes down, Reuters reported on Tuesday.", None, id="an agency in prose"),
        pytest.param("The AP exam (Advanced Placement) is taken in May.", None, id="the same letters"),
        pytest.param("VESSLEY — The crane comes down.", None, id="a dateline without an agency"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_who_is_credited(text: str, expected: str | None) -> None:
    assert find_credit(text) == expected


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        pytest.param("By Reuters", "Reuters", id="the agency itself"),
        pytest.param("Jane Doe, Associated Press", "Associated Press", id="a reporter of an agency"),
        pytest.param("dpa/AFP", "dpa", id="two agencies"),
        pytest.param("Jane Doe", None, id="a person"),
    ],
)
def test_authors_may_be_agencies(author: str, expected: str | None) -> None:
    assert find_credit("The crane comes down.", authors=(author,)) == expected


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        pytest.param(["Deutsche Presse-Agentur"], "dpa", id="a name"),
        pytest.param(["https://www.reuters.com/world/cranes"], "Reuters", id="an address of an agency"),
        pytest.param(["Coast Daily", "AFP"], "AFP", id="behind another claim"),
        pytest.param(["https://coastdaily.example/cranes"], None, id="an address of somebody else"),
        pytest.param(["Coast Daily Media Group"], None, id="an owner"),
        pytest.param(["https://[broken", ""], None, id="no address"),
        pytest.param([], None, id="no claim"),
    ],
)
def test_a_page_may_claim_its_origin(claims: list[str], expected: str | None) -> None:
    assert credit_from_claims(claims) == expected


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    credit = find_credit(text, authors=(text,))
    assert credit is None or credit.strip()
