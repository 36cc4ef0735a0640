"""A sitemap is subscribed to as any feed is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.publisher import Reply, reply
from tests.wire import HOUR, Wire

pytestmark = pytest.mark.anyio


async def test_a_news_sitemap_is_polled_like_a_feed_and_a_later_lastmod_brings_nothing(wire: Wire) -> None:
    def sitemap(day: int) -> Reply:
        news = "<news:news xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><news:title>a</news:title></news:news>"
        page = f"<url><loc>{wire.publisher.url('/a')}</loc><lastmod>2026-02-0{day}</lastmod>{news}</url>"
        namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
        body = f"<urlset xmlns='{namespace}'>{page}</urlset>".encode()
        return reply(200, {"Content-Type": "application/xml", "ETag": f'"{day}"'}, body)

    wire.publisher.script("/feed", sitemap(1), sitemap(2))
    await wire.start(wire.subscription(full_text="auto"))
    await wire.asked_after(0 * HOUR, timedelta(hours=25))
    assert wire.targets == ["/feed", "/robots.txt", "/a", "/feed"]
    assert (wire.titles, wire.health().entries) == ({"a"}, 1)
