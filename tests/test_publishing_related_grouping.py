"""Stories of one event follow one another on a page, and nothing is lost or moved otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.related_reports import RELATED_WITHIN
from aggregator.model.publishing import StoryView
from aggregator.publishing.related_grouping import MOST_GROUPED_STORIES, group_related
from tests.newsstand import MORNING, story_view

CRANE = "Cracks end the crane of Vessley harbour after a century"
TITLES = {
    "crane": CRANE,
    "herbs": "Museum opens a garden of herbs and stones",
    "cracks": f"{CRANE}, engineers say",
    "choir": "Choir of fishermen sings in the capital",
    "late": f"{CRANE}: what comes next",
}
STORIES = [
    story_view(
        key, title=title, text="", published_at=MORNING - (RELATED_WITHIN + timedelta(hours=1)) * (key == "late")
    )
    for key, title in TITLES.items()
]


def test_a_story_follows_the_newest_of_its_event_and_the_others_keep_their_order() -> None:
    assert [story.key for story in group_related(STORIES)] == ["crane", "cracks", "herbs", "choir", "late"]
    assert group_related(STORIES) == group_related(group_related(STORIES))


@given(st.permutations(STORIES))
def test_nothing_is_lost_or_doubled_and_the_first_stays_first(stories: list[StoryView]) -> None:
    found = group_related(stories)
    assert sorted(story.key for story in found) == sorted(TITLES)
    assert found[0] is stories[0]


def test_the_rest_of_a_long_page_stays_as_it_is() -> None:
    stories = [story_view(f"{number}", title=f"Choir {number}", text="") for number in range(MOST_GROUPED_STORIES)]
    assert [story.key for story in group_related([*stories, *STORIES])[-5:]] == list(TITLES)


@pytest.mark.parametrize(("hours", "order"), [(12, ["crane", "cracks", "herbs"]), (12.1, ["crane", "herbs", "cracks"])])
def test_stories_within_twelve_hours_are_grouped(hours: float, order: list[str]) -> None:
    stories = [
        story_view(key, title=TITLES[key], text="", published_at=MORNING - timedelta(hours=hours) * (key == "cracks"))
        for key in ("crane", "herbs", "cracks")
    ]
    assert [story.key for story in group_related(stories)] == order
