"""Which pictures of a page belong to the article among its blocks, and where do they stand?

A picture belongs when the part of the page that holds it and no block of the article says nothing but
captions: what stands in a box with words of its own is the box's, a teaser or an advertisement. It
looks from the headline to the article's last block, so that neither logos nor what is recommended
below is asked. Addresses are the publisher's, to be resolved and sanitised before anyone sees them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from aggregator.extraction.block_position import HINTS, Surroundings
from aggregator.extraction.dom_branches import around, branch_of, spoken, words_said
from aggregator.extraction.page_blocks import Block
from aggregator.extraction.words import words

MOST_PICTURES = 20
"""Pictures that are kept of one page."""

_ADDRESSES = ("data-src", "data-original", "data-lazy-src", "data-full-src", "data-hi-res-src", "src")
_SOURCE_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_SOURCE = re.compile(r"([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)")
_WIDEST = 1600.0
"""Pixels beyond which a wider source is not preferred; digests are read on screens."""
_SMALLEST = 100
"""Pixels of width or height below which a picture is an ornament."""
_PIXELS = re.compile(r"\s*(\d+)\s*(?:px)?\s*")
_ORNAMENT = re.compile(
    r"(?:^|[/_.-])(?:sprite|icons?|logos?|avatars?|gravatar|emojis?|smil(?:ey|ies)|pixel|spacer|blank|placeholder|loading"
    r"|1x1|transparent|clear|button|badge|share|arrow)s?(?=[/_.?-]|$)|\.svg(?:$|\?)|^data:|^about:",
    re.IGNORECASE,
)
_FOREIGN = tuple(HINTS.index(name) for name in ("related", "share", "promo", "comment", "side"))
_OF_THE_AUTHOR = re.compile(r"author|byline|avatar|profile|contributor", re.IGNORECASE)
_LONG_NAME = 16
"""Characters from which the name of a file tells a picture in whatever size, crop and folder it comes."""
_BESIDE_CAPTIONS = 12
"""Words that may stand beside a picture and its caption: who took it, how to enlarge it."""
_LONGEST_CAPTION = 80
"""Words beyond which it is no caption but a text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture and how many of the article's blocks stand before it."""

    address: str
    alt: str
    caption: str
    after: int


def pictures_of(tree: etree._Element, kept: Sequence[Block]) -> tuple[Picture, ...]:
    """The pictures of the article that consists of these blocks of the page ``tree``, in their order."""
    article = around(block.element for block in kept)
    if tree not in article:
        return ()
    surroundings = Surroundings()
    pictures: list[Picture] = []
    seen: set[str] = set()
    for image, after in _between(tree, kept):
        address = _address(image)
        branch = branch_of(image, article)
        if address is None or _name(address) in seen or not _belongs(image, branch, surroundings):
            continue
        seen.add(_name(address))
        pictures.append(
            Picture(address=address, alt=_line(image.get("alt") or ""), caption=_caption(image, branch), after=after)
        )
        if len(pictures) == MOST_PICTURES:
            break
    return tuple(pictures)


def _between(tree: etree._Element, kept: Sequence[Block]) -> Iterator[tuple[etree._Element, int]]:
    """The images from the headline to the last block, each with how many blocks begin before it."""
    counts: dict[etree._Element, int] = {}
    for block in kept:
        counts[block.element] = counts.get(block.element, 0) + 1
    begun, waiting = 0, list[etree._Element]()
    for element in tree.iter("img", "h1", *{str(block.element.tag) for block in kept}):
        if element.tag == "h1" and not begun:
            waiting.clear()
        if element in counts:
            begun += counts[element]
        elif element.tag == "img":
            waiting.append(element)
            continue
        else:
            continue
        yield from ((image, begun - counts[element]) for image in waiting)
        waiting.clear()
    yield from ((image, begun) for image in waiting if any(above in counts for above in image.iterancestors()))


def _belongs(image: etree._Element, branch: etree._Element, surroundings: Surroundings) -> bool:
    if (
        any(0 < size < _SMALLEST for size in _sizes(image))
        or next(image.iterancestors("nav", "button"), None) is not None
    ):
        return False
    place, root = surroundings.of(image), surroundings.of(branch)
    if any(place.hints[hint] >= root.depth for hint in _FOREIGN):
        return False
    if any(_OF_THE_AUTHOR.search(f"{above.get('class')} {above.get('id')}") for above in _up_to(image, branch)):
        return False
    captions = sum(words_said(caption) for caption in branch.iter("figcaption"))
    return words_said(branch) - captions <= _BESIDE_CAPTIONS


def _up_to(element: etree._Element, highest: etree._Element) -> Iterator[etree._Element]:
    """An element and those around it, up to and with ``highest``."""
    yield element
    while element is not highest and (above := element.getparent()) is not None:
        element = above
        yield element


def _name(address: str) -> str:
    """What two addresses of one picture have in common."""
    path = address.split("?", 1)[0]
    name = path.rpartition("/")[2]
    return name if len(name) >= _LONG_NAME else path


def _sizes(image: etree._Element) -> Iterator[int]:
    for name in ("width", "height"):
        if match := _PIXELS.fullmatch(image.get(name) or ""):
            yield int(match[1])


def _caption(image: etree._Element, branch: etree._Element) -> str:
    """The caption of the figure around an image, or of the one the branch is part of."""
    figure = next(image.iterancestors("figure"), branch)
    caption = next(figure.iter("figcaption"), None)
    text = "" if caption is None else _line(" ".join(spoken(caption)))
    return text if len(words(text)) <= _LONGEST_CAPTION else ""


def _address(image: etree._Element) -> str | None:
    """The best address an image is given under; None for ornaments and for what a program would have to fill in."""
    picture = next(image.iterancestors("picture"), None)  # the parser nests an image in the sources before it
    sources = [image] if picture is None else [image, *picture.iter("source")]
    sets = [source.get(name) for source in sources for name in _SOURCE_SETS]
    wide = sorted(
        (
            (min(float(width or 1), _WIDEST), address)
            for text in sets
            if text
            for address, width in _SOURCE.findall(text)
        ),
        key=lambda found: -found[0],
    )
    plain = (image.get(name) for name in _ADDRESSES)
    for address in (*(address for _, address in wide), *plain):
        if address and address.strip() and not _ORNAMENT.search(address.strip()):
            return str(address.strip())
    return None


def _line(text: str) -> str:
    return " ".join(text.split())
