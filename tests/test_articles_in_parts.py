"""Articles that stand on several pages, from the wire to the story: a visit for each page, and one text."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from aggregator.model.publishing import StoryDetail
from aggregator.store.tables import Article, Host
from tests.publisher import reply
from tests.wire import DAY, HTML, MINUTE, Wire, feed, item

pytestmark = pytest.mark.anyio

WORDS = {
    1: "The island ferry sails at night again from Monday, the port authority said on Thursday morning.",
    2: "Two of the three vessels were refitted with quieter engines while they lay in dock over the summer.",
    3: "Fares stay as they are until spring, and bicycles travel free on the last crossing of the evening.",
}
NEXT_ARTICLE = "<a rel='next' href='/2026/bridge-closed'>Old bridge closed until autumn</a>"
FOOT = "<p>The harbour desk writes about ships and the people on them, every day of the week but Sunday.</p>"


def part(number: int, *, pager: str = "", head: str = "") -> bytes:
    """A page with one paragraph of the article, a pager, and a link to the next article."""
    body = f"<h1>Night ferry</h1><p>{WORDS[number]}</p>{FOOT}"
    links = f"<div class='pager'>{pager}</div>{NEXT_ARTICLE}"
    return (
        f"<html><head><title>Night ferry</title>{head}</head><body><article>{body}</article>{links}</body></html>"
    ).encode()


def pager(*numbers: int) -> str:
    return "".join(f"<a href='/2026/night-ferry/{number}/'>{number}</a>" for number in numbers)


async def start(wire: Wire, **sections: Any) -> None:
    link = wire.publisher.url("/2026/night-ferry/")
    wire.publisher.script("/feed", feed(item("a", link=link, more="<description>In short.</description>")))
    wire.publisher.script("/2026/night-ferry/", reply(200, HTML, part(1, pager=pager(2, 3))))
    wire.publisher.script("/2026/night-ferry/2/", reply(200, HTML, part(2, pager=pager(3))))
    wire.publisher.script("/2026/night-ferry/3/", reply(200, HTML, part(3, pager=pager(2))))
    await wire.start(wire.subscription(full_text="auto", every="7d"), **sections)


def told(wire: Wire) -> tuple[str, str]:
    """The text of the one story and the reason that is stored with it."""
    (story,) = wire.service.stories
    detail = wire.service.library.story(story.key)
    assert isinstance(detail, StoryDetail)
    return detail.copies[0].text, detail.copies[0].text_reason


def is_reading(wire: Wire) -> list[bool]:
    with wire.service.service.database.reading() as session:
        return [article.reading is not None for article in session.scalars(select(Article))]


PARTS = ["/2026/night-ferry/", "/2026/night-ferry/2/", "/2026/night-ferry/3/"]


async def test_the_parts_of_an_article_are_read_after_their_pauses_and_make_one_text(wire: Wire) -> None:
    await start(wire, fetching={"allow_networks": ["127.0.0.0/8"], "spacing": "20s", "timeout": 60})
    began_at = wire.clock()
    await wire.poll()
    assert wire.targets == ["/feed", "/robots.txt", *PARTS]
    assert (wire.clock() - began_at).total_seconds() == 80
    assert told(wire) == (
        "\n".join(WORDS.values()),
        "the page has 52 words, the feed 2; joined from 3 pages",
    )
    assert is_reading(wire) == [False]


async def test_a_part_that_robots_txt_forbids_is_not_asked_for(wire: Wire) -> None:
    await start(wire)
    wire.publisher.script("/robots.txt", reply(200, body=b"User-agent: *\nDisallow: /2026/night-ferry/3/\n"))
    await wire.poll()
    assert wire.targets == ["/feed", "/robots.txt", *PARTS[:2]]
    text, reason = told(wire)
    assert text == f"{WORDS[1]}\n{WORDS[2]}"
    assert reason.endswith("joined from 2 pages; part 3 is missing: robots.txt forbids the page")


async def test_a_part_that_fails_for_a_while_is_asked_for_again_also_after_a_restart(wire: Wire) -> None:
    await start(wire)
    wire.publisher.script(PARTS[1], reply(500), reply(200, HTML, part(2, pager=pager(3))))
    await wire.poll()
    assert (wire.targets[-1], wire.titles, is_reading(wire)) == (PARTS[1], set(), [True])
    await wire.start(wire.subscription(full_text="auto", every="7d"))
    await wire.poll(after=2 * MINUTE)
    assert wire.targets[-3:] == [PARTS[1], PARTS[1], PARTS[2]]
    assert told(wire)[0] == "\n".join(WORDS.values())


async def test_a_part_that_keeps_failing_is_done_without(wire: Wire) -> None:
    await start(wire, extraction={"workers": 1, "attempts": 2})
    wire.publisher.script(PARTS[1], reply(500))
    await wire.asked_after(0 * DAY, DAY, DAY)
    assert wire.targets.count(PARTS[1]) == 2
    text, reason = told(wire)
    assert text.startswith(WORDS[1])
    assert reason.endswith("; part 2 is missing: the page answered 500")


async def test_a_part_of_another_host_is_left_to_that_host(wire: Wire) -> None:
    wire.publisher.script("/feed", feed(item("a", link=wire.publisher.url("/2026/ferry", host="www.news.localhost"))))
    amp = wire.publisher.url("/amp", host="amp.news.localhost")
    wire.publisher.script("/2026/ferry", reply(200, HTML, f"<html><head><link rel=amphtml href='{amp}'>".encode()))
    fetching = {"allow_networks": ["127.0.0.0/8", "::1/128"], "spacing": 0, "own_hosts": ["news.localhost"]}
    await wire.start(wire.subscription(full_text="auto", every="7d"), fetching=fetching)
    await wire.poll()
    assert wire.targets == ["/feed", "/robots.txt", "/2026/ferry"]
    assert told(wire) == ("", "no article text was found on the page; the feed has no text either")


@pytest.mark.parametrize(
    ("twin", "target"),
    [
        pytest.param("<link rel='amphtml' href='/amp/night-ferry'>", "/amp/night-ferry", id="amp"),
        pytest.param("<a href='/2026/night-ferry?print=1'>Print</a>", "/2026/night-ferry?print=1", id="print"),
    ],
)
async def test_a_twin_is_read_where_the_page_gives_no_text(wire: Wire, twin: str, target: str) -> None:
    wire.publisher.script("/feed", feed(item("a", link=wire.publisher.url("/2026/night-ferry"))))
    empty = f"<html><head><title>Night ferry</title></head><body>{twin}</body></html>".encode()
    body = part(1).replace(FOOT.encode(), f"<p>{WORDS[2]}</p>".encode())
    wire.publisher.script("/2026/night-ferry", reply(200, HTML, empty), reply(200, HTML, body))
    wire.publisher.script("/amp/night-ferry", reply(200, HTML, body))
    await wire.start(wire.subscription(full_text="auto", every="7d"))
    await wire.poll()
    assert wire.targets == ["/feed", "/robots.txt", "/2026/night-ferry", target]
    text, reason = told(wire)
    assert text == f"{WORDS[1]}\n{WORDS[2]}"
    assert reason.endswith(f"taken from {wire.publisher.url(target)}, because no article text was found on the page")
    with wire.service.service.database.reading() as session:
        assert sum(host.requests for host in session.scalars(select(Host))) == len(wire.targets)
