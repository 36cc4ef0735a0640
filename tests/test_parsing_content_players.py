"""Embedded players become titled links, and players only from the hosts on the list."""

from __future__ import annotations

import re

import pytest

from aggregator.parsing.content.players import FRAME_HOSTS, embedded_player, is_frame_url, known_player
from aggregator.parsing.sanitise import sanitise
from tests.loops import loop_over

BASE = "https://site.example/post/"
YOUTUBE = "https://www.youtube.com/watch?v={}"


def links(markup: str) -> list[tuple[str, str]]:
    """The links of a text and their words."""
    clean = sanitise(markup, base=BASE)
    return re.findall(r'<a href="([^"]*)"[^>]*>(?:<img[^>]*>)?([^<]*)</a>', clean.replace("&amp;", "&"))


@loop_over(
    ("frame", "page", "player"),
    [
        ("https://www.youtube.com/embed/a1?autoplay=1", YOUTUBE.format("a1"), "https://www.youtube-nocookie.com/embed/a1"),
        ("http://youtube.com/v/a1&hl=en_US", YOUTUBE.format("a1"), "https://www.youtube-nocookie.com/embed/a1"),
        ("https://www.youtube-nocookie.com/embed/a1?start=9", YOUTUBE.format("a1&t=9s"),
         "https://www.youtube-nocookie.com/embed/a1?start=9"),
        ("https://youtu.be/a1", YOUTUBE.format("a1"), "https://www.youtube-nocookie.com/embed/a1"),
        ("https://www.youtube.com/shorts/a1", YOUTUBE.format("a1"), "https://www.youtube-nocookie.com/embed/a1"),
        ("https://www.youtube.com/embed/videoseries?list=P1", "https://www.youtube.com/playlist?list=P1",
         "https://www.youtube-nocookie.com/embed/videoseries?list=P1"),
        ("https://player.vimeo.com/video/7?h=ab1", "https://vimeo.com/7/ab1", "https://player.vimeo.com/video/7?h=ab1&dnt=1"),
        ("https://www.dailymotion.com/embed/video/x1", "https://www.dailymotion.com/video/x1",
         "https://geo.dailymotion.com/player.html?video=x1"),
        ("https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b&auto_play=true", "https://soundcloud.com/a/b",
         "https://w.soundcloud.com/player/?url=https://soundcloud.com/a/b"),
        ("https://open.spotify.com/embed/episode/e1?theme=0", "https://open.spotify.com/episode/e1",
         "https://open.spotify.com/embed/episode/e1"),
        ("https://bandcamp.com/EmbeddedPlayer/album=12/size=small/", "https://bandcamp.com/EmbeddedPlayer/album=12/",
         "https://bandcamp.com/EmbeddedPlayer/album=12/size=large/"),
        ("https://embed.podcasts.apple.com/de/podcast/x/id1?i=2", "https://podcasts.apple.com/de/podcast/x/id1?i=2",
         "https://embed.podcasts.apple.com/de/podcast/x/id1?i=2"),
        ("https://www.google.com/maps/embed?pb=!1m1!2d13.5!3d52.25!9", "https://www.google.com/maps/@52.25,13.5,15z",
         "https://www.google.com/maps/embed?pb=!1m1!2d13.5!3d52.25!9"),
        ("https://www.openstreetmap.org/export/embed.html?bbox=1%2C2%2C3%2C4&marker=1.5%2C2",
         "https://www.openstreetmap.org/?mlat=1.5&mlon=2#map=15/1.5/2",
         "https://www.openstreetmap.org/export/embed.html?bbox=1,2,3,4&marker=1.5,2"),
        ("https://datawrapper.dwcdn.net/aB1/3/", "https://datawrapper.dwcdn.net/aB1/3/", "https://datawrapper.dwcdn.net/aB1/3/"),
        ("https://flo.uri.sh/visualisation/5/embed?auto=1", "https://public.flourish.studio/visualisation/5/",
         "https://flo.uri.sh/visualisation/5/embed"),
        ("https://codepen.io/ann/embed/preview/xYz?height=300", "https://codepen.io/ann/pen/xYz", "https://codepen.io/ann/embed/xYz"),
        ("https://www.scribd.com/embeds/12/content", "https://www.scribd.com/document/12", None),
        ("https://tube.example/videos/embed/u-1?p2p=0", "https://tube.example/videos/watch/u-1", None),
        ("https://social.example/@ann/12/embed", "https://social.example/@ann/12", None),
        ("https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fa%2Fvideos%2F1%2F&width=5",
         "https://www.facebook.com/a/videos/1/", None),
        ("https://charts.example/c/1#x", "https://charts.example/c/1", None),
    ],
)  # fmt: skip
def test_a_frame_has_a_page_and_perhaps_a_player(frame: str, page: str, player: str | None) -> None:
    found = embedded_player(frame)
    assert found is not None
    assert (found.page_url, found.frame_url) == (page, player)
    assert player is None or is_frame_url(player)


