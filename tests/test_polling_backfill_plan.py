"""Older documents are read once, for a new feed only, and never in a circle."""

from __future__ import annotations

import pytest

from aggregator.model.parsing import ParsedFeed, ParseOutcome, Unreadable
from aggregator.model.polling import (
    Backfill,
    DeferredRedirect,
    FailureKind,
    FetchOutcome,
    HttpError,
    RefusalRule,
    Refused,
    SuccessResponse,
    Unreachable,
)
from aggregator.polling.backfill_plan import backfill_after_feed, backfill_after_older

FEED, OLDER, OLDEST = "https://a.example/feed", "https://a.example/2", "https://a.example/1"
ANSWER = SuccessResponse(url=OLDER, status=200, headers={}, body=b"")


def document(older_url: str | None = None, *, complete: bool = False) -> ParsedFeed:
    return ParsedFeed(format="Atom 1.0", older_url=older_url, complete=complete)


@pytest.mark.parametrize(
    ("parsed", "is_new", "expected"),
    [
        pytest.param(document(OLDER), True, Backfill(older_url=OLDER), id="the first document begins it"),
        pytest.param(document(OLDER), False, Backfill(older_url=OLDEST, read=1), id="a later one does not"),
        pytest.param(document(), True, Backfill(), id="nothing older"),
        pytest.param(document(OLDER, complete=True), True, Backfill(older_url=OLDEST, read=1), id="nothing is missing"),
        pytest.param(None, True, Backfill(older_url=OLDEST, read=1), id="no document"),
    ],
)
def test_what_is_left_after_a_poll(parsed: ParseOutcome | None, is_new: bool, expected: Backfill) -> None:
    known = Backfill() if parsed == document() else Backfill(older_url=OLDEST, read=1)
    assert backfill_after_feed(known, parsed, is_new=is_new) == expected


@pytest.mark.parametrize(
    ("parsed", "older_url"),
    [
        pytest.param(document(OLDEST), OLDEST, id="another one"),
        pytest.param(document(), None, id="the last one"),
        pytest.param(document(FEED), None, id="back to the feed"),
        pytest.param(document(OLDER), None, id="to itself"),
        pytest.param(Unreadable(reason="HTML"), None, id="no feed"),
    ],
)
def test_what_is_left_after_an_older_document(parsed: ParseOutcome, older_url: str | None) -> None:
    known = Backfill(older_url=OLDER, read=3)
    assert backfill_after_older(known, ANSWER, parsed, feed_url=FEED) == Backfill(older_url=older_url, read=4)


def test_an_older_document_that_leads_back_to_a_feed_with_a_password_is_the_last() -> None:
    known = Backfill(older_url=OLDER)
    left = backfill_after_older(known, ANSWER, document(FEED), feed_url=FEED.replace("//", "//me:pw@"))
    assert left == Backfill(read=1)


@pytest.mark.parametrize(
    ("outcome", "is_kept"),
    [
        pytest.param(Unreachable(url=OLDER, trouble=FailureKind.TIMEOUT, reason=""), True, id="no answer"),
        pytest.param(HttpError(url=OLDER, status=429, headers={}), True, id="too many requests"),
        pytest.param(HttpError(url=OLDER, status=502, headers={}), True, id="an error of the server"),
        pytest.param(DeferredRedirect(url=OLDER, headers={}, hops=()), True, id="a redirect to follow later"),
        pytest.param(HttpError(url=OLDER, status=404, headers={}), False, id="not there"),
        pytest.param(Refused(url=OLDER, rule=RefusalRule.SIZE, reason=""), False, id="too large"),
    ],
)
def test_an_older_document_is_kept_for_later_when_its_failure_may_pass(outcome: FetchOutcome, is_kept: bool) -> None:
    known = Backfill(older_url=OLDER, read=3)
    left = backfill_after_older(known, outcome, None, feed_url=FEED)
    assert left == (known if is_kept else Backfill(read=4))


def test_no_more_are_wanted_than_the_operator_allows() -> None:
    assert Backfill(older_url=OLDER, read=1).is_wanted(2)
    assert not Backfill(older_url=OLDER, read=2).is_wanted(2)
    assert not Backfill(read=0).is_wanted(2)
