"""Finds the credit of a text: the agency that it names as its origin.

Looks where agencies are credited: in the dateline, in a separate line at the beginning or end, in the byline. It
ignores names in running prose: a report about an agency is not by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from aggregator.agencies import agency_named, agency_of_outlet
from aggregator.dedup.datelines import find_dateline

_HEAD_LINES = 3
_TAIL_LINES = 4
_LONGEST_CREDIT = 120
"""Most characters of a credit line; a longer line is prose."""

_ALONE = re.compile(r"\W*(?P<name>[^\W\d_][\w .&'’/-]{1,40}?)\W*")
_LABELLED = re.compile(
    r"\W*(?:sources?|quelle|fonte|fuente|kilde|källa|bron|źródło|zdroj|источник|来源|來源|稿源|出典|출처|credit|agency|agentur)"
    r"\s?[:：]\s*(?P<name>[^:\n]{2,40}?)\W*",
    re.IGNORECASE,
)
_PROVIDED = re.compile(
    r".{0,40}?\b(?:provided|supplied|distributed|published|reported|created) (?:to us )?by (?P<name>[^.,;()]{2,40}?)"
    r"(?: and\b| for\b| through\b|[.,;()]).{0,80}",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"(?:by|von|par|por|di|da|av|af|door|from)\s+(?P<name>[^,;()\n]{2,40}?)\W*", re.IGNORECASE)
_NAME_WITH_AGENCY = re.compile(r".{0,60}?(?:[/,|(]|\bmit\b|\bwith\b|\bavec\b|\bcon\b)\s*(?P<name>[^/,|()]{2,40}?)\W*")


def find_credit(text: str, *, authors: Sequence[str] = ()) -> str | None:
    """Returns the name of the agency that a text or its authors credit, or None.

    An agency that is not in the table counts only in the brackets of a dateline (``HARWICK, Nov 3 (Corvus Wire) -``),
    where only agencies are named. It keeps the name that the text gives it.
    """
    lines = [line.strip() for line in unicodedata.normalize("NFKC", text).split("\n") if line.strip()]
    for line in lines[:_HEAD_LINES]:
        dateline = find_dateline(line)
        if dateline is not None and dateline.agency is not None:
            return _known_name(dateline.agency)
    edges = dict.fromkeys((*lines[-_TAIL_LINES:][::-1], *lines[:_HEAD_LINES]))
    for line in edges:
        if len(line) <= _LONGEST_CREDIT and (credit := _credited(line)) is not None:
            return credit
    for author in authors:
        for name in _names(author, _ALONE, _BYLINE, _NAME_WITH_AGENCY):
            if (agency := agency_named(name)) is not None:
                return agency.name
    return None


def credit_from_claims(claims: Sequence[str]) -> str | None:
    """Returns the agency that one of a page's origin fields names or links to, or None.

    Publishers write their own name and address there as often as an agency's, so only known agencies count.
    """
    for claim in claims:
        for name in (claim, _host_of(claim)):
            if (agency := agency_of_outlet(name)) is not None:
                return agency.name
    return None


def _host_of(claim: str) -> str:
    try:
        return urlsplit(claim.strip()).hostname or ""
    except ValueError:
        return ""


def _credited(line: str) -> str | None:
    for name in _names(line, _ALONE, _LABELLED, _PROVIDED, _BYLINE):
        if (agency := agency_named(name)) is not None:
            return agency.name
    return None


def _names(line: str, *patterns: re.Pattern[str]) -> Iterator[str]:
    """Yields the names in a line, for each pattern that matches the whole line, also the parts of ``dpa/AFP``."""
    for pattern in patterns:
        match = pattern.fullmatch(line)
        if match is not None:
            name = match["name"].strip()
            yield name
            yield from (part.strip() for part in re.split(r"[/,&]| and | und | et | y ", name))


def _known_name(name: str) -> str:
    """Returns our name of an agency; the first known one of ``AP/Reuters``."""
    for part in (name, *re.split(r"[/,]", name)):
        if (agency := agency_named(part)) is not None:
            return agency.name
    return name.strip()
