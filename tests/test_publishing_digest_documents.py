"""A page of a digest is a document of its feed, with stories or with issues."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from aggregator.model.publishing import Content, Issue, IssueCopy, IssueStory
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import document_urls
from aggregator.publishing.published_entries import PublishedFeed, story_entry
from tests.newsstand import CARRIED, MORNING, digest_page, story_view

ISSUE = Issue(
    digest_name="sea",
    digest="Sea",
    key="20261103T0700Z",
    uri="tag:digest.example,2026:issue:sea",
    title="Sea: 3 November 2026, 07:00",
    since=MORNING - timedelta(days=1),
    due_at=MORNING,
    stories=(
        IssueStory(
            key="ferry",
            uri="tag:digest.example,2026:story:ferry",
            title="Ferry",
            summary="Boats.",
            credit="",
            language="en",
            copies=(IssueCopy(url="https://a.example/1", outlet="a.example", title="Ferry", feed="a"),),
        ),
    ),
)
STORIES_TOLD = "every story once, with every outlet that carried it"
ISSUES_TOLD = "one entry for each issue, with its stories and every outlet that carried them"


def test_a_page_of_stories_becomes_a_document() -> None:
    page = digest_page(CARRIED, story_view("other"), content=Content.SUMMARY, hubs=("https://hub.example/",))
    assert digest_document(page) == PublishedFeed(
        uri="tag:digest.example,2026:digest:digest",
        title="Morning digest",
        description=f"Morning digest: {STORIES_TOLD}",
        home_url="https://digest.example/",
        icon_url="https://digest.example/favicon.svg",
        address=document_urls(page),
        updated_at=MORNING + timedelta(hours=1),
        entries=(story_entry(CARRIED, Content.SUMMARY), story_entry(story_view("other"), Content.SUMMARY)),
        archive=False,
        hubs=("https://hub.example/",),
    )
    assert digest_document(digest_page(archive=date(2026, 11, 3))).archive


def test_a_page_of_issues_has_one_entry_for_each() -> None:
    document = digest_document(digest_page(name="sea", issues=(ISSUE,), token="s&c", base_url="https://d.example/n/"))
    assert document.description == f"Morning digest: {ISSUES_TOLD}"
    assert document.icon_url == "https://d.example/n/favicon.svg"
    (entry,) = document.entries
    assert (entry.uri, entry.title) == (ISSUE.uri, ISSUE.title)
    assert entry.url == "https://d.example/n/digests/sea/20261103T0700Z?token=s%26c"
    open_issue = digest_document(digest_page(name="sea", issues=(ISSUE,))).entries[0]
    assert open_issue.url == "https://digest.example/digests/sea/20261103T0700Z"


@pytest.mark.parametrize(
    ("title", "name", "expected"),
    [
        (" The\n Sea ", "sea", "The Sea"),
        (" ", "sea", "sea"),
        ("", "", "Digest"),
    ],
)
def test_a_document_always_has_a_title(title: str, name: str, expected: str) -> None:
    assert digest_document(digest_page(title=title, name=name)).title == expected
