"""Finds the lines of an extracted text that are not the article, by rules.

The rules remove whole lines only and never prose. Each rule has a maximum length, and most apply to one part
of the text only. The *opening* is the part before the first line of prose, the *ending* the part after the
last one. Between them, only lines are removed that are unmistakable anywhere.

The rules: encrypted text for subscribers; a passage that repeats the text above word for word, with the
headings in it; the headline again; a section name or breadcrumb; a byline, with or without "Updated"; a
date alone; a caption in brackets with its credit; a picture credit; a link to another article; a call to
subscribe, follow or share; a copyright notice; in the ending, the heading of a list and everything after it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aggregator.extraction import line_removal_phrases
from aggregator.extraction.encrypted_text import is_encrypted
from aggregator.extraction.headline import title_similarity
from aggregator.extraction.words import words

ENCRYPTED = "encrypted: only a subscriber's browser can read it"

_MIN_PROSE_WORDS = 10
_MIN_REPEATED_WORDS = 60
"""A repeated passage with fewer words may be a refrain."""
_MIN_REPEATED_SHARE = 0.5
"""A repeated passage is a second copy of the article if it has this share of the words above it."""
_LIST_HEADING_LIMIT = 3
"""A label ("Read more") that occurs this many times belongs to each item of a list and is no heading."""
_MAX_CREDIT_WORDS = 14
_MAX_TITLE_WORDS = 60
_MIN_TITLE_SIMILARITY = 0.8
_MAX_BYLINE_WORDS = 24
_MAX_CAPTION_CHARACTERS = 400
_MAX_RULE_CHARACTERS = 400
"""Longer lines are always prose."""
_MAX_LINK_CHARACTERS = 220
_MAX_NOTICE_CHARACTERS = 240
_ENDS_SENTENCE = re.compile(r"[.!?…。！？؟۔।]['\"”’»)\]）」』]*$")
_MAX_WORDS_WITH_TIMESTAMP = 16
_TIMESTAMP_AT_END = re.compile(
    r"\b(?:19|20)\d\d\b\W{1,3}(?:at |um |à |a las )?\d{1,2}[:.]\d\d(?:\s?(?:[ap]\.?m\.?|uhr|utc|gmt|[a-z]{2,3}t))?$",
    re.IGNORECASE,
)
_PERSON_AND_AGENCY = re.compile(r"[\[(（](?:[A-Z][\w.'’-]*\s?){1,4}/\s?(?:[A-Z][\w.'’-]*\s?){1,4}[\])）]$")
_BRACKETED = re.compile(r"[\[(（【［](.+)[\])）】］]")
_BREADCRUMB = re.compile(r"[^/>»›]{1,40}(?:\s+[/>»›]\s+|\s*[»›]\s*)[^/>»›]{1,40}(?:\s*[/>»›]\s*[^/>»›]{1,40}){0,3}")
_READING_TIME = re.compile(
    r"(?:reading time:?\s*)?\d{1,3}\s*(?:-\s*)?(?:min(?:ute)?s?|minuten?)"
    r"(?:\s*(?:read|lesezeit|de lecture|de lectura|di lettura))?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_NUMBERS_AND_SIGNS = re.compile(r"[\d\W_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class LineToRemove:
    """The number of a line that is not the article, and the reason that users see."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownMetadata:
    """The metadata of the article that the rules compare lines with."""

    titles: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


def find_lines_to_remove(lines: Sequence[str], known: KnownMetadata) -> tuple[LineToRemove, ...]:
    """Finds the lines to remove, in order; in a text without prose, only lines that are unmistakable anywhere."""
    prose = [number for number, line in enumerate(lines) if is_prose(line)]
    first, last = (prose[0], prose[-1]) if prose else (0, len(lines))
    repeated, encrypted, counts = _repeated_passages(lines), _encrypted_passages(lines), Counter(lines)
    found: list[LineToRemove] = []
    in_list = False
    for number, line in enumerate(lines):
        if number > last and not in_list:
            in_list = is_list_heading(line) and counts[line] < _LIST_HEADING_LIMIT
        if number in encrypted:
            reason: str | None = ENCRYPTED
        elif number in repeated:
            reason = "repeats the text above"
        elif in_list:
            reason = "below the article"
        elif number < first:
            reason = _reason(line, known, (*_ANYWHERE, *_OPENING))
        elif number > last:
            reason = _reason(line, known, (*_ANYWHERE, *_ENDING))
        else:
            reason = _reason(line, known, _ANYWHERE)
        if reason:
            found.append(LineToRemove(line=number, reason=reason))
    return tuple(found)


