"""Every command of ``docs/how-to.md`` is typed, in its order, and does what the page says of it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.configuration.loading import load_configuration
from aggregator.demo.server import DemoNewsroom
from tests.reports import HARBOUR, cut
from tests.shell import Shell
from tests.test_cli_eval import side

PAGE = Path(__file__).resolve().parents[1] / "docs" / "how-to.md"
SETTINGS = (
    "fetching: {allow_networks: [127.0.0.0/8], spacing: 0s}\nextraction: {workers: 1}\nlogging: {level: warning}\n"
)
PAIR = {"a": side(HARBOUR, "one.example"), "b": side(cut(HARBOUR, 4), "two.example"), "label": "copy"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


class Person:
    """Somebody who follows the page in a folder of their own; addresses are those of a newsroom on this machine."""

    def __init__(self, shell: Shell, newsroom: DemoNewsroom) -> None:
        self.shell = shell
        news, other = newsroom.feed_urls[1], newsroom.feed_urls[0]
        self.words = {"https://news.example/": news.url, "https://other.example/": other.url}

    def types(self, line: str) -> str:
        """Type a line; gives what was printed."""
        given = [self.words.get(word, word) for word in shlex.split(line)]
        program = given.index("aggregator")
        environ = dict(word.split("=", 1) for word in given[:program])
        code, out, err = self.shell.types(*given[program + 1 :], **environ)
        assert code == 0, f"{line}\n{out}{err}"
        return out

    def learns(self) -> None:
        """Take the words in capitals from what the program lists."""
        stories = json.loads(self.types("aggregator stories list --json"))
        carried = next(story for story in stories if len(story["copies"]) > 1)
        self.words["KEY"] = carried["key"]
        shown = json.loads(self.types(f"aggregator stories show {carried['key']} --json"))
        first, second, *_ = (str(copy["article_id"]) for copy in shown["copies"])
        self.words |= {"OTHER": first, "ARTICLE": second}


def lines() -> Iterator[str]:
    for block in blocks("sh"):
        yield from block.splitlines()


def test_every_command_does_what_the_page_says(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("shellingham.detect_shell", lambda *_: ("bash", "/bin/bash"))  # whoever runs the tests
    with DemoNewsroom(now=datetime.now(UTC)) as newsroom:
        person = Person(shell, newsroom)
        outlines = "".join(f'<outline type="rss" xmlUrl="{feed.url}"/>' for feed in newsroom.feed_urls[2:4])
        (tmp_path / "subscriptions.opml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
        (tmp_path / "pairs.jsonl").write_text(json.dumps(PAIR) + "\n")
        told = {}
        for line in lines():
            if "KEY" in line and "KEY" not in person.words:
                person.learns()
            if "carried" in line and "carried" not in told:
                feeds = tmp_path / "config" / "feeds.yaml"
                feeds.write_text(
                    feeds.read_text() + "digests: [{name: digest}, {name: carried, where: {min_copies: 2}}]\n"
                )
            told[line.partition(" --")[0]] = person.types(line)
            if line.startswith("aggregator init"):
                (tmp_path / "config" / "aggregator.yaml").write_text(SETTINGS)
            if found := re.search(r"its story is (\w+) now", told[line.partition(" --")[0]]):
                person.words["SPLIT"] = found[1]
    assert len(told) >= 28
    assert "precision 1.000" in " ".join(told["aggregator eval pairs.jsonl"].split())


@pytest.mark.parametrize("text", blocks("yaml"))
def test_every_configuration_of_the_page_is_valid(text: str, tmp_path: Path) -> None:
    name = re.match(r"# config/(\w+\.yaml)\n", text)
    assert name
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    (tmp_path / name[1]).write_text(text)
    assert load_configuration(tmp_path, environ={}).feeds
