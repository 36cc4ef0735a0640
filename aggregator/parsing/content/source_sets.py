"""Reads the candidates of ``srcset`` (HTML standard, section "srcset attributes") and chooses the best of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH_PIXELS = 2000.0
"""A candidate wider than this is not preferred; digests are read on screens."""

MAX_CANDIDATES = 50
"""The largest number of candidates of one picture."""

_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*)(?:(?<!,)\s+([^,]*))?,?")
_DESCRIPTOR = re.compile(r"([\d.]{1,10})([wx])")


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceCandidate:
    """A candidate: its URL as written, and its width in pixels (``400w``) or density (``2x``)."""

    url: str
    descriptor: str = ""

    @property
    def width(self) -> float:
        """The width in pixels; a candidate with a density counts as that many times 400 pixels."""
        match = _DESCRIPTOR.fullmatch(self.descriptor)
        try:
            return float(match[1]) * (400 if match[2] == "x" else 1) if match else 400.0
        except ValueError:
            return 400.0

    @property
    def written(self) -> str:
        """The candidate as ``srcset`` has it."""
        return f"{self.url} {self.descriptor}".strip()


def source_candidates(srcset: str) -> tuple[SourceCandidate, ...]:
    """Returns the candidates of a ``srcset`` in the order given; a URL may contain commas."""
    candidates = []
    for match in _CANDIDATE.finditer(srcset):
        descriptor = " ".join((match[2] or "").split())
        url = match[1].rstrip(",")
        if url and (not descriptor or _DESCRIPTOR.match(descriptor)):
            candidates.append(SourceCandidate(url=url, descriptor=descriptor))
        if len(candidates) == MAX_CANDIDATES:
            break
    return tuple(candidates)


def best_candidate(candidates: Iterable[SourceCandidate]) -> SourceCandidate | None:
    """Returns the widest candidate up to ``ENOUGH_PIXELS``, else the narrowest; None without candidates."""
    by_width = sorted(candidates, key=lambda candidate: candidate.width)
    enough = [candidate for candidate in by_width if candidate.width <= ENOUGH_PIXELS]
    return enough[-1] if enough else next(iter(by_width), None)
