"""Measures which small bugs the tests find: mutation testing with a random sample.

    python benchmarks/mutation.py --sample 300 --seed 1          the figure that is kept
    python benchmarks/mutation.py --package dedup --sample 50    one package of ``TARGETS``
    python benchmarks/mutation.py --at aggregator/dedup/judge.py:40    all changes of one line, or of one file

Each mutant (see ``benchmarks/mutants.py``) is one change of one file. The tests that execute the changed lines run
against it, those of the module's own file first, then the quickest first, until one fails: at most ``MOST_TESTS``
tests, which take at most ``MOST_SECONDS`` on the unchanged tree. A mutant is killed when a test fails, when
the program does not even start, or when the tests do not end within ``DEADLINE``; it survives when all tests
pass, or when no test executes it.

Which test executes which line is measured once with coverage.py, by test file. The results are kept in the
system's temporary folder until the source or the test file changes. Only tests that pass there take part, on
SQLite and without a browser. A test that kills a mutant runs alone on the unchanged tree too; if it fails there, it
proves nothing and is not used. So do tests that time out; if they need more than a third of ``DEADLINE`` there, half
of them run again, so that a busy machine kills no mutant.

Works on copies of the tree; the checkout is never changed. Every run of tests is a forked child of a process that
has imported all libraries, but nothing of ``aggregator`` where it runs tests against mutants.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import coverage
import pytest

from benchmarks.mutants import Mutant, lines_naming, mask_of, mutants_of, sample

TARGETS = {
    "dedup": ("dedup",),
    "polling": ("polling.schedule", "polling.poll_result"),
    "parsing": ("parsing.entry_identity",),
    "change detection": ("change_detection", "entry_likeness", "entry_matching"),
    "publishing": ("publishing",),
    "store": ("store",),
}
"""Modules below ``aggregator`` whose mutants are drawn, by the name that ``--package`` takes; a package means
all its modules."""
LEFT_OUT = frozenset({
    *("store.tables", "store.column_types"),
    *("store.database:__init__", "store.database:_opened", "store.database:_prepare_sqlite"),
    *("store.database:_enable_write_ahead_log", "store.database:_begin_sqlite", "store.database:_MOST_SWITCHES"),
    *("store.database:_BUSY_MILLISECONDS", "store.database:_READERS", "store.database:_POSTGRES_WRITERS"),
})  # fmt: skip
"""Modules, and functions and constants of modules, that define tables and open databases: no queries."""

MOST_TESTS = 40
MOST_SECONDS = 8.0
DEADLINE = 30.0
_MEASURING = 900.0  # seconds that one test file may take while its lines are measured
_LATE, _CRASHED = _LOST = ("timed out", "crashed")  # children that gave no result
_NOT_RUN = ("postgres", "browser")  # markers
_ARGUMENTS = ("-q", "-n0", "--assert=plain", "--tb=no", "-p", "no:cacheprovider")
ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(tempfile.gettempdir()) / f"aggregator-mutation-{os.getuid()}"


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredTest:
    """One passing test: its seconds on a processor, and the lines it executes as ``mask_of`` gives them, by path."""

    name: str
    seconds: float
    lines: dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The result of one mutant; ``killer`` is the test or reason that killed it, "" if it survived."""

    mutant: Mutant
    killer: str
    ran: tuple[str, ...]


# running tests in forked children


