"""Stories, pages and a library to publish from, all invented."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from aggregator.errors import StoreError
from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.model.extraction import TextSource
from aggregator.model.operations import FeedHealth, HourlyActivity, RecordedAlert, ServiceHealth, StoredQuantities
from aggregator.model.parsing import Enclosure
from aggregator.model.polling import FeedState
from aggregator.model.publishing import (
    Audience,
    CopyDetail,
    CopyView,
    DigestPage,
    Issue,
    IssueStory,
    StoryDetail,
    StoryExpired,
    StoryMoved,
    StoryView,
)
from aggregator.publishing.operator_feed import operator_feed
from aggregator.publishing.published_entries import PublishedFeed

MORNING = datetime(2026, 11, 3, 8, 5, tzinfo=UTC)

FERRY = (
    "HARBOUR TOWN, Nov 3 (AP) - The island ferry will sail at night again from Monday, the port authority said, "
    "ending a pause of eleven months.\n"
    "Two of the three vessels were refitted with quieter engines over the summer.\n"
    "Fares stay as they are until spring.\n"
    "Residents had collected 4,000 signatures for the late crossing."
)
FERRY_COPY = (
    "The island ferry will sail at night again from Monday, the harbour office said, ending a break of eleven months.\n"
    "Two of the three vessels were refitted with quieter engines over the summer.\n"
    "Fares stay as they are until spring.\n"
    "Our readers can plan their crossing with the timetable in Saturday's paper."
)


def copy_view(outlet: str = "apnews.com", **changes: Any) -> CopyView:
    """A copy as the digest names it."""
    slug = outlet.split(".", maxsplit=1)[0]
    view = CopyView(
        url=f"https://{outlet}/2026/ferry",
        outlet=outlet,
        feed=f"{slug} – World",
        feed_url=f"https://{outlet}/feed.xml",
        title="Island ferry to sail at night again",
        published_at=MORNING,
        relation="near-copy",
        similarity=0.96,
    )
    return replace(view, **changes)


def story_view(key: str = "ferry", **changes: Any) -> StoryView:
    """A story with one copy, unless told otherwise."""
    view = StoryView(
        key=key,
        uri=f"tag:digest.example,2026:story:{key}",
        title="Island ferry to sail at night again",
        text=FERRY,
        html="".join(f"<p>{line}</p>" for line in FERRY.splitlines()),
        lead_rule="origin",
        published_at=MORNING,
        updated_at=MORNING + timedelta(hours=1),
        visible_at=MORNING + timedelta(minutes=10),
        first_seen_at=MORNING + timedelta(minutes=2),
        copies=(copy_view(),),
        language="en",
    )
    return replace(view, **changes)


CARRIED = story_view(
    copies=(
        copy_view("coastal-times.example", relation="exact", similarity=1.0),
        copy_view("apnews.com", title="Night ferry returns"),
        copy_view("harbour-post.example", published_at=MORNING + timedelta(minutes=40)),
    ),
    authors=("Ida Brandt",),
    credit="Associated Press",
    lead_rule="priority",
    categories=("Transport", "Islands"),
)
"""A story of the AP that another outlet's copy leads."""


def digest_page(*stories: StoryView, **changes: Any) -> DigestPage:
    """One page of the main digest with these stories."""
    page = DigestPage(
        name="digest",
        title="Morning digest",
        uri="tag:digest.example,2026:digest:digest",
        home_url="https://digest.example/",
        base_url="https://digest.example",
        stories=stories,
        updated_at=MORNING + timedelta(hours=1),
    )
    return replace(page, **changes)


