"""An edited configuration is taken up while the service runs, and a mistake in it is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from aggregator.configuration.loading import load_configuration
from aggregator.configuration_reload import ConfigurationReloader
from tests.running import Running, running

pytestmark = pytest.mark.anyio

FEEDS = "feeds:\n  - {url: https://herald.example/feed, name: herald}\n"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A service and the folder it reads."""

    service: Running
    folder: Path
    reloader: ConfigurationReloader

    async def edited(self, text: str, *, name: str = "feeds.yaml") -> None:
        """Let a person write a file, and time pass."""
        (self.folder / name).write_text(text)
        for _ in range(2):
            await self.reloader.reload_if_changed()

    def names(self) -> list[str]:
        return sorted(feed.name for feed in self.service.library.feeds() if not feed.retired)

    def told(self) -> list[str]:
        feed = self.service.library.operator_feed(None)
        assert feed is not None
        return [entry.title for entry in feed.entries]


@pytest.fixture
async def watched(database_url: str, tmp_path: Path) -> AsyncIterator[Watched]:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "feeds.yaml").write_text(FEEDS)
    (folder / "aggregator.yaml").write_text(f"database: {database_url}\nextraction: {{workers: 1}}\n")
    async with running(load_configuration(folder, environ={})) as service:
        yield Watched(
            service=service,
            folder=folder,
            reloader=ConfigurationReloader(service.service, folder, lambda: load_configuration(folder, environ={})),
        )


async def test_feeds_come_and_go_while_the_service_runs(watched: Watched) -> None:
    await watched.edited(FEEDS + "  - {url: https://mirror.example/feed, name: mirror}\n")
    assert watched.names() == ["herald", "mirror"]
    await watched.edited("feeds:\n  - {url: https://mirror.example/feed, name: mirror}\n")
    assert watched.names() == ["mirror"]
    assert watched.service.service.settings_of("herald") is None


async def test_digests_and_settings_are_taken_up(watched: Watched) -> None:
    await watched.edited(FEEDS + "digests: [{name: coast, title: Coast}]\n")
    assert watched.service.library.digest_names() == ("coast",)
    settings = (watched.folder / "aggregator.yaml").read_text()
    await watched.edited(settings + "publishing: {settle: 3m}\n", name="aggregator.yaml")
    assert watched.service.service.settings.publishing.settle.total_seconds() == 180


async def test_what_holds_from_the_start_is_told_and_waits(watched: Watched) -> None:
    settings = (watched.folder / "aggregator.yaml").read_text()
    with capture_logs() as logged:
        await watched.edited(settings + "web: {port: 1234, token: a-long-secret-word}\n", name="aggregator.yaml")
    (waits,) = [entry for entry in logged if entry["event"] == "configuration.waits_for_restart"]
    assert waits["settings"] == ("web.port",)
    assert watched.service.service.settings.web.port == 8642
    assert watched.service.service.settings.web.token is not None


async def test_a_mistake_changes_nothing_and_is_told_until_it_is_mended(watched: Watched) -> None:
    before = watched.service.service.configuration
    await watched.edited("feeds:\n  - {url: https://herald.example/feed, evry: 1h}\n")
    assert watched.service.service.configuration is before
    assert watched.told() == ["The configuration has an error"]
    assert "feeds.yaml:2: feeds[0]: unknown key 'evry'" in watched.service.service.rejected[0]
    await watched.edited(FEEDS)
    assert watched.told() == ["Ended: The configuration has an error"]


@pytest.mark.parametrize("state", ["gone", "a folder"])
async def test_a_file_that_is_away_changes_nothing(watched: Watched, state: str) -> None:
    path = watched.folder / "feeds.yaml"
    path.unlink()
    if state == "a folder":
        path.mkdir()
    for _ in range(3):
        await watched.reloader.reload_if_changed()
    assert watched.names() == ["herald"]
    assert watched.told() == ["The configuration has an error"]


async def test_a_file_that_is_being_written_is_not_taken_up(watched: Watched) -> None:
    path = watched.folder / "feeds.yaml"
    for text in ("feeds:\n", "feeds:\n  - {url: https://mirr", FEEDS):
        path.write_text(text)
        await watched.reloader.reload_if_changed()
    assert (watched.names(), watched.told()) == (["herald"], [])


async def test_a_link_that_is_swapped_is_an_edit(watched: Watched) -> None:
    """As Kubernetes puts a new ConfigMap in place."""
    path = watched.folder / "feeds.yaml"
    data = watched.folder / "..data"
    data.mkdir()
    (data / "feeds.yaml").write_text("feeds:\n  - {url: https://mirror.example/feed, name: mirror}\n")
    path.unlink()
    path.symlink_to(data / "feeds.yaml")
    for _ in range(2):
        await watched.reloader.reload_if_changed()
    assert watched.names() == ["mirror"]
