"""docs/politeness.md and the tests on the wire are the same list."""

from __future__ import annotations

import ast
import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
TABLES = (CHECKOUT / "docs" / "politeness.md").read_text(encoding="utf-8")
PROOFS = dict(re.findall(r"^\| (\d+) \|.*\| ([^|]*) \|$", TABLES, re.MULTILINE))
NAMED = set(re.findall(r"`(tests/test_\w+\.py::test_\w+)`", TABLES))


def proofs_in(file: Path) -> set[str]:
    found = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    functions = (node.name for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {f"tests/{file.name}::{name}" for name in functions if name.startswith("test_")}


def test_all_behaviours_are_there_once_and_in_order() -> None:
    assert re.findall(r"^\| (\d+) \|", TABLES, re.MULTILINE) == [str(number) for number in range(1, 59)]


def test_every_behaviour_has_its_proof() -> None:
    unproved = [number for number, proof in PROOFS.items() if not re.search(r"`tests/", proof)]
    assert unproved == []


def test_every_test_that_is_named_exists() -> None:
    files = {CHECKOUT / name.split("::", 1)[0] for name in NAMED}
    existing = set().union(*(proofs_in(file) for file in files if file.exists()))
    assert sorted(NAMED - existing) == []


def test_every_test_on_the_wire_is_named() -> None:
    on_the_wire = set().union(*(proofs_in(file) for file in (CHECKOUT / "tests").glob("test_wire_*.py")))
    assert len(on_the_wire) > 50
    assert sorted(on_the_wire - NAMED) == []
