"""Entries that point to an article elsewhere, in the ways in which link feeds write them."""

from __future__ import annotations

import json
from html import escape

from aggregator.model.parsing import ParsedEntry, ParsedFeed
from aggregator.parsing.feed_document import parse_feed
from aggregator.parsing.link_posts import LONGEST_REMARK
from tests.loops import loop_over

ARTICLE = "https://ann.example/copper"
FEED = "https://links.example/feed"
ESSAY = "The museum keeps its kettles in three rooms and every room smells of rain. " * 6


def parse(document: str, url: str = FEED) -> tuple[ParsedEntry, ...]:
    feed = parse_feed(document.encode(), url=url, content_type=None)
    assert isinstance(feed, ParsedFeed)
    return feed.entries


def rss(*items: str, site: str = "https://links.example/") -> str:
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Links</title>'
        f"<link>{site}</link>{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"
    )


def atom(*entries: str) -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>Links</title>'
        '<link href="https://links.example/"/><updated>2026-11-01T00:00:00Z</updated>'
        f"{''.join(f'<entry><id>urn:{n}</id><title>Copper tour</title>{e}</entry>' for n, e in enumerate(entries))}</feed>"
    )


def described(markup: str) -> str:
    return f"<description>{escape(markup)}</description>"


TITLE = "<title>Copper tour of the valley</title>"
DISCUSSION = "https://links.example/d/7"
ITEM_AT_HOME = f"<link>{DISCUSSION}</link><guid>{DISCUSSION}</guid>"
ITEM_ELSEWHERE = f"<link>{ARTICLE}</link><guid isPermaLink='false'>7</guid>"
LINK_POSTS = {
    "an article and its comments": rss(
        TITLE
        + ITEM_ELSEWHERE
        + f"<comments>{DISCUSSION}</comments>"
        + described(
            f'<p>Article URL: <a href="{ARTICLE}">{ARTICLE}</a></p>'
            f'<p>Comments URL: <a href="{DISCUSSION}">{DISCUSSION}</a></p><p>Points: 31</p><p># Comments: 7</p>'
        )
    ),
    "the same with the link to the comments": rss(
        TITLE
        + ITEM_AT_HOME
        + described(
            f'<p>Article URL: <a href="{ARTICLE}">{ARTICLE}</a></p>'
            f'<p>Comments URL: <a href="{DISCUSSION}">{DISCUSSION}</a></p><p>Points: 31</p>'
        )
    ),
    "comments as the only text": rss(
        TITLE
        + ITEM_ELSEWHERE
        + f"<comments>{DISCUSSION}</comments>"
        + described(f'<p><a href="{DISCUSSION}">Comments</a></p>')
    ),
    "an anchor in brackets": atom(
        f'<link href="{DISCUSSION}"/><content type="html">'
        + escape(
            f'submitted by <a href="https://links.example/u/bo">/u/bo</a> <br/> <span><a href="{ARTICLE}">[link]</a>'
            f'</span> <span><a href="{DISCUSSION}">[comments]</a></span>'
        )
        + "</content>"
    ),
    "a page of its own as related": atom(
        f'<link rel="alternate" href="{ARTICLE}"/><link rel="related" href="{DISCUSSION}"/>'
        '<content type="html">The best tour that I know of.</content>'
    ),
    "an external URL": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Links",
            "home_page_url": "https://links.example/",
            "items": [
                {"id": "7", "url": DISCUSSION, "external_url": ARTICLE, "title": "T", "content_text": "Go there."}
            ],
        }
    ),
    "a post without a title": rss(
        ITEM_AT_HOME
        + described(
            '<p>Go there, <a class="mention" href="https://other.example/@bo">@bo</a>! '
            f'<a href="{ARTICLE}" rel="nofollow"><span class="invisible">https://</span>'
            '<span class="ellipsis">ann.example/cop</span><span class="invisible">per</span></a> '
            '<a href="https://other.example/tags/copper" class="mention hashtag" rel="tag">#copper</a></p>'
        )
    ),
    "a post in plain text": rss(ITEM_AT_HOME + f"<description>Go there: {ARTICLE}.</description>"),
    "a post with its beginning as a title": rss(
        "<title>Go there and see it: https…</title>" + ITEM_AT_HOME + described(f"Go there and see it: {ARTICLE}")
    ),
    "a headline as an anchor": rss(
        "<title>Copper tour of the valley (Ann / Ann's Blog)</title>"
        + ITEM_AT_HOME
        + described(
            f'<a href="https://ann.example/"><img src="https://links.example/i.png"></a> Ann / Ann\'s Blog: '
            f'<b><a href="{ARTICLE}">Copper tour of the valley</a></b> — Kettles, in three rooms.'
        )
    ),
    "permanent pages in many guids": rss(
        f"{TITLE}<link>{ARTICLE}</link><guid>{DISCUSSION}</guid>",
        f"{TITLE}<link>https://bo.example/</link><guid>https://links.example/d/8</guid>",
    ),
}


