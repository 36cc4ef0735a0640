"""Metadata of a page from all its sources."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.extraction.page_metadata import PageMetadata, read_page_metadata

URL = "https://www.harbourgazette.example/transport/ferries"
SITE = '<meta property="og:site_name" content="Harbour Gazette">'


def _claims(head: str, body: str = "<p>x</p>", *, root: str = "<html>", feed_title: str | None = None) -> PageMetadata:
    tree = html.document_fromstring(f"{root}<head>{head}</head><body>{body}</body></html>")
    return read_page_metadata(tree, url=URL, feed_title=feed_title)


def _structured(**said: Any) -> str:
    node = {"@type": "NewsArticle", **said}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def test_a_page_that_says_nothing_claims_nothing() -> None:
    assert _claims("") == PageMetadata()


def test_everything_that_meta_tags_say_is_read() -> None:
    head = f"""
        <title>Ferries sail again | Harbour Gazette</title>
        <meta property="og:title" content="Ferries sail again">
        {SITE}
        <meta property="og:image" content="/img/ferry.jpg">
        <meta property="article:published_time" content="2031-05-06T09:08:07+02:00">
        <meta property="article:modified_time" content="2031-05-06T10:08:07+02:00">
        <meta property="article:section" content="Transport">
        <meta property="article:content_tier" content="metered">
        <meta name="syndication-source" content="https://corvuswire.example/ferries">
        <meta name="author" content="By Ada Pier and Bo Quay">
        <link rel="canonical" href="/transport/ferries-sail">
    """
    assert _claims(
        head, "<h1>Ferries sail again</h1>", root='<html lang="en-gb">', feed_title="Ferries sail"
    ) == PageMetadata(
        title="Ferries sail again",
        titles=("Ferries sail again", "Ferries sail"),
        authors=("Ada Pier", "Bo Quay"),
        published_at=datetime(2031, 5, 6, 7, 8, 7, tzinfo=UTC),
        modified_at=datetime(2031, 5, 6, 8, 8, 7, tzinfo=UTC),
        language="en-GB",
        image="https://www.harbourgazette.example/img/ferry.jpg",
        section="Transport",
        canonical_url="https://www.harbourgazette.example/transport/ferries-sail",
        site_name="Harbour Gazette",
        credits=("https://corvuswire.example/ferries",),
        paywalled=True,
    )


def test_everything_that_json_ld_says_is_read() -> None:
    head = _structured(
        headline="Ferries sail again",
        articleBody="Boats left on Monday.",
        author=[{"@type": "Person", "name": "Ada Pier"}, {"@type": "Organization", "name": "Corvus Wire"}],
        publisher={"@type": "Organization", "name": "Harbour Gazette"},
        datePublished="2031-05-06T09:08:07+02:00",
        inLanguage="en",
        image="/img/ferry.jpg",
        articleSection="Transport",
        copyrightHolder={"name": "Harbour Gazette"},
        sourceOrganization={"name": "Corvus Wire"},
        isAccessibleForFree=False,
        **{"@type": "LiveBlogPosting"},
    )
    assert _claims(head) == PageMetadata(
        title="Ferries sail again",
        titles=("Ferries sail again",),
        authors=("Ada Pier",),
        published_at=datetime(2031, 5, 6, 7, 8, 7, tzinfo=UTC),
        language="en",
        image="https://www.harbourgazette.example/img/ferry.jpg",
        section="Transport",
        site_name="Harbour Gazette",
        credits=("Corvus Wire",),
        paywalled=True,
        live=True,
        body="Boats left on Monday.",
    )


def _person(name: str) -> dict[str, str]:
    return {"@type": "Person", "name": name}


BYLINE = '<h1>Ferries sail</h1><div class="byline">By Cy Mole</div>'
AUTHOR = '<meta name="author" content="Bo Quay">'
AUTHORS = [
    pytest.param(_structured(author=_person("Ada Pier")) + AUTHOR, BYLINE, ("Ada Pier",), id="structured first"),
    pytest.param(AUTHOR, BYLINE, ("Bo Quay",), id="then meta tags"),
    pytest.param("", f'<i itemprop="author">Dee Dock</i>{BYLINE}', ("Dee Dock",), id="then microdata"),
    pytest.param("", BYLINE, ("Cy Mole",), id="then the byline"),
    pytest.param(
        SITE + _structured(author=_person("Harbour Gazette")), BYLINE, ("Cy Mole",), id="a byline beats the outlet"
    ),
    pytest.param(
        '<meta name="author" content="https://facebook.example/gazette"><meta name="byl" content="By Bo Quay">',
        "",
        ("Bo Quay",),
        id="a second tag where the first names nobody",
    ),
    pytest.param(
        SITE,
        '<h1>Ferries sail</h1><p class="byline">By Harbour Gazette</p><p>x</p><b class="author">Cy Mole</b>',
        (),
        id="what stands below the outlet's own byline is another story's",
    ),
    pytest.param(
        _structured(author=_person("Ada Pier"), publisher=_person("Ada Pier")), "", ("Ada Pier",), id="a site of one"
    ),
    pytest.param('<meta name="author" content="Ada\u200b Pi\u00ader">', "", ("Ada Pier",), id="what nobody sees goes"),
    pytest.param("", "<p>She asked Ada Pier for a word.</p>", (), id="nobody is invented"),
]


@pytest.mark.parametrize(("head", "body", "wanted"), AUTHORS)
def test_the_first_witness_that_names_people_names_the_authors(head: str, body: str, wanted: tuple[str, ...]) -> None:
    assert _claims(head, body or "<p>x</p>").authors == wanted


CREDITS = [
    pytest.param('<meta name="original-source" content="Corvus Wire">', ("Corvus Wire",), id="the origin"),
    pytest.param(_structured(creditText="Corvus Wire"), ("Corvus Wire",), id="a credit"),
    pytest.param(
        _structured(author={"@type": "Organization", "name": "Reuters"}), ("Reuters",), id="an agency as author"
    ),
    pytest.param(_structured(author=[_person("Ada Pier"), _person("dpa")]), ("dpa",), id="an agency beside an author"),
    pytest.param(_structured(author=_person("Northport News Staff")), (), id="a desk is no origin"),
    pytest.param(SITE + _structured(copyrightHolder="Harbour Gazette"), (), id="the outlet itself"),
    pytest.param("", (), id="none"),
]


@pytest.mark.parametrize(("head", "wanted"), CREDITS)
def test_a_credit_names_somebody_else(head: str, wanted: tuple[str, ...]) -> None:
    assert _claims(head).credits == wanted


SECTIONS = [
    pytest.param('<meta property="article:section" content="Transport">', "Transport", id="a tag"),
    pytest.param(
        _structured(articleSection="Ferries") + '<meta property="article:section" content="Transport">',
        "Ferries",
        id="structured first",
    ),
    pytest.param("", None, id="none"),
]


@pytest.mark.parametrize(("head", "wanted"), SECTIONS)
def test_the_section_is_named(head: str, wanted: str | None) -> None:
    assert _claims(head).section == wanted


SPELLINGS = [
    pytest.param("<h1>Fer&shy;ries sail</h1>", id="a soft hyphen"),
    pytest.param("<h1>Ferries&#x200b; sail</h1>", id="a space of no width"),
    pytest.param("<h1>\u200eFerries sail</h1>", id="a mark of direction"),
    pytest.param("<h1>Ferries\n  <br>sail</h1>", id="a break"),
    pytest.param("<h1><em>Ferries</em> sail</h1>", id="markup"),
    pytest.param('<meta name="og:title" content="&lt;i&gt;Ferries&lt;/i&gt; sail">', id="markup that was escaped"),
    pytest.param('<meta name="og:title" content="Ferries&amp;nbsp;sail">', id="escaped twice"),
    pytest.param(_structured(headline="Ferries sail\u00ad"), id="in JSON-LD"),
]


@pytest.mark.parametrize("said", SPELLINGS)
def test_a_title_is_plain_words(said: str) -> None:
    assert _claims("", said).title == "Ferries sail"


def test_a_title_keeps_what_looks_like_markup_and_is_none() -> None:
    assert _claims("", "<h1>Is 3 &lt; 5 &gt; 4?</h1>").title == "Is 3 < 5 > 4?"


def test_what_the_page_and_its_feed_say_in_short_is_kept_once_each() -> None:
    head = """<meta property="og:description" content="Members vote &amp;amp; return">
        <meta name="description" content="A vote by a narrow margin"><meta name="twitter:description" content=" Members
        vote &amp;amp; return ">"""
    tree = html.document_fromstring(f"<html><head>{head}</head><body><p>x</p></body></html>")
    claims = read_page_metadata(tree, url=URL, feed_summary="Crews return")
    assert claims.summaries == ("Members vote & return", "A vote by a narrow margin", "Crews return")
    assert read_page_metadata(tree, url=URL, feed_summary="").summaries == claims.summaries[:2]


