"""Finds the dateline at the beginning of a report, such as "TOWN, Nov 3 (AGENCY) -", and the agency in it.

It knows only the agencies of ``agencies``. ``credit_sentence`` reads credit lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.agencies import agency_named, cjk_name_pattern

LONGEST = 140
"""Most characters of a dateline."""

_DASH = r"(?:--+|[-‐-―−])"
_PARTICLE = (
    r"(?:de|del|della|di|da|do|dos|la|le|les|los|el|of|the|am|an|der|den|du|i|na|nad|y|e|und|and|le|o|om|upon|sur|en)"
)
_DAY = r"(?:\d{1,2}(?:er|st|nd|rd|th|º|\.)?)"
# a place or a date: capitalised words, particles between them, days and years; months need no capital
_WORD = rf"(?:[^\W\d_][^\W\d_'.’-]*\.?(?:['’-][^\W\d_]+)*|{_DAY}|\d{{4}})"
_PLACE = rf"(?:{_WORD}(?:\s*[,/]\s*|\s+|-)){{0,9}}{_WORD}[.,]?"

_IN_BRACKETS = re.compile(rf"(?P<place>{_PLACE})?\s*\((?P<agency>[^\W\d_][^()\n]{{1,38}})\)\s*[.:]?\s*{_DASH}+\s*")
_IN_SLASHES = re.compile(rf"(?P<place>{_PLACE})?\s*/(?P<agency>[^\W\d_][^()/\n]{{1,38}})/[.:]?\s*(?:{_DASH}+\s*)?")
_NAMED_AFTER = re.compile(rf"(?P<place>{_PLACE})\s*{_DASH}+\s*(?P<agency>[^\W\d_][\w -]{{1,24}})\.\s+(?=[^\W\d_])")
_PLACE_ONLY = re.compile(rf"(?P<place>{_PLACE})\s+(?:--+|[‒-―]|-(?=\s))\s*|(?P<dated>{_PLACE})\s*{_DASH}+\s*")
_CHINESE = re.compile(
    rf"[(【\[]?\s*(?P<agency>{cjk_name_pattern()}|[\u4e00-\u9fff]{{2,12}}(?:社|联播|聯播|网|網|报|報))"
    r"[^。,、!?\n]{0,24}?\d{1,2}(?:月\d{1,2})?日(?:[上下]午)?(?:综合|綜合)?[电電讯訊]"
    r"\s*(?:\([^()]{0,60}\))?\s*[)】\]]?\s*"
)
_CJK_BRACKETS = re.compile(
    rf"[(【\[][^()【】\[\]\n]{{0,24}}?(?P<agency>{cjk_name_pattern()}|AFP|AP)[^()【】\[\]\n]{{0,8}}?[)】\]]\s*(?:{_DASH}\s*)?"
)
_KOREAN_BYLINE = re.compile(r"(?:[가-힣]{2,4}\s*)+(?:특파원|기자)\s*=\s*")

_UNKNOWN = re.compile(
    r"(?:[^\W\d_a-zà-ÿа-я]{2,12}|[^\W\d_a-zà-ÿа-я][^\W\d_]{2,14})(?:[ -][^\W\d_a-zà-ÿа-я][^\W\d_]+){0,2}"
)
_CAPITALS = re.compile(r"[^\W\d_a-zà-ÿа-я]{3,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dateline:
    """A dateline: its length in characters, and the agency's name as written in the text."""

    length: int
    agency: str | None = None


def find_dateline(line: str) -> Dateline | None:
    """Returns the dateline at the beginning of ``line`` (NFKC), or None."""
    head = line[:LONGEST]
    found = _east_asian(head) or _with_agency(head) or _place_only(head, after_agency=False)
    if found is None or found.agency is None:
        return found
    # "(ANSA) - ROMA, 3 NOV -": the place can follow
    place = _place_only(head[found.length :], after_agency=True)
    return Dateline(length=found.length + place.length, agency=found.agency) if place else found


def _east_asian(head: str) -> Dateline | None:
    match = _CHINESE.match(head) or _CJK_BRACKETS.match(head)
    if match is None:
        return None
    byline = _KOREAN_BYLINE.match(head, match.end())
    return Dateline(length=(byline or match).end(), agency=match["agency"])


def _with_agency(head: str) -> Dateline | None:
    for pattern in (_IN_BRACKETS, _IN_SLASHES, _NAMED_AFTER):
        match = pattern.match(head)
        if match is None or not _is_place(match["place"]):
            continue
        name = match["agency"].strip()
        known = any(agency_named(part) for part in (name, *re.split(r"[/,]", name)))
        if known or (pattern is _IN_BRACKETS and _UNKNOWN.fullmatch(name)):
            return Dateline(length=match.end(), agency=name)
    return None


def _place_only(head: str, *, after_agency: bool) -> Dateline | None:
    match = _PLACE_ONLY.match(head)
    if match is None:
        return None
    place = match["place"] or match["dated"]
    bare = match["place"] is not None and len(place.split()) <= 4 and not re.search(r"\d", place)
    dated = re.search(r"\d", place) is not None and "," in place
    if _is_place(place) and (bare or dated) and (not after_agency or _CAPITALS.search(place)):
        return Dateline(length=match.end())
    return None


def _is_place(place: str | None) -> bool:
    """Returns True if every word can belong to a place or a date: capital, digit, particle, month after a day."""
    if not place:
        return True
    words = re.findall(r"[^\W_]+", place)
    small = [
        word
        for before, word in zip(["", *words], words, strict=False)
        if word[0].islower() and not re.fullmatch(_PARTICLE, word) and not before[:1].isdigit()
    ]
    return not small and not words[0][0].islower()
