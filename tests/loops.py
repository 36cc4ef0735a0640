"""Runs a test for many cheap cases in one loop, where pytest's parameters cost more than the cases.

    @loop_over(("text", "expected"), [pytest.param("a", 1, id="a letter"), ...])
    def test_a_text_has_a_value(text: str, expected: int) -> None: ...

The arguments are those of ``pytest.mark.parametrize``, and ``sample``: the number of cases in the default run. One
test runs all cases, also after a failure, and names those that failed. The cases share the fixtures of the test, so a case must leave
nothing behind for the next.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from tests.thoroughness import is_exhaustive

Test = Callable[..., Any]
Case = tuple[str, dict[str, Any]]

MOST_SHOWN = 20
"""Failed cases that are shown with their tracebacks."""


class CasesFailed(ExceptionGroup):
    """Some cases of a loop failed; each error has the name of its case as a note."""


def loop_over(
    names: str | Sequence[str],
    cases: Iterable[Any],
    *,
    ids: Callable[[Any], str] | None = None,
    sample: int | None = None,
) -> Callable[[Test], Test]:
    """Decorates a test that gets the arguments ``names``; ``ids`` names a case after its one value.

    With a ``sample``, the default run takes that many cases, spread evenly over all of them, and the
    exhaustive run takes all.
    """
    wanted = (names,) if isinstance(names, str) else tuple(names)
    named = [_named(case, wanted, ids) for case in cases]

    def decorate(test: Test) -> Test:
        async def loop_async(*args: Any, **fixtures: Any) -> None:
            failures = _Failures()
            for name, values in _chosen(named, sample):
                with failures.of(name):
                    await test(*args, **fixtures, **values)
            failures.show()

        def loop(*args: Any, **fixtures: Any) -> None:
            failures = _Failures()
            for name, values in _chosen(named, sample):
                with failures.of(name):
                    test(*args, **fixtures, **values)
            failures.show()

        looping = wraps(test)(loop_async if inspect.iscoroutinefunction(test) else loop)
        signature = inspect.signature(test)
        left = [parameter for name, parameter in signature.parameters.items() if name not in wanted]
        looping.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return looping if sample is None else pytest.mark.sampled(looping)

    return decorate


class _Failures:
    def __init__(self) -> None:
        self._cases = 0
        self._names: list[str] = []
        self._errors: list[Exception] = []

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Notes how a case fails, and lets the loop go on."""
        self._cases += 1
        try:
            yield
        except pytest.fail.Exception as failure:  # pytest.raises without what it waits for, and pytest-timeout
            if "pytest-timeout" in str(failure):
                raise
            self._note(name, AssertionError(str(failure)))
        except Exception as error:  # noqa: BLE001 - a test may fail with anything
            self._note(name, error)

    def _note(self, name: str, error: Exception) -> None:
        error.add_note(f"case: {name}")
        self._names.append(name)
        self._errors.append(error)

    def show(self) -> None:
        """Fails when a case failed."""
        assert self._cases, "there is no case"
        if self._errors:
            summary = f"{len(self._errors)} of {self._cases} cases failed: {'; '.join(self._names)}"
            raise CasesFailed(summary, self._errors[:MOST_SHOWN])


def _chosen(cases: Sequence[Case], sample: int | None) -> Sequence[Case]:
    if sample is None or sample >= len(cases) or is_exhaustive():
        return cases
    return [cases[number * (len(cases) - 1) // (sample - 1)] for number in range(sample)]


def _named(case: Any, names: tuple[str, ...], ids: Callable[[Any], str] | None) -> Case:
    name = None
    if isinstance(case, ParameterSet):
        assert not case.marks, "a case in a loop has no marks of its own"
        name, case = case.id, case.values
    elif len(names) == 1:
        case = (case,)
    values = dict(zip(names, case, strict=True))
    if name is None:
        name = ids(case[0]) if ids else "-".join(_short(value) for value in case)
    return str(name), values


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
