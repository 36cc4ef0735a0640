"""Removes the names of the outlet and of the section from a title.

Outlets write their name, and often the section's, after or before the headline, with different separators:
``Rain at last | Example News``, ``雨终于来了_例报``. Next to a bar, any short segment is removed. Next to the
other separators, which also occur in headlines, only a known name is removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from aggregator.extraction.words import words

_WORD = re.compile(r"\w")
# A bar; a dash, dot, colon or arrow between spaces; in CJK, which has no spaces, also without spaces.
_SEPARATOR = re.compile(
    r"\s*[|｜¦‖]+\s*"
    r"|\s+(?:[\-–—―·•∙・:»«›‹/~⁓⋆*]|::|--|>>|<<)\s+"
    r"|(?<=[\u3040-\u9fff\uac00-\ud7a3])\s*[-–—―_：:・／]+\s*"
    r"|_(?=[^_]{2,20}$)"
)
_BRACKETED = re.compile(r"\s*[(（\[【](?P<inside>[^()（）\[\]【】]{2,40})[)）\]】]\s*$")
_BARS = "|｜¦‖"
_MAX_TITLE_CHARACTERS = 1000
"""A longer title is returned unchanged."""

_MAX_SUFFIX_WORDS = 5
_MAX_PREFIX_WORDS = 2
_MAX_WORDS_WITH_NAME = 3
_CJK_WORD_CHARACTERS = 3
"""Number of characters that count as one word in scripts without spaces."""

_MIN_LONG_NAME = 5
_SECOND_LEVEL_DOMAINS = frozenset(
    {"ac", "co", "com", "edu", "go", "gob", "gov", "gouv", "ltd", "ne", "net", "or", "org"}
)
_GENERIC_LABELS = frozenset({"amp", "blog", "blogs", "edition", "m", "mobile", "news", "web", "www"})


def host_names(url: str) -> Iterator[str]:
    """The host of a URL and the labels of it that may be the outlet's name."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return
    host = host.removeprefix("www.")
    if not host:
        return
    yield host
    labels = host.split(".")[:-1]
    yield from (label for label in labels if label not in _SECOND_LEVEL_DOMAINS | _GENERIC_LABELS and len(label) > 1)


def strip_outlet_name(title: str, outlets: Iterable[str], *, sections: Iterable[str] = ()) -> str:
    """Removes the segments at the ends of ``title`` that name its outlet or one of its ``sections``.

    A title that consists of the outlet's name only is returned unchanged.
    """
    title = " ".join(title.split())
    if len(title) > _MAX_TITLE_CHARACTERS:
        return title
    names = _KnownNames(outlets, sections)
    while (shorter := _without_segment(title, names)) is not None:
        title = shorter
    return title


class _KnownNames:
    """The names of the outlet and its sections, reduced to letters and digits."""

    def __init__(self, outlets: Iterable[str], sections: Iterable[str]) -> None:
        self._outlets = {key for outlet in outlets if (key := _name_key(outlet))}
        self._sections = {key for section in sections if (key := _name_key(section))}

    def match(self, segment: str) -> bool:
        """True if the segment is a section, or the outlet's name, perhaps with one or two more words."""
        key = _name_key(segment)
        if not key:
            return False
        if key in self._outlets or key in self._sections:
            return True
        split = segment.split()
        if len(split) <= _MAX_WORDS_WITH_NAME and self._outlets.intersection(
            (_name_key(split[0]), _name_key(split[-1]))
        ):
            return True
        return (len(split) > 2 and "".join(_name_key(word)[:1] for word in split) in self._outlets) or any(
            len(name) >= _MIN_LONG_NAME and name in key and len(key) < 2 * len(name) for name in self._outlets
        )

    def match_exactly(self, segment: str) -> bool:
        """True if the segment is exactly the outlet's name."""
        return _name_key(segment) in self._outlets


def _without_segment(title: str, names: _KnownNames) -> str | None:
    """The title without its last or first segment; None if neither is to be removed."""
    if separators := list(_SEPARATOR.finditer(title)):
        first, last = separators[0], separators[-1]
        rest, tail = title[: last.start()].strip(), title[last.end() :]
        if rest and (names.match(tail) or (_is_bar(last) and _is_short_end(tail, rest))):
            return rest
        head, rest = title[: first.start()], title[first.end() :].strip()
        if rest and (names.match(head) or (_is_bar(first) and _word_count(head) <= _MAX_PREFIX_WORDS)):
            return rest
    if (bracketed := _BRACKETED.search(title)) and names.match_exactly(bracketed["inside"]) and bracketed.start():
        return title[: bracketed.start()].strip()
    return None


def _is_bar(separator: re.Match[str]) -> bool:
    return separator[0].strip()[:1] in tuple(_BARS)


def _is_short_end(segment: str, rest: str) -> bool:
    return _word_count(segment) <= _MAX_SUFFIX_WORDS and len(rest) > len(segment)


def _word_count(segment: str) -> int:
    """The number of words of a segment; in scripts without spaces, three characters count as one word."""
    return max(len(segment.split()), len(words(segment)) // _CJK_WORD_CHARACTERS)


def _name_key(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
