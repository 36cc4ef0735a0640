"""Feeds are found, added and removed by what people type."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.publisher import Publisher, reply
from tests.shell import Shell
from tests.test_steps_discover_feeds import ATOM, RSS, declared, page

pytestmark = pytest.mark.anyio

SETTINGS = "fetching: {allow_networks: [127.0.0.0/8], spacing: 0}\n"


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    shell = Shell(capsys, monkeypatch, tmp_path).configured("# mine\nfeeds: []\n")
    (shell.config / "aggregator.yaml").write_text(SETTINGS)
    return shell


def feeds_of(shell: Shell) -> str:
    return (shell.config / "feeds.yaml").read_text()


async def types(shell: Shell, *arguments: str) -> tuple[int, str, str]:
    """Type a command while the publisher answers."""
    return await asyncio.to_thread(shell.types, *arguments)


async def test_the_feeds_of_a_site_are_shown(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    async with Publisher() as publisher:
        publisher.script("/", declared("/rss", "/atom"))
        publisher.script("/rss", reply(200, body=RSS.replace(b"World", b"[red]World")))
        publisher.script("/atom", reply(200, body=ATOM))
        code, out, err = await types(shell, "feeds", "discover", publisher.url("/"))
        assert (code, err) == (0, "")
        assert [line.split()[:5] for line in out.splitlines()[1:]] == [
            [publisher.url("/rss"), "[red]World", "RSS", "2.0", "1"],
            [publisher.url("/atom"), "All", "Atom", "1.0", "1"],
        ]
        given = publisher.url("/").replace("http://", "http://me:secret@")
        code, out, _ = await types(shell, "feeds", "discover", given, "--json")
        assert json.loads(out)[1] == {
            "url": publisher.url("/atom"),
            "title": "All",
            "format": "Atom 1.0",
            "entries": 1,
            "reason": "the page declares it (RSS)",
        }


async def test_nothing_found_is_a_sentence_and_exit_code_1(shell: Shell) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/", page("<title>Bare</title>"))
        code, out, err = await types(shell, "feeds", "discover", url)
        assert (code, out) == (1, "")
        assert err == (
            f'aggregator: no feed was found at {url}: the body is an HTML page titled "Bare", not a feed, '
            "and none of 11 other addresses is a feed\n"
        )
        publisher.script("/feed", reply(429, {"Retry-After": "60"}))
        code, out, err = await types(shell, "feeds", "discover", url, "--json")
        assert (code, json.loads(out)) == (1, [])
        assert "the search stopped early: 127.0.0.1 answered 429 and wants no requests for 1 min\n" in err


async def test_a_feed_is_added_and_removed_again(shell: Shell) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/feed", reply(200, body=RSS))
        code, out, _ = await types(shell, "feeds", "add", url, "--name", "world", "--tag", "a", "--tag", "b")
        assert (code, out) == (
            0,
            f"config/feeds.yaml: added world ({url}: RSS 2.0, 1 entry, 'World')\n"
            "A running service reloads the file within seconds.\n",
        )
        assert feeds_of(shell) == f"# mine\nfeeds:\n  - url: {url}\n    name: world\n    tags: [a, b]\n"
        code, _, err = await types(shell, "feeds", "add", url)
        assert (code, err) == (2, f"aggregator: {url} is in feeds.yaml already, under the name world\n")
        assert len(publisher.requests) == 1
        code, out, _ = await types(shell, "feeds", "remove", "world")
        assert (code, out.splitlines()[0]) == (0, f"config/feeds.yaml: removed world ({url})")
        assert feeds_of(shell) == "# mine\nfeeds: []\n"


async def test_the_one_feed_of_a_page_is_taken_and_of_several_a_person_chooses(shell: Shell) -> None:
    async with Publisher() as publisher:
        publisher.script("/one", declared("/rss"))
        publisher.script("/two", declared("/atom", "/rss"))
        publisher.script("/rss", reply(200, body=RSS))
        publisher.script("/atom", reply(200, body=ATOM))
        code, out, err = await types(shell, "feeds", "add", publisher.url("/two"))
        assert code == 2
        assert f"{publisher.url('/two')} links 2 feeds; run one of:\n" in err
        assert f"\n  aggregator feeds add {publisher.url('/rss')}\n" in err
        assert "All" in out
        assert feeds_of(shell) == "# mine\nfeeds: []\n"
        assert (await types(shell, "feeds", "add", publisher.url("/one")))[0] == 0
        assert (await types(shell, "feeds", "add", publisher.url("/two"), "--yes"))[0] == 0
        assert feeds_of(shell).splitlines()[2:] == [f"  - url: {publisher.url(p)}" for p in ("/rss", "/atom")]
        code, _, err = await types(shell, "feeds", "add", publisher.url("/one"))
        assert (code, f"{publisher.url('/rss')} is in feeds.yaml already" in err) == (2, True)


async def test_what_is_no_feed_is_not_added_unless_nobody_shall_look(shell: Shell) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/feed", reply(404))
        code, _, err = await types(shell, "feeds", "add", url)
        assert (code, err) == (
            1,
            f"aggregator: no feed was found at {url}: answered 404; to add the URL without a check, use --no-check\n",
        )
        assert feeds_of(shell) == "# mine\nfeeds: []\n"
        asked = len(publisher.requests)
        code, out, _ = await types(shell, "feeds", "add", url, "--no-check")
        assert (code, f"({url}, not checked)" in out, len(publisher.requests)) == (0, True, asked)


async def test_a_password_is_written_to_the_file_and_shown_nowhere(shell: Shell) -> None:
    async with Publisher() as publisher:
        url = publisher.script("/feed", reply(200, body=RSS)).replace("http://", "http://me:secret@")
        told = [await types(shell, "feeds", "add", url)]
        assert f"- url: {url}\n" in feeds_of(shell)
        told += [await types(shell, "feeds", "add", url), await types(shell, "feeds", "remove", url)]
        assert "secret" not in str(told)


def test_the_first_feed_makes_the_file(shell: Shell) -> None:
    (shell.config / "feeds.yaml").unlink()
    assert shell.types("feeds", "add", "a.example/feed", "--no-check")[0] == 0
    assert feeds_of(shell) == "feeds:\n  - url: https://a.example/feed\n"


def test_an_address_that_is_none_is_told(shell: Shell) -> None:
    code, _, err = shell.types("feeds", "add", "ftp://a.example/f", "--no-check")
    assert (code, err) == (2, "aggregator: url: 'ftp://a.example/f' is not an http or https URL\n")


def test_an_unknown_feed_cannot_be_removed(shell: Shell) -> None:
    code, _, err = shell.types("feeds", "remove", "nobody")
    assert (code, err.split(";")[0]) == (2, "aggregator: no feed has the name or the URL 'nobody'")
