"""An address is shown without its password."""

from __future__ import annotations

import pytest

from aggregator.url_credentials import has_userinfo, hide_password, without_userinfo


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


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://me:pa/s?s#w:o@db.example:5432/news", "postgresql://me:***@db.example:5432/news"),
        ("postgresql+psycopg://me:secret@[::1]/news", "postgresql+psycopg://me:***@[::1]/news"),
        ("postgresql://me@db.example/news", "postgresql://me@db.example/news"),
        ("postgresql://db.example:5432/news", "postgresql://db.example:5432/news"),
        ("sqlite:////var/lib/a:b@c.db", "sqlite:////var/lib/a:b@c.db"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_the_url_of_a_database_is_shown_with_stars_for_its_password(given: str, shown: str) -> None:
    assert hide_password(given) == shown
