"""What readers of a digest are told when a story changes, and what not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model.publishing import Content, StoryView
from aggregator.publishing.published_entries import story_entry
from tests.desk import HEADLINE, Desk

pytestmark = pytest.mark.anyio

URL = "https://herald.example/crane"
TEXT = (
    "The harbour crane of Vessley, eighty metres high, comes down on Saturday after sixty years.\n"
    "Engineers will lower the boom first and then cut the tower into nine pieces on the quay.\n"
    "Two of the pieces go to the museum of the port, the rest to a foundry in Harnmouth."
)


def shown(desk: Desk) -> StoryView:
    (story,) = desk.service.stories
    return story


async def test_a_reader_is_told_what_changed_since_they_read_the_story(desk: Desk) -> None:
    desk.read(URL, TEXT)
    await desk.publish()
    before = shown(desk)
    assert (before.update_note, before.updated_at) == ("", before.published_at)
    desk.service.clock.advance(timedelta(hours=1))
    desk.read(URL, TEXT + "\nThe quay stays closed until Monday.", title="Harbour crane of Vessley is down")
    await desk.place()
    after = shown(desk)
    assert after.update_note == f"headline changed: {HEADLINE} → Harbour crane of Vessley is down; 1 paragraph added"
    assert (after.uri, after.updated_at) == (before.uri, desk.service.clock())
    assert f"{after.update_note}.</small></p>" in story_entry(after).content


async def test_a_corrected_letter_reaches_readers_without_calling_for_them(desk: Desk) -> None:
    desk.read(URL, TEXT.replace("foundry", "foundrry"))
    await desk.publish()
    before = shown(desk)
    desk.service.clock.advance(timedelta(hours=1))
    desk.read(URL, TEXT)
    await desk.place()
    after = shown(desk)
    assert (after.text, after.updated_at, after.update_note) == (TEXT, before.updated_at, "")


async def test_a_change_between_two_readings_of_the_feed_is_told_from_what_was_read(desk: Desk) -> None:
    """Two revisions arrive before the first of them is placed: the note speaks of both."""
    desk.read(URL, TEXT)
    await desk.publish()
    desk.service.clock.advance(timedelta(hours=1))
    desk.read(URL, TEXT + "\nThe quay stays closed until Monday.")
    desk.read(URL, TEXT + "\nThe quay stays closed until Monday.\nDivers search the basin before ships return.")
    await desk.place()
    assert shown(desk).update_note == "2 paragraphs added"


async def test_what_changed_before_publication_is_no_update(desk: Desk) -> None:
    desk.read(URL, TEXT)
    await desk.place()
    desk.read(URL, TEXT + "\nThe quay stays closed until Monday.")
    await desk.publish()
    assert shown(desk).update_note == ""


@pytest.mark.parametrize(
    ("content", "holds", "lacks"),
    [
        pytest.param(Content.FULL, "foundry in Harnmouth", "", id="full"),
        pytest.param(Content.SUMMARY, "eighty metres high", "foundry in Harnmouth", id="summary"),
        pytest.param(Content.LINK, "Mirror", "eighty metres high", id="link"),
    ],
)
async def test_a_digest_holds_as_much_of_the_text_as_it_is_told_to(
    desk: Desk, content: Content, holds: str, lacks: str
) -> None:
    text = TEXT.replace("\nTwo", "\nA diver found the first bolt loose in spring, and nobody trusted the rest.\nTwo")
    desk.read(URL, text)
    desk.read("https://mirror.example/crane", text)
    await desk.publish()
    page = desk.service.digest(content=content)
    (entry,) = (story_entry(story, page.content) for story in page.stories)
    assert holds in entry.content
    assert not lacks or lacks not in entry.content + entry.summary