def story_detail(story: StoryView = CARRIED) -> StoryDetail:
    """The story with the texts of its copies: the lead's, and for each other copy a changed one."""
    evidence = Evidence(
        shorter=0.914, longer=0.861, shared=53, passage="Fares stay as they are until spring.", conflicts=("11 ≠ 12",)
    )
    lead = CopyDetail(
        article_id=1,
        view=story.lead,
        text=FERRY,
        text_source=TextSource.PAGE,
        text_reason="the page gave more than the feed",
        verdict=None,
        revisions=1,
    )
    others = tuple(
        CopyDetail(
            article_id=2,
            view=view,
            text=FERRY_COPY,
            text_source=TextSource.FEED,
            text_reason="",
            verdict=Verdict(relation=Relation.NEAR_COPY, rule="covered by the longer", evidence=evidence),
            revisions=0,
        )
        for view in story.copies[1:]
    )
    return StoryDetail(story=story, copies=(lead, *others))


def feed_health(name: str = "coastal-times", **changes: Any) -> FeedHealth:
    """A feed that works."""
    health = FeedHealth(
        name=name,
        title="Coastal Times",
        url="https://coastal-times.example/feed.xml",
        configured_url="https://coastal-times.example/feed.xml",
        moving_to=None,
        outlet="coastal-times.example",
        tags=("coast",),
        entries=1204,
        state=FeedState.ACTIVE,
        failures=0,
        last_poll_at=MORNING,
        next_poll_at=MORNING + timedelta(hours=1),
        last_outcome="ok",
        outcomes=("ok", "ok"),
        reason="",
        problems=(),
        private=False,
        retired=False,
    )
    return replace(health, **changes)


def coast_issue(*stories: IssueStory, **changes: Any) -> Issue:
    """An issue of the edition called coast with these stories."""
    issue = Issue(
        digest_name="coast",
        digest="Coast",
        key="20261103T0600Z",
        uri="tag:x.invalid,2026:1",
        title="Coast: 3 November 2026, 07:00",
        since=MORNING,
        due_at=MORNING,
        stories=stories,
    )
    return replace(issue, **changes)


