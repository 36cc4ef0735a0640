"""Recognises embedded players by the URL of their frame: videos, audio, maps, charts, documents and posts.

``embedded_player`` is the entry point. It returns the page that shows the same as the frame, and the URL of the frame
itself if its host is on the short list of hosts whose players readers may show. That URL is built here from the
parts that name the recording; nothing else of the publisher's URL is used, such as autoplay or tracking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, quote, urlsplit

from aggregator.parsing.urls import absolute_url

Parts = dict[str, str]
"""The named parts of a player's URL."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedPlayer:
    """A player: its provider (``YouTube``), its kind (``Video``), its page and its poster picture.

    ``frame_url`` is the frame to show, or None if the host is not on the list. ``poster_url`` is the provider's picture
    of the recording, or None if its address is not known.
    """

    provider: str
    kind: str
    page_url: str
    frame_url: str | None = None
    poster_url: str | None = None

    @property
    def label(self) -> str:
        """The title of a player without one: ``Video on YouTube``."""
        return f"{self.kind} on {self.provider}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Provider:
    """The rule for one kind of frame: ``pattern`` matches its host, path and query without ``www.``.

    The other fields are templates of URLs, filled with the named parts of the pattern.
    """

    name: str
    kind: str
    pattern: re.Pattern[str]
    page: str | Callable[[Parts], str]
    frame: str | Callable[[Parts], str] | None = None
    poster: str | None = None


def _video_page(parts: Parts) -> str:
    start = next((parts[name] for name in ("start", "t") if parts.get(name, "").removesuffix("s").isdigit()), "")
    return f"https://www.youtube.com/watch?v={parts['id']}" + (f"&t={start.removesuffix('s')}s" if start else "")


def _video_frame(parts: Parts) -> str:
    start = next((parts[name] for name in ("start", "t") if parts.get(name, "").removesuffix("s").isdigit()), "")
    query = f"?start={start.removesuffix('s')}" if start else ""
    return f"https://www.youtube-nocookie.com/embed/{parts['id']}{query}"


def _vimeo_page(parts: Parts) -> str:
    return f"https://vimeo.com/{parts['id']}" + (f"/{parts['h']}" if _is_key(parts.get("h")) else "")


def _vimeo_frame(parts: Parts) -> str:
    secret = f"h={parts['h']}&" if _is_key(parts.get("h")) else ""
    return f"https://player.vimeo.com/video/{parts['id']}?{secret}dnt=1"


def _sound_page(parts: Parts) -> str:
    """Returns the page of a recording; for an address of the API, which browsers cannot open, the player itself."""
    recording = absolute_url(parts.get("url", ""))
    if recording and not recording.startswith("https://api."):
        return recording
    return f"https://w.soundcloud.com/player/?url={_quoted(parts.get('url', ''))}"


def _map_page(parts: Parts) -> str:
    """Returns the page of a Google map: the place by its coordinates, which are in the middle of ``pb``."""
    place = re.search(r"!2d(-?[\d.]+)!3d(-?[\d.]+)", parts.get("pb", ""))
    if place:
        return f"https://www.google.com/maps/@{place[2]},{place[1]},15z"
    return f"https://{parts['']}".replace("&output=embed", "").replace("output=embed&", "")


def _street_map_page(parts: Parts) -> str:
    if match := re.fullmatch(r"(-?[\d.]+),(-?[\d.]+)", parts.get("marker", "")):
        return f"https://www.openstreetmap.org/?mlat={match[1]}&mlon={match[2]}#map=15/{match[1]}/{match[2]}"
    sides = parts.get("bbox", "").split(",")
    if len(sides) == 4 and all(re.fullmatch(r"-?[\d.]{1,20}", side) for side in sides):
        return "https://www.openstreetmap.org/?minlon={}&minlat={}&maxlon={}&maxlat={}".format(*sides)
    return "https://www.openstreetmap.org/"


def _same(parts: Parts) -> str:
    return f"https://{parts['']}"


def _address_in(name: str) -> Callable[[Parts], str]:
    """Returns a function that takes the page from the parameter ``name``."""

    def page(parts: Parts) -> str:
        return absolute_url(parts.get(name, "")) or _same(parts)

    return page


def _is_key(value: str | None) -> bool:
    return value is not None and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value) is not None


_ID = r"(?P<id>[A-Za-z0-9_-]+)"


