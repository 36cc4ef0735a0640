"""Parsing of author strings into people and organisations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.author_names import AuthorNames, parse_author_names
from tests.loops import loop_over

OUTLETS = ("Harbour Gazette",)
HOSTS = ("ada.hgb.sport.harbourgazette.example", "ada", "hgb", "sport", "harbourgazette")

PEOPLE = [
    pytest.param("Ada Pier", ("Ada Pier",), id="one"),
    pytest.param("Ada Pier; Bo Quay", ("Ada Pier", "Bo Quay"), id="semicolon"),
    pytest.param("Ada Pier, Bo Quay", ("Ada Pier", "Bo Quay"), id="comma"),
    pytest.param("Ada Pier, Bo Quay and Cy Mole", ("Ada Pier", "Bo Quay", "Cy Mole"), id="comma and and"),
    pytest.param("Ada Pier & Bo Quay", ("Ada Pier", "Bo Quay"), id="ampersand"),
    pytest.param("Ada Pier | Bo Quay", ("Ada Pier", "Bo Quay"), id="bar"),
    pytest.param("By Ada Pier", ("Ada Pier",), id="by"),
    pytest.param("Reported by: Ada Pier", ("Ada Pier",), id="reported by"),
    pytest.param("Words by Ada Pier", ("Ada Pier",), id="words by"),
    pytest.param("Von Ada Pier und Bo Quay", ("Ada Pier", "Bo Quay"), id="german"),
    pytest.param("Text: Ada Pier", ("Ada Pier",), id="german text"),
    pytest.param("Ein Kommentar von Ada Pier", ("Ada Pier",), id="german comment"),
    pytest.param("Par Zoé Môle et Luc Quai", ("Zoé Môle", "Luc Quai"), id="french"),
    pytest.param("Por Inés Muelle y Juan Puerto", ("Inés Muelle", "Juan Puerto"), id="spanish"),
    pytest.param("Ortega y Gasset", ("Ortega y Gasset",), id="a spanish name with y"),
    pytest.param("Por João Cais e Rita Porto", ("João Cais", "Rita Porto"), id="portuguese"),
    pytest.param("di Anna Molo e Ugo Porto", ("Anna Molo", "Ugo Porto"), id="italian"),
    pytest.param("a cura di Anna Molo", ("Anna Molo",), id="italian editor"),
    pytest.param("Автор: Анна Причал", ("Анна Причал",), id="russian"),
    pytest.param("Анна Причал и Олег Мол", ("Анна Причал", "Олег Мол"), id="two russians"),
    pytest.param("بقلم: سارة مرفأ", ("سارة مرفأ",), id="arabic"),
    pytest.param("记者 王码头", ("王码头",), id="chinese"),
    pytest.param("文/王码头", ("王码头",), id="chinese text"),
    pytest.param("王码头、李港口", ("王码头", "李港口"), id="two chinese"),
    pytest.param("佐藤花子", ("佐藤花子",), id="japanese"),
    pytest.param("김부두 기자", ("김부두",), id="korean reporter"),
    pytest.param("Ada Pier, Transport Reporter", ("Ada Pier",), id="a job behind"),
    pytest.param("Ada Pier, Northport", ("Ada Pier",), id="a place behind"),
    pytest.param("Ada Pier in Northport", ("Ada Pier",), id="a place with in"),
    pytest.param("Ada Pier For Harbour Mail", ("Ada Pier For Harbour Mail",), id="for in capitals may be a name"),
    pytest.param("Ada Pier for the Harbour Mail", ("Ada Pier",), id="an employer with for"),
    pytest.param("Ada Pier - May 6, 2031", ("Ada Pier",), id="a date behind"),
    pytest.param("Ada Pier 09:13", ("Ada Pier",), id="a time behind"),
    pytest.param("Ada Pier (Northport)", ("Ada Pier",), id="brackets"),
    pytest.param("Ada Pier @adapier", ("Ada Pier",), id="a handle"),
    pytest.param("Ada Pier | apier@harbour.example | Harbour Gazette", ("Ada Pier",), id="an address and the outlet"),
    pytest.param("Ada Pier, AP", ("Ada Pier",), id="an agency behind a comma"),
    pytest.param("Ada Pier The Associated Press", ("Ada Pier",), id="an agency without a comma"),
    pytest.param("Ada Pier, MD, Ph.D.", ("Ada Pier, MD, Ph.D.",), id="degrees stay"),
    pytest.param("Ada Pier, harbour.com", ("Ada Pier",), id="an address is no degree"),
    pytest.param("Ada C.J.", ("Ada C.J.",), id="initials keep their dot"),
    pytest.param("Ada Pier.", ("Ada Pier",), id="a full stop goes"),
    pytest.param("<a href='/ada'>Ada Pier</a>", ("Ada Pier",), id="markup"),
    pytest.param("ada pier", ("Ada Pier",), id="without capitals"),
    pytest.param("ADA PIER", ("ADA PIER",), id="in capitals"),
    pytest.param("Anne-Marie O’Pier", ("Anne-Marie O’Pier",), id="hyphen and apostrophe"),
    pytest.param("Di Dock", ("Di Dock",), id="a name that begins as bylines do"),
    pytest.param("June Guest", ("June Guest",), id="a name of words that alone are none"),
    pytest.param("Bo Sportello", ("Bo Sportello",), id="a name that holds a word of the address"),
    pytest.param("Krystyna", ("Krystyna",), id="a single name"),
]


@loop_over(("claim", "wanted"), PEOPLE)
def test_people_are_named_without_what_stands_around_them(claim: str, wanted: tuple[str, ...]) -> None:
    assert parse_author_names([claim], outlets=OUTLETS, hosts=HOSTS).people == wanted


HOUSES = [
    pytest.param("AFP", ("AFP",), id="an agency by its letters"),
    pytest.param("dpa", ("dpa",), id="in small letters"),
    pytest.param("The Associated Press", ("The Associated Press",), id="by its name"),
    pytest.param("新华社", ("新华社",), id="in chinese"),
    pytest.param("Northport News Staff", ("Northport News Staff",), id="a desk"),
    pytest.param("Senior Political Correspondent", ("Senior Political Correspondent",), id="a job"),
    pytest.param("The Northport Telegram", ("The Northport Telegram",), id="what has an article"),
    pytest.param("Redaktion", ("Redaktion",), id="an editorial office"),
    pytest.param("University of Northport", ("University",), id="a university"),
]


@pytest.mark.parametrize(("claim", "wanted"), HOUSES)
def test_houses_are_not_people(claim: str, wanted: tuple[str, ...]) -> None:
    assert parse_author_names([claim], outlets=OUTLETS, hosts=HOSTS) == AuthorNames(organisations=wanted)


OWN = [
    pytest.param("Harbour Gazette", id="its name"),
    pytest.param("HARBOUR GAZETTE", id="in capitals"),
    pytest.param("Harbour Gazette Sports Desk", id="a desk of its own"),
    pytest.param("harbourgazette", id="its address"),
    pytest.param("Harbourgazette", id="its domain as a name"),
    pytest.param("Team Harbour Gazette", id="its name behind"),
    pytest.param("HGB Kultur", id="its initials and a desk"),
]


@pytest.mark.parametrize("claim", OWN)
def test_the_outlet_is_neither(claim: str) -> None:
    assert parse_author_names([claim], outlets=OUTLETS, hosts=HOSTS) == AuthorNames(names_outlet=True)


NOBODY = [
    pytest.param("https://www.facebook.example/gazette", id="an address"),
    pytest.param("desk@harbour.example", id="an e-mail address"),
    pytest.param("@adapier", id="a handle"),
    pytest.param("admin", id="an account"),
    pytest.param("adapier", id="a login"),
    pytest.param("q_admin", id="a login with a line"),
    pytest.param("undefined", id="a script's mistake"),
    pytest.param("June", id="a month"),
    pytest.param("By", id="only by"),
    pytest.param("Written By", id="only written by"),
    pytest.param("Kommentar von", id="only von"),
    pytest.param("Published: May 6, 2031", id="a date"),
    pytest.param("Photo: Bo Quay", id="a picture"),
    pytest.param("Foto von Bo Quay", id="a picture in german"),
    pytest.param("图/王码头", id="a picture in chinese"),
    pytest.param("What We Know About The Ferry Crews So Far", id="a headline"),
    pytest.param("42", id="a number"),
    pytest.param("", id="nothing"),
    pytest.param(", ;", id="marks"),
]


@pytest.mark.parametrize("claim", NOBODY)
def test_what_is_no_name_names_nobody(claim: str) -> None:
    assert parse_author_names([claim], outlets=OUTLETS) == AuthorNames()


def test_names_are_given_once_in_their_order() -> None:
    assert parse_author_names(["Bo Quay and Ada Pier", "ada pier", "AFP, Bo Quay"]) == AuthorNames(
        people=("Bo Quay", "Ada Pier"), organisations=("AFP",)
    )


def test_anybody_may_be_a_person_a_house_or_the_outlet() -> None:
    assert [
        parse_author_names([claim], outlets=OUTLETS).has_names for claim in ("Ada Pier", "AFP", "Harbour Gazette", "By")
    ] == [
        True,
        True,
        True,
        False,
    ]


@given(st.text(max_size=120))
def test_a_name_holds_nothing_but_what_was_claimed(claim: str) -> None:
    letters = "".join(char for char in claim.casefold() if char.isalnum())
    for name in parse_author_names([claim]).people:
        assert all(char in letters for char in name.casefold() if char.isalnum())
        assert len(name) <= 61
