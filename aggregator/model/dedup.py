"""Values of dedup: sketches, documents, verdicts and canonical copies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

NEWEST_MEMBERS = 5
"""How many of a story's newest members vote on an article that may join it, besides the canonical copy."""


class KeyKind(StrEnum):
    """How an article came by a second key: its feed links there, it was served there, or its page claims it."""

    LINKED = "linked"
    SERVED = "served"
    CLAIMED = "claimed"


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressKey:
    """An address by which an article may be recognised, in the form it shares with its AMP and mobile twins.

    ``believed`` is False for the claim to be another site's article.
    """

    key: str
    kind: KeyKind
    believed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Sketch:
    """What the candidate index keeps of a text.

    ``exact`` is a 64-bit hash of the whole normalised text (a signed integer, as SQL's BIGINT),
    ``fingerprints`` are the upper 32 bits of the sampled shingle hashes, in order, and ``tokens``
    is the number of tokens that count.
    """

    exact: int
    fingerprints: tuple[int, ...]
    tokens: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What the judge may know of one article."""

    article_id: int
    outlet: str
    url: str
    title: str
    text: str
    published_at: datetime | None = None
    credit: str | None = None


class Relation(StrEnum):
    """What the judge said of a pair. The first three merge; the others never do."""

    SAME_URL = "same-url"
    EXACT = "exact"
    NEAR_COPY = "near-copy"
    EXCERPT = "excerpt"
    RELATED = "related"
    DIFFERENT = "different"

    @property
    def merges(self) -> bool:
        """Whether two articles in this relation are copies of one text."""
        return self in (Relation.SAME_URL, Relation.EXACT, Relation.NEAR_COPY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Why the judge said so.

    ``shorter`` and ``longer`` are the shares (0 to 1) of the shorter and the longer text's
    tokens that the other covers; ``shared`` counts covered tokens of the shorter;
    ``passage`` is the longest shared passage, quoted from the first document and cut to
    a line, ``passage_at`` the tokens, from 0, at which it begins in the first and the second;
    ``conflicts`` lists what differs in otherwise equal text, and ``left_out`` counts lines of
    both that were not compared: datelines and furniture.
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
    """What the judge said of a pair, the name of the rule that decided, and the evidence."""

    relation: Relation
    rule: str
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """What the choice of the canonical copy may know of one copy.

    ``published_at`` is not before its feed had it, and ``gathers`` says that it also holds the whole of an article
    of another story.
    """

    article_id: int
    priority: int
    outlet: str
    credit: str | None
    tokens: int
    published_at: datetime
    gathers: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """The canonical copy and the rule that chose it."""

    article_id: int
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """What decides which of two articles comes first; ``name`` is what no other shares, such as outlet and address."""

    article_id: int
    priority: int
    tokens: int
    published_at: datetime
    name: tuple[str, ...]
    gathers: bool = False

    @property
    def order(self) -> tuple[bool, int, int, datetime, tuple[str, ...]]:
        """The smaller comes first; a roundup, which ``gathers`` several articles, comes last."""
        return self.gathers, -self.priority, -self.tokens, self.published_at, self.name


class Tie(StrEnum):
    """How far an address that two articles share ties them together."""

    AT_IT = "at it"
    """One of the two was linked to or served there, and the other says it is that page."""
    BOTH_CLAIM_IT = "both claim it"
    """The pages of both claim to be a third."""
    REASON_TO_LOOK = "reason to look"
    """The outlets differ, or a page claims another site's article."""


class Said(StrEnum):
    """What a person said of two articles."""

    SAME = "same"
    APART = "apart"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rulings:
    """The manual decisions about one article.

    ``said`` has the decision about the article and each other one, by the other's id; ``apart`` has the stories
    with an article that must stay apart from it; ``divided`` has pairs of stories (by key) that must not be united.
    """

    said: Mapping[int, Said]
    apart: Collection[str] = ()
    divided: Collection[frozenset[str]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """How a story begins: its key, its headline, and at least the beginning of its text."""

    key: str
    title: str
    text: str