def _provider(  # noqa: PLR0917  # a row of the table
    name: str,
    kind: str,
    pattern: str,
    page: str | Callable[[Parts], str],
    frame: str | Callable[[Parts], str] | None = None,
    poster: str | None = None,
) -> _Provider:
    compiled = re.compile(pattern.replace("ID", _ID))
    return _Provider(name=name, kind=kind, pattern=compiled, page=page, frame=frame, poster=poster)


_YOUTUBE = r"(?:m\.|music\.)?youtube(?:-nocookie)?\.com/"
_PROVIDERS = (
    _provider(
        "YouTube", "Video", rf"{_YOUTUBE}(?:embed/videoseries|embed/?|playlist)\?(?:.*&)?list=ID",
        "https://www.youtube.com/playlist?list={id}", "https://www.youtube-nocookie.com/embed/videoseries?list={id}",
    ),
    _provider(
        "YouTube", "Video", rf"(?:{_YOUTUBE}(?:embed/|v/|e/|shorts/|live/|watch\?(?:.*&)?v=)|youtu\.be/)ID",
        _video_page, _video_frame, "https://i.ytimg.com/vi/{id}/hqdefault.jpg",
    ),
    _provider("Vimeo", "Video", r"(?:player\.)?vimeo\.com/(?:video/)?(?P<id>\d+)(?:/(?P<h>[0-9a-f]+))?(?![^?/])",
              _vimeo_page, _vimeo_frame),
    _provider(
        "Dailymotion", "Video",
        r"(?:geo\.)?(?:dailymotion\.com/(?:embed/)?video/|dailymotion\.com/player(?:/\w+)?\.html\?(?:.*&)?video=|dai\.ly/)ID",
        "https://www.dailymotion.com/video/{id}", "https://geo.dailymotion.com/player.html?video={id}",
        "https://www.dailymotion.com/thumbnail/video/{id}",
    ),
    _provider("TED", "Video", r"(?:embed\.)?ted\.com/(?:talks/)(?P<id>[\w/-]+)", "https://www.ted.com/talks/{id}",
              "https://embed.ted.com/talks/{id}"),
    _provider("Internet Archive", "Recording", r"archive\.org/embed/(?P<id>[\w.-]+)",
              "https://archive.org/details/{id}", "https://archive.org/embed/{id}"),
    _provider("Twitch", "Video", r"player\.twitch\.tv/\?(?:.*&)?video=v?(?P<id>\d+)", "https://www.twitch.tv/videos/{id}"),
    _provider("Twitch", "Video", r"player\.twitch\.tv/\?(?:.*&)?channel=ID", "https://www.twitch.tv/{id}"),
    _provider("Twitch", "Video", r"clips\.twitch\.tv/embed\?(?:.*&)?clip=ID", "https://clips.twitch.tv/{id}"),
    _provider("Bilibili", "Video", r"player\.bilibili\.com/player\.html\?(?:.*&)?bvid=ID",
              "https://www.bilibili.com/video/{id}"),
    _provider("Streamable", "Video", r"streamable\.com/(?:[eos]/)ID", "https://streamable.com/{id}"),
    _provider("Loom", "Video", r"loom\.com/embed/ID", "https://www.loom.com/share/{id}"),
    _provider("Rutube", "Video", r"rutube\.ru/play/embed/ID", "https://rutube.ru/video/{id}/"),
    _provider("Odysee", "Video", r"odysee\.com/\$/embed/(?P<id>[^?]+)", "https://odysee.com/{id}"),
    _provider("Facebook", "Video", r"facebook\.com/plugins/video\.php\?", _address_in("href")),
    _provider("Facebook", "Post", r"facebook\.com/plugins/post\.php\?", _address_in("href")),
    _provider("TikTok", "Video", r"tiktok\.com/(?:embed/v2|embed|player/v1)/(?P<id>\d+)",
              "https://www.tiktok.com/embed/v2/{id}"),
    _provider("Instagram", "Post", r"instagram\.com/(?P<id>(?:p|reel|tv)/[\w-]+)", "https://www.instagram.com/{id}/"),
    _provider("X", "Post", r"platform\.(?:twitter|x)\.com/embed/(?:Tweet|index)\.html\?(?:.*&)?id=(?P<id>\d+)",
              "https://twitter.com/i/status/{id}"),
    _provider("Giphy", "Picture", r"giphy\.com/embed/ID", "https://giphy.com/gifs/{id}"),
    _provider("SoundCloud", "Audio", r"w\.soundcloud\.com/player/?\?", _sound_page,
              lambda parts: f"https://w.soundcloud.com/player/?url={_quoted(parts.get('url', ''))}"),
    _provider("Spotify", "Audio", r"open\.spotify\.com/(?:intl-\w+/)?embed(?:-podcast)?/(?P<id>(?:user/\w+/)?\w+/\w+)",
              "https://open.spotify.com/{id}", "https://open.spotify.com/embed/{id}"),
    _provider("Bandcamp", "Audio", r"bandcamp\.com/EmbeddedPlayer/(?:v=2/)?(?P<id>(?:album|track)=\d+)",
              "https://bandcamp.com/EmbeddedPlayer/{id}/", "https://bandcamp.com/EmbeddedPlayer/{id}/size=large/"),
    _provider("Apple Podcasts", "Audio", r"(?:embed\.)?podcasts\.apple\.com/(?P<id>[\w%./-]+(?:\?i=\d+)?)",
              "https://podcasts.apple.com/{id}", "https://embed.podcasts.apple.com/{id}"),
    _provider("Apple Music", "Audio", r"embed\.music\.apple\.com/(?P<id>[\w%./-]+(?:\?i=\d+)?)",
              "https://music.apple.com/{id}", "https://embed.music.apple.com/{id}"),
    _provider("Deezer", "Audio", r"widget\.deezer\.com/widget/\w+/(?P<id>\w+/\d+)", "https://www.deezer.com/{id}"),
    _provider(
        "Mixcloud", "Audio", r"(?:player-widget\.)?mixcloud\.com/widget/iframe/\?",
        lambda parts: absolute_url(parts.get("feed", ""), base="https://www.mixcloud.com/") or _same(parts),
    ),
    _provider("Google Maps", "Map", r"(?:maps\.)?google\.(?:com?\.)?[a-z]{2,3}/maps/embed(?:/v1/\w+)?\?", _map_page,
              lambda parts: f"https://www.google.com/maps/embed?pb={_quoted(parts['pb'])}" if parts.get("pb") else ""),
    _provider("Google Maps", "Map", r"(?:maps\.)?google\.(?:com?\.)?[a-z]{2,3}/maps(?:/d(?:/u/\d)?/embed)?/?\?",
              _map_page),
    _provider(
        "OpenStreetMap", "Map", r"openstreetmap\.org/export/embed\.html\?", _street_map_page,
        lambda parts: f"https://www.openstreetmap.org/export/embed.html?bbox={_quoted(parts.get('bbox', ''))}"
        + (f"&layer={_quoted(parts['layer'])}" if parts.get("layer") else "")
        + (f"&marker={_quoted(parts['marker'])}" if parts.get("marker") else ""),
    ),
    _provider("Datawrapper", "Chart", r"datawrapper\.dwcdn\.net/(?P<id>\w+(?:/\d+)?)(?:/|$)",
              "https://datawrapper.dwcdn.net/{id}/", "https://datawrapper.dwcdn.net/{id}/"),
    _provider("Flourish", "Chart", r"(?:flo\.uri\.sh|public\.flourish\.studio)/(?P<id>(?:visualisation|story)/\d+)",
              "https://public.flourish.studio/{id}/", "https://flo.uri.sh/{id}/embed"),
    _provider("Infogram", "Chart", r"e\.infogram\.com/(?P<id>[\w-]+)", "https://infogram.com/{id}"),
    _provider("CodePen", "Code", r"codepen\.io/(?P<id>[\w-]+(?:/team/[\w-]+)?)/embed/(?:preview/)?(?P<pen>\w+)",
              "https://codepen.io/{id}/pen/{pen}", "https://codepen.io/{id}/embed/{pen}"),
    _provider("JSFiddle", "Code", r"jsfiddle\.net/(?P<id>[\w/]+?)/embed(?:ded)?/", "https://jsfiddle.net/{id}/"),
    _provider("GitHub Gist", "Code", r"gist\.github\.com/(?P<id>[\w/-]+?)(?:\.js|\.pibb)", "https://gist.github.com/{id}"),
    _provider("asciinema", "Recording", r"asciinema\.org/a/(?P<id>\w+?)(?:\.js|/iframe|/embed)",
              "https://asciinema.org/a/{id}"),
    _provider("Scribd", "Document", r"scribd\.com/embeds/(?P<id>\d+)", "https://www.scribd.com/document/{id}"),
    _provider("Google Docs", "Document", r"docs\.google\.com/(?:gview|viewer)\?", _address_in("url")),
    _provider("Google Drive", "Document", r"drive\.google\.com/file/d/(?P<id>[\w-]+)/preview",
              "https://drive.google.com/file/d/{id}/view"),
    _provider("Office", "Document", r"view\.officeapps\.live\.com/op/embed\.aspx\?", _address_in("src")),
    # software with an installation on many hosts is recognised by its path
    _provider("PeerTube", "Video", r"(?P<host>[\w.-]+)/videos/embed/ID", "https://{host}/videos/watch/{id}"),
    _provider("Mastodon", "Post", r"(?P<host>[\w.-]+)/(?P<id>@[\w.@-]+/\d+)/embed", "https://{host}/{id}"),
)  # fmt: skip
"""The known providers, in the order in which they are tried."""

