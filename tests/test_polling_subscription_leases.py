"""Leases are renewed in time, and hubs that fail are asked ever less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.polling import (
    DeferredRedirect,
    FailureKind,
    FetchOutcome,
    HttpError,
    HubRejection,
    LeaseTerms,
    RefusalRule,
    Refused,
    Unreachable,
)
from aggregator.polling.subscription_leases import classify_hub_rejection, confirmation_timeout, plan_lease

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("lease", "terms"),
    [
        pytest.param(10 * DAY, LeaseTerms(ends_at=NOW + 10 * DAY, renew_at=NOW + 9 * DAY), id="ten days"),
        pytest.param(HOUR, LeaseTerms(ends_at=NOW + HOUR, renew_at=NOW + 45 * MINUTE), id="an hour"),
        pytest.param(3650 * DAY, LeaseTerms(ends_at=NOW + 365 * DAY, renew_at=NOW + 364 * DAY), id="beyond a year"),
    ],
)
def test_a_lease_is_renewed_before_its_end(lease: timedelta, terms: LeaseTerms) -> None:
    assert plan_lease(lease, now=NOW) == terms


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=5000 * DAY))
def test_a_renewal_falls_within_its_lease(lease: timedelta) -> None:
    terms = plan_lease(lease, now=NOW)
    assert NOW < terms.renew_at < terms.ends_at


def test_a_hub_that_confirms_nothing_is_given_ever_longer_up_to_a_day() -> None:
    assert [confirmation_timeout(attempts) for attempts in (1, 2, 5, 6, 1000)] == [HOUR, 2 * HOUR, 16 * HOUR, DAY, DAY]


def http(status: int, **headers: str) -> HttpError:
    return HttpError(
        url="https://hub.example/", status=status, headers={name.replace("_", "-"): headers[name] for name in headers}
    )


@pytest.mark.parametrize(
    ("outcome", "attempts", "pause", "quiet"),
    [
        pytest.param(http(500), 1, 10 * MINUTE, None, id="an error that passes"),
        pytest.param(http(502), 4, 80 * MINUTE, None, id="the fourth in a row"),
        pytest.param(http(500), 99, DAY, None, id="at most a day"),
        pytest.param(http(500, retry_after="7200"), 1, 2 * HOUR, None, id="an error that says for how long"),
        pytest.param(http(408), 1, 10 * MINUTE, None, id="too slow"),
        pytest.param(http(400), 1, DAY, None, id="an error that is not likely to pass"),
        pytest.param(http(410), 1, DAY, None, id="gone"),
        pytest.param(http(302), 1, DAY, None, id="a redirect that a form does not follow"),
        pytest.param(http(429), 1, HOUR, HOUR, id="too many"),
        pytest.param(http(429), 3, 4 * HOUR, 4 * HOUR, id="too many, again"),
        pytest.param(http(429, retry_after="60"), 1, 10 * MINUTE, MINUTE, id="too many for a minute"),
        pytest.param(http(429, retry_after="9999999"), 1, DAY, DAY, id="too many for ever"),
        pytest.param(http(503, retry_after="7200"), 1, 2 * HOUR, 2 * HOUR, id="unavailable for two hours"),
        pytest.param(http(503), 1, 10 * MINUTE, None, id="unavailable"),
    ],
)
def test_what_an_error_of_a_hub_comes_to(
    outcome: HttpError, attempts: int, pause: timedelta, quiet: timedelta | None
) -> None:
    said = f"the hub responded with HTTP status {outcome.status}"
    assert classify_hub_rejection(outcome, attempts=attempts, now=NOW) == HubRejection(
        reason=said, pause=pause, host_backoff_time=quiet
    )


@pytest.mark.parametrize(
    ("outcome", "rejection"),
    [
        pytest.param(
            Unreachable(url="https://hub.example/", trouble=FailureKind.TIMEOUT, reason="no answer"),
            HubRejection(reason="no answer", pause=10 * MINUTE),
            id="unreachable",
        ),
        pytest.param(
            DeferredRedirect(url="https://hub.example/", headers={"retry-after": "3600"}, hops=()),
            HubRejection(reason="the hub sent a redirect with Retry-After", pause=HOUR),
            id="moved, to be followed later",
        ),
        pytest.param(
            Refused(url="https://hub.example/", rule=RefusalRule.ADDRESS, reason="a private address"),
            HubRejection(reason="a private address", pause=DAY),
            id="refused by a rule of ours",
        ),
    ],
)
def test_what_no_answer_comes_to(outcome: FetchOutcome, rejection: HubRejection) -> None:
    assert classify_hub_rejection(outcome, attempts=1, now=NOW) == rejection
