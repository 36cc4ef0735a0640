"""Reads the YAML files into a ``Configuration``.

Reads ``feeds.yaml`` and ``aggregator.yaml`` from one folder. If they have errors, raises one exception with all of
them: file, line, the problem, and a suggestion. ``settings`` defines the keys and their values.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from aggregator.errors import ConfigurationError
from aggregator.settings.feeds_file import FeedSettings, FeedsFile
from aggregator.settings.settings_file import Configuration, Settings
from aggregator.url_credentials import without_userinfo

FEEDS_FILE = "feeds.yaml"
SETTINGS_FILE = "aggregator.yaml"
CONFIG_VARIABLE = "AGGREGATOR_CONFIG"
DATABASE_VARIABLE = "AGGREGATOR_DATABASE_URL"

Model = TypeVar("Model", bound=BaseModel)

_REFERENCE = re.compile(r"\$(\$)?\{([^}]*)\}")


def config_directory(option: Path | None = None, *, environ: Mapping[str, str] = os.environ) -> Path:
    """Returns the configuration folder: the option, or else ``AGGREGATOR_CONFIG``, or else ``config``."""
    return option or Path(environ.get(CONFIG_VARIABLE) or "config")


def load_configuration(
    directory: Path, *, environ: Mapping[str, str] = os.environ, feeds_text: str | None = None
) -> Configuration:
    """Reads and validates both files; every feed in the result has a name.

    ``feeds.yaml`` must exist, unless ``feeds_text`` replaces its content; ``aggregator.yaml`` may be missing. Raises
    ``ConfigurationError`` with one sentence per error.
    """
    if not directory.is_dir():
        raise ConfigurationError(
            f"{directory}: the folder does not exist; write a starter configuration with: aggregator init {directory}"
        )
    mistakes: list[str] = []
    feeds = _read(directory / FEEDS_FILE, FeedsFile, environ, mistakes, required=True, given=feeds_text)
    settings = _read(directory / SETTINGS_FILE, Settings, environ, mistakes, required=False)
    if mistakes or feeds is None or settings is None:
        raise ConfigurationError(*mistakes)
    if override := environ.get(DATABASE_VARIABLE):
        settings = _with_database(settings, override)
    return Configuration(
        feeds=with_unique_names(feeds.feeds),
        keep=feeds.keep,
        drop=feeds.drop,
        digests=feeds.digests,
        settings=_with_absolute_paths(settings, directory),
    )


def with_unique_names(feeds: tuple[FeedSettings, ...]) -> tuple[FeedSettings, ...]:
    """Returns the feeds, each with a name: its own, or else a unique one made from its URL."""
    taken = {feed.name for feed in feeds if feed.name}
    result = []
    for feed in feeds:
        name = feed.name
        if name is None:
            name = _free_name(_name_from(feed.url), taken)
            taken.add(name)
        result.append(feed.model_copy(update={"name": name}))
    return tuple(result)


def _name_from(url: str) -> str:
    parts = urlsplit(url)
    words = f"{(parts.hostname or '').removeprefix('www.')}{parts.path}"
    words = re.sub(r"\.(xml|rss|atom|json|rdf)$", "", words.lower())
    return re.sub(r"[^a-z0-9.]+", "-", words).strip("-.") or "feed"


def _free_name(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate


def _with_database(settings: Settings, url: str) -> Settings:
    try:
        return Settings.model_validate({**settings.model_dump(exclude_unset=True), "database": url})
    except ValidationError as error:
        raise ConfigurationError(f"{DATABASE_VARIABLE}: {error_message(error.errors()[0])}") from error


def _with_absolute_paths(settings: Settings, directory: Path) -> Settings:
    """Returns the settings with absolute paths, which do not depend on the working directory."""
    publishing = settings.publishing
    if publishing.output is not None:
        publishing = publishing.model_copy(update={"output": directory.resolve().parent / publishing.output})
    return settings.model_copy(update={"database": _absolute(settings.database, directory), "publishing": publishing})


def _absolute(database: str, directory: Path) -> str:
    """Returns the URL with a relative SQLite path resolved against the parent of the configuration folder."""
    scheme, _, path = database.partition(":///")
    if (
        not scheme.startswith("sqlite")
        or not path
        or path.startswith((":memory:", "file:"))
        or Path(path).is_absolute()
    ):
        return database
    return f"{scheme}:///{(directory.resolve().parent / path).as_posix()}"


def _read(
    path: Path,
    model: type[Model],
    environ: Mapping[str, str],
    mistakes: list[str],
    *,
    required: bool,
    given: str | None = None,
) -> Model | None:
    """Returns one file, or the text ``given`` for it, as a model; None if invalid, with sentences in ``mistakes``."""
    try:
        text = path.read_text(encoding="utf-8") if given is None else given
    except FileNotFoundError:
        if required:
            mistakes.append(f"{path}: the file is missing; it lists the feeds to poll, under the key feeds")
            return None
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(f"{path}: cannot be read: {error}")
        return None
    try:
        tree = YAML(typ="rt").load(text)
    except YAMLError as error:
        mistakes.append(_yaml_sentence(path, error))
        return None
    if tree is None:
        tree = CommentedMap()
    if not isinstance(tree, CommentedMap):
        mistakes.append(f"{path}:1: the file must contain keys such as {', '.join(list(model.model_fields)[:3])}")
        return None
    unknown = [
        f"{path}:{line}: the environment variable {name} is not set; ${{{name}}} needs it"
        for line, name in _references(tree, 1)
        if name not in environ
    ]
    if unknown:
        mistakes.extend(unknown)
        return None
    plain = _plain(tree, environ)
    try:
        read = model.model_validate(plain)
    except ValidationError as error:
        mistakes.extend(_located(path, tree, model, details) for details in error.errors())
        return None
    if isinstance(read, FeedsFile):
        mistakes.extend(_repeated(path, tree, read))
    return read


def _yaml_sentence(path: Path, error: YAMLError) -> str:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        problem = str(error.problem).splitlines()[0]
        return f"{path}:{error.problem_mark.line + 1}: this is not valid YAML: {problem}"
    return f"{path}: this is not valid YAML: {error}"


def _references(node: Any, line: int) -> Iterator[tuple[int, str]]:
    """Yields every ``${NAME}`` in the tree, with the line of the key or item that contains it."""
    if isinstance(node, CommentedMap):
        for key, value in node.items():
            yield from _references(value, _line(node, key))
    elif isinstance(node, CommentedSeq):
        for index, value in enumerate(node):
            yield from _references(value, _line(node, index))
    elif isinstance(node, str):
        yield from ((line, name) for escaped, name in _REFERENCE.findall(node) if not escaped)


def _plain(node: Any, environ: Mapping[str, str]) -> Any:
    """Returns the tree as plain lists, dicts and scalars, with ``${NAME}`` replaced and ``$${`` unescaped."""
    if isinstance(node, CommentedMap):
        return {str(key): _plain(value, environ) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value, environ) for value in node]
    if isinstance(node, str):
        return _REFERENCE.sub(lambda match: match[0][1:] if match[1] else environ[match[2]], str(node))
    return node


def _line(node: Any, key: str | int | None) -> int:
    """Returns the line, from 1, of a key in a mapping or an item in a sequence, or else of the node itself."""
    try:
        if isinstance(node, CommentedMap) and key in node:
            return int(node.lc.key(key)[0]) + 1
        if isinstance(node, CommentedSeq) and isinstance(key, int):
            return int(node.lc.item(key)[0]) + 1
        return int(node.lc.line) + 1
    except (AttributeError, KeyError, TypeError):
        return 1


def _located(path: Path, tree: CommentedMap, model: type[BaseModel], details: ErrorDetails) -> str:
    """Returns a validation error as a sentence with file, line and position in the document."""
    node: Any = tree
    line = _line(tree, None)
    place = ""
    for step in details["loc"]:
        if isinstance(node, CommentedMap) and step in node:
            line, node = _line(node, str(step)), node[step]
            place += f".{step}" if place else str(step)
        elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
            line, node = _line(node, step), node[step]
            place += f"[{step}]"
    if details["type"] == "extra_forbidden":
        return f"{path}:{line}: {_unknown_key(str(details['loc'][-1]), _keys_at(model, details['loc'][:-1]), place)}"
    if details["type"] == "missing":
        return f"{path}:{line}: {place}: the key {details['loc'][-1]!r} is missing"
    return f"{path}:{line}: {place}: {error_message(details)}"


def error_message(details: ErrorDetails) -> str:
    """Returns the message of a validation error, without the prefix that pydantic adds."""
    return details["msg"].removeprefix("Value error, ")


def _unknown_key(key: str, known: tuple[str, ...], place: str) -> str:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    meant = f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(known)}"
    inside = place.rpartition(".")[0]
    return f"{inside + ': ' if inside else ''}unknown key {key!r}; {meant}"


def _keys_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """Returns the keys of the model nested at ``loc``."""
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            model = next(_models_in(model.model_fields[step].annotation), model)
    return tuple(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _repeated(path: Path, tree: CommentedMap, read: FeedsFile) -> Iterator[str]:
    """Yields an error for each name or URL that occurs twice; a feed listed twice would be polled twice."""
    for what, key, items, values in (
        ("feed URL", "feeds", tree.get("feeds"), [comparable_url(feed.url) for feed in read.feeds]),
        ("feed name", "feeds", tree.get("feeds"), [feed.name for feed in read.feeds]),
        ("digest name", "digests", tree.get("digests"), [digest.name for digest in read.digests]),
    ):
        first: dict[str, int] = {}
        for index, value in enumerate(values):
            if value is None:
                continue
            if value in first:
                lines = _line(items, index), _line(items, first[value])
                shown = without_userinfo(value)
                yield f"{path}:{lines[0]}: {key}[{index}]: the {what} {shown!r} is already on line {lines[1]}"
            first.setdefault(value, index)


def comparable_url(url: str) -> str:
    """Returns a feed's URL in a form for comparison; two feeds with equal forms are the same feed."""
    parts = urlsplit(url)
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), fragment="").geturl()
