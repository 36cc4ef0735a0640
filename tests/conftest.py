"""Fixtures every test may ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from aggregator.store.database import Database
from aggregator.store.schema_migration import migrate
from tests.database import database_url
from tests.desk import FEEDS, Desk
from tests.running import configuration, running
from tests.shell import Shell

pytest_plugins = ["tests.wire"]

settings.register_profile("machines differ", deadline=None)
settings.load_profile("machines differ")

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Async tests run on asyncio, which is what the daemon runs on; a module's fixtures may outlive its tests."""
    return "asyncio"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests against the shared corpus say so and skip where the corpus is not."""
    if SHARED.is_dir():
        return
    absent = pytest.mark.skip(reason="the shared corpus is not beside this checkout")
    for item in items:
        if "corpus" in item.keywords:
            item.add_marker(absent)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database; every test that asks runs on SQLite and on PostgreSQL."""
    with database_url(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    """A migrated database, on SQLite and on PostgreSQL."""
    database = Database(empty_url)
    migrate(database)
    yield database
    database.close()


@pytest.fixture
async def desk(empty_url: str) -> AsyncIterator[Desk]:
    """A service whose articles are read by hand."""
    async with running(configuration(empty_url, *FEEDS)) as service:
        yield Desk(service=service)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A person at a terminal, in an empty folder."""
    return Shell(capsys, monkeypatch, tmp_path)
