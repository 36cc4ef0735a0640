"""A feed is private by its owner's word, else by its password, else by its server's word."""

from __future__ import annotations

import pytest

from aggregator.model.polling import FailureKind, FetchOutcome, HttpError, NotModified, SuccessResponse, Unreachable
from aggregator.polling.private_feeds import declares_private, is_private_after, privacy_reason

URL = "https://a.example/feed"
PRIVATE = {"cache-control": "private"}


def answer(headers: dict[str, str]) -> SuccessResponse:
    return SuccessResponse(url=URL, status=200, headers=headers, body=b"")


@pytest.mark.parametrize(
    ("outcome", "configured", "credentials", "before", "expected"),
    [
        pytest.param(answer({}), None, False, False, False, id="nobody says anything"),
        pytest.param(answer(PRIVATE), None, False, False, True, id="the server says so"),
        pytest.param(answer(PRIVATE), False, False, True, False, id="the owner overrules the server"),
        pytest.param(answer({}), True, False, False, True, id="the owner says so"),
        pytest.param(answer({}), None, True, False, True, id="a password"),
        pytest.param(answer({}), False, True, True, False, id="the owner overrules the password"),
        pytest.param(answer({}), None, False, True, False, id="the server says so no more"),
        pytest.param(None, None, False, False, False, id="before the first poll"),
        pytest.param(None, None, True, False, True, id="a password before the first poll"),
        pytest.param(None, True, False, False, True, id="the owner before the first poll"),
        pytest.param(NotModified(url=URL, headers={}), None, False, True, True, id="304 that says nothing"),
        pytest.param(NotModified(url=URL, headers=PRIVATE), None, False, False, True, id="304 that says so"),
        pytest.param(
            NotModified(url=URL, headers={"cache-control": "max-age=60"}), None, False, True, False, id="304, no more"
        ),
        pytest.param(HttpError(url=URL, status=401, headers=PRIVATE), None, False, False, False, id="an error"),
        pytest.param(
            Unreachable(url=URL, trouble=FailureKind.DNS, reason="x"),
            None,
            False,
            True,
            True,
            id="an error changes nothing",
        ),
    ],
)
def test_who_decides(
    outcome: FetchOutcome | None, configured: bool | None, credentials: bool, before: bool, expected: bool
) -> None:
    assert is_private_after(outcome, configured=configured, credentials=credentials, before=before) is expected


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
    assert declares_private({"cache-control": value}) is expected


def test_the_reason_is_told_in_the_order_in_which_it_was_decided() -> None:
    assert privacy_reason(configured=True, credentials=True) == "set in the configuration"
    assert privacy_reason(configured=None, credentials=True) == "its requests carry a password or other credentials"
    assert privacy_reason(configured=None, credentials=False) == "its server sends Cache-Control: private"
