"""The words of the trade, as frozen values; see docs/glossary.md.

Every instant is an aware ``datetime`` in UTC, every size is in bytes, every duration is a
``timedelta``. Nothing here does anything, and nothing here imports a library of the trade.
The order is the order of the pipeline: fetching, parsing, extraction, copies, publishing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

# --- fetching ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Validators:
    """ETag and Last-Modified exactly as the server sent them, and the URL they belong to."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """One redirect that was followed: from ``url``, by ``status``, to ``location`` (absolute)."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A 200 with its whole, decoded body; a 226 when a difference was asked for, any 2xx to a form.

    Header names are lower-case. ``wire_bytes`` is the size of the body as it came, still coded.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    hops: tuple[Hop, ...] = ()
    wire_bytes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class NotModified:
    """A 304. Its headers may renew validators and freshness (RFC 9111 section 4.3.4)."""

    url: str
    headers: Mapping[str, str]
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpError:
    """Any other status: 4xx, 5xx, and a redirect that leads nowhere."""

    url: str
    status: int
    headers: Mapping[str, str]
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Deferred:
    """A redirect that asks to be followed later: a 3xx with Retry-After (RFC 9110 section 10.2.3).

    ``url`` gave it; the last of ``hops`` is the redirect itself, which was not followed yet.
    """

    url: str
    headers: Mapping[str, str]
    hops: tuple[Hop, ...]


class Trouble(StrEnum):
    """Why no usable answer came.

    NETWORK is what it looks like when this machine has no way out: no route, or no resolver that
    answers. One host's broken name servers look the same, so who is to blame is decided later.
    """

    NETWORK = "network"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreachable:
    """The network or the server failed before a whole answer came.

    ``refused`` says that the host is there and nobody listens on the port (ECONNREFUSED).
    """

    url: str
    trouble: Trouble
    reason: str
    hops: tuple[Hop, ...] = ()
    refused: bool = False


class Rule(StrEnum):
    """Which of our own rules refused a request or an answer."""

    SCHEME = "scheme"
    ADDRESS = "address"
    REDIRECTS = "redirects"
    SIZE = "size"
    ENCODING = "encoding"
    ROBOTS = "robots"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """We would not ask, or would not read on: a rule of ours, not a fault of the network."""

    url: str
    rule: Rule
    reason: str
    hops: tuple[Hop, ...] = ()


FetchOutcome = Answer | NotModified | HttpError | Deferred | Unreachable | Refused

# --- parsing -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A file that belongs to an entry (Atom ``rel=enclosure``, RSS ``enclosure``, JSON attachment)."""

    url: str
    media_type: str | None = None
    length: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryHead:
    """What one item of a feed document says of itself, besides its texts.

    ``url`` is absolute and normalised, or None. ``title`` is plain text. ``comments_url`` leads to
    where people discuss it. Dates are as the publisher gave them, in UTC, or None; what to
    believe of them is decided when the entry is stored.
    """

    url: str | None
    title: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    source: str | None = None
    comments_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedEntry(EntryHead):
    """One item of a feed document.

    ``uid`` is the entry id, stable and unique within its feed; ``summary`` and ``content`` are
    sanitised HTML ("" when absent).
    """

    uid: str
    summary: str = ""
    content: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """An entry that was just read, and the digest of what a reader would see change in it."""

    entry: ParsedEntry
    digest: str

    @property
    def uid(self) -> str:
        """The entry's id within its feed."""
        return self.entry.uid

    @property
    def url(self) -> str | None:
        """The entry's link."""
        return self.entry.url


