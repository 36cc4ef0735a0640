"""A service whose articles are read by hand, to see what merging makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from aggregator.dedup.sketch import sketch
from aggregator.model.extraction import ArticleText, TextSource
from aggregator.settings.feeds_file import FeedSettings
from aggregator.steps.merge_articles import merge_next
from aggregator.steps.publish_stories import publish_stories
from aggregator.steps.store_text import store_text
from aggregator.store import stories
from aggregator.store.tables import Article, Copy, Feed, Story, row_id
from tests.running import Running
from tests.stored import add_entries, entry

HEADLINE = "Harbour crane of Vessley comes down"
OUTLETS = {"herald": "Herald", "mirror": "Mirror", "wire": "Wire", "guest": "Herald"}
"""Feeds, each on a site of its own, and their outlets; one is a guest in another's."""


FEEDS = tuple(
    FeedSettings(url=f"https://{name}.example/feed", name=name, outlet=outlet) for name, outlet in OUTLETS.items()
)


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
        published_at: datetime | None = None,
        source: TextSource = TextSource.PAGE,
    ) -> int:
        """An article, by default of the outlet whose site it is on, as its page gives it now; gives its id."""
        outlet = outlet or next(name for name in OUTLETS if f"{name}.example/" in url)
        database, now = self.service.service.database, self.service.clock()
        mine = select(col(Article.id)).where(col(Article.url) == url, col(Article.outlet) == OUTLETS[outlet])
        with database.reading() as session:
            is_new = session.scalar(mine) is None
        if is_new:
            add_entries(database, outlet, entry(url, url=url, title=title, published_at=published_at), now=now)
        source = source if text else TextSource.TITLE
        kept = ArticleText(title=title, text=text, html=text, source=source, reason="", canonical_url=claims)
        with database.writing() as session:
            article_id = row_id(session.scalar(mine))
            store_text(session, article_id, kept, sketch(text), now=now)
        return article_id

    def set_credit(self, article_id: int, credit: str) -> None:
        """Let an article credit an agency."""
        with self.service.service.database.writing() as session:
            session.get_one(Article, article_id).credit = credit

    def drop(self, feed: str, url: str, *, title: str, by: str) -> None:
        """An entry that a rule keeps out from the beginning."""
        now = self.service.clock()
        add_entries(self.service.service.database, feed, entry(url, url=url, title=title), now=now, dropped_by=by)

    def unite(self, *titles: str) -> None:
        """Let two published stories be one."""
        now = self.service.clock()
        with self.service.service.database.writing() as session:
            of_titles = select(col(Story.id)).join(Article, col(Article.id) == col(Story.lead_article_id))
            one, other = session.scalars(of_titles.where(col(Article.title).in_(titles)).order_by(col(Story.id)))
            stories.merge_two_stories(session, row_id(one), row_id(other), now=now, reason="a person said so")

    def make_private(self, *feeds: str) -> None:
        """Let feeds be for the owner alone."""
        with self.service.service.database.writing() as session:
            for feed in session.scalars(select(Feed).where(col(Feed.name).in_(feeds))):
                feed.private = True

    def articles(self) -> int:
        """How many articles there are."""
        with self.service.service.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Article)) or 0

    async def place(self) -> None:
        """Place all that was read."""
        while await merge_next(self.service.service):
            pass

    async def publish(self) -> None:
        """Place all that was read and let readers know of it."""
        await self.place()
        self.service.clock.advance(timedelta(hours=1))
        await publish_stories(self.service.service)

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


def together(*stories: set[int]) -> set[frozenset[int]]:
    return {frozenset(story) for story in stories}
