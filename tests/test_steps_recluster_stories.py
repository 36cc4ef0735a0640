"""The stories are the same in whatever order their copies come in, until readers know them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import permutations
from random import Random

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.store.tables import Copy, StoryChange
from tests.desk import FEEDS, Desk, together
from tests.reports import GERMAN, HARBOUR, LOCAL, RIVAL, cut, edited, weather
from tests.running import configuration, running

pytestmark = pytest.mark.anyio

PARAGRAPHS = HARBOUR.split("\n")
OPENING, ENDING = "\n".join(PARAGRAPHS[:4]), "\n".join(PARAGRAPHS[4:])
ARTICLES = {
    "herald/whole": HARBOUR,
    "mirror/opening": OPENING,
    "wire/ending": ENDING,
    "mirror/edited": edited(HARBOUR, 25),
    "herald/local": f"{HARBOUR}\n{LOCAL}",
    "wire/rival": RIVAL,
    "mirror/rival": cut(RIVAL, 4),
    "herald/german": GERMAN,
    "wire/weather": weather("Aldermouth", 14, 3, 22, 35),
    "mirror/weather": weather("Vessley", 11, 2, 30, 60),
}


STORIES = {
    frozenset({"herald/whole", "herald/local", "mirror/opening", "mirror/edited", "wire/ending"}),
    frozenset({"wire/rival", "mirror/rival"}),
    frozenset({"herald/german"}),
    frozenset({"wire/weather"}),
    frozenset({"mirror/weather"}),
}


async def stories_of(url: str, order: Sequence[str]) -> set[frozenset[str]]:
    """Which of the articles are together when they come in this order, one at a time."""
    async with running(configuration(url, *FEEDS)) as service:
        desk = Desk(service=service)
        names = {}
        for name in order:
            names[desk.read(f"https://{name.replace('/', '.example/')}", ARTICLES[name])] = name
            await desk.place()
        return {frozenset(names[article] for article in story) for story in desk.stories()}


@pytest.mark.parametrize("order", [*permutations(("herald/whole", "mirror/opening", "wire/ending"))])
async def test_two_parts_that_share_nothing_are_copies_of_the_whole_whichever_comes_first(
    database_url: str, order: tuple[str, ...]
) -> None:
    assert await stories_of(database_url, order) == {frozenset(order)}


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_gives_the_same_stories(database_url: str, seed: int) -> None:
    assert await stories_of(database_url, Random(seed).sample(list(ARTICLES), k=len(ARTICLES))) == STORIES


@pytest.mark.postgres
async def test_workers_that_race_come_to_the_same_stories(postgres_url: str) -> None:
    wanted = configuration(postgres_url, *FEEDS)
    async with running(wanted) as first, running(wanted) as second:
        desks = Desk(service=first), Desk(service=second)
        names = {
            desks[number % 2].read(f"https://{name.replace('/', '.example/')}", text): name
            for number, (name, text) in enumerate(ARTICLES.items())
        }
        await asyncio.gather(*(desk.place() for desk in (*desks, *desks)))
        assert {frozenset(names[article] for article in story) for story in desks[0].stories()} == STORIES
        with first.service.database.reading() as session:
            assert sorted(session.scalars(select(col(Copy.article_id)))) == sorted(names)


async def test_what_readers_know_is_not_taken_apart(desk: Desk) -> None:
    opening = desk.read("https://mirror.example/opening", OPENING)
    ending = desk.read("https://wire.example/ending", ENDING)
    await desk.publish()
    whole = desk.read("https://herald.example/whole", HARBOUR)
    await desk.place()
    assert desk.stories() in (together({opening, whole}, {ending}), together({opening}, {ending, whole}))


async def test_those_that_only_a_revised_text_held_together_part(desk: Desk) -> None:
    opening = desk.read("https://mirror.example/opening", OPENING)
    ending = desk.read("https://wire.example/ending", ENDING)
    whole = desk.read("https://herald.example/whole", HARBOUR)
    await desk.place()
    assert desk.stories() == together({opening, ending, whole})
    assert len(desk.relations()) == 2  # all but the first say what brought them in
    desk.read("https://herald.example/whole", GERMAN)
    await desk.place()
    assert desk.stories() == together({opening}, {ending}, {whole})
    with desk.service.service.database.reading() as session:
        reasons = set(session.scalars(select(col(StoryChange.reason))))
    assert "revised into another text" in reasons
    assert any(reason.startswith("reclustered") for reason in reasons)