@dataclass(kw_only=True)
class Newsstand:
    """A library that holds what it was given; ``broken`` makes every question fail, ``full`` is why nothing can be stored."""

    digests: dict[str, tuple[DigestPage, ...]] = field(default_factory=dict)
    stories: dict[str, StoryDetail | StoryMoved | StoryExpired] = field(default_factory=dict)
    polled: tuple[FeedHealth, ...] = ()
    broken: Exception | None = None
    full: str | None = None
    readers: Audience = Audience.OWNER
    archives: dict[tuple[str, date], tuple[DigestPage, ...]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    situations: tuple[RecordedAlert, ...] = ()
    changes: int = 0
    asked: int = 0

    def version(self) -> Hashable:
        self._fail_if_broken()
        return self.changes

    def may_read(self, name: str, token: str | None) -> bool:
        self._fail_if_broken()
        return name in self.digests and self.tokens.get(name) in (None, token)

    def digest(self, name: str, page: int, *, archive: date | None = None) -> DigestPage | None:
        self._fail_if_broken()
        self.asked += 1
        pages = self.digests.get(name, ()) if archive is None else self.archives.get((name, archive), ())
        return pages[page - 1] if 1 <= page <= len(pages) else None

    def issue(self, name: str, key: str) -> Issue | None:
        self._fail_if_broken()
        pages = self.digests.get(name, ())
        return next((issue for page in pages for issue in page.issues if issue.key == key), None)

    def may_operate(self, token: str | None) -> bool:
        return token == self.tokens.get("operator")

    def operator_feed(self, token: str | None) -> PublishedFeed | None:
        self._fail_if_broken()
        if not self.may_operate(token):
            return None
        return operator_feed(self.situations, authority="x.invalid", base_url="https://digest.example")

    def digest_names(self) -> tuple[str, ...]:
        self._fail_if_broken()
        return tuple(name for name in self.digests if name not in self.tokens)

    def story(self, key: str) -> StoryDetail | StoryMoved | StoryExpired | None:
        self._fail_if_broken()
        return self.stories.get(key)

    def feeds(self) -> tuple[FeedHealth, ...]:
        self._fail_if_broken()
        return self.polled

    def subscriptions(self) -> bytes:
        self._fail_if_broken()
        return b"<opml version='2.0'/>"

    def audience(self) -> Audience:
        self._fail_if_broken()
        return self.readers

    def trouble(self) -> str | None:
        return self.full

    def last_poll_at(self) -> datetime | None:
        return self.health().last_poll_at

    def health(self) -> ServiceHealth:
        self._fail_if_broken()
        return ServiceHealth(
            feeds=8,
            entries=120,
            articles=110,
            stories=70,
            copies_merged=40,
            due_feeds=1,
            pages_waiting=2,
            articles_waiting=3,
            last_poll_at=MORNING,
            requests=900,
            unchanged=700,
            wire_bytes=8_000_000,
            saved_bytes=21_000_000,
        )

    def activity(self) -> tuple[HourlyActivity, ...]:
        self._fail_if_broken()
        return tuple(
            HourlyActivity(
                begins_at=MORNING - timedelta(hours=47 - number),
                polls={} if number == 3 else {"read": number % 5, "unchanged": 12, "http-error": number % 3 // 2},
                wire_bytes=30_000 * (number % 7),
                articles=number % 6,
                merged=number % 4,
            )
            for number in range(48)
        )

    def stock(self) -> StoredQuantities:
        return StoredQuantities(
            health=self.health(),
            feeds_by_state={"active": 7, "failing": 1},
            digest_sizes={"digest": 70, 'the "coast"': 3},
            database_bytes=4_000_000,
        )

    def _fail_if_broken(self) -> None:
        if self.broken is not None:
            raise self.broken


def stocked() -> Newsstand:
    """A library with a digest of two pages, a second digest, a story, a story that moved, and feeds."""
    first = digest_page(CARRIED, story_view("bridge", title="Old bridge opens <again> & again"), pages=2)
    second = digest_page(story_view("market", title="Market moves indoors"), page=2, pages=2)
    other = digest_page(name="coast", title="The coast", uri="tag:digest.example,2026:digest:coast")
    return Newsstand(
        digests={"digest": (first, second), "coast": (other,)},
        stories={"ferry": story_detail(), "raft": StoryMoved(key="ferry")},
        polled=(
            feed_health(),
            feed_health(
                "harbour-post", failures=3, last_outcome="http error", reason="503 for an hour", problems=("no dates",)
            ),
            feed_health("old", retired=True, last_poll_at=None, next_poll_at=None),
        ),
    )


UNAVAILABLE = StoreError("the database cannot be opened")


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
"""Any code points: controls, lone surrogates and characters that are none."""

_ANY_COPY = st.builds(
    copy_view,
    outlet=ANY_TEXT,
    url=ANY_TEXT,
    feed=ANY_TEXT,
    feed_url=ANY_TEXT,
    title=ANY_TEXT,
    relation=ANY_TEXT,
    similarity=st.floats(0, 1),
    published_at=st.datetimes(timezones=st.just(UTC)),
)
ANY_STORY = st.builds(
    story_view,
    key=ANY_TEXT,
    uri=ANY_TEXT,
    title=ANY_TEXT,
    text=ANY_TEXT,
    html=ANY_TEXT,
    published_at=st.datetimes(timezones=st.just(UTC)),
    copies=st.lists(_ANY_COPY, min_size=1, max_size=3).map(tuple),
    authors=st.lists(ANY_TEXT, max_size=2).map(tuple),
    categories=st.lists(ANY_TEXT, max_size=2).map(tuple),
    credit=st.none() | ANY_TEXT,
    language=st.none() | ANY_TEXT,
    image=st.none() | ANY_TEXT,
    enclosures=st.lists(
        st.builds(Enclosure, url=ANY_TEXT, media_type=st.none() | ANY_TEXT, length=st.none() | st.integers(0, 2**40)),
        max_size=2,
    ).map(tuple),
)
ANY_PAGE = st.builds(
    lambda stories, title, name: digest_page(*stories, title=title, name=name),
    st.lists(ANY_STORY, max_size=2),
    ANY_TEXT,
    ANY_TEXT,
)
