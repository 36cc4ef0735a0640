"""Reads the media of an entry: its files, and the pictures that belong into its content.

A picture of Media RSS, of an enclosure or of an attachment is part of the post: many services publish a post as a
line of text beside its pictures. So pictures that the content does not show yet are added to it, with their
alternative texts. A text of a medium (Media RSS 1.5.1: description, title, text, credit) is never that of the entry,
unless the entry has no other text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from aggregator.model.parsing import Enclosure
from aggregator.parsing.entry_fields import MAX_VALUES, file_address, make_enclosure
from aggregator.parsing.titles import plain_text
from aggregator.parsing.unsanitised_entry import Markup

_MAX_ALTERNATIVE_TEXT = 2_000
_ALTERNATIVES = ("description", "text", "title")
"""Texts of a medium that say what can be seen, the best first."""

_PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|svg|heic)$", re.IGNORECASE)
_SIZE = re.compile(r"-(?:\d{2,4}x\d{2,4}|scaled)(?=\.[a-z]{3,4}\b)", re.IGNORECASE)
"""The size in the name of a picture, as WordPress writes it."""

_IMAGE = re.compile(r"<img\s([^<>]{1,5000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_MIN_NAME_LENGTH = 12
"""Characters of a file name that is taken for the same picture in another folder."""

_AUTHOR_PORTRAIT = re.compile(
    r"(?:https?:)?//(?:(?:[a-z0-9-]+\.)?gravatar\.com/avatar/|avatars\d*\.githubusercontent\.com/)"
)
"""Images of the author, which WordPress and GitHub publish as images of the entry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryPicture:
    """A picture of an entry, with what the publisher says of it as plain text.

    ``group`` is equal for renditions of one picture, None for a picture of its own.
    """

    url: str
    width: int = 0
    alternative: str = ""
    title: str = ""
    credit: str = ""
    group: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryMedium:
    """One ``media:content``, with the texts of the elements around it that are its own."""

    attributes: dict[str, Any]
    texts: dict[str, str]
    group: int | None = None

    @property
    def is_picture(self) -> bool:
        """True if it is declared as an image, or looks like one and is not declared."""
        medium, media_type = self.attributes.get("medium"), _text(self.attributes.get("type"))
        if medium or media_type:
            return medium == "image" or media_type.startswith("image/")
        return _PICTURE_NAME.search(_text(self.attributes.get("url")).partition("?")[0]) is not None


def media_of_tree(root: dict[str, Any] | None) -> tuple[EntryMedium, ...]:
    """Returns the media of an entry in document order; a text of a group belongs to each of its media."""
    return tuple(_media(root, {}, None)) if root else ()


def text_of_media(root: dict[str, Any] | None) -> dict[str, Any]:
    """Returns the detail of the description that can stand for the text of the entry; {} if there is none.

    It is that of the entry, of a group, or of a medium that is no picture.
    """
    if not root:
        return {}
    nodes = [root, *root["parts"], *(part for node in root["parts"] for part in node["parts"])]
    for node in nodes:
        is_picture = node["kind"] == "content" and EntryMedium(attributes=node["attributes"], texts={}).is_picture
        for name in ("description", "text"):
            if not is_picture and (detail := node["texts"].get(name)):
                return dict(detail)
    return {}


def title_of_media(root: dict[str, Any] | None) -> str:
    """Returns the title of the entry's media, if they have one title; else ""."""
    titles = {title for title in _titles(root) if title} if root else set()
    return titles.pop() if len(titles) == 1 else ""


def pictures_of_media(media: Iterable[EntryMedium], base: str) -> Iterator[EntryPicture]:
    """Returns the pictures among the media, in document order."""
    for medium in media:
        url = file_address(_text(medium.attributes.get("url")), base=base)
        if url and medium.is_picture and not _AUTHOR_PORTRAIT.match(url) and not _is_pixel(medium.attributes):
            yield EntryPicture(
                url=url,
                width=_number(medium.attributes.get("width")),
                alternative=next((text for name in _ALTERNATIVES if (text := medium.texts.get(name))), ""),
                title=medium.texts.get("title", ""),
                credit=medium.texts.get("credit", ""),
                group=medium.group,
            )


def files_of_media(media: Iterable[EntryMedium], base: str) -> Iterator[Enclosure | None]:
    """Returns the media that are no pictures as files."""
    for medium in media:
        if not medium.is_picture:
            yield make_enclosure(
                _text(medium.attributes.get("url")),
                media_type=medium.attributes.get("type"),
                length=medium.attributes.get("filesize"),
                title=medium.texts.get("title") or medium.texts.get("description"),
                duration=medium.attributes.get("duration"),
                base=base,
            )


def pictures_of_files(files: Iterable[Enclosure]) -> Iterator[EntryPicture]:
    """Returns the pictures among enclosures or attachments; their title is the alternative text."""
    for file in files:
        if (file.media_type or "").startswith("image/"):
            yield EntryPicture(url=file.url, alternative=file.title or "")


def add_pictures(summary: Markup, content: Markup, *, pictures: Iterable[EntryPicture]) -> tuple[Markup, Markup]:
    """Returns summary and content; pictures that neither shows are added to the longer one, in one rendition each.

    The shorter one is not shown where there is a longer one, so its pictures count too.
    """
    shorter, longer = sorted((summary.text, content.text), key=len)
    distinct = _distinct((*_pictures_of_html(shorter, summary.base or content.base), *pictures))
    known = _SIZE.sub("", html.unescape(longer)) if distinct else ""
    added = "".join(_figure(picture) for picture in distinct if not _shows(known, picture.url))
    if len(content.text) >= len(summary.text) and content.text:
        return summary, content.with_markup(added)
    return summary.with_markup(added), content