@loop_over(
    "url",
    [
        "https://www.youtube.com.evil.example/embed/a1",
        "https://evil.example/www.youtube.com/embed/a1",
        "https://evil.example/?https://www.youtube.com/embed/a1",
        "https://xyoutube.com/embed/a1",
        "https://www.youtube.com@evil.example/embed/a1",
        "https://evil.example\\@www.youtube.com/embed/a1",
        "https://vimeo.com.evil.example/video/1",
        "https://player.vimeo.com.evil/video/1",
        "//evil.example/https://open.spotify.com/embed/track/1",
        "javascript:alert('https://www.youtube.com/embed/a1')",
        "data:text/html,https://www.youtube.com/embed/a1",
        "ftp://www.youtube.com/embed/a1",
    ],
)
def test_a_host_that_looks_like_another_plays_nothing(url: str) -> None:
    player = embedded_player(url)
    assert known_player(url) is None
    assert player is None or player.frame_url is None
    assert "data-player" not in sanitise(f'<iframe src="{url}"></iframe>', base=BASE)


def test_a_player_is_the_url_that_the_table_builds() -> None:
    for url in (
        "https://www.youtube-nocookie.com/embed/a1?autoplay=1",
        "https://www.youtube.com/embed/a1",
        "http://www.youtube-nocookie.com/embed/a1",
        "https://www.google.com/search?q=a",
    ):
        assert not is_frame_url(url)
        assert "data-player" not in sanitise(f'<figure data-player="{url}">x</figure>', base=BASE)
    assert all(re.fullmatch(r"[a-z.-]+", host) for host in FRAME_HOSTS)


