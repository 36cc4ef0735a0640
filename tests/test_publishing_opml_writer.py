"""The list of feeds as other programs read it: folders, titles, and our settings beside them."""

from __future__ import annotations

from typing import Any

from lxml import etree

from aggregator.parsing.opml_reader import SETTINGS_NAMESPACE
from aggregator.publishing.opml_writer import render_opml
from aggregator.settings.feeds_file import FeedSettings

OURS = f"{{{SETTINGS_NAMESPACE}}}"


def feed(name: str, **more: Any) -> FeedSettings:
    return FeedSettings.model_validate({"url": f"https://me:pw@{name}.example/feed", "name": name, **more})


def written(*feeds: FeedSettings, **options: Any) -> etree._Element:
    return etree.fromstring(render_opml(feeds, **{"title": "Feeds", "titles": {}, **options}))


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(name).replace(OURS, "ag:"): str(value) for name, value in element.attrib.items()}


def test_feeds_are_in_the_folder_of_their_first_tag_in_the_order_of_the_file() -> None:
    root = written(
        feed("a", tags=["world", "local"]),
        feed("b"),
        feed("c", tags=["local"]),
        feed("d", tags=["world"]),
        title="My & feeds",
    )
    assert (root.tag, root.get("version"), root.findtext("head/title")) == ("opml", "2.0", "My & feeds")
    assert root.nsmap == {"ag": SETTINGS_NAMESPACE}
    listed = [
        (outline.get("text"), outline.get("title"), outline.get("type"), [inner.get("text") for inner in outline])
        for outline in root.findall("body/outline")
    ]
    assert listed == [("world", "world", None, ["a", "d"]), ("b", "b", "rss", []), ("local", "local", None, ["c"])]


def test_a_tag_of_which_nothing_can_be_written_is_no_folder() -> None:
    root = written(feed("a", tags=["\x01"]))
    assert [outline.get("text") for outline in root.findall("body/outline")] == ["a"]


def test_a_feed_has_its_configured_title_or_its_own_or_its_name() -> None:
    root = written(feed("a", title="Mine"), feed("b"), feed("c"), titles={"a": "Own", "b": "Own"})
    listed = [(outline.get("text"), outline.get("title")) for outline in root.findall("body/outline")]
    assert listed == [("Mine", "Mine"), ("Own", "Own"), ("c", "c")]


def test_settings_are_attributes_of_our_own_and_secrets_are_written_only_when_asked_for() -> None:
    secret = feed("a", tags=["x", "y"], headers={"X-Key": "k"}, headers_to=["https://a.example"], priority=3)
    plain = {"text": "a", "title": "a", "type": "rss", "category": "x,y"}
    ours = {"ag:name": "a", "ag:title": "", "ag:tags": '["x", "y"]', "ag:priority": "3"}
    (without,) = written(secret).findall("body/outline/outline")
    (complete,) = written(secret, secrets=True).findall("body/outline/outline")
    (bare,) = written(secret, settings=False).findall("body/outline/outline")
    assert attributes(bare) == plain | {"xmlUrl": "https://a.example/feed"}
    assert attributes(without) == plain | ours | {"xmlUrl": "https://a.example/feed"}
    found = attributes(complete)
    assert {name: found.pop(name) for name in ("ag:headers", "ag:headers_to")}.keys() == {"ag:headers", "ag:headers_to"}
    assert found == plain | ours | {"xmlUrl": "https://me:pw@a.example/feed"}
    assert written(secret, settings=False).nsmap == {"ag": SETTINGS_NAMESPACE}, "our reader knows our lists by it"
