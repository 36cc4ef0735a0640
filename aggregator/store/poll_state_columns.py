"""Converts a feed's poll state to table columns and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from aggregator.model.parsing import PollHints
from aggregator.model.polling import FeedState, Hop, LastDocument, PendingRedirect, PollAddress, PollState, Validators


def poll_state_of(row: Row[Any]) -> PollState:
    """Returns the poll state that a row of the feed table holds."""
    return PollState(
        address=_address_of(row),
        next_poll_at=row.next_poll_at,
        feed_state=FeedState(row.state),
        reason=row.reason,
        failures=row.failures,
        gone_count=row.gone_count,
        validated=row.validated,
        private=row.private,
        quiet_until=row.quiet_until,
        validators=_validators_of(row),
        whole_at=row.whole_at,
        document=LastDocument(
            hints=_hints_of(row.hints),
            published=tuple(datetime.fromtimestamp(at, UTC) for at in row.published or ()),
            body_digest=row.body_digest,
            wire_bytes=row.document_bytes,
            entry_states=row.stored or (),
        ),
    )


def columns_of(poll_state: PollState) -> dict[str, Any]:
    """Returns the columns of the feed table for a poll state, except those of its document."""
    address, validators = poll_state.address, poll_state.validators
    return {
        "url": address.url,
        "move_to": address.move.target if address.move else None,
        "move_count": address.move.count if address.move else 0,
        "move_seen_at": address.move.seen_at if address.move else None,
        "resume": [asdict(hop) for hop in address.resume] or None,
        "next_poll_at": poll_state.next_poll_at,
        "state": poll_state.feed_state,
        "reason": poll_state.reason,
        "failures": poll_state.failures,
        "gone_count": poll_state.gone_count,
        "validated": poll_state.validated,
        "private": poll_state.private,
        "quiet_until": poll_state.quiet_until,
        "etag": validators.etag if validators else None,
        "last_modified": validators.last_modified if validators else None,
        "validators_url": validators.url if validators else None,
        "whole_at": poll_state.whole_at,
    }


def document_columns_of(document: LastDocument) -> dict[str, Any]:
    """Returns the columns of the feed table for the last document; they change only when a document is read."""
    hints = document.hints
    return {
        "hints": {
            "ttl": hints.ttl and hints.ttl.total_seconds(),
            "update_period": hints.update_period and hints.update_period.total_seconds(),
            "skip_hours": list(hints.skip_hours),
            "skip_days": list(hints.skip_days),
        },
        "published": [int(instant.timestamp()) for instant in document.published],
        "body_digest": document.body_digest,
        "document_bytes": document.wire_bytes,
        "stored": document.entry_states,
    }


def _address_of(row: Row[Any]) -> PollAddress:
    move = None
    if row.move_to is not None and row.move_seen_at is not None:
        move = PendingRedirect(target=row.move_to, count=row.move_count, seen_at=row.move_seen_at)
    return PollAddress(url=row.url, move=move, resume=tuple(Hop(**hop) for hop in row.resume or ()))


def _validators_of(row: Row[Any]) -> Validators | None:
    if row.validators_url is None or not (row.etag or row.last_modified):
        return None
    return Validators(url=row.validators_url, etag=row.etag, last_modified=row.last_modified)


def _hints_of(stored: Mapping[str, Any]) -> PollHints:
    return PollHints(
        ttl=_duration(stored.get("ttl")),
        update_period=_duration(stored.get("update_period")),
        skip_hours=tuple(stored.get("skip_hours", ())),
        skip_days=tuple(stored.get("skip_days", ())),
    )


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
