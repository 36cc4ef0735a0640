"""Orders the stories of a page so that related ones follow each other.

``dedup.related_reports`` finds the related stories.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.dedup.related_reports import RELATED_WITHIN, RelatedWindow
from aggregator.model.dedup import StoryBeginning
from aggregator.model.publishing import StoryView

MOST_GROUPED_STORIES = 300
"""Most stories, from the newest, that are grouped: each is compared with every other."""


def group_related(stories: Sequence[StoryView]) -> tuple[StoryView, ...]:
    """Returns the same stories; each story follows an earlier one that it is related to, else the order stays."""
    newest, rest = stories[:MOST_GROUPED_STORIES], stories[MOST_GROUPED_STORIES:]
    window = RelatedWindow.of(StoryBeginning(key=story.key, title=story.title, text=story.text) for story in newest)
    left = {story.key: story for story in newest}
    ordered: list[StoryView] = []
    for story in newest:
        if left.pop(story.key, None) is None:
            continue
        found = set(window.related(story.key, most=len(newest)))
        near = [
            other.key
            for other in left.values()
            if other.key in found and abs(other.published_at - story.published_at) <= RELATED_WITHIN
        ]
        ordered.extend((story, *map(left.pop, near)))
    return (*ordered, *rest)
