"""Agencies are recognised where they are credited, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.credit_line import credit_from_claims, find_credit
from tests.loops import loop_over


@loop_over(
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


@loop_over(
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


@loop_over(
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


def at_line(number: int, line: str) -> str:
    """A text of nine lines of prose, with another one as its nth."""
    prose = [f"The crane of Vessley comes down in part {part}." for part in "abcdefghi"]
    return "\n".join([*prose[: number - 1], line, *prose[number - 1 : 8]])


def test_datelines_are_read_in_three_lines_and_credits_in_the_first_three_and_last_four() -> None:
    dateline, credit = "LONDON, March 3 (Reuters) - The crane comes down.", "Source: Reuters"
    assert [number for number in range(1, 10) if find_credit(at_line(number, dateline))] == [1, 2, 3]
    assert [number for number in range(1, 10) if find_credit(at_line(number, credit))] == [1, 2, 3, 6, 7, 8, 9]


@loop_over(
    ("line", "expected"),
    [
        pytest.param("- dpa -", "dpa", id="a name between dashes"),
        pytest.param("dpa/AFP", "dpa", id="two known names"),
        pytest.param("Coast Daily/AFP", "AFP", id="an unknown name and a known one"),
        pytest.param("Coast Daily & Reuters", "Reuters", id="an ampersand"),
        pytest.param("Coast Daily and Reuters", "Reuters", id="an English and"),
        pytest.param("Küstenblatt und dpa", "dpa", id="a German and"),
        pytest.param("Le Quai et AFP", "AFP", id="a French and"),
        pytest.param("El Muelle y EFE", "EFE", id="a Spanish and"),
        pytest.param("Source: AFP", "AFP", id="a label"),
        pytest.param("SOURCES : AFP.", "AFP", id="a label in capitals"),
        pytest.param("来源：新华社", "Xinhua", id="a Chinese label"),
        pytest.param("By Reuters", "Reuters", id="a byline"),
        pytest.param("von dpa", "dpa", id="a German byline"),
        pytest.param("This was provided to us by Reuters. Thanks.", "Reuters", id="provided to us"),
        pytest.param("First published by Reuters and by others.", "Reuters", id="before an and"),
        pytest.param("Distributed by Reuters for its clients.", "Reuters", id="before for"),
        pytest.param("Created by Reuters", None, id="without an end"),
        pytest.param("Source: Coast Daily", None, id="an unknown name"),
        pytest.param("Reuters said the crane comes down", None, id="prose"),
    ],
)
def test_a_credit_line(line: str, expected: str | None) -> None:
    assert find_credit(f"The crane comes down.\n{line}") == expected


def test_a_credit_line_has_at_most_120_characters() -> None:
    for length, credit in ((120, "Reuters"), (121, None)):
        line = f"{'y' * 21} Provided by Reuters. ".ljust(length, "x")
        assert find_credit(f"{line}\nThe crane comes down.") == credit


def test_the_end_of_a_text_is_read_before_its_beginning_and_from_the_last_line() -> None:
    lines = ["Source: AFP", *["Prose here."] * 6, "Source: EFE", "Source: dpa"]
    assert find_credit("\n".join(lines)) == "dpa"
    assert find_credit("\n".join(lines[:-1])) == "EFE"
    assert find_credit("\n".join(lines[:-2])) == "AFP"
    assert find_credit("\n".join(lines), authors=("By Reuters",)) == "dpa"


@loop_over(
    ("authors", "expected"),
    [
        pytest.param(("Jane Doe", "John Roe, AP"), "Associated Press", id="the second author"),
        pytest.param(("Jane Doe with Reuters",), "Reuters", id="with an agency"),
        pytest.param(("Jana Doe mit dpa",), "dpa", id="mit an agency"),
        pytest.param(("Jeanne Doe avec AFP",), "AFP", id="avec an agency"),
        pytest.param(("Juana Doe con EFE",), "EFE", id="con an agency"),
        pytest.param(("Jane Doe (Reuters)",), "Reuters", id="in brackets"),
        pytest.param(("Jane Doe | Reuters",), "Reuters", id="behind a bar"),
        pytest.param(("Jane Reuters Doe",), None, id="a name within a name"),
        pytest.param((), None, id="nobody"),
    ],
)
def test_more_authors(authors: tuple[str, ...], expected: str | None) -> None:
    assert find_credit("The crane comes down.", authors=authors) == expected


def test_a_dateline_is_before_any_other_credit() -> None:
    text = "HARWICK, Nov 3 (Corvus Wire) - The crane.\nSource: Reuters"
    assert find_credit(text, authors=("By AFP",)) == "Corvus Wire"
    assert find_credit("(AFP, Reuters) - The crane.") == "AFP"
    assert find_credit("LONDON (Coast Daily/AP) - The crane.") == "Associated Press"
    assert find_credit("Düsseldorf (dpa/lnw) - Der Kran.") == "dpa"
    assert find_credit("VESSLEY - The crane.\nLONDON (Reuters) - More.") == "Reuters"
