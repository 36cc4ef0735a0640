"""An address is shown without its password."""

from __future__ import annotations

import pytest

from aggregator.url_credentials import has_userinfo, without_userinfo


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("https://me:pw@a.example/x@y", "https://a.example/x@y"),
        ("https://me@a.example", "https://a.example"),
        ("http://me:p@w@[bad/x@y", "http://[bad/x@y"),
        ("https://a.example/?to=me@b.example", "https://a.example/?to=me@b.example"),
        ("no address", "no address"),
    ],
)
def test_the_password_goes_and_the_rest_stays(given: str, shown: str) -> None:
    assert without_userinfo(given) == shown
    assert has_userinfo(given) is (given != shown)
