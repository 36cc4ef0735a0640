"""Makes a page of a digest into a document of its feed."""

from __future__ import annotations

from aggregator.model.publishing import DigestPage
from aggregator.publishing import digest_urls, entry_content
from aggregator.publishing.issue_entries import issue_entry
from aggregator.publishing.published_entries import PublishedEntry, PublishedFeed, story_entry

_STORIES = "every story once, with every outlet that carried it"
_ISSUES = "one entry for each issue, with its stories and every outlet that carried them"


def digest_document(page: DigestPage) -> PublishedFeed:
    """Makes a page of a digest into a document of its feed."""
    title = entry_content.one_line(page.title)
    return PublishedFeed(
        uri=page.uri,
        title=title or entry_content.one_line(page.name) or "Digest",
        description=f"{title}: {_ISSUES if page.issues else _STORIES}",
        home_url=page.home_url,
        icon_url=digest_urls.service_url(page, "/favicon.svg"),
        address=digest_urls.document_urls(page),
        updated_at=page.updated_at,
        archive=page.archive is not None,
        hubs=page.hubs,
        entries=_entries(page),
    )


def _entries(page: DigestPage) -> tuple[PublishedEntry, ...]:
    path = digest_urls.service_url(page, digest_urls.issue_path(page.name))
    own = digest_urls.page_query(token=page.token)
    return (
        *(story_entry(story, page.content) for story in page.stories),
        *(issue_entry(issue, url=f"{path}/{issue.key}{own}", path=path, query=own) for issue in page.issues),
    )
