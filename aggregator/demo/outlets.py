"""Defines the outlets of the newsroom.

``printed_articles`` says what they print. The look of their pages is in ``templates/``, one file per outlet.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OutletFeedFormat(StrEnum):
    """The format of an outlet's feed."""

    RSS_FULL = "RSS 2.0 with whole texts"
    RSS_SUMMARY = "RSS 2.0 with summaries"
    RDF = "RSS 1.0"
    ATOM_FULL = "Atom with whole texts"
    ATOM_SUMMARY = "Atom with summaries"
    JSON_FEED = "JSON Feed 1.1"

    @property
    def media_type(self) -> str:
        """The media type of the feed."""
        match self:
            case OutletFeedFormat.RSS_FULL | OutletFeedFormat.RSS_SUMMARY:
                return "application/rss+xml"
            case OutletFeedFormat.RDF:
                return "application/rdf+xml"
            case OutletFeedFormat.ATOM_FULL | OutletFeedFormat.ATOM_SUMMARY:
                return "application/atom+xml"
            case OutletFeedFormat.JSON_FEED:
                return "application/feed+json"


class CreditStyle(StrEnum):
    """The way an outlet names the agency that wrote a text; an agency names itself in its datelines."""

    WIRE = "TOWN, Nov 3 (Agency) —"
    BRACKETS = "Town (Agency) –"
    CLOSING_LINE = "a last line: (Agency)"
    BYLINE = "By Agency"


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoOutlet:
    """One outlet of the newsroom.

    ``path`` is the pattern of its article URLs, ``query`` is appended to the links in its feed. ``ink`` and ``paper``
    are the colours of its front page. ``priority`` is the priority of its feed in the demo's configuration.
    """

    slug: str
    name: str
    tagline: str
    feed_format: OutletFeedFormat
    feed_path: str
    path: str
    credit: CreditStyle
    ink: str
    paper: str
    tags: tuple[str, ...]
    language: str = "en"
    query: str = ""
    priority: int = 0


OUTLETS = (
    DemoOutlet(
        slug="corvus",
        name="Corvus Wire",
        tagline="First with the facts, last with the adjectives",
        feed_format=OutletFeedFormat.ATOM_FULL,
        feed_path="/wire.atom",
        path="/{date:%Y/%m/%d}/{words}",
        credit=CreditStyle.WIRE,
        ink="#14213d",
        paper="#ffffff",
        tags=("agency", "world"),
    ),
    DemoOutlet(
        slug="courier",
        name="Harwick Courier",
        tagline="The morning paper of the port, since 1868",
        feed_format=OutletFeedFormat.RSS_FULL,
        feed_path="/feed/",
        path="/news/{words}-{number}.html",
        credit=CreditStyle.BRACKETS,
        ink="#7a1f1f",
        paper="#fdfaf4",
        tags=("daily", "coast"),
    ),
    DemoOutlet(
        slug="meridian",
        name="Meridian Post",
        tagline="The country at noon",
        feed_format=OutletFeedFormat.RSS_SUMMARY,
        feed_path="/rss/top-stories.xml",
        path="/article/{number}/{words}",
        credit=CreditStyle.BYLINE,
        ink="#0b5d4e",
        paper="#ffffff",
        tags=("daily", "national"),
        query="?utm_source=rss&utm_medium=feed",
    ),
    DemoOutlet(
        slug="tidewater",
        name="Tidewater Herald",
        tagline="News of Tolland Sound and the Ansel Islands",
        feed_format=OutletFeedFormat.RDF,
        feed_path="/index.rdf",
        path="/story.php?id={number}",
        credit=CreditStyle.CLOSING_LINE,
        ink="#1d4e79",
        paper="#f3f6f9",
        tags=("daily", "coast"),
    ),
    DemoOutlet(
        slug="northlight",
        name="Northlight",
        tagline="Science and what it is good for",
        feed_format=OutletFeedFormat.JSON_FEED,
        feed_path="/feed.json",
        path="/{words}",
        credit=CreditStyle.BYLINE,
        ink="#5b3a8c",
        paper="#fbfaff",
        tags=("magazine", "science"),
    ),
    DemoOutlet(
        slug="ledger",
        name="The Ledger",
        tagline="Money, plainly",
        feed_format=OutletFeedFormat.ATOM_SUMMARY,
        feed_path="/atom.xml",
        path="/{date:%Y-%m-%d}/{words}/",
        credit=CreditStyle.BRACKETS,
        ink="#33691e",
        paper="#fff8ee",
        tags=("daily", "business"),
    ),
    DemoOutlet(
        slug="valley",
        name="Valley Record",
        tagline="Upper Tarn, Vennacher and the road between",
        feed_format=OutletFeedFormat.RSS_SUMMARY,
        feed_path="/?feed=rss2",
        path="/{date:%Y/%m}/{words}/",
        credit=CreditStyle.CLOSING_LINE,
        ink="#8a4b08",
        paper="#ffffff",
        tags=("local",),
        priority=-5,
    ),
    DemoOutlet(
        slug="morgenbote",
        name="Der Morgenbote",
        tagline="Unabhängige Tageszeitung für das Lindental",
        feed_format=OutletFeedFormat.RSS_FULL,
        feed_path="/rss.xml",
        path="/region/{words}-{number}",
        credit=CreditStyle.BRACKETS,
        ink="#22333b",
        paper="#ffffff",
        tags=("daily", "deutsch"),
        language="de",
        priority=5,
    ),
    DemoOutlet(
        slug="seetaler",
        name="Seetaler Anzeiger",
        tagline="Nachrichten von beiden Ufern",
        feed_format=OutletFeedFormat.RSS_SUMMARY,
        feed_path="/nachrichten.rss",
        path="/artikel/{number}-{words}.html",
        credit=CreditStyle.CLOSING_LINE,
        ink="#00607a",
        paper="#f7fbfc",
        tags=("local", "deutsch"),
        language="de",
    ),
)


def outlet_named(slug: str) -> DemoOutlet | None:
    """Returns the outlet with this host name, or None."""
    return next((outlet for outlet in OUTLETS if outlet.slug == slug), None)
