"""As whom does the configuration of a feed let us ask for it and its pages: which User-Agent, which further headers?

Headers may hold a password or a cookie. Like the password in a URL they go to the origins they are
meant for and nowhere else, wherever a redirect or a link of the feed leads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import httpx

from aggregator.polling.request_urls import Origin, origin, parse_url
from aggregator.settings.feeds_file import FeedSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Introduction:
    """What requests of one feed carry; ``headers``, by name in small letters, are for ``origins`` only."""

    user_agent: bytes | None = None
    headers: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    origins: frozenset[Origin] = frozenset()

    def headers_for(self, url: httpx.URL) -> Mapping[bytes, bytes]:
        """The further headers of a request for ``url``."""
        return self.headers if origin(url) in self.origins else {}

    @property
    def without_headers(self) -> Introduction:
        """The same without what is meant for feed and pages alone, for their robots.txt."""
        return replace(self, headers={}, origins=frozenset())


AS_OURSELVES = Introduction()
"""What requests carry when nothing is configured."""


def introduction_of(feed: FeedSettings | None) -> Introduction:
    """What the requests of a feed carry, for the feed and its pages; None is a feed that is not configured any more."""
    if feed is None or not (feed.headers or feed.user_agent):
        return AS_OURSELVES
    urls = (parse_url(url) for url in (feed.url, *feed.headers_to))
    return Introduction(
        user_agent=feed.user_agent.encode("latin-1") if feed.user_agent else None,
        headers={
            name.lower().encode("ascii"): value.get_secret_value().encode("latin-1")
            for name, value in feed.headers.items()
        },
        origins=frozenset(origin(url) for url in urls if url is not None),
    )
