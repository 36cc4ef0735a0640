"""Imports go down only, and a library lives in one room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "aggregator"

FLOORS = (
    ("__main__",),
    ("cli",),
    ("commands",),
    ("demo.play",),
    ("daemon",),
    ("web", "library", "opening", "callbacks", "pulse", "static_files", "announcing", "reloading"),
    ("pipeline",),
    ("steps",),
    ("store", "polling.fetch", "workers", "publishing.writing", "configuration_writing", "logs"),
    ("reference",),
    (
        "polling",
        "parsing",
        "extraction",
        "dedup",
        "publishing",
        "intake",
        "rules",
        "retention",
        "checkup",
        "watching",
        "demo",
        "starter",
        "configuration_editing",
    ),
    ("configuration",),
    ("schemas", "settings", "as_written", "version", "wording", "metrics"),
    ("model", "clock", "credentials", "header_fields", "selectors", "matching", "timetables"),
    ("errors",),
)
"""From the roof down; a module may import what stands on its own floor or below."""

ROOMS = {
    "ada_url": ("parsing",),
    "alembic": ("store",),
    "apscheduler": ("daemon",),
    "chardetng_py": ("parsing",),
    "cronsim": ("timetables",),
    "cssselect": ("selectors",),
    "fastapi": ("web", "daemon"),
    "feedparser": ("parsing",),
    "h11": ("polling",),
    "httpx": ("polling",),
    "nh3": ("parsing",),
    "pebble": ("workers",),
    "psycopg": (),
    "prometheus_client": ("metrics",),
    "publicsuffixlist": ("polling",),
    "py3langid": ("extraction",),
    "regex": ("matching",),
    "ruamel": ("configuration",),
    "sqlalchemy": ("store", "steps", "library", "cli"),
    "sqlmodel": ("store", "steps", "library"),
    "starlette": ("web",),
    "trafilatura": ("extraction",),
    "typer": ("cli", "commands"),
    "uvicorn": ("daemon",),
    "webencodings": ("parsing",),
}
"""Libraries, and the rooms that may import them. The steps know the type of a session, nothing more."""

MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor_of(module: str) -> int:
    """The floor whose room is the longest beginning of the module's name."""
    rooms = (
        (len(room), floor)
        for floor, names in enumerate(FLOORS)
        for room in names
        if f"{module}.".startswith(f"{room}.")
    )
    return max(rooms, default=(0, len(FLOORS)))[1]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_from_its_own_floor_or_below(path: Path) -> None:
    own = floor_of(name_of(path))
    inside = [name.removeprefix("aggregator.") for name in imports_of(path) if name.startswith("aggregator.")]
    assert [name for name in inside if floor_of(name) < own] == []


def test_every_module_has_a_floor() -> None:
    homeless = [name_of(path) for path in MODULES if floor_of(name_of(path)) == len(FLOORS) and name_of(path)]
    assert homeless == []


@pytest.mark.parametrize("library", ROOMS)
def test_a_library_lives_in_its_rooms(library: str) -> None:
    strangers = {
        name_of(path)
        for path in MODULES
        for name in imports_of(path)
        if name.split(".")[0] == library and not name_of(path).split(".")[0].startswith(ROOMS[library] or ("nobody",))
    }
    assert strangers == set()


def test_effects_never_import_each_other() -> None:
    effects = ("store", "polling.fetch", "workers")
    for path in MODULES:
        own = next((room for room in effects if f"{name_of(path)}.".startswith(f"{room}.")), None)
        if own is None:
            continue
        others = tuple(f"aggregator.{room}." for room in effects if room != own)
        assert [name for name in imports_of(path) if f"{name}.".startswith(others)] == [], path