FRAME_HOSTS = (
    "archive.org", "bandcamp.com", "codepen.io", "datawrapper.dwcdn.net", "embed.music.apple.com",
    "embed.podcasts.apple.com", "embed.ted.com", "flo.uri.sh", "geo.dailymotion.com", "open.spotify.com",
    "player.vimeo.com", "w.soundcloud.com", "www.google.com", "www.openstreetmap.org", "www.youtube-nocookie.com",
)  # fmt: skip
"""The hosts whose players readers may show; a Content-Security-Policy allows frames of no other."""

_NO_CONTENT = re.compile(
    r"(?:[\w.-]+\.)?(?:doubleclick\.net|googlesyndication\.com|googletagmanager\.com|googleadservices\.com|"
    r"amazon-adsystem\.com|adnxs\.com|adsrvr\.org|criteo\.com|taboola\.com|outbrain\.com|rubiconproject\.com|"
    r"addthis\.com|sharethis\.com|disqus\.com|recaptcha\.net)/"
    r"|(?:[\w.-]+\.)?facebook\.com/(?:v[\d.]+/)?plugins/(?:like|likebox|share_button|page|follow|comments|fan)"
    r"|platform\.(?:twitter|x)\.com/widgets/(?:tweet_button|follow_button|hub)"
    r"|(?:www\.)?google\.com/recaptcha/|apis\.google\.com/"
)
"""Frames that are advertisements, trackers, share buttons or comment forms."""


