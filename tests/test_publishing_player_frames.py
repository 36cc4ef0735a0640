"""Players are frames where readers can show them, in a sandbox and from the hosts on the list."""

from __future__ import annotations

import re

from aggregator.parsing.sanitise import sanitise
from aggregator.publishing.entry_content import story_content
from aggregator.publishing.player_frames import FRAME_SOURCES, first_poster, show_players
from aggregator.publishing.published_entries import story_entry
from aggregator.web.html_pages import render_story
from tests.newsstand import story_detail, story_view

FILM = sanitise(
    '<iframe src="https://www.youtube.com/embed/a1" title=\'A "film" & more\'></iframe>', base="https://site.example/"
)


def test_a_player_is_a_frame_in_a_sandbox_and_a_link() -> None:
    assert show_players(FILM) == (
        '<figure><iframe src="https://www.youtube-nocookie.com/embed/a1" title="A &quot;film&quot; &amp; more (YouTube)" '
        'width="560" height="315" '
        'sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-presentation" '
        'allow="fullscreen; encrypted-media; picture-in-picture" referrerpolicy="strict-origin-when-cross-origin" loading="lazy">'
        '</iframe><figcaption><a href="https://www.youtube.com/watch?v=a1" rel="noopener noreferrer">'
        'A "film" &amp; more (YouTube)</a></figcaption></figure>'
    )


def test_only_a_url_that_the_table_builds_is_a_frame() -> None:
    for url in (
        "https://evil.example/",
        "javascript:alert(1)",
        "https://www.youtube.com/embed/a1",
        "https://x.example/?a=1",
    ):
        assert show_players(f'<figure data-player="{url}">x</figure>') == "<figure>x</figure>"
    assert show_players('<figure title="&lt;figure data-player=&quot;x&quot;&gt;">x</figure>').count("iframe") == 0


def test_an_audio_player_is_as_wide_as_the_text() -> None:
    markup = sanitise('<iframe src="https://open.spotify.com/embed/track/t1"></iframe>', base="https://site.example/")
    assert 'title="Audio on Spotify" width="100%" height="180"' in show_players(markup)


def test_the_poster_of_a_player_is_the_picture_of_an_entry_without_one() -> None:
    poster = "https://i.ytimg.com/vi/a1/hqdefault.jpg"
    assert first_poster(f"<p>x</p>{FILM}") == poster
    assert first_poster("<p>x</p>") is None
    assert story_entry(story_view(html=FILM, image=None)).image == poster
    assert (
        story_entry(story_view(html=FILM, image="https://site.example/own.jpg")).image == "https://site.example/own.jpg"
    )


def test_feeds_and_pages_have_the_player() -> None:
    frame = '<iframe src="https://www.youtube-nocookie.com/embed/a1"'
    assert frame in story_content(story_view(html=FILM))
    assert frame in render_story(story_detail(story_view(html=FILM))).decode()
    assert all(re.fullmatch(r"https://[a-z.-]+(/maps/)?", source) for source in FRAME_SOURCES)
