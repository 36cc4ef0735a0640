"""Detects the language of an article.

Publishers declare the language in up to five places, and some templates declare a wrong one. The letters of the
text decide before any declaration. Its most frequent words decide only if no language is declared, or if they
contradict the declaration clearly. This is no general language identification: a language that is neither
declared nor in the tables gives None.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from aggregator.extraction.words import words

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_][A-Za-z0-9]+)*")
_LIST_SEPARATOR = re.compile(r"[,;\s]")
_SHORTEST_CODES = {
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "cn": "zh", "jp": "ja", "kr": "ko", "gr": "el",
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it", "nld": "nl",
    "dut": "nl", "rus": "ru", "zho": "zh", "chi": "zh", "jpn": "ja", "ara": "ar", "kor": "ko", "tur": "tr", "pol": "pl",
    "swe": "sv", "ukr": "uk", "heb": "he", "fas": "fa", "per": "fa", "hin": "hi", "ell": "el", "gre": "el",
}  # fmt: skip
"""Withdrawn codes (ISO 639), country codes used as languages, and three-letter codes with a two-letter one.

BCP 47 requires the shortest code (RFC 5646 section 2.2.1).
"""

_SCRIPTS = {
    "Cyrl": (
        "[а-яёіїєґўћђџљњј]",
        ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "tg", "mn", "uz", "tt", "bs", "sh", "az"),
    ),
    "Arab": ("[ء-يپچژگیک]", ("ar", "fa", "ur", "ps", "ckb", "ku", "ug", "sd", "pa", "ks")),
    "Grek": ("[α-ώ]", ("el",)),
    "Hebr": ("[א-ת]", ("he", "yi")),
    "Deva": ("[अ-ह]", ("hi", "mr", "ne", "sa", "kok", "mai", "bho")),
    "Thai": ("[ก-ฮ]", ("th",)),
    "Hang": ("[가-힣]", ("ko",)),
    "Kana": ("[ぁ-んァ-ヶ]", ("ja",)),
    "Beng": ("[অ-হ]", ("bn", "as")),
    "Taml": ("[அ-ஹ]", ("ta",)),
    "Geor": ("[ა-ჰ]", ("ka",)),
    "Armn": ("[ա-ֆ]", ("hy",)),
    "Han": ("[一-鿿]", ("zh", "yue", "ja", "wuu", "nan", "lzh", "ko")),
}
"""The letters of each script and its languages, the likeliest first. Kana before Han: Japanese has both."""

_DISTINCTIVE_LETTERS = {
    "ru": "ыэё", "uk": "іїєґ", "be": "ўі", "bg": "ъщ", "sr": "ћђџљњј", "mk": "ѓќѕј",
    "fa": "پچژگ", "ur": "ٹڈڑے", "ar": "ةىإأ",
}  # fmt: skip
"""Letters that one language of a script uses often and the others do not."""

_FUNCTION_WORDS = {
    "en": "the of and to that is was for with it",
    "de": "der die und das nicht ist mit von den auf",
    "fr": "les des une est dans que pour pas sur qui",
    "es": "los las una por con para del que el como",
    "pt": "não uma com para dos que do da mais em",
    "it": "che di il per una non con del sono della",
    "nl": "het een van dat niet voor zijn op met aan",
    "sv": "och att det som för inte med är av den",
    "no": "og det som ikke på til av har seg fra",
    "da": "og det som ikke på til af har sig fra",
    "fi": "ja on ei että oli se myös kuin hän ovat",
    "pl": "się nie na że jest do to jak przez oraz",
    "cs": "se na že je by jako podle která byl také",
    "tr": "ve bir bu için ile olarak da daha çok olan",
    "ro": "și în nu pentru este din care sunt mai cu",
    "hu": "és hogy nem egy is az volt csak már még",
    "id": "yang dan di dengan untuk dari pada ini dalam itu",
    "vi": "và của là có được cho trong không các người",
}
"""Ten frequent function words of each language."""

_SAMPLE_CHARACTERS = 4000
_BEYOND_LATIN = re.compile(r"[\u0370-\u1dff\u2e80-\ud7a3]")
_MIN_SHARE_OF_LETTERS = 0.3
_MIN_SHARE_OF_KANA = 0.05
"""Smaller than for other scripts, because a Japanese text has many Han letters."""

_MIN_WORD_SHARE = 0.10
"""Least share of function words to detect a language."""
_MAX_CONTRADICTED_SHARE = 0.02
"""A declared language with a smaller share of function words is rejected."""
_MIN_WORDS = 30


def detect_language(claims: Iterable[str], text: str) -> str | None:
    """Detects the language and returns its BCP 47 tag (``pt-BR``), or None.

    ``claims`` are the languages that the page declares, the most reliable first; ``text`` is its text.
    """
    sample = text[:_SAMPLE_CHARACTERS]
    declared = [tag for claim in claims if (tag := _normalised_tag(claim)) is not None]
    if (possible := _languages_by_letters(sample)) is not None:
        return next((tag for tag in declared if _primary(tag) in possible), _likeliest(sample, possible))
    detected = _language_by_words(sample)
    if not declared:
        return detected[0] if detected else None
    chosen = next((tag for tag in declared if detected is None or _primary(tag) not in _FUNCTION_WORDS), declared[0])
    if detected is not None and detected[1].get(_primary(chosen), _MIN_WORD_SHARE) < _MAX_CONTRADICTED_SHARE:
        return next((tag for tag in declared if _primary(tag) == detected[0]), detected[0])
    return chosen


def _normalised_tag(claim: str) -> str | None:
    """``pt_br`` as ``pt-BR``; the first tag of a list; None if it is no language tag."""
    match = _TAG.fullmatch(_LIST_SEPARATOR.split(claim.strip())[0])
    if match is None:
        return None
    primary, script, region = match.groups()
    language = _SHORTEST_CODES.get(primary.lower(), primary.lower())
    return "-".join(part for part in (language, script and script.title(), region and region.upper()) if part)


def _primary(tag: str) -> str:
    return tag.split("-", 1)[0]


def _languages_by_letters(text: str) -> tuple[str, ...] | None:
    """The languages of the script of the text; None for Latin script and for an empty text."""
    letters = sum(map(str.isalpha, text))
    if len(_BEYOND_LATIN.findall(text)) <= _MIN_SHARE_OF_KANA * letters:
        return None
    for pattern, languages in _SCRIPTS.values():
        min_share = _MIN_SHARE_OF_KANA if languages == ("ja",) else _MIN_SHARE_OF_LETTERS
        if len(re.findall(pattern, text, re.IGNORECASE)) > min_share * letters:
            return languages
    return None


def _likeliest(text: str, possible: tuple[str, ...]) -> str:
    counts = {
        language: sum(map(text.casefold().count, _DISTINCTIVE_LETTERS.get(language, ""))) for language in possible
    }
    return max(possible, key=lambda language: counts[language])


def _language_by_words(text: str) -> tuple[str, dict[str, float]] | None:
    """The language with the largest share of function words, and the shares of all languages; None if unclear."""
    counts = Counter(words(text))
    total = counts.total()
    if total < _MIN_WORDS:
        return None
    shares = {
        language: sum(counts[word] for word in function_words.split()) / total
        for language, function_words in _FUNCTION_WORDS.items()
    }
    best = max(shares, key=lambda language: shares[language])
    return (best, shares) if shares[best] >= _MIN_WORD_SHARE else None