def test_the_section_is_cut_from_the_title() -> None:
    head = '<title>Ferries sail again - Transport - harbourgazette</title><meta property="article:section" content="Transport">'
    assert _claims(head).title == "Ferries sail again"


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


LANGUAGES = [
    pytest.param('<html lang="de">', "", "de", id="of the document"),
    pytest.param('<html xml:lang="de">', "", "de", id="as XHTML has it"),
    pytest.param("<html>", _structured(inLanguage="de-AT"), "de-AT", id="structured"),
    pytest.param("<html>", '<meta property="og:locale" content="de_DE">', "de-DE", id="open graph"),
    pytest.param("<html>", '<meta http-equiv="content-language" content="de">', "de", id="a header's twin"),
    pytest.param('<html lang="de">', '<meta property="og:locale" content="en_US">', "de", id="the document's first"),
    pytest.param('<html lang="x">', "", None, id="nonsense"),
    pytest.param("<html>", "", None, id="none"),
]


@pytest.mark.parametrize(("root", "head", "wanted"), LANGUAGES)
def test_the_language_is_claimed_in_many_places(root: str, head: str, wanted: str | None) -> None:
    assert _claims(head, root=root).language == wanted


def test_the_letters_of_the_text_tell_the_language_too() -> None:
    body = "<p>Экипажи северных гаваней проголосовали за соглашение.</p>"
    assert _claims("", body, root='<html lang="en">').language == "ru"


