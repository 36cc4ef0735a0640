"""Reading of the publication and modification times of an article."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import html

from aggregator.extraction.article_times import ArticleTimes, read_article_times
from aggregator.extraction.meta_tags import read_meta_tags
from aggregator.extraction.structured_article import JsonLdArticle

URL = "https://www.harbourgazette.example/transport/ferries"
NOTHING = JsonLdArticle()
DAY = datetime(2031, 5, 6, tzinfo=UTC)
MOMENT = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


def _times(head: str = "", body: str = "", *, article: JsonLdArticle = NOTHING, url: str = URL) -> ArticleTimes:
    tree = html.document_fromstring(f"<html><head>{head}</head><body><p>x</p>{body}</body></html>")
    return read_article_times(tree, read_meta_tags(tree), article, url=url)


WRITTEN = [
    pytest.param("2031-05-06T07:08:09Z", MOMENT, id="zulu"),
    pytest.param("2031-05-06T09:08:09+02:00", MOMENT, id="an offset"),
    pytest.param("2031-05-06T12:38:09.5+0530", MOMENT.replace(microsecond=500000), id="an offset without a colon"),
    pytest.param("2031-05-06 07:08:09", MOMENT, id="no offset is UTC"),
    pytest.param("2031-05-06", DAY, id="a day is its midnight"),
    pytest.param("20310506", DAY, id="a day without dashes"),
    pytest.param("May 6, 2031", DAY, id="an english day"),
    pytest.param("Tue, 06 May 2031 07:08:09 GMT", MOMENT, id="as in mail"),
    pytest.param("6. Mai 2031", DAY, id="a german day"),
    pytest.param("06.05.2031", DAY, id="a day with dots"),
    pytest.param("2031年5月6日", DAY, id="a chinese day"),
    pytest.param("6 мая 2031", DAY, id="a russian day"),
    pytest.param("1935817689", MOMENT, id="seconds since 1970"),
    pytest.param("1970-01-01T00:00:00Z", None, id="the epoch is no date"),
    pytest.param("0001-01-01T00:00:00+14:00", None, id="before all time"),
    pytest.param("9999-99-99", None, id="no such day"),
    pytest.param("yesterday", None, id="words"),
    pytest.param("1" * 10_000, None, id="figures without end"),
]


@pytest.mark.parametrize(("claim", "wanted"), WRITTEN)
def test_dates_are_read_as_publishers_write_them(claim: str, wanted: datetime | None) -> None:
    assert _times(article=JsonLdArticle(published=claim)).published_at == wanted


TAG = '<meta property="article:published_time" content="2031-05-06T07:08:09Z">'
WITNESSES = [
    pytest.param(_times(TAG), id="a meta tag"),
    pytest.param(_times('<meta itemprop="datePublished" content="2031-05-06T07:08:09Z">'), id="a marked meta tag"),
    pytest.param(
        _times("", '<time itemprop="datePublished" datetime="2031-05-06T07:08:09Z">6 May</time>'), id="a marked time"
    ),
    pytest.param(_times("", '<span itemprop="datePublished">6 May 2031 07:08:09</span>'), id="a marked text"),
    pytest.param(_times("", '<time datetime="2031-05-06T07:08:09Z">6 May</time>'), id="a time"),
    pytest.param(_times("", "<time>6 May 2031 07:08:09</time>"), id="a time in words"),
    pytest.param(_times("", '<p class="post-date">Published: 6 May 2031 07:08:09</p>'), id="what is called a date"),
    pytest.param(_times("", '<p class="datum date">Veröffentlicht am 6. Mai 2031 07:08:09</p>'), id="in german"),
    pytest.param(
        _times("", '<time datetime="2031-05-01">1 May</time>', article=JsonLdArticle(published="2031-05-06T07:08:09Z")),
        id="structured before shown",
    ),
    pytest.param(_times(TAG, article=JsonLdArticle(published="2031-05-06")), id="the hour of the same day"),
    pytest.param(
        _times(TAG, article=JsonLdArticle(published="2031-05-06T09:08:09")), id="the zone of the same day"
    ),
    pytest.param(_times(TAG, article=JsonLdArticle(published="soon")), id="what can be read before what cannot"),
    pytest.param(_times(TAG, '<time datetime="2031-05-01">1 May</time>'), id="tags before what is shown"),
    pytest.param(
        _times("", '<time datetime="2031-05-06T07:08:09Z">6 May</time>', article=JsonLdArticle(page_published="2030-01-02")),
        id="shown before the date of the page",
    ),
    pytest.param(
        _times("", '<p>Updated <time datetime="2031-06-01">1 June</time></p><time datetime="2031-05-06T07:08:09Z">6 May</time>'),
        id="not a time that tells of a change",
    ),
    pytest.param(
        _times("", '<aside><time datetime="2031-06-01">1 June</time></aside><time datetime="2031-05-06T07:08:09Z">6 May</time>'),
        id="not one beside the article",
    ),
]  # fmt: skip


@pytest.mark.parametrize("times", WITNESSES)
def test_the_first_witness_that_says_it_best_is_believed(times: ArticleTimes) -> None:
    assert times == ArticleTimes(published_at=MOMENT)


ADDRESSES = [
    pytest.param("https://harbour.example/2031/05/06/ferries", DAY, id="a path"),
    pytest.param("https://harbour.example/2031/5/6/ferries", DAY, id="without zeros"),
    pytest.param("https://harbour.example/news/2031-05-06-ferries.html", DAY, id="dashes"),
    pytest.param("https://harbour.example/2031/13/06/ferries", None, id="no month"),
    pytest.param("https://harbour.example/20310506123456", None, id="a number"),
]


@pytest.mark.parametrize(("url", "wanted"), ADDRESSES)
def test_the_day_may_stand_in_the_address(url: str, wanted: datetime | None) -> None:
    assert _times(url=url).published_at == wanted


def test_the_day_may_stand_in_the_text() -> None:
    assert _times("", "<div><p>Northport, 6 May 2021</p></div>").published_at == datetime(2021, 5, 6, tzinfo=UTC)


def test_a_year_in_a_line_of_copyright_is_no_date() -> None:
    assert _times("", "<p>Copyright 2019 Harbour Gazette</p>") == ArticleTimes()


CHANGES = [
    pytest.param(JsonLdArticle(published="2031-05-06", modified="2031-05-07"), datetime(2031, 5, 7, tzinfo=UTC), id="later"),
    pytest.param(JsonLdArticle(published="2031-05-06", modified="2031-05-06"), None, id="at once"),
    pytest.param(JsonLdArticle(published="2031-05-06", modified="2031-05-05"), None, id="before it was published"),
    pytest.param(JsonLdArticle(published="2031-05-06", modified="soon"), None, id="unreadable"),
]  # fmt: skip


@pytest.mark.parametrize(("article", "wanted"), CHANGES)
def test_a_change_comes_after_publication(article: JsonLdArticle, wanted: datetime | None) -> None:
    assert _times(article=article) == ArticleTimes(published_at=DAY, modified_at=wanted)


def test_a_change_is_read_from_tags_and_microdata() -> None:
    head = f'{TAG}<meta property="article:modified_time" content="2031-05-07">'
    marked = '<time itemprop="dateModified" datetime="2031-05-07">7 May</time>'
    wanted = ArticleTimes(published_at=MOMENT, modified_at=datetime(2031, 5, 7, tzinfo=UTC))
    assert _times(head) == wanted
    assert _times(TAG, marked) == wanted


def test_when_nobody_tells_more_the_change_is_the_date() -> None:
    assert _times(article=JsonLdArticle(modified="2031-05-06")) == ArticleTimes(published_at=DAY)
