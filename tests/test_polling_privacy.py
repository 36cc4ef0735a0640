"""A feed is private by its owner's word, else by its password, else by its server's word."""

from __future__ import annotations

import pytest

from aggregator.model import Answer, FetchOutcome, HttpError, NotModified, Trouble, Unreachable
from aggregator.polling.privacy import private_after, says_private, why_private

URL = "https://a.example/feed"
SECRET = "https://me:pw@a.example/feed"
PRIVATE = {"cache-control": "private"}


def answer(headers: dict[str, str]) -> Answer:
    return Answer(url=URL, status=200, headers=headers, body=b"")


@pytest.mark.parametrize(
    ("outcome", "configured", "url", "before", "expected"),
    [
        pytest.param(answer({}), None, URL, False, False, id="nobody says anything"),
        pytest.param(answer(PRIVATE), None, URL, False, True, id="the server says so"),
        pytest.param(answer(PRIVATE), False, URL, True, False, id="the owner overrules the server"),
        pytest.param(answer({}), True, URL, False, True, id="the owner says so"),
        pytest.param(answer({}), None, SECRET, False, True, id="a password"),
        pytest.param(answer({}), False, SECRET, True, False, id="the owner overrules the password"),
        pytest.param(answer({}), None, URL, True, False, id="the server says so no more"),
        pytest.param(None, None, URL, False, False, id="before the first poll"),
        pytest.param(None, None, SECRET, False, True, id="a password before the first poll"),
        pytest.param(None, True, URL, False, True, id="the owner before the first poll"),
        pytest.param(NotModified(url=URL, headers={}), None, URL, True, True, id="304 that says nothing"),
        pytest.param(NotModified(url=URL, headers=PRIVATE), None, URL, False, True, id="304 that says so"),
        pytest.param(
            NotModified(url=URL, headers={"cache-control": "max-age=60"}), None, URL, True, False, id="304, no more"
        ),
        pytest.param(HttpError(url=URL, status=401, headers=PRIVATE), None, URL, False, False, id="an error"),
        pytest.param(
            Unreachable(url=URL, trouble=Trouble.DNS, reason="x"), None, URL, True, True, id="an error changes nothing"
        ),
    ],
)
def test_who_decides(
    outcome: FetchOutcome | None, configured: bool | None, url: str, before: bool, expected: bool
) -> None:
    assert private_after(outcome, configured=configured, url=url, before=before) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("private", True),
        ("max-age=0, Private", True),
        ("no-cache,private ,x", True),
        ("public", False),
        ("", False),
        ('private="set-cookie"', False),
        ('x="a, private, b", max-age=1', False),
        ("privately", False),
    ],
)
def test_which_cache_control_is_private(value: str, expected: bool) -> None:
    assert says_private({"cache-control": value}) is expected


def test_the_reason_is_told_in_the_order_in_which_it_was_decided() -> None:
    assert why_private(configured=True, url=SECRET) == "the configuration says so"
    assert why_private(configured=None, url=SECRET) == "its address carries a password"
    assert why_private(configured=None, url=URL) == "its server says so (Cache-Control: private)"
