"""How does feeds.yaml read with one feed more, or one less?

Text in, text out. Nothing is dumped: a YAML library that writes a file anew loses the hand that
wrote it. Lines are put in or taken out where the parser says that the list ends, and the result is
parsed again: unless it holds exactly what was meant, and the rest as it was, ``CannotEdit`` is
raised, and a person has to do it. What the feeds mean is ``configuration``'s, saving is
``configuration_writing``'s.

Whose comment is it? One at the column of the dashes, directly above an item, belongs to that item;
one that is indented deeper belongs to the item above it.
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

from aggregator.configuration.settings_dump import Written
from aggregator.errors import AggregatorError

_KEY = "feeds"
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
"""What YAML calls the end of a line."""
_DASH = re.compile(r"^( *)-(?=\s)", re.MULTILINE)
_EMPTY_LIST = re.compile(r": \[\]")
_COLON = re.compile(r"\s*:")


class CannotEdit(AggregatorError):
    """The file is written in a way that only a person can edit; the message says what is in the way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Node:
    """A piece of the file: from where to where its content goes, and the pieces in it (keys and values in turn)."""

    start: int
    end: int
    kind: type[Event]
    is_flow: bool = False
    value: str = ""
    parts: tuple[_Node, ...] = ()


def with_feeds(text: str, feeds: Sequence[Mapping[str, Written]]) -> str:
    """The file with ``feeds`` at the end of its list; every line that was there stays, in its order.

    Only a list in brackets, ``[]`` included, changes its line. Raises ``CannotEdit``.
    """
    if not feeds:
        return text
    intended = [*_feeds_in(text), *map(_as_read, feeds)]
    return _checked(text, _with_items(text, feeds), intended)


def without_feed(text: str, index: int) -> str:
    """The file without item ``index`` of its list, that item's own comments included. Raises ``CannotEdit``."""
    feeds = _feeds_in(text)
    return _checked(text, _without_item(text, index), feeds[:index] + feeds[index + 1 :])


def _with_items(text: str, feeds: Sequence[Mapping[str, Written]]) -> str:
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
        raise CannotEdit(f"the key {_KEY} holds no list")
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
        raise CannotEdit(f"there is no key {_KEY}")
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
        raise CannotEdit(f"a comment stands beside the feed in the list on line {_line(text, parts[index].start)}")
    return text[:start] + text[end:]


def _checked(old: str, new: str, feeds: list[Any]) -> str:
    """``new``, when it holds what ``old`` did but for its feeds, which are ``feeds``."""
    held, holds = _content(old), _content(new)
    if holds != {**held, _KEY: feeds} or [key for key in held if key != _KEY] != [key for key in holds if key != _KEY]:
        raise CannotEdit("the list of feeds is written in a way that only a person can edit")
    return new


def _content(text: str) -> dict[str, Any]:
    try:
        content = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise CannotEdit("the list of feeds is written in a way that only a person can edit") from error
    if not isinstance(content, dict | None):
        raise CannotEdit("there are no keys at the top of the file")
    return content or {}


def _feeds_in(text: str) -> list[Any]:
    feeds = _content(text).get(_KEY, [])
    if not isinstance(feeds, list):
        raise CannotEdit(f"the key {_KEY} holds no list")
    return feeds


def _root(text: str) -> _Node | None:
    """The whole document as it stands in the file; None when it holds nothing."""
    events = iter(YAML(typ="safe", pure=True).parse(text))
    for event in events:
        if isinstance(event, NodeEvent):
            root = _node(text, event, events)
            if root.kind is not MappingStartEvent:
                raise CannotEdit("there are no keys at the top of the file")
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
        if part.start == part.end and parts:  # an empty value has no place of its own; it is where its key ends
            part = replace(part, start=parts[-1].end, end=parts[-1].end)
        parts.append(part)
    return _Node(start=start, end=end, kind=type(event), is_flow=is_flow, parts=tuple(parts))


def _list_in(root: _Node) -> tuple[_Node | None, _Node | None]:
    pairs = zip(root.parts[::2], root.parts[1::2], strict=True)
    return next(((key, value) for key, value in pairs if key.value == _KEY), (None, None))


def _dash(text: str, key: _Node, items: tuple[_Node, ...], index: int) -> tuple[int, int]:
    """Where the line of an item's dash begins, and the column of the dash."""
    before = items[index - 1].end if index else key.end
    dashes = list(_DASH.finditer(text, before, items[index].start))
    if not dashes:
        raise CannotEdit(f"the feed on line {_line(text, items[index].start)} does not begin with a dash on its line")
    return dashes[-1].start(), len(dashes[-1][1])


def _end_of_item(text: str, end: int, *, column: int) -> int:
    """Behind the line on which the content of an item ends, and behind the comments below that belong to it."""
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
    """Where the comments begin that stand directly above the line at ``start``, at its column."""
    while start > 0:
        above = _line_start(text, len(_without_break(text[:start])))
        if not re.match(rf" {{{column}}}#", text[above:start]):
            break
        start = above
    return start


def _with_list_at_end(text: str, feeds: Sequence[Mapping[str, Written]], *, column: int) -> str:
    return _with_lines(text, len(text), [f"{' ' * column}{_KEY}:", *_as_items(feeds, column=column + 2)])


def _with_lines(text: str, at: int, lines: list[str]) -> str:
    """``text`` with ``lines`` at an index that begins a line, or after a last line that has no end."""
    first = _BREAK.search(text)
    ending = first[0] if first else "\n"
    if at == len(text) and text and not _BREAK.match(text, len(text) - 1):
        return text + "".join(f"{ending}{line}" for line in lines)
    return text[:at] + "".join(f"{line}{ending}" for line in lines) + text[at:]


def _as_items(feeds: Sequence[Mapping[str, Written]], *, column: int) -> list[str]:
    return [line for feed in feeds for line in _as_item(feed, column=column)]


def _as_item(feed: Mapping[str, Written], *, column: int) -> list[str]:
    marks = ["- ", *["  "] * (len(feed) - 1)]
    return [f"{' ' * column}{mark}{key}: {_written(v)}" for mark, (key, v) in zip(marks, feed.items(), strict=True)]


def _all_in_braces(feeds: Sequence[Mapping[str, Written]]) -> str:
    return ", ".join(map(_in_braces, feeds))


def _in_braces(feed: Mapping[str, Written]) -> str:
    return f"{{{', '.join(f'{key}: {_written(value)}' for key, value in feed.items())}}}"


def _as_read(value: Written) -> Any:
    """A value as the parser gives it back."""
    match value:
        case tuple():
            return [_as_read(item) for item in value]
        case Mapping():
            return {key: _as_read(item) for key, item in value.items()}
    return value


def _written(value: Written) -> str:
    """A value in YAML, as a person would write it: without quotes where none are needed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(_written(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_written(key)}: {_written(item)}' for key, item in value.items())}}}"
    if value.isprintable() and _stands_plain(value):
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in quoted)


def _stands_plain(value: str) -> bool:
    """Whether ``value`` needs no quotes wherever it may be written; some bear it in one place and not in another."""
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