@dataclass(kw_only=True)
class Workplace:
    """A copy of the tree in which one process runs tests."""

    tree: Path
    unsound: set[str] = field(default_factory=set)
    sound: set[str] = field(default_factory=set)
    runs: int = 0

    def run(self, work: Callable[[], Any], seconds: float) -> Any:
        """Returns the result of ``work`` in a forked child; else ``_LATE`` or ``_CRASHED``."""
        answer = self.tree.parent / "answer.json"
        answer.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            os.setsid()
            nowhere = os.open(os.devnull, os.O_RDWR)
            for standard in range(3):
                os.dup2(nowhere, standard)
            try:
                answer.with_suffix(".part").write_text(json.dumps(work()))
                answer.with_suffix(".part").rename(answer)
            finally:
                os._exit(0)
        ends = time.monotonic() + seconds
        while not (ended := os.waitpid(child, os.WNOHANG)[0] != 0) and time.monotonic() < ends:
            time.sleep(0.01)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if not ended:
            os.waitpid(child, 0)
            return _LATE
        return json.loads(answer.read_text()) if answer.exists() else _CRASHED

    @contextmanager
    def changed(self, mutant: Mutant) -> Iterator[None]:
        """Puts a mutant into this copy for the block."""
        path = self.tree / mutant.path
        before, times = path.read_bytes(), path.stat()
        path.write_bytes(mutant.apply(before))
        self.runs += 1
        # another time for each mutant, so that no compiled file of another one is taken for it
        os.utime(path, (times.st_atime + self.runs, times.st_mtime + self.runs))
        try:
            yield
        finally:
            path.write_bytes(before)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def pytest(self, arguments: Iterable[str], plugin: object) -> int:
        """Runs pytest in this process, which is a child."""
        scratch = f"--basetemp={self.tree.parent / 'scratch'}"
        return int(pytest.main([*_ARGUMENTS, scratch, *arguments], plugins=[plugin]))


_here: list[Workplace] = []


def open_workplace(folder: Path, imports: Callable[[Workplace], object]) -> None:
    """Copies the tree into a folder of this process, and imports what all runs of tests need."""
    tree = folder / str(os.getpid()) / "tree"
    for name in tracked_files():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tree / name)
    os.chdir(tree)
    os.environ |= {"PYTHONPATH": str(tree), "COVERAGE_CORE": "ctrace", "OPENBLAS_NUM_THREADS": "1"}
    elsewhere = [path for path in sys.path if Path(path).resolve() not in {ROOT, ROOT / "benchmarks"}]
    sys.path[:] = [str(tree), *elsewhere]
    _here[:] = [Workplace(tree=tree)]
    imports(_here[0])


@contextmanager
def workplaces(jobs: int, imports: Callable[[Workplace], object]) -> Iterator[ProcessPoolExecutor]:
    """Gives a pool of processes with a copy of the tree each, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="mutation-", ignore_cleanup_errors=True) as folder:
        arguments = Path(folder), imports
        with ProcessPoolExecutor(jobs, get_context("fork"), initializer=open_workplace, initargs=arguments) as pool:
            yield pool


def import_project(workplace: Workplace) -> list[str]:
    """Imports all modules of the project, and returns the other modules that are imported then."""
    before = set(sys.modules)
    for path in sorted((workplace.tree / "aggregator").rglob("*.py")):
        if path.stem != "__main__":
            importlib.import_module(module_of(path.relative_to(workplace.tree).as_posix(), below=""))
    own = ("aggregator", "tests", "benchmarks", "migrations")
    return [name for name in sys.modules if name not in before and name.partition(".")[0] not in own]


def import_libraries(workplace: Workplace) -> None:
    """Imports what the project imports from elsewhere, and nothing of the project."""
    libraries = workplace.run(lambda: import_project(workplace), DEADLINE * 4)
    if libraries in _LOST:
        raise RuntimeError(f"the unchanged tree cannot be imported: {libraries}")
    for name in libraries:
        with suppress(Exception):
            importlib.import_module(name)


def tracked_files() -> list[str]:
    """Returns the files of the checkout that git knows or does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return sorted(name for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file())


