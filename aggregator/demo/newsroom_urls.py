"""Builds the URLs of the newsroom's feeds, articles and pictures.

Every outlet is its own host under ``localhost``, which always is this machine (RFC 6761 section 6.3).
``site`` answers the requests.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.demo.outlets import DemoOutlet
from aggregator.demo.printed_articles import PrintedArticle


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsroomUrls:
    """The URLs of a newsroom that listens on ``port``."""

    port: int

    def host(self, outlet: DemoOutlet) -> str:
        """The outlet's host name, without the port."""
        return f"{outlet.slug}.localhost"

    def home(self, outlet: DemoOutlet) -> str:
        """The outlet's front page, without the slash at the end."""
        return f"http://{self.host(outlet)}:{self.port}"

    def feed(self, outlet: DemoOutlet) -> str:
        """The outlet's feed."""
        return self.home(outlet) + outlet.feed_path

    def article(self, article: PrintedArticle) -> str:
        """The canonical URL of the article's page."""
        return self.home(article.outlet) + article.path

    def link(self, article: PrintedArticle) -> str:
        """The article's page as the outlet's feed links to it, with the outlet's tracking parameters."""
        return self.article(article) + article.outlet.query

    def picture(self, article: PrintedArticle) -> str:
        """The picture of the article's story, on the outlet's own host."""
        return f"{self.home(article.outlet)}/pictures/{article.story.name}.png"
