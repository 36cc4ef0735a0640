"""Holds the values of dedup: sketches, documents, verdicts and canonical copies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

NEWEST_MEMBERS = 5
"""How many of a story's newest members vote on an article that may join it, besides the canonical copy."""


class AliasKind(StrEnum):
    """The origin of an article's alias URL.

    Its feed links there, the page was served there after redirects, or the page claims to be there.
    """

    LINKED = "linked"
    SERVED = "served"
    CLAIMED = "claimed"


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasKey:
    """A URL that may identify an article, in the form that it shares with its AMP and mobile versions.

    ``believed`` is False if the page claims to be the article of another site.
    """

    key: str
    kind: AliasKind
    believed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Sketch:
    """The hashes of a text that the candidate index uses.

    ``exact`` is a 64-bit hash of the complete normalised text, as a signed integer (SQL's BIGINT).
    ``fingerprints`` are the upper 32 bits of the sampled shingle hashes, in order. ``tokens`` counts the tokens
    that are compared.
    """

    exact: int
    fingerprints: tuple[int, ...]
    tokens: int


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedText:
    """One article as the judge gets it."""

    article_id: int
    outlet: str
    url: str
    title: str
    text: str
    published_at: datetime | None = None
    credit: str | None = None


class Relation(StrEnum):
    """The relation of two articles, in the judge's verdict; only the first three merge them."""

    SAME_URL = "same-url"
    EXACT = "exact"
    NEAR_COPY = "near-copy"
    EXCERPT = "excerpt"
    RELATED = "related"
    DIFFERENT = "different"

    @property
    def merges(self) -> bool:
        """True if two articles in this relation are copies of one text."""
        return self in (Relation.SAME_URL, Relation.EXACT, Relation.NEAR_COPY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The measurements behind a verdict.

    ``shorter`` and ``longer`` are the shares (0 to 1) of the shorter and the longer text's tokens that the other
    covers; ``shared`` counts the covered tokens of the shorter one. ``passage`` is the longest shared passage,
    quoted from the first document and limited to a line; ``passage_at`` are the token positions, from 0, at which
    it begins in the first and the second document. ``conflicts`` lists the values that differ in otherwise equal
    text. ``left_out`` counts the lines of both that were not compared: datelines and boilerplate.
    """

    shorter: float = 0.0
    longer: float = 0.0
    shared: int = 0
    passage: str = ""
    conflicts: tuple[str, ...] = ()
    passage_at: tuple[int, int] = (0, 0)
    left_out: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The judge's relation of two articles, the rule that decided, and the evidence."""

    relation: Relation
    rule: str
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkOrigin:
    """The host of an article's page, whether it is that of the outlet, and whether all its entries are link posts."""

    site: str
    at_home: bool
    link_post: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyCandidate:
    """One copy of a story, as a candidate for the canonical copy.

    ``published_at`` is not before the time at which its feed had it. ``is_roundup`` says that the copy also contains
    nearly all of an article of another story. ``origin`` is None if it was not needed or the copy has no URL.
    """

    article_id: int
    priority: int
    outlet: str
    credit: str | None
    tokens: int
    published_at: datetime
    is_roundup: bool = False
    origin: LinkOrigin | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CanonicalCopy:
    """The canonical copy of a story, and the rule that chose it."""

    article_id: int
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReclusterArticle:
    """The values that decide the order in which articles are reclustered.

    ``name`` is unique, such as outlet and URL, so that no two articles have one rank.
    """

    article_id: int
    priority: int
    tokens: int
    published_at: datetime
    name: tuple[str, ...]
    is_roundup: bool = False

    @property
    def order(self) -> tuple[bool, int, int, datetime, tuple[str, ...]]:
        """The sort key: the smallest comes first; a roundup comes last."""
        return self.is_roundup, -self.priority, -self.tokens, self.published_at, self.name


class AliasStrength(StrEnum):
    """The strength of the link between two articles that share an alias URL."""

    CONFIRMED = "at it"
    """One of the two was linked to or served there, and the other claims to be that page."""
    BOTH_CLAIM_IT = "both claim it"
    """The pages of both claim to be a third page."""
    LINK_POST = "links to it"
    """One of the two is a link post that points to the other's page, or to the same page as the other."""
    MUST_COMPARE = "reason to look"
    """The outlets differ, or a page claims to be another site's article; the texts must be compared."""


class RulingKind(StrEnum):
    """A manual decision about two articles."""

    SAME = "same"
    APART = "apart"


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleRulings:
    """The manual decisions about one article.

    ``said`` is the decision about the article and each other one, by the other's id. ``apart`` are the stories
    with an article that must stay apart from it. ``divided`` are pairs of stories (by key) that must not be
    merged.
    """

    said: Mapping[int, RulingKind]
    apart: Collection[str] = ()
    divided: Collection[frozenset[str]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryBeginning:
    """The beginning of a story: its key, its headline, and at least the first part of its text."""

    key: str
    title: str
    text: str