def module_of(path: str, *, below: str = "aggregator.") -> str:
    """Returns the dotted name of a module, without the package ``below``."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".").removeprefix(below)


# which test executes which line


class Measuring:
    """A pytest plugin that notes the seconds, the outcome and the lines of every test."""

    def __init__(self, tree: Path) -> None:
        self._package = tree / "aggregator"
        self._coverage = coverage.Coverage(data_file=None, config_file=False, include=[f"{self._package}/*"])
        self._seconds: dict[str, float] = {}
        self._not_passed: set[str] = set()

    def pytest_sessionstart(self) -> None:
        """Starts measuring."""
        self._coverage.start()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Removes the tests that need PostgreSQL or a browser."""
        items[:] = [item for item in items if not any(item.get_closest_marker(marker) for marker in _NOT_RUN)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Notes the lines and the seconds under the name of the test."""
        self._coverage.switch_context(item.nodeid)
        began = sum(os.times()[:4])
        try:
            return (yield)
        finally:
            self._seconds[item.nodeid] = sum(os.times()[:4]) - began
            self._coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes the outcome."""
        if not report.passed:
            self._not_passed.add(report.nodeid)

    def measured(self) -> dict[str, tuple[float, dict[str, str]]]:
        """Returns seconds and lines (hexadecimal, as ``mask_of``) of all tests that passed."""
        self._coverage.stop()
        data = self._coverage.get_data()
        lines: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for file in data.measured_files():
            path = Path(file).relative_to(self._package.parent).as_posix()
            for line, tests in data.contexts_by_lineno(file).items():
                for test in tests:
                    lines[test][path] |= 1 << line
        return {
            test: (seconds, {path: f"{mask:x}" for path, mask in lines[test].items()})
            for test, seconds in self._seconds.items()
            if test not in self._not_passed
        }


def measure(file: str, kept: Path) -> str:
    """Runs one test file, keeps what it executes, and returns its name."""
    workplace = _here[0]

    def work() -> dict[str, tuple[float, dict[str, str]]]:
        plugin = Measuring(workplace.tree)
        workplace.pytest([file], plugin)
        return plugin.measured()

    measured = workplace.run(work, _MEASURING)
    if measured in _LOST:
        print(f"{file}: {measured}; its tests take no part", flush=True)
        return file
    kept.with_suffix(".part").write_text(json.dumps(measured))
    kept.with_suffix(".part").rename(kept)
    return file


def kept_path(file: str) -> Path:
    """Returns where the lines of a test file are kept; another path when the source or the file is another one."""
    return KEPT / f"{hashlib.sha256(source_hash() + (ROOT / file).read_bytes()).hexdigest()[:32]}.json"


@cache
def source_hash() -> bytes:
    """Returns a hash of all that tests run with, without the test files themselves."""
    digest = hashlib.sha256()
    for name in tracked_files():
        if name.startswith(("aggregator/", "migrations/", "config/", "tests/", "pyproject")) and not is_test(name):
            digest.update(name.encode() + b"\0" + hashlib.sha256((ROOT / name).read_bytes()).digest())
    return digest.digest()


def is_test(name: str) -> bool:
    """True if a path names a test file."""
    return re.fullmatch(r"tests/test_\w+\.py", name) is not None


def measured_tests(files: Sequence[str], jobs: int) -> list[MeasuredTest]:
    """Returns all passing tests of these files; measures those that changed since they were measured last."""
    KEPT.mkdir(exist_ok=True)
    paths = {file: kept_path(file) for file in files}
    missing = sorted((file for file in files if not paths[file].exists()), key=lambda file: -_size(file))
    began = time.monotonic()
    with workplaces(jobs, import_project) as pool:
        waiting = [pool.submit(measure, file, paths[file]) for file in missing]
        for number, done in enumerate(as_completed(waiting), 1):
            seconds = time.monotonic() - began
            print(f"{number} of {len(missing)} test files, {seconds:.0f} s: {done.result()}", file=sys.stderr)
    return [
        MeasuredTest(name=name, seconds=seconds, lines={path: int(mask, 16) for path, mask in lines.items()})
        for path in paths.values()
        if path.exists()
        for name, (seconds, lines) in json.loads(path.read_text()).items()
    ]


def _size(file: str) -> int:
    return (ROOT / file).stat().st_size


# which tests run against a mutant


def chosen_tests(mutant: Mutant, tests: Sequence[MeasuredTest], sources: dict[str, bytes]) -> list[str]:
    """Returns the tests to run against a mutant, in the order in which they run.

    What runs at import is executed by no test of its own: there the tests count that execute a line which mentions
    a name that it defines, and the module's own tests that execute none of its lines: they read a constant. After them
    come those that execute any line of the module. So do the tests that mention a
    function whose results are cached: which test executes it first depends on the order. A function may run at
    import too, so the module's own tests that execute any line of it come last for each function.
    """
    own_file = f"tests/test_{module_of(mutant.path).replace('.', '_')}.py"
    found = executing(tests, {mutant.path: mask_of(mutant.own_lines)})
    found = found or executing(tests, {mutant.path: mask_of(mutant.lines)})
    late = executing(tests, {mutant.path: -1})
    if mutant.names:
        found += executing(tests, {path: lines_naming(text.decode(), mutant.names) for path, text in sources.items()})
    if not mutant.function:
        found += [test for test in tests if test.name.startswith(own_file) and mutant.path not in test.lines]
    else:
        late = [test for test in late if test.name.startswith(f"{own_file}::")]
    ordered = [*_in_order(found, own_file), *_in_order(late, own_file)]
    chosen: dict[str, float] = {}
    for test in ordered:
        has_room = len(chosen) < MOST_TESTS and sum(chosen.values()) + test.seconds <= MOST_SECONDS
        if has_room or not chosen:
            chosen.setdefault(test.name, test.seconds)
    return list(chosen)


def executing(tests: Iterable[MeasuredTest], masks: dict[str, int]) -> list[MeasuredTest]:
    """Returns the tests that execute one of these lines."""
    wanted = {path: mask for path, mask in masks.items() if mask}
    return [test for test in tests if any(test.lines.get(path, 0) & mask for path, mask in wanted.items())]


def _in_order(tests: Iterable[MeasuredTest], own_file: str) -> list[MeasuredTest]:
    """Sorts the module's own tests first, then the quickest; each test with one parameter before any with more."""
    seen: Counter[str] = Counter()
    ranked: list[tuple[bool, int, float, str, MeasuredTest]] = []
    for test in sorted(tests, key=lambda test: (test.seconds, test.name)):
        function = test.name.partition("[")[0]
        seen[function] += 1
        ranked.append((not test.name.startswith(own_file), seen[function], test.seconds, test.name, test))
    return [test for *_, test in sorted(ranked, key=lambda entry: entry[:4])]


class Running:
    """A pytest plugin that runs the tests of a list in their order, and notes the first that fails."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._places = {test: place for place, test in enumerate(tests)}
        self.ran: list[str] = []
        self.failed = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keeps the tests of the list."""
        wanted = [item for item in items if item.nodeid in self._places]
        items[:] = sorted(wanted, key=lambda item: self._places[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes what ran and what failed."""
        if report.when == "setup":
            self.ran.append(report.nodeid)
        if report.failed:
            self.failed = self.failed or report.nodeid


def run_tests(workplace: Workplace, tests: Sequence[str]) -> tuple[str, list[str]]:
    """Returns the test or the reason that failed, "" for none, and the tests that ran."""

    def work() -> tuple[str, list[str]]:
        plugin = Running(tests)
        status = workplace.pytest(["-x", *dict.fromkeys(test.partition("[")[0] for test in tests)], plugin)
        reason = "" if status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else f"exit status {status}"
        return plugin.failed or reason, plugin.ran

    answer = workplace.run(work, DEADLINE)
    return (answer, []) if answer in _LOST else (str(answer[0]), list(answer[1]))


def try_mutant(mutant: Mutant, tests: Sequence[str]) -> Result:
    """Runs tests against a mutant, in this process's copy of the tree."""
    workplace = _here[0]
    usable = [test for test in tests if test not in workplace.unsound]
    while usable:
        with workplace.changed(mutant):
            killer, ran = run_tests(workplace, usable)
        is_test = killer in usable
        if not killer or killer in workplace.sound or not (is_test or killer in _LOST):
            return Result(mutant=mutant, killer=killer, ran=tuple(ran))
        began = time.monotonic()
        passes = run_tests(workplace, [killer] if is_test else usable)[0] == ""
        if passes and (is_test or time.monotonic() - began < DEADLINE / 3):
            workplace.sound.update([killer] if is_test else [])
            return Result(mutant=mutant, killer=killer, ran=tuple(ran))
        if is_test:
            workplace.unsound.add(killer)
            usable.remove(killer)
        else:
            usable = usable[: len(usable) // 2]
    return Result(mutant=mutant, killer="", ran=())


# the report


def target_mutants(package: str | None, at: str | None, sources: dict[str, bytes]) -> dict[str, list[Mutant]]:
    """Returns all mutants by package; raises SystemExit for a target that is not there."""
    place, _, line = (at or "").partition(":")
    found: dict[str, list[Mutant]] = {}
    for name, modules in TARGETS.items():
        if package not in (None, name):
            continue
        found[name] = []
        for module in modules:
            paths = [path for path in sources if f"{module_of(path)}.".startswith(f"{module}.")]
            if not paths:
                raise SystemExit(f"TARGETS names {module}, which is no module of aggregator")
            wanted = [path for path in paths if module_of(path) not in LEFT_OUT and path.startswith(place)]
            found[name] += [
                mutant
                for path in wanted
                for mutant in mutants_of(path, sources[path])
                if LEFT_OUT.isdisjoint(f"{module_of(path)}:{name}" for name in (mutant.function, *mutant.names))
                and line in ("", str(mutant.line))
            ]
    return found


def shown(result: Result, source: bytes) -> str:
    """Returns the lines that describe a survivor, or a mutant that timed out."""
    mutant = result.mutant
    files = Counter(test.partition("::")[0] for test in result.ran)
    ran = ", ".join(f"{file} ({count})" for file, count in files.items()) or (
        "none ended" if result.killer else "no test executes it"
    )
    head = f"{result.killer or 'survived'}  {mutant.path}:{mutant.line}  [{mutant.operator}]"
    return "\n".join([head, *(f"    {line}" for line in mutant.diff(source)), f"    tests: {ran}", ""])


def table(results: Sequence[Result], package_of: dict[Mutant, str]) -> str:
    """Returns the share of killed mutants, by package, by operator and of all."""
    groups: dict[str, list[Result]] = {}
    for label, key in (("package", lambda r: package_of[r.mutant]), ("operator", lambda r: r.mutant.operator)):
        for result in sorted(results, key=key):
            groups.setdefault(f"{label} {key(result)}", []).append(result)
    groups["all"] = list(results)
    rows = [f"{'':28}{'mutants':>8}{'killed':>8}{'timed out':>11}{'share':>8}"]
    for name, group in groups.items():
        killed = sum(result.killer != "" for result in group)
        timed_out = sum(result.killer == _LATE for result in group)
        rows.append(f"{name:28}{len(group):8}{killed:8}{timed_out:11}{killed / max(1, len(group)):8.1%}")
    return "\n".join(rows)


def main() -> None:
    """Draws mutants, runs tests against each, prints the survivors and the share of those killed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, default=300, help="how many mutants to draw")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same mutants")
    parser.add_argument("--package", choices=TARGETS, help="draw from this package alone")
    parser.add_argument("--at", metavar="FILE[:LINE]", help="take the mutants of this file or line, all of them")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("tests", nargs="*", metavar="TEST_FILE", help="test files to use; default: all")
    asked = parser.parse_args()
    began = time.monotonic()
    sources = {
        name: (ROOT / name).read_bytes()
        for name in tracked_files()
        if name.startswith("aggregator/") and name.endswith(".py")
    }
    targets = target_mutants(asked.package, asked.at, sources)
    package_of = {mutant: package for package, mutants in targets.items() for mutant in mutants}
    size = len(package_of) if asked.at else asked.sample
    mutants = sample(package_of, sources, size=size, seed=asked.seed)
    files = asked.tests or [name for name in tracked_files() if is_test(name)]
    tests = measured_tests(files, asked.jobs)
    chosen = [chosen_tests(mutant, tests, sources) for mutant in mutants]
    print(f"{len(mutants)} of {len(package_of)} mutants, seed {asked.seed}; {len(tests)} tests\n", flush=True)
    trying = time.monotonic()
    results = []
    with workplaces(asked.jobs, import_libraries) as pool:
        for result in pool.map(try_mutant, mutants, chosen):
            results.append(result)
            if result.killer in ("", *_LOST):
                print(shown(result, sources[result.mutant.path]), flush=True)
    print(table(results, package_of))
    print(f"\n{trying - began:.0f} s to measure, {time.monotonic() - trying:.0f} s to run the tests")


if __name__ == "__main__":
    main()
