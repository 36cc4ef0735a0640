"""What is said to an rssCloud server, and what of what it says is believed?

The subscriber's side of the rssCloud walkthrough
(http://scripting.com/opmlHowto/dave/rssCloud/walkthrough.html): a form that registers a callback, a
challenge that is echoed, a ping that says which feed changed. Only plain HTTP is spoken; XML-RPC and SOAP are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.model.polling import Terms
from aggregator.polling.websub import is_challenge

_RENEWED_AFTER = timedelta(hours=24)
_ENDS_AFTER = timedelta(hours=25)
_RESULT = re.compile(rb"<notifyResult\b([^>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""\b(success|msg)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_LONGEST_REASON = 200


def registration_form(*, callback: str, topic: str) -> dict[str, str]:
    """The form that asks to be told when ``topic`` changes, at the URL ``callback``.

    For https on its own port the protocol is called ``http-post`` too: servers take that port to
    mean https, and WordPress, where most clouds are, knows no other protocol.
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


def refusal(body: bytes) -> str | None:
    """Why the server did not register us, by its answer's body; None when it did."""
    found = _RESULT.search(body)
    if found is None:
        return "the cloud did not say whether it registered"
    said = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(found[1])}
    if said.get(b"success", b"").lower() == b"true":
        return None
    words = " ".join(said.get(b"msg", b"").decode("utf-8", "replace").split())[:_LONGEST_REASON]
    return f"the cloud refused: {words}" if words else "the cloud refused"


def challenge_of(query: Mapping[str, str], *, topic: str) -> str | None:
    """The challenge to echo when the server checks that we want to be told of ``topic``; None for anything else."""
    challenge = query.get("challenge", "")
    return challenge if query.get("url") == topic and is_challenge(challenge) else None


def registration_terms(*, now: datetime) -> Terms:
    """A registration ends after 25 hours, and is to be renewed every 24."""
    return Terms(ends_at=now + _ENDS_AFTER, renew_at=now + _RENEWED_AFTER)
