"""Mutation testing changes what it should, draws the same sample, and chooses the tests that can notice."""

from __future__ import annotations

from textwrap import dedent

import pytest

from benchmarks.mutants import Mutant, lines_naming, mask_of, mutants_of, sample
from benchmarks.mutation import MOST_TESTS, MeasuredTest, Result, chosen_tests, table

SNIPPET = dedent('''
    """A module."""
    LIMIT = 3

    def longest(words: list[str], *, most: int = 2) -> str | None:
        """The docstring stays."""
        if not words:
            return None
        log.info("words.counted", count=len(words) + 1)
        return max(word for word in words[:most] if len(word) < LIMIT and word)
''')


def changes(source: str) -> set[tuple[str, str]]:
    """The changed text and what replaces it, of all mutants."""
    text = source.encode()
    return {(text[m.start : m.stop].decode(), m.replacement) for m in mutants_of("m.py", text)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", {("<", "<=")}),
        ("(a) >= (b)", {(">=", ">")}),
        ("a == b != c", {("==", "!="), ("!=", "==")}),
        ("a not in b", {("not in", "in")}),
        ("a is not b", {("is not", "is")}),
        ("a and (b or c)", {("and", "or"), ("or", "and")}),
        ("not (a)", {("not", "")}),
        ("a + b - c", {("+", "-"), ("-", "+")}),
        ("a // b * c", {("//", "*"), ("*", "/")}),
        ("a += b", {("+=", "-=")}),
        ("x = 7", {("7", "8")}),
        ("x = 0.5, True", {("0.5", "0.55"), ("True", "False")}),
        ("x = 'é', b'a', ''", {("'é'", '""'), ("b'a'", 'b""')}),
        ("x = 'a' + b", {("'a'", '""')}),
        ("x = f'a{1}'", {("f'a{1}'", '""')}),
        ("any(a), min(b)", {("any", "all"), ("min", "max")}),
        ("a.asc().any()", {("asc", "desc")}),
        ("sorted(a)", {("", ", reverse=True")}),
        ("sorted(a, reverse=True)", {("True", "False"), (", reverse=True", "")}),
        ("a[b:c]", {("b", ""), ("c", "")}),
        ("f(a, b=c)", {(", b=c", "")}),
        ("f(b=c, d=e)", {("b=c, ", ""), (", d=e", "")}),
        ("q.where(a).all()", {(".where(a)", "")}),
        ("q.where(a, b)", {("a, ", ""), (", b", "")}),
        ("if a: pass", {("a", "True"), ("a", "False")}),
        ("while a: pass", {("a", "False")}),
        ("[a for a in b if c]", {("c", "True")}),
        ("def f() -> int:\n    return a", {("a", "None")}),
        ("def f() -> None:\n    return a", set()),
        ("def f() -> bool:\n    return True", {("True", "False")}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_operator_changes_one_place(source: str, expected: set[tuple[str, str]]) -> None:
    assert changes(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "__all__ = ['a']",
        "class A:\n    __slots__ = ('a',)",
        "'''Docstring.'''",
        "x: Literal['a']",
        "X: TypeAlias = Literal['a']",
        "@dataclass(frozen=True)\nclass A:\n    '''Docstring.'''",
        "log.info('a.happened', count=1)",
        "self._log.info('a.happened')",
        "if TYPE_CHECKING:\n    X = 1",
        "x = cast('int', y)",
        "x = zip(a, b, strict=True)",
        "x: int = Field(description='text')",
    ],
)
def test_what_changes_no_result_stays(source: str) -> None:
    assert changes(source) == set()


def test_a_mutant_knows_its_lines_and_names() -> None:
    mutants = {(m.line, m.function, m.names, m.lines) for m in mutants_of("m.py", SNIPPET.encode())}
    assert mutants == {
        (3, "", ("LIMIT",), range(3, 4)),
        (5, "", ("longest",), range(6, 11)),  # a default value counts where the function runs
        (7, "longest", (), range(7, 8)),
        (10, "longest", (), range(10, 11)),
    }


def test_several_names_may_be_defined_at_once() -> None:
    assert [m.names for m in mutants_of("m.py", b"A, B = 1, c\n")] == [("A", "B")]


@pytest.mark.parametrize("decorator", ["cache", "lru_cache(maxsize=8)", "functools.cache", "functools.lru_cache()"])
def test_a_function_with_cached_results_is_tested_where_it_is_called(decorator: str) -> None:
    source = f"@{decorator}\ndef f():\n    return 1\ndef g():\n    return f()\ndef h():\n    return 2\n".encode()
    mutants = mutants_of("aggregator/m.py", source)
    assert [(m.function, m.names) for m in mutants] == [("f", ("f",)), ("h", ())]
    first, caller = measured("tests/test_m.py::test_first", [3, 5]), measured("tests/test_m.py::test_caller", [5])
    tests = (first, caller, measured("tests/test_a.py::test_else", [7]))
    assert chosen_tests(mutants[0], tests, {"aggregator/m.py": source}) == [caller.name, first.name]


def test_a_function_that_may_run_at_import_is_tested_by_all_tests_of_its_module_last() -> None:
    own, other = measured("tests/test_m.py::test_own", [8]), measured("tests/test_a.py::test_other", [8])
    calls = measured("tests/test_a.py::test_calls", [10])
    assert picked_for(10, own, other, calls) == [calls.name, own.name]


def test_a_mutant_is_applied_and_shown() -> None:
    text = SNIPPET.encode()
    found = next(m for m in mutants_of("m.py", text) if m.operator == "comparison")
    assert found.apply(text).decode() == SNIPPET.replace("<", "<=")
    line = "    return max(word for word in words[:most] if len(word) < LIMIT and word)"
    assert found.diff(text) == [f"- {line}", f"+ {line.replace('<', '<=')}"]


def test_a_sample_is_valid_python_and_the_same_for_the_same_seed() -> None:
    source = b"x = [a < b, c == d, e + f, g and h, (not i)]\ny = sorted(j,)\n"
    mutants = mutants_of("m.py", source)
    drawn = sample(mutants, {"m.py": source}, size=4, seed=1)
    assert len(drawn) == 4
    assert drawn == sample(reversed(mutants), {"m.py": source}, size=4, seed=1)
    assert any(drawn != sample(mutants, {"m.py": source}, size=4, seed=seed) for seed in range(2, 9))
    every = sample(mutants, {"m.py": source}, size=99, seed=1)
    assert {m.operator for m in every} == {"comparison", "arithmetic", "boolean", "not"}  # `j,, reverse` is none


def test_lines_that_name_something_lie_in_functions() -> None:
    source = "LIMIT = 3\ndef f(a=LIMIT):\n    return LIMIT\ndef g():\n    return UNLIMITED\n"
    assert lines_naming(source, ["LIMIT"]) == mask_of([3])


def picked_for(line: int, *tests: MeasuredTest) -> list[str]:
    sources = {"aggregator/m.py": SNIPPET.encode()}
    found = next(m for m in mutants_of("aggregator/m.py", sources["aggregator/m.py"]) if m.line == line)
    return chosen_tests(found, tests, sources)


def measured(name: str, lines: list[int], seconds: float = 0.1) -> MeasuredTest:
    return MeasuredTest(name=name, seconds=seconds, lines={"aggregator/m.py": mask_of(lines)})


def test_the_own_tests_run_first_then_the_quickest_then_more_parameters() -> None:
    tests = (
        measured("tests/test_other.py::test_slow", [10], 2),
        measured("tests/test_other.py::test_many[1]", [10], 0.1),
        measured("tests/test_other.py::test_many[2]", [10], 0.2),
        measured("tests/test_other.py::test_elsewhere", [7]),
        measured("tests/test_m.py::test_own", [10], 3),
    )
    expected = [
        "test_m.py::test_own",
        "test_other.py::test_many[1]",
        "test_other.py::test_slow",
        "test_other.py::test_many[2]",
    ]
    assert picked_for(10, *tests) == [f"tests/{name}" for name in expected]


def test_a_constant_is_tested_where_its_name_is_used_and_then_by_the_module() -> None:
    user, other = measured("tests/test_a.py::test_user", [10], 2), measured("tests/test_a.py::test_other", [7])
    assert picked_for(3, other, user) == [user.name, other.name]
    reader = MeasuredTest(name="tests/test_m.py::test_limit", seconds=0.1, lines={})
    assert picked_for(3, other, user, reader) == [reader.name, user.name, other.name]
    assert picked_for(10, reader) == []


def test_tests_are_few_and_take_little_time() -> None:
    many = [measured(f"tests/test_a.py::test_{number}", [10], 0.01) for number in range(99)]
    assert len(picked_for(10, *many)) == MOST_TESTS
    slow = [measured(f"tests/test_a.py::test_{number}", [10], 5) for number in range(9)]
    assert len(picked_for(10, *slow)) == 1
    assert picked_for(10, measured("tests/test_a.py::test_slow", [10], 99)) == ["tests/test_a.py::test_slow"]
    assert picked_for(10, measured("tests/test_a.py::test_elsewhere", [7])) == []


def test_the_table_counts_by_package_and_operator() -> None:
    found: list[Mutant] = mutants_of("m.py", b"x = [a < b, c == d, e + f]")
    killers = ("timed out", "tests/test_a.py::test", "")
    results = [Result(mutant=m, killer=killer, ran=()) for m, killer in zip(found, killers, strict=True)]
    rows = [line.split() for line in table(results, dict.fromkeys(found, "dedup")).splitlines()]
    assert rows[1:] == [
        ["package", "dedup", "3", "2", "1", "66.7%"],
        ["operator", "arithmetic", "1", "0", "0", "0.0%"],
        ["operator", "comparison", "2", "2", "1", "100.0%"],
        ["all", "3", "2", "1", "66.7%"],
    ]
