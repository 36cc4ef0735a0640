"""May this page be fetched, says the host's robots.txt (RFC 9309)?

Getting the file is ``fetch``'s, keeping it the store's: ``Robots`` is two plain values. Feeds
are not asked about: publishing one is an invitation, and its reader is no crawler.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from protego import Protego

from aggregator.model.polling import Answer, FetchOutcome, HttpError, Refused, Rule
from aggregator.polling.freshness import fresh_for

AGENT = "aggregator"
"""The product token by which a robots.txt addresses us."""

PARSED_BYTES = 500 * 1024
"""What of a robots.txt counts (RFC 9309 section 2.5)."""

_SHORTEST = timedelta(hours=1)
_LONGEST = timedelta(hours=24)  # RFC 9309 section 2.4


class RobotsVerdict(StrEnum):
    """What a host's robots.txt, or its absence, comes to."""

    RULES = "rules"
    EVERYTHING = "everything"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Robots:
    """What a host allows; ``text`` is the robots.txt when its rules decide."""

    verdict: RobotsVerdict
    text: str | None = None

    def allows(self, url: str, agent: str = AGENT) -> bool:
        """Whether ``agent`` may fetch ``url``, which is a URL of this host."""
        if self.verdict is RobotsVerdict.RULES:
            return _rules(self.text or "").can_fetch(url, agent)
        return self.verdict is RobotsVerdict.EVERYTHING

    @property
    def crawl_delay(self) -> timedelta | None:
        """The pause between requests that is asked of us; at most a day is believed."""
        seconds = _rules(self.text).crawl_delay(AGENT) if self.text else None
        return None if seconds is None else timedelta(seconds=min(seconds, 86_400.0))

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The addresses of sitemaps that it names, as they stand there."""
        return tuple(_rules(self.text).sitemaps) if self.text else ()


def parse_robots(outcome: FetchOutcome) -> Robots:
    """What the attempt to fetch a robots.txt comes to.

    No such file (4xx, or redirects without end) allows everything; a server that fails or
    cannot be reached allows nothing for now (RFC 9309 section 2.3.1). A 429 is a server in
    need of quiet, so it counts as failing, which the RFC leaves to us. A page of HTML in its
    place is no rule; rules that come typed as HTML are. A 304 says nothing: who asks
    conditionally keeps what it had.
    """
    match outcome:
        case Answer(body=body):
            text = _text(body)
            if text.lstrip().startswith("<"):
                return Robots(verdict=RobotsVerdict.EVERYTHING)
            return Robots(verdict=RobotsVerdict.RULES, text=text)
        case HttpError(status=status) if status != 429 and status < 500:
            return Robots(verdict=RobotsVerdict.EVERYTHING)
        case Refused(rule=Rule.REDIRECTS):
            return Robots(verdict=RobotsVerdict.EVERYTHING)
        case _:
            return Robots(verdict=RobotsVerdict.NOTHING)


def holds_for(outcome: FetchOutcome, *, now: datetime) -> timedelta:
    """How long what a robots.txt says, or its absence, is believed.

    As long as its answer is fresh, but an hour at least and a day at most (RFC 9309 section 2.4);
    one that could not be had is asked for again after an hour.
    """
    if parse_robots(outcome).verdict is RobotsVerdict.NOTHING:
        return _SHORTEST
    fresh = fresh_for(outcome.headers, now=now) if isinstance(outcome, Answer | HttpError) else None
    return _LONGEST if fresh is None else min(max(fresh, _SHORTEST), _LONGEST)


def _text(body: bytes) -> str:
    if len(body) > PARSED_BYTES:
        body = body[:PARSED_BYTES].rpartition(b"\n")[0]  # half a rule could forbid too much, or too little
    return body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\0", "")


@lru_cache(maxsize=64)
def _rules(text: str) -> Protego:
    return Protego.parse(text)
