"""Renders the web pages of the newsroom.

Every outlet has its own article template. The front pages share one, in the colours of the outlet. The boilerplate
around the articles (banners, lists, boxes) is intended: extraction must remove it.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.demo.newsroom_urls import Addresses
from aggregator.demo.outlets import OUTLETS, Outlet
from aggregator.demo.printed_articles import Article
from aggregator.demo.templates import fill_in

_TEASERS = 4


def render_article(article: Article, others: Sequence[Article], addresses: Addresses) -> str:
    """Renders the article's page; ``others`` are the outlet's other articles, newest first."""
    nearby = sorted(others, key=lambda other: other.story.topic != article.story.topic)
    return fill_in(
        f"{article.outlet.slug}.html",
        article=article,
        story=article.story,
        outlet=article.outlet,
        at=addresses,
        related=nearby[:_TEASERS],
        popular=others[:_TEASERS],
    )


def render_front(outlet: Outlet, articles: Sequence[Article], addresses: Addresses) -> str:
    """Renders the outlet's front page with these articles, in their order."""
    topics = tuple(dict.fromkeys(article.story.topic for article in articles))
    return fill_in("_front.html", outlet=outlet, articles=articles, topics=topics, at=addresses)


def render_newsstand(addresses: Addresses) -> str:
    """Renders the page of the newsroom itself: all outlets and their feeds."""
    return fill_in("_newsstand.html", outlets=OUTLETS, at=addresses)
