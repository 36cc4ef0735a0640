"""Edits the text of feeds.yaml: adds feeds to its list, or removes one.

Takes text and returns text. The file is not written from parsed data, because a YAML library would lose the user's
formatting. Instead, lines are inserted or deleted at the positions that the parser reports, and the result is parsed
again: unless it contains exactly the intended feeds and everything else unchanged, ``ManualEditNeeded`` is raised,
and the user must edit the file. ``loading`` validates the feeds, ``file_updates`` saves the file.

A comment at the column of the dashes, directly above an item, belongs to that item. A comment that is indented
deeper belongs to the item above it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from aggregator.configuration.settings_dump import YamlValue
from aggregator.errors import AggregatorError

_KEY = "feeds"
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
"""The line breaks of YAML."""
_DASH = re.compile(r"^( *)-(?=\s)", re.MULTILINE)
_EMPTY_LIST = re.compile(r": \[\]")
_COLON = re.compile(r"\s*:")


class ManualEditNeeded(AggregatorError):
    """A file that can only be edited by hand; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Node:
    """A YAML node: the start and end of its content in the file, and its child nodes (of a mapping: key, value, …)."""

    start: int
    end: int
    kind: type[Event]
    is_flow: bool = False
    value: str = ""
    parts: tuple[_Node, ...] = ()


def with_feeds(text: str, feeds: Sequence[Mapping[str, YamlValue]]) -> str:
    """Returns the file with ``feeds`` at the end of its list; all existing lines stay, in their order.

    Only the line of a list in brackets, such as ``[]``, changes. Raises ``ManualEditNeeded``.
    """
    if not feeds:
        return text
    intended = [*_feeds_in(text), *map(_as_read, feeds)]
    return _checked(text, _with_items(text, feeds), intended)


def without_feed(text: str, index: int) -> str:
    """Returns the file without item ``index`` of its list and that item's comments. Raises ``ManualEditNeeded``."""
    feeds = _feeds_in(text)
    return _checked(text, _without_item(text, index), feeds[:index] + feeds[index + 1 :])


def _with_items(text: str, feeds: Sequence[Mapping[str, YamlValue]]) -> str:
    root = _root(text)
    if root is None:
        return _with_list_at_end(text, feeds, column=0)
    key, items = _list_in(root)
    if key is None or items is None:
        if root.is_flow:
            start = text.index("{", root.start) + 1
            return f"{text[:start]}{_KEY}: [{_all_in_braces(feeds)}]{', ' if root.parts else ''}{text[start:]}"
        return _with_list_at_end(text, feeds, column=_column(text, root.start))
    if items.kind is not SequenceStartEvent:
        raise ManualEditNeeded(f"the value of the key {_KEY} is not a list")
    if items.is_flow and items.parts:
        end = items.parts[-1].end
        return f"{text[:end]}, {_all_in_braces(feeds)}{text[end:]}"
    if items.is_flow and (root.is_flow or not _EMPTY_LIST.fullmatch(text, key.end, items.end)):
        start = text.index("[", items.start) + 1
        return f"{text[:start]}{_all_in_braces(feeds)}{text[start:]}"
    if items.is_flow:
        column = _column(text, key.start) + 2
        bare = text[: key.end + 1] + text[items.end :]
        return _with_lines(bare, _end_of_item(bare, key.end, column=column), _as_items(feeds, column=column))
    column = _dash(text, key, items.parts, len(items.parts) - 1)[1]
    at = _end_of_item(text, items.parts[-1].end, column=column)
    return _with_lines(text, at, _as_items(feeds, column=column))


def _without_item(text: str, index: int) -> str:
    root = _root(text)
    key, items = _list_in(root) if root else (None, None)
    if key is None or items is None:
        raise ManualEditNeeded(f"the file has no key {_KEY}")
    if items.is_flow:
        return _without_item_in_brackets(text, items, index)
    dash, column = _dash(text, key, items.parts, index)
    start = _beginning_of_comments(text, dash, column=column)
    end = _end_of_item(text, items.parts[index].end, column=column)
    if end == len(text) and not _BREAK.match(text, len(text) - 1):
        start = len(_without_break(text[:start]))
    left = text[:start] + text[end:]
    if len(items.parts) > 1:
        return left
    colon = _COLON.match(text, key.end)
    at = colon.end() if colon else key.end
    return f"{left[:at]} []{left[at:]}"


def _without_item_in_brackets(text: str, items: _Node, index: int) -> str:
    parts = items.parts
    start, end = parts[index].start, parts[index].end
    if index > 0:
        start = parts[index - 1].end
    elif len(parts) > 1:
        end = parts[1].start
    if "#" in text[start : parts[index].start] + text[parts[index].end : end]:
        raise ManualEditNeeded(
            f"there is a comment next to the feed in the list on line {_line(text, parts[index].start)}"
        )
    return text[:start] + text[end:]


def _checked(old: str, new: str, feeds: list[Any]) -> str:
    """Returns ``new`` if it has exactly ``feeds`` and the other keys of ``old``; raises ``ManualEditNeeded`` if not."""
    held, holds = _content(old), _content(new)
    if holds != {**held, _KEY: feeds} or [key for key in held if key != _KEY] != [key for key in holds if key != _KEY]:
        raise ManualEditNeeded("the format of the list of feeds is too unusual for an automatic edit")
    return new


def _content(text: str) -> dict[str, Any]:
    try:
        content = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise ManualEditNeeded("the format of the list of feeds is too unusual for an automatic edit") from error
    if not isinstance(content, dict | None):
        raise ManualEditNeeded("the file does not consist of keys")
    return content or {}


def _feeds_in(text: str) -> list[Any]:
    feeds = _content(text).get(_KEY, [])
    if not isinstance(feeds, list):
        raise ManualEditNeeded(f"the value of the key {_KEY} is not a list")
    return feeds


