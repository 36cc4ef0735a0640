"""Nothing from outside is markup or a command for the terminal."""

from __future__ import annotations

import ast
import json
import unicodedata
from pathlib import Path

import pytest

from aggregator.commands.console import new_console, new_table, print_json, print_text, terminal_text
from aggregator.dedup.sketch import sketch
from aggregator.model.extraction import ArticleText, TextSource
from aggregator.steps.store_text import store_text
from aggregator.store import articles, stories
from aggregator.store.database import Database
from aggregator.store.tables import Entry, Feed
from tests.loops import loop_over
from tests.reports import HARBOUR, LOCAL
from tests.shell import Shell
from tests.stored import MINUTE, NOW, add_article, add_feeds

COMMANDS = Path(__file__).resolve().parents[1] / "aggregator" / "commands"
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\r\n\tforged line"
HOSTILE = f"[/b] closes [red]nothing[/red] :boom: {ESCAPES}"
SEEN = "[/b] closes [red]nothing[/red] :boom: ]0;owned[2J31mgnp.exe forged line"


def is_harmless(printed: str) -> bool:
    """True if a terminal only shows this: no control but the line end, and no bidi control."""
    kinds = {unicodedata.category(char) for char in printed.replace("\n", "")}
    return not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@loop_over(
    ("text", "seen"),
    [
        (HOSTILE, SEEN),
        ("[/b]", "[/b]"),
        ("Zu\u0308rich \U0001f6a2 \u05e9\u05dc\u05d5\u05dd", "Zu\u0308rich \U0001f6a2 \u05e9\u05dc\u05d5\u05dd"),
        ("a\u200db", "a\u200db"),
        ("two\nlines", "two lines"),
        ("\U000e0041tag", "tag"),
    ],
)
def test_text_is_shown_as_it_is_without_its_controls(text: str, seen: str) -> None:
    assert terminal_text(text) == seen


def test_cells_lines_and_records_are_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    table = new_table("title")
    table.add_row(HOSTILE)
    new_console().print(table)
    print_text("  ", HOSTILE, style="bold")
    print_json({"title": HOSTILE})
    printed = capsys.readouterr().out
    assert is_harmless(printed)
    assert json.loads(printed[printed.index("{") :]) == {"title": HOSTILE}


def test_commands_print_through_one_module() -> None:
    direct = {
        f"{path.name}: {name}"
        for path in COMMANDS.glob("*.py")
        if path.name not in ("console.py", "progress_bars.py", "backup_commands.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rich")
        for name in (alias.name for alias in node.names)
        if name in ("Console", "escape", "print")
    }
    assert direct == set()


@pytest.fixture
def hostile_shell(shell: Shell) -> Shell:
    """A database with hostile texts in every field that a publisher fills."""
    shell.configured("drop: [{words: [closes]}]\nfeeds: [{url: 'https://herald.example/feed', name: herald}]\n")
    shell.types("migrate")
    database = Database("sqlite:///data/aggregator.db")
    add_feeds(database, "herald", "mirror")
    for article_id, (name, text) in enumerate({"herald": HARBOUR, "mirror": LOCAL}.items(), 1):
        add_article(database, name, "a", "x")
        body = f"{HOSTILE}\n{text}"
        kept = ArticleText(title=HOSTILE, text=body, html="", source=TextSource.PAGE, reason=HOSTILE, section=HOSTILE)
        with database.writing() as session:
            store_text(session, article_id, kept, sketch(text), now=NOW)
            stories.create_story(session, article_id, key=f"k{article_id}", settle_at=NOW, now=NOW, reason=HOSTILE)
            articles.mark_placed(session, article_id)
            stories.publish_settled(session, before=NOW + MINUTE, authority="x.example,2026", now=NOW + MINUTE)
            entry, feed = session.get_one(Entry, article_id), session.get_one(Feed, article_id)
            entry.title, entry.dropped_by, feed.title, feed.reason = HOSTILE, None, HOSTILE, HOSTILE
    database.close()
    return shell


SAID = {
    ("stories", "list"): True,
    ("stories", "show", "k1", "--text"): True,
    ("stories", "explain", "1", "2"): True,
    ("stories", "list", "--json"): False,
    ("stories", "show", "k1", "--json"): False,
    ("rules", "test"): True,
    ("feeds", "list"): True,
    ("status",): False,
}


def test_every_command_shows_hostile_texts_as_they_are(hostile_shell: Shell) -> None:
    for arguments, shows in SAID.items():
        code, out, err = hostile_shell.types(*arguments, COLUMNS="200")
        assert (arguments, code) == (arguments, 0)
        assert (arguments, is_harmless(out + err)) == (arguments, True)
        assert not shows or "[/b]closes[red]nothing[/red]:boom:" in "".join(out.split()), arguments


def test_a_hostile_name_in_an_error_is_harmless(hostile_shell: Shell) -> None:
    code, _, err = hostile_shell.types("stories", "show", HOSTILE)
    assert (code, is_harmless(err)) == (1, True)
    (hostile_shell.config.parent / "list.opml").write_text(
        "<opml><body><outline text='[/b] &#x202e;x' xmlUrl='mailto:x'/></body></opml>"
    )
    code, out, err = hostile_shell.types("feeds", "import", "list.opml", "--dry-run")
    assert (code, is_harmless(out + err), "[/b]" in err) == (0, True, True)
