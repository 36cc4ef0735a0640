"""Discovers the hub or cloud of a feed and chooses the one to subscribe to.

WebSub discovery (https://www.w3.org/TR/websub/, section 4): Link headers first, then the links in the document; the
first of the two that names a hub decides. An rssCloud server is used only without a hub, because it notifies of a
change but does not send it. ``websub`` and ``rsscloud`` build the requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from aggregator.model.parsing import PushLinks
from aggregator.model.polling import PushKind, PushOffer
from aggregator.polling.link_headers import link_targets, parse_html_head_links, parse_link_header

_MAX_URL_LENGTH = 2000
"""The largest length of a hub's URL or a topic, in characters; a longer one cannot be meant as a URL."""


def discover_push(headers: Mapping[str, str], *, url: str, embedded: PushLinks) -> PushLinks:
    """Returns the hubs, cloud and topic that a response from ``url`` advertises, in its headers or its document.

    If the place that names the hub names no topic, the topic of the other place counts, else ``url``.
    """
    links = parse_link_header(headers.get("link", ""), base=url)
    hubs, self_links = link_targets(links, "hub"), link_targets(links, "self")
    header_topic = self_links[0] if self_links else None
    if hubs:
        return PushLinks(topic=header_topic or embedded.topic or url, hubs=hubs, cloud=embedded.cloud)
    return PushLinks(topic=embedded.topic or header_topic or url, hubs=embedded.hubs, cloud=embedded.cloud)


def discover_push_in_html(page: str, *, url: str) -> PushLinks:
    """Returns the hubs and the topic that the head of an HTML page from ``url`` advertises."""
    links = parse_html_head_links(page, base=url)
    return PushLinks(topic=next(iter(link_targets(links, "self")), None), hubs=link_targets(links, "hub"))


def choose_push_offer(push: PushLinks, *, url: str) -> PushOffer | None:
    """Returns the server to subscribe to: the first hub with https, else the first hub, else the cloud, else None.

    ``url`` is the feed's URL. It is the topic of a feed that does not name its own URL.
    """
    topic = push.topic or url
    secure = [hub for hub in push.hubs if urlsplit(hub).scheme == "https"]
    offers = [PushOffer(kind=PushKind.WEBSUB, hub=hub, topic=topic) for hub in (*secure, *push.hubs)]
    if push.cloud is not None:
        offers.append(PushOffer(kind=PushKind.RSSCLOUD, hub=push.cloud, topic=topic))
    return next((offer for offer in offers if max(len(offer.hub), len(offer.topic)) <= _MAX_URL_LENGTH), None)
