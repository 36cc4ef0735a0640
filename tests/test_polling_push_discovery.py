"""Headers before documents, hubs before clouds, https before http."""

from __future__ import annotations

import pytest

from aggregator.model.parsing import PushLinks
from aggregator.model.polling import PushKind, PushOffer
from aggregator.polling.push_discovery import choose_push_offer, discover_push, discover_push_in_html

URL = "https://one.example/feed"
HUB, OTHER = "https://hub.example/", "https://other.example/"
CLOUD = "http://cloud.example:5337/pleaseNotify"


@pytest.mark.parametrize(
    ("header", "embedded", "push"),
    [
        pytest.param("", PushLinks(), PushLinks(topic=URL), id="nothing"),
        pytest.param(
            f"<{HUB}>; rel=hub, <{URL}?a>; rel=self",
            PushLinks(topic=f"{URL}?b", hubs=(OTHER,)),
            PushLinks(topic=f"{URL}?a", hubs=(HUB,)),
            id="104 headers before the document",
        ),
        pytest.param(
            f"<{URL}?a>; rel=self",
            PushLinks(topic=f"{URL}?b", hubs=(OTHER,)),
            PushLinks(topic=f"{URL}?b", hubs=(OTHER,)),
            id="headers without a hub do not count",
        ),
        pytest.param(
            f"<{HUB}>; rel=hub",
            PushLinks(topic=f"{URL}?b"),
            PushLinks(topic=f"{URL}?b", hubs=(HUB,)),
            id="a hub in the headers, the name in the document",
        ),
        pytest.param(
            f"<{URL}?a>; rel=self",
            PushLinks(hubs=(OTHER,)),
            PushLinks(topic=f"{URL}?a", hubs=(OTHER,)),
            id="the name in the headers, a hub in the document",
        ),
        pytest.param(f"<{HUB}>; rel=hub", PushLinks(), PushLinks(topic=URL, hubs=(HUB,)), id="no name anywhere"),
        pytest.param(
            f"<{HUB}>; rel=hub",
            PushLinks(cloud=CLOUD),
            PushLinks(topic=URL, hubs=(HUB,), cloud=CLOUD),
            id="a cloud stays known",
        ),
    ],
)
def test_the_first_place_that_names_a_hub_decides(header: str, embedded: PushLinks, push: PushLinks) -> None:
    assert discover_push({"link": header} if header else {}, url=URL, embedded=embedded) == push


@pytest.mark.parametrize(
    ("push", "offer"),
    [
        pytest.param(PushLinks(), None, id="nobody"),
        pytest.param(
            PushLinks(hubs=(HUB, OTHER)), PushOffer(kind=PushKind.WEBSUB, hub=HUB, topic=URL), id="the first hub"
        ),
        pytest.param(
            PushLinks(topic=f"{URL}?a", hubs=("http://plain.example/", OTHER)),
            PushOffer(kind=PushKind.WEBSUB, hub=OTHER, topic=f"{URL}?a"),
            id="https before http",
        ),
        pytest.param(
            PushLinks(hubs=("http://plain.example/",)),
            PushOffer(kind=PushKind.WEBSUB, hub="http://plain.example/", topic=URL),
            id="http where there is nothing else",
        ),
        pytest.param(
            PushLinks(hubs=(HUB,), cloud=CLOUD),
            PushOffer(kind=PushKind.WEBSUB, hub=HUB, topic=URL),
            id="a hub before a cloud",
        ),
        pytest.param(PushLinks(cloud=CLOUD), PushOffer(kind=PushKind.RSSCLOUD, hub=CLOUD, topic=URL), id="a cloud"),
        pytest.param(
            PushLinks(hubs=(HUB + "a" * 2000, OTHER)),
            PushOffer(kind=PushKind.WEBSUB, hub=OTHER, topic=URL),
            id="no endless address",
        ),
    ],
)
def test_whom_to_ask(push: PushLinks, offer: PushOffer | None) -> None:
    assert choose_push_offer(push, url=URL) == offer


def test_101_a_page_advertises_in_its_head() -> None:
    page = f"<html><head><link rel='hub' href='{HUB}'><link rel='self' href='/feed'></head></html>"
    assert discover_push_in_html(page, url="https://one.example/") == PushLinks(topic=URL, hubs=(HUB,))
