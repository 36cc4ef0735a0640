"""A command imports only what it needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.processes import CHECKOUT, completed, python

SERVICE = frozenset({
    "aggregator.daemon", "aggregator.pipeline", "aggregator.web", "apscheduler", "fastapi",
    "feedparser", "httpx", "numpy", "pebble", "starlette", "trafilatura", "uvicorn",
})  # fmt: skip
"""Modules that only the running service, or a command that does its work, needs."""
STORAGE = frozenset({"aggregator.store", "alembic", "lxml", "sqlalchemy", "sqlmodel"})
CONFIGURATION = frozenset({"aggregator.configuration", "aggregator.settings", "ruamel.yaml", "structlog"})

FORBIDDEN = {
    "--version": SERVICE | STORAGE | CONFIGURATION,
    "--help": SERVICE | STORAGE | CONFIGURATION,
    "feeds --help": SERVICE | STORAGE | CONFIGURATION,
    "check": SERVICE | STORAGE,
    "init other": SERVICE | STORAGE,
    "schema feeds": SERVICE | STORAGE,
    "feeds list": SERVICE,
    "feeds export": SERVICE,
    "feeds remove example-world": SERVICE | STORAGE - {"lxml"},
    "status": SERVICE,
    "stories list": SERVICE,
    "rules dropped": SERVICE,
}
"""Command lines, and the modules that none of them imports."""

_LIST_MODULES = """
import sys
from aggregator.cli import main
try:
    main()
finally:
    print("\\n".join(sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize("line", FORBIDDEN)
def test_a_command_imports_only_what_it_needs(line: str, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "feeds.yaml").write_text(
        "feeds:\n  - {url: 'https://example.org/world.xml', name: example-world}\n", encoding="utf-8"
    )
    done = completed(
        *python("-c", _LIST_MODULES, *line.split()), cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}
    )
    assert done.returncode == 0, done.stderr
    imported = set(done.stderr.splitlines())
    assert "aggregator.cli" in imported
    assert sorted(FORBIDDEN[line] & imported) == []
