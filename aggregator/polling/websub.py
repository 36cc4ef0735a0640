"""Builds the requests to a WebSub hub and checks the requests that the hub sends.

The subscriber's side of the W3C Recommendation (https://www.w3.org/TR/websub/): the subscription form, the
verification of intent, and the signature of a delivery. ``push_discovery`` chooses the hub, ``subscription_leases``
the time of the next request.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from aggregator.model.polling import HubMode

_SIGNATURE_METHODS = ("sha1", "sha256", "sha384", "sha512")
_MAX_CHALLENGE_LENGTH = 4096
_MAX_REASON_LENGTH = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class IntentConfirmed:
    """Confirmation of a request that was sent to the hub: ``challenge`` is echoed. ``lease`` is the subscription's."""

    mode: HubMode
    challenge: str
    lease: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionDenied:
    """A denial of the subscription by the hub."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IntentRejected:
    """Rejection of a verification that does not match a request of ours, or that is not valid."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A feed document that a hub sends to a callback; ``signature`` is its X-Hub-Signature."""

    body: bytes
    content_type: str | None
    signature: str | None


class DeliveryResult(StrEnum):
    """The result of the check of a delivery."""

    TAKEN = "taken"
    FORGED = "forged"
    UNSIGNED = "unsigned"
    UNKNOWN = "unknown"


IntentResult = IntentConfirmed | SubscriptionDenied | IntentRejected


def accepts_secret(hub: str) -> bool:
    """Returns True if a secret may be sent to this hub: over https only, where it is encrypted (section 5.1)."""
    return urlsplit(hub).scheme == "https"


def subscription_form(
    *, mode: HubMode, callback: str, topic: str, lease: timedelta, secret: str | None
) -> dict[str, str]:
    """Returns the form with which a subscription is requested, renewed or ended (section 5.1)."""
    form = {"hub.mode": str(mode), "hub.topic": topic, "hub.callback": callback}
    if mode is HubMode.SUBSCRIBE:
        form["hub.lease_seconds"] = str(max(int(lease.total_seconds()), 1))
        if secret is not None:
            form["hub.secret"] = secret
    return form


def verify_intent(
    query: Mapping[str, str], *, requested_mode: HubMode | None, topic: str, requested_lease: timedelta
) -> IntentResult:
    """Checks a hub's verification of intent, the query of a GET (sections 5.2 and 5.3).

    ``requested_mode`` is the mode of the request that was sent to the hub, ``topic`` exactly its topic. If the hub
    states no valid lease, ``requested_lease`` counts.
    """
    if query.get("hub.topic") != topic:
        return IntentRejected(reason="another topic")
    mode = query.get("hub.mode")
    if mode == "denied":
        return SubscriptionDenied(reason=_printable(query.get("hub.reason", "")) or "the hub gave no reason")
    if requested_mode is None or mode != requested_mode:
        return IntentRejected(reason="not requested")
    challenge = query.get("hub.challenge", "")
    if not is_valid_challenge(challenge):
        return IntentRejected(reason="no valid challenge")
    return IntentConfirmed(
        mode=requested_mode,
        challenge=challenge,
        lease=_parse_lease(query.get("hub.lease_seconds", "")) or requested_lease,
    )


def is_valid_challenge(text: str) -> bool:
    """Returns True if a challenge is safe to echo: printable and short, so that it holds no content (section 8.2)."""
    return 0 < len(text) <= _MAX_CHALLENGE_LENGTH and text.isascii() and text.isprintable()


def verify_delivery(delivery: Delivery, *, secret: str | None) -> DeliveryResult:
    """Checks a delivery to a callback; ``secret`` is the one that its hub received, if any."""
    if secret is None:
        return DeliveryResult.TAKEN
    if delivery.signature is None:
        return DeliveryResult.UNSIGNED
    return (
        DeliveryResult.TAKEN
        if has_valid_signature(delivery.body, secret=secret, signature=delivery.signature)
        else DeliveryResult.FORGED
    )


def has_valid_signature(body: bytes, *, secret: str, signature: str) -> bool:
    """Returns True if ``signature``, an X-Hub-Signature, is that of ``body`` with ``secret`` (section 7.1)."""
    method, _, given = signature.strip().partition("=")
    if method.lower() not in _SIGNATURE_METHODS:
        return False
    expected = hmac.new(secret.encode("utf-8"), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected.encode("ascii"), given.strip().lower().encode("utf-8"))


def _parse_lease(text: str) -> timedelta | None:
    """Returns the lease that a hub states, in whole seconds, limited to ten years; None if it is not valid."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()) or not digits.strip("0"):
        return None
    return timedelta(seconds=min(int(digits[:20]), 315_360_000))


def _printable(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_MAX_REASON_LENGTH]