def test_a_page_of_headings_is_read_to_its_fiftieth() -> None:
    headings = "".join(f"<h1>Boat number {number} sails</h1>" for number in range(10_000))
    head = '<meta property="og:title" content="Boat number 49 sails"><meta property="og:title" content="x">'
    assert _claims(head, headings).title == "Boat number 49 sails"


NAVIGATION = st.lists(
    st.sampled_from([
        '<a rel="author" href="/author/cy">Cy Mole</a>',
        '<span class="byline">By Cy Mole</span>',
        '<time datetime="2029-01-02">2 January</time>',
        '<b class="date">2 January 2029</b>',
        '<a href="/sport">Sport</a>',
        "Menu",
    ]),
    max_size=12,
)  # fmt: skip
PAGE = """<h1>Ferries sail</h1><p class="author">Ada Pier</p><time datetime="2031-05-06">6 May</time>
    <p>The crews of the harbours voted on Monday to accept the offer of the companies.</p>"""


@given(NAVIGATION, st.booleans())
def test_a_block_of_navigation_changes_nothing(items: list[str], above: bool) -> None:
    block = f"<nav>{''.join(items)}</nav>"
    assert _claims("", f"{block}{PAGE}" if above else f"{PAGE}{block}") == _claims("", PAGE)


@given(st.text(max_size=60).map(lambda text: text.replace("<", "").replace('"', "").replace("\0", "")))
def test_no_text_in_any_tag_is_an_error(text: str) -> None:
    names = ("og:title", "author", "article:published_time", "og:locale", "article:section", "source", "og:image")
    head = "".join(f'<meta name="{name}" content="{text}">' for name in names)
    assert isinstance(_claims(f"<title>{text}</title>{head}", f"<h1>{text}</h1>"), PageMetadata)
