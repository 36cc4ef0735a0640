"""What the documents say is so."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from typer import Context
from typer.core import TyperGroup
from typer.main import get_command

from aggregator.cli import app
from aggregator.configuration.loading import load_configuration
from aggregator.metrics import Metrics
from aggregator.reference_docs import addresses_reference, settings_reference
from aggregator.web.app import create_app
from tests.newsstand import stocked
from tests.processes import completed

CHECKOUT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")]


def test_the_reference_of_settings_is_the_models() -> None:
    operations = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert operations.endswith(settings_reference())


def test_the_tables_of_addresses_are_those_that_are_used() -> None:
    addresses = (CHECKOUT / "docs" / "addresses.md").read_text(encoding="utf-8")
    assert addresses.endswith(addresses_reference())


def test_the_reference_of_commands_is_their_help() -> None:
    made = [sys.executable, "-m", "typer", "aggregator.cli", "utils", "docs", "--name", "aggregator"]
    done = completed(*made, check=True)
    written = (CHECKOUT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written.strip() == done.stdout.strip(), f"{' '.join(made[1:])} --output docs/commands.md makes it anew"


def test_every_address_the_service_answers_is_in_the_table_of_addresses() -> None:
    operations = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = operations[operations.index("## Addresses") : operations.index("## Push")]
    told = re.sub(r"\{\w+\}", "{}", table)
    web = create_app(stocked(), version="1", metrics=Metrics())
    answered = {re.sub(r"\{\w+\}", "{}", route.path) for route in web.routes if isinstance(route, APIRoute)}
    assert "/metrics" in answered
    assert sorted(path for path in answered if path.replace(".{}", ".atom") not in told) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8"))
    dead = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert dead == []


def test_the_configuration_in_the_readme_is_valid(tmp_path: Path) -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(.*?)```", readme, re.DOTALL)
    assert found
    (tmp_path / "feeds.yaml").write_text(found[1], encoding="utf-8")
    assert len(load_configuration(tmp_path, environ={}).feeds) == 2


def commands_in(document: Path) -> Iterator[str]:
    """Every command of this program in the code of a document, in blocks and within lines."""
    text = document.read_text(encoding="utf-8")
    if document.name == "commands.md":  # the rest of it is made from the command line itself
        yield from re.findall(r"^Example: (.+)$", text, re.MULTILINE)
        return
    yield from (match.strip("`") for match in re.findall(r"`aggregator [^`\n]+`", text))
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from re.findall(r"^aggregator [^#\n]+", block, re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_a_document_exists_with_its_options(document: Path) -> None:
    for line in commands_in(document):
        command, words = get_command(app), iter(line.split()[1:])
        while isinstance(command, TyperGroup) and (word := next(words, None)):
            names = word.split("|")
            if word.startswith("-"):
                break
            assert set(names) <= set(command.commands), f"{line}: {word} is no command"
            command = command.commands[names[0]]
        known = {option for parameter in command.get_params(Context(command)) for option in parameter.opts}
        asked = set(re.findall(r"--[a-z][a-z-]*", line.partition("  ")[0]))
        assert asked <= known | {"--help"}, f"{line}: {asked - known} is no option"
