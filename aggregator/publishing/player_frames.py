"""Writes the frames of embedded players into the HTML of a story.

Sanitised HTML has a player as ``<figure data-player="…">`` with a titled link. Most feed readers show frames of these
hosts; those that remove frames show the link. The frame runs in a sandbox and loads when a reader scrolls to it. It
sends the origin of the page: YouTube plays nothing for a page without one.
"""

from __future__ import annotations

import re
from html import escape, unescape

from aggregator.parsing.content.players import FRAME_HOSTS, is_frame_url, known_player

FRAME_SOURCES = tuple(
    f"https://{host}/maps/" if host == "www.google.com" else f"https://{host}" for host in FRAME_HOSTS
)
"""The sources of frames for a Content-Security-Policy (CSP Level 3 section 6.1.5)."""

_PLAYER = re.compile(
    r'<figure data-player="([^"<>]{1,2000})">'
    r"(?=(?:<a [^<>]*><img [^<>]*></a>)?(?:<figcaption><a [^<>]*>([^<>]*)</a></figcaption>)?)"
)
_SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-presentation"
_SIZES = {"Audio": ("100%", "180"), "Video": ("560", "315"), "Recording": ("560", "315")}
_SIZE = ("560", "420")


def show_players(html: str) -> str:
    """Returns sanitised HTML with the frame of each player before its link."""
    return _PLAYER.sub(_figure, html) if "<figure data-player=" in html else html


def first_poster(html: str) -> str | None:
    """Returns the poster picture of the first player whose provider has one at a known address."""
    players = (known_player(unescape(match[1])) for match in _PLAYER.finditer(html))
    return next((player.poster_url for player in players if player and player.poster_url), None)


def _figure(match: re.Match[str]) -> str:
    url = unescape(match[1])
    player = known_player(url)
    if player is None or not is_frame_url(url):
        return "<figure>"
    width, height = _SIZES.get(player.kind, _SIZE)
    title = escape(unescape(match[2] or player.label))
    return (
        f'<figure><iframe src="{escape(url)}" title="{title}" width="{width}" height="{height}" sandbox="{_SANDBOX}" '
        'allow="fullscreen; encrypted-media; picture-in-picture" referrerpolicy="strict-origin-when-cross-origin" '
        'loading="lazy"></iframe>'
    )
