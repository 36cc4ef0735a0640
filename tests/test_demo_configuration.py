from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network

from ruamel.yaml import YAML

from aggregator.demo.configuration import demo_configuration
from aggregator.demo.outlets import OUTLETS
from aggregator.demo.server import DemoNewsroom
from aggregator.settings.feeds_file import FeedsFile
from aggregator.settings.settings_file import Settings
from tests.demo_printed import NOW


def test_the_files_are_valid_and_list_every_feed_as_its_house() -> None:
    with DemoNewsroom(now=NOW) as newsroom:
        feeds = FeedsFile.model_validate(YAML(typ="safe").load(demo_configuration(newsroom)[0]))
        assert [(feed.name, feed.url, feed.tags) for feed in feeds.feeds] == list(newsroom.feed_urls)
    assert [(feed.title, feed.outlet, feed.priority) for feed in feeds.feeds] == [
        (outlet.name, outlet.name, outlet.priority) for outlet in OUTLETS
    ]
    assert [digest.name for digest in feeds.digests] == ["digest"]


def test_the_settings_let_the_service_ask_this_machine_often() -> None:
    with DemoNewsroom(now=NOW) as newsroom:
        settings = Settings.model_validate(YAML(typ="safe").load(demo_configuration(newsroom)[1]))
    assert settings.fetching.allow_networks == (IPv4Network("127.0.0.0/8"),)
    assert settings.fetching.spacing == timedelta(0)
    assert settings.polling.every == settings.polling.at_most == timedelta(seconds=20)
    assert settings.publishing.settle == timedelta(seconds=3)
