"""By which names is an outlet known, and how does a title look without them?

Outlets put their name, and often the section's, behind or before the headline, each with a mark of its
own: ``Rain at last | Example News``, ``雨终于来了_例报``. Beside a bar a short
segment goes in any case; beside other marks, which stand in headlines too, only a known name does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from aggregator.extraction.words import words

_WORD = re.compile(r"\w")
# A bar, a spaced dash, dot, colon or arrow; in CJK, which has no spaces, also the tight ones.
_SEPARATOR = re.compile(
    r"\s*[|｜¦‖]+\s*"
    r"|\s+(?:[\-–—―·•∙・:»«›‹/~⁓⋆*]|::|--|>>|<<)\s+"
    r"|(?<=[\u3040-\u9fff\uac00-\ud7a3])\s*[-–—―_：:・／]+\s*"
    r"|_(?=[^_]{2,20}$)"
)
_BRACKETED = re.compile(r"\s*[(（\[【](?P<inside>[^()（）\[\]【】]{2,40})[)）\]】]\s*$")
_PIPES = "|｜¦‖"
_MAX_TITLE = 1000
"""Characters of a title within which its outlet is looked for."""

_MAX_SUFFIX_WORDS = 5
_MAX_SECTION_WORDS = 2
_MAX_NAMED_WORDS = 3
_CJK_WORD = 3
"""Characters that count as a word where words are not divided by spaces."""

_LONG_NAME = 5
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "gouv", "ltd", "ne", "net", "or", "org"})
_NO_NAME = frozenset({"amp", "blog", "blogs", "edition", "m", "mobile", "news", "web", "www"})


def host_names(url: str) -> Iterator[str]:
    """The host of an address and those of its labels that can be an outlet's name."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return
    host = host.removeprefix("www.")
    if not host:
        return
    yield host
    labels = host.split(".")[:-1]
    yield from (label for label in labels if label not in _SECOND_LEVEL | _NO_NAME and len(label) > 1)


def without_outlet(title: str, outlets: Iterable[str], *, sections: Iterable[str] = ()) -> str:
    """``title`` without the segments at its ends that name its outlet, or one of its ``sections``.

    A title that is nothing but the outlet's name stays.
    """
    title = " ".join(title.split())
    if len(title) > _MAX_TITLE:
        return title
    names = _Names(outlets, sections)
    while (shorter := _cut_once(title, names)) is not None:
        title = shorter
    return title


class _Names:
    """What is known of the outlet, squeezed to letters and figures."""

    def __init__(self, outlets: Iterable[str], sections: Iterable[str]) -> None:
        self._outlets = {squeezed for outlet in outlets if (squeezed := _squeezed(outlet))}
        self._sections = {squeezed for section in sections if (squeezed := _squeezed(section))}

    def are(self, segment: str) -> bool:
        """Whether the segment names the outlet, perhaps with a word or two beside its name, or a section."""
        squeezed = _squeezed(segment)
        if not squeezed:
            return False
        if squeezed in self._outlets or squeezed in self._sections:
            return True
        split = segment.split()
        if len(split) <= _MAX_NAMED_WORDS and self._outlets.intersection((_squeezed(split[0]), _squeezed(split[-1]))):
            return True
        return (len(split) > 2 and "".join(_squeezed(word)[:1] for word in split) in self._outlets) or any(
            len(name) >= _LONG_NAME and name in squeezed and len(squeezed) < 2 * len(name) for name in self._outlets
        )

    def are_exactly(self, segment: str) -> bool:
        """Whether the segment is the outlet's name and nothing else."""
        return _squeezed(segment) in self._outlets


def _cut_once(title: str, names: _Names) -> str | None:
    """The title without its last or first segment, if that one goes; else None."""
    if parts := list(_SEPARATOR.finditer(title)):
        first, last = parts[0], parts[-1]
        rest, tail = title[: last.start()].strip(), title[last.end() :]
        if rest and (names.are(tail) or (_is_pipe(last) and _is_short_end(tail, rest))):
            return rest
        head, rest = title[: first.start()], title[first.end() :].strip()
        if rest and (names.are(head) or (_is_pipe(first) and _size(head) <= _MAX_SECTION_WORDS)):
            return rest
    if (bracketed := _BRACKETED.search(title)) and names.are_exactly(bracketed["inside"]) and bracketed.start():
        return title[: bracketed.start()].strip()
    return None


def _is_pipe(separator: re.Match[str]) -> bool:
    return separator[0].strip()[:1] in tuple(_PIPES)


def _is_short_end(segment: str, rest: str) -> bool:
    return _size(segment) <= _MAX_SUFFIX_WORDS and len(rest) > len(segment)


def _size(segment: str) -> int:
    """How many words a segment has, or would have if its script divided them."""
    return max(len(segment.split()), len(words(segment)) // _CJK_WORD)


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
