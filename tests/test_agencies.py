"""News agencies are known by their names and their domains."""

from __future__ import annotations

from itertools import combinations

import pytest

from aggregator.agencies import AGENCIES, agency_named, agency_of_outlet, is_same_organisation


def test_every_agency_has_names_and_a_domain() -> None:
    assert [agency.name for agency in AGENCIES if not agency.domains or not all(agency.domains)] == []
    assert [agency.name for agency in AGENCIES if not agency.marks or not all(agency.marks)] == []


def test_every_agency_is_found_by_each_of_its_names_and_domains() -> None:
    for agency in AGENCIES:
        assert {agency_named(name) for name in (agency.name, *agency.marks)} == {agency}
        assert {agency_of_outlet(domain) for domain in agency.domains} == {agency}


def test_no_two_agencies_share_a_name_or_a_domain() -> None:
    for one, other in combinations(AGENCIES, 2):
        assert set(one.domains).isdisjoint(other.domains)
        assert {mark.casefold() for mark in one.marks}.isdisjoint(mark.casefold() for mark in other.marks)


@pytest.mark.parametrize(
    ("outlet", "credit", "same"),
    [
        pytest.param("apnews.com", "AP", True, id="domain and mark"),
        pytest.param("www.reuters.com", "Thomson Reuters", True, id="a domain with www"),
        pytest.param("apnews.com", "Reuters", False, id="another agency"),
        pytest.param("example.com", "AP", False, id="an outlet that is no agency"),
        pytest.param("corvus.example", "Corvus", True, id="the first label of the domain"),
        pytest.param("Corvus Wire Service", "CWS", True, id="initials of three words"),
        pytest.param("Corvus Wire", "CW", False, id="initials of two words are ambiguous"),
    ],
)
def test_an_outlet_is_the_agency_that_a_text_credits(outlet: str, credit: str, *, same: bool) -> None:
    assert is_same_organisation(outlet, credit) is same