def _encrypted_passages(lines: Sequence[str]) -> set[int]:
    """Encrypted lines, the lines between and after them that are no prose, and the heading of an encrypted line."""
    found: set[int] = set()
    inside = False
    for number, line in enumerate(lines):
        encrypted = is_encrypted(line)
        if encrypted and not inside and number and not _ENDS_SENTENCE.search(lines[number - 1]):
            found.add(number - 1)
        inside = encrypted or (inside and not is_prose(line))
        if inside:
            found.add(number)
    return found


def _repeated_passages(lines: Sequence[str]) -> set[int]:
    """The lines of passages that repeat most of the text above them: a page may contain its article twice.

    A single line may occur twice, as a refrain or as a question that is answered.
    """
    seen: dict[str, float] = {}
    found: set[int] = set()
    passage: list[int] = []
    for number, line in enumerate((*lines, "")):
        if line in seen:
            passage.append(number)
            continue
        if sum(seen[repeated] for repeated in {lines[member] for member in passage}) >= max(
            _MIN_REPEATED_WORDS, _MIN_REPEATED_SHARE * sum(seen.values())
        ):
            found.update(passage)
        passage.clear()
        seen[line] = min(len(words(line)), len(line) / 2)  # two characters of a script without spaces are a word
    return found


LineRule = tuple[str, Callable[[str, KnownMetadata], bool]]


def _reason(line: str, known: KnownMetadata, rules: Sequence[LineRule]) -> str | None:
    if len(line) > _MAX_RULE_CHARACTERS:
        return None
    return next((reason for reason, matches in rules if matches(line, known)), None)


def removal_reason(line: str) -> str | None:
    """The reason that a rule for the opening gives by the words of the line alone; None if no rule matches."""
    return _reason(line, KnownMetadata(), (*_ANYWHERE, *_OPENING))


def is_list_heading(line: str) -> bool:
    """True if the line heads a list below an article, such as other stories, topics or posts."""
    return line_removal_phrases.LIST_HEADING.fullmatch(line) is not None


def is_prose(line: str) -> bool:
    """True if the line ends a sentence, has enough words, is not encrypted and matches no rule."""
    return (
        len(words(line)) >= _MIN_PROSE_WORDS
        and not is_encrypted(line)
        and _ENDS_SENTENCE.search(line) is not None
        and _reason(line, KnownMetadata(), _ANYWHERE) is None
    )


def _repeats_title(line: str, known: KnownMetadata) -> bool:
    return len(words(line)) <= _MAX_TITLE_WORDS and any(
        title_similarity(line, title) >= _MIN_TITLE_SIMILARITY for title in known.titles
    )


def _is_section(line: str, _: KnownMetadata) -> bool:
    return _BREADCRUMB.fullmatch(line) is not None and len(words(line)) <= 8 and not _ENDS_SENTENCE.search(line)


def _is_byline(line: str, known: KnownMetadata) -> bool:
    if _is_author_and_date(line, known):
        return True
    start = line_removal_phrases.BYLINE.match(line)
    return (
        start is not None
        and _begins_with_name(line[start.end() :])
        and len(words(line)) <= _MAX_BYLINE_WORDS
        and not _ENDS_SENTENCE.search(line)
    )


def _is_author_and_date(line: str, known: KnownMetadata) -> bool:
    """True if the line has only the known authors and perhaps a date."""
    if not known.authors:
        return False
    names = {word for author in known.authors for word in words(author)}
    line_words = words(line)
    return bool(names.intersection(line_words)) and all(
        word in names
        or word.isdigit()
        or line_removal_phrases.DATE_WORD.fullmatch(word)
        or line_removal_phrases.TIMESTAMP_LABEL.fullmatch(word)
        for word in line_words
    )


