"""Collects the feeds of a subscription list, whatever its format, and what was left out.

No part of a list is trusted: each feed is validated like one that a person wrote into the configuration.
``opml_reader`` and ``url_list_reader`` read the formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from aggregator.configuration.loading import comparable_url, error_message
from aggregator.configuration.settings_dump import YamlValue, feed_values
from aggregator.settings.feeds_file import FeedSettings

_PSEUDO_SCHEME = re.compile(r"(?:feeds?|itpc|pcast|podcast|rss):(?://)?(?=https?:)", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"(?:feeds?|itpc|pcast|podcast|rss):(?=//)|(?=//[\w-]+\.)", re.IGNORECASE)
_HOST_AND_PATH = re.compile(r"www\.[\w-]+\.\w|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?/", re.IGNORECASE)
_REMOVED_FROM_URLS = re.compile(r"[\t\r\n]+")
_PROGRAMS = ("exec:", "filter:", "|")
_QUERY = "query:"


@dataclass(frozen=True, kw_only=True, slots=True)
class SkippedPart:
    """A part of a subscription list that was not read: its title, URL or setting, and the reason."""

    what: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscriptions:
    """The feeds of a subscription list, as settings by key, and the parts that were not read.

    ``format`` names the list in a sentence. ``problems`` are faults of the whole document, as sentences about it.
    """

    format: str
    feeds: tuple[Mapping[str, YamlValue], ...] = ()
    skipped: tuple[SkippedPart, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass
class SubscriptionCollector:
    """Validates the feeds of a list one by one; a feed that occurs twice becomes one with the tags of both."""

    skipped: list[SkippedPart] = field(default_factory=list)
    _feeds: dict[str, dict[str, YamlValue]] = field(default_factory=dict)

    @property
    def feeds(self) -> tuple[Mapping[str, YamlValue], ...]:
        """The feeds so far, in the order of the list."""
        return tuple(self._feeds.values())

    def skip(self, what: str, reason: str) -> None:
        """Records a part that is left out."""
        self.skipped.append(SkippedPart(what=what, reason=reason))

    def add(self, settings: Mapping[str, Any], *, what: str) -> None:
        """Adds a feed; leaves out invalid settings, or the whole feed if its URL is invalid.

        ``what`` names the feed in the report.
        """
        wanted = dict(settings)
        wanted["url"] = url = web_url(str(wanted["url"]))
        if reason := _reason_against(url):
            self.skip(what, reason)
            return
        while True:
            try:
                feed = FeedSettings.model_validate(wanted)
            except ValidationError as error:
                errors = {
                    str(details["loc"][0]) if details["loc"] else "headers": details for details in error.errors()
                }
                for key, details in errors.items():
                    reason = error_message(details)
                    self.skip(what, reason if key == "url" else f"the setting {key} is left out: {reason}")
                if "url" in errors or not errors.keys() & wanted.keys():
                    return
                wanted = {key: value for key, value in wanted.items() if key not in errors}
            else:
                self._add_valid(feed, what)
                return

    def _add_valid(self, feed: FeedSettings, what: str) -> None:
        values = feed_values(feed)
        known = self._feeds.setdefault(comparable_url(feed.url), values)
        if known is values:
            return
        tags = tuple(dict.fromkeys((*FeedSettings.model_validate(known).tags, *feed.tags)))
        if tags:
            known["tags"] = tags
        self.skip(what, "the list has this feed twice; it is read once, with the tags of both")


def web_url(written: str) -> str:
    """Returns a feed's URL as it was meant: without pseudo-scheme, line breaks and blanks, and with a scheme.

    ``&amp;`` in it was escaped twice. The URL standard removes tabs and line breaks, and encodes blanks (4.4).
    """
    url = _REMOVED_FROM_URLS.sub("", written).strip().replace("&amp;", "&").replace(" ", "%20")
    url = _PSEUDO_SCHEME.sub("", url, count=1)
    if match := _FEED_SCHEME.match(url):
        return f"https:{url[match.end() :]}"
    return f"https://{url}" if _HOST_AND_PATH.match(url) else url


def _reason_against(url: str) -> str | None:
    """Returns the reason why a feed of another program cannot be read, or None."""
    lowered = url.lower()
    if lowered.startswith(_PROGRAMS):
        return "its entries come from a program on the computer, which the service does not run"
    if lowered.startswith(_QUERY):
        return "it is a search in other feeds; write a digest with where instead"
    return None
