"""Lists of subscriptions, in and out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from aggregator.configuration.settings_dump import feed_values
from aggregator.model.parsing import Unreadable
from aggregator.parsing.opml_reader import read_opml
from aggregator.parsing.subscription_list import Subscriptions
from aggregator.publishing.opml_writer import render_opml
from aggregator.settings.feeds_file import FeedSettings
from tests.shell import Shell

FULL = FeedSettings.model_validate(
    {
        "url": "https://me:secret@herald.example/feed?a=1&b=2",
        "name": "herald",
        "title": "Herald & <sons>",
        "outlet": "5",
        "tags": ["world", "a,b/c"],
        "every": "90m",
        "at_most": "2d",
        "private": True,
        "priority": -3,
        "keep": [{"title": "(?i)climate"}, {"words": ["sea level"]}],
        "drop": [{"tag": "sport"}],
        "full_text": "page",
        "page": {"take": ["article", "//p"], "drop": [".ad"]},
        "user_agent": "${HOME} reader",
    }
)


def outlines(*lines: str) -> bytes:
    return f"<opml version='2.0'><body>{''.join(lines)}</body></opml>".encode()


def read(body: bytes) -> Subscriptions:
    found = read_opml(body)
    assert isinstance(found, Subscriptions)
    return found


def test_everything_that_is_set_comes_back() -> None:
    bare = FeedSettings(url="https://mirror.example/feed", name="mirror")
    body = render_opml([FULL, bare], title="Feeds", titles={"mirror": "The Mirror"}, secrets=True)
    back = read(body)
    assert [FeedSettings.model_validate(feed) for feed in back.feeds] == [FULL, bare]
    assert back.skipped == ()


def test_other_readers_find_titles_addresses_and_folders() -> None:
    written = etree.fromstring(render_opml([FULL], title="Feeds", titles={}, settings=False))
    assert written.findtext("head/title") == "Feeds"
    (folder,) = written.findall("body/outline")
    (feed,) = folder
    assert (folder.get("text"), folder.text.strip() if folder.text else "") == ("world", "")
    assert {str(name): str(value) for name, value in feed.attrib.items()} == {
        "text": "Herald & <sons>",
        "title": "Herald & <sons>",
        "type": "rss",
        "xmlUrl": "https://herald.example/feed?a=1&b=2",
        "category": "world,a,b/c",
    }


def test_secrets_stay_unless_they_are_asked_for() -> None:
    feed = FeedSettings.model_validate({"url": "https://me:pw1@a.example/f", "headers": {"X-Key": "pw2"}, "name": "a"})
    plain = render_opml([feed], title="", titles={}).decode()
    assert ("pw1" in plain, "pw2" in plain) == (False, False)
    (back,) = read(
        render_opml([feed.model_copy(update={"url": "https://a.example/f"})], title="", titles={}, secrets=True)
    ).feeds
    assert back["headers"] == {"X-Key": "pw2"}


TEXTS = st.text(min_size=1).filter(lambda text: text.strip() == text)


@example({"url": "https://a.example/f", "name": "a", "every": 1_000_000})
@example({"url": "https://a.example/f", "name": "a", "title": "\u00c2\u00a1"})
@example({"url": "https://a.example/f", "name": "a", "title": "\u00c3\u00a9\u00c3\u00a8\u00c3\u00bc"})
@example({"url": "https://a.example/f", "name": "a", "title": "\ufffe"})
@given(
    st.fixed_dictionaries(
        {"url": st.just("https://a.example/f"), "name": st.just("a")},
        optional={
            "title": TEXTS,
            "outlet": TEXTS,
            "tags": st.lists(TEXTS, max_size=3).map(tuple),
            "priority": st.integers(-1000, 1000),
            "every": st.integers(0, 10**6),
            "drop": st.lists(st.builds(lambda tag: {"tag": tag}, TEXTS), max_size=2),
        },
    )
)
def test_any_settings_come_back(given_settings: dict[str, Any]) -> None:
    feed = FeedSettings.model_validate(given_settings)
    assert FeedSettings.model_validate(feed_values(feed)) == feed
    (back,) = read(render_opml([feed], title="x", titles={})).feeds
    assert FeedSettings.model_validate(back).model_dump() == feed.model_dump()


@pytest.mark.parametrize(
    ("outline", "feed"),
    [
        pytest.param("<outline xmlUrl='https://a.example/f'/>", {"url": "https://a.example/f"}, id="only an address"),
        pytest.param(
            "<outline text='World'><outline text='Asia'><outline text='A &amp; B' XMLURL='https://a.example/f'/>"
            "</outline></outline>",
            {"url": "https://a.example/f", "title": "A & B", "tags": ("World", "Asia")},
            id="folders are tags",
        ),
        pytest.param(
            "<outline xmlUrl='feed:https://a.example/f' category='/News/World,coast'/>",
            {"url": "https://a.example/f", "tags": ("News", "World", "coast")},
            id="categories are tags",
        ),
        pytest.param("<outline xmlUrl='feed://a.example/f'/>", {"url": "https://a.example/f"}, id="a pseudo-scheme"),
        pytest.param(
            "<outline text='unclosed' xmlUrl='https://a.example/f'>",
            {"url": "https://a.example/f", "title": "unclosed"},
            id="broken XML",
        ),
    ],
)
def test_what_other_programs_write(outline: str, feed: dict[str, Any]) -> None:
    assert read(outlines(outline)).feeds == (feed,)


@pytest.mark.parametrize(
    ("outline", "what", "reason"),
    [
        (
            "<outline text='Mail' xmlUrl='mailto:a@b.example'/>",
            "Mail",
            "'mailto:a@b.example' is not an http or https URL",
        ),
        (
            "<outline text='Site' type='link' url='https://a.example/'/>",
            "Site",
            "it has no feed URL (xmlUrl); look for one with: aggregator feeds discover https://a.example/",
        ),
        (
            "<outline text='Other' type='include' url='https://a.example/x.opml'/>",
            "Other",
            "it refers to another list; add that with: aggregator feeds import https://a.example/x.opml",
        ),
        (
            "<outline text='A' xmlUrl='https://a.example/f' xmlns:s='urn:aggregator:feed-settings' s:every='often'/>",
            "A",
            "the setting every is left out: 'often' is not a duration; write for example 90s, 30m, 2h or 1d",
        ),
        (
            "<outline text='A' xmlUrl='https://a.example/f' xmlns:s='urn:aggregator:feed-settings' s:evry='1h'/>",
            "A",
            "the setting evry is unknown",
        ),
    ],
)
def test_what_cannot_be_taken_is_told(outline: str, what: str, reason: str) -> None:
    (skipped,) = read(outlines(outline, "<outline xmlUrl='https://b.example/f'/>")).skipped
    assert (skipped.what, skipped.reason) == (what, reason)
    assert {"url": "https://b.example/f"} in read(outlines(outline, "<outline xmlUrl='https://b.example/f'/>")).feeds


@pytest.mark.parametrize("body", [b"", b"<rss/>", b"no", b"\x00\xff" * 50, b"{}"])
def test_what_is_no_list_is_told(body: bytes) -> None:
    assert isinstance(read_opml(body), Unreadable)


def test_a_bomb_of_entities_and_any_depth_are_harmless() -> None:
    bomb = b"<!DOCTYPE o [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>]><opml><body><outline text='&b;' xmlUrl='http://a.example/'/></body></opml>"
    assert [feed["url"] for feed in read(bomb).feeds] == ["http://a.example/"]
    assert isinstance(read_opml(b"<opml>" + b"<outline text='a'>" * 100_000), Subscriptions | Unreadable)


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert isinstance(read_opml(body), Subscriptions | Unreadable)


CONFIG = """\
# my feeds
feeds:
  - url: https://herald.example/feed  # the best
    name: herald
    tags: [world]
    every: 90m
    drop: [{tag: sport}]
