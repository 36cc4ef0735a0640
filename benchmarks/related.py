"""How often are two stories that are offered as related of one event? On ecbplus of the shared corpus.

    python benchmarks/related.py            needs ../shared/corpus beside the checkout

ECB+ has 43 topics of two events each, alike in kind (two arrests, two earthquakes), and about a dozen
reports of each. All are taken for the stories of one window. Pairs of the two events of one topic
are counted apart: there names and places differ and most words do not, and in life such events are
seldom of the same hours.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aggregator.dedup.related_reports import RelatedWindow
from aggregator.model.dedup import StoryBeginning
from benchmarks.copies import PAIRS, documents

_NAME = re.compile(r"ecb-(\d+)_\d+(ecb(?:plus)?)")


def event_of(name: str) -> tuple[str, str]:
    """The topic and which of its two events a report is of."""
    match = _NAME.match(name)
    return ("", name) if match is None else (match[1], match[2])


def main() -> int:
    """Print precision and recall of all pairs that are offered."""
    if not PAIRS.is_dir():
        print("../shared/corpus is not beside this checkout; nothing was measured")
        return 0
    reports = [
        StoryBeginning(key=name, title=text.title, text=text.text) for name, text in documents("ecbplus").items()
    ]
    window = RelatedWindow.of(reports)
    offered = {
        frozenset((report.key, key)) for report in reports for key in window.related(report.key, most=len(reports))
    }
    kinds = Counter[str]()
    for one, other in (sorted(pair) for pair in offered):
        mine, theirs = event_of(one), event_of(other)
        kinds["same event" if mine == theirs else "other event alike" if mine[0] == theirs[0] else "other"] += 1
    sizes = Counter(event_of(report.key) for report in reports)
    all_pairs = sum(size * (size - 1) // 2 for size in sizes.values())
    right = kinds["same event"]
    print(f"{len(reports)} reports, {len(sizes)} events; offered: {dict(kinds)}")
    print(f"precision {right / max(1, right + kinds['other']):.3f} without events alike, "
          f"{right / max(1, sum(kinds.values())):.3f} with; recall {right / all_pairs:.3f}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
