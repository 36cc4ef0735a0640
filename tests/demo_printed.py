"""What the demo's newsroom has in print at a fixed moment, for the tests of its modules."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.demo.newsroom_urls import NewsroomUrls
from aggregator.demo.outlets import DemoOutlet
from aggregator.demo.printed_articles import PrintedArticle, print_articles
from aggregator.demo.sample_stories import load_stories

NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)  # a Tuesday
ADDRESSES = NewsroomUrls(port=8650)
FIRST = print_articles(load_stories(), now=NOW)
SECOND = print_articles(load_stories(), now=NOW, tick=1)


def printed_by(outlet: DemoOutlet, articles: tuple[PrintedArticle, ...] = SECOND) -> tuple[PrintedArticle, ...]:
    """The outlet's own articles, newest first."""
    return tuple(article for article in articles if article.outlet == outlet)


def the(outlet: str, story: str, articles: tuple[PrintedArticle, ...] = SECOND) -> PrintedArticle:
    """The one article in which that outlet prints that story."""
    (article,) = (each for each in articles if (each.outlet.slug, each.story.name) == (outlet, story))
    return article
