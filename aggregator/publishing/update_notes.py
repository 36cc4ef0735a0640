"""What changed in a story since readers saw it, in words, and is it worth their attention?

Spelling, punctuation, capitals and white space are not: a reader who is shown a story again wants to
learn something. Everything else is, numbers above all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest

from aggregator.publishing.entry_content import one_line
from aggregator.publishing.text_differences import Paragraph, Span, differences

_SHORTEST_MISSPELT = 6
"""Letters of a word that one wrong letter leaves the same word; in shorter ones it often makes another."""

_WORD = re.compile(r"[^\W_]+(?:['’.,][^\W_]+)*")


def what_changed(before: tuple[str, str], after: tuple[str, str]) -> str:
    """The changes from one (title, text) to another, as ``headline changed: old → new; 2 paragraphs added``.

    "" when nothing of it is material.
    """
    return "; ".join((*_headline_change(before[0], after[0]), *_text_changes(before[1], after[1])))


def _headline_change(before: str, after: str) -> Iterable[str]:
    before, after = one_line(before), one_line(after)
    if before and after and _reads_otherwise(before, after):
        yield f"headline changed: {before} → {after}"


def _text_changes(before: str, after: str) -> Iterable[str]:
    woven = differences(before, after)
    kinds = [_kind(paragraph) for paragraph in woven.paragraphs]
    for kind in ("added", "changed", "removed"):
        if number := kinds.count(kind):
            yield f"{number} paragraph{'s' if number > 1 else ''} {kind}"
    if woven.cut and not any(kinds) and before != after:
        yield "changed far down"


def _kind(paragraph: Paragraph) -> str:
    """``added``, ``removed`` or ``changed``; "" for a paragraph that says what it said."""
    before, after = _joined(paragraph.lead_spans), _joined(paragraph.copy_spans)
    if not _reads_otherwise(before, after):
        return ""
    if not _words(before):
        return "added"
    return "changed" if _words(after) else "removed"


def _joined(spans: Iterable[Span]) -> str:
    return " ".join(span.text for span in spans)


def _reads_otherwise(before: str, after: str) -> bool:
    pairs = zip_longest(_words(before), _words(after), fillvalue="")
    return any(one != other and not _misspelt(one, other) for one, other in pairs)


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def _misspelt(one: str, other: str) -> bool:
    """Whether two words are a long one and the same with one letter wrong, too many or too few.

    The first letter counts as right: ``legal`` and ``illegal``, ``million`` and ``billion`` are two words.
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
