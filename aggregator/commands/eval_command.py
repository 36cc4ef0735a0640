"""Measures merging on labelled pairs, and lets a user label pairs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.columns import Columns
from rich.panel import Panel
from rich.text import Text

from aggregator.commands.console import new_console, new_table, print_json, read_configuration, terminal_text
from aggregator.commands.merge_thresholds import thresholds_of
from aggregator.commands.options import Config, Json
from aggregator.commands.progress_bars import show_progress
from aggregator.configured_database import open_database
from aggregator.dedup.evaluation import BOOTSTRAP_DRAWS, LabelledPair, PairLabel, Score, evaluate_verdicts, read_pairs
from aggregator.dedup.judge import judge
from aggregator.dedup.thresholds import Thresholds
from aggregator.errors import ConfigurationError
from aggregator.model.dedup import JudgedText, Verdict
from aggregator.plurals import number_of
from aggregator.settings.settings_file import Configuration
from aggregator.store.labelling_sample import sample_pairs
from aggregator.store.merge_queries import load_documents

_KEYS = {"y": PairLabel.COPY, "n": PairLabel.DIFFERENT, "d": PairLabel.DEBATABLE}
_SAMPLE_SEED = 1
_IDS_AT_ONCE = 500


def evaluate_pairs(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="File of labelled pairs, as JSON Lines.")] = None,
    *,
    sample: Annotated[
        int | None,
        typer.Option("--sample", metavar="NUMBER", min=1, help="Number of pairs to draw from the database and label."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --sample: file to append the labels to.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="List the pairs with a wrong verdict.")] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Prints precision, recall and F1 on labelled pairs, or with ``sample`` asks for labels and stores them.

    Raises ``ConfigurationError`` for a wrong combination of options or a file that cannot be read.
    """
    if (file is None) == (sample is None):
        raise ConfigurationError("name a file of labelled pairs, or run: aggregator eval --sample 50 --output FILE")
    if sample is not None:
        if output is None:
            raise ConfigurationError("--sample needs --output FILE, the file for the labels")
        _label(read_configuration(config, quiet=True), count=sample, output=output)
    elif file is not None:
        _measure(file, config, errors=errors, as_json=as_json)


def _measure(file: Path, config: Path | None, *, errors: bool, as_json: bool) -> None:
    pairs = read_pairs(_text_of(file), name=str(file))
    wanted = {article_id for pair in pairs for article_id in pair.article_ids}
    thresholds, known = Thresholds(), dict[int, JudgedText]()
    if wanted:
        configuration = read_configuration(config, quiet=True)
        thresholds, known = thresholds_of(configuration), _stored(configuration, wanted)
    judged = list(_judged(pairs, known, thresholds, name=str(file)))
    result = evaluate_verdicts((pair.label, verdict.relation.merges) for pair, verdict in judged)
    mistaken = [
        {"line": pair.line, "label": pair.label, "relation": verdict.relation, "rule": verdict.rule}
        for pair, verdict in judged
        if pair.label is not PairLabel.DEBATABLE and verdict.relation.merges != (pair.label is PairLabel.COPY)
    ]
    if as_json:
        print_json({**asdict(result), **({"errors": mistaken} if errors else {})})
        return
    console = new_console()
    counted = len(pairs) - result.debatable
    console.print(f"{number_of(counted, 'pair')} counted, {number_of(result.debatable, 'debatable pair')} excluded")
    console.print(
        f"{result.found} copies found, {result.missed} missed, "
        f"{result.wrong} merged by error, {result.kept_apart} correctly not merged"
    )
    table = new_table("", "value", "95 % interval")
    for name, score in (("precision", result.precision), ("recall", result.recall), ("F1", result.f1)):
        table.add_row(name, *_shown(score))
    console.print(table)
    console.print(f"Intervals: Wilson; F1 by {BOOTSTRAP_DRAWS:,} bootstrap draws with a fixed seed.")
    if errors:
        wrongly = new_table("line", "label", "verdict", "rule")
        for error in mistaken:
            wrongly.add_row(*(str(value) for value in error.values()))
        console.print(wrongly)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8") from error


