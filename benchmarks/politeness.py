"""What does the newsroom's judge say of our manners? Three polls of every feed, hostile ones included.

    python benchmarks/politeness.py                     needs ../shared/newsroom beside the checkout

Serves the simulated newsroom with all its faults, polls all feeds three times with ``aggregator feeds
refresh`` while new entries appear, and prints the judge's report; exit code 1 when it names a
violation. The pauses are real: the newsroom's Retry-After is a few seconds, and so is the floor here.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.newsroom import CHECKOUT, NEWSROOM, fetch, serving

FLOOR = 8
"""Seconds between two polls of a feed: longer than any Retry-After of the newsroom."""

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
"""What the report says of a reader with no violation."""


def configure(folder: Path, urls: list[str]) -> Path:
    """Write a configuration with a floor of seconds, and otherwise the defaults."""
    config = folder / "config"
    config.mkdir()
    feeds = "".join(f"  - url: {url}\n" for url in urls)
    (config / "feeds.yaml").write_text(f"feeds:\n{feeds}")
    (config / "aggregator.yaml").write_text(
        f"polling: {{every: {FLOOR}s, every_unvalidated: {FLOOR}s, refresh: {FLOOR}s, jitter: 0}}\n"
        "fetching: {allow_networks: [127.1.0.0/16], timeout: 5s, contact: 'https://reader.example/about'}\n"
        "logging: {level: warning}\n"
    )
    return config


def judged(arguments: argparse.Namespace) -> dict[str, Any]:
    """Poll three times and give the judge's report on politeness."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(arguments, arguments.seed, folder) as url:
            config = configure(folder, fetch(f"{url}/feeds.txt").split())
            for number in range(arguments.polls):
                if number:
                    time.sleep(FLOOR)
                    fetch(f"{url}/tick?add=1")
                refresh = [sys.executable, "-m", "aggregator", "feeds", "refresh", "--json", "--config", str(config)]
                subprocess.run(refresh, cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
            judge = [sys.executable, str(NEWSROOM / "judge.py"), "--farm", url, "--politeness-only"]
            report: dict[str, Any] = json.loads(subprocess.run(judge, capture_output=True, check=True).stdout)
            return dict(report["politeness"])


def main() -> int:
    """Print the report; 1 when it names a violation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=60)
    parser.add_argument("--stories", type=int, default=0)
    parser.add_argument("--polls", type=int, default=3)
    parser.add_argument("--faults", default="all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8820)
    arguments = parser.parse_args()
    if not NEWSROOM.is_dir():
        print("../shared/newsroom is not beside this checkout; nothing was measured")
        return 0
    report = judged(arguments)
    print(json.dumps(report, indent=1, ensure_ascii=False))
    violations = [name for name, clean in CLEAN.items() if report[name] != clean]
    violations += [name for name in ("max_concurrent_same_host", "max_concurrent_same_outlet") if report[name][0] > 1]
    print(f"violations: {', '.join(violations) or 'none'}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
