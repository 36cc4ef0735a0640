"""What is said to a WebSub hub, and what of what it says is believed?

The subscriber's side of the W3C Recommendation (https://www.w3.org/TR/websub/): the form that asks
for a subscription, the judgement of the hub's verification, and of the signature of a delivery.
Which hub is asked is ``offers``', when it is asked again ``leases``'.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from aggregator.model.polling import Mode

_METHODS = ("sha1", "sha256", "sha384", "sha512")
_LONGEST_CHALLENGE = 4096
_LONGEST_REASON = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreed:
    """The hub may do what it asks to be confirmed: ``challenge`` is echoed. ``lease`` is for a subscription."""

    mode: Mode
    challenge: str
    lease: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Denied:
    """The hub will not have the subscription."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Disagreed:
    """We asked for no such thing, or do not understand it."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What a hub sends to a callback; ``signature`` is its X-Hub-Signature."""

    body: bytes
    content_type: str | None
    signature: str | None


class Receipt(StrEnum):
    """What becomes of a delivery."""

    TAKEN = "taken"
    FORGED = "forged"
    UNSIGNED = "unsigned"
    UNKNOWN = "unknown"


Judgement = Agreed | Denied | Disagreed


def takes_secret(hub: str) -> bool:
    """Whether a secret may be told to this hub: only where nobody can listen (section 5.1)."""
    return urlsplit(hub).scheme == "https"


def request_form(*, mode: Mode, callback: str, topic: str, lease: timedelta, secret: str | None) -> dict[str, str]:
    """The form that asks a hub to begin, renew or end a subscription (section 5.1)."""
    form = {"hub.mode": str(mode), "hub.topic": topic, "hub.callback": callback}
    if mode is Mode.SUBSCRIBE:
        form["hub.lease_seconds"] = str(max(int(lease.total_seconds()), 1))
        if secret is not None:
            form["hub.secret"] = secret
    return form


def judge_intent(query: Mapping[str, str], *, wish: Mode | None, topic: str, asked_lease: timedelta) -> Judgement:
    """What a hub's verification of intent, the query of a GET, comes to (sections 5.2 and 5.3).

    ``wish`` is what we asked of the hub, ``topic`` exactly what we asked it about. A lease that
    the hub does not state or that makes no sense is the one that was asked for.
    """
    if query.get("hub.topic") != topic:
        return Disagreed(reason="another topic")
    mode = query.get("hub.mode")
    if mode == "denied":
        return Denied(reason=_words(query.get("hub.reason", "")) or "the hub gave no reason")
    if wish is None or mode != wish:
        return Disagreed(reason="not asked for")
    challenge = query.get("hub.challenge", "")
    if not is_challenge(challenge):
        return Disagreed(reason="no challenge that can be echoed")
    return Agreed(mode=wish, challenge=challenge, lease=_lease(query.get("hub.lease_seconds", "")) or asked_lease)


def is_challenge(text: str) -> bool:
    """Whether a challenge is one to echo: printable and short, so that it can be nothing else (section 8.2)."""
    return 0 < len(text) <= _LONGEST_CHALLENGE and text.isascii() and text.isprintable()


def judge_delivery(delivery: Delivery, *, secret: str | None) -> Receipt:
    """Whether to take a delivery to a callback whose hub was told ``secret``."""
    if secret is None:
        return Receipt.TAKEN
    if delivery.signature is None:
        return Receipt.UNSIGNED
    return Receipt.TAKEN if is_signed(delivery.body, secret=secret, signature=delivery.signature) else Receipt.FORGED


def is_signed(body: bytes, *, secret: str, signature: str) -> bool:
    """Whether ``signature``, an X-Hub-Signature, was made of ``body`` by who knows ``secret`` (section 7.1)."""
    method, _, given = signature.strip().partition("=")
    if method.lower() not in _METHODS:
        return False
    expected = hmac.new(secret.encode("utf-8"), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected.encode("ascii"), given.strip().lower().encode("utf-8"))


def _lease(text: str) -> timedelta | None:
    """The lease a hub states, in whole seconds; a number beyond all reason counts as ten years."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()) or not digits.strip("0"):
        return None
    return timedelta(seconds=min(int(digits[:20]), 315_360_000))


def _words(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST_REASON]
