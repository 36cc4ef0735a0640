"""The digests as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.feed_formats import render_feed
from aggregator.settings.feeds_file import DigestSettings
from aggregator.static_files import StaticFiles
from tests.desk import Desk
from tests.test_digest_editions import SEVEN, configured, issue_at, morning
from tests.test_digest_rules import RACE

pytestmark = pytest.mark.anyio
__all__ = ["morning"]


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


async def test_every_open_digest_is_written_whole_and_only_when_it_changed(desk: Desk, tmp_path: Path) -> None:
    secret = DigestSettings.model_validate({"name": "mine", "token": "a-long-secret-word"})
    desk.service.configure(digests=(DigestSettings(name="digest"), DigestSettings(name="coast"), secret))
    desk.read("https://herald.example/race", RACE, title="Boats race")
    await desk.publish()
    tmp_path = tmp_path / "public"
    files = StaticFiles(desk.service.library, tmp_path)
    assert files.write_if_changed() == 8
    assert names(tmp_path) == {
        *("index.html", "digest.atom", "digest.rss", "digest.json"),
        *("digests/coast/index.html", "digests/coast.atom", "digests/coast.rss", "digests/coast.json"),
    }
    page = desk.service.library.digest("digest", 1)
    assert page is not None
    assert (tmp_path / "digest.atom").read_bytes() == render_feed(digest_document(page), FeedFormat.ATOM)
    assert 'href="https://herald.example/race"' in (tmp_path / "index.html").read_text()
    assert files.write_if_changed() == 0
    desk.read("https://mirror.example/race", RACE, title="Boats race")
    await desk.publish()
    assert files.write_if_changed() == 8


async def test_issues_have_their_pages(morning: Desk, tmp_path: Path) -> None:
    issue = await issue_at(morning, SEVEN)
    assert issue is not None
    StaticFiles(morning.service.library, tmp_path).write_if_changed()
    page = (tmp_path / "digests" / "digest" / issue.key / "index.html").read_text()
    assert "Crane comes down" in page
    assert "/feeds" not in page


async def test_a_folder_that_cannot_be_written_stops_nothing(desk: Desk, tmp_path: Path) -> None:
    configured(desk)
    (tmp_path / "digest.atom").mkdir()
    assert StaticFiles(desk.service.library, tmp_path).write_if_changed() == 3