@lru_cache(maxsize=512)
def known_player(url: str) -> EmbeddedPlayer | None:
    """Returns the player of an absolute URL of a frame, script or recording; None if no provider has such URLs."""
    address = absolute_url(url)
    rest = _without_scheme(address) if address else ""
    for provider in _PROVIDERS:
        if match := provider.pattern.match(rest):
            parts = {name: values[0] for name, values in _parameters(rest).items()}
            parts |= {name: value for name, value in match.groupdict().items() if value} | {"": rest}
            return _player(provider, parts)
    return None


def embedded_player(url: str) -> EmbeddedPlayer | None:
    """Returns the player in a frame with this absolute URL; None for advertisements and URLs that are not http(s).

    A frame of an unknown provider is named after its host.
    """
    address = absolute_url(url)
    if address is None or _NO_CONTENT.match(_without_scheme(address)):
        return None
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    return known_player(url) or EmbeddedPlayer(provider=host, kind="Embedded page", page_url=address)


def is_frame_url(url: str) -> bool:
    """Returns True if this is the URL of a frame that readers may show, exactly as ``embedded_player`` builds it."""
    player = known_player(url)
    return player is not None and player.frame_url == url


def known_urls(values: Iterator[str]) -> Iterator[EmbeddedPlayer]:
    """Returns the players among texts that may be URLs, such as attributes; others are left out."""
    for value in values:
        if "/" in value and (player := known_player(f"https:{value}" if value.startswith("//") else value)):
            yield player


def _player(provider: _Provider, parts: Parts) -> EmbeddedPlayer:
    frame = _filled(provider.frame, parts) if provider.frame else ""
    return EmbeddedPlayer(
        provider=provider.name,
        kind=provider.kind,
        page_url=_filled(provider.page, parts),
        frame_url=frame if frame and urlsplit(frame).hostname in FRAME_HOSTS else None,
        poster_url=provider.poster.format_map(parts) if provider.poster else None,
    )


def _filled(template: str | Callable[[Parts], str], parts: Parts) -> str:
    return template.format_map(parts) if isinstance(template, str) else template(parts)


def _without_scheme(address: str) -> str:
    rest = address.partition("://")[2].replace("&amp;", "&")
    host, slash, path = rest.partition("/")
    return f"{host.lower().removeprefix('www.')}{slash}{path}"


def _parameters(rest: str) -> dict[str, list[str]]:
    try:
        return parse_qs(rest.partition("?")[2], max_num_fields=50)
    except ValueError:
        return {}


def _quoted(value: str) -> str:
    """Escapes the value of a parameter; colons, commas and exclamation marks stay readable."""
    return quote(value, safe=":,!/@.-_~")
