"""A service that others can reach is read by everyone."""

from __future__ import annotations

from typing import Any

import pytest

from aggregator.model.publishing import Audience
from aggregator.publishing.audience import audience_of, audience_of_digest
from aggregator.settings.feeds_file import DigestSettings
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
        ({"web": {"host": "notlocalhost"}}, Audience.EVERYONE),
        ({"web": {"host": "localhost.example"}}, Audience.EVERYONE),
        ({"web": {"host": "127.0.0.1"}, "publishing": {"public_url": "https://news.example"}}, Audience.EVERYONE),
        ({"publishing": {"public_url": "https://news.example"}}, Audience.EVERYONE),
    ],
)
def test_who_reads_follows_from_where_the_service_is_reached(settings: dict[str, Any], audience: Audience) -> None:
    assert audience_of(Settings.model_validate(settings)) is audience


def test_a_digest_with_a_token_is_for_the_owner_and_others_for_those_who_reach_the_service() -> None:
    public = Settings.model_validate({"web": {"host": "0.0.0.0"}})
    secret, plain = DigestSettings(name="a", token="s" * 32), DigestSettings(name="b")
    assert [audience_of_digest(digest, public) for digest in (secret, plain)] == [Audience.OWNER, Audience.EVERYONE]
    assert audience_of_digest(plain, Settings()) is Audience.OWNER
