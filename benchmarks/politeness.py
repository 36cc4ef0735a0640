"""Checks politeness with the judge of the simulated newsroom: three polls of every feed, hostile ones included.

    python benchmarks/politeness.py                     needs ../shared/newsroom next to the checkout
    python benchmarks/politeness.py --workers 4         four processes at once, on PostgreSQL

Serves the simulated newsroom with all its faults, polls all feeds three times with ``aggregator feeds refresh`` while
new entries appear, and prints the judge's report. Exit status 1 if the report has a violation, or if a feed that works
was not polled exactly once a round by all workers together. The pauses are real: the newsroom's Retry-After is a few
seconds, and so is the shortest poll interval here.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.newsroom import CHECKOUT, NEWSROOM, fetch, serving
from tests.database import empty_database

QUIETLY: dict[str, Any] = {"stdout": subprocess.DEVNULL}
FLOOR = 8
"""Seconds between two polls of a feed: longer than any Retry-After of the newsroom."""

PASSED = {"read", "unchanged"}
"""The results of polling a feed that works; a feed that fails waits longer than a round."""

CLEAN: dict[str, object] = {
    "canary_connections": 0,
    "ua_with_contact_share": 1.0,
    "gzip_offered_share": 1.0,
    "accept_header_share": 1.0,
    "conditional_share": 1.0,
    "early_after_retry_after": 0,
    "asked_again_after_410": 0,
    "old_address_asked_again_after_301": 0,
    "disallowed_fetches": 0,
    "article_fetched_twice": 0,
}
"""The report on a reader without a violation."""


def configure(folder: Path, urls: list[str], database: str) -> Path:
    """Writes a configuration with a shortest poll interval of seconds, and otherwise the defaults."""
    config = folder / "config"
    config.mkdir()
    feeds = "".join(f"  - url: {url}\n" for url in urls)
    (config / "feeds.yaml").write_text(f"feeds:\n{feeds}")
    (config / "aggregator.yaml").write_text(
        f"polling: {{every: {FLOOR}s, every_unvalidated: {FLOOR}s, refresh: {FLOOR}s, jitter: 0}}\n"
        "fetching: {allow_networks: [127.1.0.0/16], timeout: 5s, contact: 'https://reader.example/about'}\n"
        f"logging: {{level: warning}}\ndatabase: '{database}'\n"
    )
    return config


def judged(arguments: argparse.Namespace) -> dict[str, Any]:
    """Polls three times and returns the judge's report on politeness."""
    kind = "postgres" if arguments.workers > 1 else "sqlite"
    with tempfile.TemporaryDirectory() as name, empty_database(kind, Path(name)) as database:
        folder = Path(name)
        with serving(arguments, arguments.seed, folder) as url:
            config = configure(folder, fetch(f"{url}/feeds.txt").split(), database)
            aggregator = [sys.executable, "-m", "aggregator", "feeds"]
            subprocess.run([*aggregator, "list", "--config", str(config)], cwd=CHECKOUT, check=True, **QUIETLY)
            for number in range(arguments.polls):
                if number:
                    time.sleep(FLOOR)
                    fetch(f"{url}/tick?add=1")
                refresh = [*aggregator, "refresh", "--json", "--config", str(config)]
                workers = [subprocess.Popen(refresh, cwd=CHECKOUT, **QUIETLY) for _ in range(arguments.workers)]
                if any(worker.wait() for worker in workers):
                    raise SystemExit("a worker failed")
            judge = [sys.executable, str(NEWSROOM / "judge.py"), "--farm", url, "--politeness-only"]
            report: dict[str, Any] = json.loads(subprocess.run(judge, capture_output=True, check=True).stdout)
            listed = [*aggregator, "list", "--json", "--config", str(config)]
            feeds = json.loads(subprocess.run(listed, cwd=CHECKOUT, capture_output=True, check=True).stdout)
            polled = Counter(len(feed["outcomes"]) for feed in feeds if set(feed["outcomes"]) <= PASSED)
            return {**report["politeness"], "polls_of_a_feed": dict(polled)}


def main() -> int:
    """Prints the report; returns 1 if it has a violation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=60)
    parser.add_argument("--stories", type=int, default=0)
    parser.add_argument("--polls", type=int, default=3)
    parser.add_argument("--faults", default="all")
    parser.add_argument("--workers", type=int, default=1, help="processes that poll at the same time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8820)
    arguments = parser.parse_args()
    if not NEWSROOM.is_dir():
        print("../shared/newsroom is not next to this checkout; nothing was measured")
        return 0
    report = judged(arguments)
    print(json.dumps(report, indent=1, ensure_ascii=False))
    violations = [name for name, clean in CLEAN.items() if report[name] != clean]
    violations += [name for name in ("max_concurrent_same_host", "max_concurrent_same_outlet") if report[name][0] > 1]
    violations += ["polls_of_a_feed"] * (set(report["polls_of_a_feed"]) != {arguments.polls})
    print(f"violations: {', '.join(violations) or 'none'}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
