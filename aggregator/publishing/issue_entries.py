"""Makes issues of an edition and renders them as entries.

An issue is one entry whose content is its stories in order, each with the outlets that carried it. It is created
once, so later renderings give the same bytes.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from aggregator.model.publishing import CopyView, Issue, IssueCopy, IssueStory, LateStory, StoryView
from aggregator.publishing import entry_content
from aggregator.publishing.date_formats import day_and_time, rfc3339
from aggregator.publishing.published_entries import PublishedEntry
from aggregator.publishing.xml_writer import legal_text

_HEADLINES = 3
"""Number of headlines in the summary of an issue."""


def issue_key(due_at: datetime) -> str:
    """Returns the name of an issue in its URL: its due time in UTC."""
    return f"{due_at:%Y%m%dT%H%MZ}"


def issue_title(digest: str, due_at: datetime, zone: ZoneInfo) -> str:
    """Returns ``Morning: 3 November 2026, 07:00``, in the time zone of the edition."""
    return f"{entry_content.one_line(digest)}: {day_and_time(due_at.astimezone(zone))}"


def issue_story(story: StoryView) -> IssueStory:
    """Makes the story of an issue, which never changes."""
    return IssueStory(
        key=story.key,
        uri=story.uri,
        title=entry_content.headline(story),
        summary=entry_content.excerpt(story.text),
        credit=entry_content.one_line(story.credit or ""),
        language=entry_content.language_tag(story),
        copies=tuple(_copy(copy) for copy in entry_content.first_copies(story)),
    )


def late_story(story: StoryView, *, known: Container[str], issue: str) -> LateStory | None:
    """Makes the late entry of a story of an earlier issue: its new outlets, or None if there are none."""
    fresh = tuple(copy for carrier in entry_content.first_copies(story) if (copy := _copy(carrier)).outlet not in known)
    return LateStory(key=story.key, title=entry_content.headline(story), issue=issue, copies=fresh) if fresh else None


def issue_entry(issue: Issue, *, url: str, path: str, query: str = "") -> PublishedEntry:
    """Makes an issue into an entry; ``url`` is its page; other issues are at ``path``/KEY``query``."""
    headlines = [story.title for story in issue.stories[:_HEADLINES]]
    more = len(issue.stories) - len(headlines)
    return PublishedEntry(
        uri=issue.uri,
        url=url,
        title=issue.title,
        published_at=issue.due_at,
        updated_at=issue.due_at,
        authors=(issue.digest,),
        summary=" · ".join(headlines) + (f" · and {more} more" if more > 0 else ""),
        content=issue_content(issue, path=path, query=query),
        extension={
            "issue": issue.key,
            "stories": [
                {
                    "story_id": story.key,
                    "title": story.title,
                    "credit": story.credit or None,
                    "copies": [{"url": copy.url, "outlet": copy.outlet, "title": copy.title} for copy in story.copies],
                }
                for story in issue.stories
            ],
            "from": rfc3339(issue.since),
        },
    )


def issue_content(issue: Issue, *, path: str, query: str = "") -> str:
    """Returns the HTML of an issue: its stories in order, then new outlets of earlier stories."""
    return "\n".join((*map(_story, issue.stories), *_late(issue.late, path, query)))


def _story(story: IssueStory) -> str:
    lead, *others = story.copies
    lines = [f'<h3 dir="auto">{_linked(lead.url, story.title)}</h3>']
    if story.summary:
        lines.append(f'<p dir="auto">{escape(story.summary)}</p>')
    credit = f" · Credit: {escape(story.credit)}" if story.credit else ""
    also = f" · also carried by {_listed(others)}" if others else ""
    lines.append(f"<p><small>{escape(lead.outlet)}{credit}{also}</small></p>")
    return "\n".join(lines)


def _late(stories: Sequence[LateStory], path: str, query: str) -> tuple[str, ...]:
    if not stories:
        return ()
    items = "\n".join(
        f"<li>{_anchor(f'{path}/{story.issue}{query}', story.title)}: now also carried by {_listed(story.copies)}</li>"
        for story in stories
    )
    return "<hr>", "<h3>In earlier issues</h3>", f"<ul>\n{items}\n</ul>"


def _listed(copies: Sequence[IssueCopy]) -> str:
    named = [_linked(copy.url, copy.outlet) for copy in copies]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _linked(url: str, text: str) -> str:
    """Returns a link to an article, whose URL comes from a publisher."""
    return _anchor(url, text) if entry_content.is_web_url(url) else escape(text)


def _anchor(address: str, text: str) -> str:
    return f'<a href="{escape(legal_text(address))}">{escape(text)}</a>'


def _copy(copy: CopyView) -> IssueCopy:
    return IssueCopy(
        url=copy.url,
        outlet=entry_content.one_line(copy.outlet),
        title=entry_content.one_line(copy.title),
        feed=copy.feed_name,
    )
