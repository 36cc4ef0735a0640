"""A robots.txt, or its absence, says what may be fetched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.polling import (
    FailureKind,
    FetchOutcome,
    HttpError,
    NotModified,
    RefusalRule,
    Refused,
    SuccessResponse,
    Unreachable,
)
from aggregator.polling.robots_txt import (
    MAX_ROBOTS_BYTES,
    RobotsAccess,
    RobotsTxt,
    is_first_outage,
    parse_robots,
    robots_lifetime,
)

HOME = "https://example.org/robots.txt"
EVERYTHING = RobotsTxt(verdict=RobotsAccess.EVERYTHING)
NOTHING = RobotsTxt(verdict=RobotsAccess.NOTHING)


def answer(body: bytes, content_type: str = "text/plain") -> SuccessResponse:
    return SuccessResponse(url=HOME, status=200, headers={"content-type": content_type}, body=body)


def allowed(text: str, path: str) -> bool:
    return parse_robots(answer(text.encode())).allows(f"https://example.org{path}")


@pytest.mark.parametrize(
    ("outcome", "robots"),
    [
        *(pytest.param(HttpError(url=HOME, status=s, headers={}), EVERYTHING, id=f"{s}") for s in (204, 301, 401, 404)),
        *(pytest.param(HttpError(url=HOME, status=s, headers={}), NOTHING, id=f"{s}") for s in (429, 500, 503, 599)),
        pytest.param(Unreachable(url=HOME, trouble=FailureKind.TIMEOUT, reason="x"), NOTHING, id="unreachable"),
        pytest.param(Refused(url=HOME, rule=RefusalRule.REDIRECTS, reason="x"), EVERYTHING, id="redirects without end"),
        pytest.param(Refused(url=HOME, rule=RefusalRule.ADDRESS, reason="x"), NOTHING, id="a refused address"),
        pytest.param(NotModified(url=HOME, headers={}), NOTHING, id="a 304 that was not asked for"),
        pytest.param(answer(b"<!DOCTYPE html><p>User-agent: *"), EVERYTHING, id="a page by its beginning"),
        pytest.param(answer(b"\xef\xbb\xbf \n<html>"), EVERYTHING, id="a page behind a mark and blanks"),
        pytest.param(
            answer(b"# rules", "text/html"),
            RobotsTxt(verdict=RobotsAccess.RULES, text="# rules"),
            id="rules typed as HTML",
        ),
        pytest.param(answer(b""), RobotsTxt(verdict=RobotsAccess.RULES, text=""), id="an empty file"),
    ],
)
def test_what_an_attempt_comes_to(outcome: FetchOutcome, robots: RobotsTxt) -> None:
    assert parse_robots(outcome) == robots
    assert robots.allows("https://example.org/page") is (robots.verdict is not RobotsAccess.NOTHING)


@pytest.mark.parametrize(
    ("text", "path", "verdict"),
    [
        pytest.param("User-agent: *\nDisallow: /private", "/private/x", False, id="forbidden to all"),
        pytest.param("User-agent: *\nDisallow: /private", "/public", True, id="not forbidden"),
        pytest.param("User-agent: *\nDisallow: /\n\nUser-agent: Aggregator\nDisallow:", "/x", True, id="ours counts"),
        pytest.param("User-agent: other\nDisallow: /", "/x", True, id="another's does not"),
        pytest.param("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True, id="the longest rule wins"),
        pytest.param("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False, id="wildcards"),
        pytest.param("\ufeffUser-agent: *\r\nDisallow: /x", "/x", False, id="a byte order mark"),
        pytest.param("User-agent: *\nDisallow: /", "/robots.txt", True, id="robots.txt itself"),
    ],
)
def test_rules_are_read_as_rfc_9309_says(text: str, path: str, verdict: bool) -> None:
    assert allowed(text, path) is verdict


def test_half_a_rule_at_the_cut_is_no_rule() -> None:
    head = b"User-agent: *\nDisallow: /kept\n"
    rule = b"Disallow: /articles/old\n"
    padding = b"#" * (MAX_ROBOTS_BYTES - len(head) - len(b"\nDisallow: /articles"))
    robots = parse_robots(answer(head + padding + b"\n" + rule))
    assert not robots.allows("https://example.org/kept")
    assert robots.allows("https://example.org/articles/new")


@pytest.mark.parametrize(
    ("value", "delay"),
    [
        ("10", timedelta(seconds=10)),
        ("0.5", timedelta(seconds=0.5)),
        ("999999999999", timedelta(days=1)),
        ("soon", None),
        ("-1", None),
    ],
)
def test_the_crawl_delay_is_believed_up_to_a_day(value: str, delay: timedelta | None) -> None:
    assert parse_robots(answer(f"User-agent: *\nCrawl-delay: {value}\n".encode())).crawl_delay == delay


def test_who_gives_no_rules_asks_for_no_delay() -> None:
    assert (EVERYTHING.crawl_delay, NOTHING.crawl_delay) == (None, None)


@pytest.mark.parametrize(("longest", "delay"), [(4, 4), (5, 5), (6, 5)])
def test_the_crawl_delay_is_kept_up_to_the_longest_one(longest: int, delay: int) -> None:
    robots = parse_robots(answer(b"User-agent: *\nCrawl-delay: 5\n"))
    assert robots.crawl_delay_within(timedelta(seconds=longest)) == timedelta(seconds=delay)
    assert EVERYTHING.crawl_delay_within(timedelta(seconds=longest)) == timedelta()


def test_rules_survive_being_stored_as_two_values() -> None:
    robots = parse_robots(answer(b"User-agent: *\nDisallow: /x"))
    kept = (robots.verdict.value, robots.text)
    assert RobotsTxt(verdict=RobotsAccess(kept[0]), text=kept[1]) == robots


@pytest.mark.parametrize(
    ("outcome", "hours"),
    [
        pytest.param(answer(b"# rules"), 24, id="a day when it does not say"),
        pytest.param(
            SuccessResponse(url=HOME, status=200, headers={"cache-control": "max-age=18000"}, body=b""), 5, id="fresh"
        ),
        pytest.param(
            SuccessResponse(url=HOME, status=200, headers={"cache-control": "max-age=9"}, body=b""), 1, id="an hour"
        ),
        pytest.param(
            SuccessResponse(url=HOME, status=200, headers={"cache-control": "no-store"}, body=b""), 1, id="no-store"
        ),
        pytest.param(
            SuccessResponse(url=HOME, status=200, headers={"cache-control": "max-age=999999"}, body=b""), 24, id="a day"
        ),
        pytest.param(HttpError(url=HOME, status=404, headers={"cache-control": "max-age=7200"}), 2, id="its absence"),
        pytest.param(HttpError(url=HOME, status=503, headers={"cache-control": "max-age=7200"}), 1, id="it fails"),
    ],
)
def test_how_long_a_robots_txt_holds(outcome: FetchOutcome, hours: int) -> None:
    assert robots_lifetime(outcome, now=datetime(2024, 5, 1, tzinfo=UTC)) == timedelta(hours=hours)


def test_without_a_response_it_is_asked_for_again_within_minutes_and_then_hours() -> None:
    silence = Unreachable(url=HOME, trouble=FailureKind.TIMEOUT, reason="x")
    now, minute = datetime(2024, 5, 1, tzinfo=UTC), timedelta(minutes=1)
    lifetimes = [robots_lifetime(silence, now=now, host_failures=failures) for failures in (1, 2, 3, 4, 5, 99)]
    assert lifetimes == [5 * minute, 10 * minute, 20 * minute, 40 * minute, 60 * minute, 60 * minute]
    assert [is_first_outage(failures) for failures in (0, 1, 4, 5)] == [False, True, True, False]


def test_the_sitemaps_it_names_are_had_as_they_stand_there() -> None:
    rules = b"Sitemap: https://a.example/s.xml\nUser-agent: x\nDisallow: /\nsitemap: /news.xml\n"
    assert parse_robots(answer(rules)).sitemaps == ("https://a.example/s.xml", "/news.xml")
    assert (EVERYTHING.sitemaps, NOTHING.sitemaps) == ((), ())
