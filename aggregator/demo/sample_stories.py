"""Which stories are there, and who prints each of them with which changes?

Reads the files under ``texts/``: the words of a story and its printings. It does not apply the
changes; ``edition`` does.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Insertion(_Value):
    """A paragraph of the outlet's own, placed after so many paragraphs of the text it prints."""

    after: int = Field(ge=0)
    text: str


class Revision(_Value):
    """What an outlet changes in its article after the first tick: words replaced, paragraphs added."""

    swaps: tuple[tuple[str, str], ...] = ()
    more: str = ""


class Printing(_Value):
    """One outlet's version of a text.

    ``paragraphs`` is how many of the text's paragraphs are kept, from the top (None: all).
    ``swaps`` are pairs of wording, old and new. ``tick`` is when it is printed: 0 from the
    start, 1 only after the newsroom has moved on.
    """

    outlet: str
    headline: str
    minutes_ago: int = Field(ge=0)
    tick: int = Field(default=0, ge=0, le=1)
    paragraphs: int | None = Field(default=None, ge=1)
    swaps: tuple[tuple[str, str], ...] = ()
    insertion: Insertion | None = None
    revision: Revision | None = None


class Story(_Value):
    """One text and who prints it.

    ``agency`` is the service that the text came from, None when the outlet's own people wrote it.
    ``{day}`` in the text stands for the weekday of its first printing.
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
    """The paragraphs of a text in which empty lines stand between them."""
    return tuple(stripped for part in text.split("\n\n") if (stripped := part.strip()))


@cache
def load_stories() -> tuple[Story, ...]:
    """Every story that ships with the package, by name."""
    folder = files("aggregator.demo") / "texts"
    texts = {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }
    return tuple(Story.model_validate({"name": name, **texts[name]}) for name in sorted(texts))
