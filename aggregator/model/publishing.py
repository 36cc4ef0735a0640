"""Holds the values of publishing: stories, digests and edition issues as readers see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from aggregator.model.dedup import Verdict
from aggregator.model.extraction import RemovedLine, TextSource
from aggregator.model.parsing import Enclosure


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyView:
    """One copy of a story as a digest shows it; ``feed`` is the title of its feed, ``feed_name`` the name.

    A link post has a ``discussion_url``, the page of its discussion, and perhaps a ``remark``: what its publisher
    wrote, as HTML.
    """

    url: str
    outlet: str
    feed: str
    feed_url: str
    title: str
    published_at: datetime
    relation: str
    similarity: float
    feed_name: str = ""
    discussion_url: str | None = None
    remark: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryView:
    """One story as every digest format renders it; ``copies`` begins with the canonical copy.

    ``key`` is the story's short public name, ``uri`` its tag URI (RFC 4151); neither ever changes.
    ``published_at`` is the time of the first copy, ``updated_at`` changes only with a change of substance, which
    ``update_note`` describes. ``visible_at`` is when the story entered the digest. ``enclosures`` are those of all
    copies, the canonical copy's first, perhaps with repetitions.
    """

    key: str
    uri: str
    title: str
    text: str
    html: str
    lead_rule: str
    published_at: datetime
    updated_at: datetime
    visible_at: datetime
    first_seen_at: datetime
    copies: tuple[CopyView, ...]
    authors: tuple[str, ...] = ()
    credit: str | None = None
    language: str | None = None
    image: str | None = None
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    comments_url: str | None = None
    update_note: str = ""

    @property
    def lead(self) -> CopyView:
        """The canonical copy."""
        return self.copies[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueCopy:
    """A copy of a story as an issue shows it; ``feed`` is the name of its feed."""

    url: str
    outlet: str
    title: str
    feed: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueStory:
    """A story as it was when its issue was made: one copy of each outlet, the canonical copy first."""

    key: str
    uri: str
    title: str
    summary: str
    credit: str
    language: str | None
    copies: tuple[IssueCopy, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LateStory:
    """A story of an earlier issue, which ``issue`` names by its key, and the copies of outlets that came since."""

    key: str
    title: str
    issue: str
    copies: tuple[IssueCopy, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One issue of an edition, as it was made: the stories published between ``since`` and ``due_at``."""

    digest_name: str
    digest: str
    key: str
    uri: str
    title: str
    since: datetime
    due_at: datetime
    stories: tuple[IssueStory, ...]
    late: tuple[LateStory, ...] = ()


class Content(StrEnum):
    """The amount of a story's text that a digest contains."""

    FULL = "full"
    SUMMARY = "summary"
    LINK = "link"


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestPage:
    """One page of a digest: its stories, in order, and its number among the pages (from 1).

    ``archive`` is the day (UTC) if the page is a day's archive, ``earlier`` the newest day before with an
    archive. A digest with an edition has ``issues`` instead of stories. ``token`` is the secret in its URL;
    ``hubs`` push it.
    """

    name: str
    title: str
    uri: str
    home_url: str
    base_url: str
    stories: tuple[StoryView, ...]
    updated_at: datetime
    page: int = 1
    pages: int = 1
    content: Content = Content.FULL
    archive: date | None = None
    earlier: date | None = None
    token: str | None = field(default=None, repr=False)
    hubs: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyDetail:
    """One copy with its text, the source of the text, and the verdict that let it join (None for the first).

    ``article_id`` is the number by which people refer to it; ``modified_at``, ``section``, ``paywalled`` and
    ``live`` are metadata of its page.
    """

    article_id: int
    view: CopyView
    text: str
    text_source: TextSource
    text_reason: str
    verdict: Verdict | None
    revisions: int
    modified_at: datetime | None = None
    section: str | None = None
    paywalled: bool = False
    live: bool = False
    cuts: tuple[RemovedLine, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedStory:
    """Another story that may be about the same event: key, headline, and outlet of the canonical copy."""

    key: str
    title: str
    outlet: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryDetail:
    """One story with everything that the service knows of it; ``copies`` in the order of ``story.copies``."""

    story: StoryView
    copies: tuple[CopyDetail, ...]
    related: tuple[RelatedStory, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryMoved:
    """The story was merged into an older one, which has this key."""

    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryExpired:
    """The story was published and has expired."""

    key: str


class Audience(StrEnum):
    """The readers for whom stories are selected and rendered."""

    OWNER = "owner"
    EVERYONE = "everyone"
