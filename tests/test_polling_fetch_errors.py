"""What failed on the way is named by who is to blame, and the most telling of several errors counts."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Sequence

import httpx
import pytest

from aggregator.model.polling import FailureKind, Unreachable
from aggregator.polling.fetch import Fetcher, FetchKind
from aggregator.polling.fetch_errors import classify_request_error, is_connection_refused, most_informative_error
from aggregator.polling.ip_address_rules import IPAddress
from tests.network import Names
from tests.test_polling_fetch import LOOPBACK

pytestmark = pytest.mark.anyio


def os_error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("number", "trouble"),
    [
        (errno.ENETUNREACH, FailureKind.NETWORK),
        (errno.ENETDOWN, FailureKind.NETWORK),
        (errno.EADDRNOTAVAIL, FailureKind.NETWORK),
        (errno.EHOSTUNREACH, FailureKind.NETWORK),
        (errno.ECONNREFUSED, FailureKind.CONNECT),
        (errno.ECONNRESET, FailureKind.CONNECT),
        (errno.EPIPE, FailureKind.CONNECT),
    ],
)
def test_no_way_out_is_our_trouble_and_not_the_hosts(number: int, trouble: FailureKind) -> None:
    error = httpx.ConnectError("no connection")
    error.__cause__ = os_error(number)
    assert classify_request_error(error) == (trouble, os.strerror(number))
    assert is_connection_refused(error) is (number == errno.ECONNREFUSED)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        pytest.param(socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), FailureKind.NETWORK, id="nobody answers"),
        pytest.param(socket.gaierror(socket.EAI_NONAME, "Name not known"), FailureKind.DNS, id="there is no such name"),
        pytest.param(socket.gaierror(socket.EAI_FAIL, "Failure"), FailureKind.DNS, id="its servers refuse"),
        pytest.param(UnicodeError("label too long"), FailureKind.DNS, id="it cannot be a name"),
    ],
)
async def test_a_resolver_that_nobody_answers_is_our_trouble(error: Exception, trouble: FailureKind) -> None:
    async def resolver(host: str, port: int) -> Sequence[IPAddress]:
        assert (host, port) == ("h.example", 80)
        raise error

    async with Fetcher(LOOPBACK, version="1", resolver=resolver) as fetcher:
        outcome = await fetcher.get("http://h.example/", kind=FetchKind.FEED)
    assert isinstance(outcome, Unreachable)
    assert (outcome.trouble, outcome.refused) == (trouble, False)
    assert "the name h.example does not resolve" in outcome.reason


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        pytest.param((errno.ENETUNREACH, errno.ECONNREFUSED), errno.ECONNREFUSED, id="a refusal beats no route"),
        pytest.param((errno.ECONNREFUSED, errno.ENETUNREACH), errno.ECONNREFUSED, id="in whatever order"),
        pytest.param((errno.EADDRNOTAVAIL, errno.ETIMEDOUT), errno.ETIMEDOUT, id="silence beats no route"),
        pytest.param((errno.ETIMEDOUT, errno.ECONNRESET), errno.ECONNRESET, id="a reset beats silence"),
        pytest.param((errno.EHOSTUNREACH, errno.ENETUNREACH), errno.EHOSTUNREACH, id="the first of equals"),
    ],
)
def test_the_error_that_tells_most_of_the_host_counts(errors: tuple[int, ...], told: int) -> None:
    assert most_informative_error([os_error(number) for number in errors]).errno == told


def test_an_address_that_answered_without_tls_tells_most() -> None:
    secure = ssl.SSLError(1, "wrong version number")
    assert most_informative_error([os_error(errno.ECONNREFUSED), secure, TimeoutError()]) is secure


async def test_a_port_nobody_listens_on_is_refused_on_every_address() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: nobody else takes the port meanwhile
        url = f"http://closed.example:{closed.getsockname()[1]}/"
        names = Names(closed_example=[["127.0.0.1", "127.0.0.1"]])
        async with Fetcher(LOOPBACK, version="1", resolver=names) as fetcher:
            outcome = await fetcher.get(url, kind=FetchKind.FEED)
    assert outcome == Unreachable(url=url, trouble=FailureKind.CONNECT, reason="Connection refused", refused=True)
