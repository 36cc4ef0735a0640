from __future__ import annotations

from aggregator.demo.outlets import OUTLETS, OutletFeedFormat, outlet_named


def test_the_houses_publish_in_every_format() -> None:
    assert {outlet.feed_format for outlet in OUTLETS} == set(OutletFeedFormat)


def test_an_outlet_is_found_by_its_host_name_only() -> None:
    assert [outlet_named(outlet.slug) for outlet in OUTLETS] == list(OUTLETS)
    assert outlet_named("Corvus Wire") is None


def test_no_two_outlets_share_a_host_a_name_or_a_look() -> None:
    for attribute in ("slug", "name", "ink", "path", "tagline"):
        assert len({getattr(outlet, attribute) for outlet in OUTLETS}) == len(OUTLETS)
