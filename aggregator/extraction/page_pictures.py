"""Selects the pictures of a page that belong to the article, and their place among its blocks.

A picture belongs to the article if its branch of the page (see ``dom_branches``) has no text but captions. A branch
with other text is a box, such as a teaser or an advertisement. Only pictures from the headline to the article's last
block are considered, which leaves out logos and recommended articles. URLs are the publisher's; they must be
resolved and sanitised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from aggregator.extraction.block_position import CLASS_HINTS, MarkupPositions
from aggregator.extraction.dom_branches import branch_of, visible_text, visible_word_count, with_ancestors
from aggregator.extraction.html_to_text import is_formula_picture
from aggregator.extraction.page_blocks import Block
from aggregator.extraction.words import words

MAX_PICTURES = 100
"""Most pictures of one page."""

_URL_ATTRIBUTES = ("data-src", "data-original", "data-lazy-src", "data-full-src", "data-hi-res-src", "src")
_SOURCE_SET_ATTRIBUTES = ("data-srcset", "data-lazy-srcset", "srcset")
_SOURCE = re.compile(r"([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)")
_ENOUGH_PIXELS = 1600.0
"""A source wider than this is not preferred; digests are read on screens."""
_MIN_PIXELS = 100
"""A picture with a smaller width or height is an icon."""
_PIXELS = re.compile(r"\s*(\d+)\s*(?:px)?\s*")
_ICON = re.compile(
    r"(?:^|[/_.-])(?:sprite|icons?|logos?|avatars?|gravatar|emojis?|smil(?:ey|ies)|pixel|spacer|blank|placeholder|loading"
    r"|1x1|transparent|clear|button|badge|share|arrow)s?(?=[/_.?-]|$)|\.svg(?:$|\?)|^data:|^about:",
    re.IGNORECASE,
)
_OUTSIDE_HINTS = tuple(CLASS_HINTS.index(name) for name in ("related", "share", "promo", "comment", "side"))
_AUTHOR_PORTRAIT = re.compile(r"author|byline|avatar|profile|contributor", re.IGNORECASE)
_MIN_UNIQUE_NAME = 16
"""A file name with at least this many characters identifies a picture in all its sizes, crops and folders."""
_MAX_OTHER_WORDS = 12
"""Most words in the branch of a picture besides its caption, such as the photographer."""
_MAX_CAPTION_WORDS = 80
"""A longer caption is a text and is ignored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture of the article; ``after`` is the number of the article's blocks before it."""

    url: str
    alt: str
    caption: str
    after: int


def article_pictures(tree: etree._Element, blocks: Sequence[Block]) -> tuple[Picture, ...]:
    """The pictures of the article in page order; ``blocks`` are the article's blocks of the page ``tree``."""
    article = with_ancestors(block.element for block in blocks)
    if tree not in article:
        return ()
    positions = MarkupPositions()
    pictures: list[Picture] = []
    seen: set[str] = set()
    for image, after in elements_in_article(tree, blocks, ("img",)):
        if is_formula_picture(image):
            continue
        url = _best_url(image)
        branch = branch_of(image, article)
        if url is None or _picture_key(url) in seen or not belongs_to_article(image, branch, positions):
            continue
        seen.add(_picture_key(url))
        pictures.append(
            Picture(url=url, alt=_collapsed(image.get("alt") or ""), caption=_caption(image, branch), after=after)
        )
        if len(pictures) == MAX_PICTURES:
            break
    return tuple(pictures)


def elements_in_article(
    tree: etree._Element, blocks: Sequence[Block], tags: Sequence[str]
) -> Iterator[tuple[etree._Element, int]]:
    """The elements with these names from the headline to the last block, each with the number of blocks before it."""
    counts: dict[etree._Element, int] = {}
    for block in blocks:
        counts[block.element] = counts.get(block.element, 0) + 1
    begun, waiting = 0, list[etree._Element]()
    for element in tree.iter("h1", *tags, *{str(block.element.tag) for block in blocks}):
        if element.tag == "h1" and not begun:
            waiting.clear()
        if element in counts:
            begun += counts[element]
        elif element.tag in tags:
            waiting.append(element)
            continue
        else:
            continue
        yield from ((image, begun - counts[element]) for image in waiting)
        waiting.clear()
    yield from ((image, begun) for image in waiting if any(ancestor in counts for ancestor in image.iterancestors()))


def belongs_to_article(image: etree._Element, branch: etree._Element, positions: MarkupPositions) -> bool:
    """True if the branch of a picture or player has no other text, is no box, and shows no author."""
    is_small = image.tag == "img" and any(0 < size < _MIN_PIXELS for size in _sizes(image))
    if is_small or next(image.iterancestors("nav", "button"), None) is not None:
        return False
    position, branch_position = positions.of(image), positions.of(branch)
    if any(position.hints[hint] >= branch_position.depth for hint in _OUTSIDE_HINTS):
        return False
    if any(_AUTHOR_PORTRAIT.search(f"{one.get('class')} {one.get('id')}") for one in _up_to(image, branch)):
        return False
    caption_words = sum(visible_word_count(caption) for caption in branch.iter("figcaption"))
    return visible_word_count(branch) - caption_words <= _MAX_OTHER_WORDS


def _up_to(element: etree._Element, highest: etree._Element) -> Iterator[etree._Element]:
    """The element and its ancestors up to ``highest``."""
    yield element
    while element is not highest and (parent := element.getparent()) is not None:
        element = parent
        yield element


def _picture_key(url: str) -> str:
    """The part of a URL that is equal for all versions of one picture."""
    path = url.split("?", 1)[0]
    name = path.rpartition("/")[2]
    return name if len(name) >= _MIN_UNIQUE_NAME else path


def _sizes(image: etree._Element) -> Iterator[int]:
    for name in ("width", "height"):
        if match := _PIXELS.fullmatch(image.get(name) or ""):
            yield int(match[1])


def _caption(image: etree._Element, branch: etree._Element) -> str:
    """The caption of the figure around the image, or else of the branch; "" if it is too long."""
    figure = next(image.iterancestors("figure"), branch)
    caption = next(figure.iter("figcaption"), None)
    text = "" if caption is None else _collapsed(" ".join(visible_text(caption)))
    return text if len(words(text)) <= _MAX_CAPTION_WORDS else ""


def _best_url(image: etree._Element) -> str | None:
    """The best URL of an image; None for icons and for images whose URL a script sets."""
    picture = next(image.iterancestors("picture"), None)  # the parser nests an image in the sources before it
    sources = [image] if picture is None else [image, *picture.iter("source")]
    source_sets = [source.get(name) for source in sources for name in _SOURCE_SET_ATTRIBUTES]
    by_width = sorted(
        (
            (min(float(width or 1), _ENOUGH_PIXELS), url)
            for text in source_sets
            if text
            for url, width in _SOURCE.findall(text)
        ),
        key=lambda sized: -sized[0],
    )
    plain = (image.get(name) for name in _URL_ATTRIBUTES)
    for url in (*(url for _, url in by_width), *plain):
        if url and url.strip() and not _ICON.search(url.strip()):
            return str(url.strip())
    return None


def _collapsed(text: str) -> str:
    return " ".join(text.split())
