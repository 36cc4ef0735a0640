"""Header fields that people add are such, leave alone what is ours, and are taken for secrets unless known better."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.settings.custom_headers import check_header_name, check_header_value, may_be_secret


@pytest.mark.parametrize("name", ["Cookie", "X-Api-Key", "authorization", "accept", "!odd~1"])
def test_a_name_that_may_be_added(name: str) -> None:
    assert check_header_name(name) == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("", "this is not the name of a header field", id="empty"),
        pytest.param("X:Y", "this is not the name of a header field", id="a colon"),
        pytest.param("X\r\nY", "this is not the name of a header field", id="two lines"),
        pytest.param("Cookié", "this is not the name of a header field", id="no token"),
        pytest.param("user-AGENT", "use the key user_agent of the feed", id="the User-Agent"),
        pytest.param("If-None-Match", "the service sets If-None-Match itself", id="a condition"),
        pytest.param("Proxy-Authorization", "the service sets Proxy-Authorization itself", id="proxy"),
    ],
)
def test_a_name_that_may_not(name: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the reason is asserted whole
        check_header_name(name)
    assert str(caught.value) == reason


@given(st.text(st.characters(max_codepoint=0x120), max_size=20))
def test_a_value_that_is_accepted_is_one_line_that_can_be_sent(value: str) -> None:
    with suppress(ValueError):
        accepted = check_header_value(value)
        assert accepted == value.strip()
        assert accepted.encode("latin-1").splitlines() == [accepted.encode("latin-1")]


@pytest.mark.parametrize("value", ["", " ", "s3cret\r\nX: y", "s3cret\0", "s3cret ✓", "s3cret" * 2_000])
def test_a_value_that_cannot_be_sent_is_not_repeated(value: str) -> None:
    with pytest.raises(
        ValueError, match=r"^the value of a header field is one line of 1 to 8000 characters of Latin-1$"
    ):
        check_header_value(value)


def test_only_a_few_known_fields_are_no_secrets() -> None:
    assert [name for name in ("ACCEPT-LANGUAGE", "Referer", "Cookie", "X-Anything") if may_be_secret([name])] == [
        "Cookie",
        "X-Anything",
    ]
