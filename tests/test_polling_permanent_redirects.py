"""A feed's address changes late, only when its publisher says so again and again, and never to less security."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.polling import REDIRECT_CONFIRM_INTERVAL, Hop, PendingRedirect, PollAddress
from aggregator.polling.permanent_redirects import (
    HTTPS_UPGRADE,
    defer_redirect,
    https_url_of,
    next_address,
    permanent_target,
)

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
OLD, NEW, OTHER = "https://old.example/feed", "https://new.example/feed", "https://other.example/feed"


def hop(status: int = 301, url: str = OLD, location: str = NEW) -> Hop:
    return Hop(url=url, status=status, location=location)


def after(address: PollAddress, *hops: Hop, readable: bool = True, at: datetime = NOW, needed: int = 3) -> PollAddress:
    return next_address(address, hops, readable=readable, asked_at=at, needed=needed)


def test_a_move_is_believed_after_so_many_identical_answers_a_day_apart() -> None:
    address, now, asked = PollAddress(url=OLD), NOW, []
    while address.url == OLD:
        asked.append(address.request_url(now=now))
        itself = address.requests_own_url(now=now)
        address = after(address, *([hop()] if itself else []), at=now)
        now += timedelta(hours=12)
    assert asked == [OLD, NEW, OLD, NEW, OLD]
    assert address == PollAddress(url=NEW)


@pytest.mark.parametrize(
    ("hops", "readable", "expected"),
    [
        pytest.param([hop(308)], True, PendingRedirect(target=NEW, count=3, seen_at=NOW), id="a 308 says the same"),
        pytest.param(
            [hop(location=OTHER)], True, PendingRedirect(target=OTHER, count=1, seen_at=NOW), id="another target"
        ),
        pytest.param([hop(302)], True, None, id="a temporary redirect takes it back"),
        pytest.param([], True, None, id="so does a feed at the old address"),
        pytest.param([hop()], False, None, id="and anything but a feed at the target"),
    ],
)
def test_what_becomes_of_a_move_that_was_said_twice(
    hops: list[Hop], readable: bool, expected: PendingRedirect | None
) -> None:
    known = PollAddress(url=OLD, move=PendingRedirect(target=NEW, count=2, seen_at=NOW - REDIRECT_CONFIRM_INTERVAL))
    assert after(known, *hops, readable=readable, needed=9) == PollAddress(url=OLD, move=expected)


def test_a_target_that_is_no_feed_sends_us_back_at_once() -> None:
    trusting = PollAddress(url=OLD, move=PendingRedirect(target=NEW, count=2, seen_at=NOW))
    assert trusting.request_url(now=NOW) == NEW
    assert after(trusting, readable=False).request_url(now=NOW) == OLD


def test_the_same_answer_within_the_day_counts_once() -> None:
    known = PollAddress(url=OLD, move=PendingRedirect(target=NEW, count=1, seen_at=NOW), resume=(hop(),))
    assert after(known, hop(), at=NOW + timedelta(hours=1)) == PollAddress(url=OLD, move=known.move)


@pytest.mark.parametrize(
    ("url", "hops", "target"),
    [
        pytest.param(OLD, [hop(), hop(308, NEW, OTHER)], OTHER, id="a chain of permanent ones"),
        pytest.param(OLD, [hop(), hop(302, NEW, OTHER)], NEW, id="up to the first temporary one"),
        pytest.param(OLD, [hop(307), hop(301, NEW, OTHER)], None, id="nothing after a temporary one"),
        pytest.param(OLD, [hop(location="http://old.example/feed")], None, id="never from https to http"),
        pytest.param("http://a.example/", [hop(301, "http://a.example/", "https://a.example/")], "https://a.example/",
                     id="from http to https"),
        pytest.param(OLD, [], None, id="no redirect"),
        pytest.param("https://me:pw@old.example/feed", [hop(location="https://old.example/new")],
                     "https://me:pw@old.example/new", id="a password stays with its origin"),
        pytest.param("https://me:pw@old.example/feed", [hop()], NEW, id="and goes to no other"),
    ],
)  # fmt: skip
def test_where_a_feed_moved_for_good(url: str, hops: list[Hop], target: str | None) -> None:
    assert permanent_target(url, hops) == target


def test_a_redirect_to_follow_later_is_gone_on_with_and_then_forgotten() -> None:
    waiting = defer_redirect(PollAddress(url=OLD), (hop(302),), asked_at=NOW)
    assert (waiting.request_url(now=NOW), waiting.requests_own_url(now=NOW)) == (NEW, True)
    assert after(waiting, hop(302)) == PollAddress(url=OLD)


def test_a_target_that_asks_to_be_followed_later_sends_us_back_to_the_old_address() -> None:
    trusting = PollAddress(url=OLD, move=PendingRedirect(target=NEW, count=1, seen_at=NOW))
    assert defer_redirect(trusting, (hop(302, NEW, OTHER),), asked_at=NOW) == PollAddress(url=OLD)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/feed", "https://a.example/feed"),
        ("http://me:pw@a.example:80/feed?x=1", "https://me:pw@a.example/feed?x=1"),
        ("http://a.example:8080/feed", None),
        ("https://a.example/feed", None),
    ],
)
def test_which_address_has_a_secure_twin(url: str, expected: str | None) -> None:
    assert https_url_of(url) == expected


def test_where_plain_http_is_refused_and_https_answers_the_feed_is_there_from_now_on() -> None:
    plain, safe = "http://a.example/", "https://a.example/"
    assert after(PollAddress(url=plain), hop(HTTPS_UPGRADE, plain, safe), needed=99) == PollAddress(url=safe)


urls = st.sampled_from([OLD, NEW, OTHER, "http://plain.example/"])
hops_made = st.lists(st.builds(hop, st.sampled_from([301, 302, 303, 307, 308]), urls, urls), max_size=4)


@given(hops=hops_made, readable=st.booleans(), needed=st.integers(2, 5))
def test_no_single_answer_ever_rewrites_an_address(hops: list[Hop], readable: bool, needed: int) -> None:
    assert after(PollAddress(url=OLD), *hops, readable=readable, needed=needed).url == OLD
