"""Headers before documents, hubs before clouds, https before http."""

from __future__ import annotations

import pytest

from aggregator.model.parsing import Push
from aggregator.model.polling import Offer, PushKind
from aggregator.polling.push_discovery import advertised, best_offer, html_push

URL = "https://one.example/feed"
HUB, OTHER = "https://hub.example/", "https://other.example/"
CLOUD = "http://cloud.example:5337/pleaseNotify"


@pytest.mark.parametrize(
    ("header", "embedded", "push"),
    [
        pytest.param("", Push(), Push(topic=URL), id="nothing"),
        pytest.param(
            f"<{HUB}>; rel=hub, <{URL}?a>; rel=self",
            Push(topic=f"{URL}?b", hubs=(OTHER,)),
            Push(topic=f"{URL}?a", hubs=(HUB,)),
            id="104 headers before the document",
        ),
        pytest.param(
            f"<{URL}?a>; rel=self",
            Push(topic=f"{URL}?b", hubs=(OTHER,)),
            Push(topic=f"{URL}?b", hubs=(OTHER,)),
            id="headers without a hub do not count",
        ),
        pytest.param(
            f"<{HUB}>; rel=hub",
            Push(topic=f"{URL}?b"),
            Push(topic=f"{URL}?b", hubs=(HUB,)),
            id="a hub in the headers, the name in the document",
        ),
        pytest.param(
            f"<{URL}?a>; rel=self",
            Push(hubs=(OTHER,)),
            Push(topic=f"{URL}?a", hubs=(OTHER,)),
            id="the name in the headers, a hub in the document",
        ),
        pytest.param(f"<{HUB}>; rel=hub", Push(), Push(topic=URL, hubs=(HUB,)), id="no name anywhere"),
        pytest.param(
            f"<{HUB}>; rel=hub", Push(cloud=CLOUD), Push(topic=URL, hubs=(HUB,), cloud=CLOUD), id="a cloud stays known"
        ),
    ],
)
def test_the_first_place_that_names_a_hub_decides(header: str, embedded: Push, push: Push) -> None:
    assert advertised({"link": header} if header else {}, url=URL, embedded=embedded) == push


@pytest.mark.parametrize(
    ("push", "offer"),
    [
        pytest.param(Push(), None, id="nobody"),
        pytest.param(Push(hubs=(HUB, OTHER)), Offer(kind=PushKind.WEBSUB, hub=HUB, topic=URL), id="the first hub"),
        pytest.param(
            Push(topic=f"{URL}?a", hubs=("http://plain.example/", OTHER)),
            Offer(kind=PushKind.WEBSUB, hub=OTHER, topic=f"{URL}?a"),
            id="https before http",
        ),
        pytest.param(
            Push(hubs=("http://plain.example/",)),
            Offer(kind=PushKind.WEBSUB, hub="http://plain.example/", topic=URL),
            id="http where there is nothing else",
        ),
        pytest.param(
            Push(hubs=(HUB,), cloud=CLOUD), Offer(kind=PushKind.WEBSUB, hub=HUB, topic=URL), id="a hub before a cloud"
        ),
        pytest.param(Push(cloud=CLOUD), Offer(kind=PushKind.RSSCLOUD, hub=CLOUD, topic=URL), id="a cloud"),
        pytest.param(
            Push(hubs=(HUB + "a" * 2000, OTHER)),
            Offer(kind=PushKind.WEBSUB, hub=OTHER, topic=URL),
            id="no endless address",
        ),
    ],
)
def test_whom_to_ask(push: Push, offer: Offer | None) -> None:
    assert best_offer(push, url=URL) == offer


def test_101_a_page_advertises_in_its_head() -> None:
    page = f"<html><head><link rel='hub' href='{HUB}'><link rel='self' href='/feed'></head></html>"
    assert html_push(page, url="https://one.example/") == Push(topic=URL, hubs=(HUB,))
