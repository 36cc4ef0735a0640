"""Which people a line names."""

from __future__ import annotations

import pytest

from aggregator.parsing.author_lines import people_of_line
from tests.loops import loop_over


@loop_over(
    ("line", "people"),
    [
        pytest.param("Ann Other", ["Ann Other"], id="a name"),
        pytest.param("ann@example.org", ["ann@example.org"], id="an address"),
        pytest.param("mailto:ann@example.org", ["ann@example.org"], id="a link to an address"),
        pytest.param("ann@studio.photography (Ann Other)", ["Ann Other"], id="RSS, a long domain"),
        pytest.param("Ann Other <ann@paper.agency>", ["Ann Other"], id="mail"),
        pytest.param("Ann Other &lt;ann@paper.agency&gt;", ["Ann Other"], id="mail, escaped twice"),
        pytest.param('"Other, Ann" <ann@example.org>', ["Other, Ann"], id="mail with a quoted name"),
        pytest.param("Ann (ann@mail.example.org)", ["Ann"], id="an address after the name"),
        pytest.param("ann@b.example.org (Ann Other, Editor)", ["Ann Other, Editor"], id="a job"),
        pytest.param("ann@10-0-0-1.museum - Ann Other", ["Ann Other"], id="a dash"),
        pytest.param("ann@example.org ()", ["ann@example.org"], id="empty brackets"),
        pytest.param("ann@xn--bcher-kva.example (Ann)", ["Ann"], id="an international domain"),
        pytest.param("ann@bücher.example (Ann)", ["Ann"], id="the same in letters"),
        pytest.param("@ann", ["@ann"], id="a handle"),
        pytest.param("x@y", ["x@y"], id="no address"),
        pytest.param("a@x.example (Ann Other), b@x.example (Bob Pier)", ["Ann Other", "Bob Pier"], id="two of RSS"),
        pytest.param("Ann <a@x.example>; Bob <b@x.example>", ["Ann", "Bob"], id="two of mail"),
        pytest.param("a@x.example, b@x.example", ["a@x.example", "b@x.example"], id="two addresses"),
        pytest.param("Ann Other, Bob van Pier and Cid Poe", ["Ann Other", "Bob van Pier", "Cid Poe"], id="names"),
        pytest.param("Ann Other; Bob", ["Ann Other", "Bob"], id="a semicolon"),
        pytest.param("Ann Other & Zoë Pier", ["Ann Other", "Zoë Pier"], id="an ampersand"),
        pytest.param("Other, Ann", ["Other, Ann"], id="a family name first"),
        pytest.param("Ann Other, Staff Writer", ["Ann Other, Staff Writer"], id="a job after a comma"),
        pytest.param("Pier & Sons", ["Pier & Sons"], id="a company"),
        pytest.param(
            "Ministry of Health and Social Services", ["Ministry of Health and Social Services"], id="an office"
        ),
        pytest.param("Institute of Arts and Great Crafts", ["Institute of Arts and Great Crafts"], id="an institute"),
        pytest.param("", [""], id="nothing"),
    ],
)
def test_a_line_names_people(line: str, people: list[str]) -> None:
    assert list(people_of_line(line)) == people


def test_a_line_of_addresses_without_end_is_read_in_linear_time() -> None:
    assert len(list(people_of_line("a@" + "a." * 100_000))) == 1
