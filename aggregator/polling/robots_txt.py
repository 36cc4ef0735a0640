"""Applies the robots.txt of a host to requests for pages (RFC 9309).

``fetch`` requests the file and ``store`` stores it: ``RobotsTxt`` holds two plain values. Feeds are exempt: a
publisher offers a feed to programs, and a feed reader is no crawler.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from protego import Protego

from aggregator.model.polling import FetchOutcome, HttpError, RefusalRule, Refused, SuccessResponse, Unreachable
from aggregator.polling.freshness import remaining_freshness
from aggregator.polling.poll_interval import backoff

ROBOTS_AGENT = "aggregator"
"""The product token of this service in a robots.txt."""

MAX_ROBOTS_BYTES = 500 * 1024
"""The number of bytes of a robots.txt that are parsed (RFC 9309 section 2.5)."""

_FIRST_UNREACHABLE_LIFETIME = timedelta(minutes=5)
_MIN_LIFETIME = timedelta(hours=1)
_MAX_LIFETIME = timedelta(hours=24)  # RFC 9309 section 2.4


class RobotsAccess(StrEnum):
    """The access that a host's robots.txt, or its absence, gives."""

    RULES = "rules"
    EVERYTHING = "everything"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True, slots=True)
class RobotsTxt:
    """The access that a host gives; ``text`` is the robots.txt if its rules decide."""

    verdict: RobotsAccess
    text: str | None = None

    def allows(self, url: str, agent: str = ROBOTS_AGENT) -> bool:
        """Returns True if ``agent`` may request ``url``, a URL of this host."""
        if self.verdict is RobotsAccess.RULES:
            return _rules(self.text or "").can_fetch(url, agent)
        return self.verdict is RobotsAccess.EVERYTHING

    @property
    def crawl_delay(self) -> timedelta | None:
        """The pause between requests that the host asks for, at most one day."""
        seconds = _rules(self.text).crawl_delay(ROBOTS_AGENT) if self.text else None
        return None if seconds is None else timedelta(seconds=min(seconds, 86_400.0))

    def crawl_delay_within(self, longest: timedelta) -> timedelta:
        """Returns the pause between requests that the host asks for, at most ``longest``; zero if it asks for none."""
        return min(self.crawl_delay or timedelta(), longest)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemap URLs of the robots.txt, unchanged."""
        return tuple(_rules(self.text).sitemaps) if self.text else ()


def parse_robots(outcome: FetchOutcome) -> RobotsTxt:
    """Returns the access that follows from the outcome of a request for a robots.txt.

    A missing file (4xx, or redirects without end) allows everything. A server error, or no response, allows nothing
    for now (RFC 9309 section 2.3.1). A 429 means an overloaded server, so it counts as a server error; the RFC leaves
    this open. An HTML page in place of the file has no rules; rules that are sent with the type of HTML count. A 304
    has no rules: the caller of a conditional request keeps the ones that it has.
    """
    match outcome:
        case SuccessResponse(body=body):
            text = _text(body)
            if text.lstrip().startswith("<"):
                return RobotsTxt(verdict=RobotsAccess.EVERYTHING)
            return RobotsTxt(verdict=RobotsAccess.RULES, text=text)
        case HttpError(status=status) if status != 429 and status < 500:
            return RobotsTxt(verdict=RobotsAccess.EVERYTHING)
        case Refused(rule=RefusalRule.REDIRECTS):
            return RobotsTxt(verdict=RobotsAccess.EVERYTHING)
        case _:
            return RobotsTxt(verdict=RobotsAccess.NOTHING)


def robots_lifetime(outcome: FetchOutcome, *, now: datetime, host_failures: int = 1) -> timedelta:
    """Returns how long a robots.txt, or its absence, is valid.

    As long as the response is fresh, but at least an hour and at most a day (RFC 9309 section 2.4). After an error of
    the server the file is requested again after an hour. If no response came, it is requested again after five
    minutes, and after twice as long for each of ``host_failures``, the failed requests to the host in a row, up to an
    hour: RFC 9309 section 2.3.1.4 leaves this time open.
    """
    if isinstance(outcome, Unreachable):
        return unreachable_lifetime(host_failures)
    if parse_robots(outcome).verdict is RobotsAccess.NOTHING:
        return _MIN_LIFETIME
    fresh = remaining_freshness(outcome.headers, now=now) if isinstance(outcome, SuccessResponse | HttpError) else None
    return _MAX_LIFETIME if fresh is None else min(max(fresh, _MIN_LIFETIME), _MAX_LIFETIME)


def unreachable_lifetime(host_failures: int) -> timedelta:
    """Returns how long a robots.txt without a response is not requested again, at most an hour."""
    return min(backoff(host_failures, first=_FIRST_UNREACHABLE_LIFETIME), _MIN_LIFETIME)


def is_first_outage(host_failures: int) -> bool:
    """Returns True if a host has not responded for a short time only: its robots.txt is soon requested again."""
    return host_failures > 0 and unreachable_lifetime(host_failures) < _MIN_LIFETIME


def _text(body: bytes) -> str:
    if len(body) > MAX_ROBOTS_BYTES:
        body = body[:MAX_ROBOTS_BYTES].rpartition(b"\n")[0]  # half a rule could forbid too much, or too little
    return body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\0", "")


@lru_cache(maxsize=64)
def _rules(text: str) -> Protego:
    return Protego.parse(text)
