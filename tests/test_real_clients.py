"""Real feed readers show each story exactly once and under its title, whatever comes between two fetches."""

from __future__ import annotations

import importlib.util
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest
import uvicorn

from aggregator.daemon import read_model_of
from aggregator.settings.feeds_file import DigestSettings
from aggregator.web.app import create_app
from tests.desk import Desk
from tests.reading_clients import Client, Feedparser, Newsboat, PythonReader, Sfeed, is_installed
from tests.test_digest_editions import SEVEN, issue_at, morning
from tests.test_digest_rules import BATHS, CRANE, RACE

__all__ = ["morning"]
pytestmark = pytest.mark.anyio

SKIPPED = {
    "newsboat": not is_installed("newsboat"),
    "sfeed": not is_installed("sfeed_update") or not is_installed("curl"),
    "reader": importlib.util.find_spec("reader") is None,
}


def client(name: str, suffix: str, make: Callable[[Path], Client]) -> object:
    skip = pytest.mark.skipif(SKIPPED.get(name, False), reason=f"{name} is not installed")
    marks = [] if name == "feedparser" else [pytest.mark.exhaustive, skip]
    return pytest.param(make, suffix, id=f"{name}, {suffix}", marks=marks)


CLIENTS = [
    client(name, suffix, make)
    for name, make, suffixes in (
        ("feedparser", lambda _: Feedparser(), ("atom", "rss")),
        ("newsboat", Newsboat, ("atom", "rss")),
        ("sfeed", Sfeed, ("atom", "rss")),
        ("reader", PythonReader, ("atom", "rss", "json")),
    )
    for suffix in suffixes
]


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The service's application on a free loopback port; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    library = read_model_of(desk.service.service, address)
    config = uvicorn.Config(create_app(library, version="0"), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def asking(make: Callable[[Path], Client], folder: Path, url: str) -> Callable[[], Awaitable[dict[str, str]]]:
    """What a new client shows of the feed, by id, each time it is asked; no id may be there twice."""
    place = folder / "client"
    place.mkdir()
    reads = make(place)

    async def shown() -> dict[str, str]:
        found = await anyio.to_thread.run_sync(reads.fetch, url)
        assert len({key for key, _ in found}) == len(found)
        return dict(found)

    return shown


@pytest.mark.parametrize(("make", "suffix"), CLIENTS)
async def test_every_story_is_shown_once_and_under_its_title(
    desk: Desk, tmp_path: Path, make: Callable[[Path], Client], suffix: str
) -> None:
    desk.service.configure(digests=(DigestSettings(name="digest"),))
    with served(desk) as address:
        shown = asking(make, tmp_path, f"{address}/digest.{suffix}")
        desk.read("https://herald.example/crane", CRANE, title="Crane & <b>boom</b> come down")
        desk.read("https://wire.example/race", RACE, title="Boats race — “at last”")
        await desk.publish()
        first = await shown()
        assert sorted(first.values()) == ["Boats race — “at last”", "Crane & <b>boom</b> come down"]

        desk.read("https://mirror.example/crane", CRANE, title="Down comes the crane")  # a copy
        await desk.publish()
        assert await shown() == first

        more = CRANE + "\nThe quay stays closed."
        desk.read("https://herald.example/crane", more, title="Crane & <b>boom</b> come down")  # a revision
        desk.read("https://mirror.example/baths", BATHS, title="Baths open")
        await desk.publish()
        third = await shown()
        assert sorted(third.values()) == ["Baths open", *sorted(first.values())]
        assert first.keys() < third.keys()

        desk.unite("Boats race — “at last”", "Baths open")
        assert await shown() in (third, {key: title for key, title in third.items() if title != "Baths open"})


@pytest.mark.parametrize(("make", "suffix"), [each for each in CLIENTS if "sfeed" not in str(each)])
async def test_a_new_headline_takes_the_place_of_the_old_one(
    desk: Desk, tmp_path: Path, make: Callable[[Path], Client], suffix: str
) -> None:
    """But in sfeed, to which an item of another title is another item."""
    with served(desk) as address:
        shown = asking(make, tmp_path, f"{address}/digest.{suffix}")
        desk.read("https://herald.example/crane", CRANE, title="Crane to come down")
        await desk.publish()
        (before,) = await shown()
        desk.read("https://herald.example/crane", CRANE, title="Crane is down")
        await desk.publish()
        assert await shown() == {before: "Crane is down"}


async def test_an_unchanged_digest_is_not_sent_again(desk: Desk) -> None:
    desk.read("https://herald.example/crane", CRANE)
    await desk.publish()
    reads = Feedparser()
    with served(desk) as address:
        for _ in range(3):
            await anyio.to_thread.run_sync(reads.fetch, f"{address}/digest.atom")
    assert reads.answers == [200, 304, 304]


@pytest.mark.parametrize(("make", "suffix"), CLIENTS)
async def test_each_issue_of_an_edition_is_one_entry(
    morning: Desk,
    tmp_path: Path,
    make: Callable[[Path], Client],
    suffix: str,
) -> None:
    await issue_at(morning, SEVEN)
    with served(morning) as address:
        shown = asking(make, tmp_path, f"{address}/digest.{suffix}")
        first = await shown()
        morning.read("https://mirror.example/crane", CRANE, title="Crane comes down")
        await morning.publish()
        assert await shown() == first
    assert list(first.values()) == ["Digest: 1 December 2026, 07:00"]
