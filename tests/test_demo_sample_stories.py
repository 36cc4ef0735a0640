from __future__ import annotations

import pytest
from pydantic import ValidationError

from aggregator.demo.sample_stories import Printing, SampleStory, load_stories, split_paragraphs

STORIES = load_stories()


@pytest.mark.parametrize("story", [pytest.param(story, id=story.name) for story in STORIES])
def test_every_text_is_a_whole_article_of_120_to_350_words(story: SampleStory) -> None:
    assert 120 <= len(story.text.split()) <= 350


@pytest.mark.parametrize("story", [pytest.param(story, id=story.name) for story in STORIES])
def test_no_outlet_prints_a_story_twice_and_no_two_under_one_headline(story: SampleStory) -> None:
    outlets = [printing.outlet for printing in story.printings]
    headlines = [printing.headline for printing in story.printings]
    assert (len(set(outlets)), len(set(headlines))) == (len(outlets), len(headlines))


@pytest.mark.parametrize("story", [pytest.param(story, id=story.name) for story in STORIES])
def test_a_story_carried_by_several_outlets_credits_its_agency_which_was_first(story: SampleStory) -> None:
    if len(story.printings) > 1:
        assert story.agency is not None
        assert story.printings[0].minutes_ago == max(printing.minutes_ago for printing in story.printings)


def test_there_are_a_few_dozen_articles_of_a_few_more_than_a_dozen_stories() -> None:
    assert (len(STORIES), sum(len(story.printings) for story in STORIES)) == (19, 46)


def test_stories_come_by_name() -> None:
    assert [story.name for story in STORIES] == sorted(story.name for story in STORIES)


def test_paragraphs_are_split_at_empty_lines_and_stripped() -> None:
    assert split_paragraphs("\nOne.\n\nTwo,\nstill two. \n\n\n\nThree.\n") == ("One.", "Two,\nstill two.", "Three.")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"minutes_ago": -1}, id="printed in the future"),
        pytest.param({"tick": 2}, id="a tick that never comes"),
        pytest.param({"paragraphs": 0}, id="cut to nothing"),
        pytest.param({"headlines": "?"}, id="a key that means nothing"),
    ],
)
def test_a_mistaken_printing_is_refused(wrong: dict[str, object]) -> None:
    right = {"outlet": "corvus", "headline": "A headline", "minutes_ago": 5}
    assert Printing.model_validate(right).minutes_ago == 5
    with pytest.raises(ValidationError):
        Printing.model_validate(right | wrong)
