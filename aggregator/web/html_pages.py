"""Renders the other pages: a story, an issue, the feeds, the status, an error.

Pure: takes values, returns HTML documents. ``publishing`` has the layout, so that every page looks like the digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aggregator.model.operations import FeedHealth, HourlyActivity, StoredQuantities
from aggregator.model.publishing import CopyDetail, Issue, StoryDetail
from aggregator.plurals import count_repetitions
from aggregator.publishing.digest_urls import html_path, issue_path, story_path
from aggregator.publishing.entry_content import is_web_url, paragraphs, story_body
from aggregator.publishing.html_page import page_templates
from aggregator.publishing.issue_entries import issue_content
from aggregator.publishing.text_differences import TextDifferences, compare_texts
from aggregator.publishing.xml_writer import legal_text
from aggregator.web import explanations
from aggregator.web.plots import HEIGHT, WIDTH, draw_plot

_TEMPLATES = page_templates("aggregator.web")
_TEMPLATES.filters.update(
    why_leads=explanations.why_leads,
    why_joined=explanations.why_joined,
    text_origin=explanations.text_origin,
    revisions=explanations.revision_count,
    percent=explanations.as_percent,
    state_of=explanations.state_in_words,
    counted=count_repetitions,
)


_POLLS = {
    "read": ("a document was read", ("read",)),
    "unchanged": ("not modified", ("unchanged",)),
    "waited": ("backoff, or no network", ("quiet", "offline")),
    "failed": ("failed", ()),
}
"""The parts of an hour's bar of polls: their label and their outcomes; the last part has all other outcomes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Compared:
    """A copy and its differences from the canonical copy."""

    copy: CopyDetail
    differences: TextDifferences


def render_story(detail: StoryDetail, *, root: str = "") -> bytes:
    """Renders the page of a story: its text, its copies, why they were merged and what they changed."""
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
        others=[_Compared(copy=copy, differences=compare_texts(lead.text, copy.text)) for copy in others],
    )


def render_issue(issue: Issue, *, root: str = "", query: str = "", static: bool = False) -> bytes:
    """Renders the page of one issue; ``query`` ends the URLs of the digest's pages.

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
    """Renders the page of the feeds with their health; ``hidden`` is the number of private feeds not shown."""
    return _render("feeds.html", root=root, feeds=feeds, hidden=hidden)


def render_status(
    stock: StoredQuantities, hours: Sequence[HourlyActivity], *, trouble: str | None, root: str = ""
) -> bytes:
    """Renders the status page: what the service did by hour, and its counts."""
    polls = draw_plot("Polls", hours, _polls_of, kinds=[(kind, words) for kind, (words, _) in _POLLS.items()])
    articles = draw_plot("New articles", hours, lambda hour: [("articles", hour.articles)])
    merged = draw_plot("Copies merged", hours, lambda hour: [("merged", hour.merged)])
    received = draw_plot(
        "Bytes of feeds", hours, lambda hour: [("received", hour.wire_bytes)], said=explanations.format_bytes
    )
    return _render(
        "status.html",
        root=root,
        facts=explanations.status_facts(stock),
        trouble=trouble,
        plots=[polls, articles, merged, received],
        hours=hours,
        size=(WIDTH, HEIGHT),
        numbers=explanations.status_numbers(stock),
    )


def _polls_of(hour: HourlyActivity) -> list[tuple[str, int]]:
    named = {outcome for _, outcomes in _POLLS.values() for outcome in outcomes}
    others = sum(number for outcome, number in hour.polls.items() if outcome not in named)
    counts = {kind: sum(hour.polls.get(name, 0) for name in outcomes) for kind, (_, outcomes) in _POLLS.items()}
    return [*(counts | {"failed": counts["failed"] + others}).items()]


def render_error(title: str, advice: str, *, root: str = "") -> bytes:
    """Renders an error page with advice."""
    return _render("error.html", root=root, title=title, advice=advice)


def _render(template: str, **values: object) -> bytes:
    return legal_text(_TEMPLATES.get_template(template).render(**values)).encode()
