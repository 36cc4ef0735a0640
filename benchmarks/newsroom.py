"""How well are copies merged, end to end? The whole service on the simulated newsroom, judged.

    python benchmarks/newsroom.py --seeds 1 2 3          needs ../shared/newsroom beside the checkout
    python benchmarks/newsroom.py --faults all           with hostile and broken feeds

For each seed: serve the newsroom on loopback, list its feeds, run ``aggregator once`` in a process
of its own, give the digest to the newsroom's judge, and check its documents in all formats by the rules
of ``tests/feed_rules.py``. Prints one line per seed; exit code 1 when a line falls below the gates or a
document breaks a rule.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from tests.feed_rules import mistakes  # noqa: E402 - a script runs from anywhere

FORMATS = ("atom", "rss", "json")
NEWSROOM = CHECKOUT.parent / "shared" / "newsroom"
PRECISION, F1 = 0.99, 0.90
START_UP = 60


def fetch(url: str) -> str:
    """The text behind a URL on loopback."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=START_UP) as answer:
        return str(answer.read().decode())


@contextmanager
def serving(arguments: argparse.Namespace, seed: int, folder: Path) -> Iterator[str]:
    """The newsroom, serving; gives its URL."""
    command = [
        sys.executable,
        str(NEWSROOM / "newsroom.py"),
        *("--outlets", str(arguments.outlets), "--stories", str(arguments.stories), "--seed", str(seed)),
        *("--ticks", str(arguments.ticks), "--per-tick", str(arguments.per_tick)),
        *("--port", str(arguments.port), "--faults", arguments.faults, "--log", str(folder / "requests.jsonl")),
    ]
    url = f"http://127.0.0.1:{arguments.port}"
    with (folder / "newsroom.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            deadline = time.monotonic() + START_UP
            while True:
                try:
                    fetch(f"{url}/feeds.txt")
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise SystemExit(
                            f"the newsroom did not start: {(folder / 'newsroom.log').read_text()}"
                        ) from None
                    time.sleep(0.1)
            yield url
        finally:
            if process.poll() is not None:
                print(f"the newsroom ended by itself, with status {process.returncode}", file=sys.stderr)
            process.terminate()


def configure(folder: Path, urls: list[str], database: str | None) -> Path:
    """Write a configuration for these feeds."""
    config = folder / "config"
    config.mkdir()
    feeds = "".join(f"  - url: {url}\n" for url in urls)
    (config / "feeds.yaml").write_text(f"feeds:\n{feeds}digests: [{{name: digest, limit: 10000}}]\n")
    (config / "aggregator.yaml").write_text(
        "fetching: {allow_networks: [127.1.0.0/16], spacing: 0s, timeout: 10s}\nlogging: {level: warning}\n"
        + (f"database: {database}\n" if database else "")
    )
    return config


def written_pages(aggregator: list[str], config: Path, folder: Path, suffix: str) -> Iterator[Path]:
    """Write the digest page by page in one format; gives the files."""
    for number in itertools.count(1):
        path = folder / f"digest-{number}.{suffix}"
        command = [*aggregator, "digest", "--config", str(config), "--page", str(number), "--output", str(path)]
        command += ["--format", suffix]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
        if "has no page" in done.stderr:
            return
        done.check_returncode()
        yield path


def judged(arguments: argparse.Namespace, seed: int) -> dict[str, Any]:
    """Run one seed and give the judge's report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(arguments, seed, folder) as url:
            config = configure(folder, fetch(f"{url}/feeds.txt").split(), arguments.database)
            aggregator = [sys.executable, "-m", "aggregator"]
            subprocess.run([*aggregator, "once", "--config", str(config)], cwd=CHECKOUT, check=True)
            pages = {suffix: list(written_pages(aggregator, config, folder, suffix)) for suffix in FORMATS}
            judge = [sys.executable, str(NEWSROOM / "judge.py"), "--farm", url]
            judge += [argument for page in pages["atom"] for argument in ("--digest", str(page))]
            report: dict[str, Any] = json.loads(subprocess.run(judge, capture_output=True, check=True).stdout)
            report["documents"] = {
                page.name: mistakes(page.read_bytes(), suffix) for suffix in FORMATS for page in pages[suffix]
            }
            return report


def main() -> int:
    """Print one line per seed; 1 when any falls below the gates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--outlets", type=int, default=60)
    parser.add_argument("--stories", type=int, default=120)
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--faults", default="none")
    parser.add_argument("--per-tick", type=int, default=3, help="entries of each feed in a batch")
    parser.add_argument("--ticks", type=int, default=3, help="batches of entries that can be revealed later")
    parser.add_argument("--database", help="a SQLAlchemy URL instead of a new SQLite file; one seed only")
    parser.add_argument("--json", action="store_true", help="print the judge's whole report instead")
    arguments = parser.parse_args()
    if not NEWSROOM.is_dir():
        print("../shared/newsroom is not beside this checkout; nothing was measured")
        return 0
    print("seed  precision  recall     F1  stories  groups  lost  leaks  twice  at once per host  documents")
    passed = True
    for seed in arguments.seeds:
        report = judged(arguments, seed)
        merging, leaks, polite = report["merging"], report["leaks"], report["politeness"]
        score = merging["all_articles"]
        leaked = leaks["xss_hits"] + leaks["control_chars"] + leaks["secret_leaked"] + leaks["canary_content"]
        leaked += polite["canary_connections"]
        lost = merging["stories_lost"]
        print(
            f"{seed:4}  {score['precision']:9.4f}  {score['recall']:6.4f} {score['f1']:6.4f}  {merging['stories']:7}"
            f"  {merging['groups']:6}  {lost:4}  {leaked:5}  {polite['article_fetched_twice']:5}"
            f"  {polite['max_concurrent_same_host'][0]:16}  {len(report['documents']):9}",
            flush=True,
        )
        broken = {name: found for name, found in report["documents"].items() if found}
        for name, found in broken.items():
            print(f"      {name}: {'; '.join(found[:5])}")
        if arguments.json:
            print(json.dumps(report, indent=1, ensure_ascii=False))
        passed = (
            passed and score["precision"] >= PRECISION and score["f1"] >= F1 and not lost and not leaked and not broken
        )
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
