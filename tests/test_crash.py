"""Killed at any commit and started again, the service loses nothing and doubles nothing."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.dedup.canonical import choose_canonical_copy
from aggregator.demo.server import DemoNewsroom
from aggregator.model.publishing import Audience, StoryView
from aggregator.settings.feeds_file import StorySelection
from aggregator.store import digest_queries
from aggregator.store.database import Database
from aggregator.store.tables import Article, ArticleState, Copy, Entry, Feed, Host
from tests.processes import completed, python
from tests.stored import NOW

pytestmark = pytest.mark.exhaustive

FEEDS = 3

POINTS = [
    ("store.feeds.apply_configured_feeds", 1),
    ("store.key_value.tag_authority", 1),
    ("store.host_claims.claim_hosts", 1),
    ("steps.poll_feed._commit", 1),
    ("steps.poll_feed._commit", FEEDS),
    ("store.articles.store_robots", 1),
    ("steps.read_article._commit", 1),
    ("steps.read_article._commit", 5),
    ("steps.merge_articles._merge", 1),
    ("steps.merge_articles._merge", 2),
    ("steps.merge_articles._merge", 8),
    ("store.stories.publish_settled", 1),
]


@pytest.fixture(scope="module")
def newsroom() -> Iterator[DemoNewsroom]:
    with DemoNewsroom(now=NOW) as newsroom:
        yield newsroom


def configure(folder: Path, newsroom: DemoNewsroom) -> Path:
    config = folder / "config"
    config.mkdir()
    feeds = "".join(f"  - {{url: '{feed.url}', outlet: {feed.name}}}\n" for feed in newsroom.feed_urls[:FEEDS])
    (config / "feeds.yaml").write_text(f"feeds:\n{feeds}digests: [{{name: digest, limit: 1000}}]\n")
    (config / "aggregator.yaml").write_text(
        "fetching: {allow_networks: [127.0.0.0/8], spacing: 0s}\nextraction: {workers: 1}\npolling: {jitter: 0}\n"
    )
    return config


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return completed(*python("-m", *command))


def stories(config: Path) -> dict[str, StoryView]:
    """Every published story by its id; checks on the way that nothing is left half-done."""
    database = Database(f"sqlite:///{config.parent / 'data' / 'aggregator.db'}")
    try:
        with database.reading() as session:
            entries = session.execute(select(col(Entry.feed_id), col(Entry.uid))).all()
            assert len(entries) == len(set(entries))
            assert set(session.scalars(select(col(Article.state)))) == {ArticleState.PLACED}
            assert len(session.scalars(select(Copy)).all()) == len(session.scalars(select(Article)).all())
            assert all(host.claimed_until is None for host in session.scalars(select(Host)))
            assert all(feed.last_outcome == "read" for feed in session.scalars(select(Feed)))
            shown = digest_queries.select_stories(
                session,
                StorySelection(),
                audience=Audience.OWNER,
                now=NOW,
                choose_lead=choose_canonical_copy,
                offset=0,
                limit=1000,
            ).stories
    finally:
        database.close()
    assert len({story.uri for story in shown}) == len(shown)
    return {story.uri: story for story in shown}


def groups(shown: dict[str, StoryView]) -> set[frozenset[str]]:
    return {frozenset(copy.url for copy in story.copies) for story in shown.values()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, newsroom: DemoNewsroom) -> set[frozenset[str]]:
    """The stories of a run that nothing disturbed."""
    config = configure(tmp_path_factory.mktemp("undisturbed"), newsroom)
    done = run("aggregator", "once", "--config", str(config))
    assert done.returncode == 0, done.stderr
    found = groups(stories(config))
    assert any(len(group) > 1 for group in found), "the sample must hold copies"
    return found


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("step", "number"), POINTS, ids=[f"{step}-{number}" for step, number in POINTS])
def test_a_kill_around_a_commit_loses_and_doubles_nothing(
    tmp_path: Path, newsroom: DemoNewsroom, undisturbed: set[frozenset[str]], *, step: str, number: int, when: str
) -> None:
    config = configure(tmp_path, newsroom)
    killed = run("tests.crashing", str(config), step, str(number), when)
    assert killed.returncode == -signal.SIGKILL, f"the trap was not reached: {killed.stderr}"
    done = run("aggregator", "once", "--config", str(config))
    assert done.returncode == 0, done.stderr
    first = stories(config)
    assert groups(first) == undisturbed
    if step != "store.stories.publish_settled":
        return
    again = run("aggregator", "once", "--config", str(config))
    assert again.returncode == 0, again.stderr
    assert stories(config) == first
