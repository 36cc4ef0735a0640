"""What is read of every feed of the shared corpus, in one line of digests each; no word of a publisher is kept.

``python -m tests.corpus_summary`` names the feeds that are read otherwise than ``tests/data/corpus.csv``
says, and in which column; with ``--write`` it stores how they are read now.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from pathlib import Path

from aggregator.model.parsing import ParsedFeed, ParseOutcome
from aggregator.parsing.feed_document import parse_feed
from aggregator.parsing.sanitise import markup_text
from tests.conftest import SHARED

FEEDS = SHARED / "corpus" / "feeds"
STORED = Path(__file__).parent / "data" / "corpus.csv"

COLUMNS = (
    *("file", "format", "entries", "feed", "uids", "urls", "published", "updated", "titles", "texts", "authors"),
    *("categories", "languages", "images", "enclosures", "sources", "problems"),
)
"""``file`` is the key; ``entries`` is a count; the others are digests, but for the format and the problems."""

Line = Mapping[str, str]
Summary = Mapping[str, Line]

# A reason may quote the page that came instead of a feed.
_QUOTED = re.compile('".*"', re.DOTALL)


def summarise() -> Summary:
    """Every feed of the corpus as it is read now, by file name."""
    with (FEEDS / "manifest.csv").open(encoding="utf-8", newline="") as file:
        hosts = {row["file"]: row["host"] or "example.org" for row in csv.DictReader(file)}
    return {name: _line(name, _read(name, host)) for name, host in sorted(hosts.items())}


def stored() -> Summary:
    """Every feed as it was read when the summary was last written."""
    with STORED.open(encoding="utf-8", newline="") as file:
        return {line["file"]: line for line in csv.DictReader(file)}


def write(summary: Summary) -> None:
    """Store a summary."""
    with STORED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(summary.values())


def differences(before: Summary, now: Summary) -> Iterator[str]:
    """The feeds that are read otherwise, each with the columns that moved; counts and words with both values."""
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name, {}), now.get(name, {})
        moved = [column for column in COLUMNS if old.get(column) != new.get(column)]
        if moved:
            yield f"{name}: {', '.join(_told(column, old, new) for column in moved)}"


def _told(column: str, old: Line, new: Line) -> str:
    if column in ("file", "format", "entries", "problems"):
        return f"{column} ({old.get(column) or 'none'} -> {new.get(column) or 'none'})"
    return column


def _read(name: str, host: str) -> ParseOutcome:
    return parse_feed((FEEDS / name).read_bytes(), url=f"https://{host}/feed", content_type=None)


def _line(name: str, outcome: ParseOutcome) -> Line:
    if not isinstance(outcome, ParsedFeed):
        unread = dict.fromkeys(COLUMNS, "")
        return unread | {"file": name, "format": "unreadable", "problems": _QUOTED.sub("…", outcome.reason)}
    entries = outcome.entries
    said = (outcome.title, outcome.site_url, outcome.language, *astuple(outcome.hints), *astuple(outcome.push))
    return {
        "file": name,
        "format": outcome.format,
        "entries": str(len(entries)),
        "feed": _digest([*said, outcome.older_url, outcome.complete]),
        "uids": _digest(entry.uid for entry in entries),
        "urls": _digest(entry.url for entry in entries),
        "published": _digest(entry.published_at for entry in entries),
        "updated": _digest(entry.updated_at for entry in entries),
        "titles": _digest(entry.title for entry in entries),
        "texts": _digest((markup_text(entry.summary), markup_text(entry.content)) for entry in entries),
        "authors": _digest(entry.authors for entry in entries),
        "categories": _digest(entry.categories for entry in entries),
        "languages": _digest(entry.language for entry in entries),
        "images": _digest(entry.image for entry in entries),
        "enclosures": _digest(entry.enclosures for entry in entries),
        "sources": _digest(entry.source for entry in entries),
        "problems": _QUOTED.sub("…", "; ".join(outcome.problems)),
    }


def _digest(values: Iterable[object]) -> str:
    """Eight digits of a digest of the values in their order; "" when not one entry has any."""
    listed = list(values)
    if not any(listed):
        return ""
    return hashlib.sha256("\x1e".join(map(str, listed)).encode("utf-8", "replace")).hexdigest()[:8]


def main(arguments: list[str]) -> int:
    """Print what is read otherwise than before, and store it if that was asked for; 1 when something is."""
    now = summarise()
    told = list(differences(stored() if STORED.exists() else {}, now))
    sys.stdout.write("\n".join([*told, f"{len(told)} of {len(now)} feeds are read otherwise", ""]))
    if arguments == ["--write"]:
        write(now)
        return 0
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