def _begins_with_name(rest: str) -> bool:
    """True if a name follows, and not the rest of a sentence that begins with "by"."""
    start = rest.lstrip("@ ")[:1]
    return bool(start) and (start.isupper() or not start.isascii())


def _is_timestamp(line: str, _: KnownMetadata) -> bool:
    """True if the line is only a date or time, with or without "Updated"."""
    if len(line) > 120 or len(_DIGITS.findall(line)) < 2:
        return False
    rest = line_removal_phrases.DATE_WORD.sub(" ", line_removal_phrases.TIMESTAMP_LABEL.sub(" ", line))
    return not _NUMBERS_AND_SIGNS.sub("", rest)


def _ends_in_timestamp(line: str, _: KnownMetadata) -> bool:
    """True for a byline without "By", with place and time: "A. Person, Harbour Town. 3 March 2026, 08:15"."""
    return _TIMESTAMP_AT_END.search(line) is not None and len(words(line)) <= _MAX_WORDS_WITH_TIMESTAMP


def _is_reading_time(line: str, _: KnownMetadata) -> bool:
    return _READING_TIME.fullmatch(line.strip(" ·|-–")) is not None


def _is_label(line: str, _: KnownMetadata) -> bool:
    return line_removal_phrases.OPENING_LABEL.fullmatch(line) is not None


def _is_bracketed_caption(line: str, _: KnownMetadata) -> bool:
    inside = _BRACKETED.fullmatch(line)
    return (
        inside is not None
        and len(line) <= _MAX_CAPTION_CHARACTERS
        and line_removal_phrases.PICTURE_SOURCE.search(inside[1]) is not None
    )


def _is_credit(line: str, _: KnownMetadata) -> bool:
    return line_removal_phrases.CREDIT_LABEL.match(line) is not None and len(words(line)) <= _MAX_CREDIT_WORDS


def _ends_in_credit(line: str, _: KnownMetadata) -> bool:
    """True for a caption that ends in a credit: "The harbour. Photo: A. Person", "… (A. Person / Agency)"."""
    if len(line) <= _MAX_CAPTION_CHARACTERS and _PERSON_AND_AGENCY.search(line):
        return True
    tail = re.split(r"(?<=[.!?)\]”])\s+|\s[|–—]\s", line)[-1]
    return (
        len(line) <= _MAX_CAPTION_CHARACTERS
        and tail != line
        and len(words(tail)) <= 8
        and (line_removal_phrases.CREDIT_LABEL.match(tail) is not None or _is_bracketed_caption(tail, KnownMetadata()))
    )


def _is_related_link(line: str, _: KnownMetadata) -> bool:
    start = line_removal_phrases.RELATED_LINK.match(line.lstrip("»>▶►→•*+- "))
    if start is None or len(line) > _MAX_LINK_CHARACTERS:
        return False
    rest = line.lstrip("»>▶►→•*+- ")[start.end() :].strip()
    return not rest or rest[0] in ":：|>»›→–—-…"


def _is_call_to_action(line: str, _: KnownMetadata) -> bool:
    return (
        len(line) <= _MAX_NOTICE_CHARACTERS
        and line_removal_phrases.CALL_TO_ACTION.match(line.strip("*-–—•[]() ")) is not None
    )


def _is_copyright_notice(line: str, _: KnownMetadata) -> bool:
    return (
        len(line) <= _MAX_NOTICE_CHARACTERS
        and line_removal_phrases.COPYRIGHT_NOTICE.fullmatch(line.strip()) is not None
    )


_ANYWHERE: tuple[LineRule, ...] = (
    ("caption", _is_bracketed_caption),
    ("picture credit", _is_credit),
    ("link to another article", _is_related_link),
    ("call to action", _is_call_to_action),
    ("copyright notice", _is_copyright_notice),
)
_OPENING: tuple[LineRule, ...] = (
    ("headline", _repeats_title),
    ("section name", _is_section),
    ("byline", _is_byline),
    ("date", _is_timestamp),
    ("byline", _ends_in_timestamp),
    ("reading time", _is_reading_time),
    ("page label", _is_label),
    ("caption", _ends_in_credit),
)
_ENDING: tuple[LineRule, ...] = (
    ("headline", _repeats_title),
    ("byline", _is_byline),
    ("date", _is_timestamp),
)
