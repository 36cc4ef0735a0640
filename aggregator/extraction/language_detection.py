"""In which language is an article written?

Publishers say so, in up to five places, and now and then a template says it wrong: the letters of the
text are believed before any claim, its commonest words only where nobody claims anything or where they
contradict the claim without doubt. It is no identifier of languages in general: what is neither
claimed nor in its tables is None.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from aggregator.extraction.words import words

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_][A-Za-z0-9]+)*")
_OF_MANY = re.compile(r"[,;\s]")
_SHORTEST = {
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "cn": "zh", "jp": "ja", "kr": "ko", "gr": "el",
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it", "nld": "nl",
    "dut": "nl", "rus": "ru", "zho": "zh", "chi": "zh", "jpn": "ja", "ara": "ar", "kor": "ko", "tur": "tr", "pol": "pl",
    "swe": "sv", "ukr": "uk", "heb": "he", "fas": "fa", "per": "fa", "hin": "hi", "ell": "el", "gre": "el",
}  # fmt: skip
"""Withdrawn codes (ISO 639), countries that publishers take for languages, and three letters where two will do.

BCP 47 wants the shortest code (RFC 5646 section 2.2.1).
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
"""Letters of each script and the languages written in it, the likeliest first. Kana before Han: Japanese has both."""

_TELLING = {
    "ru": "ыэё", "uk": "іїєґ", "be": "ўі", "bg": "ъщ", "sr": "ћђџљњј", "mk": "ѓќѕј",
    "fa": "پچژگ", "ur": "ٹڈڑے", "ar": "ةىإأ",
}  # fmt: skip
"""Letters that one language of a script uses often and its neighbours do not."""

_COMMON = {
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
"""Words that a language cannot do without, ten of each."""

_SAMPLE = 4000
_BEYOND_LATIN = re.compile(r"[\u0370-\u1dff\u2e80-\ud7a3]")
_SHARE_OF_LETTERS = 0.3
_LEAST_SHARE = 0.05
"""Of Kana; of a Japanese text that is much, for Han letters say more each."""

_CLEARLY = 0.10
_HARDLY = 0.02
_FEWEST_WORDS = 30


def language_of(claims: Iterable[str], text: str) -> str | None:
    """The language as BCP 47 writes it (``pt-BR``), or None.

    ``claims`` are what the page says of itself, the most trustworthy first; ``text`` is its running text.
    """
    sample = text[:_SAMPLE]
    stated = [tag for claim in claims if (tag := _normal(claim)) is not None]
    if (possible := _by_letters(sample)) is not None:
        return next((tag for tag in stated if _primary(tag) in possible), _likeliest(sample, possible))
    found = _by_words(sample)
    if not stated:
        return found[0] if found else None
    fitting = next((tag for tag in stated if found is None or _primary(tag) not in _COMMON), stated[0])
    if found is not None and found[1].get(_primary(fitting), _CLEARLY) < _HARDLY:
        return next((tag for tag in stated if _primary(tag) == found[0]), found[0])
    return fitting


def _normal(claim: str) -> str | None:
    """``pt_br`` as ``pt-BR``; of a list the first; None for what is no tag."""
    match = _TAG.fullmatch(_OF_MANY.split(claim.strip())[0])
    if match is None:
        return None
    primary, script, region = match.groups()
    language = _SHORTEST.get(primary.lower(), primary.lower())
    return "-".join(part for part in (language, script and script.title(), region and region.upper()) if part)


def _primary(tag: str) -> str:
    return tag.split("-", 1)[0]


def _by_letters(text: str) -> tuple[str, ...] | None:
    """The languages that are written in the script of the text; None for the Latin one and for no text."""
    letters = sum(map(str.isalpha, text))
    if len(_BEYOND_LATIN.findall(text)) <= _LEAST_SHARE * letters:
        return None
    for pattern, languages in _SCRIPTS.values():
        share = _LEAST_SHARE if languages == ("ja",) else _SHARE_OF_LETTERS
        if len(re.findall(pattern, text, re.IGNORECASE)) > share * letters:
            return languages
    return None


def _likeliest(text: str, possible: tuple[str, ...]) -> str:
    counts = {language: sum(map(text.casefold().count, _TELLING.get(language, ""))) for language in possible}
    return max(possible, key=lambda language: counts[language])


def _by_words(text: str) -> tuple[str, dict[str, float]] | None:
    """The language whose commonest words make up most of the text, and the shares of all; None if unclear."""
    counts = Counter(words(text))
    total = counts.total()
    if total < _FEWEST_WORDS:
        return None
    shares = {language: sum(counts[word] for word in common.split()) / total for language, common in _COMMON.items()}
    best = max(shares, key=lambda language: shares[language])
    return (best, shares) if shares[best] >= _CLEARLY else None
