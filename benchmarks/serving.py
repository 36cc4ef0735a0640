"""What does it cost to serve a digest? CPU of the server for each answer, as a ratio to a static file.

    python benchmarks/serving.py [--stories 100000] [--requests 500]

Stores the stories, lets one server answer for a digest of 100 of them, and the same server (uvicorn with
starlette's StaticFiles) for the very same bytes as a file: conditional requests that are answered 304, whole
answers, and answers after each of which a story changed, so that the digest is rendered anew. Only the
server's own CPU counts (user and system). Machines are noisy, so trust the ratios.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy import insert, text
from starlette.applications import Starlette
from starlette.staticfiles import StaticFiles

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from aggregator.read_model import ReadModel  # noqa: E402 - a script runs from anywhere
from aggregator.settings.feeds_file import DigestSettings  # noqa: E402
from aggregator.settings.settings_file import Configuration  # noqa: E402
from aggregator.store.database import Database  # noqa: E402
from aggregator.store.schema_migration import migrate  # noqa: E402
from aggregator.store.tables import Article, Copy, Entry, Feed, Host, Story, Table, sql_table  # noqa: E402
from aggregator.web.app import create_app  # noqa: E402

NOW = datetime(2026, 11, 3, 8, tzinfo=UTC)
SHOWN = 100
PARAGRAPH = "The harbour council of Vessley met on Tuesday and spoke of the crane, the quay and the winter. " * 3
_AT_ONCE = 5_000


def fill(database: Database, stories: int) -> None:
    """Store so many published stories of one copy each."""
    host = Host(key="herald.example", next_request_at=NOW, ready_at=NOW)
    feed = Feed(id=1, name="herald", url="https://herald.example/feed", host=host.key, outlet="herald.example")
    feed.next_poll_at = NOW
    with database.writing() as session:
        session.add(host)
        session.flush()
        session.add(feed)
    makers: dict[type[Table], Callable[[int, int], Table]] = {
        Article: _article,
        Entry: _entry,
        Story: _story,
        Copy: _copy,
    }
    patterns = {table: make(1, stories).model_dump() for table, make in makers.items()}
    for start in range(1, stories + 1, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, stories + 1))
        with database.writing() as session:
            for table, pattern in patterns.items():
                rows = [pattern | _own(table, number, stories) for number in numbers]
                session.connection().execute(insert(sql_table(table)), rows)


def _own(table: type[Table], number: int, stories: int) -> dict[str, object]:
    """What a row of a table has of its own; the rest is as in the first."""
    at, url, told = _at(number, stories), f"https://herald.example/{number}", f"Number {number}. {PARAGRAPH}"
    if table is Article:
        html, title = f"<p>{told}</p>" * 5, f"Council speaks of crane {number}"
        own = {"id": number, "key": url, "url": url, "title": title, "html": html, "text": "\n".join([told] * 5)}
        return own | dict.fromkeys(("text_at", "seen_at", "published_at", "next_attempt_at"), at)
    if table is Entry:
        return {"id": number, "article_id": number, "uid": str(number), "published_at": at, "seen_at": at}
    if table is Story:
        times = ("founded_at", "settle_at", "first_seen_at", "published_at", "visible_at", "updated_at")
        own = {"id": number, "key": f"k{number}", "uri": f"tag:x.invalid,2026:story/k{number}"}
        return own | {"lead_article_id": number} | dict.fromkeys(times, at)
    return {"article_id": number, "story_id": number}


def _copy(number: int, _stories: int) -> Copy:
    return Copy(article_id=number, story_id=number, joined_at=NOW)


def _at(number: int, stories: int) -> datetime:
    return NOW - timedelta(minutes=stories - number)


def _article(number: int, stories: int) -> Article:
    at = _at(number, stories)
    url = f"https://herald.example/{number}"
    told = f"Number {number}. {PARAGRAPH}"
    html = f"<p>{told}</p>" * 5
    return Article(
        id=number, outlet="herald.example", key=url, url=url, host="herald.example", state="placed", text_at=at,
        seen_at=at, published_at=at, next_attempt_at=at, title=f"Council speaks of crane {number}", html=html,
        text="\n".join([told] * 5), text_source="page", language="en",
    )  # fmt: skip


def _entry(number: int, stories: int) -> Entry:
    at = _at(number, stories)
    return Entry(id=number, feed_id=1, article_id=number, uid=str(number), digest="", published_at=at, seen_at=at)


def _story(number: int, stories: int) -> Story:
    at = _at(number, stories)
    return Story(
        id=number, key=f"k{number}", uri=f"tag:x.invalid,2026:story/k{number}", founded_at=at, settle_at=at,
        first_seen_at=at, published_at=at, visible_at=at, updated_at=at, lead_article_id=number, lead_rule="only copy",
    )  # fmt: skip


def serve(url: str, folder: str, listening: socket.socket) -> None:
    """Serve the digest of a database, and the files of a folder below ``/files``."""
    configuration = Configuration(digests=(DigestSettings(name="digest", limit=SHOWN),))
    library = ReadModel(
        Database(url),
        configuration=lambda: configuration,
        authority="x.invalid,2026",
        base_url="http://digest.example",
        clock=lambda: NOW,
    )
    app = Starlette()
    app.mount("/files", StaticFiles(directory=folder))
    app.mount("/", create_app(library, version="0"))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off"))
    server.run(sockets=[listening])


@contextmanager
def served(url: str, folder: Path) -> Iterator[tuple[str, int]]:
    """The server in a process of its own; gives its address and the id of the process."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = multiprocessing.get_context("fork").Process(target=serve, args=(url, str(folder), listening))
        process.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", process.pid or 0
        finally:
            process.terminate()
            process.join()


