"""Fetches the test documents of other feed parsers, and reads what their tests expect.

The documents are in the source packages on PyPI, which are unpacked into a folder of the caller and never copied into
the project. The expectations of feedparser and reader are Python code of these packages, which is run.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.peer_facts import Facts, Reading, address_fact, folded, instant_fact, letters_fact, read_with_feedparser

_EXPECTATION = re.compile(rb"Expect:\s*(.+)")
_HEADER = re.compile(rb"^Header:\s+([^:\r\n]+):(.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class PeerDocument:
    """A test document with the reading that its package expects.

    ``holds`` says if the stated expectation is true of that reading; None if the package states none that can be
    evaluated outside its own tests.
    """

    name: str
    body: bytes
    url: str
    headers: Mapping[str, str]
    expected: Reading
    holds: bool | None


def fetch_package(requirement: str, folder: Path) -> Path:
    """Downloads the source package of a requirement (``name==version``) and returns the folder of its files."""
    name, _, version = requirement.partition("==")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
        ":all:",
        "--dest",
        str(folder),
    ]
    subprocess.run([*pip, requirement], check=True)
    with tarfile.open(folder / f"{name}-{version}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / f"{name}-{version}"


def feedparser_documents(package: Path) -> Iterator[PeerDocument]:
    """Yields the documents of feedparser; its expectation is an expression over its result."""
    tests = package / "tests"
    for path in sorted(tests.glob("**/*.xml")):
        body, name = path.read_bytes(), path.relative_to(tests).as_posix()
        url = f"http://127.0.0.1:8097/tests/{name}"
        stated = {key.decode().lower(): value.decode("latin-1").strip() for key, value in _HEADER.findall(body)}
        headers = {"content-type": "application/xml", **stated}
        expected, result = read_with_feedparser(body, url=url, headers=headers)
        expression = _EXPECTATION.search(body)
        holds = _evaluate(expression[1].decode("utf-8", "replace").strip(), result) if expression else None
        yield PeerDocument(name=name, body=body, url=url, headers=headers, expected=expected, holds=holds)


def podcastparser_documents(package: Path) -> Iterator[PeerDocument]:
    """Yields the documents of podcastparser, each with a JSON file that has the expected result."""
    for path in sorted(package.glob("tests/data/*.rss")):
        expectation = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        yield PeerDocument(
            name=path.name,
            body=path.read_bytes(),
            url=f"http://podcast.example/{path.name}",
            headers={"content-type": "application/xml"},
            expected=Reading(
                feed={"title": folded(expectation.get("title") or "")},
                entries=tuple(map(_episode, expectation.get("episodes", ()))),
            ),
            holds=True,
        )


def reader_documents(package: Path) -> Iterator[PeerDocument]:
    """Yields the documents of reader, each with a Python file that makes the expected values."""
    for path in sorted(package.glob("tests/data/*.py")):
        document = path.with_suffix("")
        values: dict[str, Any] = {"url_base": "http://reader.example/", "rel_base": "http://reader.example/"}
        exec(path.read_text(encoding="utf-8"), values)
        if document.exists() and "feed" in values:
            yield PeerDocument(
                name=document.name,
                body=document.read_bytes(),
                url=f"http://reader.example/{document.name}",
                headers={},
                expected=Reading(
                    feed={"title": folded(values["feed"].title or ""), "link": address_fact(values["feed"].link)},
                    entries=tuple(map(_reader_entry, values["entries"])),
                ),
                holds=True,
            )


PEERS: Mapping[str, Callable[[Path], Iterator[PeerDocument]]] = {
    "feedparser==6.0.14": feedparser_documents,
    "podcastparser==0.6.11": podcastparser_documents,
    "reader==3.26": reader_documents,
}
"""The source packages with test documents, and how to read them."""


def _evaluate(expression: str, result: Mapping[str, Any]) -> bool | None:
    try:
        return bool(eval(expression, {}, dict(result)))
    except Exception:  # noqa: BLE001 - an expression needs what only feedparser's own tests have
        return None


def _episode(episode: Mapping[str, Any]) -> Facts:
    published = datetime.fromtimestamp(episode["published"], UTC) if episode.get("published") else None
    return {
        "id": (episode.get("guid") or "").strip(),
        "link": address_fact(episode.get("link")),
        "title": folded(episode.get("title") or ""),
        "published": instant_fact(published),
        "text": letters_fact(episode.get("description_html") or episode.get("description") or ""),
        "enclosures": tuple(sorted({address_fact(one["url"]) or "" for one in episode.get("enclosures", ())})),
    }


def _reader_entry(entry: Any) -> Facts:
    texts = (entry.summary or "", *(content.value for content in entry.content))
    return {
        "id": entry.id,
        "link": address_fact(entry.link),
        "title": folded(entry.title or ""),
        "published": instant_fact(entry.published),
        "updated": instant_fact(entry.updated),
        "text": letters_fact(*texts),
        "enclosures": tuple(sorted({address_fact(one.href) or "" for one in entry.enclosures})),
        "categories": tuple(getattr(entry, "tags", ())) if getattr(entry, "tags", ()) else (),
    }
