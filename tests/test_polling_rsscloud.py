"""What is said to a cloud, and what of its words is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.polling import LeaseTerms
from aggregator.polling.rsscloud import challenge_to_echo, registration_form, registration_lease, registration_refusal

TOPIC = "http://one.example/rss"


@pytest.mark.parametrize(
    ("callback", "address"),
    [
        pytest.param("http://digest.example/push/t", ("http-post", "digest.example", "80", "/push/t"), id="http"),
        pytest.param(
            "http://digest.example:8642/news/push/t",
            ("http-post", "digest.example", "8642", "/news/push/t"),
            id="another port, below a path",
        ),
        pytest.param("https://digest.example/push/t", ("http-post", "digest.example", "443", "/push/t"), id="https"),
        pytest.param(
            "https://digest.example:8443/push/t",
            ("https-post", "digest.example", "8443", "/push/t"),
            id="https on another port",
        ),
    ],
)
def test_a_callback_is_registered_in_its_parts(callback: str, address: tuple[str, ...]) -> None:
    form = registration_form(callback=callback, topic=TOPIC)
    assert (form["protocol"], form["domain"], form["port"], form["path"]) == address
    assert (form["url1"], form["notifyProcedure"], form["registerProcedure"]) == (TOPIC, "", "")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b'<?xml version="1.0"?>\n<notifyResult success="true" msg="Thanks."/>', None, id="registered"),
        pytest.param(b"<notifyResult success='true' msg='Thanks.' />", None, id="single quotes"),
        pytest.param(b"<NotifyResult msg='Thanks.' success='TRUE'/>", None, id="capitals, the other way round"),
        pytest.param(
            b'<notifyResult success="false" msg="No  such\nfeed."/>', "the cloud refused: No such feed.", id="refused"
        ),
        pytest.param(b'<notifyResult success="false"/>', "the cloud refused", id="refused without a word"),
        pytest.param(
            b"<html>Hello</html>", "the cloud did not report whether it registered the callback", id="something else"
        ),
        pytest.param(b"", "the cloud did not report whether it registered the callback", id="nothing"),
    ],
)
def test_a_cloud_says_whether_it_registered(body: bytes, reason: str | None) -> None:
    assert registration_refusal(body) == reason


@pytest.mark.parametrize(
    ("query", "challenge"),
    [
        pytest.param({"url": TOPIC, "challenge": "abc"}, "abc", id="ours"),
        pytest.param({"url": "http://two.example/rss", "challenge": "abc"}, None, id="another feed"),
        pytest.param({"url": TOPIC}, None, id="no challenge"),
        pytest.param({"challenge": "abc"}, None, id="no feed"),
        pytest.param({"url": TOPIC, "challenge": "\x00"}, None, id="a binary challenge"),
    ],
)
def test_a_challenge_is_echoed_for_what_was_registered(query: dict[str, str], challenge: str | None) -> None:
    assert challenge_to_echo(query, topic=TOPIC) == challenge


def test_a_registration_is_renewed_every_24_hours_and_ends_after_25() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    terms = LeaseTerms(ends_at=now + timedelta(hours=25), renew_at=now + timedelta(hours=24))
    assert registration_lease(now=now) == terms
