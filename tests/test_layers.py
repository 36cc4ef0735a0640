"""Imports go down only, and a library lives in one room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.loops import loop_over

PACKAGE = Path(__file__).resolve().parents[1] / "aggregator"

FLOORS = (
    ("__main__",),
    ("cli",),
    ("commands",),
    ("demo.run_demo",),
    ("daemon",),
    (
        "web",
        "read_model",
        "bootstrap",
        "configured_database",
        "push_receiver",
        "watchdog",
        "static_files",
        "hub_publisher",
        "configuration_reload",
    ),
    ("pipeline",),
    ("steps",),
    (
        "store",
        "polling.fetch",
        "worker_pool",
        "background_tasks",
        "publishing.file_writer",
        "configuration.file_updates",
        "logging_setup",
    ),
    ("reference_docs",),
    (
        "polling",
        "parsing",
        "extraction",
        "dedup",
        "publishing",
        "change_detection",
        "entry_likeness",
        "entry_matching",
        "entry_rules",
        "retention",
        "health_checks",
        "alert_rules",
        "demo",
        "configuration.starter_files",
        "configuration.yaml_edits",
    ),
    ("configuration",),
    (
        "configuration.json_schemas",
        "configuration.settings_dump",
        "settings",
        "stored_keys",
        "version",
        "plurals",
        "metrics",
        "base_url",
    ),
    (
        "model",
        "agencies",
        "clock",
        "random_keys",
        "url_credentials",
        "settings.custom_headers",
        "settings.length_limits",
        "selectors",
        "text_folding",
        "text_patterns",
        "edition_schedule",
    ),
    ("errors",),
)
"""From the roof down; a module may import what stands on its own floor or below."""

ROOMS = {
    "ada_url": ("parsing",),
    "alembic": ("store",),
    "apscheduler": ("daemon",),
    "chardetng_py": ("parsing",),
    "cronsim": ("edition_schedule",),
    "cssselect": ("selectors",),
    "fastapi": ("web", "daemon"),
    "feedparser": ("parsing",),
    "h11": ("polling",),
    "httpx": ("polling",),
    "nh3": ("parsing",),
    "pebble": ("worker_pool",),
    "psycopg": (),
    "prometheus_client": ("metrics",),
    "publicsuffixlist": ("polling",),
    "py3langid": ("extraction",),
    "regex": ("text_patterns",),
    "ruamel": ("configuration",),
    "sqlalchemy": ("store", "steps", "read_model"),
    "sqlmodel": ("store", "steps", "read_model"),
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


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    return tuple(_imports_in(ast.parse(path.read_text(encoding="utf-8"))))


def _imports_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
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


@loop_over("path", MODULES, ids=name_of)
def test_a_module_imports_from_its_own_floor_or_below(path: Path) -> None:
    own = floor_of(name_of(path))
    inside = [name.removeprefix("aggregator.") for name in imports_of(path) if name.startswith("aggregator.")]
    assert [name for name in inside if floor_of(name) < own] == []


def test_every_module_has_a_floor() -> None:
    homeless = [name_of(path) for path in MODULES if floor_of(name_of(path)) == len(FLOORS) and name_of(path)]
    assert homeless == []


@loop_over("library", ROOMS)
def test_a_library_lives_in_its_rooms(library: str) -> None:
    strangers = {
        name_of(path)
        for path in MODULES
        for name in imports_of(path)
        if name.split(".")[0] == library and not name_of(path).split(".")[0].startswith(ROOMS[library] or ("nobody",))
    }
    assert strangers == set()


def test_effects_never_import_each_other() -> None:
    effects = ("store", "polling.fetch", "worker_pool")
    for path in MODULES:
        own = next((room for room in effects if f"{name_of(path)}.".startswith(f"{room}.")), None)
        if own is None:
            continue
        others = tuple(f"aggregator.{room}." for room in effects if room != own)
        assert [name for name in imports_of(path) if f"{name}.".startswith(others)] == [], path


STORE_BASE = ("store", "model", "settings", "errors", "clock", "agencies", "stored_keys", "url_credentials")
"""What the store may import: values and what stands below them, and nothing that decides."""


def test_the_store_imports_values_and_no_package_that_decides() -> None:
    allowed = tuple(f"aggregator.{room}." for room in STORE_BASE)
    for path in (PACKAGE / "store").rglob("*.py"):
        inside = [name for name in imports_of(path) if name.startswith("aggregator.")]
        assert [name for name in inside if not f"{name}.".startswith(allowed)] == [], path
