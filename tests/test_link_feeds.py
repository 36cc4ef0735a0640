"""Link feeds meet the articles that they link to: credited with their discussions, never leading."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from html import escape

import pytest

from aggregator.model.extraction import TextSource
from aggregator.model.publishing import StoryDetail, StoryView
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.feed_formats import render_feed
from aggregator.settings.feeds_file import FeedSettings
from tests.feed_rules import mistakes
from tests.publisher import Publisher, reply
from tests.running import Running, configuration, running

pytestmark = pytest.mark.anyio

RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
WORDS = (
    "The ferry of Vessley sails at night again from Monday, after a pause of eleven months, the harbour office said.\n"
    "Two of the three vessels have quieter engines now, and the third is to follow when the ice has gone.\n"
    "Fares stay as they are until spring, and bicycles travel free on every crossing after nine in the evening.\n"
    "Four hundred people had signed for the late crossing, among them the whole choir of the old harbour church."
)
TITLE = "Night ferry of Vessley returns"
ESSAY = (
    "I have thought about night crossings for years, and I do not think that the harbour office understands them. A "
    "ferry at midnight is no traffic, it is a room full of strangers who are all late for the same reason. My father "
    "took one every Friday and never spoke of it, except to say that the coffee was better then. What they bring back "
    "now is a timetable; the room went with the old boats, and nobody signs a list for a room."
)


class Town:
    """Sites on one publisher, each with a host of its own."""

    def __init__(self, publisher: Publisher, database: str) -> None:
        self.publisher, self.database = publisher, database

    def url(self, site: str, path: str) -> str:
        return self.publisher.url(path, host=f"{site}.localhost")

    def feed(self, site: str, *items: str, **settings: object) -> FeedSettings:
        """A feed of a site, with the site as its link."""
        channel = f"<channel><title>{site.title()}</title><link>{self.url(site, '/')}</link>{''.join(items)}</channel>"
        self.publisher.script(f"/{site}.xml", reply(200, RSS, f"<rss version='2.0'>{channel}</rss>".encode()))
        return FeedSettings.model_validate({"url": self.url(site, f"/{site}.xml"), "name": site, **settings})

    def page(self, path: str, text: str = WORDS, title: str = TITLE) -> None:
        body = "".join(f"<p>{line}</p>" for line in text.split("\n"))
        html = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
        self.publisher.script(path, reply(200, HTML, html.encode()))


def item(link: str, *, title: str = TITLE, guid: str = "1", description: str = "", more: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{guid}</guid>"
        f"<description>{escape(description)}</description>{more}</item>"
    )


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async with Publisher() as publisher:
        publisher.script("/robots.txt", reply(404))
        yield Town(publisher, database_url)


def own(town: Town, **settings: object) -> FeedSettings:
    town.page("/ferry")
    enclosure = f'<enclosure url="{town.url("herald", "/f.mp3")}" length="5" type="audio/mpeg"/>'
    return town.feed("herald", item(town.url("herald", "/ferry"), more=enclosure), **settings)


def news(town: Town) -> FeedSettings:
    """A link feed with the article as its link, and comments."""
    comments = town.url("news", "/d/7")
    made = f'Article URL: <a href="{town.url("herald", "/ferry")}">x</a> Points: 31 # Comments: 7'
    return town.feed(
        "news", item(town.url("herald", "/ferry"), description=made, more=f"<comments>{comments}</comments>")
    )


def forum(town: Town) -> FeedSettings:
    """A link feed with its own page as the link."""
    made = f'by bo <a href="{town.url("herald", "/ferry")}">[link]</a> <a href="{town.url("forum", "/d/8")}">[comments]</a>'
    return town.feed("forum", item(town.url("forum", "/d/8"), title="TIL: a ferry at night", description=made))


def blog_of_links(town: Town) -> FeedSettings:
    """Posts without titles, with a remark."""
    link = town.url("herald", "/ferry")
    remark = f'<p>At last they bring it back: <a href="{link}">{link.partition("://")[2]}</a></p>'
    return town.feed("posts", item(town.url("posts", "/9"), title="", description=remark))


def planet(town: Town) -> FeedSettings:
    """The whole text of another site, with a link to it."""
    whole = "".join(f"<p>{line}</p>" for line in WORDS.split("\n"))
    return town.feed("planet", item(town.url("herald", "/ferry"), title=f"Herald: {TITLE}", description=whole))


def copies(story: StoryView) -> Mapping[str, str | None]:
    return {copy.feed_name: copy.discussion_url for copy in story.copies}


def detail(service: Running, story: StoryView) -> StoryDetail:
    found = service.library.story(story.key)
    assert isinstance(found, StoryDetail)
    return found


LINK_FEEDS = {"news": (news, "/d/7"), "forum": (forum, "/d/8"), "posts": (blog_of_links, "/9")}


@pytest.mark.parametrize("name", LINK_FEEDS)
@pytest.mark.parametrize("page_fails", [False, True], ids=["its page is read", "its page fails"])
async def test_a_link_post_joins_its_article_and_is_a_discussion(town: Town, name: str, page_fails: bool) -> None:
    make, path = LINK_FEEDS[name]
    feeds = make(town), own(town, full_text="feed" if page_fails else "auto")
    if page_fails:
        town.publisher.script("/ferry", reply(404))
    async with running(configuration(town.database, *feeds)) as service:
        await service.once()
        (story,) = service.stories
        assert (story.lead.feed_name, story.title) == ("herald", TITLE)
        assert copies(story) == {"herald": None, name: town.url(name, path)}
        assert [enclosure.media_type for enclosure in story.enclosures] == ["audio/mpeg"]
        assert (story.text == WORDS) is not page_fails
        document = render_feed(digest_document(service.digest()), FeedFormat.ATOM).decode()
        assert f'Discussed at &lt;a href="{town.url(name, path)}"' in document
        assert "Also carried" not in document
        assert re.search(
            f'rel="related"[^>]*href="{town.url(name, path)}"[^>]*title="Discussed at {name.title()}', document
        )


async def test_all_link_posts_of_an_article_are_one_story_without_the_article(town: Town) -> None:
    feeds = news(town), forum(town), blog_of_links(town)
    town.publisher.script("/ferry", reply(404))
    async with running(configuration(town.database, *feeds)) as service:
        await service.once()
        (story,) = service.stories
        assert set(copies(story)) == {"news", "forum", "posts"}
        assert story.text == ""
        content = digest_document(service.digest()).entries[0].content
        assert "<blockquote><p>At last they bring it back: <a href=" in content
        assert "Points" not in content


async def test_what_a_program_wrote_is_shown_where_nobody_wrote_more(town: Town) -> None:
    town.publisher.script("/ferry", reply(404))
    async with running(configuration(town.database, news(town))) as service:
        await service.once()
        assert "Points" in digest_document(service.digest()).entries[0].content


async def test_a_published_link_post_gives_way_to_the_article(town: Town) -> None:
    herald = own(town)
    feed = town.publisher
    feed.script("/herald.xml", reply(404))
    async with running(configuration(town.database, news(town), herald)) as service:
        await service.once()
        (before,) = service.stories
        assert (before.lead.feed_name, before.text) == ("news", WORDS)
        own(town)
        await service.once(after=timedelta(days=2))
        (after,) = service.stories
        assert (after.uri, after.lead.feed_name) == (before.uri, "herald")


@pytest.mark.parametrize("first", ["planet", "herald"])
@pytest.mark.parametrize("full_text", ["feed", "auto"])
async def test_the_outlet_leads_before_a_planet(town: Town, first: str, full_text: str) -> None:
    feeds = [planet(town), own(town)]
    whole = "".join(f"<p>{line}</p>" for line in WORDS.split("\n"))
    enclosure = f'<enclosure url="{town.url("herald", "/f.mp3")}" length="5" type="audio/mpeg"/>'
    town.feed("herald", item(town.url("herald", "/ferry"), description=whole, more=enclosure))
    wanted = [
        feed.model_copy(update={"full_text": full_text, "priority": 5 if feed.name == "planet" else 0})
        for feed in feeds
    ]
    wanted.sort(key=lambda feed: feed.name != first)
    async with running(configuration(town.database, *wanted)) as service:
        await service.once()
        (story,) = service.stories
        assert (story.lead.feed_name, story.lead_rule, len(story.enclosures)) == ("herald", "own site", 1)
        assert copies(story) == {"herald": None, "planet": None}
        assert "Also carried by" in digest_document(service.digest()).entries[0].content


async def test_an_essay_about_an_article_is_an_article(town: Town) -> None:
    essay = town.feed(
        "essays",
        item(
            town.url("herald", "/ferry"),
            title="Rooms at midnight",
            description=f"<p>{ESSAY}</p>",
            more=f"<comments>{town.url('essays', '/10')}</comments>",
        ),
    )
    town.page("/10", ESSAY, "Rooms at midnight")
    async with running(configuration(town.database, essay, own(town))) as service:
        await service.once()
        stories = {story.lead.feed_name: story for story in service.stories}
        assert {name: len(story.copies) for name, story in stories.items()} == {"essays": 1, "herald": 1}
        assert (stories["essays"].text, stories["essays"].lead.url) == (ESSAY, town.url("essays", "/10"))


async def test_a_redirect_to_an_article_joins_it_and_does_not_lead(town: Town) -> None:
    source = f'<source url="{town.url("herald", "/")}">Herald</source>'
    redirecting = town.feed("finder", item(town.url("finder", "/articles/C7"), title=f"{TITLE} - Herald", more=source))
    town.publisher.script("/articles/C7", reply(302, {"Location": town.url("herald", "/ferry")}))
    async with running(
        configuration(town.database, redirecting.model_copy(update={"priority": 9}), own(town))
    ) as service:
        await service.once()
        (story,) = service.stories
        assert ([copy.feed_name for copy in story.copies], story.lead_rule) == (["herald", "finder"], "own site")


async def test_a_claim_to_be_an_article_takes_no_link_post_over(town: Town) -> None:
    claiming = town.feed("claims", item(town.url("claims", "/claim"), title="Another story"))
    html = f'<html><head><link rel="canonical" href="{town.url("herald", "/ferry")}"></head><body><article><p>{ESSAY}</p></article></body></html>'
    town.publisher.script("/claim", reply(200, HTML, html.encode()))
    town.publisher.script("/ferry", reply(404))
    async with running(configuration(town.database, claiming, news(town))) as service:
        await service.once()
        assert len(service.stories) == 2


async def test_a_remark_is_never_the_text(town: Town) -> None:
    town.publisher.script("/ferry", reply(404))
    async with running(configuration(town.database, blog_of_links(town))) as service:
        await service.once()
        (story,) = service.stories
        assert (story.text, detail(service, story).copies[0].text_source) == ("", TextSource.TITLE)
        assert story.comments_url == town.url("posts", "/9")


async def test_every_format_of_a_discussed_story_keeps_its_rules(town: Town) -> None:
    async with running(
        configuration(town.database, news(town), forum(town), blog_of_links(town), own(town))
    ) as service:
        await service.once()
        assert [mistakes(render_feed(digest_document(service.digest()), form), form) for form in FeedFormat] == [
            [],
            [],
            [],
        ]


async def test_two_link_posts_of_one_feed_are_two_discussions(town: Town) -> None:
    posts = (
        item(
            town.url("herald", "/ferry"), title=title, guid=guid, more=f"<comments>{town.url('news', path)}</comments>"
        )
        for title, guid, path in (("A ferry at night", "1", "/d/1"), ("Ferries, again", "2", "/d/2"))
    )
    async with running(configuration(town.database, town.feed("news", *posts), own(town))) as service:
        await service.once()
        (story,) = service.stories
        assert story.lead.feed_name == "herald"
        assert {copy.discussion_url for copy in story.copies} == {
            None,
            town.url("news", "/d/1"),
            town.url("news", "/d/2"),
        }
