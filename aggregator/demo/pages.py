"""Renders the web pages of the newsroom.

Every outlet has its own article template. The front pages share one, in the colours of the outlet. The boilerplate
around the articles (banners, lists, boxes) is intended: extraction must remove it.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.demo.newsroom_urls import NewsroomUrls
from aggregator.demo.outlets import OUTLETS, DemoOutlet
from aggregator.demo.printed_articles import PrintedArticle
from aggregator.demo.templates import render_template

_TEASERS = 4


def render_article(article: PrintedArticle, others: Sequence[PrintedArticle], addresses: NewsroomUrls) -> str:
    """Renders the article's page; ``others`` are the outlet's other articles, newest first."""
    nearby = sorted(others, key=lambda other: other.story.topic != article.story.topic)
    return render_template(
        f"{article.outlet.slug}.html",
        article=article,
        story=article.story,
        outlet=article.outlet,
        at=addresses,
        related=nearby[:_TEASERS],
        popular=others[:_TEASERS],
    )


def render_front_page(outlet: DemoOutlet, articles: Sequence[PrintedArticle], addresses: NewsroomUrls) -> str:
    """Renders the outlet's front page with these articles, in their order."""
    topics = tuple(dict.fromkeys(article.story.topic for article in articles))
    return render_template("_front.html", outlet=outlet, articles=articles, topics=topics, at=addresses)


def render_outlet_list(addresses: NewsroomUrls) -> str:
    """Renders the page of the newsroom itself: all outlets and their feeds."""
    return render_template("_newsstand.html", outlets=OUTLETS, at=addresses)
