from __future__ import annotations

import gzip

import pytest

from aggregator.demo.outlets import OUTLETS, DemoOutlet
from aggregator.demo.printed_articles import PrintedArticle
from aggregator.demo.site import Reply, Site
from tests.demo_printed import ADDRESSES, FIRST, SECOND, the

SITE = Site(articles=SECOND, addresses=ADDRESSES)
FEED = ("corvus.localhost:8650", "/wire.atom")
ETAG = dict(SITE.answer(*FEED, {}).headers)["ETag"]
LAST_MODIFIED = "Tue, 03 Mar 2026 09:30:00 GMT"


def header(reply: Reply, name: str) -> str | None:
    return dict(reply.headers).get(name)


@pytest.mark.parametrize(
    ("host", "target", "status", "media_type"),
    [
        pytest.param("corvus.localhost:8650", "/wire.atom", 200, "application/atom+xml; charset=utf-8", id="feed"),
        pytest.param("VALLEY.LOCALHOST", "/?feed=rss2", 200, "application/rss+xml; charset=utf-8", id="feed by query"),
        pytest.param("valley.localhost", "/?page=2", 200, "text/html; charset=utf-8", id="a query that means nothing"),
        pytest.param(
            "tidewater.localhost:1", "/story.php?id=188537", 200, "text/html; charset=utf-8", id="article by query"
        ),
        pytest.param(
            "tidewater.localhost:1", "/story.php", 404, "text/plain; charset=utf-8", id="article without its query"
        ),
        pytest.param("ledger.localhost", "/robots.txt", 200, "text/plain; charset=utf-8", id="robots.txt"),
        pytest.param("ledger.localhost", "/pictures/port-market.png", 200, "image/png", id="picture"),
        pytest.param(
            "ledger.localhost", "/pictures/barrier.png", 404, "text/plain; charset=utf-8", id="another's picture"
        ),
        pytest.param("ledger.localhost", "/wire.atom", 404, "text/plain; charset=utf-8", id="another's feed"),
        pytest.param("ledger.localhost", "/favicon.svg", 200, "image/svg+xml", id="icon"),
        pytest.param("127.0.0.1:8650", "/", 200, "text/html; charset=utf-8", id="newsstand"),
        pytest.param("localhost", "/wire.atom", 404, "text/plain; charset=utf-8", id="the newsstand has no feed"),
        pytest.param("gazette.localhost", "/", 404, "text/plain; charset=utf-8", id="unknown outlet"),
        pytest.param("corvus.example", "/", 404, "text/plain; charset=utf-8", id="a host that is not ours"),
        pytest.param("", "/", 404, "text/plain; charset=utf-8", id="no host"),
    ],
)
def test_the_host_and_the_target_choose_the_document(host: str, target: str, status: int, media_type: str) -> None:
    reply = SITE.answer(host, target, {})
    assert (reply.status, header(reply, "Content-Type")) == (status, media_type)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"if-none-match": ETAG}, 304, id="the tag"),
        pytest.param({"if-none-match": ETAG.removeprefix("W/")}, 304, id="the tag as a strong one"),
        pytest.param({"if-none-match": f'"old", {ETAG}'}, 304, id="one of several tags"),
        pytest.param({"if-none-match": "*"}, 304, id="any tag"),
        pytest.param({"if-none-match": '"old"'}, 200, id="another tag"),
        pytest.param({"if-modified-since": LAST_MODIFIED}, 304, id="the date"),
        pytest.param({"if-modified-since": "Tue, 03 Mar 2026 09:29:59 GMT"}, 200, id="an earlier date"),
        pytest.param({"if-modified-since": "yesterday"}, 200, id="no date"),
        pytest.param(
            {"if-none-match": '"old"', "if-modified-since": LAST_MODIFIED}, 200, id="the tag outweighs the date"
        ),
    ],
)
def test_a_feed_is_sent_again_only_to_those_who_lack_it(headers: dict[str, str], status: int) -> None:
    reply = SITE.answer(*FEED, headers)
    assert (reply.status, header(reply, "ETag"), header(reply, "Last-Modified")) == (status, ETAG, LAST_MODIFIED)
    assert (reply.body == b"") == (status == 304)


def test_the_tick_gives_changed_feeds_new_validators_and_leaves_the_others() -> None:
    before = Site(articles=FIRST, addresses=ADDRESSES)
    changed = {outlet.slug for outlet in OUTLETS if _validators(before, outlet) != _validators(SITE, outlet)}
    assert changed == {"corvus", "meridian"}


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        pytest.param("gzip, br", True, id="named"),
        pytest.param("br;q=1, GZIP;q=0.5", True, id="with a weight"),
        pytest.param("gzip;q=0", False, id="refused"),
        pytest.param("br", False, id="not named"),
    ],
)
def test_a_feed_is_compressed_for_those_who_take_it(accepted: str, compressed: bool) -> None:
    plain = SITE.answer(*FEED, {}).body
    reply = SITE.answer(*FEED, {"accept-encoding": accepted})
    assert (header(reply, "Content-Encoding") == "gzip") == compressed
    assert (gzip.decompress(reply.body) if compressed else reply.body) == plain


@pytest.mark.parametrize(
    "article", [pytest.param(article, id=f"{article.outlet.slug}{article.path}") for article in SECOND]
)
def test_every_article_is_at_its_address_with_or_without_the_counting_query(article: PrintedArticle) -> None:
    host = ADDRESSES.host(article.outlet)
    page = SITE.answer(host, article.path, {})
    assert page.status == 200
    assert page == SITE.answer(host, article.path + article.outlet.query, {})


def test_an_article_that_is_not_in_print_yet_is_not_found() -> None:
    late = the("meridian", "bridge")
    before = Site(articles=FIRST, addresses=ADDRESSES)
    assert [site.answer("meridian.localhost", late.path, {}).status for site in (before, SITE)] == [404, 200]


def _validators(site: Site, outlet: DemoOutlet) -> tuple[str | None, str | None]:
    reply = site.answer(ADDRESSES.host(outlet), outlet.feed_path, {})
    return header(reply, "ETag"), header(reply, "Last-Modified")
