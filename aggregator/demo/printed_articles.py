"""Makes the articles that each outlet has printed at a given time.

Applies every outlet's changes to the stories: headline, cut, edits, own paragraphs, dateline and credit, and after
the first tick the revision. It renders nothing and knows no port: addresses are paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize
from zlib import crc32

from aggregator.demo.outlets import CreditStyle, DemoOutlet, outlet_named
from aggregator.demo.sample_stories import Printing, SampleStory, split_paragraphs

_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_GERMAN_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedArticle:
    """One story as one outlet printed it. ``path`` is the path of its URL on the outlet's host."""

    outlet: DemoOutlet
    story: SampleStory
    path: str
    headline: str
    paragraphs: tuple[str, ...]
    byline: str
    published_at: datetime
    updated_at: datetime

    @property
    def text(self) -> str:
        """The article's text, one paragraph per line."""
        return "\n".join(self.paragraphs)


def print_articles(stories: Iterable[SampleStory], *, now: datetime, tick: int = 0) -> tuple[PrintedArticle, ...]:
    """Prints every article at ``tick`` (0 or 1), newest first, with times counted back from ``now``.

    The first tick adds the late printings and applies the revisions. It changes no other time. Raises ValueError
    when a printing changes words that its text does not contain, or names an unknown outlet.
    """
    articles = [
        _print(story, printing, now=now, revised=tick > 0)
        for story in stories
        for printing in story.printings
        if printing.tick <= tick
    ]
    return tuple(sorted(articles, key=lambda article: (article.published_at, article.outlet.slug), reverse=True))


def _print(story: SampleStory, printing: Printing, *, now: datetime, revised: bool) -> PrintedArticle:
    outlet = outlet_named(printing.outlet)
    if outlet is None:
        raise ValueError(f"{story.name}: there is no outlet {printing.outlet!r}")
    published_at = now - timedelta(minutes=printing.minutes_ago)
    revision = printing.revision if revised else None
    return PrintedArticle(
        outlet=outlet,
        story=story,
        path=_path(outlet, story, printing, published_at),
        headline=printing.headline,
        paragraphs=_credit(_paragraphs(story, printing, now=now, revised=revised), story, outlet, published_at),
        byline=_byline(story, outlet),
        published_at=published_at,
        updated_at=now if revision else published_at,
    )


def _paragraphs(story: SampleStory, printing: Printing, *, now: datetime, revised: bool) -> tuple[str, ...]:
    """Applies the cut, the edits, the outlet's own paragraph and the revision, in this order."""
    kept = split_paragraphs(story.text)[: printing.paragraphs]
    paragraphs = _replaced(kept, printing.swaps, of=story)
    if (own := printing.insertion) is not None:
        paragraphs = (*paragraphs[: own.after], own.text, *paragraphs[own.after :])
    if revised and (revision := printing.revision) is not None:
        paragraphs = (*_replaced(paragraphs, revision.swaps, of=story), *split_paragraphs(revision.more))
    first_at = now - timedelta(minutes=max(each.minutes_ago for each in story.printings))
    day = _WEEKDAYS[story.language][first_at.weekday()]
    return tuple(paragraph.replace("{day}", day) for paragraph in paragraphs)


def _replaced(paragraphs: tuple[str, ...], swaps: Iterable[tuple[str, str]], *, of: SampleStory) -> tuple[str, ...]:
    for old, new in swaps:
        if not any(old in paragraph for paragraph in paragraphs):
            raise ValueError(f"{of.name}: the text does not contain {old!r}, which should be replaced")
        paragraphs = tuple(paragraph.replace(old, new) for paragraph in paragraphs)
    return paragraphs


def _credit(
    paragraphs: tuple[str, ...], story: SampleStory, outlet: DemoOutlet, published_at: datetime
) -> tuple[str, ...]:
    """Adds the dateline or closing line in which the outlet names the agency."""
    if story.agency is None:
        return paragraphs
    match outlet.credit:
        case CreditStyle.WIRE:
            date = f"{_MONTHS[published_at.month - 1]} {published_at.day}"
            dateline = f"{story.place.upper()}, {date} ({story.agency}) — "
        case CreditStyle.BRACKETS:
            dateline = f"{story.place} ({story.agency}) – "
        case CreditStyle.CLOSING_LINE:
            return (*paragraphs, f"({story.agency})")
        case CreditStyle.BYLINE:
            return paragraphs
    return (dateline + paragraphs[0], *paragraphs[1:])


def _byline(story: SampleStory, outlet: DemoOutlet) -> str:
    """Returns the agency's name for agency copy, except on the agency's own pages."""
    return story.byline if story.agency in (None, outlet.name) else story.agency


def _path(outlet: DemoOutlet, story: SampleStory, printing: Printing, published_at: datetime) -> str:
    number = 10_000 + crc32(f"{outlet.slug}/{story.name}".encode()) % 890_000
    return outlet.path.format(date=published_at, number=number, words=_slug_of(printing.headline))


def _slug_of(headline: str) -> str:
    """Turns a headline into words for a URL: lower-case ASCII letters, digits and hyphens."""
    folded = normalize("NFKD", headline.casefold().translate(_GERMAN_LETTERS)).replace("’", "").replace("'", "")
    bare = folded.encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", bare)[:9])
