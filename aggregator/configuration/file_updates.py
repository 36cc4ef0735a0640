"""Adds feeds to feeds.yaml and removes them, without changing anything else in the file.

Reads and edits the file, validates the result together with the rest of the configuration, and then replaces the
file atomically. A running service notices the change by itself.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from aggregator.configuration.loading import FEEDS_FILE, comparable_url, error_message, load_configuration
from aggregator.configuration.settings_dump import YamlValue
from aggregator.configuration.yaml_edits import ManualEditNeeded, with_feeds, without_feed
from aggregator.errors import ConfigurationError
from aggregator.publishing.file_writer import replace_file
from aggregator.settings.feeds_file import FeedSettings
from aggregator.settings.settings_file import Configuration
from aggregator.url_credentials import without_userinfo


@dataclass(frozen=True, kw_only=True, slots=True)
class _File:
    """The content of feeds.yaml; ``body`` is None if the file does not exist."""

    path: Path
    body: bytes | None
    text: str


def add_feed(
    directory: Path, feed: Mapping[str, YamlValue], *, environ: Mapping[str, str] = os.environ
) -> FeedSettings:
    """Appends a feed, given as keys and values, to the list in ``feeds.yaml``; returns it with its name.

    Raises ``ConfigurationError`` if the configuration is invalid before or after the edit, if the feed is already
    listed, or if the file can only be edited by hand.
    """
    before, file = _opened(directory, environ)
    wanted = _validated(feed)
    if known := configured_feed(before, wanted.url):
        raise ConfigurationError(f"{file.path}: the feed is already listed, with the name {known.name}")
    if wanted.name in {feed.name for feed in before.feeds}:
        raise ConfigurationError(f"{file.path}: another feed has the name {wanted.name}; give a different --name")
    text = _edited(file, lambda: with_feeds(file.text, [_escaped_feed(feed)]))
    after = load_configuration(directory, environ=environ, feeds_text=text)
    _save(file, text)
    return after.feeds[-1]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportResult:
    """The result of adding many feeds: the names of the added ones, and the skipped ones with the reason."""

    added: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def add_feeds(
    directory: Path,
    feeds: Sequence[Mapping[str, YamlValue]],
    *,
    dry_run: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> ImportResult:
    """Appends the feeds that are not listed yet to ``feeds.yaml``; ``dry_run`` writes nothing.

    A feed whose name another feed has is added without the name. Raises ``ConfigurationError`` as ``add_feed`` does.
    """
    before, file = _opened(directory, environ)
    urls = {comparable_url(feed.url): str(feed.name) for feed in before.feeds}
    names = {feed.name for feed in before.feeds}
    taken: list[Mapping[str, YamlValue]] = []
    left_out: list[tuple[str, str]] = []
    for feed in feeds:
        url = str(feed["url"])
        shown = without_userinfo(url)
        if known := urls.get(comparable_url(url)):
            left_out.append((shown, f"already listed, as {known}"))
            continue
        name = str(feed["name"]) if "name" in feed else None
        if name is not None and name in names:
            left_out.append(
                (f"the name {name} of {shown}", "another feed has this name; the feed gets a different one")
            )
            name = None
        urls[comparable_url(url)] = name or shown
        names.add(name)
        taken.append({key: value for key, value in feed.items() if key != "name" or name})
    text = _edited(file, lambda: with_feeds(file.text, [_escaped_feed(feed) for feed in taken]))
    after = load_configuration(directory, environ=environ, feeds_text=text)
    if taken and not dry_run:
        _save(file, text)
    return ImportResult(
        added=tuple(str(feed.name) for feed in after.feeds[len(before.feeds) :]), left_out=tuple(left_out)
    )


def remove_feed(directory: Path, which: str, *, environ: Mapping[str, str] = os.environ) -> FeedSettings:
    """Removes the feed with the name or the URL ``which`` from ``feeds.yaml``; returns it.

    Raises ``ConfigurationError`` as ``add_feed`` does, and also if the name of another feed, which is made from its
    URL, would change: that feed would become a new feed.
    """
    before, file = _opened(directory, environ)
    index = _index_of(before, which)
    text = _edited(file, lambda: without_feed(file.text, index))
    after = load_configuration(directory, environ=environ, feeds_text=text)
    removed = before.feeds[index]
    rest = before.feeds[:index] + before.feeds[index + 1 :]
    for old, new in zip(rest, after.feeds, strict=True):
        if old.name != new.name:
            raise ConfigurationError(
                f"{file.path}: without {removed.name}, the feed {old.name} would be renamed to {new.name} and lose its "
                f"history; first add this key to it: name: {old.name}"
            )
    _save(file, text)
    return removed


def configured_feed(configuration: Configuration, url: str) -> FeedSettings | None:
    """Returns the configured feed with this URL, or None."""
    return next((feed for feed in configuration.feeds if comparable_url(feed.url) == comparable_url(url)), None)


def _opened(directory: Path, environ: Mapping[str, str]) -> tuple[Configuration, _File]:
    path = directory / FEEDS_FILE
    try:
        body = path.read_bytes()
        file = _File(path=path, body=body, text=body.decode("utf-8"))
    except FileNotFoundError:
        file = _File(path=path, body=None, text="")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from error
    return load_configuration(directory, environ=environ, feeds_text=file.text), file


def _validated(feed: Mapping[str, YamlValue]) -> FeedSettings:
    try:
        return FeedSettings.model_validate(feed)
    except ValidationError as error:
        raise ConfigurationError(
            *(f"{details['loc'][0]}: {error_message(details)}" for details in error.errors())
        ) from error


def _escaped_feed(feed: Mapping[str, YamlValue]) -> Mapping[str, YamlValue]:
    return {key: _escaped(value) for key, value in feed.items()}


def _escaped(value: YamlValue) -> YamlValue:
    """Returns a value with ``${`` escaped, so that reading the file does not replace it."""
    match value:
        case str():
            return value.replace("${", "$${")
        case tuple():
            return tuple(_escaped(item) for item in value)
        case Mapping():
            return {key: _escaped(item) for key, item in value.items()}
    return value


def _edited(file: _File, edit: Callable[[], str]) -> str:
    try:
        return edit()
    except ManualEditNeeded as error:
        raise ConfigurationError(f"{file.path}: {error}; edit the file by hand") from error


def _index_of(configuration: Configuration, which: str) -> int:
    for index, feed in enumerate(configuration.feeds):
        if which == feed.name or comparable_url(which) == comparable_url(feed.url):
            return index
    names = [str(feed.name) for feed in configuration.feeds]
    close = difflib.get_close_matches(which, names, n=1)
    meant = f"; did you mean {close[0]}?" if close else "; list the names with: aggregator feeds list"
    raise ConfigurationError(f"no feed has the name or the URL {without_userinfo(which)!r}{meant}")


def _save(file: _File, text: str) -> None:
    """Replaces the file; raises ``ConfigurationError`` if it was changed since it was read."""
    now = file.path.read_bytes() if file.path.exists() else None
    if now != file.body:
        raise ConfigurationError(f"{file.path}: the file was changed while the command ran; run the command again")
    replace_file(file.path, text.encode("utf-8"))
