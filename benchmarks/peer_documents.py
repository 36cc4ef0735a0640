"""Reads the test documents of other feed parsers, and compares what their tests expect with what the program reads.

    python -m benchmarks.peer_documents [--folder PATH] [--show N]

Fetches the source packages of ``benchmarks/peer_expectations.py`` from PyPI into a temporary folder, or into a folder
that already has them. Compares the number of entries and their ids, links, titles, dates, authors, texts, enclosures
and categories, and the feed's title, link and language. ``benchmarks/peer_judgements.py`` judges each kind of
difference. Returns 1 if one is not judged, or if a difference that is judged wrong occurs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.peer_expectations import PEERS, fetch_package
from benchmarks.peer_facts import Difference, differences, read_ours
from benchmarks.peer_judgements import Judgement, judge_difference


def compare_package(requirement: str, folder: Path) -> tuple[Counter[str], list[Difference]]:
    """Compares all documents of a package; returns counts of documents, and the differences."""
    name, _, version = requirement.partition("==")
    package = folder / f"{name}-{version}"
    if not package.exists():
        package = fetch_package(requirement, folder)
    counts: Counter[str] = Counter()
    found: list[Difference] = []
    for document in PEERS[requirement](package):
        ours = read_ours(document.body, url=document.url, headers=document.headers)
        some = list(differences(f"{name}: {document.name}", ours, document.expected))
        counts["documents"] += 1
        counts["equal"] += not some
        counts["expectation holds"] += document.holds is True
        found += some
    return counts, found


def print_differences(found: list[Difference], *, show: int) -> int:
    """Prints the differences by judgement, the unjudged ones first; returns how many are unjudged or wrong."""
    by_judgement: defaultdict[Judgement | None, list[Difference]] = defaultdict(list)
    for difference in found:
        by_judgement[judge_difference(difference)].append(difference)
    bad = 0
    for judgement, some in sorted(by_judgement.items(), key=lambda item: (item[0] is not None, -len(item[1]))):
        if judgement is None or judgement.verdict == "wrong":
            bad += len(some)
        documents = len({difference.document for difference in some})
        print(f"{len(some):5} in {documents:4} documents: {judgement or 'not judged'}")
        for difference in some if judgement is None else some[:show]:
            ours, theirs = (repr(value)[:100] for value in (difference.ours, difference.theirs))
            print(f"{'':12}{difference.document} {difference.fact}: ours {ours}, theirs {theirs}")
    return bad


def main() -> int:
    """Prints the comparison of every package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--folder", type=Path, help="folder with the unpacked source packages; default: a temporary one"
    )
    parser.add_argument("--show", type=int, default=2, help="examples of each judged kind")
    arguments = parser.parse_args()
    found: list[Difference] = []
    with tempfile.TemporaryDirectory() as temporary:
        for requirement in PEERS:
            counts, some = compare_package(requirement, arguments.folder or Path(temporary))
            print(f"{requirement:24}", ", ".join(f"{count} {what}" for what, count in counts.items()))
            found += some
    return 1 if print_differences(found, show=arguments.show) else 0


if __name__ == "__main__":
    sys.exit(main())
