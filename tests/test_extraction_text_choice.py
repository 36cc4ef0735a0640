"""The text of an article, and the reason that is stored with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.extraction.text_choice import choose_text
from aggregator.model.extraction import ArticleText, ExtractedPage, NoArticle, PageOutcome, TextSource
from aggregator.settings.feeds_file import FullText

URL = "https://harbour.example/ferries"


def _words(count: int) -> str:
    return " ".join(["ferry"] * count)


def _feed(count: int) -> str:
    return f"<p>{_words(count)}</p>"


def _page(count: int) -> ExtractedPage:
    return ExtractedPage(text=_words(count), html=_feed(count))


def _chosen(
    *, content: str = "", summary: str = "", page: PageOutcome | None, policy: FullText = FullText.AUTO
) -> ArticleText:
    return choose_text(title="Ferries sail", content=content, summary=summary, page=page, policy=policy, entry_url=URL)


def _article(source: TextSource, count: int, reason: str) -> ArticleText:
    html = _feed(count) if count else ""
    return ArticleText(title="Ferries sail", text=_words(count), html=html, source=source, reason=reason)


ROBOTS = NoArticle(reason="robots.txt forbids the page")

CASES = [
    pytest.param(
        _feed(38), _page(412), FullText.AUTO,
        _article(TextSource.PAGE, 412, "the page has 412 words, the feed 38"), id="page over teaser",
    ),
    pytest.param(
        "", _page(1), FullText.AUTO,
        _article(TextSource.PAGE, 1, "the page has 1 word, the feed none"), id="page and nothing else",
    ),
    pytest.param(
        _feed(400), _page(60), FullText.AUTO,
        _article(TextSource.FEED, 400, "the page has much less text than the feed: 60 words against 400"), id="paywall stub",
    ),
    pytest.param(
        _feed(400), _page(380), FullText.AUTO,
        _article(TextSource.PAGE, 380, "the page has 380 words, the feed 400"), id="page nearly as long",
    ),
    pytest.param(
        _feed(400), _page(60), FullText.PAGE,
        _article(TextSource.PAGE, 60, "the page has 60 words, the feed 400"), id="policy page",
    ),
    pytest.param(
        _feed(40), _page(400), FullText.FEED,
        _article(TextSource.FEED, 40, "full_text is set to feed"), id="policy feed",
    ),
    pytest.param(
        _feed(40), ROBOTS, FullText.AUTO,
        _article(TextSource.FEED, 40, "robots.txt forbids the page"), id="page forbidden",
    ),
    pytest.param(
        "", ROBOTS, FullText.PAGE,
        _article(TextSource.TITLE, 0, "robots.txt forbids the page; the feed has no text either"), id="title only",
    ),
    pytest.param(
        _feed(40), ExtractedPage(text="", html=""), FullText.PAGE,
        _article(TextSource.FEED, 40, "the page has no text"), id="an empty page",
    ),
    pytest.param(
        _feed(40), None, FullText.AUTO,
        _article(TextSource.FEED, 40, "the page was not fetched"), id="page not asked",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "page", "policy", "wanted"), CASES)
def test_the_fuller_text_is_chosen_within_the_policy(
    content: str, page: PageOutcome | None, policy: FullText, wanted: ArticleText
) -> None:
    assert _chosen(content=content, page=page, policy=policy) == wanted


def test_the_summary_stands_in_for_a_missing_or_shorter_content() -> None:
    assert _chosen(content="", summary=_feed(9), page=None).text == _words(9)
    assert _chosen(content=_feed(3), summary=_feed(9), page=None).text == _words(9)
    assert _chosen(content=_feed(9), summary=_feed(3), page=None).html == _feed(9)


COMIC = '<img src="https://harbour.example/14.png" alt="A cat explains gravity" title="the joke">'
HEADLINE = ExtractedPage(
    text="Ferries sail\nNovember 3 · next strip", html="<h1>Ferries sail</h1>", title="Ferries sail"
)


@pytest.mark.parametrize(
    ("page", "policy", "html", "text"),
    [
        pytest.param(None, FullText.FEED, COMIC, "", id="the feed alone"),
        pytest.param(ROBOTS, FullText.AUTO, COMIC, "", id="no page"),
        pytest.param(ExtractedPage(text="", html=""), FullText.AUTO, COMIC, "", id="an empty page"),
        pytest.param(HEADLINE, FullText.AUTO, COMIC, "", id="a headline"),
        pytest.param(HEADLINE, FullText.PAGE, COMIC, "", id="a headline, and the page is wanted"),
        pytest.param(_page(40), FullText.AUTO, COMIC + _feed(40), _words(40), id="a text beside the picture"),
        pytest.param(
            ExtractedPage(text=_words(40), html=_feed(40) + COMIC), FullText.AUTO, _feed(40) + COMIC, _words(40),
            id="a text around the picture",
        ),
    ],
)  # fmt: skip
def test_an_entry_that_is_a_picture_keeps_it(page: PageOutcome | None, policy: FullText, html: str, text: str) -> None:
    chosen = _chosen(content=COMIC, page=page, policy=policy)
    assert (chosen.html, chosen.text) == (html, text)
    assert chosen.source is (TextSource.PAGE if text else TextSource.FEED)


def test_a_page_with_fewer_pictures_of_a_short_post_gives_way() -> None:
    post = _feed(9) + COMIC
    assert _chosen(content=_feed(101) + COMIC, page=_page(101)).source is TextSource.PAGE
    assert _chosen(content=post, page=_page(9)).html == post
    assert _chosen(content=post, page=_page(10)).source is TextSource.PAGE
    assert _chosen(content=post, page=ExtractedPage(text=_words(9), html=post)).source is TextSource.PAGE
    assert _chosen(content=post, page=_page(9), policy=FullText.PAGE).source is TextSource.PAGE


def test_an_entry_without_a_link_says_so() -> None:
    chosen = choose_text(title="Note", content=_feed(3), summary="", page=None, policy=FullText.AUTO, entry_url=None)
    assert chosen.reason == "the entry has no link to a page"


PAGE = ExtractedPage(
    text=_words(100),
    html=_feed(100),
    title="Ferries sail again",
    authors=("Ada Pier",),
    published_at=datetime(2031, 5, 6, tzinfo=UTC),
    modified_at=datetime(2031, 5, 7, tzinfo=UTC),
    language="en",
    image="https://harbour.example/a.jpg",
    section="Transport",
    canonical_url=URL,
    credits=("Corvus Wire",),
    paywalled=True,
    live=True,
    site_name="Harbour Gazette",
)


def test_what_the_page_says_of_itself_comes_along_even_when_its_text_does_not() -> None:
    chosen = choose_text(
        title="Ferries sail - Harbour Gazette",
        content=_feed(400),
        summary="",
        page=PAGE,
        policy=FullText.AUTO,
        entry_url=URL,
    )
    assert chosen == ArticleText(
        title="Ferries sail",
        text=_words(400),
        html=_feed(400),
        source=TextSource.FEED,
        reason="the page has much less text than the feed: 100 words against 400",
        authors=("Ada Pier",),
        published_at=datetime(2031, 5, 6, tzinfo=UTC),
        modified_at=datetime(2031, 5, 7, tzinfo=UTC),
        language="en",
        image="https://harbour.example/a.jpg",
        section="Transport",
        canonical_url=URL,
        credits=("Corvus Wire",),
        paywalled=True,
        live=True,
    )


@pytest.mark.parametrize(
    ("entry_title", "wanted"),
    [
        pytest.param("Ferries sail again!", "Ferries sail again", id="the page's headline when both agree"),
        pytest.param("Rhubarb", "Rhubarb", id="the entry's when they do not"),
        pytest.param("", "Ferries sail again", id="the page's when the entry has none"),
    ],
)
def test_the_title_is_the_headline_that_the_entry_confirms(entry_title: str, wanted: str) -> None:
    chosen = choose_text(title=entry_title, content="", summary="", page=PAGE, policy=FullText.AUTO, entry_url=URL)
    assert chosen.title == wanted
