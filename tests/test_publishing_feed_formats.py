"""Each format is rendered by its own renderer."""

from __future__ import annotations

import pytest

from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.feed_formats import DigestFormat, render_digest, render_feed
from aggregator.publishing.html_page import render_html
from tests.newsstand import CARRIED, digest_page

BEGINS = {
    "atom": b"<feed ",
    "rss": b"<rss ",
    "json": b'{\n "version": "https://jsonfeed.org/',
    "html": b"<!doctype html>",
}


@pytest.mark.parametrize("name", BEGINS)
def test_a_digest_is_rendered_in_the_format_that_is_asked_for(name: str) -> None:
    page, form = digest_page(CARRIED), DigestFormat(name)
    rendered = render_digest(page, form)
    assert rendered.removeprefix(b"<?xml version='1.0' encoding='utf-8'?>\n").startswith(BEGINS[name])
    if form is DigestFormat.HTML:
        assert rendered == render_html(page)
    else:
        assert rendered == render_feed(digest_document(page), FeedFormat(name))
