"""What an article is stored with, of what its page and its feed say."""

from __future__ import annotations

from typing import Any

import pytest

from aggregator.model.extraction import ArticleText, ExtractedPage
from aggregator.steps.article_text import read_feed
from aggregator.store.articles import ArticleSource
from tests.stored import NOW

TEXT = "The crews of the northern harbours voted on Monday to accept the offer of the companies."


def _read(page: dict[str, Any], **said: Any) -> ArticleText:
    feed: dict[str, Any] = {"authors": (), "language": None, "image": None, **said}
    source = ArticleSource(
        article_id=1,
        feed="one",
        published_at=NOW,
        url="https://one.example/ferries",
        title="Ferries sail",
        content="",
        summary="",
        full_text="page",
        private=False,
        **feed,
    )
    extracted = ExtractedPage(**{"text": TEXT, "html": f"<p>{TEXT}</p>", **page})
    return read_feed(source, extracted)[0]


CREDITS = [
    pytest.param({"credits": ("https://www.reuters.com/x",)}, (), "Reuters", id="the page's claim"),
    pytest.param({"text": f"{TEXT}\nSource: AFP", "credits": ("dpa",)}, (), "AFP", id="the text before the claim"),
    pytest.param({"credits": ("dpa",)}, ("Ada Pier, AFP",), "AFP", id="the authors before the claim"),
    pytest.param({"credits": ("Harbour Media Group",)}, (), None, id="an owner is no agency"),
]


@pytest.mark.parametrize(("page", "authors", "wanted"), CREDITS)
def test_an_article_is_credited_to_whom_its_text_its_authors_or_its_page_name(
    page: dict[str, Any], authors: tuple[str, ...], wanted: str | None
) -> None:
    assert _read(page, authors=authors).credit == wanted


def test_the_feed_knows_its_authors_and_picture_and_the_page_its_language() -> None:
    page = {"authors": ("Cy Mole",), "image": "https://one.example/page.jpg", "language": "en-GB"}
    text = _read(page, authors=("Ada Pier",), image="https://one.example/feed.jpg", language="en")
    assert (text.authors, text.image, text.language) == (("Ada Pier",), "https://one.example/feed.jpg", "en-GB")
    text = _read(page)
    assert (text.authors, text.image) == (("Cy Mole",), "https://one.example/page.jpg")
