"""What a hub was last told, and how long a failed notification waits."""

from __future__ import annotations

from datetime import timedelta

from aggregator.store.database import Database
from aggregator.store.hub_notifications import (
    NotificationState,
    notification_state,
    record_notification_failure,
    record_notified,
)
from tests.stored import MINUTE, NOW

HUB, TOPIC = "https://hub.example/", "https://digest.example/feed"


def test_the_pause_doubles_with_each_failure_up_to_six_hours_and_success_ends_it(database: Database) -> None:
    with database.writing() as session:
        assert notification_state(session, HUB, TOPIC) == NotificationState(fingerprint="", again_at=None)
        record_notified(session, HUB, TOPIC, "f1")
        assert notification_state(session, HUB, TOPIC) == NotificationState(fingerprint="f1", again_at=None)
    for minutes in (1, 2, 4, 8, 16, 32, 64, 128, 256, 360, *[360] * 12):
        with database.writing() as session:
            assert record_notification_failure(session, HUB, TOPIC, now=NOW) == NOW + minutes * MINUTE
        with database.reading() as session:
            state = notification_state(session, HUB, TOPIC)
            assert state == NotificationState(fingerprint="f1", again_at=NOW + minutes * MINUTE)
    with database.writing() as session:
        record_notified(session, HUB, TOPIC, "f2")
        assert notification_state(session, HUB, TOPIC) == NotificationState(fingerprint="f2", again_at=None)
        assert record_notification_failure(session, HUB, TOPIC, now=NOW) - NOW > timedelta(0)


def test_each_hub_and_each_feed_has_a_state_of_its_own(database: Database) -> None:
    with database.writing() as session:
        record_notification_failure(session, HUB, TOPIC, now=NOW)
        record_notified(session, HUB, "https://digest.example/other", "f")
        for hub, topic, state in (
            (HUB, TOPIC, NotificationState(again_at=NOW + MINUTE)),
            (HUB, "https://digest.example/other", NotificationState(fingerprint="f")),
            ("https://other.example/", TOPIC, NotificationState()),
        ):
            assert notification_state(session, hub, topic) == state
