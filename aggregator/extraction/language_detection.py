"""Identifies the language of an article from the page's claims and from its text.

Publishers state the language in up to five places, and templates sometimes state a wrong one. py3langid
identifies the language of the text; a claim that fits it is returned, with its script and region. A
claim that does not fit stands unless the text rules it out. Languages that py3langid
does not know are returned only where they are claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_][A-Za-z0-9]+)*")
_LIST_SEPARATOR = re.compile(r"[,;\s]")
_SHORTEST_CODES = {
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "cn": "zh", "jp": "ja", "kr": "ko", "gr": "el",
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it", "nld": "nl",
    "dut": "nl", "rus": "ru", "zho": "zh", "chi": "zh", "jpn": "ja", "ara": "ar", "kor": "ko", "tur": "tr", "pol": "pl",
    "swe": "sv", "ukr": "uk", "heb": "he", "fas": "fa", "per": "fa", "hin": "hi", "ell": "el", "gre": "el",
    "kik": "ki", "gug": "gn", "uzs": "uz",
}  # fmt: skip
"""Withdrawn codes (ISO 639), country codes used as languages, and three-letter codes with a two-letter one.

BCP 47 requires the shortest code (RFC 5646 section 2.2.1).
"""

_ALIKE = (
    {"no", "nb", "nn"}, {"sr", "hr", "bs", "sh", "cnr"}, {"id", "ms"}, {"tl", "fil"}, {"fa", "prs"}, {"uz", "uzn"},
    {"zh", "yue", "wuu", "nan", "hak", "gan", "lzh", "cmn"}, {"ar", "arz", "ary", "apc", "arb", "ars", "acm"},
    {"ku", "kmr", "ckb", "sdh"},
)  # fmt: skip
"""Languages that a text does not distinguish reliably, and codes of one language and its varieties."""

_NO_LANGUAGE = "zxx"
"""ISO 639-2: no linguistic content, such as a table of figures."""

_SAMPLE = 1000
"""Number of characters that are read. In our corpus every article is identified from 80 characters."""

_LIKELY = 0.9
"""Smallest probability with which the text has a language; below it, only a claim counts."""

_RULED_OUT = 0.001
"""Largest probability with which the text overrules a claim."""


def detect_language(claims: Iterable[str], text: str) -> str | None:
    """Returns the language as a BCP 47 tag (``pt-BR``), or None if it is unknown.

    ``claims`` are the page's statements, the most trustworthy first; ``text`` is its running text.
    """
    declared = [tag for claim in claims if (tag := _normalised_tag(claim)) is not None]
    ranked = _ranked(text[:_SAMPLE])
    found = next(iter(ranked), None)
    if found is None or _probability(found, ranked) < _LIKELY:
        return declared[0] if declared else None
    fitting = next((tag for tag in declared if _primary(tag) in _alike(found)), None)
    if fitting is None and declared and not _is_ruled_out(_primary(declared[0]), ranked):
        return declared[0]
    return fitting or found


def _normalised_tag(claim: str) -> str | None:
    """Returns ``pt_br`` as ``pt-BR``, and of a list the first tag; None for text that is no tag."""
    match = _TAG.fullmatch(_LIST_SEPARATOR.split(claim.strip())[0])
    if match is None:
        return None
    primary, script, region = match.groups()
    language = _shortest(primary.lower())
    return "-".join(part for part in (language, script and script.title(), region and region.upper()) if part)


def _shortest(code: str) -> str:
    return _SHORTEST_CODES.get(code, code)


def _primary(tag: str) -> str:
    return tag.split("-", 1)[0]


def _ranked(text: str) -> dict[str, float]:
    """Returns each language with its probability, the likeliest first; nothing for a text without language."""
    if not any(map(str.isalpha, text)):
        return {}
    ranked = {_shortest(code): probability for code, probability in _identifier().rank(text)}
    return {} if next(iter(ranked)) == _NO_LANGUAGE else ranked


def _probability(language: str, ranked: Mapping[str, float]) -> float:
    return sum(ranked.get(code, 0.0) for code in _alike(language))


def _is_ruled_out(language: str, ranked: Mapping[str, float]) -> bool:
    """True if the text is certainly not in a claimed language; a language that is not ranked may be right."""
    return not _alike(language).isdisjoint(ranked) and _probability(language, ranked) < _RULED_OUT


def _alike(language: str) -> set[str]:
    return next((group for group in _ALIKE if language in group), {language})


@cache
def _identifier() -> LanguageIdentifier:
    """Loads the identifier; it takes half a second to load and about 70 MB of memory."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
