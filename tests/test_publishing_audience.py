"""A service that others can reach is read by everyone."""

from __future__ import annotations

from typing import Any

import pytest

from aggregator.model.publishing import Audience
from aggregator.publishing.audience import audience_of
from aggregator.settings.settings_file import Settings


@pytest.mark.parametrize(
    ("settings", "audience"),
    [
        ({}, Audience.OWNER),
        ({"web": {"host": "localhost"}}, Audience.OWNER),
        ({"web": {"host": "localhost."}}, Audience.OWNER),
        ({"web": {"host": "News.LocalHost."}}, Audience.OWNER),
        ({"web": {"host": "::1"}}, Audience.OWNER),
        ({"web": {"host": "[::1]"}}, Audience.OWNER),
        ({"web": {"host": "127.0.0.2"}}, Audience.OWNER),
        ({"web": {"host": "0.0.0.0"}}, Audience.EVERYONE),
        ({"web": {"host": "::"}}, Audience.EVERYONE),
        ({"web": {"host": "192.168.0.7"}}, Audience.EVERYONE),
        ({"web": {"host": "reader.lan"}}, Audience.EVERYONE),
        ({"publishing": {"public_url": "https://news.example"}}, Audience.EVERYONE),
    ],
)
def test_who_reads_follows_from_where_the_service_is_reached(settings: dict[str, Any], audience: Audience) -> None:
    assert audience_of(Settings.model_validate(settings)) is audience
