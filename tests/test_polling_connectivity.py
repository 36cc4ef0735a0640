"""Without a network of our own no feed is blamed; with one, a host that fails alone is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.polling import (
    FailureKind,
    FetchOutcome,
    HttpError,
    RefusalRule,
    Refused,
    SuccessResponse,
    Unreachable,
)
from aggregator.polling.connectivity import Connectivity

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
URL = "https://a.example/"


def lost(trouble: FailureKind, *, refused: bool = False) -> Unreachable:
    return Unreachable(url=URL, trouble=trouble, reason="x", refused=refused)


NO_NETWORK = lost(FailureKind.NETWORK)
ANSWER = SuccessResponse(url=URL, status=200, headers={}, body=b"")


def seen(*events: tuple[str, FetchOutcome, int]) -> Connectivity:
    known = Connectivity()
    for host, outcome, second in events:
        known = known.after(outcome, host=host, at=NOW + second * SECOND)
    return known


def is_offline(known: Connectivity, outcome: FetchOutcome, *, host: str = "a", began: int = 10) -> bool:
    return known.is_offline(outcome, host=host, began_at=NOW + began * SECOND)


@pytest.mark.parametrize(
    ("events", "outcome", "expected"),
    [
        pytest.param([], NO_NETWORK, True, id="nobody ever answered"),
        pytest.param([("b", ANSWER, 9)], NO_NETWORK, True, id="another host answered before we asked"),
        pytest.param([("b", ANSWER, 11)], NO_NETWORK, False, id="another host answered meanwhile"),
        pytest.param([("a", ANSWER, 11)], NO_NETWORK, True, id="the host itself proves nothing"),
        pytest.param([("b", ANSWER, 11), ("a", ANSWER, 12)], NO_NETWORK, False, id="the other one is remembered"),
        pytest.param([("b", HttpError(url=URL, status=500, headers={}), 11)], NO_NETWORK, False, id="a 500 is an answer"),
        pytest.param([("b", lost(FailureKind.CONNECT, refused=True), 11)], NO_NETWORK, False, id="so is a refusal"),
        pytest.param([("b", lost(FailureKind.TLS), 11)], NO_NETWORK, False, id="and a bad certificate"),
        pytest.param([("b", lost(FailureKind.TIMEOUT), 11)], NO_NETWORK, True, id="a timeout is none"),
        pytest.param([("b", Refused(url=URL, rule=RefusalRule.ADDRESS, reason="x"), 11)], NO_NETWORK, True,
                     id="nor is a rule of ours"),
        pytest.param([], lost(FailureKind.TIMEOUT), False, id="a timeout alone is the host's"),
        pytest.param([("b", NO_NETWORK, 5)], lost(FailureKind.TIMEOUT), False, id="also after the network was lost"),
        pytest.param([("b", NO_NETWORK, 5)], lost(FailureKind.CONNECT), False, id="and so is a reset"),
        pytest.param([], ANSWER, False, id="an answer is no failure"),
    ],
)  # fmt: skip
def test_whose_fault_a_failure_is(
    events: list[tuple[str, FetchOutcome, int]], outcome: FetchOutcome, expected: bool
) -> None:
    assert is_offline(seen(*events), outcome) is expected
