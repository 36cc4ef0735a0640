"""What people type and are told; exit codes 0, 1 and 2; never a traceback for bad input."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from aggregator.model.extraction import RemovedLine
from aggregator.store import stories
from aggregator.store.database import Database
from aggregator.store.schema_migration import migrations_directory
from tests.processes import completed
from tests.shell import Shell
from tests.stored import MINUTE, NOW, add_article, add_feeds


def test_a_new_user_gets_a_configuration_that_is_valid(shell: Shell) -> None:
    code, out, _ = shell.types("init")
    assert (code, out.count("written")) == (0, 4)
    code, out, _ = shell.types("check")
    assert (code, out.split(":")[0]) == (0, "config")
    assert "valid: 0 feeds, 1 digest" in out


def test_without_a_configuration_every_command_says_how_to_get_one(shell: Shell) -> None:
    for command in ("run", "once", "check", "status", "digest"):
        code, out, err = shell.types(command)
        assert (code, out) == (2, "")
        assert (
            err
            == "aggregator: config: the folder does not exist; write a starter configuration with: aggregator init config\n"
        )


def test_mistakes_are_told_with_their_lines_and_exit_code_2(shell: Shell) -> None:
    code, _, err = shell.configured("feeds:\n  - url: https://a.example/f\n    tag: [x]\n").types("check")
    assert (code, err) == (2, "aggregator: config/feeds.yaml:3: feeds[0]: unknown key 'tag'; did you mean 'tags'?\n")


def test_an_unknown_command_is_a_usage_error(shell: Shell) -> None:
    assert shell.types("polish")[0] == 2


@pytest.mark.parametrize(
    ("form", "beginning"),
    [
        ("atom", "<?xml version='1.0' encoding='utf-8'?>\n<feed "),
        ("rss", "<?xml version='1.0' encoding='utf-8'?>\n<rss "),
        ("json", "{"),
        ("html", "<!doctype html>"),
    ],
)
def test_a_digest_is_printed_in_every_format_even_when_it_is_empty(shell: Shell, form: str, beginning: str) -> None:
    code, _, err = shell.configured().types("digest", "--format", form, "--output", f"digest.{form}")
    assert (code, err) == (0, "")
    assert Path(f"digest.{form}").read_text().startswith(beginning)


def test_the_same_digest_is_the_same_bytes(shell: Shell) -> None:
    shell.configured().types("digest", "--output", "one.atom")
    shell.types("digest", "--output", "two.atom")
    assert Path("one.atom").read_bytes() == Path("two.atom").read_bytes()


def test_a_digest_that_does_not_exist_is_told_with_those_that_do(shell: Shell) -> None:
    code, _, err = shell.configured().types("digest", "morning")
    assert (code, err) == (2, "aggregator: the configuration has no digest named 'morning'; it has: digest\n")


def test_a_digest_that_cannot_be_written_is_told_and_leaves_nothing_behind(shell: Shell) -> None:
    code, _, err = shell.configured().types("digest", "--output", "nowhere/digest.atom")
    assert (code, err) == (1, "aggregator: nowhere/digest.atom: cannot be written: No such file or directory\n")


def test_lists_are_json_when_asked(shell: Shell) -> None:
    shell.configured()
    assert json.loads(shell.types("feeds", "list", "--json")[1]) == []
    assert json.loads(shell.types("stories", "list", "--json")[1]) == []
    assert json.loads(shell.types("status", "--json")[1])["feeds"] == 0


@pytest.fixture
def shelved(shell: Shell) -> Shell:
    """A person whose database holds one published story with one copy, from whose text a line was cut."""
    shell.configured().types("migrate")
    database = Database("sqlite:///data/aggregator.db")
    add_feeds(database, "one")
    article = add_article(
        database,
        "one",
        "a",
        "The harbour is [open].",
        cuts=(RemovedLine(text="Read more", reason="pointer", after=1),),
        section="Transport [north]",
        modified_at=NOW,
        paywalled=True,
        live=True,
    )
    with database.writing() as session:
        stories.create_story(session, article, key="k1", settle_at=NOW, now=NOW, reason="alone")
        stories.publish_settled(session, before=NOW + MINUTE, authority="x.example,2026", now=NOW + MINUTE)
    database.close()
    return shell


def test_a_story_is_shown_with_its_copies_and_with_what_was_cut_from_their_texts(shelved: Shell) -> None:
    code, out, _ = shelved.types("stories", "show", "k1")
    assert (code, "one.example" in out, "the page gave it" in out, "harbour" in out) == (0, True, True, False)
    said = "the page states: in Transport [north], changed 2026-03-01 12:00 UTC, not free to read, a live blog"
    assert said in " ".join(out.split())
    code, out, _ = shelved.types("stories", "show", "k1", "--text")
    assert "The harbour is [open]." in out
    assert "- Read more  cut: pointer" in out
    code, out, _ = shelved.types("stories", "show", "k1", "--json")
    shown = json.loads(out)["copies"][0]
    assert shown["cuts"] == [{"text": "Read more", "reason": "pointer", "after": 1}]
    assert {name: shown[name] for name in ("section", "modified_at", "paywalled", "live")} == {
        "section": "Transport [north]",
        "modified_at": "2026-03-01T12:00:00+00:00",
        "paywalled": True,
        "live": True,
    }


def test_a_story_that_nobody_knows_is_told(shelved: Shell) -> None:
    code, _, err = shelved.types("stories", "show", "k2")
    assert (code, err) == (1, "aggregator: no story has the key 'k2'; list the keys with: aggregator stories list\n")


def test_tables_have_their_columns(shell: Shell) -> None:
    shell.configured()
    assert "last polls" in shell.types("feeds", "list")[1]
    assert "copies merged" in shell.types("status")[1]


def test_refreshing_a_feed_that_nobody_knows_says_what_was_meant(shell: Shell) -> None:
    shell.configured("feeds: [{url: 'https://a.example/feed', name: harbour}]\n")
    code, _, err = shell.types("feeds", "refresh", "harbor")
    assert (code, err) == (2, "aggregator: no feed is named 'harbor'; did you mean 'harbour'?\n")
    code, _, err = shell.types("feeds", "refresh", "x")
    assert (code, err) == (2, "aggregator: no feed is named 'x'; list the names with: aggregator feeds list\n")


def test_refreshing_polls_now_and_tells_what_came_of_it(shell: Shell) -> None:
    shell.configured("feeds: [{url: 'http://127.0.0.1:9/feed', name: harbour}]\n")
    code, out, _ = shell.types("feeds", "refresh", "--json")
    (told,) = json.loads(out)
    assert (code, told["outcomes"], told["state"]) == (0, ["refused"], "failing")
    assert "is a loopback address" in told["reason"]


def test_the_schema_is_printed_for_editors(shell: Shell) -> None:
    assert json.loads(shell.types("schema", "feeds")[1])["title"] == "FeedsFile"
    assert json.loads(shell.types("schema", "aggregator")[1])["title"] == "Settings"


def test_migrating_says_what_it_did(shell: Shell) -> None:
    shell.configured()
    newest = max(path.name[:4] for path in (migrations_directory() / "versions").glob("[0-9]*.py"))
    assert f"migrated to {newest}" in shell.types("migrate")[1]
    assert "is up to date" in shell.types("migrate")[1]


def test_a_database_that_does_not_answer_is_told_without_its_password(shell: Shell) -> None:
    shell.configured()
    (shell.config / "aggregator.yaml").write_text("database: postgresql://me:s3cret@127.0.0.1:1/x\n")
    code, _, err = shell.types("status")
    assert code == 1
    assert "cannot be opened" in err
    assert "s3cret" not in err
    assert "Traceback" not in err


def test_status_tells_a_mistake_in_the_feeds_beside_what_is_stored(shell: Shell) -> None:
    shell.configured("feeds: [{urk: x}]\n")
    code, out, err = shell.types("status", "--json")
    told = json.loads(out)
    assert (code, told["feeds"], len(told["mistakes"])) == (2, 0, 2)
    assert all(mistake in err for mistake in told["mistakes"])
    assert "feeds.yaml:1" in err


def test_status_without_settings_that_can_be_read_tells_the_mistake_alone(shell: Shell) -> None:
    (shell.configured().config / "aggregator.yaml").write_text("databse: x\n")
    code, out, err = shell.types("status")
    assert (code, out) == (2, "")
    assert "did you mean 'database'?" in err


@pytest.mark.parametrize(
    ("shell_name", "asked"),
    [
        ("bash", {"COMP_WORDS": "aggregator feeds re", "COMP_CWORD": "2"}),
        pytest.param("zsh", {"_TYPER_COMPLETE_ARGS": "aggregator feeds re"}, marks=pytest.mark.exhaustive),
        pytest.param(
            "fish",
            {"_TYPER_COMPLETE_ARGS": "aggregator feeds re", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
            marks=pytest.mark.exhaustive,
        ),
    ],
)
def test_commands_are_completed_in_every_shell(shell_name: str, asked: dict[str, str]) -> None:
    command = Path(sys.executable).with_name("aggregator")
    environment = {**os.environ, **asked, "_AGGREGATOR_COMPLETE": f"complete_{shell_name}"}
    done = completed(command, env=environment)
    assert re.findall(r"\bre\w+", done.stdout.replace("feeds.yaml", ""))[0] == "refresh"
    assert "remove" in done.stdout
    assert "discover" not in done.stdout


@pytest.mark.parametrize("command", [(), ("feeds",), ("feeds", "add"), ("stories", "split"), ("digest",)])
def test_help_names_no_python_type(shell: Shell, command: tuple[str, ...]) -> None:
    code, out, _ = shell.types(*command, "--help")
    assert code == 0
    assert re.findall(r"<(?:bool|str|int|float|path)>|\b(?:INTEGER|BOOLEAN|PATH)\b", out) == []