def _root(text: str) -> _Node | None:
    """Returns the root node of the document; None if the document is empty."""
    events = iter(YAML(typ="safe", pure=True).parse(text))
    for event in events:
        if isinstance(event, NodeEvent):
            root = _node(text, event, events)
            if root.kind is not MappingStartEvent:
                raise ManualEditNeeded("the file does not consist of keys")
            return root
    return None


def _node(text: str, event: Event, events: Iterator[Event]) -> _Node:
    start, end = event.start_mark.index, event.end_mark.index
    if not isinstance(event, CollectionStartEvent):
        value = event.value if isinstance(event, ScalarEvent) else ""
        return _Node(start=start, end=start + len(text[start:end].rstrip()), kind=type(event), value=value)
    is_flow = event.flow_style is True
    parts: list[_Node] = []
    for inner in events:
        if isinstance(inner, CollectionEndEvent):
            end = inner.end_mark.index if is_flow else parts[-1].end if parts else end
            break
        part = _node(text, inner, events)
        if part.start == part.end and parts:  # an empty value has no position; use the end of its key
            part = replace(part, start=parts[-1].end, end=parts[-1].end)
        parts.append(part)
    return _Node(start=start, end=end, kind=type(event), is_flow=is_flow, parts=tuple(parts))


def _list_in(root: _Node) -> tuple[_Node | None, _Node | None]:
    pairs = zip(root.parts[::2], root.parts[1::2], strict=True)
    return next(((key, value) for key, value in pairs if key.value == _KEY), (None, None))


def _dash(text: str, key: _Node, items: tuple[_Node, ...], index: int) -> tuple[int, int]:
    """Returns the start of the line with an item's dash, and the column of the dash."""
    before = items[index - 1].end if index else key.end
    dashes = list(_DASH.finditer(text, before, items[index].start))
    if not dashes:
        raise ManualEditNeeded(f"the feed on line {_line(text, items[index].start)} has no dash on its line")
    return dashes[-1].start(), len(dashes[-1][1])


def _end_of_item(text: str, end: int, *, column: int) -> int:
    """Returns the index after the last line of an item and after the comments below that belong to it."""
    at = kept = _after_line(text, end)
    while at < len(text):
        following = _after_line(text, at)
        line = text[at:following]
        if line.lstrip(" ").startswith("#") and len(line) - len(line.lstrip(" ")) > column:
            kept = following
        elif line.strip():
            break
        at = following
    return kept


def _beginning_of_comments(text: str, start: int, *, column: int) -> int:
    """Returns the start of the comments directly above the line at ``start``, at its column."""
    while start > 0:
        above = _line_start(text, len(_without_break(text[:start])))
        if not re.match(rf" {{{column}}}#", text[above:start]):
            break
        start = above
    return start


def _with_list_at_end(text: str, feeds: Sequence[Mapping[str, YamlValue]], *, column: int) -> str:
    return _with_lines(text, len(text), [f"{' ' * column}{_KEY}:", *_as_items(feeds, column=column + 2)])


def _with_lines(text: str, at: int, lines: list[str]) -> str:
    """Returns ``text`` with ``lines`` inserted at the start of a line, or after a last line without a line break."""
    first = _BREAK.search(text)
    ending = first[0] if first else "\n"
    if at == len(text) and text and not _BREAK.match(text, len(text) - 1):
        return text + "".join(f"{ending}{line}" for line in lines)
    return text[:at] + "".join(f"{line}{ending}" for line in lines) + text[at:]


def _as_items(feeds: Sequence[Mapping[str, YamlValue]], *, column: int) -> list[str]:
    return [line for feed in feeds for line in _as_item(feed, column=column)]


def _as_item(feed: Mapping[str, YamlValue], *, column: int) -> list[str]:
    marks = ["- ", *["  "] * (len(feed) - 1)]
    return [f"{' ' * column}{mark}{key}: {_written(v)}" for mark, (key, v) in zip(marks, feed.items(), strict=True)]


def _all_in_braces(feeds: Sequence[Mapping[str, YamlValue]]) -> str:
    return ", ".join(map(_in_braces, feeds))


def _in_braces(feed: Mapping[str, YamlValue]) -> str:
    return f"{{{', '.join(f'{key}: {_written(value)}' for key, value in feed.items())}}}"


def _as_read(value: YamlValue) -> Any:
    """Returns a value as the parser returns it."""
    match value:
        case tuple():
            return [_as_read(item) for item in value]
        case Mapping():
            return {key: _as_read(item) for key, item in value.items()}
    return value


def _written(value: YamlValue) -> str:
    """Returns a value as YAML, quoted only if necessary."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(_written(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_written(key)}: {_written(item)}' for key, item in value.items())}}}"
    if value.isprintable() and _needs_no_quotes(value):
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in quoted)


def _needs_no_quotes(value: str) -> bool:
    """True if ``value`` needs no quotes in any position; some values need them in one position only."""
    places = ((f"key: {value}", {"key": value}), (f"{{key: {value}}}", {"key": value}), (f"[{value}]", [value]))
    try:
        return all(YAML(typ="safe", pure=True).load(text) == meant for text, meant in places)
    except (YAMLError, ValueError):
        return False


def _after_line(text: str, index: int) -> int:
    found = _BREAK.search(text, index)
    return found.end() if found else len(text)


def _line_start(text: str, index: int) -> int:
    return max((found.end() for found in _BREAK.finditer(text, 0, index)), default=int(text.startswith("\ufeff")))


def _without_break(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text[:-1]


def _column(text: str, index: int) -> int:
    return index - _line_start(text, index)


def _line(text: str, index: int) -> int:
    return len(_BREAK.findall(text, 0, index)) + 1
