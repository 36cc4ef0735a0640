"""Describes what changed in a story since readers saw it.

Corrections of spelling, punctuation, capitals and white space are not material: a reader who sees a story again wants
to learn something. Every other change is, numbers above all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest

from aggregator.publishing.entry_content import one_line
from aggregator.publishing.text_differences import ChangedSpan, ComparedParagraph, compare_texts

_SHORTEST_MISSPELT = 6
"""Fewest letters of a misspelt word; in a shorter word one other letter often makes another word."""

_WORD = re.compile(r"[^\W_]+(?:['’.,][^\W_]+)*")


def describe_changes(before: tuple[str, str], after: tuple[str, str]) -> str:
    """Describes the changes from one (title, text) to another: ``headline changed: old → new; 2 paragraphs added``.

    Returns "" if no change is material.
    """
    return "; ".join((*_headline_change(before[0], after[0]), *_text_changes(before[1], after[1])))


def _headline_change(before: str, after: str) -> Iterable[str]:
    before, after = one_line(before), one_line(after)
    if before and after and _differs_materially(before, after):
        yield f"headline changed: {before} → {after}"


def _text_changes(before: str, after: str) -> Iterable[str]:
    compared = compare_texts(before, after)
    kinds = [_kind(paragraph) for paragraph in compared.paragraphs]
    for kind in ("added", "changed", "removed"):
        if number := kinds.count(kind):
            yield f"{number} paragraph{'s' if number > 1 else ''} {kind}"
    if compared.cut and not any(kinds) and before != after:
        yield "changed far down"


def _kind(paragraph: ComparedParagraph) -> str:
    """Returns ``added``, ``removed`` or ``changed``; "" for a paragraph without a material change."""
    before, after = _joined(paragraph.lead_spans), _joined(paragraph.copy_spans)
    if not _differs_materially(before, after):
        return ""
    if not _words(before):
        return "added"
    return "changed" if _words(after) else "removed"


def _joined(spans: Iterable[ChangedSpan]) -> str:
    return " ".join(span.text for span in spans)


def _differs_materially(before: str, after: str) -> bool:
    pairs = zip_longest(_words(before), _words(after), fillvalue="")
    return any(one != other and not _misspelt(one, other) for one, other in pairs)


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def _misspelt(one: str, other: str) -> bool:
    """Returns True if two long words differ by one wrong, extra or missing letter.

    The first letter must agree: ``legal`` and ``illegal``, ``million`` and ``billion`` are different words.
    """
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < _SHORTEST_MISSPELT or len(longer) - len(shorter) > 1 or shorter[0] != longer[0]:
        return False
    if not (one.isalpha() and other.isalpha()):
        return False
    same = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    rest = shorter[same + 1 :] if len(shorter) == len(longer) else shorter[same:]
    swapped = shorter[same : same + 2] == longer[same : same + 2][::-1] and shorter[same + 2 :] == longer[same + 2 :]
    return swapped or rest == longer[same + 1 :]
