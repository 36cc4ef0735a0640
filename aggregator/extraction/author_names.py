"""Whom does a claim of authorship name: people, or only a house?

It is given strings, as publishers write them into JSON-LD, meta tags and bylines: one name or several,
with "By", jobs, places, degrees, handles and addresses around them. It says who is a person and who is
an agency, a desk or the outlet; a login, a placeholder or a sentence is nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from aggregator.agencies import agency_named
from aggregator.extraction import name_phrases as phrases
from aggregator.extraction.words import words

_MAX_CLAIM = 1000
_MAX_NAME = 60
_MAX_NAME_WORDS = 6
_MAX_AUTHORS = 10
_MAX_ACRONYM = 5
_AROUND = " \t,.;:|/-–—·•*»«“”\"'()[]（）【】"

_TAG = re.compile(r"<[^<>]{0,300}>")
_BRACKETS = re.compile(r"[(\[（【][^()\[\]（）【】]{0,80}[)\]）】]")
_ADDRESS = re.compile(r"\S+@\S+|(?:https?:|www\.)\S+|(?<!\w)@\w+")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """Who is named: ``people``, other ``houses``, and whether it is the outlet itself, or a desk of its own."""

    people: tuple[str, ...] = ()
    houses: tuple[str, ...] = ()
    by_outlet: bool = False

    @property
    def anybody(self) -> bool:
        """Whether the claims name somebody at all."""
        return bool(self.people or self.houses or self.by_outlet)


def named_in(claims: Iterable[str], *, outlets: Collection[str] = (), hosts: Collection[str] = ()) -> Named:
    """The people and houses that the claims name, each once, in order.

    ``outlets`` are the publisher's names, ``hosts`` those its address makes likely, as ``host_names`` gives
    them: those count for less, because people have addresses too.
    """
    names, labels = (tuple(filter(None, map(_folded, said))) for said in (outlets, hosts))
    people: dict[str, str] = {}
    houses: dict[str, str] = {}
    by_outlet = False
    for name in (name for claim in claims for name in _names(claim)):
        folded = _folded(name)
        if _is_own(name, names=names, labels=labels):
            by_outlet = True
        elif _is_person(name):
            people.setdefault(folded, _capitalised(name))
        elif _is_house(name):
            houses.setdefault(folded, name)
    return Named(
        people=tuple(people.values())[:_MAX_AUTHORS],
        houses=tuple(houses.values())[:_MAX_AUTHORS],
        by_outlet=by_outlet,
    )


def _names(claim: str) -> Iterator[str]:
    """The parts of a claim that may be names, without what stands around them."""
    claim = " ".join(_TAG.sub(" ", claim[:_MAX_CLAIM]).split())
    if phrases.PICTURES.match(claim):
        return
    claim = _BRACKETS.sub(" ", _ADDRESS.sub(" ", claim))
    for part in _divided(phrases.BYLINE.sub("", claim, count=1)):
        yield from _without_jobs(phrases.BYLINE.sub("", part, count=1))


def _divided(claim: str) -> Iterator[str]:
    for part in phrases.BETWEEN.split(claim):
        pieces = phrases.WEAKLY_BETWEEN.split(part)
        yield from pieces if all(len(piece.split()) > 1 for piece in pieces) else (part,)


def _without_jobs(part: str) -> Iterator[str]:
    """Names between commas, or one name before its degrees, which stay, and its jobs and places, which go."""
    pieces = [piece.strip() for piece in part.split(",")]
    if len(pieces) > 1 and all(_looks_like_a_name(piece) for piece in pieces):
        yield from map(_bare, pieces)
        return
    name = _bare(pieces[0])
    degrees = []
    for piece in pieces[1:]:
        if not phrases.DEGREE.fullmatch(piece) or agency_named(piece) is not None:
            break
        degrees.append(piece)
    yield ", ".join((name, *degrees)) if name else ""
    yield from (
        _bare(piece) for piece in pieces[1 + len(degrees) :] if _looks_like_a_name(piece) or agency_named(piece)
    )


def _bare(name: str) -> str:
    """The name without the place, the employer or the time behind it; a dot stays where it shortens something."""
    name = _without_agency(phrases.BEHIND_NAME.sub("", name).strip())
    stripped = name.strip(_AROUND)
    return f"{stripped}." if phrases.ABBREVIATED.search(stripped) and f"{stripped}." in name else stripped


def _without_agency(name: str) -> str:
    """``Ada Pier The Associated Press`` without the agency, where that leaves a name."""
    split = name.split()
    for size in range(len(split) - 2, 0, -1):
        if agency_named(" ".join(split[-size:])) is not None:
            return " ".join(split[:-size])
    return name


def _looks_like_a_name(piece: str) -> bool:
    split = piece.split()
    return (
        2 <= len(split) <= 4
        and not phrases.HOUSE.intersection(words(piece))
        and not phrases.NOT_IN_NAMES.search(piece)
        and all(word[0].isupper() or len(word) <= 3 or not word[0].isascii() for word in split)
    )


def _is_own(name: str, *, names: Collection[str], labels: Collection[str]) -> bool:
    """Whether it is the outlet, or a desk that bears its name.

    A part of a name is known by the address only by two words or by initials: ``anna.example`` may be the
    site of Anna Pier.
    """
    split = name.split()[: 2 * _MAX_NAME_WORDS]
    for start in range(len(split)):
        for end in range(start + 1, len(split) + 1):
            run = _folded("".join(split[start:end]))
            is_part = end - start < len(split)
            initials = split[start].isupper() and not name.isupper()
            told_by_address = end - start > 1 or not is_part or initials
            if run in names or (run in labels and told_by_address):
                return True
    return False


def _is_person(name: str) -> bool:
    found = set(words(name))
    return (
        1 < len(name) <= _MAX_NAME
        and len(name.split()) <= _MAX_NAME_WORDS
        and _LETTER.search(name) is not None
        and not phrases.NOT_IN_NAMES.search(name)
        and not found & (phrases.NOBODY | phrases.HOUSE)
        and name.casefold() not in phrases.NOBODY_ALONE
        and name.rsplit(maxsplit=1)[-1].casefold() not in phrases.PREPOSITIONS
        and not phrases.CJK_HOUSE.search(name)
        and not name.casefold().startswith("the ")
        and agency_named(name) is None
        and not (name.islower() and " " not in name and name.isascii())
        and not (name.isupper() and name.isascii() and " " not in name and len(name) <= _MAX_ACRONYM)
    )


def _is_house(name: str) -> bool:
    return (
        1 < len(name) <= _MAX_NAME
        and len(name.split()) <= _MAX_NAME_WORDS
        and name.rsplit(maxsplit=1)[-1].casefold() not in phrases.PREPOSITIONS
        and not phrases.NOT_IN_NAMES.search(name)
        and not phrases.NOBODY.intersection(words(name))
        and name.casefold() not in phrases.NOBODY_ALONE
        and not (name.islower() and agency_named(name) is None)
    )


def _capitalised(name: str) -> str:
    """A name that was written without capitals, with them."""
    return name.title() if name.islower() and name.isascii() else name


def _folded(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())
