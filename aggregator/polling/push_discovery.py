"""Who would tell us of a feed's news, and whom do we ask?

WebSub's discovery (https://www.w3.org/TR/websub/, section 4): Link headers first, then the links
embedded in the document, and the first of the two that names a hub decides. An rssCloud server is
asked only where there is no hub, because it says that there is news, not what. Asking is
``websub``'s and ``rsscloud``'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from aggregator.model.parsing import Push
from aggregator.model.polling import Offer, PushKind
from aggregator.polling.link_headers import header_links, html_links, targets

_LONGEST_URL = 2000
"""Characters of a hub's URL or a topic; longer ones are no addresses that anybody means."""


def advertised(headers: Mapping[str, str], *, url: str, embedded: Push) -> Push:
    """What an answer from ``url`` advertises, in its headers or else in its document.

    A hub without a topic beside it takes the topic that the other place names, else ``url``.
    """
    links = header_links(headers.get("link", ""), base=url)
    hubs, selves = targets(links, "hub"), targets(links, "self")
    own = selves[0] if selves else None
    if hubs:
        return Push(topic=own or embedded.topic or url, hubs=hubs, cloud=embedded.cloud)
    return Push(topic=embedded.topic or own or url, hubs=embedded.hubs, cloud=embedded.cloud)


def html_push(page: str, *, url: str) -> Push:
    """What the head of an HTML page got from ``url`` advertises."""
    links = html_links(page, base=url)
    return Push(topic=next(iter(targets(links, "self")), None), hubs=targets(links, "hub"))


def best_offer(push: Push, *, url: str) -> Offer | None:
    """Whom to ask: the first hub that is asked over https, else the first hub, else the cloud; None for nobody.

    ``url`` is where the feed is and the topic of a feed that does not name itself.
    """
    topic = push.topic or url
    secure = [hub for hub in push.hubs if urlsplit(hub).scheme == "https"]
    offers = [Offer(kind=PushKind.WEBSUB, hub=hub, topic=topic) for hub in (*secure, *push.hubs)]
    if push.cloud is not None:
        offers.append(Offer(kind=PushKind.RSSCLOUD, hub=push.cloud, topic=topic))
    return next((offer for offer in offers if max(len(offer.hub), len(offer.topic)) <= _LONGEST_URL), None)
