from __future__ import annotations

from aggregator.demo.newsroom_urls import NewsroomUrls
from tests.demo_printed import the


def test_every_outlet_is_a_host_under_localhost_and_counting_stays_out_of_the_articles_own_url() -> None:
    at = NewsroomUrls(port=8001)
    article = the("meridian", "chess")
    assert (at.feed(article.outlet), at.article(article), at.link(article), at.picture(article)) == (
        "http://meridian.localhost:8001/rss/top-stories.xml",
        "http://meridian.localhost:8001/article/304604/the-best-piece-on-the-board-was-a-wine",
        "http://meridian.localhost:8001/article/304604/the-best-piece-on-the-board-was-a-wine?utm_source=rss&utm_medium=feed",
        "http://meridian.localhost:8001/pictures/chess.png",
    )
