"""Forms, verifications and signatures, each believed only as far as the Recommendation says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model.polling import HubMode
from aggregator.polling.websub import (
    Delivery,
    DeliveryResult,
    IntentConfirmed,
    IntentRejected,
    IntentResult,
    SubscriptionDenied,
    accepts_secret,
    has_valid_signature,
    subscription_form,
    verify_delivery,
    verify_intent,
)

DAY = timedelta(days=1)
TOPIC = "https://one.example/feed?a=b"
CALLBACK = "https://digest.example/push/token"
ASKED = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "abc", "hub.lease_seconds": "86400"}


def test_a_subscription_is_asked_for_with_lease_and_secret() -> None:
    form = subscription_form(mode=HubMode.SUBSCRIBE, callback=CALLBACK, topic=TOPIC, lease=10 * DAY, secret="s3cret")
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": CALLBACK,
        "hub.lease_seconds": "864000",
        "hub.secret": "s3cret",
    }


def test_an_end_is_asked_for_with_neither() -> None:
    form = subscription_form(mode=HubMode.UNSUBSCRIBE, callback=CALLBACK, topic=TOPIC, lease=10 * DAY, secret="s3cret")
    assert form == {"hub.mode": "unsubscribe", "hub.topic": TOPIC, "hub.callback": CALLBACK}


def test_a_secret_goes_over_https_alone() -> None:
    assert (accepts_secret("https://hub.example/"), accepts_secret("http://hub.example/")) == (True, False)


@pytest.mark.parametrize(
    ("requested_mode", "query", "judgement"),
    [
        pytest.param(
            HubMode.SUBSCRIBE, {}, IntentConfirmed(mode=HubMode.SUBSCRIBE, challenge="abc", lease=DAY), id="as asked"
        ),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.lease_seconds": ""},
            IntentConfirmed(mode=HubMode.SUBSCRIBE, challenge="abc", lease=7 * DAY),
            id="no lease: the one asked for",
        ),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.lease_seconds": "0"},
            IntentConfirmed(mode=HubMode.SUBSCRIBE, challenge="abc", lease=7 * DAY),
            id="no time at all: the one asked for",
        ),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.lease_seconds": "9" * 400},
            IntentConfirmed(mode=HubMode.SUBSCRIBE, challenge="abc", lease=3650 * DAY),
            id="for ever: ten years",
        ),
        pytest.param(
            HubMode.UNSUBSCRIBE,
            {"hub.mode": "unsubscribe"},
            IntentConfirmed(mode=HubMode.UNSUBSCRIBE, challenge="abc", lease=DAY),
            id="an end that was asked for",
        ),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.mode": "unsubscribe"},
            IntentRejected(reason="not requested"),
            id="an end that was not",
        ),
        pytest.param(
            HubMode.UNSUBSCRIBE, {}, IntentRejected(reason="not requested"), id="a subscription that was ended"
        ),
        pytest.param(None, {}, IntentRejected(reason="not requested"), id="nothing was asked for"),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.topic": f"{TOPIC}c"},
            IntentRejected(reason="another topic"),
            id="205 another topic",
        ),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.challenge": ""},
            IntentRejected(reason="no valid challenge"),
            id="no challenge",
        ),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.challenge": "a" * 5000},
            IntentRejected(reason="no valid challenge"),
            id="an endless challenge",
        ),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.challenge": "MZ\x00\x01"},
            IntentRejected(reason="no valid challenge"),
            id="a binary challenge",
        ),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.mode": "denied", "hub.reason": "not\n today"},
            SubscriptionDenied(reason="not today"),
            id="denied with a reason",
        ),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.mode": "denied"},
            SubscriptionDenied(reason="the hub gave no reason"),
            id="denied without one",
        ),
        pytest.param(
            HubMode.SUBSCRIBE,
            {"hub.mode": "denied", "hub.topic": "x"},
            IntentRejected(reason="another topic"),
            id="denied for another topic",
        ),
    ],
)
def test_a_hub_is_told_what_we_wish(
    requested_mode: HubMode | None, query: dict[str, str], judgement: IntentResult
) -> None:
    assert (
        verify_intent({**ASKED, **query}, requested_mode=requested_mode, topic=TOPIC, requested_lease=7 * DAY)
        == judgement
    )


BODY, SECRET = b"The quick brown fox jumps over the lazy dog", "key"
SHA1 = "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9"
SHA256 = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"


@pytest.mark.parametrize(
    ("signature", "right"),
    [
        pytest.param(f"sha1={SHA1}", True, id="sha1"),
        pytest.param(f"sha256={SHA256}", True, id="sha256"),
        pytest.param(f" SHA256={SHA256.upper()} ", True, id="capitals and blanks"),
        pytest.param(f"sha1={SHA256}", False, id="another method than stated"),
        pytest.param(f"sha256={SHA256[:-1]}9", False, id="one digit off"),
        pytest.param("sha256=", False, id="empty"),
        pytest.param("sha256=é", False, id="no digits"),
        pytest.param("md5=80070713463e7749b90c2dc24911e275", False, id="a method that is not recognised"),
        pytest.param(SHA256, False, id="no method"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_signature_is_checked_by_its_own_method(signature: str, right: bool) -> None:
    assert has_valid_signature(BODY, secret=SECRET, signature=signature) is right


@pytest.mark.parametrize(
    ("secret", "signature", "receipt"),
    [
        pytest.param(None, None, DeliveryResult.TAKEN, id="300 no secret was told"),
        pytest.param(None, "sha256=00", DeliveryResult.TAKEN, id="a signature that nobody can check"),
        pytest.param(SECRET, f"sha256={SHA256}", DeliveryResult.TAKEN, id="300 signed"),
        pytest.param(SECRET, "sha256=00", DeliveryResult.FORGED, id="301 signed by somebody else"),
        pytest.param(SECRET, None, DeliveryResult.UNSIGNED, id="302 not signed"),
    ],
)
def test_what_becomes_of_a_delivery(secret: str | None, signature: str | None, receipt: DeliveryResult) -> None:
    delivery = Delivery(body=BODY, content_type=None, signature=signature)
    assert verify_delivery(delivery, secret=secret) is receipt