@loop_over("name", LINK_POSTS)
def test_a_link_post_is_the_article_elsewhere_with_its_discussion(name: str) -> None:
    entry = parse(LINK_POSTS[name])[0]
    assert (entry.url, entry.comments_url) == (ARTICLE, DISCUSSION)


NO_LINK_POSTS = {
    "an article at home": (TITLE + ITEM_AT_HOME + described("Kettles, in three rooms."), DISCUSSION),
    "a teaser with a link": (
        TITLE + ITEM_AT_HOME + described(f'Kettles in three rooms, says <a href="{ARTICLE}">Ann</a> of the valley.'),
        DISCUSSION,
    ),
    "a teaser that shows a URL": (
        TITLE
        + ITEM_AT_HOME
        + described(f'More of the kettles in the three rooms at <a href="{ARTICLE}">ann.example</a>'),
        DISCUSSION,
    ),
    "a post with two links": (ITEM_AT_HOME + described(f"See {ARTICLE} and https://bo.example/tour"), DISCUSSION),
    "a post of many words": (ITEM_AT_HOME + described(f"{ESSAY} {ARTICLE}"), DISCUSSION),
    "a picture in brackets": (
        TITLE + ITEM_AT_HOME + described('<a href="https://i.other.example/k.jpg">[link]</a>'),
        DISCUSSION,
    ),
    "comments on the page of the article": (
        TITLE + ITEM_ELSEWHERE + f"<comments>{ARTICLE}#comments</comments>" + described("Kettles."),
        ARTICLE,
    ),
    "a page on another domain of the outlet": (TITLE + ITEM_ELSEWHERE + described("Kettles."), ARTICLE),
    "the text of a source": (
        f"{TITLE}{ITEM_ELSEWHERE}<comments>{DISCUSSION}</comments><source url='https://ann.example/f'>Ann</source>"
        + described(ESSAY),
        ARTICLE,
    ),
    "an essay with its own page": (
        TITLE + ITEM_ELSEWHERE + f"<comments>{DISCUSSION}</comments>" + described(ESSAY),
        DISCUSSION,
    ),
}


@loop_over("name", NO_LINK_POSTS)
def test_an_article_that_links_stays_an_article(name: str) -> None:
    item, url = NO_LINK_POSTS[name]
    assert [entry.url for entry in parse(rss(item))] == [url]


def test_one_anchor_to_an_article_is_no_habit_of_a_feed() -> None:
    naming = TITLE + ITEM_AT_HOME + described(f'<a href="{ARTICLE}">Copper tour of the valley</a>, by Ann.')
    others = [f"<title>Kettles {n}</title><link>https://links.example/{n}</link>" for n in range(2)]
    assert parse(rss(naming))[0].url == ARTICLE
    assert parse(rss(naming, *others))[0].url == DISCUSSION


def test_the_fragment_of_a_discussion_is_none_of_the_article() -> None:
    item = f"<link>{DISCUSSION}#top</link><guid isPermaLink='false'>7</guid>" + described(f"Go there: {ARTICLE}")
    (entry,) = parse(rss(item))
    assert (entry.url, entry.anchor) == (ARTICLE, "")


def test_a_line_of_a_text_is_a_title() -> None:
    text = f"Replace the kettle\n\nAs {ARTICLE} says, copper is better."
    item = "<title>Replace the kettle</title>" + ITEM_AT_HOME + described(f"<pre>{text}</pre>")
    assert parse(rss(item))[0].url == DISCUSSION


def test_a_remark_is_kept_and_what_a_program_wrote_is_not() -> None:
    remark, made = (
        parse(rss(TITLE + ITEM_ELSEWHERE + f"<comments>{DISCUSSION}</comments>" + described(text)))[0]
        for text in ("The best tour that I know of.", "<p>Points: 31</p><p># Comments: 7</p>")
    )
    assert (remark.summary, made.summary) == ("<p>The best tour that I know of.</p>", "")
    assert made.content == "<p>Points: 31</p><p># Comments: 7</p>"


def test_an_essay_begins_with_the_next_word() -> None:
    def url(count: int) -> str | None:
        item = TITLE + ITEM_ELSEWHERE + f"<comments>{DISCUSSION}</comments>" + described("word " * count)
        return parse(rss(item))[0].url

    assert (url(LONGEST_REMARK), url(LONGEST_REMARK + 1)) == (ARTICLE, DISCUSSION)


def test_the_outlet_that_a_source_names_is_no_part_of_the_title() -> None:
    item = (
        "<title>Crane turns again - Example Herald</title><link>https://links.example/articles/C7</link>"
        '<source url="https://herald.example">Example Herald</source>'
    )
    assert parse(rss(item))[0].title == "Crane turns again"


def test_the_uid_of_an_entry_stays() -> None:
    assert parse(LINK_POSTS["an anchor in brackets"])[0].uid == "urn:0"
