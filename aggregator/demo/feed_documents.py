"""Renders the feed document of each outlet, in the outlet's format.

``printed_articles`` decides which articles are in it, ``site`` when it is sent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.utils import format_datetime

from aggregator.demo.newsroom_urls import NewsroomUrls
from aggregator.demo.outlets import DemoOutlet, OutletFeedFormat
from aggregator.demo.printed_articles import PrintedArticle
from aggregator.demo.templates import render_template

_TEMPLATES = {
    OutletFeedFormat.RSS_FULL: "rss.xml",
    OutletFeedFormat.RSS_SUMMARY: "rss.xml",
    OutletFeedFormat.RDF: "rdf.xml",
    OutletFeedFormat.ATOM_FULL: "atom.xml",
    OutletFeedFormat.ATOM_SUMMARY: "atom.xml",
}


def render_outlet_feed(outlet: DemoOutlet, articles: Sequence[PrintedArticle], addresses: NewsroomUrls) -> str:
    """Renders the feed of an outlet with these articles, at least one, in their order."""
    if outlet.feed_format is OutletFeedFormat.JSON_FEED:
        return json.dumps(_json_feed(outlet, articles, addresses), ensure_ascii=False, indent=1)
    return render_template(
        _TEMPLATES[outlet.feed_format],
        outlet=outlet,
        at=addresses,
        updated_at=max(article.updated_at for article in articles),
        entries=[(article, _content(article, addresses)) for article in articles],
        full=outlet.feed_format in (OutletFeedFormat.RSS_FULL, OutletFeedFormat.ATOM_FULL),
        rfc822=lambda at: format_datetime(at, usegmt=True),
    )


def _content(article: PrintedArticle, addresses: NewsroomUrls) -> str:
    """Renders the whole text as HTML, with the boilerplate that the outlet's software adds."""
    return render_template("_content.html", article=article, outlet=article.outlet, at=addresses).strip()


def _json_feed(outlet: DemoOutlet, articles: Sequence[PrintedArticle], addresses: NewsroomUrls) -> dict[str, object]:
    """Builds the feed as JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": outlet.tagline,
        "home_page_url": addresses.home(outlet) + "/",
        "feed_url": addresses.feed(outlet),
        "language": outlet.language,
        "items": [
            {
                "id": f"{outlet.slug}:{article.story.name}",
                "url": addresses.link(article),
                "title": article.headline,
                "summary": article.story.summary,
                "content_html": _content(article, addresses),
                "image": addresses.picture(article),
                "date_published": article.published_at.isoformat(timespec="seconds"),
                "date_modified": article.updated_at.isoformat(timespec="seconds"),
                "authors": [{"name": article.byline}],
                "tags": [article.story.topic],
                "language": outlet.language,
            }
            for article in articles
        ],
    }
