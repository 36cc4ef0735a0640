"""Parses a subscription list in any of its formats."""

from __future__ import annotations

from aggregator.model.parsing import Unreadable
from aggregator.parsing.opml_reader import read_opml
from aggregator.parsing.subscription_list import Subscriptions
from aggregator.parsing.url_list_reader import read_url_list


def read_subscriptions(body: bytes) -> Subscriptions | Unreadable:
    """Parses an OPML document or a list of URLs; returns the reason if the body is neither."""
    read = read_opml(body)
    return read_url_list(body) if isinstance(read, Unreadable) else read