def cpu(pid: int) -> float:
    """CPU seconds of a process, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--stories", type=int, default=100_000)
    arguments.add_argument("--requests", type=int, default=500)
    wanted = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "files"
        folder.mkdir()
        url = f"sqlite:///{temporary}/aggregator.db"
        database = Database(url)
        migrate(database)
        fill(database, wanted.stories)
        with served(url, folder) as (address, pid), httpx.Client(base_url=address) as client:
            _measure(client, pid, folder, database, wanted.requests)
        database.close()


def _measure(client: httpx.Client, pid: int, folder: Path, database: Database, requests: int) -> None:
    plain = {"accept-encoding": "identity"}
    digest = client.get("/digest.atom", headers=plain)
    (folder / "digest.atom").write_bytes(digest.content)
    print(f"digest of {SHOWN} stories, {len(digest.content):,} bytes, {requests} requests each")

    def cost(path: str, status: int, times: int, **headers: str) -> float:
        begun = cpu(pid)
        for _ in range(times):
            assert client.get(path, headers=plain | headers).status_code == status
        return (cpu(pid) - begun) / times

    file_tag = client.get("/files/digest.atom", headers=plain).headers["etag"]
    bases: dict[int, float] = {}
    for what, path, status, tag in (
        ("a file, 304", "/files/digest.atom", 304, file_tag),
        ("the digest, 304", "/digest.atom", 304, digest.headers["etag"]),
        ("a file, 200", "/files/digest.atom", 200, ""),
        ("the digest, 200", "/digest.atom", 200, ""),
    ):
        spent = cost(path, status, requests, **({"if-none-match": tag} if tag else {}))
        base = bases.setdefault(status, spent)
        print(f"{what:24} {1 / spent:8.0f} per second of CPU, {spent / base:6.2f} × the file's CPU")
    changed = max(1, requests // 25)
    spent = 0.0
    for number in range(changed):
        with database.writing() as session:
            session.execute(text("UPDATE article SET title = :t WHERE id = 1"), {"t": f"Changed {number}"})
        spent += cost("/digest.atom", 200, 1)
    spent /= changed
    print(
        f"{'the digest, changed, 200':24} {1 / spent:8.1f} per second of CPU, "
        f"{spent / bases[200]:6.0f} × the file's CPU"
    )


if __name__ == "__main__":
    main()
