"""Which other addresses does a feed advertise: its own name, hubs, a cloud, older entries?

The rules that RSS, Atom and JSON Feed share. Addresses are absolute, http or https, and otherwise
as the publisher wrote them: a hub knows a topic by its exact spelling (WebSub section 4). It reads
no document, and whether to turn to any of these addresses is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aggregator.model.parsing import Push
from aggregator.parsing.urls import absolute_url

MOST_HUBS = 10
"""Hubs kept of one feed; publishers name one or two."""

_MOST_CANDIDATES = 100
_IANA = "http://www.iana.org/assignments/relation/"  # RFC 4287 section 4.2.7.2: a name and its URL are one relation
_CLOUD_SCHEMES = {"http-post": "http", "https-post": "https"}


def addresses_of(relation: str, links: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ``href`` of every link of this relation, in the order given."""
    return [
        link["href"]
        for link in links
        if isinstance(link.get("href"), str)
        and relation in (name.removeprefix(_IANA) for name in str(link.get("rel")).split())
    ]


def first_address(candidates: Iterable[str], *, base: str) -> str | None:
    """The first candidate that is an address; ``base``, the document's own, is the one that leads nowhere."""
    return next((url for url in _addresses(candidates, base) if url != base), None)


def push_of(*, topics: Iterable[str], hubs: Iterable[str], cloud: object = None, base: str) -> Push:
    """Who would tell of news; ``cloud`` is what an RSS ``cloud`` element says, by the names of its attributes."""
    return Push(
        topic=next(iter(_addresses(topics, base)), None),
        hubs=tuple(_addresses(hubs, base))[:MOST_HUBS],
        cloud=_registration(cloud) if isinstance(cloud, Mapping) else None,
    )


def _addresses(candidates: Iterable[str], base: str) -> list[str]:
    """The usable ones, each once."""
    few = (candidate for _, candidate in zip(range(_MOST_CANDIDATES), candidates, strict=False))
    urls = (absolute_url(candidate, base=base) for candidate in few)
    return [url for url in dict.fromkeys(urls) if url is not None]


def _registration(cloud: Mapping[str, Any]) -> str | None:
    """Where to register with an rssCloud server that speaks plain HTTP; XML-RPC and SOAP are not spoken here."""
    domain, port, path = (str(cloud.get(name) or "").strip() for name in ("domain", "port", "path"))
    scheme = _CLOUD_SCHEMES.get(str(cloud.get("protocol")).strip().lower())
    if scheme is None or not domain or set(domain) & set("/?#@:"):
        return None
    return absolute_url(f"{scheme}://{domain}{':' if port else ''}{port}/{path.removeprefix('/')}")
