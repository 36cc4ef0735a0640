"""What do the pages beside the digest say: one story, the feeds, an error?

Values in, whole HTML documents out; there is no request here. The layout and the words are
``publishing``'s, so that every page looks like the digest.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from aggregator.model import CopyDetail, FeedHealth, Issue, StoryDetail
from aggregator.publishing.content import is_web_url, paragraphs, story_body
from aggregator.publishing.differences import Differences, differences
from aggregator.publishing.issues import issue_content
from aggregator.publishing.links import html_path, issue_path, story_path
from aggregator.publishing.page import page_templates
from aggregator.publishing.xml import legal_text
from aggregator.web import wording
from aggregator.wording import counted

_TEMPLATES = page_templates("aggregator.web")
_TEMPLATES.filters.update(
    why_leads=wording.why_leads,
    why_joined=wording.why_joined,
    text_origin=wording.text_origin,
    revisions=wording.revisions,
    percent=wording.percent,
    state_of=wording.state_of,
    counted=counted,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Compared:
    """A copy and what it changed against the lead."""

    copy: CopyDetail
    differences: Differences


def render_story(detail: StoryDetail, *, root: str = "") -> bytes:
    """The page about one story: its text, its copies, why they were merged and what they changed."""
    story = detail.story
    lead, *others = detail.copies
    picture = story.image if story.image and is_web_url(story.image) and "<img" not in story.html else None
    return _render(
        "story.html",
        root=root,
        story=story,
        body=story_body(story) or paragraphs(lead.text),
        picture=picture,
        lead=lead,
        related=[(story_path(other.key), other) for other in detail.related],
        others=[_Compared(copy=copy, differences=differences(lead.text, copy.text)) for copy in others],
    )


def render_issue(issue: Issue, *, root: str = "", query: str = "", static: bool = False) -> bytes:
    """The page of one issue; ``query`` is what the addresses of the digest's pages end with.

    A ``static`` page has no links to pages that only the service has.
    """
    body = issue_content(issue, path=root + issue_path(issue.digest_name), query=query)
    return _render(
        "issue.html",
        root=root,
        static=static,
        issue=issue,
        digest_path=html_path(issue.digest_name) + query,
        body=Markup(body),  # noqa: S704  # made of escaped words
    )


def render_feeds(feeds: tuple[FeedHealth, ...], *, hidden: int = 0, root: str = "") -> bytes:
    """The page about the feeds: how each one is doing; ``hidden`` private ones are counted and not shown."""
    return _render("feeds.html", root=root, feeds=feeds, hidden=hidden)


def render_error(title: str, advice: str, *, root: str = "") -> bytes:
    """The page that says what went wrong and where to go from there."""
    return _render("error.html", root=root, title=title, advice=advice)


def _render(template: str, **values: object) -> bytes:
    return legal_text(_TEMPLATES.get_template(template).render(**values)).encode()