@loop_over(
    ("markup", "expected"),
    [
        ('<iframe src="//www.youtube.com/embed/a1" title=" The  launch "></iframe>', [(YOUTUBE.format("a1"), "The launch (YouTube)")]),
        ('<iframe src="about:blank" data-src="/chart/1"></iframe>',
         [("https://site.example/chart/1", "Embedded page on site.example")]),
        ('<iframe data-cookieblock-src="https://www.youtube.com/embed/a1"></iframe>', [(YOUTUBE.format("a1"), "Video on YouTube")]),
        ('<iframe src="https://bandcamp.com/EmbeddedPlayer/track=5/"><a href="https://ann.bandcamp.com/track/x">X by Ann</a></iframe>',
         [("https://ann.bandcamp.com/track/x", "X by Ann (Bandcamp)")]),
        ("<object><param name=movie value='http://www.youtube.com/v/a1'><embed src='http://www.youtube.com/v/a1'></object>",
         [(YOUTUBE.format("a1"), "Video on YouTube")]),
        ("<embed src='//www.dailymotion.com/swf/video/x' type='application/x-shockwave-flash'>",
         [("https://www.dailymotion.com/swf/video/x", "x (dailymotion.com)")]),
        ('<amp-youtube data-videoid="a1b2" layout=responsive></amp-youtube>', [(YOUTUBE.format("a1b2"), "Video on YouTube")]),
        ('<amp-twitter data-tweetid="123"></amp-twitter>', [("https://twitter.com/i/status/123", "Post on X")]),
        ('<lite-youtube videoid="a1b2" playlabel="Play: Boats"></lite-youtube>', [(YOUTUBE.format("a1b2"), "Play: Boats (YouTube)")]),
        ('<div class="youtube-player" data-id="abcdefghijk"></div>', [(YOUTUBE.format("abcdefghijk"), "Video on YouTube")]),
        ('<div data-src="https://player.vimeo.com/video/7"><p>Accept <a href="/privacy">cookies</a></p></div>',
         [("https://site.example/privacy", "cookies"), ("https://vimeo.com/7", "Video on Vimeo")]),
        ('<div data-code="&lt;iframe src=&quot;https://player.vimeo.com/video/7&quot;&gt;&lt;/iframe&gt;"></div>',
         [("https://vimeo.com/7", "Video on Vimeo")]),
        ('<template><iframe src="https://player.vimeo.com/video/7"></iframe></template>', [("https://vimeo.com/7", "Video on Vimeo")]),
        ('<script src="https://gist.github.com/ann/12ab.js"></script>', [("https://gist.github.com/ann/12ab", "Code on GitHub Gist")]),
        ('<div class="flourish-embed" data-src="visualisation/5"></div>',
         [("https://public.flourish.studio/visualisation/5/", "Chart on Flourish")]),
        ('<div class="wp-block-embed__wrapper">\nhttps://youtu.be/a1\n</div>', [(YOUTUBE.format("a1"), "Video on YouTube")]),
        ('<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/Cx/"><svg></svg></blockquote>',
         [("https://www.instagram.com/p/Cx/", "Post on Instagram")]),
        ('<div class="fb-post" data-href="https://www.facebook.com/a/posts/1"></div>',
         [("https://www.facebook.com/a/posts/1", "Embedded page on facebook.com")]),
        ('<iframe consent-original-src-_="https://player.vimeo.com/video/7" consent-required="1"></iframe>',
         [("https://vimeo.com/7", "Video on Vimeo")]),
        ('<div style="display:none">Accept<iframe data-src="https://player.vimeo.com/video/7"></iframe></div>b',
         [("https://vimeo.com/7", "Video on Vimeo")]),
        ('<div data-youtube="true">a</div>', []),
        ('<iframe srcdoc="<p>See <a href=/x>x</a><script>1</script></p>"></iframe>', [("https://site.example/x", "x")]),
        ('<iframe src="https://www.youtube.com/embed/a1" /><p><a href="/after">after</a></p>',
         [(YOUTUBE.format("a1"), "Video on YouTube"), ("https://site.example/after", "after")]),
        ('<iframe src="https://ad.doubleclick.net/x"></iframe><iframe src="https://www.facebook.com/plugins/like.php?a"></iframe>', []),
        ('<iframe src="https://www.googletagmanager.com/ns.html" height="0" width="0"></iframe>', []),
        ('<iframe src="https://x.example/t" width=1 height=1></iframe><iframe src="javascript:1"></iframe>', []),
        ('<script src="https://evil.example/x.js"></script><script>var a = "https://youtu.be/a1"</script>', []),
    ],
)  # fmt: skip
def test_a_player_is_a_titled_link(markup: str, expected: list[tuple[str, str]]) -> None:
    assert links(markup) == expected


def test_a_player_in_a_sentence_divides_its_paragraph() -> None:
    markup = '<p>Before <b><iframe src="https://open.spotify.com/embed/track/t1"></iframe></b> after</p>'
    figure = (
        '<figure data-player="https://open.spotify.com/embed/track/t1"><figcaption>'
        '<a href="https://open.spotify.com/track/t1" rel="noopener noreferrer">Audio on Spotify</a></figcaption></figure>'
    )
    assert sanitise(markup, base=BASE) == f"<p>Before </p>{figure}<p> after</p>"


def test_a_poster_of_the_publisher_is_in_the_link() -> None:
    markup = '<lite-youtube videoid="a1b2" title="Boats" style="background-image: url(\'/poster.jpg\')"></lite-youtube>'
    clean = sanitise(markup, base=BASE)
    assert '<img src="https://site.example/poster.jpg" alt="Boats"></a><figcaption>' in clean


def test_a_player_that_the_text_links_is_not_added() -> None:
    markup = (
        '<div data-video="https://www.youtube.com/embed/a1"><a href="https://www.youtube.com/watch?v=a1">Film</a></div>'
    )
    assert links(markup) == [(YOUTUBE.format("a1"), "Film")]


@pytest.mark.parametrize("number", [2_000])
def test_many_frames_take_no_long_time(number: int) -> None:
    clean = sanitise("".join(f'<iframe src="https://x{n}.example/"></iframe>' for n in range(number)), base=BASE)
    assert clean.count("<figcaption>") == number
