"""Fuzzes the parsing of feeds and the sanitiser with atheris (coverage-guided), for a given time.

    pip install atheris
    python benchmarks/fuzzing.py documents --seconds 600
    python benchmarks/fuzzing.py markup --seconds 600

``documents`` parses bytes as a worker does, ``markup`` sanitises a text. For each input, the assertions below must hold
within ten seconds. The seeds are the sample newsroom and, if it is next to the checkout, the shared corpus. An input
that fails is written to a file in the current folder, named by its digest: reduce it and add it to the tests.
``tests/test_fuzzing.py`` checks the same assertions with inputs from hypothesis, without atheris.
"""

from __future__ import annotations

import argparse
import pickle
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from aggregator.model.parsing import FreshEntry, ParsedEntry, Unreadable
from aggregator.parsing.document_reader import entry_states, read_document
from aggregator.parsing.sanitise import markup_text, sanitise
from aggregator.parsing.titles import MAX_TITLE_LENGTH, plain_text
from aggregator.parsing.urls import normalise_url

URL = "https://example.org/feed"
SLOWEST = 10
"""Seconds for one input; the service kills a worker after the same time."""

_EXECUTABLE = re.compile(
    r"<(?:script|style|iframe|object|embed|form|link|meta|base)\b|<[^>]*\son\w+\s*=|=\"\s*(?:javascript|data|vbscript):",
    re.IGNORECASE,
)
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def hold_document(body: bytes) -> None:
    """Asserts that a body is parsed or refused with a reason, and that its entries are safe, unique and stable."""
    document = read_document(body, url=URL, content_type=None)
    pickle.dumps(document)
    if isinstance(document.outcome, Unreadable):
        assert document.outcome.reason
        return
    assert len({item.uid for item in document.items}) == len(document.items)
    for item in document.items:
        assert isinstance(item, FreshEntry)
        hold_entry(item.entry)
    again = read_document(body, url=URL, content_type=None, stored=entry_states(document.items))
    assert [item.digest for item in again.items] == [item.digest for item in document.items]


def hold_entry(entry: ParsedEntry) -> None:
    """Asserts that an entry can be shown and stored without further checks."""
    for text in (entry.uid, entry.title, entry.summary, entry.content, *entry.authors, *entry.categories):
        assert not _UNSTORABLE.search(text)
    assert "\n" not in entry.title
    assert len(entry.title) <= MAX_TITLE_LENGTH
    for markup in (entry.summary, entry.content):
        assert not _EXECUTABLE.search(markup)
    for url in (entry.url, entry.image, *(file.url for file in entry.enclosures)):
        assert url is None or normalise_url(url) == url


def hold_markup(markup: str) -> None:
    """Asserts that sanitised markup is safe and keeps its text if sanitised again, and that a title is one line.

    The markup may differ the second time: HTML has elements that cannot be written where a parser puts them.
    """
    clean = sanitise(markup, base=URL)
    again = sanitise(clean, base=URL)
    assert not _EXECUTABLE.search(clean + again)
    assert not _UNSTORABLE.search(clean + again)
    assert markup_text(again) == markup_text(clean)
    title = plain_text(markup)
    assert len(title) <= MAX_TITLE_LENGTH
    assert " ".join(title.split()) == title


def main() -> int:
    """Fuzzes documents or markup until the time is over; returns 2 without atheris, else libFuzzer's exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["documents", "markup"])
    parser.add_argument("--seconds", type=int, default=300)
    arguments = parser.parse_args()
    try:
        import atheris  # noqa: PLC0415 - needed only here, and not available on every platform
    except ImportError:
        sys.stderr.write("fuzzing needs atheris: pip install atheris\n")
        return 2
    hold: Callable[[bytes], None] = hold_document if arguments.what == "documents" else _hold_bytes
    with tempfile.TemporaryDirectory() as seeds:
        for number, seed in enumerate(_seeds()):
            (Path(seeds) / str(number)).write_bytes(seed)
        atheris.instrument_all()
        options = [
            f"-max_total_time={arguments.seconds}",
            f"-timeout={SLOWEST}",
            "-max_len=20000",
            "-rss_limit_mb=4096",
        ]
        atheris.Setup([sys.argv[0], *options, seeds], hold)
        atheris.Fuzz()
    return 0


def _hold_bytes(data: bytes) -> None:
    hold_markup(data.decode("utf-8", "replace"))


def _seeds() -> list[bytes]:
    from benchmarks.parsing import FEEDS, sample  # noqa: PLC0415 - the newsroom is created only if it is needed

    corpus = [path.read_bytes() for path in sorted(FEEDS.iterdir())] if FEEDS.is_dir() else []
    return [body for body in (*sample(), *corpus) if len(body) <= 20_000]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(main())
