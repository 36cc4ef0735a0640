"""Lists the words around and between author names, and the words of names that are no people.

This is the data of ``author_names``. The languages are those of ``line_removal_phrases`` and related ones.
"""

from __future__ import annotations

import re


def _one_of(table: str, *, before: str = "", after: str = "") -> re.Pattern[str]:
    """A pattern that matches any line of the table; upper and lower case are the same."""
    alternatives = "|".join(line.strip() for line in table.strip().splitlines())
    return re.compile(f"{before}(?:{alternatives}){after}", re.IGNORECASE)


BYLINE = _one_of(
    r"""
    (?:(?:story|written|reported|reporting|words|text|article|posted|published|review|analysis)\s+)?by\b(?!-)
    (?:opinion|compiled|edited)\s+by\b
    (?:text|autor(?:in|en)?|autora|autores|autore|auteure?s?|authors?|writers?|reporters?)\s*(?::|\s(?:by|von|por|di|par)\b)
    (?:redacción|texto|testo|texte)\s*(?::|\s(?:por|di|par)\b)
    (?:ein\s+\w+\s+von|un\s+\w+\s+par|escrito\s+por|a\s+cura\s+di)\b
    (?:von|par|por|di|door|av|af|przez)(?=\s+\S+\s+\S)
    (?:автор|текст)\w*\s*:?
    (?:بقلم|كتبت?|تقرير)\s*[:：/-]?
    (?:本报|本報|本刊)?(?:记者|記者|作者|撰文|文|编辑|編輯|編集|取材|責任編輯|责任编辑)\s*[:：/／丨|\s]
    """,
    before=r"^\W*",
    after=r"\s*[:：]?\s*(?=\S)",
)
"""The start of a byline. A preposition alone may be the first part of a name, unless two words follow."""

PICTURE_CREDIT = _one_of(
    r"""
    (?:photo|foto|image|picture|illustration|video)\w*\b\s*(?::|(?:by|von|por|di|par)\b|/)
    (?:bild|фото|图|摄影|写真|صور)\w*\s*(?::|：|von\b|/)
    """,
    before=r"^\W*",
)
"""The start of a picture credit."""

AFTER_NAME = re.compile(
    r"\s+(?:for|at|in|from|via|of|on|für|aus|para|desde|из|для)\s+.*"
    r"|\s+[-–—|]\s+.*"
    r"|\s+\d.*"
    r"|\s*(?:기자|記者|记者|特派员|報導)\s*$",
    re.DOTALL,
)
"""The text after a name: an employer, a place, a time, a job."""

SEPARATOR = re.compile(
    r"\s*(?:[;|•·、，،\n&+]|\s/\s)\s*|\s+(?:and|und|et|og|och|en|ja|ve|и|та|و|with|mit|avec|con|com)\s+", re.IGNORECASE
)
"""A separator between two people."""

WEAK_SEPARATOR = re.compile(r"\s+(?:y|e|i|a)\s+")
"""A separator between two people, or a part of one name."""

DEGREE = re.compile(
    r"(?:Jr|Sr|Ph\.?\s?D|Psy\.?D|Esq)\.?"
    r"|(?=[^a-z]*[A-Z][^A-Z]*[A-Z])[A-Z](?:[A-Za-z\-]|\.(?![a-z])){0,6}®?(?:\s\d{1,4})?"
    r"|I{2,3}|IV"
)
"""A degree or suffix that belongs to the name before its comma."""

ABBREVIATION = re.compile(r"(?:\b\w|\b[JS]r|Ph\.?D)$")
"""An abbreviation at the end of a name, which keeps its full stop."""

NOT_IN_NAMES = re.compile(r"[\d<>{}=_#@\\%$?!]|https?:|\.(?:com|org|net|de|fr|es|it|ru|cn|jp|uk|co)\b", re.IGNORECASE)

PLACEHOLDER_WORDS = frozenset({
    "admin", "administrator", "aktualisiert", "anonymous", "author", "authors", "by", "checked", "contributor",
    "contributors", "default", "none", "null", "photography", "posted", "publicado", "pubblicato", "published",
    "publié", "redaktor", "reviewed", "styled", "tested", "undefined", "unknown", "updated", "user", "veröffentlicht",
    "webmaster", "wordpress", "written", "опубликовано",
})  # fmt: skip
"""Words that no name has: a string with one of them names no one."""

PLACEHOLDER_NAMES = frozenset({
    "apr", "april", "aug", "august", "dec", "december", "feb", "february", "guest", "jan", "january", "jul", "july",
    "jun", "june", "mar", "march", "may", "nov", "november", "oct", "october", "root", "sep", "sept", "september",
    "test",
})  # fmt: skip
"""Words that are no name alone, but can be part of a name."""

ORGANISATION_WORDS = frozenset({
    "agence", "agencia", "agencies", "agency", "agentur", "agenzia", "association", "board", "bureau", "center",
    "centre", "college", "committee", "company", "correspondent", "correspondents", "department", "desk", "editor",
    "editorial", "editors", "foundation", "gazette", "gmbh", "group", "herald", "inc", "institute", "journal", "llc",
    "ltd", "magazine", "media", "ministry", "network", "news", "newspaper", "newsroom", "newswire", "online",
    "organisation", "organization", "press", "publishing", "redacao", "redaccion", "redacción", "redaction",
    "redakcja", "redaktion", "redaktionen", "redazione", "redação", "rédaction", "report", "reporter", "reporters",
    "school", "service", "services", "society", "staff", "studio", "studios", "team", "times", "toimitus", "tribune",
    "tv", "university", "verlag", "web", "website", "wire", "writer", "writers", "zeitung", "агентство", "редакции",
    "редакция", "وكالات", "وكالة",
})  # fmt: skip
"""Words in the names of organisations, editorial desks and jobs, not in names of people."""

CJK_ORGANISATION = re.compile(
    r"编辑部|編集部|编辑|新闻|新聞|通讯社|通信社|通信$|日报|日報|网$|取材班|デジタル|記者$|综合|통신$|뉴스|신문$|일보$"
)
"""The same for scripts without spaces."""

PREPOSITIONS = frozenset({"am", "av", "af", "by", "di", "door", "on", "par", "por", "the", "von"})
"""Words that are never the last word of a name."""