@dataclass(frozen=True, kw_only=True, slots=True)
class AsStored:
    """An entry that was seen again in a document and said to be stored as it is; its texts were not read."""

    uid: str
    url: str | None
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """What a feed document itself says of how often to poll it."""

    ttl: timedelta | None = None
    update_period: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Push:
    """Who would tell us of news, as a document or its headers advertise it.

    ``topic`` is the feed's own name for itself (rel=self), ``hubs`` the WebSub hubs in the order
    they stand, ``cloud`` the URL of an rssCloud server's registration. All absolute.
    """

    topic: str | None = None
    hubs: tuple[str, ...] = ()
    cloud: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFeed:
    """A feed document, read as far as it goes; ``problems`` says what was wrong with it.

    ``older_url`` leads to the document before this one (RFC 5005: rel=prev-archive, else
    rel=next; JSON Feed: next_url). ``complete`` says that the document holds every entry
    there is (RFC 5005 section 2).
    """

    format: str
    title: str = ""
    site_url: str | None = None
    language: str | None = None
    hints: Hints = field(default_factory=Hints)
    push: Push = field(default_factory=Push)
    older_url: str | None = None
    complete: bool = False
    entries: tuple[ParsedEntry, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """The document is not a feed we can read: HTML, empty, cut off before its first entry."""

    reason: str


ParseOutcome = ParsedFeed | Unreadable


class FeedState(StrEnum):
    """How a feed is doing: not polled yet, well, asked to wait, failing, gone for good, or no longer ours."""

    NEW = "new"
    ACTIVE = "active"
    QUIET = "quiet"
    FAILING = "failing"
    GONE = "gone"
    REMOVED = "removed"
    MERGED = "merged"


# --- extraction ----------------------------------------------------------------------------


class TextSource(StrEnum):
    """Where an article's text was taken from."""

    PAGE = "page"
    FEED = "feed"
    TITLE = "title"


@dataclass(frozen=True, kw_only=True, slots=True)
class CutLine:
    """A line that was found with an article's text and is not of it; ``after`` counts the kept lines above."""

    text: str
    reason: str
    after: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PageLinks:
    """Links of a page that may lead to further parts of its article, and to the same article on a plainer page.

    ``following`` is the one of ``onward`` that is marked, or called, the next.
    """

    onward: tuple[str, ...] = ()
    following: str | None = None
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtractedPage:
    """What was got from an article page: plain text (paragraphs split by newlines) and clean HTML.

    ``authors`` are people. ``credits`` are those the page says the text comes from or belongs to, besides
    its outlet, as names or addresses. ``paywalled`` says that the page does not give the article to
    everyone, ``live`` that it is a live blog. ``cuts`` are the lines that were taken out of the text, in
    order, each with its reason; ``marks`` are all lines, as ``extraction.boilerplate`` remembers them.
    ``note`` says what the reason of the text should say of how it was got, if anything.
    """

    text: str
    html: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    image: str | None = None
    section: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    credits: tuple[str, ...] = ()
    paywalled: bool = False
    live: bool = False
    cuts: tuple[CutLine, ...] = ()
    marks: tuple[int, ...] = ()
    note: str = ""
    links: PageLinks = PageLinks()


@dataclass(frozen=True, kw_only=True, slots=True)
class NoArticle:
    """The page held no article, or could not be had; ``reason`` is for people."""

    reason: str
    links: PageLinks = PageLinks()


PageOutcome = ExtractedPage | NoArticle


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleText:
    """The text chosen for an article, where it came from and why.

    ``canonical_url`` is what the page claims to be, as it was written; ``served_url`` is where the text
    was served after redirects, or None when it is not the page's. ``credit`` is the agency it names as
    its origin. ``credits``, ``paywalled``, ``live``, ``cuts`` and ``marks`` are its page's, as
    ``ExtractedPage`` has them.
    """

    title: str
    text: str
    html: str
    source: TextSource
    reason: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    image: str | None = None
    section: str | None = None
    canonical_url: str | None = None
    served_url: str | None = None
    credit: str | None = None
    credits: tuple[str, ...] = ()
    paywalled: bool = False
    live: bool = False
    cuts: tuple[CutLine, ...] = ()
    marks: tuple[int, ...] = ()


# --- copies --------------------------------------------------------------------------------


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


# --- publishing ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyView:
    """One copy of a story as the digest names it; ``feed`` is the title of its feed, ``feed_name`` the name."""

    url: str
    outlet: str
    feed: str
    feed_url: str
    title: str
    published_at: datetime
    relation: str
    similarity: float
    feed_name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryView:
    """One story as every format of the digest renders it; ``copies`` starts with the canonical copy.

    ``key`` is the story's short public name, ``uri`` its tag URI (RFC 4151); neither ever
    changes. ``published_at`` is the first copy's time, ``updated_at`` moves only with a
    material change, ``update_note`` says what that was, ``visible_at`` is when the story
    entered the digest.
    """

    key: str
    uri: str
    title: str
    text: str
    html: str
    lead_rule: str
    published_at: datetime
    updated_at: datetime
    visible_at: datetime
    first_seen_at: datetime
    copies: tuple[CopyView, ...]
    authors: tuple[str, ...] = ()
    credit: str | None = None
    language: str | None = None
    image: str | None = None
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    comments_url: str | None = None
    update_note: str = ""

    @property
    def lead(self) -> CopyView:
        """The canonical copy."""
        return self.copies[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueCopy:
    """A copy of a story as an issue names it; ``feed`` is the name of its feed."""

    url: str
    outlet: str
    title: str
    feed: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueStory:
    """A story as it was when an issue was made: one copy of each outlet, the one that led first."""

    key: str
    uri: str
    title: str
    summary: str
    credit: str
    language: str | None
    copies: tuple[IssueCopy, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LateStory:
    """A story of an earlier issue, named by its key, and the copies of outlets that came since."""

    key: str
    title: str
    issue: str
    copies: tuple[IssueCopy, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One issue of an edition, as it was made: the stories of the time from ``since`` to ``due_at``."""

    digest_name: str
    digest: str
    key: str
    uri: str
    title: str
    since: datetime
    due_at: datetime
    stories: tuple[IssueStory, ...]
    late: tuple[LateStory, ...] = ()


class Content(StrEnum):
    """How much of its stories a digest holds."""

    FULL = "full"
    SUMMARY = "summary"
    LINK = "link"


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestPage:
    """One page of a digest: the stories, in order, and its place among the pages (from 1).

    ``archive`` says that it is the archive of one day (UTC), ``earlier`` is the newest day before with an
    archive. A digest with an edition holds ``issues`` instead of stories. ``token`` is the secret that its
    address holds; ``hubs`` push it.
    """

    name: str
    title: str
    uri: str
    home_url: str
    base_url: str
    stories: tuple[StoryView, ...]
    updated_at: datetime
    page: int = 1
    pages: int = 1
    content: Content = Content.FULL
    archive: date | None = None
    earlier: date | None = None
    token: str | None = field(default=None, repr=False)
    hubs: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyDetail:
    """One copy with its text, where that came from, and the verdict that let it join (None: it founded the story).

    ``article_id`` is the number by which people name it; ``modified_at``, ``section``, ``paywalled`` and
    ``live`` are what its page says of it.
    """

    article_id: int
    view: CopyView
    text: str
    text_source: TextSource
    text_reason: str
    verdict: Verdict | None
    revisions: int
    modified_at: datetime | None = None
    section: str | None = None
    paywalled: bool = False
    live: bool = False
    cuts: tuple[CutLine, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedStory:
    """Another story that may tell of the same event: its key, its headline, and the outlet that leads it."""

    key: str
    title: str
    outlet: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryDetail:
    """One story with everything the service knows of it; ``copies`` in the order of ``story.copies``."""

    story: StoryView
    copies: tuple[CopyDetail, ...]
    related: tuple[RelatedStory, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryMoved:
    """The story was united with an older one, whose key this is."""

    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryExpired:
    """The story was published once and is kept no longer."""

    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedHealth:
    """How one feed is doing; ``outcomes`` are those of its last polls, newest first.

    ``url`` is where it is asked now, ``configured_url`` what the configuration says, ``moving_to``
    where its publisher says it moved, as long as that is not believed. ``private_because`` says why
    one is private that is. No address carries a password.
    """

    name: str
    title: str
    url: str
    configured_url: str
    moving_to: str | None
    outlet: str
    tags: tuple[str, ...]
    entries: int
    state: FeedState
    failures: int
    last_poll_at: datetime | None
    next_poll_at: datetime | None
    last_outcome: str
    outcomes: tuple[str, ...]
    reason: str
    problems: tuple[str, ...]
    retired: bool
    private: bool = False
    private_because: str = ""


class SituationKind(StrEnum):
    """What needs a person: a feed is gone, moved, another one, fails, gives no text; a mistake, a full disk."""

    GONE = "gone"
    MOVED = "moved"
    MERGED = "merged"
    FAILING = "failing"
    TEXTLESS = "textless"
    REJECTED = "rejected"
    FULL = "full"


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """Something that needs a person: which feed, what is the matter, and what to do."""

    kind: SituationKind
    subject: str
    title: str
    told: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownSituation:
    """A situation, its number, when it was noticed and when it ended (None: it lasts)."""

    number: int
    situation: Situation
    began_at: datetime
    ended_at: datetime | None

    @property
    def changed_at(self) -> datetime:
        """When there was news of it."""
        return self.ended_at or self.began_at


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceHealth:
    """What the service holds and what it is doing.

    ``requests``, ``wire_bytes`` and ``saved_bytes`` are all that hosts were ever asked, sent, and
    spared by conditional requests.
    """

    feeds: int
    entries: int
    articles: int
    stories: int
    copies_merged: int
    due_feeds: int
    pages_waiting: int
    articles_waiting: int
    last_poll_at: datetime | None
    requests: int
    unchanged: int
    wire_bytes: int
    saved_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """What a service did in the hour that ``begins_at``.

    ``polls`` are counted by what came of them; ``wire_bytes`` are those of feeds, ``articles`` the new ones,
    and ``merged`` copies joined a story.
    """

    begins_at: datetime
    polls: Mapping[str, int]
    wire_bytes: int
    articles: int
    merged: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """What a service holds, in more detail than its health.

    ``digest_sizes`` are the stories of each digest, or its issues; ``database_bytes`` what the database takes
    on its disk.
    """

    health: ServiceHealth
    feeds_by_state: Mapping[str, int]
    digest_sizes: Mapping[str, int]
    database_bytes: int