def widest_picture(pictures: Iterable[EntryPicture]) -> str | None:
    """Returns the URL of the widest picture, the first of several."""
    widest = max(pictures, key=lambda picture: picture.width, default=None)
    return widest.url if widest else None


def is_author_portrait(url: str) -> bool:
    """True if an image shows the author of many entries, not the subject of this one."""
    return _AUTHOR_PORTRAIT.match(url) is not None


def _media(node: dict[str, Any], around: dict[str, str], group: int | None) -> Iterator[EntryMedium]:
    own = {name: _alternative(detail) for name, detail in node["texts"].items()}
    if node["kind"] == "content":
        yield EntryMedium(attributes=node["attributes"], texts={**around, **own}, group=group)
    inherited = {**around, **own} if node["kind"] == "group" or len(node["parts"]) == 1 else around
    for number, part in enumerate(node["parts"]):
        inner_group = number if part["kind"] == "group" and _are_renditions(part["parts"]) else group
        yield from _media(part, inherited, inner_group)


def _are_renditions(parts: list[dict[str, Any]]) -> bool:
    """True if the media of a group are one medium in several sizes.

    That is what a group is for (Media RSS 1.5.1), but publishers also put different pictures into one. Renditions
    have different widths or heights, and no two of them different descriptions.
    """
    sizes = {(part["attributes"].get("width"), part["attributes"].get("height")) for part in parts}
    texts = {_alternative(part["texts"].get("description") or part["texts"].get("title") or {}) for part in parts}
    return len(sizes) == len(parts) and len(texts - {""}) <= 1


def _titles(node: dict[str, Any]) -> Iterator[str]:
    yield _text(node["texts"].get("title", {}).get("value"))
    for part in node["parts"]:
        yield from _titles(part)


def _alternative(detail: dict[str, Any]) -> str:
    return plain_text(_text(detail.get("value")), limit=_MAX_ALTERNATIVE_TEXT)


def _distinct(pictures: Iterable[EntryPicture]) -> list[EntryPicture]:
    """Returns one rendition of each picture, the widest, in the order of the first ones."""
    by_rendition: dict[object, EntryPicture] = {}
    for picture in pictures:
        key = _rendition_key(picture)
        by_rendition[key] = _wider(by_rendition.get(key, picture), picture)
    by_url: dict[str, EntryPicture] = {}
    for picture in by_rendition.values():
        by_url[picture.url] = _wider(by_url.get(picture.url, picture), picture)
    return list(by_url.values())[:MAX_VALUES]


def _wider(one: EntryPicture, other: EntryPicture) -> EntryPicture:
    """Returns the wider of two renditions, with the alternative text that either of them has."""
    wider = max(one, other, key=lambda picture: picture.width)
    return replace(wider, alternative=wider.alternative or one.alternative or other.alternative)


def _rendition_key(picture: EntryPicture) -> object:
    """Returns a key that renditions of one picture share.

    They are in one group, or their URLs differ only in the query, in the declared width or in a size.
    """
    if picture.group is not None:
        return picture.group
    if not picture.width:
        return picture.url
    path = picture.url.partition("?")[0]
    if not _PICTURE_NAME.search(path):
        return picture.url
    return _SIZE.sub("", re.sub(rf"(?<!\d){picture.width}(?!\d)", "", path))


def _shows(known: str, url: str) -> bool:
    """True if markup without sizes (``known``) has the picture, perhaps in another size or by way of another host."""
    address, _, query = _SIZE.sub("", url).partition("//")[2].partition("?")
    if not _PICTURE_NAME.search(address):
        return (f"{address}?{query}" if query else address) in known
    name = address.rpartition("/")[2]
    return address in known or (len(name) >= _MIN_NAME_LENGTH and name in known)


def _pictures_of_html(markup: str, base: str | None) -> Iterator[EntryPicture]:
    """Returns the pictures of HTML that is not sanitised, without tracking pixels."""
    for tag in _IMAGE.findall(markup) if base else ():
        attributes = {
            name.lower(): html.unescape(one or other or bare) for name, one, other, bare in _ATTRIBUTE.findall(tag)
        }
        url = file_address(attributes.get("src", ""), base=base or "")
        if url and not _is_pixel(attributes):
            yield EntryPicture(
                url=url,
                alternative=attributes.get("alt", ""),
                title=attributes.get("title", ""),
            )


def _figure(picture: EntryPicture) -> str:
    title = f' title="{html.escape(picture.title)}"' if picture.title and picture.title != picture.alternative else ""
    image = f'<img src="{html.escape(picture.url)}" alt="{html.escape(picture.alternative)}"{title}>'
    caption = f"<figcaption>{html.escape(picture.credit, quote=False)}</figcaption>" if picture.credit else ""
    return f"<figure>{image}{caption}</figure>"


def _is_pixel(attributes: dict[str, Any]) -> bool:
    return any(_text(attributes.get(side)) in ("0", "1") for side in ("width", "height"))


def _number(value: object) -> int:
    text = _text(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
