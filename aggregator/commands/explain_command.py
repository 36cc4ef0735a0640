"""Compares two articles, and compares stored pairs under other thresholds; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from aggregator.commands.console import (
    new_console,
    new_table,
    print_json,
    print_text,
    read_configuration,
    terminal_text,
)
from aggregator.commands.merge_thresholds import thresholds_of
from aggregator.commands.options import Config, Json
from aggregator.commands.progress_bars import show_progress
from aggregator.configured_database import open_database
from aggregator.dedup.judge import judge
from aggregator.dedup.prepared_text import prepare_text
from aggregator.dedup.side_by_side import ComparedText, SideBySide, side_by_side
from aggregator.dedup.thresholds import Thresholds
from aggregator.errors import AggregatorError
from aggregator.model.dedup import Verdict
from aggregator.plurals import number_of
from aggregator.store.compared_pairs import ComparedPair, compared_pairs
from aggregator.store.merge_queries import load_documents
from aggregator.store.name_lookup import find_article

Article = Annotated[str, typer.Argument(metavar="ARTICLE", help="An article, by number or URL, or a story, by key.")]
_OPENS, _CLOSES = "⟦", "⟧"
_SHARED = "green"
_AT_ONCE = 200


def explain(
    one: Article,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The article to compare with, given in the same way.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Prints the verdict on two articles, its evidence, and both texts in two columns."""
    configuration = read_configuration(config, quiet=True)
    with open_database(configuration, hold=False) as database, database.reading() as session:
        found = [find_article(session, name) for name in (one, other)]
        texts = load_documents(session, [article_id for article_id in found if article_id is not None])
    for name, article_id in zip((one, other), found, strict=True):
        if article_id is None:
            raise AggregatorError(
                f"there is no article or story {name!r}; list the stories with: aggregator stories list"
            )
    first, second = (texts[article_id] for article_id in found if article_id is not None)
    seen = side_by_side(first, second, thresholds=thresholds_of(configuration))
    if as_json:
        print_json({"verdict": asdict(seen.verdict), "first": asdict(seen.first), "second": asdict(seen.second)})
        return
    console = new_console()
    for line in verdict_sentences(seen):
        print_text(line)
    print_text()
    console.print(side_by_side_table(seen, marked=not console.is_terminal or console.no_color))


def verdict_sentences(seen: SideBySide) -> Iterator[str]:
    """Yields the verdict in sentences, the decision first."""
    verdict, evidence = seen.verdict, seen.verdict.evidence
    merges = "copies of one text" if verdict.relation.merges else "not merged"
    yield f"{verdict.relation}: {merges}, by the rule “{verdict.rule}”"
    yield (
        f"in common: {number_of(evidence.shared, 'token')}, {evidence.shorter:.0%} of the shorter text "
        f"and {evidence.longer:.0%} of the longer"
    )
    if evidence.passage:
        at, other_at = evidence.passage_at
        yield (
            f"longest shared passage, from token {at} of the first text and token {other_at} of the second: "
            f"{evidence.passage}"
        )
    for conflict in evidence.conflicts:
        yield f"difference in otherwise equal text: {conflict}"
    for side in (seen.first, seen.second):
        for line in side.left_out:
            yield f"not compared, in the text of {side.document.outlet}: {line}"


def side_by_side_table(seen: SideBySide, *, marked: bool) -> Table:
    """Returns both texts in two columns; shared text is coloured, and in brackets if ``marked``."""
    table = Table(show_lines=False, expand=True, header_style="bold")
    for side in (seen.first, seen.second):
        heading = Text(f"{side.document.article_id}  {side.document.outlet}\n{terminal_text(side.document.title)}")
        table.add_column(heading, ratio=1, overflow="fold")
    table.add_row(*(_text_of(side, marked=marked) for side in (seen.first, seen.second)))
    return table


def _text_of(side: ComparedText, *, marked: bool) -> Text:
    text = Text()
    for number, line in enumerate(side.lines):
        text.append("\n\n" if number else "")
        for piece in line:
            shown = terminal_text(piece.text)
            said = f"{_OPENS}{shown}{_CLOSES}" if piece.shared and marked else shown
            text.append(said, style=_SHARED if piece.shared else "")
    return text


def dry_run(
    *,
    threshold: Annotated[
        float | None,
        typer.Option(metavar="SHARE", min=0.01, max=1, help="Value to try for dedup.across: articles of two outlets."),
    ] = None,
    within: Annotated[
        float | None,
        typer.Option(metavar="SHARE", min=0.01, max=1, help="Value to try for dedup.within: articles of one outlet."),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(metavar="NUMBER", min=1, help="Number of the newest merged pairs, and of the newest other pairs."),
    ] = 1000,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Prints the newest stored comparisons that other thresholds would decide differently.

    Raises ``AggregatorError`` if no threshold is given.
    """
    if threshold is None and within is None:
        raise AggregatorError("give a threshold to try, for example: aggregator stories dry-run --threshold 0.7")
    configuration = read_configuration(config, quiet=True)
    now = thresholds_of(configuration)
    other = Thresholds(across=threshold or now.across, within=within or now.within)
    changed: list[tuple[ComparedPair, Verdict]] = []
    with open_database(configuration, hold=False) as database, database.reading() as session:
        pairs = compared_pairs(session, most=limit)
        for start in show_progress(range(0, len(pairs), _AT_ONCE), "Judging"):
            some = pairs[start : start + _AT_ONCE]
            found = load_documents(session, {number for pair in some for number in (pair.article_id, pair.other_id)})
            texts = {number: prepare_text(document) for number, document in found.items()}
            for pair in some:
                one, two = texts[pair.article_id], texts[pair.other_id]
                verdict = judge(one, two, thresholds=other)
                if verdict.relation.merges != judge(one, two, thresholds=now).relation.merges:
                    changed.append((pair, verdict))
    if as_json:
        rows = ({**asdict(pair), "merges": verdict.relation.merges, **asdict(verdict)} for pair, verdict in changed)
        print_json(list(rows))
        return
    console = new_console()
    console.print(f"{number_of(len(pairs), 'pair')} compared, {len(changed)} would be decided differently")
    table = new_table("result", "article", "story", "other article", "story", "rule")
    for pair, verdict in changed:
        merges = "one story" if verdict.relation.merges else "two stories"
        table.add_row(merges, str(pair.article_id), pair.story, str(pair.other_id), pair.other_story, verdict.rule)
    if changed:
        console.print(table)
