"""Every document that is published keeps the rules of its format, whatever its texts hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.model.operations import Alert, AlertKind, RecordedAlert
from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import Content, DigestPage, Issue, IssueCopy, IssueStory, LateStory
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.feed_formats import render_feed
from aggregator.publishing.operator_feed import operator_feed
from aggregator.publishing.published_entries import PublishedFeed
from tests.feed_rules import mistakes
from tests.newsstand import ANY_PAGE, CARRIED, MORNING, digest_page, story_view

COPIES = st.builds(IssueCopy, url=st.text(), outlet=st.text(), title=st.text(), feed=st.text())
ISSUE_STORIES = st.builds(
    IssueStory,
    key=st.text(),
    uri=st.text(),
    title=st.text(),
    summary=st.text(),
    credit=st.text(),
    language=st.none(),
    copies=st.lists(COPIES, min_size=1, max_size=3).map(tuple),
)
LATE = st.builds(
    LateStory,
    key=st.text(),
    title=st.text(),
    issue=st.text(),
    copies=st.lists(COPIES, min_size=1, max_size=2).map(tuple),
)
ISSUES = st.builds(
    Issue,
    digest_name=st.just("digest"),
    digest=st.text().filter(str.isprintable).filter(str.strip),
    key=st.just("20261201T0600Z"),
    uri=st.just("tag:x.invalid,2026:digest/1"),
    title=st.text(),
    since=st.just(MORNING),
    due_at=st.just(MORNING),
    stories=st.lists(ISSUE_STORIES, max_size=3).map(tuple),
    late=st.lists(LATE, max_size=2).map(tuple),
)
SITUATIONS = st.builds(
    RecordedAlert,
    number=st.integers(1),
    alert=st.builds(Alert, kind=st.sampled_from(AlertKind), subject=st.text(), title=st.text(), text=st.text()),
    began_at=st.just(MORNING),
    ended_at=st.none() | st.just(MORNING),
)


def with_ids(page: DigestPage) -> DigestPage:
    """The page as it can be stored: each story under an id of its own."""
    stories = tuple(replace(story, uri=f"tag:x.invalid,2026:{n}") for n, story in enumerate(page.stories))
    return replace(page, stories=stories)


def check(feed: PublishedFeed) -> None:
    for form in FeedFormat:
        assert mistakes(render_feed(feed, form), form) == []


@pytest.mark.parametrize(
    "page",
    [
        digest_page(),
        digest_page(CARRIED, story_view("raft")),
        digest_page(CARRIED, page=2, pages=3),
        digest_page(CARRIED, archive=date(2026, 11, 3), earlier=date(2026, 11, 1)),
        digest_page(CARRIED, hubs=("https://hub.example/",), token="a-long-secret-word"),
        digest_page(CARRIED, content=Content.LINK),
        digest_page(replace(CARRIED, update_note="1 paragraph added"), content=Content.SUMMARY),
    ],
    ids=["empty", "stories", "a page", "an archive", "with a hub", "links only", "summaries"],
)
def test_documents_keep_the_rules(page: DigestPage) -> None:
    check(digest_document(page))


@given(ANY_PAGE, st.sampled_from(Content))
@example(digest_page(story_view(enclosures=(Enclosure(url="", media_type="\x1f"),))), Content.FULL)
def test_any_text_in_any_field_keeps_the_rules(page: DigestPage, content: Content) -> None:
    check(digest_document(replace(with_ids(page), content=content)))


@given(ISSUES)
def test_any_issue_keeps_the_rules(issue: Issue) -> None:
    check(digest_document(digest_page(issues=(issue,))))


@given(st.lists(SITUATIONS, max_size=3, unique_by=lambda known: known.number))
def test_any_situation_keeps_the_rules(situations: Sequence[RecordedAlert]) -> None:
    check(operator_feed(situations, authority="x.invalid,2026", base_url="https://digest.example"))


BROKEN = [
    ("atom", '<link rel="self"', '<link rel="other"', "4.1.1: the feed has not one self link"),
    ("atom", "<updated>2026-11-03T09:05:00Z", "<updated>yesterday", "3.3: updated of feed is 'yesterday'"),
    ("atom", "<name>Morning digest</name>", "<name> </name>", "3.2.1: an author of feed has no name"),
    ("rss", ' isPermaLink="false"', "", "the guid of item 0 is said to be a link and is none"),
    ("rss", "<guid", "<title>Again</title><guid", "item 0 has more than one title"),
    ("json", "1.1", "1.0", "the version is not 1.1"),
    ("json", '"content_html"', '"content_other"', "item 0 has neither content_html nor content_text"),
]


@pytest.mark.parametrize(("suffix", "old", "new", "told"), BROKEN)
def test_the_check_finds_what_is_wrong(suffix: str, old: str, new: str, told: str) -> None:
    body = render_feed(
        digest_document(digest_page(story_view(updated_at=MORNING + timedelta(hours=1)))), FeedFormat(suffix)
    )
    assert told in mistakes(body.replace(old.encode(), new.encode()), suffix)
