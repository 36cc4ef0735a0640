"""Which agency does a text name as its origin?

Looks where agencies are credited: in the dateline, in a line of its own at the end or the head, in
the byline. It does not read names out of running prose: a report about an agency is not by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from aggregator.agencies import agency_behind, agency_named
from aggregator.dedup.datelines import dateline_of

_HEAD_LINES = 3
_TAIL_LINES = 4
_LONGEST_CREDIT = 120
"""A line longer than this is prose; what it says of an agency is no credit."""

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


def credit_of(text: str, *, authors: Sequence[str] = ()) -> str | None:
    """The agency that a text or its authors credit, by the name we give it; None when nobody is credited.

    An agency that is not in the table is believed in one place only, the brackets of a dateline
    (``HARWICK, Nov 3 (Corvus Wire) -``), where nothing but an agency stands; it keeps the name
    the text gives it.
    """
    lines = [line.strip() for line in unicodedata.normalize("NFKC", text).split("\n") if line.strip()]
    for line in lines[:_HEAD_LINES]:
        dateline = dateline_of(line)
        if dateline is not None and dateline.agency is not None:
            return _proper(dateline.agency)
    edges = dict.fromkeys((*lines[-_TAIL_LINES:][::-1], *lines[:_HEAD_LINES]))
    for line in edges:
        if len(line) <= _LONGEST_CREDIT and (credit := _credited(line)) is not None:
            return credit
    for author in authors:
        for name in _names(author, _ALONE, _BYLINE, _NAME_WITH_AGENCY):
            if (agency := agency_named(name)) is not None:
                return agency.name
    return None


def credit_among(claims: Sequence[str]) -> str | None:
    """The agency that one of a page's claims of origin names, or whose address it is; None for any other claim.

    Publishers put their own name and address there as often as an agency's, so only those that are
    known for agencies are believed.
    """
    for claim in claims:
        for name in (claim, _host_of(claim)):
            agency = agency_behind(name) if name else None
            if agency is not None:
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
    """What the line calls somebody, by each pattern that fits the whole of it; parts of ``dpa/AFP`` one by one."""
    for pattern in patterns:
        match = pattern.fullmatch(line)
        if match is not None:
            name = match["name"].strip()
            yield name
            yield from (part.strip() for part in re.split(r"[/,&]| and | und | et | y ", name))


def _proper(name: str) -> str:
    """The name we give the agency; the first of ``AP/Reuters`` when only parts are known."""
    for part in (name, *re.split(r"[/,]", name)):
        if (agency := agency_named(part)) is not None:
            return agency.name
    return name.strip()
