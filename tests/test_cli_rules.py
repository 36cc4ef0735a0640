"""What a person sees of keep and drop rules in a terminal."""

from __future__ import annotations

import json

import pytest

from aggregator.store.database import Database
from tests.shell import Shell
from tests.stored import add_entries, add_feeds, entry

RULED = """
feeds:
  - url: https://herald.example/feed
    name: herald
    drop: [{words: "race week"}]
  - {url: https://mirror.example/feed, name: mirror}
drop: [{tag: sport}]
"""


@pytest.fixture
def stored(shell: Shell) -> Shell:
    """Two feeds with entries that were stored before the rules were written, but for one."""
    shell.configured(RULED).types("migrate")
    database = Database("sqlite:///data/aggregator.db")
    add_feeds(database, "herald", "mirror")
    add_entries(database, "herald", entry("1", title="Race  Week begins"), entry("2", title="Baths open"))
    add_entries(database, "herald", entry("3", title="Crane comes down"), dropped_by="drop title: Crane")
    add_entries(database, "mirror", entry("4", title="Cup final", categories=("Sport",)))
    database.close()
    return shell


def test_a_preview_says_what_rules_would_do_and_changes_nothing(stored: Shell) -> None:
    for _ in range(2):
        code, out, _ = stored.types("rules", "test", "--json")
        herald, mirror = json.loads(out)
        assert code == 0
        assert herald == {
            "feed": "herald",
            "entries": 3,
            "dropped_by": {"drop words: race week": 1},
            "newly_dropped": ["Race  Week begins"],
            "let_in": ["Crane comes down"],
            "too_slow": {},
        }
        assert mirror["dropped_by"] == {"drop tag: sport (for all feeds)": 1}
    told = " ".join(stored.types("rules", "test", "--feed", "herald")[1].split())
    assert "1 × drop words: race week would be dropped: Race Week begins would be kept again: Crane comes down" in told
    assert "mirror" not in told


def test_what_was_dropped_is_listed_with_its_rule(stored: Shell) -> None:
    (dropped,) = json.loads(stored.types("rules", "dropped", "--json")[1])
    assert (dropped["feed"], dropped["title"], dropped["dropped_by"]) == (
        "herald",
        "Crane comes down",
        "drop title: Crane",
    )
    assert "Crane comes down" in stored.types("rules", "dropped")[1]
    assert json.loads(stored.types("rules", "dropped", "--feed", "mirror", "--json")[1]) == []


def test_a_feed_that_is_not_configured_is_told(stored: Shell) -> None:
    code, _, err = stored.types("rules", "test", "--feed", "heralt")
    assert (code, err.strip()) == (
        2,
        "aggregator: no feed is named 'heralt'; list the names with: aggregator feeds list",
    )
