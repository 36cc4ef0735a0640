"""An article made to attract others captures no story: neither its copies, nor its lead, nor its place in time."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.store.tables import Feed
from tests.desk import Desk
from tests.reports import GERMAN, HARBOUR, LOCAL, QUOTE, RIVAL, edited, weather

pytestmark = pytest.mark.anyio

HERALD, MIRROR, WIRE, GUEST = (f"https://{name}.example/crane" for name in ("herald", "mirror", "wire", "guest"))
STUFFED = "\n".join([HARBOUR, RIVAL, GERMAN, weather("Aldermouth", 14, 3, 22, 35), QUOTE, LOCAL])


def together(desk: Desk, *articles: int) -> bool:
    return any(set(articles) <= story for story in desk.stories())


@pytest.mark.parametrize("known", [pytest.param(True, id="a feed that was read before"), pytest.param(False, id="new")])
async def test_a_feed_that_was_read_before_gains_nothing_by_an_early_date(desk: Desk, known: bool) -> None:
    clock = desk.service.clock
    if known:
        with desk.service.service.database.writing() as session:
            for feed in session.scalars(select(Feed)):
                feed.last_poll_at = feed.whole_at = clock() - timedelta(minutes=30)
    first = desk.read(HERALD, HARBOUR, published_at=clock() - timedelta(minutes=20))
    clock.advance(timedelta(minutes=1))
    with desk.service.service.database.writing() as session:
        for feed in session.scalars(select(Feed).where(col(Feed.name) == "mirror")) if known else ():
            feed.last_poll_at = feed.whole_at = clock() - timedelta(minutes=5)
    early = desk.read(MIRROR, HARBOUR, published_at=clock() - timedelta(days=900))
    await desk.place()
    assert desk.stories() == {frozenset({first, early})}
    assert desk.leads() == {first if known else early}


@pytest.mark.parametrize("order", [*permutations(("stuffed", "first", "second", "rival"))])
async def test_an_article_that_holds_many_unites_none_and_leads_nothing(desk: Desk, order: tuple[str, ...]) -> None:
    texts = {"stuffed": (MIRROR, STUFFED), "first": (HERALD, HARBOUR), "second": (WIRE, edited(HARBOUR, 25)),
             "rival": ("https://wire.example/other", RIVAL)}  # fmt: skip
    ids = {}
    for name in order:
        ids[name] = desk.read(*texts[name])
        await desk.place()
    assert together(desk, ids["first"], ids["second"])
    assert not together(desk, ids["first"], ids["rival"])
    assert ids["stuffed"] not in desk.leads() or {ids["stuffed"]} in desk.stories()
