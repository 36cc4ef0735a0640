"""Parses the author strings of a page into names of people and of organisations.

Publishers write author strings in JSON-LD, meta tags and bylines: one name or several, with "By", jobs, places,
degrees, handles and URLs. The parser separates people from agencies, editorial desks and the outlet. A login
name, a placeholder or a sentence gives no name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from aggregator.agencies import agency_named
from aggregator.extraction import name_phrases as phrases
from aggregator.extraction.words import words

_MAX_CHARACTERS = 1000
_MAX_NAME_CHARACTERS = 60
_MAX_NAME_WORDS = 6
_MAX_AUTHORS = 10
_MAX_ACRONYM_CHARACTERS = 5
_PUNCTUATION = " \t,.;:|/-–—·•*»«“”\"'()[]（）【】"

_TAG = re.compile(r"<[^<>]{0,300}>")
_BRACKETS = re.compile(r"[(\[（【][^()\[\]（）【】]{0,80}[)\]）】]")
_ADDRESS = re.compile(r"\S+@\S+|(?:https?:|www\.)\S+|(?<!\w)@\w+")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorNames:
    """The names in author strings: people, and organisations other than the outlet.

    ``names_outlet``: the strings name the outlet itself or one of its editorial desks.
    """

    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    names_outlet: bool = False

    @property
    def has_names(self) -> bool:
        """True if the strings name a person, an organisation or the outlet."""
        return bool(self.people or self.organisations or self.names_outlet)


def parse_author_names(
    claims: Iterable[str], *, outlets: Collection[str] = (), hosts: Collection[str] = ()
) -> AuthorNames:
    """Parses author strings into people and organisations, each once, in order.

    ``outlets`` are the publisher's names. ``hosts`` are the names in its host (see ``host_names``); they
    count for less, because people have sites of their own too.
    """
    outlet_names, host_labels = (tuple(filter(None, map(_folded, given))) for given in (outlets, hosts))
    people: dict[str, str] = {}
    organisations: dict[str, str] = {}
    names_outlet = False
    for name in (name for claim in claims for name in _names(claim)):
        folded = _folded(name)
        if _is_outlet(name, outlet_names=outlet_names, host_labels=host_labels):
            names_outlet = True
        elif _is_person(name):
            people.setdefault(folded, _capitalised(name))
        elif _is_organisation(name):
            organisations.setdefault(folded, name)
    return AuthorNames(
        people=tuple(people.values())[:_MAX_AUTHORS],
        organisations=tuple(organisations.values())[:_MAX_AUTHORS],
        names_outlet=names_outlet,
    )


def _names(claim: str) -> Iterator[str]:
    """The parts of an author string that may be names, without the words around them."""
    claim = " ".join(_TAG.sub(" ", claim[:_MAX_CHARACTERS]).split())
    if phrases.PICTURE_CREDIT.match(claim):
        return
    claim = _BRACKETS.sub(" ", _ADDRESS.sub(" ", claim))
    for part in _split(phrases.BYLINE.sub("", claim, count=1)):
        yield from _without_jobs(phrases.BYLINE.sub("", part, count=1))


def _split(claim: str) -> Iterator[str]:
    for part in phrases.SEPARATOR.split(claim):
        pieces = phrases.WEAK_SEPARATOR.split(part)
        yield from pieces if all(len(piece.split()) > 1 for piece in pieces) else (part,)


def _without_jobs(part: str) -> Iterator[str]:
    """Names between commas, or one name with its degrees; jobs and places after it are removed."""
    pieces = [piece.strip() for piece in part.split(",")]
    if len(pieces) > 1 and all(_looks_like_a_name(piece) for piece in pieces):
        yield from map(_bare_name, pieces)
        return
    name = _bare_name(pieces[0])
    degrees = []
    for piece in pieces[1:]:
        if not phrases.DEGREE.fullmatch(piece) or agency_named(piece) is not None:
            break
        degrees.append(piece)
    yield ", ".join((name, *degrees)) if name else ""
    yield from (
        _bare_name(piece) for piece in pieces[1 + len(degrees) :] if _looks_like_a_name(piece) or agency_named(piece)
    )


def _bare_name(name: str) -> str:
    """The name without the place, employer or time after it; the full stop of an abbreviation stays."""
    name = _without_agency(phrases.AFTER_NAME.sub("", name).strip())
    stripped = name.strip(_PUNCTUATION)
    return f"{stripped}." if phrases.ABBREVIATION.search(stripped) and f"{stripped}." in name else stripped


def _without_agency(name: str) -> str:
    """The name without an agency at its end (``Ada Pier The Associated Press``), if a name remains."""
    split = name.split()
    for size in range(len(split) - 2, 0, -1):
        if agency_named(" ".join(split[-size:])) is not None:
            return " ".join(split[:-size])
    return name


def _looks_like_a_name(piece: str) -> bool:
    split = piece.split()
    return (
        2 <= len(split) <= 4
        and not phrases.ORGANISATION_WORDS.intersection(words(piece))
        and not phrases.NOT_IN_NAMES.search(piece)
        and all(word[0].isupper() or len(word) <= 3 or not word[0].isascii() for word in split)
    )


def _is_outlet(name: str, *, outlet_names: Collection[str], host_labels: Collection[str]) -> bool:
    """True if the name is the outlet, or an editorial desk with the outlet's name.

    A part of a name is compared with the host only if it has two words or is an acronym: ``anna.example`` may
    be the site of Anna Pier.
    """
    split = name.split()[: 2 * _MAX_NAME_WORDS]
    for start in range(len(split)):
        for end in range(start + 1, len(split) + 1):
            folded = _folded("".join(split[start:end]))
            is_part = end - start < len(split)
            is_acronym = split[start].isupper() and not name.isupper()
            host_counts = end - start > 1 or not is_part or is_acronym
            if folded in outlet_names or (folded in host_labels and host_counts):
                return True
    return False


def _is_person(name: str) -> bool:
    name_words = set(words(name))
    return (
        1 < len(name) <= _MAX_NAME_CHARACTERS
        and len(name.split()) <= _MAX_NAME_WORDS
        and _LETTER.search(name) is not None
        and not phrases.NOT_IN_NAMES.search(name)
        and not name_words & (phrases.PLACEHOLDER_WORDS | phrases.ORGANISATION_WORDS)
        and name.casefold() not in phrases.PLACEHOLDER_NAMES
        and name.rsplit(maxsplit=1)[-1].casefold() not in phrases.PREPOSITIONS
        and not phrases.CJK_ORGANISATION.search(name)
        and not name.casefold().startswith("the ")
        and agency_named(name) is None
        and not (name.islower() and " " not in name and name.isascii())
        and not (name.isupper() and name.isascii() and " " not in name and len(name) <= _MAX_ACRONYM_CHARACTERS)
    )


def _is_organisation(name: str) -> bool:
    return (
        1 < len(name) <= _MAX_NAME_CHARACTERS
        and len(name.split()) <= _MAX_NAME_WORDS
        and name.rsplit(maxsplit=1)[-1].casefold() not in phrases.PREPOSITIONS
        and not phrases.NOT_IN_NAMES.search(name)
        and not phrases.PLACEHOLDER_WORDS.intersection(words(name))
        and name.casefold() not in phrases.PLACEHOLDER_NAMES
        and not (name.islower() and agency_named(name) is None)
    )


def _capitalised(name: str) -> str:
    """The name with capital letters if it is written in lower case."""
    return name.title() if name.islower() and name.isascii() else name


def _folded(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())
