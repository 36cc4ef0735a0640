"""Why are two articles copies or not, and what would other thresholds change? Both only read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from aggregator.commands.console import configured, print_json, table_of
from aggregator.commands.merge_thresholds import thresholds_of
from aggregator.commands.options import Config, Json
from aggregator.commands.progress_bars import tracked
from aggregator.configured_database import open_database
from aggregator.dedup.judge import judge
from aggregator.dedup.prepared_text import prepare
from aggregator.dedup.side_by_side import Side, SideBySide, side_by_side
from aggregator.dedup.thresholds import Thresholds
from aggregator.errors import AggregatorError
from aggregator.model.dedup import Verdict
from aggregator.plurals import number_of
from aggregator.store.compared_pairs import Compared, compared_pairs
from aggregator.store.merge_queries import documents
from aggregator.store.name_lookup import article_named

Article = Annotated[str, typer.Argument(help="An article by its number or address, or a story by its key.")]
_OPENS, _CLOSES = "⟦", "⟧"
_SHARED = "green"
_AT_ONCE = 200


def explain(one: Article, other: Article, config: Config = None, as_json: Json = False) -> None:
    """Show what the judge sees in two articles: the verdict, the evidence, and what they share, side by side."""
    configuration = configured(config, quiet=True)
    with open_database(configuration, hold=False) as database, database.reading() as session:
        found = [article_named(session, name) for name in (one, other)]
        texts = documents(session, [article_id for article_id in found if article_id is not None])
    for name, article_id in zip((one, other), found, strict=True):
        if article_id is None:
            raise AggregatorError(f"there is no article or story {name!r}; type: aggregator stories list")
    first, second = (texts[article_id] for article_id in found if article_id is not None)
    seen = side_by_side(first, second, thresholds=thresholds_of(configuration))
    if as_json:
        print_json({"verdict": asdict(seen.verdict), "first": asdict(seen.first), "second": asdict(seen.second)})
        return
    console = Console()
    for line in verdict_lines(seen):
        console.print(escape(line))
    console.print()
    console.print(beside(seen, marked=not console.is_terminal or console.no_color))


def verdict_lines(seen: SideBySide) -> Iterator[str]:
    """The verdict in words, the decision first."""
    verdict, evidence = seen.verdict, seen.verdict.evidence
    merges = "copies of one text" if verdict.relation.merges else "not merged"
    yield f"{verdict.relation}: {merges}, by the rule “{verdict.rule}”"
    yield (
        f"in common: {number_of(evidence.shared, 'token')}, {evidence.shorter:.0%} of the shorter text "
        f"and {evidence.longer:.0%} of the longer"
    )
    if evidence.passage:
        at, other_at = evidence.passage_at
        yield f"longest passage, from token {at} here and {other_at} there: {evidence.passage}"
    for conflict in evidence.conflicts:
        yield f"differs in otherwise equal text: {conflict}"
    for side in (seen.first, seen.second):
        for line in side.left_out:
            yield f"not compared, in {side.document.outlet}: {line}"


def beside(seen: SideBySide, *, marked: bool) -> Table:
    """Both texts in two columns; what is shared has a colour, and brackets when ``marked``."""
    table = Table(show_lines=False, expand=True, header_style="bold")
    for side in (seen.first, seen.second):
        heading = Text(f"{side.document.article_id}  {side.document.outlet}\n{side.document.title}")
        table.add_column(heading, ratio=1, overflow="fold")
    table.add_row(*(_text_of(side, marked=marked) for side in (seen.first, seen.second)))
    return table


def _text_of(side: Side, *, marked: bool) -> Text:
    text = Text()
    for number, line in enumerate(side.lines):
        text.append("\n\n" if number else "")
        for piece in line:
            said = f"{_OPENS}{piece.text}{_CLOSES}" if piece.shared and marked else piece.text
            text.append(said, style=_SHARED if piece.shared else "")
    return text


def dry_run(
    *,
    threshold: Annotated[
        float | None, typer.Option(min=0.01, max=1, help="Another dedup.across, for articles of two outlets.")
    ] = None,
    within: Annotated[
        float | None, typer.Option(min=0.01, max=1, help="Another dedup.within, for two articles of one outlet.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many of the newest copies, and of other pairs.")] = 1000,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show which of the newest pairs other thresholds would decide otherwise; nothing is changed.

    Only pairs that were compared before are looked at, and what people ruled on stays as it is.
    """
    if threshold is None and within is None:
        raise AggregatorError("say what to try: aggregator stories dry-run --threshold 0.7")
    configuration = configured(config, quiet=True)
    now = thresholds_of(configuration)
    other = Thresholds(across=threshold or now.across, within=within or now.within)
    changed: list[tuple[Compared, Verdict]] = []
    with open_database(configuration, hold=False) as database, database.reading() as session:
        pairs = compared_pairs(session, most=limit)
        for start in tracked(range(0, len(pairs), _AT_ONCE), "Judging"):
            some = pairs[start : start + _AT_ONCE]
            found = documents(session, {number for pair in some for number in (pair.article_id, pair.other_id)})
            texts = {number: prepare(document) for number, document in found.items()}
            for pair in some:
                one, two = texts[pair.article_id], texts[pair.other_id]
                verdict = judge(one, two, thresholds=other)
                if verdict.relation.merges != judge(one, two, thresholds=now).relation.merges:
                    changed.append((pair, verdict))
    if as_json:
        told = ({**asdict(pair), "merges": verdict.relation.merges, **asdict(verdict)} for pair, verdict in changed)
        print_json(list(told))
        return
    console = Console()
    console.print(f"{number_of(len(pairs), 'pair')} looked at, {len(changed)} would be decided otherwise")
    table = table_of("would be", "article", "of story", "and article", "of story", "by the rule")
    for pair, verdict in changed:
        merges = "one story" if verdict.relation.merges else "two stories"
        table.add_row(
            merges, str(pair.article_id), pair.story, str(pair.other_id), pair.other_story, escape(verdict.rule)
        )
    if changed:
        console.print(table)