"""


def test_a_list_is_imported_into_the_file_and_the_file_exported_again(shell: Shell) -> None:
    shell.configured(CONFIG)
    (shell.config.parent / "list.opml").write_bytes(
        outlines(
            "<outline text='World'><outline text='Mirror ${HOME}' xmlUrl='https://mirror.example/feed'/>",
            "<outline text='Herald' xmlUrl='https://herald.example/feed'/></outline>",
            "<outline text='Bad' xmlUrl='gopher://x'/>",
        )
    )
    code, out, _ = shell.types("feeds", "import", "list.opml", "--dry-run", "--json")
    told = json.loads(out)
    assert (code, told["added"], (shell.config / "feeds.yaml").read_text()) == (0, ["mirror.example-feed"], CONFIG)
    assert told["left_out"] == [
        {"what": "Bad", "reason": "'gopher://x' is not an http or https URL"},
        {"what": "https://herald.example/feed", "reason": "already listed, as herald"},
    ]
    assert shell.types("feeds", "import", "list.opml")[0] == 0
    assert (shell.config / "feeds.yaml").read_text() == CONFIG + (
        '  - url: https://mirror.example/feed\n    title: "Mirror $${HOME}"\n    tags: [World]\n'
    )
    code, out, _ = shell.types("feeds", "export")
    exported = read(out.encode())
    assert [feed["name"] for feed in exported.feeds] == ["herald", "mirror.example-feed"]
    (shell.config / "feeds.yaml").write_text("")
    (shell.config.parent / "out.opml").write_text(out)
    assert shell.types("feeds", "import", "out.opml")[0] == 0
    assert read(shell.types("feeds", "export")[1].encode()) == exported


def test_a_list_that_is_not_there_is_told(shell: Shell) -> None:
    code, _, err = shell.configured().types("feeds", "import", "nowhere.opml")
    assert (code, err) == (2, "aggregator: nowhere.opml: cannot be read: No such file or directory\n")
