"""Finds the small changes that mutation testing makes to a Python source file.

Works on the syntax tree and changes the text, so that all other lines keep their number and their layout.
``benchmarks/mutation.py`` runs the tests against the changes.

Does not change what cannot alter a result that a test should see: annotations, docstrings, decorators, type
aliases, log calls, the inside of f-strings, ``__all__`` and ``__slots__``, ``TYPE_CHECKING``, the metadata of
fields, the ``strict`` of ``zip``.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
    ast.Is: (r"\bis\b", "is not"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
}
_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
}
_SWAPPED_FUNCTIONS = {
    "any": "all", "all": "any", "min": "max", "max": "min",
    "asc": "desc", "desc": "asc", "and_": "or_", "or_": "and_",
}  # fmt: skip
_SWAPPED_METHODS = {"asc": "desc", "desc": "asc"}
_CONDITIONS = frozenset({"where", "having", "filter"})
_NAMES_FIRST = frozenset({"cast", "TypeVar", "ParamSpec", "NewType"})
_METADATA = frozenset({"description", "title", "metadata", "strict"})
_UNREAD = frozenset({"__all__", "__slots__"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """One change of one file: the bytes from ``start`` to ``stop`` become ``replacement``.

    ``function`` is the innermost function around it, "" outside of any. ``own_lines`` are the lines of the changed
    expression; ``lines`` those of its statement, without the body of a compound one (of a default value: the body
    of its function). ``names`` are what the statement defines when it runs at import; of a function whose results are
    cached, its name, because it runs only in the first of all tests that use it; else empty.
    """

    path: str
    function: str
    operator: str
    start: int
    stop: int
    replacement: str
    own_lines: range
    lines: range
    names: tuple[str, ...]

    @property
    def line(self) -> int:
        """The line where the changed expression begins."""
        return self.own_lines.start

    def apply(self, source: bytes) -> bytes:
        """Returns the changed source."""
        return source[: self.start] + self.replacement.encode() + source[self.stop :]

    def diff(self, source: bytes) -> list[str]:
        """Returns the changed lines as in a unified diff, without context."""
        first = source.rfind(b"\n", 0, self.start) + 1
        last = source.find(b"\n", self.stop)
        last = len(source) if last < 0 else last
        after = source[first : self.start] + self.replacement.encode() + source[self.stop : last]
        pairs = (("-", source[first:last]), ("+", after))
        return [f"{sign} {line}" for sign, text in pairs for line in text.decode().split("\n")]


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """Returns all mutants of a file, in the order of the text. Some need not be valid Python (see ``sample``)."""
    finder = _Finder(path, source)
    finder.visit(ast.parse(source))
    return sorted(finder.found, key=lambda mutant: (mutant.start, mutant.stop, mutant.replacement))


def sample(mutants: Iterable[Mutant], sources: dict[str, bytes], *, size: int, seed: int) -> list[Mutant]:
    """Returns ``size`` random mutants that are valid Python, in the order of the text; the same for the same seed."""
    shuffled = sorted(mutants, key=lambda mutant: (mutant.path, mutant.start, mutant.stop, mutant.replacement))
    random.Random(seed).shuffle(shuffled)
    drawn: list[Mutant] = []
    for mutant in shuffled:
        if len(drawn) == size:
            break
        if _is_python(mutant.apply(sources[mutant.path])):
            drawn.append(mutant)
    return sorted(drawn, key=lambda mutant: (mutant.path, mutant.start, mutant.stop, mutant.replacement))


def _is_python(source: bytes) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Finder(ast.NodeVisitor):
    """Collects the mutants of a file."""

    def __init__(self, path: str, source: bytes) -> None:
        self.found: list[Mutant] = []
        self._path = path
        self._source = source
        self._line_starts = [0, *(match.end() for match in re.finditer(rb"\n", source))]
        self._names: tuple[str, ...] = ()
        self._lines = range(1, 2)
        self._returns: ast.expr | None = None
        self._function = ""
        self._cached: tuple[str, ...] = ()

    # positions

    def _start(self, node: ast.expr | ast.keyword) -> int:
        return self._line_starts[node.lineno - 1] + node.col_offset

    def _stop(self, node: ast.expr | ast.keyword) -> int:
        return self._line_starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def _add(self, operator: str, node: ast.expr | ast.keyword, start: int, stop: int, replacement: str) -> None:
        self.found.append(
            Mutant(
                path=self._path,
                function=self._function,
                operator=operator,
                start=start,
                stop=stop,
                replacement=replacement,
                own_lines=_lines_of(node),
                lines=self._lines,
                names=self._cached if self._function else self._names,
            )
        )

    def _replace(self, operator: str, node: ast.expr, replacement: str) -> None:
        self._add(operator, node, self._start(node), self._stop(node), replacement)

    def _replace_between(self, operator: str, left: ast.expr, right: ast.expr, symbol: str, replacement: str) -> None:
        """Replaces the symbol between two operands, which may stand in parentheses."""
        begin = self._stop(left)
        between = re.search(symbol.encode(), self._source[begin : self._start(right)])
        if between is not None:
            self._add(operator, left, begin + between.start(), begin + between.end(), replacement)

    def _remove_argument(self, operator: str, call: ast.Call, argument: ast.expr | ast.keyword) -> None:
        unordered: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
        arguments = sorted(unordered, key=self._start)
        place = arguments.index(argument)
        if place:
            start, stop = self._stop(arguments[place - 1]), self._stop(argument)
        else:
            start = self._start(argument)
            stop = self._start(arguments[1]) if len(arguments) > 1 else self._stop(argument)
        self._add(operator, argument, start, stop, "")

    # statements

    def visit(self, node: ast.AST) -> None:
        """Visits a node, and notes the lines of a statement."""
        before = self._lines
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None) or getattr(node, "cases", None)
            last = node.end_lineno or node.lineno
            if body:
                first = body[0].pattern if isinstance(body[0], ast.match_case) else body[0]
                last = max(node.lineno, first.lineno - 1)
            self._lines = range(node.lineno, last + 1)
        super().visit(node)
        self._lines = before

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Visits the default values and the body."""
        with self._defining(node.name):
            self._lines = range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1)
            for default in (*node.args.defaults, *node.args.kw_defaults):
                if default is not None:
                    self.visit(default)
        before = self._function, self._returns, self._cached
        self._function, self._returns = node.name, node.returns
        if any(_is_cache(decorator) for decorator in node.decorator_list):
            self._cached = (node.name,)
        self._visit_all(node.body)
        self._function, self._returns, self._cached = before

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that ast.NodeVisitor calls

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Visits the body."""
        with self._defining(node.name):
            self._visit_all(node.body)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Visits the value."""
        names = [
            part.id
            for target in node.targets
            for part in (target.elts if isinstance(target, ast.Tuple) else [target])
            if isinstance(part, ast.Name)
        ]
        if not _UNREAD.intersection(names):
            with self._defining(*names):
                self.visit(node.value)
                self._visit_all(target for target in node.targets if not isinstance(target, ast.Name))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Visits the value, unless it is a type alias."""
        if node.value is not None and "TypeAlias" not in ast.unparse(node.annotation):
            with self._defining(*([node.target.id] if isinstance(node.target, ast.Name) else [])):
                self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Replaces ``x += 1`` with ``x -= 1``."""
        if type(node.op) in _ARITHMETIC and not _is_text(node.value):
            symbol, other = _ARITHMETIC[type(node.op)]
            self._replace_between("arithmetic", node.target, node.value, f"{symbol}=", f"{other}=")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Visits an expression that is no docstring."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        """Replaces the condition with True and with False."""
        if ast.unparse(node.test) == "TYPE_CHECKING":
            return
        self._decide(node.test, "True", "False")
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        """Replaces the condition with False; True would never end."""
        self._decide(node.test, "False")
        self.generic_visit(node)

    def visit_match_case(self, node: ast.match_case) -> None:
        """Replaces the guard with True and with False."""
        if node.guard is not None:
            self._decide(node.guard, "True", "False")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        """Replaces ``return x`` with ``return None`` where that is another result."""
        given = None if self._returns is None else ast.unparse(self._returns)
        is_constant = isinstance(node.value, ast.Constant) and (node.value.value is None or given == "bool")
        if node.value is not None and given not in (None, "None") and not is_constant:
            self._replace("return", node.value, "None")
        self.generic_visit(node)

    # expressions

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """Replaces the condition with True and with False."""
        self._decide(node.test, "True", "False")
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """Replaces a condition with True."""
        for test in node.ifs:
            self._decide(test, "True")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Replaces ``<`` with ``<=`` and so on."""
        for left, operator, right in zip((node.left, *node.comparators), node.ops, node.comparators, strict=False):
            symbol, other = _COMPARISONS[type(operator)]
            self._replace_between("comparison", left, right, symbol, other)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Replaces ``and`` with ``or``, and ``or`` with ``and``."""
        symbol, other = (r"\band\b", "or") if isinstance(node.op, ast.And) else (r"\bor\b", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._replace_between("boolean", left, right, symbol, other)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Removes ``not``."""
        if isinstance(node.op, ast.Not):
            start = self._start(node)
            self._add("not", node, start, start + len("not"), "")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Replaces ``+`` with ``-`` and so on, except between texts, where it would always raise."""
        if type(node.op) in _ARITHMETIC and not _is_text(node.left) and not _is_text(node.right):
            symbol, other = _ARITHMETIC[type(node.op)]
            self._replace_between("arithmetic", node.left, node.right, symbol, other)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Increases a number, negates a truth value, empties a text."""
        match node.value:
            case bool(value):
                self._replace("truth", node, str(not value))
            case int(value):
                self._replace("number", node, str(value + 1))
            case float(value):
                self._replace("number", node, repr(value * 1.1 or 1.0))
            case str(value) if value:
                self._replace("text", node, '""')
            case bytes(value) if value:
                self._replace("text", node, 'b""')

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Empties an f-string. The positions of its parts are not exact before Python 3.12."""
        self._replace("text", node, '""')

    def visit_Slice(self, node: ast.Slice) -> None:
        """Removes a bound."""
        for bound in (node.lower, node.upper):
            if bound is not None:
                self._replace("slice", bound, "")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Swaps functions, and removes keyword arguments and conditions of queries."""
        function = node.func
        if isinstance(function, ast.Attribute) and ast.unparse(function.value).rpartition(".")[2] in {"log", "_log"}:
            return
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        swapped = _SWAPPED_METHODS if isinstance(function, ast.Attribute) else _SWAPPED_FUNCTIONS
        if name in swapped:
            stop = self._stop(function)
            self._add("function", function, stop - len(name), stop, swapped[name])
        reverse = any(keyword.arg == "reverse" for keyword in node.keywords)
        if name in {"sorted", "sort"} and not reverse:
            comma = ", " if node.args or node.keywords else ""
            self._add("order", node, self._stop(node) - 1, self._stop(node) - 1, f"{comma}reverse=True")
        if name in _CONDITIONS and isinstance(function, ast.Attribute):
            if len(node.args) == 1:
                self._add("condition", node.args[0], self._stop(function.value), self._stop(node), "")
            else:
                for argument in node.args:
                    self._remove_argument("condition", node, argument)
        read = [keyword for keyword in node.keywords if keyword.arg not in _METADATA]
        for keyword in read:
            if keyword.arg is not None:
                self._remove_argument("keyword", node, keyword)
        self.visit(function)
        self._visit_all(node.args[1:] if name in _NAMES_FIRST else node.args)
        self._visit_all(keyword.value for keyword in read)

    # both

    def _decide(self, test: ast.expr, *values: str) -> None:
        for value in values:
            self._replace("branch", test, value)

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    @contextmanager
    def _defining(self, *names: str) -> Iterator[None]:
        before = self._names, self._lines
        self._names = (*self._names, *names)
        yield
        self._names, self._lines = before


def _lines_of(node: ast.expr | ast.keyword) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_cache(decorator: ast.expr) -> bool:
    """Returns True for the decorators of functools that keep results."""
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(function).rpartition(".")[2] in {"cache", "lru_cache"}


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def mask_of(lines: Iterable[int]) -> int:
    """Returns line numbers as the bits of one number: bit 3 is set for line 3."""
    mask = 0
    for line in lines:
        mask |= 1 << line
    return mask


def lines_naming(source: str, names: Sequence[str]) -> int:
    """Returns the lines inside functions that mention one of the names, as ``mask_of`` does."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    naming = [number for number, line in enumerate(source.split("\n"), 1) if pattern.search(line)]
    return mask_of(naming) & _function_lines(source) if naming else 0


@cache
def _function_lines(source: str) -> int:
    functions = (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return mask_of(
        line for node in functions for line in range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1)
    )
