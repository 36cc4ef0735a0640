"""Builds the requests to an rssCloud server and checks its responses.

The subscriber's side of the rssCloud walkthrough
(http://scripting.com/opmlHowto/dave/rssCloud/walkthrough.html): a form that registers a callback, a challenge that
is echoed, a ping that names the changed feed. Only plain HTTP is supported, not XML-RPC and SOAP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.model.polling import LeaseTerms
from aggregator.polling.websub import is_valid_challenge

_RENEWED_AFTER = timedelta(hours=24)
_ENDS_AFTER = timedelta(hours=25)
_RESULT = re.compile(rb"<notifyResult\b([^>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""\b(success|msg)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_MAX_REASON_LENGTH = 200


def registration_form(*, callback: str, topic: str) -> dict[str, str]:
    """Returns the form that registers the URL ``callback`` for notifications of changes of ``topic``.

    For https on its default port the protocol is ``http-post`` too: servers use https on that port, and WordPress,
    which runs most clouds, knows no other protocol.
    """
    parts = urlsplit(callback)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    return {
        "notifyProcedure": "",
        "registerProcedure": "",
        "protocol": "https-post" if secure and port != 443 else "http-post",
        "domain": parts.hostname or "",
        "port": str(port),
        "path": parts.path,
        "url1": topic,
    }


def registration_refusal(body: bytes) -> str | None:
    """Returns the reason why the server did not register the callback, from its response; None if it did."""
    element = _RESULT.search(body)
    if element is None:
        return "the cloud did not report whether it registered the callback"
    attributes = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(element[1])}
    if attributes.get(b"success", b"").lower() == b"true":
        return None
    message = " ".join(attributes.get(b"msg", b"").decode("utf-8", "replace").split())[:_MAX_REASON_LENGTH]
    return f"the cloud refused: {message}" if message else "the cloud refused"


def challenge_to_echo(query: Mapping[str, str], *, topic: str) -> str | None:
    """Returns the challenge to echo if the server verifies a registration for ``topic``; None for other requests."""
    challenge = query.get("challenge", "")
    return challenge if query.get("url") == topic and is_valid_challenge(challenge) else None


def registration_lease(*, now: datetime) -> LeaseTerms:
    """Returns the lease of a registration: it ends after 25 hours and is renewed after 24."""
    return LeaseTerms(ends_at=now + _ENDS_AFTER, renew_at=now + _RENEWED_AFTER)
