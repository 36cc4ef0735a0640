"""What addresses add to texts when articles are placed: parts find their whole, and claims capture nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.dedup.sketch import sketch
from aggregator.model.extraction import ArticleText, TextSource
from aggregator.steps.store_text import store_text
from aggregator.store.article_aliases import MAX_IN_OUTLET
from tests.desk import HEADLINE, Desk, together
from tests.reports import GERMAN, HARBOUR, LOCAL, QUOTE, RIVAL, cut, edited, weather

pytestmark = pytest.mark.anyio

ADVERTISEMENT = "\n".join([GERMAN, LOCAL, QUOTE, RIVAL, weather("Aldermouth", 14, 3, 22, 35)])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(cut(HARBOUR, 1), HARBOUR, id="a teaser, then the whole"),
        pytest.param(HARBOUR, cut(HARBOUR, 1), id="the whole, then a teaser"),
        pytest.param("", HARBOUR, id="a headline, then the whole"),
        pytest.param(HARBOUR, "", id="the whole, then a headline"),
    ],
)
async def test_a_page_and_its_mobile_twin_are_one_article_and_the_whole_leads(
    desk: Desk, first: str, second: str
) -> None:
    ids = desk.read("https://herald.example/crane", first), desk.read("https://m.herald.example/crane?amp=1", second)
    await desk.place()
    assert desk.stories() == together(set(ids))
    assert desk.relations() == ["same-url"]
    assert desk.leads() == {ids[0] if first == HARBOUR else ids[1]}


async def test_a_page_that_claims_to_be_another_of_its_site_is_it_when_its_text_agrees(desk: Desk) -> None:
    whole = desk.read("https://herald.example/crane", HARBOUR)
    teaser = desk.read("https://herald.example/short/1", cut(HARBOUR, 1), claims="https://herald.example/crane")
    await desk.place()
    assert desk.stories() == together({whole, teaser})


async def test_a_part_follows_its_whole_into_the_story_of_its_copies(desk: Desk) -> None:
    copy = desk.read("https://wire.example/crane", HARBOUR)
    headline = desk.read("https://m.herald.example/crane", "")
    await desk.place()
    assert desk.stories() == together({copy}, {headline})
    whole = desk.read("https://herald.example/crane", edited(HARBOUR, 40))
    await desk.place()
    assert desk.stories() == together({copy, headline, whole})
    assert headline not in desk.leads()


async def test_a_headline_that_readers_know_gives_way_to_its_text(desk: Desk) -> None:
    headline = desk.read("https://m.herald.example/crane", "")
    await desk.publish()
    whole = desk.read("https://herald.example/crane", HARBOUR)
    await desk.place()
    assert desk.stories() == together({headline, whole})
    assert desk.leads() == {whole}
    assert [story.text for story in desk.service.stories] == [HARBOUR]


async def test_a_headline_that_readers_know_takes_no_story_of_others_over(desk: Desk) -> None:
    headline = desk.read("https://m.herald.example/crane", "")
    await desk.publish()
    copy = desk.read("https://wire.example/crane", HARBOUR)
    await desk.publish()
    whole = desk.read("https://herald.example/crane", HARBOUR)
    await desk.publish()
    assert desk.stories() == together({headline}, {copy, whole})
    assert desk.leads() == {headline, copy}


ELSEWHERE = "https://herald.example/crane"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(RIVAL, id="a text of its own"),
        pytest.param(f"{cut(HARBOUR, 1)}\n{ADVERTISEMENT}", id="a line of the article and much else"),
        pytest.param("", id="no text"),
        pytest.param("Click here to read on.", id="hardly a text"),
    ],
)
async def test_a_feed_that_claims_another_sites_article_captures_nothing(desk: Desk, text: str) -> None:
    victim = desk.read(ELSEWHERE, HARBOUR)
    claimants = [desk.read(f"https://mirror.example/{number}", text, claims=ELSEWHERE) for number in range(3)]
    inside = desk.read("https://mirror.example/inside", text, outlet="herald", claims=ELSEWHERE)
    await desk.place()
    story = next(story for story in desk.stories() if victim in story)
    assert story == {victim}
    late = desk.read("https://m.herald.example/crane", cut(HARBOUR, 2))
    await desk.place()
    assert frozenset({victim, late}) in desk.stories()
    assert victim in desk.leads()
    assert not story & {*claimants, inside}


@pytest.mark.parametrize("comes_first", [True, False])
async def test_a_guest_in_an_outlet_captures_no_article_by_naming_its_address(desk: Desk, comes_first: bool) -> None:
    async def come() -> int:
        text = f"{HARBOUR}\n{ADVERTISEMENT}\n{ADVERTISEMENT}\n{ADVERTISEMENT}"
        guest = desk.read("https://amp.herald.example/crane", text, outlet="guest", source=TextSource.FEED)
        await desk.publish()
        return guest

    guest = await come() if comes_first else 0
    victim = desk.read(ELSEWHERE, HARBOUR)
    await desk.publish()
    guest = guest or await come()
    assert desk.stories() == together({victim}, {guest})


async def test_another_sites_copy_that_says_whose_it_is_is_a_copy_by_its_text(desk: Desk) -> None:
    origin = desk.read(ELSEWHERE, HARBOUR)
    copy = desk.read("https://mirror.example/crane", edited(HARBOUR, 40), claims=ELSEWHERE)
    await desk.place()
    assert desk.stories() == together({origin, copy})
    assert desk.relations() == ["near-copy"]


TEXTS = [HARBOUR, RIVAL, GERMAN, weather("Aldermouth", 14, 3, 22, 35), weather("Brinkwater", 9, -2, 41, 80), "", ""]


@pytest.mark.parametrize(
    "claims", ["https://herald.example/all", "https://herald.example/0", "https://herald.example/"]
)
async def test_pages_that_all_claim_one_address_stay_the_articles_they_are(desk: Desk, claims: str) -> None:
    ids = [
        desk.read(f"https://herald.example/{number}", text, title=f"Report number {number} of today", claims=claims)
        for number, text in enumerate(TEXTS)
    ]
    assert len(ids) > MAX_IN_OUTLET
    await desk.place()
    assert desk.stories() == together(*({article_id} for article_id in ids))


async def test_a_copy_in_a_story_of_others_lets_nothing_more_in_under_its_address(desk: Desk) -> None:
    copy = desk.read("https://mirror.example/crane", HARBOUR)
    other = desk.read("https://wire.example/crane", edited(HARBOUR, 40))
    await desk.place()
    more = desk.read("https://m.mirror.example/crane", f"{cut(HARBOUR, 2)}\n{ADVERTISEMENT}\n{ADVERTISEMENT}")
    much = desk.read(
        "https://amp.mirror.example/crane", f"{HARBOUR}\n{ADVERTISEMENT}\n{ADVERTISEMENT}\n{ADVERTISEMENT}"
    )
    await desk.place()
    story = next(story for story in desk.stories() if copy in story)
    assert story == {copy, other}
    assert {more, much} & story == set()


async def test_a_part_stays_with_its_whole_when_it_is_read_again(desk: Desk) -> None:
    desk.read("https://herald.example/crane", HARBOUR)
    teaser = desk.read("https://m.herald.example/crane", cut(HARBOUR, 1))
    await desk.place()
    database = desk.service.service.database
    kept = ArticleText(title=HEADLINE, text="", html="", source=TextSource.TITLE, reason="")
    with database.writing() as session:
        store_text(session, teaser, kept, sketch(""), now=desk.service.clock() + timedelta(days=60))
    desk.service.clock.advance(timedelta(days=60))
    await desk.place()
    assert desk.stories() == together({1, teaser})