def _stored(configuration: Configuration, article_ids: Collection[int]) -> dict[int, JudgedText]:
    ordered, found = sorted(article_ids), dict[int, JudgedText]()
    with open_database(configuration, hold=False) as database, database.reading() as session:
        for start in range(0, len(ordered), _IDS_AT_ONCE):
            found.update(load_documents(session, ordered[start : start + _IDS_AT_ONCE]))
    return found


def _judged(
    pairs: Sequence[LabelledPair], known: Mapping[int, JudgedText], thresholds: Thresholds, *, name: str
) -> Iterator[tuple[LabelledPair, Verdict]]:
    mistakes = [
        f"{name}, line {pair.line}: article {article_id} is not in the database"
        for pair in pairs
        for article_id in pair.article_ids
        if article_id not in known
    ]
    if mistakes:
        raise ConfigurationError(*mistakes)
    for pair in show_progress(pairs, "Judging"):
        a, b = (known[side] if isinstance(side, int) else side for side in (pair.a, pair.b))
        yield pair, judge(a, b, thresholds=thresholds)


def _shown(score: Score) -> tuple[str, str]:
    if score.value is None:
        return "–", "undefined"
    return f"{score.value:.4f}", f"{score.low:.4f} to {score.high:.4f}"


def _label(configuration: Configuration, *, count: int, output: Path) -> None:
    known = read_pairs(_text_of(output), name=str(output)) if output.exists() and output.stat().st_size else ()
    labelled = {tuple(sorted(pair.article_ids)) for pair in known if len(pair.article_ids) == 2}
    with open_database(configuration, hold=False) as database, database.reading() as session:
        pairs = sample_pairs(session, count=count, known={(a, b) for a, b in labelled}, seed=_SAMPLE_SEED)
        texts = load_documents(session, {article_id for pair in pairs for article_id in pair})
    # an article whose text was deleted cannot be labelled
    pairs = tuple((a, b) for a, b in pairs if all(side in texts and texts[side].text for side in (a, b)))
    console, done = new_console(), 0
    try:
        for number, (a, b) in enumerate(pairs, start=1):
            console.print(Columns([_panel(texts[a]), _panel(texts[b])], equal=True, expand=True))
            label = _prompt_label(f"{number} of {len(pairs)}: same text? y(es) n(o) d(ebatable) q(uit)")
            if label is None:
                break
            _append(output, {"a": a, "b": b, "label": label})
            done += 1
    except (KeyboardInterrupt, EOFError, typer.Abort):
        console.print()
    console.print(f"{number_of(done, 'label')} added to {output}")


def _panel(text: JudgedText) -> Panel:
    shown = "\n".join(map(terminal_text, text.text.split("\n")))
    return Panel(Text(shown), title=Text(terminal_text(f"{text.outlet}: {text.title}")), width=None)


def _prompt_label(question: str) -> PairLabel | None:
    """Returns the label that the user types, or None to stop. Raises ``typer.Abort`` at the end of the input."""
    while True:
        answer = str(typer.prompt(question)).strip().lower()
        if answer == "q":
            return None
        if answer in _KEYS:
            return _KEYS[answer]


def _append(output: Path, row: Mapping[str, Any]) -> None:
    """Appends one line and closes the file, so that no label is lost; first ends a last line without a line end."""
    try:
        with output.open("a+b") as file:
            if file.tell() and not _ends_line(output):
                file.write(b"\n")
            file.write(json.dumps(row).encode() + b"\n")
    except OSError as error:
        raise ConfigurationError(f"{output} cannot be written: {error.strerror}") from error


def _ends_line(output: Path) -> bool:
    with output.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
