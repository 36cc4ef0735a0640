"""Holds the language of the code: one name for one thing, one thing for one name, and plain first lines."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGE = CHECKOUT / "aggregator"
GLOSSARY = CHECKOUT / "docs" / "glossary.md"
MODULES = sorted(PACKAGE.rglob("*.py"))

QUESTION_WORDS = frozenset(
    [
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "how",
        "where",
        "when",
        "whatever",
        "whoever",
        "wherever",
        "whenever",
        "whether",
        "is",
        "are",
        "does",
        "do",
        "did",
        "nobody",
    ]
)

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def definitions(tree: ast.Module) -> Iterator[Definition]:
    """The public classes and functions of a module."""
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node


def first_lines(path: Path) -> Iterator[tuple[str, str]]:
    """The place and the first line of each docstring in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            yield f"{path.relative_to(CHECKOUT)}:{getattr(node, 'lineno', 1)}", text.split("\n")[0]


def terms() -> list[str]:
    """The bold terms that rows of the glossary define, in order."""
    rows = [line.split("|")[1] for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| **")]
    return [term.lower() for row in rows for term in re.findall(r"\*\*(.+?)\*\*", row)]


def is_known(word: str, known: set[str]) -> bool:
    """True if the glossary has a word, in the singular or the plural."""
    forms = {word, f"{word}s", f"{word}es", word.removesuffix("s"), word.removesuffix("es")}
    if word.endswith("ies"):
        forms.add(f"{word[:-3]}y")
    return bool(forms & known)


def test_a_public_name_is_defined_in_one_module() -> None:
    homes = defaultdict(list)
    for path in MODULES:
        for node in definitions(ast.parse(path.read_text(encoding="utf-8"))):
            homes[node.name].append(str(path.relative_to(PACKAGE)))
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}


def test_a_file_name_is_used_once() -> None:
    homes = defaultdict(list)
    for path in MODULES:
        if path.stem not in ("__init__", "__main__"):
            homes[path.stem].append(str(path.relative_to(PACKAGE)))
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}


def test_file_names_are_made_of_the_words_of_the_glossary() -> None:
    known = set(re.findall(r"[a-z0-9]+", GLOSSARY.read_text(encoding="utf-8").lower()))
    names = [path.stem for path in MODULES if not path.stem.startswith("__")] + [
        folder.name for folder in PACKAGE.rglob("*") if folder.is_dir() and (folder / "__init__.py").exists()
    ]
    strange = {name for name in names if not all(is_known(word, known) for word in name.split("_"))}
    assert strange == set()


def test_the_glossary_defines_a_term_once() -> None:
    found = terms()
    assert [term for term in dict.fromkeys(found) if found.count(term) > 1] == []


def test_no_docstring_begins_with_a_question() -> None:
    questions = [
        f"{place}  {line}"
        for path in MODULES
        for place, line in first_lines(path)
        if line.endswith("?") or re.split(r"[^A-Za-z]", line, maxsplit=1)[0].lower() in QUESTION_WORDS
    ]
    assert questions == []


def test_every_module_and_public_name_has_a_docstring() -> None:
    trees = [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in MODULES]
    silent = [
        f"{path.relative_to(CHECKOUT)}:{getattr(node, 'lineno', 1)}"
        for path, tree in trees
        for node in (tree, *definitions(tree))
        if not ast.get_docstring(node)
    ]
    assert silent == []


FOREIGN_NAMES = frozenset(
    {
        "HTTPServer",
        "_2.htm",
        "__NEXT_DATA__",
        "anna.example",
        "billion",
        "million",
        "pt_br",
        "rss_world",
        "user.github.io",
    }
)
"""Names in docstrings that are none of the program: of the web, of Python, of an example."""


def names_in_code(tree: ast.Module) -> Iterator[str]:
    """The names and words of a module outside its docstrings."""
    for node in ast.walk(tree):
        for field in ("id", "attr", "name", "arg", "module"):
            if isinstance(value := getattr(node, field, None), str):
                yield from value.split(".")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "``" not in node.value:
            yield from re.findall(r"\w+", node.value)


def test_a_docstring_names_only_what_exists() -> None:
    trees = [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in MODULES]
    known = {name for _, tree in trees for name in names_in_code(tree)}
    known.update(part for path in MODULES for part in path.relative_to(CHECKOUT).with_suffix("").parts)
    unknown = [
        f"{path.relative_to(CHECKOUT)}:{node.lineno} {name}"
        for path, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in re.findall(r"``([A-Za-z_]\w*(?:\.\w+)*)``", node.value)
        if name not in FOREIGN_NAMES and not known.issuperset(name.split("."))
    ]
    assert unknown == []
