"""Feed readers that people use, each with a memory of its own: what do they show of a feed?

A client is asked to fetch and then says what it shows, as (id, title), once for each entry it has.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import feedparser
import httpx

from tests.processes import completed

os.environ["READER_NO_VENDORED_FEEDPARSER"] = "1"

Shown = list[tuple[str, str]]


class Client(Protocol):
    """A feed reader."""

    def fetch(self, url: str) -> Shown:
        """Fetch the feed again; gives every entry that it shows now, old ones too."""


@dataclass
class Feedparser:
    """Python's feedparser with the memory that its documentation recommends: ids, and validators."""

    seen: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    answers: list[int] = field(default_factory=list)

    def fetch(self, url: str) -> Shown:
        headers = {"if-none-match": self.etag} if self.etag else {}
        answer = httpx.get(url, headers=headers)
        self.answers.append(answer.status_code)
        self.etag = answer.headers["etag"]
        if answer.status_code == 200:
            found = feedparser.parse(answer.content, response_headers=dict(answer.headers))
            assert not found.bozo, found.bozo_exception
            self.seen |= {entry.id: entry.title for entry in found.entries}
        return list(self.seen.items())


@dataclass
class Newsboat:
    """https://newsboat.org"""

    folder: Path

    def fetch(self, url: str) -> Shown:
        (self.folder / "urls").write_text(f"{url}\n")
        (self.folder / "config").write_text("reload-threads 1\n")
        command = ["newsboat", "-u", "urls", "-C", "config", "-c", "cache.db", "-x", "reload"]
        completed(*command, cwd=self.folder, check=True)
        with sqlite3.connect(self.folder / "cache.db") as cache:
            rows = cache.execute("SELECT guid, title FROM rss_item WHERE deleted = 0").fetchall()
        cache.close()
        return [(str(guid), str(title)) for guid, title in rows]


@dataclass
class Sfeed:
    """https://codemadness.org/sfeed.html"""

    folder: Path

    def fetch(self, url: str) -> Shown:
        settings = self.folder / "sfeedrc"
        settings.write_text(f"sfeedpath={self.folder}\nfeeds() {{\n feed digest '{url}'\n}}\n")
        completed("sfeed_update", settings, check=True)
        rows = [line.split("\t") for line in (self.folder / "digest").read_text().splitlines()]
        return [(row[5], row[1]) for row in rows]


@dataclass
class PythonReader:
    """https://reader.readthedocs.io"""

    folder: Path

    def fetch(self, url: str) -> Shown:
        from reader import make_reader

        with make_reader(str(self.folder / "reader.db")) as reader:
            reader.add_feed(url, exist_ok=True)
            reader.update_feed(url)
            return [(entry.id, entry.title or "") for entry in reader.get_entries()]


def is_installed(program: str) -> bool:
    """Whether a program is there."""
    return shutil.which(program) is not None
