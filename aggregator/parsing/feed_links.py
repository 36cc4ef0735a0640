"""Reads the addresses that a feed advertises: its own (topic), hubs, a cloud, older entries.

These rules are shared by RSS, Atom and JSON Feed. Addresses are absolute, http or https, and otherwise as the
publisher wrote them: a hub identifies a topic by its exact spelling (WebSub section 4). This module reads no
document; other modules decide whether to use the addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aggregator.model.parsing import PushLinks
from aggregator.parsing.urls import absolute_url

MAX_HUBS = 10
"""The largest number of hubs of one feed; publishers use one or two."""

_MAX_CHECKED = 100
# RFC 4287 section 4.2.7.2: the name of a relation and this URL followed by the name mean the same.
_IANA = "http://www.iana.org/assignments/relation/"
_CLOUD_SCHEMES = {"http-post": "http", "https-post": "https"}


def links_of_relation(relation: str, links: Iterable[Mapping[str, Any]]) -> list[str]:
    """Returns the ``href`` of every link with this relation, in the order given."""
    return [
        link["href"]
        for link in links
        if isinstance(link.get("href"), str)
        and relation in (name.removeprefix(_IANA) for name in str(link.get("rel")).split())
    ]


def first_other_url(candidates: Iterable[str], *, base: str) -> str | None:
    """Returns the first usable address that is not ``base``, the document's own."""
    return next((url for url in _usable_addresses(candidates, base) if url != base), None)


def advertised_push(*, topics: Iterable[str], hubs: Iterable[str], cloud: object = None, base: str) -> PushLinks:
    """Returns the push endpoints of a feed; ``cloud`` holds the attributes of an RSS ``cloud`` element."""
    return PushLinks(
        topic=next(iter(_usable_addresses(topics, base)), None),
        hubs=tuple(_usable_addresses(hubs, base))[:MAX_HUBS],
        cloud=_cloud_registration_url(cloud) if isinstance(cloud, Mapping) else None,
    )


def _usable_addresses(candidates: Iterable[str], base: str) -> list[str]:
    """Returns the usable addresses as absolute URLs, each once."""
    checked = (candidate for _, candidate in zip(range(_MAX_CHECKED), candidates, strict=False))
    urls = (absolute_url(candidate, base=base) for candidate in checked)
    return [url for url in dict.fromkeys(urls) if url is not None]


def _cloud_registration_url(cloud: Mapping[str, Any]) -> str | None:
    """Returns the registration URL of an rssCloud server with plain HTTP; XML-RPC and SOAP are not supported."""
    domain, port, path = (str(cloud.get(name) or "").strip() for name in ("domain", "port", "path"))
    scheme = _CLOUD_SCHEMES.get(str(cloud.get("protocol")).strip().lower())
    if scheme is None or not domain or set(domain) & set("/?#@:"):
        return None
    return absolute_url(f"{scheme}://{domain}{':' if port else ''}{port}/{path.removeprefix('/')}")
