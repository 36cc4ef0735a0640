"""Rewrites embedded players as figures: a link with the title, the poster picture, and the frame to show.

It finds frames, plug-ins, elements of AMP and of lazy players, blocks that a script fills, and consent forms that hold
the address of a player. The figure is ``<figure data-player="FRAME">``, without the attribute for a host that is not
on the list; ``publishing`` writes the frame where readers can show it.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from aggregator.parsing.content.fragments import (
    Tag,
    ancestors_of,
    elements_of,
    elements_of_scripts,
    inner_markup,
    lift_from_paragraph,
    new_element,
    parse_markup,
    remove_element,
    replace_element,
    text_in,
    unwrap_element,
    words_of_class,
)
from aggregator.parsing.content.players import EmbeddedPlayer, embedded_player, known_player, known_urls
from aggregator.parsing.urls import absolute_url

MAX_LABEL_LENGTH = 200
"""Characters of the title of a player."""

_ADDRESSES = (
    "src", "data-src", "data-lazy-src", "data-original", "data-iframe-src", "data-cookieblock-src", "data-src-cmplz",
    "data-cmp-src", "data-consent-src", "data-rocket-src", "data-suppressedsrc", "data-url", "data-href",
)  # fmt: skip
"""The attributes of a frame that may have its address, the best last resort last."""

_YOUTUBE = "https://www.youtube.com/embed/{}"
_CUSTOM_ELEMENTS = {
    "amp-youtube": (("data-videoid", _YOUTUBE), ("data-live-channelid", "https://www.youtube.com/channel/{}/live")),
    "amp-vimeo": (("data-videoid", "https://player.vimeo.com/video/{}"),),
    "amp-dailymotion": (("data-videoid", "https://www.dailymotion.com/embed/video/{}"),),
    "amp-twitter": (("data-tweetid", "https://platform.twitter.com/embed/Tweet.html?id={}"),),
    "amp-instagram": (("data-shortcode", "https://www.instagram.com/p/{}/"),),
    "amp-soundcloud": (("data-trackid", "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/{}"),),
    "amp-gist": (("data-gistid", "https://gist.github.com/{}.js"),),
    "amp-imgur": (("data-imgur-id", "https://imgur.com/{}"),),
    "lite-youtube": (("videoid", _YOUTUBE),),
    "lite-vimeo": (("videoid", "https://player.vimeo.com/video/{}"),),
    "youtube-embed": (("video-id", _YOUTUBE), ("videoid", _YOUTUBE)),
}  # fmt: skip
"""The attributes that name a recording, with the URL of its frame, by element name."""

_KEYS = {
    "data-youtube-id": _YOUTUBE, "data-youtubeid": _YOUTUBE, "data-yt-id": _YOUTUBE, "data-ytid": _YOUTUBE,
    "data-youtube": _YOUTUBE, "data-vimeo-id": "https://player.vimeo.com/video/{}",
}  # fmt: skip
_KEY_CLASSES = ("youtube", "yt-")
_KEY = re.compile(r"[A-Za-z0-9_-]{3,40}")
_KEY_NAMES = ("data-id", "data-video-id", "data-videoid", "data-embed")
_VIDEO_KEY = re.compile(r"[A-Za-z0-9_-]{11}")
_POST_CLASSES = frozenset({"fb-post", "fb-video", "tenor-gif-embed"})
_MAX_ADDRESS = 2000
_CHART = re.compile(r"(?:visualisation|story)/\d+")
_REMOVED = frozenset({
    "amp-ad", "amp-analytics", "amp-auto-ads", "amp-consent", "amp-pixel", "amp-social-share", "amp-sticky-ad",
    "amp-user-notification", "amp-state", "amp-script",
})  # fmt: skip
_MEDIA_OF_AMP = ("amp-img", "amp-anim", "amp-video", "amp-audio")
_FRAME_IN_TEXT = re.compile(r"<i?frame\b[^<>]*?\s(?:data-)?src\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{40,20000}={0,2}\s*")
_TINY = re.compile(r"\s*[01](?:px)?\s*")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*[\"']?([^\"')]+)", re.IGNORECASE)
_POSTERS = ("poster", "data-poster", "data-thumbnail", "data-thumb", "data-image", "data-preview-image", "data-bg")
_TITLES = ("title", "data-title", "playlabel", "aria-label")
_POST_LINKS = ("data-instgrm-permalink", "cite", "data-url", "data-href", "data-embed-url")
_HOLDERS = ("div", "span", "figure", "section", "p", "li", "center", "aside", "button", "blockquote", "a")


def rewrite_players(root: Tag, *, base: str) -> None:
    """Replaces every player below ``root`` by its figure; ``base`` resolves relative addresses."""
    for script in elements_of(root, "script", "template"):
        _rewrite_script(script, root)
    for frame in elements_of(root, "iframe", "frame", "amp-iframe", "fencedframe"):
        _rewrite_frame(frame, base)
    for plug_in in elements_of(root, "object", "embed", "applet"):
        _rewrite_plug_in(plug_in, base)
    for element in elements_of(root):
        if isinstance(element.tag, str) and "-" in element.tag:
            _rewrite_custom_element(element, base)
    for holder in elements_of_scripts(root):
        if holder.tag in _HOLDERS:
            _rewrite_holder(holder, root)


def player_figure(player: EmbeddedPlayer, *, title: str = "", poster: str | None = None) -> Tag:
    """Creates the figure of a player; without a title its kind and provider are the text of the link."""
    title = " ".join(title.split())[:MAX_LABEL_LENGTH]
    label = title if player.provider.lower() in title.lower() else f"{title} ({player.provider})"
    label = label if title else player.label
    figure = new_element("figure", **({"data_player": player.frame_url} if player.frame_url else {}))
    if poster:
        link = new_element("a", href=player.page_url)
        link.append(new_element("img", src=poster, alt=title))
        figure.append(link)
    caption = new_element("figcaption")
    caption.append(new_element("a", label, href=player.page_url))
    figure.append(caption)
    return figure


def frame_player(frame: Tag, *, base: str) -> EmbeddedPlayer | None:
    """Returns the player of a frame element; None for an advertisement, a tracker, or a frame without an address."""
    if any(_TINY.fullmatch(frame.get(name) or "") for name in ("width", "height")):
        return None
    addresses = (frame.get(name) or "" for name in _ADDRESSES)
    urls = [url for address in addresses if (url := absolute_url(address, base=base))]
    named = (player for url in urls if (player := embedded_player(url)))
    return next(named, None) or next(known_urls(map(str, frame.values())), None)  # consent tools have own attributes


def _rewrite_frame(frame: Tag, base: str) -> None:
    if player := frame_player(frame, base=base):
        link = _fallback_link(frame)
        title = next((text for name in _TITLES if (text := (frame.get(name) or "").strip())), "")
        if link is not None and (page := absolute_url(link.get("href") or "", base=base)):
            player, title = replace(player, page_url=page), title or text_in(link)
        _put(frame, player_figure(player, title=title, poster=_poster_of(frame, base)))
        return
    document = frame.get("srcdoc") or ""
    inner = parse_markup(document) if document else None
    if inner is None or next(inner.iter("iframe"), None) is not None:
        remove_element(frame)
        return
    for element in elements_of(inner, "script", "style", "title"):
        remove_element(element)
    replace_element(frame, inner)


def _fallback_link(frame: Tag) -> Tag | None:
    """Returns the link inside a frame element, for programs that show no frames."""
    text = "".join(map(str, frame.itertext()))
    content = parse_markup(text) if "<" in text else frame
    return None if content is None else next(content.iter("a"), None)


def _poster_of(element: Tag, base: str) -> str | None:
    """Returns the picture that the publisher shows before the player starts."""
    candidates = [element.get(name) or "" for name in _POSTERS]
    candidates += [match[1] for match in [_BACKGROUND.search(element.get("style") or "")] if match]
    candidates += [image.get("src") or "" for image in element.iter("img", "amp-img")]
    urls = (absolute_url(candidate, base=base) for candidate in candidates if candidate.strip())
    return next((url for url in urls if url), None)


def _put(old: Tag, figure: Tag) -> None:
    replace_element(old, figure)
    lift_from_paragraph(figure)


def _rewrite_plug_in(element: Tag, base: str) -> None:
    """Rewrites an object or embed: as a picture, sound or video, as the content for other programs, or as a player."""
    parameters = {(param.get("name") or "").lower(): param.get("value") or "" for param in element.iter("param")}
    address = element.get("data") or element.get("src") or parameters.get("movie") or parameters.get("src") or ""
    url = absolute_url(address, base=base)
    kind = (element.get("type") or "").partition("/")[0].lower()
    player = embedded_player(url) if url else None
    known = known_player(url) if url else None
    fallback = any(_is_content(child) for child in element)
    if url and known is None and kind in ("image", "audio", "video"):
        tag = "img" if kind == "image" else kind
        text = {"alt": text_in(element) or element.get("title") or ""} if tag == "img" else {}
        replace_element(element, new_element(tag, src=url, **text))
    elif element.tag == "embed" and next(ancestors_of(element, "object"), None) is not None:
        remove_element(element)
    elif known is not None or (player is not None and not fallback):
        name = urlsplit(player.page_url).path.rpartition("/")[2] if player and known is None else ""
        found = known or player
        if found is not None:
            _put(element, player_figure(found, title=element.get("title") or element.get("name") or name))
    elif fallback or (element.text or "").strip():
        for param in list(element.iter("param")):
            unwrap_element(param)
        unwrap_element(element)
    else:
        remove_element(element)


def _is_content(child: Tag) -> bool:
    return child.tag not in ("param", "embed") or any(_is_content(inner) for inner in child)


def _rewrite_custom_element(element: Tag, base: str) -> None:
    tag = str(element.tag)
    if tag in _REMOVED:
        remove_element(element)
        return
    for name, template in _CUSTOM_ELEMENTS.get(tag, ()):
        key = (element.get(name) or "").strip()
        if _KEY.fullmatch(key) and (player := embedded_player(template.format(key))):
            title = element.get("playlabel") or element.get("title") or element.get("data-title") or ""
            _put(element, player_figure(player, title=title, poster=_poster_of(element, base)))
            return
    if account := element.get("data-account"):
        _rewrite_brightcove(element, account)
    elif tag.startswith("amp-") and not text_in(element):
        for name in ("data-href", "data-src", "data-url", "src"):
            url = absolute_url(element.get(name) or "", base=base)
            if url and tag not in _MEDIA_OF_AMP and (player := embedded_player(url)):
                _put(element, player_figure(player, title=element.get("title") or ""))
                return


def _rewrite_brightcove(element: Tag, account: str) -> None:
    video = element.get("data-video-id") or ""
    if account.isdigit() and re.fullmatch(r"[\w:.-]{1,60}", video):
        url = f"https://players.brightcove.net/{account}/default_default/index.html?videoId={video}"
        player = EmbeddedPlayer(provider="Brightcove", kind="Video", page_url=url)
        _put(element, player_figure(player, title=element.get("title") or "", poster=element.get("poster")))


def _rewrite_script(script: Tag, root: Tag) -> None:
    """Rewrites a script that writes a player, or a template that holds its frame; other scripts are not content."""
    players = list(known_urls(iter([script.get("src") or ""])))
    if not script.get("src"):
        text = inner_markup(script) if script.tag == "template" else script.text or ""
        if script.tag == "template" or "template" in (script.get("type") or "") or "html" in (script.get("type") or ""):
            players += _players_in_text(text)
    _append_players(script, players, root, inside=False)


def _players_in_text(text: str) -> list[EmbeddedPlayer]:
    """Returns the players whose frames are written in a text, also if that is encoded in base64."""
    if _BASE64.fullmatch(text):
        try:
            text = b64decode(text).decode("utf-8", "replace")
        except ValueError:
            return []
    return list(known_urls(iter(_FRAME_IN_TEXT.findall(text[:20_000]))))


def _rewrite_holder(holder: Tag, root: Tag) -> None:
    """Rewrites an element that a script makes a player; the text of a consent form stays."""
    classes = words_of_class(holder)
    stated = {str(name): str(value).strip() for name, value in holder.items() if str(name).startswith("data-")}
    if "wp-block-embed__wrapper" in classes and not len(holder):
        _rewrite_bare_url(holder, text_in(holder))
    elif holder.tag == "blockquote" or classes & _POST_CLASSES:
        _add_post_link(holder)
    elif stated and holder.tag != "a" and "data-player" not in stated:
        short = [value for value in stated.values() if len(value) < _MAX_ADDRESS]
        players = [
            *known_urls(iter(short)),
            *(player for value in stated.values() if "<i" in value.lower() for player in _players_in_text(value)),
            *known_urls(_keyed_urls(stated, classes)),
        ]
        _append_players(holder, players[:1], root, inside=True)


def _keyed_urls(stated: Mapping[str, str], classes: frozenset[str]) -> Iterator[str]:
    """Returns the frames of the players that ``data-`` attributes name by a key instead of a URL."""
    for name, template in _KEYS.items():
        key = stated.get(name, "")
        if (key.isdecimal() if "vimeo" in name else _VIDEO_KEY.fullmatch(key)) and key:
            yield template.format(key)
    if any(key in name for name in classes for key in _KEY_CLASSES):
        yield from (_YOUTUBE.format(key) for name in _KEY_NAMES if _VIDEO_KEY.fullmatch(key := stated.get(name, "")))
    if "flourish-embed" in classes and _CHART.fullmatch(stated.get("data-src", "")):
        yield f"https://flo.uri.sh/{stated['data-src']}/embed"
    if "infogram-embed" in classes and _KEY.fullmatch(stated.get("data-id", "")):
        yield f"https://e.infogram.com/{stated['data-id']}"


def _append_players(place: Tag, players: list[EmbeddedPlayer], root: Tag, *, inside: bool) -> None:
    """Adds figures inside an element, or in its place, for players that the text does not link yet."""
    linked = {link.get("href") for link in root.iter("a")} | {one.get("data-player") for one in root.iter("figure")}
    for player in players:
        if player.page_url in linked or (player.frame_url and player.frame_url in linked):
            continue
        figure = player_figure(player, title=place.get("title") or place.get("data-title") or "")
        if not inside:
            _put(place, figure)
            return
        place.append(figure)
        if place.tag in ("p", "span", "button"):
            lift_from_paragraph(figure)


def _rewrite_bare_url(holder: Tag, text: str) -> None:
    """Rewrites the address that WordPress could not make a player."""
    url = absolute_url(text)
    if url is None or " " in text:
        return
    player = known_player(url)
    holder.text = None
    holder.append(player_figure(player) if player else new_element("a", text, href=url))


def _add_post_link(post: Tag) -> None:
    """Adds the link to a post of a social network whose text a script would fetch."""
    if next(post.iter("a"), None) is not None:
        return
    urls = (absolute_url(post.get(name) or "") for name in _POST_LINKS)
    url = next((url for url in urls if url), None)
    player = embedded_player(url) if url else None
    if url and player and (not text_in(post) or player.provider in ("Instagram", "TikTok")):
        link = new_element("p")
        link.append(new_element("a", player.label, href=url))
        post.append(link)
