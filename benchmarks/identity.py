"""Counts entries that are taken for new ones, or for another one, when a publisher changes their links and ids.

    python -m benchmarks.identity [PATH ...] [--part tuned|held|all] [--show]

Each feed document is read, and read again in another form: links with another slash, with ``www.``, with a session,
ids that are new, all of it moved to another domain. Every entry is still the same entry, so one that is new is counted
as *doubled*, and one that is taken for another entry as *confused*. Then every second entry is taken as stored and the
others as the next document: one that is taken for a stored one is *lost*. The default documents are the feeds of
``../shared/corpus``, in two parts: *tuned* (even digests), by which the rules were made, and *held*.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aggregator.entry_matching import match_entries
from aggregator.model.parsing import FreshEntry, KnownEntry, Unreadable
from aggregator.parsing.entry_identity import assign_uids, content_digest, entry_keys
from aggregator.parsing.feed_dates import first_plausible_date
from aggregator.parsing.feed_document import parse_unsanitised
from aggregator.parsing.unsanitised_entry import UnsanitisedEntry
from aggregator.parsing.urls import normalise_url

FEEDS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "feeds"
NOW = datetime(2026, 11, 30, tzinfo=UTC)
MOST_ENTRIES = 300
"""Entries of one document that are compared."""

Change = Callable[[str], str]


def _slash(url: str) -> str:
    address, mark, query = url.partition("?")
    return (address[:-1] if address.endswith("/") else f"{address}/") + mark + query


def _www(url: str) -> str:
    return url.replace("://www.", "://") if "://www." in url else url.replace("://", "://www.")


def _scheme(url: str) -> str:
    return url.replace("https:", "http:") if url.startswith("https:") else url.replace("http:", "https:")


def _session(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}PHPSESSID=0123456789abcdef0123456789abcdef"


def _parameter(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}reader=feed"


def _domain(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://moved.example/{rest.partition('/')[2]}"


def _unchanged(url: str) -> str:
    return url


FORMS: dict[str, tuple[Change, bool]] = {
    "the same document": (_unchanged, False),
    "another slash at the end of links": (_slash, False),
    "links with or without www.": (_www, False),
    "links with the other scheme": (_scheme, False),
    "links with a session": (_session, False),
    "links with an unknown parameter": (_parameter, False),
    "links on another domain": (_domain, False),
    "new ids": (_unchanged, True),
    "new ids, another slash": (_slash, True),
    "new ids on another domain": (_domain, True),
}
"""How links and ids change; ids that are links change with them."""


def changed(entry: UnsanitisedEntry, number: int, change: Change, *, renew: bool) -> UnsanitisedEntry:
    """Returns an entry as its publisher writes it later."""
    guid = entry.guid
    if guid.lower().startswith(("http://", "https://")):
        guid = change(guid)
    elif guid and renew:
        guid = f"renewed:{number}"
    return replace(entry, guid=guid, url=entry.url and normalise_url(change(entry.url)))


def read(entries: Sequence[UnsanitisedEntry]) -> list[FreshEntry]:
    """Returns the entries of a document as they are compared, without exact repeats."""
    return [
        FreshEntry(entry=draft.sanitised(uid), digest=content_digest(draft), keys=entry_keys(draft))
        for uid, draft in assign_uids(entries).items()
    ]


def stored(items: Sequence[FreshEntry]) -> list[KnownEntry]:
    """Returns the entries as they are stored."""
    return [
        KnownEntry(
            entry_id=number,
            uid=item.uid,
            url=item.url,
            digest=item.digest,
            keys=item.keys,
            published_at=first_plausible_date(*item.keys.dates, seen_at=NOW),
            title=item.entry.title,
            html=item.entry.content or item.entry.summary,
        )
        for number, item in enumerate(items)
    ]


def count_changed(entries: Sequence[UnsanitisedEntry]) -> Iterator[tuple[str, int, int]]:
    """Yields the doubled and the confused entries for each form of a document."""
    before = read(entries)
    known = stored(before)
    for name, (change, renew) in FORMS.items():
        after = read([changed(entry, number, change, renew=renew) for number, entry in enumerate(entries)])
        matches = match_entries(after, known, now=NOW + timedelta(hours=1))
        doubled = sum(match.known is None for match in matches)
        confused = sum(
            match.known is not None and _content(before[match.known.entry_id]) != _content(item)
            for item, match in zip(after, matches, strict=True)
        )
        yield name, doubled, confused


def count_lost(entries: Sequence[UnsanitisedEntry]) -> int:
    """Counts the entries that are taken for another one, of those that follow on every second entry."""
    items = read(entries)
    old, new = items[::2], items[1::2]
    return sum(match.known is not None for match in match_entries(new, stored(old), now=NOW + timedelta(hours=1)))


def _content(item: FreshEntry) -> tuple[str, str]:
    return item.keys.title, item.keys.text


def main() -> int:
    """Prints the counts, and with ``--show`` those of each feed; returns 1 if an entry of the same document is new."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--part", choices=("tuned", "held", "all"), default="all")
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    paths = arguments.paths or sorted(path for path in FEEDS.iterdir() if path.suffix == "")
    if arguments.part != "all":
        paths = [path for path in paths if (int(path.name[0], 16) % 2 == 0) == (arguments.part == "tuned")]
    totals = Counter[str]()
    for path in paths:
        document = parse_unsanitised(path.read_bytes(), url="https://feed.example/feed", content_type=None)
        if isinstance(document, Unreadable):
            totals["unreadable feeds"] += 1
            continue
        entries = list(document.entries_by_uid.values())[:MOST_ENTRIES]
        totals["feeds"] += 1
        totals["entries"] += len(entries)
        totals["repeated"] += document.repeated
        found = {f"{name}: doubled": doubled for name, doubled, _ in count_changed(entries) if doubled}
        found |= {f"{name}: confused": confused for name, _, confused in count_changed(entries) if confused}
        if lost := count_lost(entries):
            found["every second entry is new: lost"] = lost
        totals.update(found)
        if arguments.show:
            for name, count in found.items():
                print(f"{path.name}  {count:4} of {len(entries):4}  {name}")
    for name, count in totals.items():
        print(f"{count:6}  {name}")
    return 1 if totals["the same document: doubled"] else 0


if __name__ == "__main__":
    sys.exit(main())
