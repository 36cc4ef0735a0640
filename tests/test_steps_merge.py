"""What addresses add to texts when articles are placed: parts find their whole, and claims capture nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.dedup.sketch import sketch
from aggregator.model import ArticleText, TextSource
from aggregator.settings import FeedSettings
from aggregator.steps.merge import merge_next
from aggregator.steps.publish import publish
from aggregator.store import articles
from aggregator.store.second_keys import MOST_AT_IT
from aggregator.store.tables import Article, Copy, Story, row_id
from tests.reports import GERMAN, HARBOUR, LOCAL, QUOTE, RIVAL, cut, edited, weather
from tests.running import Running, configuration, running
from tests.stored import add_entries, entry

pytestmark = pytest.mark.anyio

HEADLINE = "Harbour crane of Vessley comes down"
ADVERTISEMENT = "\n".join([GERMAN, LOCAL, QUOTE, RIVAL, weather("Aldermouth", 14, 3, 22, 35)])
OUTLETS = {"herald": "Herald", "mirror": "Mirror", "wire": "Wire", "guest": "Herald"}
"""Feeds, each on a site of its own, and their outlets; one is a guest in another's."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A service whose articles are read by hand."""

    service: Running

    def read(
        self,
        url: str,
        text: str,
        *,
        outlet: str | None = None,
        title: str = HEADLINE,
        claims: str | None = None,
        source: TextSource = TextSource.PAGE,
    ) -> int:
        """An article, by default of the outlet whose site it is on, as its page gave it; gives its id."""
        outlet = outlet or next(name for name in OUTLETS if f"{name}.example/" in url)
        database, now = self.service.service.database, self.service.clock()
        add_entries(database, outlet, entry(url, url=url, title=title), now=now)
        source = source if text else TextSource.TITLE
        kept = ArticleText(title=title, text=text, html=text, source=source, reason="", canonical_url=claims)
        with database.writing() as session:
            mine = select(col(Article.id)).where(col(Article.url) == url, col(Article.outlet) == OUTLETS[outlet])
            article_id = row_id(session.scalar(mine))
            articles.keep_text(session, article_id, kept, sketch(text), now=now)
        return article_id

    async def place(self) -> None:
        """Place all that was read."""
        while await merge_next(self.service.service):
            pass

    async def publish(self) -> None:
        """Place all that was read and let readers know of it."""
        await self.place()
        self.service.clock.advance(timedelta(hours=1))
        await publish(self.service.service)

    def stories(self) -> set[frozenset[int]]:
        """Which articles are together."""
        with self.service.service.database.reading() as session:
            together: dict[int, set[int]] = {}
            for article_id, story_id in session.execute(select(col(Copy.article_id), col(Copy.story_id))):
                together.setdefault(story_id, set()).add(article_id)
        return {frozenset(copies) for copies in together.values()}

    def leads(self) -> set[int]:
        """The articles that lead a story."""
        with self.service.service.database.reading() as session:
            standing = select(col(Story.lead_article_id)).where(col(Story.withdrawn_at).is_(None))
            return set(session.scalars(standing))

    def relations(self) -> list[str]:
        """What let articles join, in the order of the articles."""
        with self.service.service.database.reading() as session:
            joined = select(col(Copy.relation)).where(col(Copy.relation).is_not(None)).order_by(col(Copy.article_id))
            return list(map(str, session.scalars(joined)))


@pytest.fixture
async def desk(empty_url: str) -> AsyncIterator[Desk]:
    """A service with these feeds."""
    feeds = [
        FeedSettings(url=f"https://{name}.example/feed", name=name, outlet=outlet) for name, outlet in OUTLETS.items()
    ]
    async with running(configuration(empty_url, *feeds)) as service:
        yield Desk(service=service)


def together(*stories: set[int]) -> set[frozenset[int]]:
    return {frozenset(story) for story in stories}


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
    assert len(ids) > MOST_AT_IT
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
        articles.keep_text(session, teaser, kept, sketch(""), now=desk.service.clock() + timedelta(days=60))
    desk.service.clock.advance(timedelta(days=60))
    await desk.place()
    assert desk.stories() == together({1, teaser})
