"""What a page says of itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import html

from aggregator.extraction.metadata import PageClaims, parse_instant, read_claims

URL = "https://www.harbourgazette.example/transport/ferries"


def _claims(head: str, body: str = "<p>x</p>", *, root: str = "<html>", feed_title: str | None = None) -> PageClaims:
    tree = html.document_fromstring(f"{root}<head>{head}</head><body>{body}</body></html>")
    return read_claims(tree, url=URL, feed_title=feed_title)


def test_a_page_that_says_nothing_claims_nothing() -> None:
    assert _claims("") == PageClaims()


def test_everything_that_meta_tags_say_is_read() -> None:
    head = """
        <title>Ferries sail again | Harbour Gazette</title>
        <meta property="og:title" content="Ferries sail again">
        <meta property="og:site_name" content="Harbour Gazette">
        <meta property="og:image" content="/img/ferry.jpg">
        <meta property="article:published_time" content="2031-05-06T09:08:07+02:00">
        <meta name="author" content="By Ada Pier and Bo Quay">
        <link rel="canonical" href="/transport/ferries-sail">
    """
    assert _claims(
        head, "<h1>Ferries sail again</h1>", root='<html lang="en-gb">', feed_title="Ferries sail"
    ) == PageClaims(
        title="Ferries sail again",
        titles=("Ferries sail again", "Ferries sail"),
        authors=("Ada Pier", "Bo Quay"),
        published_at=datetime(2031, 5, 6, 7, 8, 7, tzinfo=UTC),
        language="en-GB",
        image="https://www.harbourgazette.example/img/ferry.jpg",
        canonical_url="https://www.harbourgazette.example/transport/ferries-sail",
        site_name="Harbour Gazette",
    )


AUTHORS = [
    pytest.param("Ada Pier", ("Ada Pier",), id="one"),
    pytest.param("Ada Pier; Bo Quay", ("Ada Pier", "Bo Quay"), id="semicolon"),
    pytest.param("Ada Pier, Bo Quay", ("Ada Pier", "Bo Quay"), id="comma"),
    pytest.param("Von Ada Pier und Bo Quay", ("Ada Pier", "Bo Quay"), id="german"),
    pytest.param("佐藤花子", ("佐藤花子",), id="japanese"),
    pytest.param("Harbour Gazette", (), id="the outlet"),
    pytest.param("Harbour Gazette Sports Desk", (), id="a desk of the outlet"),
    pytest.param("https://www.facebook.example/gazette", (), id="an address"),
    pytest.param("desk@harbour.example", (), id="an e-mail address"),
    pytest.param("admin", (), id="an account"),
    pytest.param("News Staff", (), id="nobody in particular"),
    pytest.param("adapier", (), id="a login"),
    pytest.param("AFP", (), id="an acronym"),
    pytest.param("undefined", (), id="a script's mistake"),
]


@pytest.mark.parametrize(("content", "wanted"), AUTHORS)
def test_only_people_are_authors(content: str, wanted: tuple[str, ...]) -> None:
    head = f'<meta property="og:site_name" content="Harbour Gazette"><meta name="author" content="{content}">'
    assert _claims(head).authors == wanted


def test_microdata_names_an_author() -> None:
    assert _claims("", '<span itemprop="author"><b itemprop="name">Ada Pier</b>, reporter</span>').authors == (
        "Ada Pier",
    )


INSTANTS = [
    pytest.param("2031-05-06T07:08:09Z", datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC), id="zulu"),
    pytest.param("2031-05-06T07:08:09.123+0530", datetime(2031, 5, 6, 1, 38, 9, 123000, tzinfo=UTC), id="offset"),
    pytest.param("2031-05-06 07:08", datetime(2031, 5, 6, 7, 8, tzinfo=UTC), id="no offset is UTC"),
    pytest.param("2031-05-06", datetime(2031, 5, 6, tzinfo=UTC), id="a day is its midnight"),
    pytest.param("1970-01-01T00:00:00Z", None, id="the epoch is no date"),
    pytest.param("0001-01-01T00:00:00+14:00", None, id="before all time"),
    pytest.param("yesterday", None, id="words"),
    pytest.param("", None, id="nothing"),
]


@pytest.mark.parametrize(("claim", "wanted"), INSTANTS)
def test_instants_are_utc(claim: str, wanted: datetime | None) -> None:
    assert parse_instant(claim) == wanted


@pytest.mark.parametrize(
    "href", ["javascript:void(0)", "mailto:a@b.example", "https://[broken", "", "data:text/html,x", "http://"]
)
def test_an_address_that_is_none_is_absent(href: str) -> None:
    claims = _claims(f'<link rel="canonical" href="{href}"><meta property="og:image" content="{href}">')
    assert (claims.canonical_url, claims.image) == (None, None)


@pytest.mark.parametrize(
    ("head", "body", "claimed"),
    [
        pytest.param('<link rel="canonical" href="/a"><meta property="og:url" content="/b">', "", "/a", id="two kinds"),
        pytest.param('<meta property="og:url" content="/b">', "", "/b", id="only Open Graph"),
        pytest.param(
            '<link rel="canonical" href="/a"><link rel="Canonical" href=" /a">', "", "/a", id="twice the same"
        ),
        pytest.param(
            '<link rel="canonical" href="/a"><link rel="canonical" href="/b">', "", None, id="two that differ"
        ),
        pytest.param(
            '<link rel="canonical" href="/a">', '<link rel="canonical" href="/b">', None, id="one in the text"
        ),
        pytest.param('<link rel="canonical" href="/a"><link rel="canonical" href="">', "", "/a", id="an empty one"),
    ],
)
def test_a_page_that_claims_two_addresses_claims_none(head: str, body: str, claimed: str | None) -> None:
    wanted = f"https://www.harbourgazette.example{claimed}" if claimed else None
    assert _claims(head, f"<p>Ferries sail.</p>{body}").canonical_url == wanted


@pytest.mark.parametrize(
    ("root", "wanted"),
    [
        pytest.param('<html lang="de">', "de", id="language"),
        pytest.param('<html lang="pt_BR">', "pt-BR", id="underscore"),
        pytest.param('<html lang="zh-hans-cn">', "zh-Hans-CN", id="script and region"),
        pytest.param('<html lang="x">', None, id="nonsense"),
        pytest.param("<html>", None, id="none"),
    ],
)
def test_languages_are_written_as_bcp_47_has_them(root: str, wanted: str | None) -> None:
    assert _claims("", root=root).language == wanted
