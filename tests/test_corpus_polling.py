"""Every feed of the corpus is served, polled and stored, or refused with a reason; none stops the service."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from aggregator.settings.feeds_file import EntryRule, FeedSettings
from aggregator.text_patterns import TextPattern
from tests.conftest import SHARED
from tests.publisher import Publisher, reply
from tests.running import configuration, running

FEEDS = SHARED / "corpus" / "feeds"


@pytest.mark.anyio
@pytest.mark.corpus
@pytest.mark.exhaustive
async def test_all_real_feeds_are_polled_through_the_service(tmp_path: Path) -> None:
    with (FEEDS / "manifest.csv").open(encoding="utf-8", newline="") as file:
        names = [row["file"] for row in csv.DictReader(file)]
    async with Publisher() as publisher:
        feeds = []
        everything = EntryRule(title=TextPattern(""))  # stored without the text of each: that is read elsewhere
        for number, name in enumerate(names):
            publisher.script(f"/{name}", reply(200, {"Content-Type": "text/xml"}, (FEEDS / name).read_bytes()))
            url = publisher.url(f"/{name}", host=f"n{number}.localhost")
            feeds.append(FeedSettings(url=url, name=name, drop=(everything,)))
        wanted = configuration(f"sqlite:///{tmp_path / 'corpus.db'}", *feeds, extraction={"workers": 2})
        async with running(wanted) as service:
            await service.once()
            health = service.library.feeds()
            counts = service.library.health()
    assert {feed.last_outcome for feed in health} <= {"read", "unreadable"}
    assert [feed.name for feed in health if not feed.reason] == []
    assert sum(feed.last_outcome == "read" for feed in health) > 0.97 * len(names)
    assert (counts.pages_waiting, counts.articles_waiting, counts.due_feeds) == (0, 0, 0)
    assert counts.entries > 5_000
