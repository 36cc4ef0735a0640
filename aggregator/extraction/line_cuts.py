"""Which lines of an extracted text are not the article?

The rules never look inside a paragraph and never drop running prose: each is bound to a length, and
most to a place. The *opening* is what stands before the first line of prose, the *ending* what
follows the last one; between them only lines go that are unmistakable wherever they stand.

Rules by line: what only a subscriber's browser can read; what stood above already, word for word, with the
headings between; the headline again; a section line or breadcrumb; a byline, with or without its
"Updated"; a date alone; a caption in brackets with its credit; a line of picture credit; a pointer
to another article; a prompt to subscribe, follow or share; a copyright line; below the last prose,
a label that heads a list, and everything after it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aggregator.extraction import cut_phrases
from aggregator.extraction.encrypted_text import is_enciphered
from aggregator.extraction.headline import agreement
from aggregator.extraction.words import words

ENCIPHERED = "enciphered: only a subscriber's browser can read it"

_PROSE_WORDS = 10
_ARTICLE_WORDS = 60
"""Words that are an article and no refrain."""
_MOST = 0.5
"""Share of the words above that must stand below again for it to be the article once more."""
_OF_EACH = 3
"""Times from which a label ("Read more") belongs to each item of a list and heads none."""
_SHORT_WORDS = 14
_TITLE_WORDS = 60
_SAME_TITLE = 0.8
_BYLINE_WORDS = 24
_CAPTION_CHARACTERS = 400
_RULED_CHARACTERS = 400
"""Longer lines are prose whatever they say."""
_POINTER_CHARACTERS = 220
_PROMPT_CHARACTERS = 240
_ENDS_SENTENCE = re.compile(r"[.!?…。！？؟۔।]['\"”’»)\]）」』]*$")
_STAMPED_WORDS = 16
_STAMP_AT_END = re.compile(
    r"\b(?:19|20)\d\d\b\W{1,3}(?:at |um |à |a las )?\d{1,2}[:.]\d\d(?:\s?(?:[ap]\.?m\.?|uhr|utc|gmt|[a-z]{2,3}t))?$",
    re.IGNORECASE,
)
_PERSON_AND_HOUSE = re.compile(r"[\[(（](?:[A-Z][\w.'’-]*\s?){1,4}/\s?(?:[A-Z][\w.'’-]*\s?){1,4}[\])）]$")
_BRACKETED = re.compile(r"[\[(（【［](.+)[\])）】］]")
_BREADCRUMB = re.compile(r"[^/>»›]{1,40}(?:\s+[/>»›]\s+|\s*[»›]\s*)[^/>»›]{1,40}(?:\s*[/>»›]\s*[^/>»›]{1,40}){0,3}")
_READING_TIME = re.compile(
    r"(?:reading time:?\s*)?\d{1,3}\s*(?:-\s*)?(?:min(?:ute)?s?|minuten?)"
    r"(?:\s*(?:read|lesezeit|de lecture|de lectura|di lettura))?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_NUMBERS = re.compile(r"[\d\W_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """A line that is not the article, by its number, and why."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of the article besides its lines."""

    titles: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


def cuts(lines: Sequence[str], known: Known) -> tuple[Cut, ...]:
    """The lines to drop, in order. A text without any line of prose keeps all but the unmistakable ones."""
    prose = [number for number, line in enumerate(lines) if is_prose(line)]
    first, last = (prose[0], prose[-1]) if prose else (0, len(lines))
    again, walled, times = _again(lines), _behind_a_wall(lines), Counter(lines)
    found: list[Cut] = []
    in_list = False
    for number, line in enumerate(lines):
        if number > last and not in_list:
            in_list = heads_a_list(line) and times[line] < _OF_EACH
        if number in walled:
            reason: str | None = ENCIPHERED
        elif number in again:
            reason = "it stands above already"
        elif in_list:
            reason = "below the article"
        elif number < first:
            reason = _reason(line, known, (*_ANYWHERE, *_OPENING))
        elif number > last:
            reason = _reason(line, known, (*_ANYWHERE, *_ENDING))
        else:
            reason = _reason(line, known, _ANYWHERE)
        if reason:
            found.append(Cut(line=number, reason=reason))
    return tuple(found)


def _behind_a_wall(lines: Sequence[str]) -> set[int]:
    """Enciphered lines, what is no prose between them and below, and a heading above: that of what cannot be read."""
    found: set[int] = set()
    inside = False
    for number, line in enumerate(lines):
        walled = is_enciphered(line)
        if walled and not inside and number and not _ENDS_SENTENCE.search(lines[number - 1]):
            found.add(number - 1)
        inside = walled or (inside and not is_prose(line))
        if inside:
            found.add(number)
    return found


def _again(lines: Sequence[str]) -> set[int]:
    """Stretches of lines that stood above already and are most of what stands above: the article printed twice.

    A single line may be said twice, as a refrain or a question that is answered.
    """
    seen: dict[str, float] = {}
    found: set[int] = set()
    stretch: list[int] = []
    for number, line in enumerate((*lines, "")):
        if line in seen:
            stretch.append(number)
            continue
        if sum(seen[said] for said in {lines[again] for again in stretch}) >= max(
            _ARTICLE_WORDS, _MOST * sum(seen.values())
        ):
            found.update(stretch)
        stretch.clear()
        seen[line] = min(len(words(line)), len(line) / 2)  # two characters of a script without spaces are a word
    return found


Rule = tuple[str, Callable[[str, Known], bool]]


def _reason(line: str, known: Known, rules: Sequence[Rule]) -> str | None:
    if len(line) > _RULED_CHARACTERS:
        return None
    return next((reason for reason, holds in rules if holds(line, known)), None)


