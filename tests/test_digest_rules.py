"""Digests chosen by words, credit and age, and rules that were edited when entries were stored already."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aggregator.model.publishing import DigestPage
from aggregator.pipeline import Pipeline
from aggregator.settings.feeds_file import DigestSettings, EntryRule, StorySelection
from aggregator.steps.reapply_rules import match_stored_texts, reapply_entry_rules
from aggregator.text_patterns import TextPattern
from tests.desk import Desk

pytestmark = pytest.mark.anyio

CRANE = (
    "The harbour crane of Vessley, eighty metres high, comes down on Saturday after sixty years.\n"
    "Engineers will lower the boom first and then cut the tower into nine pieces on the quay.\n"
    "Two of the pieces go to the museum of the port, the rest to a foundry in Harnmouth."
)
BATHS = (
    "The swimming baths of Ostermouth open again in June, two winters after the roof gave way.\n"
    "Builders replaced four hundred panes and found initials of the men who fitted the first ones.\n"
    "Entry costs three crowns, and for anyone who can prove a birthday nothing at all."
)
RACE = (
    "Forty sailing boats left Kelbridge at dawn for the longest race of the northern summer.\n"
    "The course leads round both lighthouses and back past the salt works before midnight.\n"
    "Last year only half of the fleet came home, after a calm that lasted eleven hours."
)


def titles(page: DigestPage) -> list[str]:
    return [story.title for story in page.stories]


@pytest.fixture
async def read(desk: Desk) -> Desk:
    """Three stories; the crane's is carried twice and was published first."""
    desk.read("https://herald.example/crane", CRANE, title="Crane comes down")
    desk.read("https://mirror.example/crane", CRANE, title="Crane comes down")
    await desk.publish()
    desk.read("https://herald.example/baths", BATHS, title="Baths open")
    desk.read("https://wire.example/race", RACE, title="Boats race")
    await desk.publish()
    return desk


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param({"words": "museum"}, ["Crane comes down"], id="a word of the text"),
        pytest.param({"words": ["salt works", "birthday"]}, ["Boats race", "Baths open"], id="one of several"),
        pytest.param({"words": "muse"}, [], id="no part of a word"),
        pytest.param({"title": "(?i)^crane"}, ["Crane comes down"], id="an expression in the title"),
        pytest.param({"text": r"\b[Ff]oundry\b|calm"}, ["Boats race", "Crane comes down"], id="or in the text"),
        pytest.param({"words": "crane", "title": "Baths"}, [], id="every key must hold"),
        pytest.param({"age": "30m"}, ["Boats race", "Baths open"], id="not older"),
    ],
)
async def test_a_digest_is_chosen_by_what_its_stories_say(
    read: Desk, where: dict[str, Any], expected: list[str]
) -> None:
    digest = DigestSettings(name="digest", where=StorySelection.model_validate(where))
    read.service.configure(digests=(digest,))
    await match_stored_texts(read.service.service)
    assert titles(read.service.digest(where=where)) == expected


async def test_an_article_is_asked_again_when_its_text_changes(read: Desk) -> None:
    where = {"words": "museum"}
    digest = DigestSettings(name="digest", where=StorySelection.model_validate(where))
    service = read.service.service
    read.service.configure(digests=(digest,))
    await match_stored_texts(service)
    read.read("https://wire.example/race", RACE + "\nThe museum keeps the cup.", title="Boats race")
    read.read("https://herald.example/crane", CRANE.replace("museum", "archive"), title="Crane comes down")
    await read.place()
    assert titles(read.service.digest(where=where)) == ["Boats race"]


async def test_coverage_puts_first_what_most_carried(read: Desk) -> None:
    assert titles(read.service.digest(sort="time")) == ["Boats race", "Baths open", "Crane comes down"]
    assert titles(read.service.digest(sort="coverage")) == ["Crane comes down", "Boats race", "Baths open"]


async def test_a_digest_may_ask_for_a_credit_by_any_of_its_names(desk: Desk) -> None:
    for url, credit in (("https://herald.example/a", "Associated Press"), ("https://mirror.example/b", "Reuters")):
        article_id = desk.read(url, RACE if "a" in url[-1:] else BATHS, title=credit)
        desk.set_credit(article_id, credit)
    await desk.publish()
    assert titles(desk.service.digest(where={"credit": "AP"})) == ["Associated Press"]
    assert titles(desk.service.digest(where={"credit": ["DPA"]})) == []


async def test_rules_that_are_edited_decide_on_what_is_stored(read: Desk) -> None:
    service = read.service.service
    before = {story.title: story for story in read.service.stories}
    read.service.configure(drop=(EntryRule(title=TextPattern("Boats")),))
    await Pipeline(service).apply_rules()
    assert titles(read.service.digest()) == ["Baths open", "Crane comes down"]
    read.service.configure(drop=())
    await Pipeline(service).apply_rules()
    assert {story.title: story for story in read.service.stories} == before


async def test_a_story_that_loses_one_outlet_to_a_rule_goes_on_without_it(read: Desk) -> None:
    service = read.service.service
    feeds = tuple(
        feed.model_copy(update={"drop": (EntryRule(title=TextPattern("Crane")),)}) if feed.name == "herald" else feed
        for feed in service.configuration.feeds
    )
    read.service.configure(feeds=feeds)
    (before,) = (story for story in read.service.stories if story.title == "Crane comes down")
    await reapply_entry_rules(service)
    (after,) = (story for story in read.service.stories if story.title == "Crane comes down")
    assert ([copy.outlet for copy in after.copies], after.uri) == (["Mirror"], before.uri)


async def test_an_entry_that_was_dropped_as_it_came_is_read_when_rules_let_it_in(desk: Desk) -> None:
    desk.service.clock.advance(timedelta(hours=1))
    desk.drop("herald", "https://herald.example/late", title="Late but welcome", by="drop title: Late")
    assert desk.articles() == 0
    await reapply_entry_rules(desk.service.service)
    assert desk.articles() == 1
