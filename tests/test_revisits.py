"""Pages that are seen again, on the wire and in the story: conditionally, at their ages, and for a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from aggregator.model.publishing import StoryDetail
from aggregator.store.tables import Article, Revision
from tests.publisher import Reply, reply, reset
from tests.stored import NOW
from tests.wire import CLOSING, DAY, HOUR, HTML, MINUTE, SECOND, Wire, feed, http_date, item

pytestmark = pytest.mark.anyio

LINES = (
    "The island ferry sails at night again from Monday, the port authority said on Thursday morning.",
    "Two of the three vessels were refitted with quieter engines while they lay in dock over the summer.",
    "Fares stay as they are until spring, and bicycles travel free on the last crossing of the evening.",
)
CORRECTED = (LINES[0], LINES[1].replace("Two", "All"), LINES[2])
AGES = ["1h", "3h", "1d"]


def page(*lines: str, headers: dict[str, str] | None = None, pager: str = "") -> Reply:
    body = "".join(f"<p>{line}</p>" for line in lines)
    markup = f"<html><head><title>Ferry</title></head><body><article>{body}</article>{pager}</body></html>"
    return reply(200, {**HTML, **(headers or {})}, markup.encode())


async def start(wire: Wire, *answers: Reply, ages: list[str] = AGES, more: str = "", **others: Any) -> None:
    """A feed with one entry that was published just now, whose page answers so."""
    published = f"<pubDate>{http_date(NOW)}</pubDate><description>In short.</description>{more}"
    wire.publisher.script("/feed", feed(item("a", link=wire.publisher.url("/night-ferry"), more=published)))
    wire.publisher.script("/night-ferry", *answers)
    subscription = wire.subscription(full_text="auto", every="30d", at_most="30d")
    await wire.start(subscription, extraction={"workers": 1, "revisit": ages, "robots": False, **others})


def asked(wire: Wire) -> int:
    return len([target for target in wire.targets if target.startswith("/night-ferry")])


def stored(wire: Wire) -> tuple[str, int]:
    """The text of the article, and how many revisions it had."""
    with wire.service.service.database.reading() as session:
        (article,) = session.scalars(select(Article))
        assert len(list(session.scalars(select(Revision)))) == article.revisions
        return article.text, article.revisions


async def test_a_page_is_seen_again_at_its_ages_and_no_more(wire: Wire) -> None:
    await start(wire, page(*LINES))
    counts = []
    for until in (0 * HOUR, HOUR - SECOND, HOUR, 3 * HOUR - SECOND, 3 * HOUR, DAY - SECOND, DAY, 20 * DAY):
        await wire.poll(after=NOW + until - wire.clock())
        counts.append(asked(wire))
    assert counts == [1, 1, 2, 2, 3, 3, 4, 4]
    assert stored(wire) == ("\n".join(LINES), 0)


async def test_no_page_is_seen_again_unless_it_is_configured(wire: Wire) -> None:
    await start(wire, page(*LINES), ages=[])
    await wire.asked_after(0 * HOUR, 3 * HOUR, DAY, 7 * DAY)
    assert asked(wire) == 1


async def test_it_is_asked_for_conditionally_and_a_304_renews_what_it_carries(wire: Wire) -> None:
    date = http_date(NOW - DAY)
    await start(
        wire,
        page(*LINES, headers={"ETag": '"1"', "Last-Modified": date}),
        reply(304, {"ETag": '"2"'}),
        reply(304),
    )
    await wire.asked_after(0 * HOUR, HOUR, 2 * HOUR)
    assert wire.sent("If-None-Match", target="/night-ferry") == [None, '"1"', '"2"']
    assert wire.sent("If-Modified-Since", target="/night-ferry") == [None, date, date]
    assert stored(wire) == ("\n".join(LINES), 0)


async def test_a_text_that_changed_is_a_revision_and_shown(wire: Wire) -> None:
    await start(wire, page(*LINES, headers={"ETag": '"1"'}), page(*CORRECTED, headers={"ETag": '"2"'}), reply(304))
    await wire.poll()
    (before,) = wire.service.stories
    await wire.asked_after(HOUR, 2 * HOUR)
    assert stored(wire) == ("\n".join(CORRECTED), 1)
    assert wire.sent("If-None-Match", target="/night-ferry") == [None, '"1"', '"2"']
    (after,) = wire.service.stories
    assert (after.uri, after.text) == (before.uri, "\n".join(CORRECTED))
    assert after.updated_at > before.updated_at


async def test_the_same_bytes_are_not_extracted_again(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    await start(wire, page(*LINES))
    await wire.poll()
    ran: list[str] = []
    run = wire.service.service.workers.run

    async def noting(step: Any, *args: Any, **kwargs: Any) -> Any:
        ran.append(step.__name__)
        return await run(step, *args, **kwargs)

    monkeypatch.setattr(wire.service.service.workers, "run", noting)
    await wire.asked_after(HOUR, 2 * HOUR)
    assert (asked(wire), ran) == (3, [])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(page("Subscribe to read on."), id="a wall"),
        pytest.param(page(), id="no text"),
        pytest.param(reply(500), id="an error"),
        pytest.param(reply(503, {"Retry-After": "60"}), id="a host that wants quiet"),
        pytest.param(reply(302, {"Location": "/night-ferry"}), id="a redirect to itself"),
        pytest.param(reply(200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"), id="another kind of document"),
        pytest.param(reset(), id="silence"),
    ],
)
async def test_a_page_that_gives_less_than_before_changes_nothing_and_is_seen_again(wire: Wire, answer: Reply) -> None:
    await start(wire, page(*LINES, headers=CLOSING), answer, page(*CORRECTED))
    await wire.asked_after(0 * HOUR, HOUR)
    assert stored(wire) == ("\n".join(LINES), 0)
    await wire.poll(after=DAY)
    assert stored(wire) == ("\n".join(CORRECTED), 1)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_is_left_alone(wire: Wire, status: int) -> None:
    await start(wire, page(*LINES), reply(status))
    await wire.asked_after(0 * HOUR, HOUR, 2 * HOUR, DAY)
    assert asked(wire) == 2
    assert stored(wire) == ("\n".join(LINES), 0)


async def test_what_was_missing_at_first_is_found_later(wire: Wire) -> None:
    await start(wire, page(), page(*LINES))
    await wire.poll()
    assert stored(wire) == ("In short.", 0)
    await wire.poll(after=HOUR)
    assert stored(wire) == ("\n".join(LINES), 1)


PAGER = "<a href='/night-ferry?page=2'>2</a>"


async def test_an_article_in_parts_is_read_anew_when_its_first_page_changed(wire: Wire) -> None:
    first = page(*LINES[:2], pager=PAGER, headers={"ETag": '"1"'})
    await start(wire, first, page(LINES[2]), reply(304), page(*CORRECTED[:2], pager=PAGER), page(LINES[2]))
    await wire.asked_after(0 * HOUR, HOUR)
    assert (asked(wire), stored(wire)) == (3, ("\n".join(LINES), 0))
    await wire.poll(after=2 * HOUR)
    assert (asked(wire), stored(wire)) == (5, ("\n".join(CORRECTED), 1))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply(500), id="an error"),
        pytest.param(reply(404), id="not there"),
        pytest.param(page(), id="no text"),
    ],
)
async def test_a_part_that_fails_when_it_is_seen_again_loses_nothing(wire: Wire, answer: Reply) -> None:
    first, changed = page(*LINES[:2], pager=PAGER), page(*CORRECTED[:2], pager=PAGER, headers={"ETag": '"2"'})
    await start(wire, first, page(LINES[2]), changed, answer, changed, page(LINES[2]))
    await wire.asked_after(0 * HOUR, HOUR)
    assert (asked(wire), stored(wire)) == (4, ("\n".join(LINES), 0))
    await wire.poll(after=2 * HOUR)
    assert (asked(wire), stored(wire)) == (6, ("\n".join(CORRECTED), 1))
    assert [value for value in wire.sent("If-None-Match", target="/night-ferry") if value] == []


@pytest.mark.parametrize(
    ("path", "ages"),
    [
        pytest.param("/other", AGES, id="the feed was removed"),
        pytest.param("/feed", AGES, id="the feed's own text is wanted"),
        pytest.param("/feed", [], id="no page is to be seen again"),
    ],
)
async def test_what_is_configured_no_more_is_left_alone(wire: Wire, path: str, ages: list[str]) -> None:
    await start(wire, page(*LINES))
    await wire.poll()
    wire.publisher.script("/other", feed())
    full_text = "feed" if ages else "auto"
    again = wire.subscription(path, full_text=full_text, every="30d", at_most="30d")
    await wire.start(again, extraction={"workers": 1, "revisit": ages, "robots": False})
    await wire.asked_after(HOUR, 2 * HOUR)
    assert asked(wire) == 1


async def test_the_story_tells_of_its_revision(wire: Wire) -> None:
    await start(wire, page(*LINES), page(*CORRECTED))
    await wire.asked_after(0 * HOUR, HOUR, MINUTE)
    (story,) = wire.service.stories
    detail = wire.service.library.story(story.key)
    assert isinstance(detail, StoryDetail)
    assert detail.copies[0].revisions == 1
    assert timedelta() < story.updated_at - story.published_at
