"""Computes plots of hourly numbers as stacked bars.

Pure: takes hours, returns rectangles that a template writes down. The stylesheet has the colours. Each bar also has a
text, so that nobody needs the colours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aggregator.model.operations import HourlyActivity
from aggregator.publishing.date_formats import readable_time

WIDTH, HEIGHT = 720, 120
"""Size of a plot, in its own units."""

_GAP = 2

BarParts = Callable[[HourlyActivity], Sequence[tuple[str, int]]]
"""Returns the parts of an hour's bar, from the bottom: the class and the amount of each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One part of a bar."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One hour; ``said`` is its text."""

    x: float
    width: float
    said: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plot:
    """A plot with its title; ``summary`` describes it in a sentence."""

    title: str
    summary: str
    columns: tuple[Column, ...]
    kinds: tuple[tuple[str, str], ...]


def draw_plot(
    title: str,
    hours: Sequence[HourlyActivity],
    parts: BarParts,
    *,
    said: Callable[[int], str] = "{:,}".format,
    kinds: Sequence[tuple[str, str]] = (),
) -> Plot:
    """Draws the hours as bars, the highest fills the plot; ``said`` formats an amount, ``kinds`` name the classes."""
    amounts = [tuple(parts(hour)) for hour in hours]
    totals = [sum(amount for _, amount in stacked) for stacked in amounts]
    highest = max(totals, default=0)
    step = WIDTH / max(1, len(hours))
    columns = tuple(
        Column(
            x=round(number * step, 2),
            width=round(step, 2),
            said=f"{readable_time(hour.begins_at)}: {_in_words(stacked, total, said)}",
            bars=_bars(stacked, x=number * step, width=step - _GAP, scale=HEIGHT / highest if highest else 0),
        )
        for number, (hour, stacked, total) in enumerate(zip(hours, amounts, totals, strict=True))
    )
    summary = f"{said(sum(totals))} in {len(hours)} hours, at most {said(highest)} in one."
    return Plot(title=title, summary=summary, columns=columns, kinds=tuple(kinds))


def _bars(stacked: Sequence[tuple[str, int]], *, x: float, width: float, scale: float) -> tuple[Bar, ...]:
    bars, below = [], 0.0
    for kind, amount in stacked:
        height = amount * scale
        below += height
        if amount:
            y = round(HEIGHT - below, 2)
            bars.append(Bar(kind=kind, x=round(x, 2), y=y, width=round(width, 2), height=round(height, 2)))
    return tuple(bars)


def _in_words(stacked: Sequence[tuple[str, int]], total: int, said: Callable[[int], str]) -> str:
    named = [f"{said(amount)} {kind}" for kind, amount in stacked if amount]
    return ", ".join(named) if len(stacked) > 1 and named else said(total)