def reason_for(line: str) -> str | None:
    """What the line would be in its place, by its words alone; None when nothing known."""
    return _reason(line, Known(), (*_ANYWHERE, *_OPENING))


def heads_a_list(line: str) -> bool:
    """Whether what follows such a line below an article is no part of it: other stories, topics, posts."""
    return cut_phrases.TAIL_LABEL.fullmatch(line) is not None


def is_prose(line: str) -> bool:
    """A sentence of some length that no rule for short or bracketed lines could mean."""
    return (
        len(words(line)) >= _PROSE_WORDS
        and not is_enciphered(line)
        and _ENDS_SENTENCE.search(line) is not None
        and _reason(line, Known(), _ANYWHERE) is None
    )


def _repeats_title(line: str, known: Known) -> bool:
    return len(words(line)) <= _TITLE_WORDS and any(agreement(line, title) >= _SAME_TITLE for title in known.titles)


def _is_section(line: str, _: Known) -> bool:
    return _BREADCRUMB.fullmatch(line) is not None and len(words(line)) <= 8 and not _ENDS_SENTENCE.search(line)


def _is_byline(line: str, known: Known) -> bool:
    if _is_author_and_date(line, known):
        return True
    starts = cut_phrases.BYLINE.match(line)
    return (
        starts is not None
        and _names_somebody(line[starts.end() :])
        and len(words(line)) <= _BYLINE_WORDS
        and not _ENDS_SENTENCE.search(line)
    )


def _is_author_and_date(line: str, known: Known) -> bool:
    """Whether nothing but the known authors, and perhaps a date, stands in the line."""
    if not known.authors:
        return False
    names = {word for author in known.authors for word in words(author)}
    mine = words(line)
    return bool(names.intersection(mine)) and all(
        word in names or word.isdigit() or cut_phrases.CALENDAR.fullmatch(word) or cut_phrases.STAMP.fullmatch(word)
        for word in mine
    )


def _names_somebody(rest: str) -> bool:
    """Whether a name follows, rather than a sentence that happens to begin with "by"."""
    start = rest.lstrip("@ ")[:1]
    return bool(start) and (start.isupper() or not start.isascii())


def _is_stamp(line: str, _: Known) -> bool:
    """A date or time and nothing else, with or without its "Updated"."""
    if len(line) > 120 or len(_DIGITS.findall(line)) < 2:
        return False
    rest = cut_phrases.CALENDAR.sub(" ", cut_phrases.STAMP.sub(" ", line))
    return not _NUMBERS.sub("", rest)


def _ends_in_stamp(line: str, _: Known) -> bool:
    """A byline without "By" that says where and when: "A. Person, Harbour Town. 3 March 2026, 08:15"."""
    return _STAMP_AT_END.search(line) is not None and len(words(line)) <= _STAMPED_WORDS


def _is_reading_time(line: str, _: Known) -> bool:
    return _READING_TIME.fullmatch(line.strip(" ·|-–")) is not None


def _is_label(line: str, _: Known) -> bool:
    return cut_phrases.OPENING_LABEL.fullmatch(line) is not None


def _is_bracketed_caption(line: str, _: Known) -> bool:
    inside = _BRACKETED.fullmatch(line)
    return inside is not None and len(line) <= _CAPTION_CHARACTERS and cut_phrases.CREDIT.search(inside[1]) is not None


def _is_credit(line: str, _: Known) -> bool:
    return cut_phrases.CREDIT_LABEL.match(line) is not None and len(words(line)) <= _SHORT_WORDS


def _ends_in_credit(line: str, _: Known) -> bool:
    """A caption whose last words are a credit: "The harbour at dawn. Photo: A. Person", "… (A. Person / Agency)"."""
    if len(line) <= _CAPTION_CHARACTERS and _PERSON_AND_HOUSE.search(line):
        return True
    tail = re.split(r"(?<=[.!?)\]”])\s+|\s[|–—]\s", line)[-1]
    return (
        len(line) <= _CAPTION_CHARACTERS
        and tail != line
        and len(words(tail)) <= 8
        and (cut_phrases.CREDIT_LABEL.match(tail) is not None or _is_bracketed_caption(tail, Known()))
    )


def _is_pointer(line: str, _: Known) -> bool:
    starts = cut_phrases.POINTER.match(line.lstrip("»>▶►→•*+- "))
    if starts is None or len(line) > _POINTER_CHARACTERS:
        return False
    rest = line.lstrip("»>▶►→•*+- ")[starts.end() :].strip()
    return not rest or rest[0] in ":：|>»›→–—-…"


def _is_prompt(line: str, _: Known) -> bool:
    return len(line) <= _PROMPT_CHARACTERS and cut_phrases.PROMPT.match(line.strip("*-–—•[]() ")) is not None


def _is_rights(line: str, _: Known) -> bool:
    return len(line) <= _PROMPT_CHARACTERS and cut_phrases.RIGHTS.fullmatch(line.strip()) is not None


_ANYWHERE: tuple[Rule, ...] = (
    ("caption", _is_bracketed_caption),
    ("picture credit", _is_credit),
    ("pointer", _is_pointer),
    ("prompt", _is_prompt),
    ("rights", _is_rights),
)
_OPENING: tuple[Rule, ...] = (
    ("headline", _repeats_title),
    ("section", _is_section),
    ("byline", _is_byline),
    ("date", _is_stamp),
    ("byline", _ends_in_stamp),
    ("reading time", _is_reading_time),
    ("label", _is_label),
    ("caption", _ends_in_credit),
)
_ENDING: tuple[Rule, ...] = (
    ("headline", _repeats_title),
    ("byline", _is_byline),
    ("date", _is_stamp),
)
