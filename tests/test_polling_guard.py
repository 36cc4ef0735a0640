"""No connection is even tried to an address that may not be asked, however a URL comes to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from aggregator.model.polling import HttpError, Refused, SuccessResponse
from aggregator.polling.fetch import Fetcher, FetchKind
from aggregator.settings.settings_file import FetchingSettings
from tests.network import Names
from tests.publisher import Publisher, reply
from tests.test_polling_fetch import LOOPBACK

pytestmark = pytest.mark.anyio

_watching: list[tuple[Any, ...]] | None = None


def _notice(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _watching is not None:
        _watching.append(tuple(arguments[1][:2]))


sys.addaudithook(_notice)


@pytest.fixture
def tried() -> Iterator[list[tuple[Any, ...]]]:
    """Host and port of every connection that the process tries to make, whoever makes it."""
    global _watching  # noqa: PLW0603 - an audit hook cannot be taken back
    _watching = []
    yield _watching
    _watching = None


FORBIDDEN = {
    "IPv4-mapped": "::ffff:10.0.0.1",
    "IPv4-compatible": "::10.0.0.1",
    "NAT64": "64:ff9b::a00:1",
    "local NAT64": "64:ff9b:1::a00:1",
    "6to4": "2002:a00:1::1",
    "Teredo": "2001::1",
    "private": "192.168.0.1",
    "private IPv6": "fd00::1",
    "CGNAT": "100.64.0.1",
    "link-local": "169.254.169.254",
    "link-local IPv6": "fe80::1",
    "site-local": "fec0::1",
    "multicast": "224.0.0.1",
    "multicast IPv6": "ff02::1",
    "unspecified": "0.0.0.0",
    "unspecified IPv6": "::",
    "loopback IPv6": "::1",
    "broadcast": "255.255.255.255",
}


@pytest.mark.parametrize("address", FORBIDDEN.values(), ids=FORBIDDEN)
async def test_a_forbidden_address_is_not_connected_to(address: str, tried: list[tuple[Any, ...]]) -> None:
    """Asked for, posted to, redirected to, as a name's only address, and as one of several."""
    host = f"[{address}]" if ":" in address else address
    names = Names(only_example=[[address]], both_example=[["127.0.0.1", address]])
    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1", resolver=names) as fetcher:
        url = publisher.script("/", reply(302, {"Location": publisher.url(host=host)}))
        outcomes = [
            await fetcher.get(publisher.url(host=host), kind=FetchKind.FEED),
            await fetcher.post(publisher.url(host=host), {}),
            await fetcher.get(publisher.url(host="only.example"), kind=FetchKind.FEED),
            await fetcher.get(publisher.url(host="both.example"), kind=FetchKind.FEED),
            await fetcher.get(url, kind=FetchKind.FEED),
        ]
    assert [type(outcome) for outcome in outcomes] == [Refused] * 5
    assert tried == [("127.0.0.1", publisher.port)]


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0"),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::]", "[::1]", "[64:ff9b::127.0.0.1]"),
        *("127.0.0.1.", "localhost", "LOCALHOST.", "a.localhost", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1"),
    ],
)
async def test_no_spelling_of_loopback_reaches_a_listener(host: str, tried: list[tuple[Any, ...]]) -> None:
    async with Publisher() as publisher, Fetcher(FetchingSettings(), version="1", resolver=Names()) as fetcher:
        url = publisher.url(host=host)
        outcomes = [await fetcher.get(url, kind=FetchKind.FEED), await fetcher.post(url, {})]
    assert [type(outcome) for outcome in outcomes] == [Refused] * 2
    assert (publisher.connections, tried) == (0, [])


@pytest.mark.parametrize("host", ["127.0.0.2", "127.2", "2130706434", "0x7f.2", "0177.0.0.2", "[::ffff:127.0.0.2]"])
async def test_no_spelling_in_a_redirect_goes_round_the_rule(host: str, tried: list[tuple[Any, ...]]) -> None:
    """One address of loopback may be asked, its neighbour may not."""
    one = LOOPBACK.model_copy(update={"allow_networks": (ip_network("127.0.0.1/32"),)})
    async with Publisher() as publisher, Fetcher(one, version="1", resolver=Names()) as fetcher:
        url = publisher.script("/", reply(302, {"Location": publisher.url(host=host)}))
        outcome = await fetcher.get(url, kind=FetchKind.FEED)
    assert isinstance(outcome, Refused | HttpError)
    assert tried == [("127.0.0.1", publisher.port)]


async def test_a_name_that_changes_its_answer_is_connected_to_where_it_was_checked(
    tried: list[tuple[Any, ...]],
) -> None:
    """One question per connection, and no second answer on the way to the socket (DNS rebinding)."""
    names = Names(rebind_example=[["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"]])
    async with Publisher() as publisher, Fetcher(LOOPBACK, version="1", resolver=names) as fetcher:
        publisher.script("/", reply(200, {"Connection": "close"}))
        url = publisher.url(host="rebind.example")
        outcomes = [await fetcher.get(url, kind=FetchKind.FEED) for _ in range(3)]
    assert [type(outcome) for outcome in outcomes] == [SuccessResponse, Refused, Refused]
    assert tried == [("127.0.0.1", publisher.port)]
    assert names.asked == ["rebind.example"] * 3
