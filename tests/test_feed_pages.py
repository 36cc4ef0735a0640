"""What the configuration says of one feed's pages, from the YAML to the story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from aggregator.configuration.loading import load_configuration
from aggregator.errors import WorkerTimeout
from aggregator.model.publishing import StoryDetail
from aggregator.settings.feeds_file import FeedSettings, PageSettings
from aggregator.worker_pool import WorkerPool
from tests.in_process_workers import InProcessWorkers
from tests.publisher import reply
from tests.wire import HTML, Wire, feed, item

pytestmark = pytest.mark.anyio

T = TypeVar("T")
P = ParamSpec("P")

REPORT = (
    "The island ferry sails at night again from Monday, the port authority said on Thursday morning.",
    "Two of the three vessels were refitted with quieter engines while they lay in dock over the summer.",
    "Fares stay as they are until spring, and bicycles travel free on the last crossing of the evening.",
)
BOX = "Our chief reporter has written about ships and the people who sail on them for more than thirty years."
PAGE = (
    f"<html><head><title>Night ferry</title></head><body><main><p class='box'>{BOX}</p><div id='body'>"
    f"{''.join(f'<p>{line}</p>' for line in REPORT)}</div></main></body></html>"
).encode()


def told(wire: Wire) -> tuple[str, str]:
    """The text of the one story and the reason that is stored with it."""
    (story,) = wire.service.stories
    detail = wire.service.library.story(story.key)
    assert isinstance(detail, StoryDetail)
    return detail.copies[0].text, detail.copies[0].text_reason


def as_written(folder: Path, url: str, *lines: str) -> FeedSettings:
    """The feed at ``url`` as it comes from a file, with these lines below it."""
    written = "\n".join([f"feeds:\n  - url: {url}\n    name: feed", *(f"    {line}" for line in lines)])
    (folder / "feeds.yaml").write_text(written, encoding="utf-8")
    return load_configuration(folder, environ={}).feeds[0]


@pytest.mark.parametrize(
    ("lines", "text", "reason"),
    [
        pytest.param(
            ("page:", "  take: ['#body']"),
            "\n".join(REPORT),
            "the page has 52 words, the feed none; text selected by the configuration",
            id="taken",
        ),
        pytest.param(
            ("page: {drop: ['//p[@class=\"box\"]']}",),
            "\n".join(REPORT),
            "the page has 52 words, the feed none",
            id="dropped",
        ),
        pytest.param(
            ("page: {take: [.other-template]}",),
            "\n".join((BOX, *REPORT)),
            "the page has 71 words, the feed none; the configured selectors found no text",
            id="not there",
        ),
    ],
)
async def test_a_feed_says_where_the_article_stands_on_its_pages(
    wire: Wire, tmp_path: Path, lines: tuple[str, ...], text: str, reason: str
) -> None:
    url = wire.publisher.script("/feed", feed(item("a", link=wire.publisher.url("/a"))))
    wire.publisher.script("/a", reply(200, HTML, PAGE))
    await wire.start(as_written(tmp_path, url, *lines))
    await wire.poll()
    assert told(wire) == (text, reason)


SLOW = "//p[count(//p[count(//p) > 1]) > 1]"
KILLED = "aggregator.steps.article_text.read_page ran past its deadline of 30 s and was killed"


class KillingReaders(InProcessWorkers):
    """Workers in which reading a page runs past the deadline."""

    async def run(self, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        if step.__name__ == "read_page":
            raise WorkerTimeout(KILLED)
        return await super().run(step, *args, **kwargs)


@pytest.mark.parametrize(
    "impatient",
    [
        pytest.param(KillingReaders(), id="as if"),
        pytest.param(
            WorkerPool(1, deadline=timedelta(seconds=30), memory=2_000_000_000),
            marks=pytest.mark.exhaustive,
            id="in a process",
        ),
    ],
)
async def test_a_selector_that_runs_too_long_costs_its_page_and_not_its_article(
    wire: Wire, impatient: WorkerPool
) -> None:
    url = wire.publisher.script(
        "/feed", feed(item("a", link=wire.publisher.url("/a"), more="<description>In short.</description>"))
    )
    wire.publisher.script("/a", reply(200, HTML, b"<html><body>" + b"<p>x</p>" * 20_000 + b"</body></html>"))
    async with impatient:
        await wire.start(FeedSettings(url=url, name="feed", page=PageSettings(take=(SLOW,))), workers=impatient)
        await wire.poll()
        assert told(wire) == ("In short.", KILLED)
