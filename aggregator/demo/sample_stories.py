"""Loads the sample stories: their texts, and the outlets that print them with changes.

Reads the files in ``texts/``. ``printed_articles`` applies the changes.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Insertion(_Value):
    """A paragraph by the outlet itself, inserted after ``after`` paragraphs of the text."""

    after: int = Field(ge=0)
    text: str


class SampleRevision(_Value):
    """The changes of an outlet to its article after the first tick: replaced words, added paragraphs."""

    swaps: tuple[tuple[str, str], ...] = ()
    more: str = ""


class Printing(_Value):
    """One outlet's version of a text.

    ``paragraphs`` is the number of paragraphs that are kept, from the top (None: all). ``swaps`` are pairs of old and
    new words. ``tick`` says when it is printed: 0 at the start, 1 after the first tick.
    """

    outlet: str
    headline: str
    minutes_ago: int = Field(ge=0)
    tick: int = Field(default=0, ge=0, le=1)
    paragraphs: int | None = Field(default=None, ge=1)
    swaps: tuple[tuple[str, str], ...] = ()
    insertion: Insertion | None = None
    revision: SampleRevision | None = None


class SampleStory(_Value):
    """One text and the outlets that print it.

    ``agency`` is the news agency that wrote the text, None if the outlet wrote it. ``{day}`` in the text is replaced
    by the weekday of its first printing.
    """

    name: str
    language: str = "en"
    topic: str
    place: str
    agency: str | None = None
    byline: str
    caption: str
    photo: str
    summary: str
    text: str
    printings: tuple[Printing, ...] = Field(min_length=1)


def split_paragraphs(text: str) -> tuple[str, ...]:
    """Splits a text into paragraphs at empty lines."""
    return tuple(stripped for part in text.split("\n\n") if (stripped := part.strip()))


@cache
def load_stories() -> tuple[SampleStory, ...]:
    """Loads every story of the package, sorted by name."""
    folder = files("aggregator.demo") / "texts"
    texts = {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }
    return tuple(SampleStory.model_validate({"name": name, **texts[name]}) for name in sorted(texts))
