"""Fixtures of all tests."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from aggregator.store.database import Database
from tests import compiled_statements, thoroughness
from tests.database import PostgresTemplate, connected, empty_database, migrate_url
from tests.desk import FEEDS, Desk
from tests.running import configuration, running
from tests.shell import Shell

pytest_plugins = ["tests.left_out", "tests.wire"]

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option of the exhaustive run."""
    parser.addoption("--exhaustive", action="store_true", help="take all cases of tests that take a sample of them")


def pytest_configure(config: pytest.Config) -> None:
    """Decides how many cases tests take, before they are imported, and lets databases share their statements."""
    compiled_statements.share()
    thoroughness.choose(exhaustive=config.getoption("exhaustive"))


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Async tests run on asyncio, which is what the daemon runs on; a module's fixtures may outlive its tests."""
    return "asyncio"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks properties as sampled, and skips tests of the shared corpus where it is missing."""
    absent = pytest.mark.skip(reason="the shared corpus is not beside this checkout")
    for item in items:
        if "hypothesis" in item.keywords:
            item.add_marker(pytest.mark.sampled)
        if "corpus" in item.keywords and not SHARED.is_dir():
            item.add_marker(absent)


ON_BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=ON_BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database; every test that requests it runs on SQLite and on PostgreSQL."""
    with empty_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and no rows, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "empty.db"
    migrate_url(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[PostgresTemplate]:
    """A PostgreSQL database with all tables and no rows, to be copied."""
    with connected() as connection:
        template = PostgresTemplate(connection)
        yield template
        template.drop()


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite file."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'test.db')}"


@pytest.fixture
def postgres_url(postgres_template: PostgresTemplate) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database."""
    with postgres_template.copy() as url:
        yield url


@pytest.fixture(params=ON_BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database, on SQLite and on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database, on SQLite and on PostgreSQL."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """A service whose articles are read by hand."""
    async with running(configuration(database_url, *FEEDS)) as service:
        yield Desk(service=service)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A person at a terminal, in an empty folder."""
    return Shell(capsys, monkeypatch, tmp_path)
