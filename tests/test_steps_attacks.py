"""An article made to attract others captures no story: neither its copies, nor its lead, nor its place in time."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.desk import Desk
from tests.reports import GERMAN, HARBOUR, LOCAL, QUOTE, RIVAL, edited, weather

pytestmark = pytest.mark.anyio

HERALD, MIRROR, WIRE, GUEST = (f"https://{name}.example/crane" for name in ("herald", "mirror", "wire", "guest"))
STUFFED = "\n".join([HARBOUR, RIVAL, GERMAN, weather("Aldermouth", 14, 3, 22, 35), QUOTE, LOCAL])


def together(desk: Desk, *articles: int) -> bool:
    return any(set(articles) <= story for story in desk.stories())


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
