"""Titles without the name of their outlet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.outlet_names import host_names, strip_outlet_name

HEADLINE = "Ferry crews reach pay deal after nine days"
GAZETTE = ("Harbour Gazette",)

CUTS = [
    pytest.param(f"{HEADLINE} | Harbour Gazette", (), HEADLINE, id="a short segment after a bar"),
    pytest.param(f"{HEADLINE} | Transport | Harbour Gazette", (), HEADLINE, id="several of them"),
    pytest.param(f"Opinion | {HEADLINE}", (), HEADLINE, id="a section before a bar"),
    pytest.param(
        f"{HEADLINE} – Harbour Gazette",
        ("harbourgazette.example",),
        f"{HEADLINE} – Harbour Gazette",
        id="an address alone does not tell the words of a name",
    ),
    pytest.param(f"{HEADLINE} – Harbour Gazette", GAZETTE, HEADLINE, id="a dash and the outlet's name"),
    pytest.param(f"{HEADLINE} :: Harbour Gazette", GAZETTE, HEADLINE, id="two colons"),
    pytest.param(f"{HEADLINE} · Harbour Gazette", GAZETTE, HEADLINE, id="a dot"),
    pytest.param(f"{HEADLINE} » Harbour Gazette", GAZETTE, HEADLINE, id="an arrow"),
    pytest.param(f"{HEADLINE} ~ Harbour Gazette", GAZETTE, HEADLINE, id="a wave"),
    pytest.param(f"{HEADLINE} (Harbour Gazette)", GAZETTE, HEADLINE, id="brackets"),
    pytest.param(f"Harbour Gazette - {HEADLINE}", GAZETTE, HEADLINE, id="the name before the headline"),
    pytest.param(f"{HEADLINE} - harbourgazette", GAZETTE, HEADLINE, id="the name written otherwise"),
    pytest.param(f"{HEADLINE} - The Harbour Gazette", GAZETTE, HEADLINE, id="an article before the name"),
    pytest.param(f"{HEADLINE} - HGB Sport", ("hgb",), HEADLINE, id="a desk of an outlet with a short name"),
    pytest.param(f"{HEADLINE} - News from HGB", ("hgb",), HEADLINE, id="a short name at the end"),
    pytest.param(f"{HEADLINE} - The Harbour Gazette", ("thg",), HEADLINE, id="initials in the address"),
    pytest.param("Harbour Gazette: a life", GAZETTE, "Harbour Gazette: a life", id="a colon is no mark"),
    pytest.param("Rain - and then snow", GAZETTE, "Rain - and then snow", id="a dash within a headline"),
    pytest.param(
        "Rain - what the HGB forecast", ("hgb",), "Rain - what the HGB forecast", id="a short name in a clause"
    ),
    pytest.param("Harbour Gazette", GAZETTE, "Harbour Gazette", id="only the outlet"),
    pytest.param("| Harbour Gazette", GAZETTE, "Harbour Gazette", id="nothing but the outlet and its mark"),
    pytest.param("渡船罢工结束_港口日报", ("港口日报",), "渡船罢工结束", id="chinese underscore"),
    pytest.param("渡船罢工结束-港口日报", ("港口日报",), "渡船罢工结束", id="chinese dash without spaces"),
    pytest.param("渡船罢工-九天后结束", ("港口日报",), "渡船罢工-九天后结束", id="chinese dash within a headline"),
    pytest.param("渡船罢工结束｜社论｜港口日报", (), "渡船罢工结束", id="chinese bars"),
    pytest.param("船員が賃上げで合意：港新聞デジタル", ("港新聞デジタル",), "船員が賃上げで合意", id="japanese colon"),
    pytest.param("여객선 파업 끝나 - 항구일보", ("항구일보",), "여객선 파업 끝나", id="korean"),
    pytest.param("انتهاء إضراب العبارات - جريدة الميناء", ("جريدة الميناء",), "انتهاء إضراب العبارات", id="arabic"),
    pytest.param("Забастовка окончена — Вестник гавани", ("Вестник гавани",), "Забастовка окончена", id="russian"),
]


@pytest.mark.parametrize(("title", "outlets", "wanted"), CUTS)
def test_only_the_outlet_is_cut_from_a_title(title: str, outlets: tuple[str, ...], wanted: str) -> None:
    assert strip_outlet_name(title, outlets) == wanted


SECTIONS = [
    pytest.param("Ferries sail - Politik - Gazette", "Ferries sail", id="the section before the outlet"),
    pytest.param("Politik - Ferries sail", "Ferries sail", id="the section first"),
    pytest.param("Ferries sail - Politik und Recht", "Ferries sail - Politik und Recht", id="more than the section"),
]


@pytest.mark.parametrize(("title", "wanted"), SECTIONS)
def test_the_section_is_cut_where_it_stands_alone(title: str, wanted: str) -> None:
    assert strip_outlet_name(title, ("Gazette",), sections=("Politik",)) == wanted


@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=3))
def test_cutting_the_outlet_twice_is_cutting_it_once(title: str, outlets: list[str]) -> None:
    once = strip_outlet_name(title, outlets)
    assert strip_outlet_name(once, outlets) == once


def test_a_title_without_end_is_left_alone() -> None:
    title = "Rain | " * 100_000
    assert strip_outlet_name(title, ("Rain",)) == title.strip()


HOSTS = [
    pytest.param("https://www.harbour.example/a", ("harbour.example", "harbour"), id="the domain's name"),
    pytest.param("https://news.harbour.co.uk/a", ("news.harbour.co.uk", "harbour"), id="what no outlet is called"),
    pytest.param("https://sport.hgb.example/", ("sport.hgb.example", "sport", "hgb"), id="a short name"),
    pytest.param("https://[broken", (), id="no address"),
    pytest.param("", (), id="nothing"),
]


@pytest.mark.parametrize(("url", "wanted"), HOSTS)
def test_an_outlet_is_known_by_its_host(url: str, wanted: tuple[str, ...]) -> None:
    assert tuple(host_names(url)) == wanted
