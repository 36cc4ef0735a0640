"""Values of publishing: stories, digests and edition issues as readers see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from aggregator.model.dedup import Verdict
from aggregator.model.extraction import CutLine, TextSource
from aggregator.model.parsing import Enclosure


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyView:
    """One copy of a story as the digest names it; ``feed`` is the title of its feed, ``feed_name`` the name."""

    url: str
    outlet: str
    feed: str
    feed_url: str
    title: str
    published_at: datetime
    relation: str
    similarity: float
    feed_name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryView:
    """One story as every format of the digest renders it; ``copies`` starts with the canonical copy.

    ``key`` is the story's short public name, ``uri`` its tag URI (RFC 4151); neither ever
    changes. ``published_at`` is the first copy's time, ``updated_at`` moves only with a
    material change, ``update_note`` says what that was, ``visible_at`` is when the story
    entered the digest.
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
    """A copy of a story as an issue names it; ``feed`` is the name of its feed."""

    url: str
    outlet: str
    title: str
    feed: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueStory:
    """A story as it was when an issue was made: one copy of each outlet, the one that led first."""

    key: str
    uri: str
    title: str
    summary: str
    credit: str
    language: str | None
    copies: tuple[IssueCopy, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LateStory:
    """A story of an earlier issue, named by its key, and the copies of outlets that came since."""

    key: str
    title: str
    issue: str
    copies: tuple[IssueCopy, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One issue of an edition, as it was made: the stories of the time from ``since`` to ``due_at``."""

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
    """How much of its stories a digest holds."""

    FULL = "full"
    SUMMARY = "summary"
    LINK = "link"


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestPage:
    """One page of a digest: the stories, in order, and its place among the pages (from 1).

    ``archive`` says that it is the archive of one day (UTC), ``earlier`` is the newest day before with an
    archive. A digest with an edition holds ``issues`` instead of stories. ``token`` is the secret that its
    address holds; ``hubs`` push it.
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
    """One copy with its text, where that came from, and the verdict that let it join (None: it founded the story).

    ``article_id`` is the number by which people name it; ``modified_at``, ``section``, ``paywalled`` and
    ``live`` are what its page says of it.
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
    cuts: tuple[CutLine, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedStory:
    """Another story that may tell of the same event: its key, its headline, and the outlet that leads it."""

    key: str
    title: str
    outlet: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryDetail:
    """One story with everything the service knows of it; ``copies`` in the order of ``story.copies``."""

    story: StoryView
    copies: tuple[CopyDetail, ...]
    related: tuple[RelatedStory, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryMoved:
    """The story was united with an older one, whose key this is."""

    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryExpired:
    """The story was published once and is kept no longer."""

    key: str


class Audience(StrEnum):
    """For whom stories are chosen and rendered."""

    OWNER = "owner"
    EVERYONE = "everyone"
