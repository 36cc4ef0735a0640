"""feeds.yaml is changed whole or not at all, and only when what comes of it is valid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from aggregator.configuration.file_updates import add_feed, remove_feed
from aggregator.configuration.loading import load_configuration
from aggregator.errors import AggregatorError, ConfigurationError
from aggregator.settings.feeds_file import FeedSettings
from tests.test_configuration_yaml_edits import block_files

NEW = "https://new.example/feed"


def written(folder: Path, feeds: str = "feeds: []\n") -> Path:
    (folder / "feeds.yaml").write_text(feeds, encoding="utf-8", newline="")
    return folder


def add(folder: Path, **feed: Any) -> FeedSettings:
    return add_feed(folder, {"url": NEW, **feed}, environ={})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=block_files())
def test_the_configuration_has_one_feed_more_and_then_the_file_is_as_it_was(tmp_path: Path, before: str) -> None:
    body = written(tmp_path, before).joinpath("feeds.yaml").read_bytes()
    feeds = load_configuration(tmp_path, environ={}).feeds
    added = add(tmp_path, tags=("a",))
    assert load_configuration(tmp_path, environ={}).feeds == (*feeds, added)
    assert remove_feed(tmp_path, str(added.name), environ={}) == added
    assert tmp_path.joinpath("feeds.yaml").read_bytes() == body


def test_a_feed_is_added_with_all_that_was_said_of_it(tmp_path: Path) -> None:
    add(written(tmp_path), name="new", title="New: ${words}", tags=("a", "b"), every="90m", priority=3)
    assert (tmp_path / "feeds.yaml").read_text() == (
        f"feeds:\n  - url: {NEW}\n    name: new\n"
        '    title: "New: $${words}"\n    tags: [a, b]\n    every: 90m\n    priority: 3\n'
    )
    assert load_configuration(tmp_path, environ={}).feeds[0].title == "New: ${words}"


def test_a_missing_file_is_written(tmp_path: Path) -> None:
    assert add(tmp_path).name == "new.example-feed"
    assert (tmp_path / "feeds.yaml").read_text() == f"feeds:\n  - url: {NEW}\n"


def test_mode_and_symbolic_link_stay(tmp_path: Path) -> None:
    real, config = tmp_path / "real", tmp_path / "config"
    real.mkdir()
    config.mkdir()
    written(real).joinpath("feeds.yaml").chmod(0o640)
    (config / "feeds.yaml").symlink_to(real / "feeds.yaml")
    add(config)
    assert (config / "feeds.yaml").is_symlink()
    assert (real / "feeds.yaml").stat().st_mode & 0o777 == 0o640
    assert NEW in (real / "feeds.yaml").read_text()
    assert [path.name for folder in (real, config) for path in folder.iterdir()] == ["feeds.yaml", "feeds.yaml"]


@pytest.mark.parametrize(
    ("feeds", "feed", "sentence"),
    [
        pytest.param(
            f"feeds: [{{url: '{NEW.upper().replace('/FEED', '/feed')}'}}]\n",
            {},
            "feeds.yaml: the feed is already listed, with the name new.example-feed",
            id="the same URL in other letters",
        ),
        pytest.param(
            "feeds: [{url: 'https://b.example/x'}]\n",
            {"name": "b.example-x"},
            "feeds.yaml: another feed has the name b.example-x; give a different --name",
            id="a name that is taken",
        ),
        pytest.param(
            "feeds: []\n",
            {"every": "soon"},
            "every: 'soon' is not a duration; write for example 90s, 30m, 2h or 1d",
            id="a mistake in what was typed",
        ),
        pytest.param(
            "feeds: []\ndigest: []\n",
            {},
            "feeds.yaml:2: unknown key 'digest'; did you mean 'digests'?",
            id="a file that was wrong before",
        ),
        pytest.param(
            "feeds:\n  - url: https://b.example/\n    title: |+\n      kept\n\n\ndigests: []\n",
            {},
            "feeds.yaml: the format of the list of feeds is too unusual for an automatic edit; edit the file by hand",
            id="a list in an unusual format",
        ),
    ],
)
def test_what_would_be_wrong_is_told_and_never_written(
    tmp_path: Path, feeds: str, feed: dict[str, Any], sentence: str
) -> None:
    written(tmp_path, feeds)
    with pytest.raises(ConfigurationError) as caught:
        add(tmp_path, **feed)
    assert str(caught.value).removeprefix(f"{tmp_path}/") == sentence
    assert (tmp_path / "feeds.yaml").read_text() == feeds
    assert [path.name for path in tmp_path.iterdir()] == ["feeds.yaml"]


@pytest.mark.parametrize("which", ["b.example-f", "HTTPS://B.example/f#top"])
def test_a_feed_is_removed_by_its_name_or_its_url(tmp_path: Path, which: str) -> None:
    written(tmp_path, "feeds:\n  - url: https://a.example/f\n  - url: https://b.example/f\n")
    assert remove_feed(tmp_path, which, environ={}).url == "https://b.example/f"
    assert (tmp_path / "feeds.yaml").read_text() == "feeds:\n  - url: https://a.example/f\n"


def test_an_unknown_feed_is_told_with_the_name_that_was_meant(tmp_path: Path) -> None:
    written(tmp_path, "feeds:\n  - url: https://a.example/f\n")
    with pytest.raises(ConfigurationError, match=r"'a.exmple-f'; did you mean a\.example-f\?"):
        remove_feed(tmp_path, "a.exmple-f", environ={})


def test_a_removal_that_would_rename_another_feed_is_refused(tmp_path: Path) -> None:
    feeds = "feeds:\n  - url: https://a.example/f.xml\n  - url: https://a.example/f.rss\n"
    written(tmp_path, feeds)
    with pytest.raises(ConfigurationError, match=r"first add this key to it: name: a\.example-f-2$"):
        remove_feed(tmp_path, "a.example-f", environ={})
    assert (tmp_path / "feeds.yaml").read_text() == feeds


class Meddling(dict[str, str]):
    """An environment in which another program writes the file while this one is at work on it."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def get(self, key: str, default: Any = None) -> Any:
        self._file.write_text("feeds: []  # theirs\n")
        return super().get(key, default)


def test_what_somebody_else_wrote_meanwhile_is_not_lost(tmp_path: Path) -> None:
    file = written(tmp_path) / "feeds.yaml"
    with pytest.raises(ConfigurationError, match="the file was changed while the command ran; run the command again"):
        add_feed(tmp_path, {"url": NEW}, environ=Meddling(file))
    assert file.read_text() == "feeds: []  # theirs\n"


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    place = tmp_path / "elsewhere"
    place.mkdir()
    config = tmp_path / "config"
    config.mkdir()
    (config / "feeds.yaml").symlink_to(place / "gone" / "feeds.yaml")
    with pytest.raises(AggregatorError, match=r"config/feeds\.yaml: cannot be written: No such file or directory"):
        add(config)
