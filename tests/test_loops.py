"""A loop over cases runs all of them and names those that fail."""

from __future__ import annotations

import pytest

from tests.loops import CasesFailed, loop_over

pytestmark = pytest.mark.anyio

CASES = [pytest.param(1, "a", id="first"), (2, "b"), pytest.param(3, "c", id="third")]


def test_all_cases_run_and_every_failure_is_named() -> None:
    seen = []

    @loop_over(("number", "letter"), CASES)
    def check(number: int, letter: str) -> None:
        seen.append(letter)
        assert number == 2

    with pytest.raises(CasesFailed) as caught:
        check()
    assert caught.value.message == "2 of 3 cases failed: first; third"
    assert [error.__notes__ for error in caught.value.exceptions] == [["case: first"], ["case: third"]]
    assert seen == ["a", "b", "c"]


def test_a_missing_exception_fails_its_case_alone() -> None:
    @loop_over("number", [0, 1, 2])
    def check(number: int) -> None:
        with pytest.raises(ZeroDivisionError):
            1 / number

    with pytest.raises(CasesFailed, match="2 of 3 cases failed: 1; 2"):
        check()


async def test_an_async_test_is_looped_too() -> None:
    @loop_over("number", [0, 1], ids=lambda number: f"number {number}")
    async def check(number: int) -> None:
        assert number

    with pytest.raises(CasesFailed, match="1 of 2 cases failed: number 0"):
        await check()


@pytest.mark.parametrize(("exhaustive", "taken"), [(False, [0, 4, 9]), (True, list(range(10)))])
def test_the_default_run_takes_a_sample(monkeypatch: pytest.MonkeyPatch, exhaustive: bool, taken: list[int]) -> None:
    monkeypatch.setattr("tests.loops.is_exhaustive", lambda: exhaustive)
    seen = []

    @loop_over("number", range(10), sample=3)
    def note(number: int) -> None:
        seen.append(number)

    note()
    assert seen == taken


def test_a_loop_without_cases_fails() -> None:
    @loop_over("number", [])
    def check(number: int) -> None:
        pass

    with pytest.raises(AssertionError, match="there is no case"):
        check()


@loop_over("number", [1, 2])
@loop_over("letter", ["a", "b"])
def test_loops_nest_and_leave_fixtures_to_pytest(request: pytest.FixtureRequest, number: int, letter: str) -> None:
    assert (number in (1, 2), letter in ("a", "b")) == (True, True)
    assert "number" not in request.fixturenames
