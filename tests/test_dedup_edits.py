"""In six languages a copy survives what desks do to it, and a template with other values never is one."""

from __future__ import annotations

import pytest

from benchmarks.edits import EDITS, GRAMMAR, curve

SHORT = "cut to 20 %"
"""Two sentences of ten: in some languages too few words to prove anything."""

EXCUSED = {"Arabic": 1 / 6}
"""Wrong merges there are: two numbers that differ in 130 words pass for corrections, and no name is seen."""


@pytest.mark.parametrize("language", GRAMMAR)
def test_copies_are_found_and_templates_are_kept_apart(language: str) -> None:
    found = curve(language, 6)
    assert found["other values"] == EXCUSED.get(language, 0.0)
    assert {name for name in EDITS if name != SHORT and found[name] < 0.8} == set()
