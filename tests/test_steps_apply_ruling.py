"""People have the last word: what they said of two articles holds whatever arrives and changes later."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.dedup.ruling_effects import RULED_SAME_RULE
from aggregator.errors import AggregatorError
from aggregator.model.dedup import RulingKind
from aggregator.settings.settings_file import LeadPolicy
from aggregator.steps import apply_ruling
from aggregator.steps.apply_ruling import RulingResult
from aggregator.store import rulings
from aggregator.store.tables import Copy, Story, StoryChange
from tests.desk import Desk, together
from tests.reports import GERMAN, HARBOUR, RIVAL, cut, edited

pytestmark = pytest.mark.anyio

HERALD, MIRROR, WIRE, GUEST = (f"https://{name}.example/crane" for name in ("herald", "mirror", "wire", "guest"))
_KEYS = count(1)


def key_of(desk: Desk, article_id: int) -> str:
    with desk.service.service.database.reading() as session:
        mine = select(col(Story.key)).join(Copy, col(Copy.story_id) == col(Story.id))
        return str(session.scalar(mine.where(col(Copy.article_id) == article_id)))


def split(desk: Desk, key: str, name: str) -> RulingResult:
    service = desk.service.service
    with service.database.writing() as session:
        return apply_ruling.separate_article(
            session, key, name, policy=LeadPolicy.KEEP, now=service.clock(), new_key=lambda: f"new{next(_KEYS)}"
        )


def join(desk: Desk, key: str, other: str) -> RulingResult:
    service = desk.service.service
    with service.database.writing() as session:
        return apply_ruling.merge_stories(session, key, other, policy=LeadPolicy.KEEP, now=service.clock())


async def test_what_was_split_stays_apart_whatever_comes_to_either(desk: Desk) -> None:
    first, second = desk.read(HERALD, HARBOUR), desk.read(MIRROR, HARBOUR)
    await desk.place()
    assert desk.stories() == together({first, second})
    ruled = split(desk, key_of(desk, first), MIRROR)
    assert (ruled.story, ruled.other, ruled.replaced) == (key_of(desk, first), key_of(desk, second), 0)
    assert desk.stories() == together({first}, {second})
    third = desk.read(WIRE, edited(HARBOUR, 30))  # a copy of both would unite their stories
    await desk.place()
    assert desk.stories() in (together({first, third}, {second}), together({first}, {second, third}))
    for text in (cut(HARBOUR, 4), HARBOUR):  # revised, and judged anew
        assert desk.read(MIRROR, text) == second
        await desk.place()
    assert not any({first, second} <= story for story in desk.stories())


async def test_what_was_joined_stays_together_whatever_the_texts_are(desk: Desk) -> None:
    first, second = desk.read(HERALD, HARBOUR), desk.read(MIRROR, RIVAL)
    await desk.place()
    assert desk.stories() == together({first}, {second})
    ruled = join(desk, key_of(desk, second), key_of(desk, first))
    assert desk.stories() == together({first, second})
    assert (ruled.story, ruled.replaced) == (key_of(desk, first), 0)
    for url, text in ((MIRROR, GERMAN), (HERALD, cut(RIVAL, 2)), (HERALD, "A few words."), (MIRROR, HARBOUR)):
        desk.read(url, text)
        await desk.place()
        assert desk.stories() == together({first, second})


async def test_an_article_that_was_joined_brings_no_copies_along_and_keeps_none_out(desk: Desk) -> None:
    first, second = desk.read(HERALD, HARBOUR), desk.read(MIRROR, RIVAL)
    await desk.place()
    join(desk, key_of(desk, first), key_of(desk, second))
    third = desk.read(WIRE, HARBOUR)
    await desk.place()
    assert desk.stories() == together({first, second, third})


async def test_two_groups_that_were_joined_are_one_story_and_the_later_word_counts(desk: Desk) -> None:
    ids = [desk.read(url, HARBOUR) for url in (HERALD, MIRROR, WIRE)]
    await desk.place()
    first, second, third = ids
    split(desk, key_of(desk, first), str(third))
    assert desk.stories() == together({first, second}, {third})
    ruled = join(desk, key_of(desk, third), key_of(desk, first))
    assert ruled.replaced == 2
    assert desk.stories() == together(set(ids))
    with desk.service.service.database.reading() as session:
        assert [(said.said, {said.article_id, said.other_id}) for said in rulings.all_rulings(session)] == [
            (RulingKind.SAME, {first, third})
        ]
    assert split(desk, key_of(desk, first), WIRE).replaced == 1
    assert desk.stories() == together({first, second}, {third})


async def test_readers_keep_the_story_they_know(desk: Desk) -> None:
    first = desk.read(HERALD, HARBOUR)
    await desk.publish()
    known = key_of(desk, first)
    second, third = desk.read(MIRROR, HARBOUR), desk.read(WIRE, RIVAL)
    await desk.place()
    assert join(desk, key_of(desk, third), known).story == known
    split(desk, known, HERALD)
    assert key_of(desk, second) == key_of(desk, third) == known
    assert desk.leads() == {first, second}
    desk.service.clock.advance(timedelta(seconds=1))
    await desk.publish()
    with desk.service.service.database.reading() as session:
        reasons = set(session.scalars(select(col(StoryChange.reason))))
        shown = session.scalars(select(col(Story.visible_at)).where(col(Story.withdrawn_at).is_(None)))
        assert None not in set(shown)
        assert session.get_one(Copy, third).rule == RULED_SAME_RULE
    assert {"a person said it is another story", "a person took it out of another story"} <= reasons


@pytest.mark.parametrize(
    ("key", "name", "told"),
    [
        pytest.param("nosuch", "1", "there is no story 'nosuch'; type: aggregator stories list", id="no story"),
        pytest.param(None, "99", "99 is not a copy of story .*; type: aggregator stories show", id="no article"),
        pytest.param(None, WIRE, "https://wire.example/crane is not a copy of story", id="another story's article"),
        pytest.param(None, HERALD, "has only this copy", id="nothing would stay"),
    ],
)
async def test_what_cannot_be_split_is_told(desk: Desk, key: str | None, name: str, told: str) -> None:
    first, _ = desk.read(HERALD, HARBOUR), desk.read(WIRE, RIVAL)
    await desk.place()
    with pytest.raises(AggregatorError, match=told):
        split(desk, key or key_of(desk, first), name)


async def test_what_cannot_be_joined_is_told(desk: Desk) -> None:
    first, second = desk.read(HERALD, HARBOUR), desk.read(MIRROR, HARBOUR)
    await desk.place()
    with pytest.raises(AggregatorError, match="are already one story"):
        join(desk, key_of(desk, first), key_of(desk, second))
    with pytest.raises(AggregatorError, match="there is no story 'x'"):
        join(desk, "x", key_of(desk, second))


async def test_a_ruling_can_be_taken_back(desk: Desk) -> None:
    first, second = desk.read(HERALD, HARBOUR), desk.read(MIRROR, HARBOUR)
    await desk.place()
    split(desk, key_of(desk, first), MIRROR)
    with desk.service.service.database.writing() as session:
        assert rulings.delete_ruling(session, second, first)
        assert not rulings.delete_ruling(session, second, first)
    desk.read(MIRROR, edited(HARBOUR, 40))
    await desk.place()
    assert desk.stories() == together({first, second})
