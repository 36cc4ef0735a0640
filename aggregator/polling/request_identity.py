"""Reads the User-Agent and the further headers of a feed's requests from its configuration.

They apply to requests for the feed and its pages. Headers may hold a password or a cookie. Like the password in a
URL they are sent only to their own origins, wherever a redirect or a link of the feed leads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import httpx

from aggregator.polling.request_urls import UrlOrigin, parse_url, url_origin
from aggregator.settings.feeds_file import FeedSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestIdentity:
    """The configured identity of a feed's requests; ``headers``, by lower-case name, are for ``origins`` only."""

    user_agent: bytes | None = None
    headers: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    origins: frozenset[UrlOrigin] = frozenset()

    def headers_for(self, url: httpx.URL) -> Mapping[bytes, bytes]:
        """Returns the configured headers of a request to ``url``."""
        return self.headers if url_origin(url) in self.origins else {}

    @property
    def without_headers(self) -> RequestIdentity:
        """The identity for a request for robots.txt, without the headers that are for feed and pages only."""
        return replace(self, headers={}, origins=frozenset())


DEFAULT_IDENTITY = RequestIdentity()
"""The identity without any configuration."""


def identity_of_feed(feed: FeedSettings | None) -> RequestIdentity:
    """Returns the identity of a feed's requests; ``feed`` is None if the feed is no longer configured."""
    if feed is None or not (feed.headers or feed.user_agent):
        return DEFAULT_IDENTITY
    urls = (parse_url(url) for url in (feed.url, *feed.headers_to))
    return RequestIdentity(
        user_agent=feed.user_agent.encode("latin-1") if feed.user_agent else None,
        headers={
            name.lower().encode("ascii"): value.get_secret_value().encode("latin-1")
            for name, value in feed.headers.items()
        },
        origins=frozenset(url_origin(url) for url in urls if url is not None),
    )
