"""Gives each picture of a text once, with its real address.

Pages load pictures late: ``src`` is a placeholder, a script reads the address from another attribute, and ``noscript``
repeats the picture for readers without scripts. Feed readers run no scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.parsing.content.fragments import (
    Tag,
    ancestors_of,
    elements_of,
    has_media,
    new_element,
    remove_attribute,
    remove_element,
    replace_element,
    text_in,
    unwrap_element,
)
from aggregator.parsing.content.source_sets import SourceCandidate, best_candidate, source_candidates
from aggregator.parsing.urls import absolute_url

LAZY_ADDRESSES = (
    "data-src", "data-lazy-src", "data-original", "data-actualsrc", "data-cfsrc", "data-ezsrc", "data-lazy",
    "data-echo", "data-img-src", "data-image-src", "data-full-src", "data-hi-res-src", "data-runner-src",
    "data-td-src-property", "data-pin-media", "data-orig-file", "data-large-file", "data-url", "data-image", "lazy-src",
    "data-srcurl", "data-flickity-lazyload", "data-wpfc-original-src", "data-breeze", "data-pagespeed-lazy-src",
)  # fmt: skip
"""The attributes in which scripts find the address of a picture, the most reliable first."""

LAZY_SOURCE_SETS = (
    "data-srcset", "data-lazy-srcset", "data-cfsrcset", "data-ezsrcset", "data-original-set",
    "data-flickity-lazyload-srcset", "data-wpfc-original-srcset", "data-breeze-srcset", "lazy-srcset",
)  # fmt: skip
"""The attributes in which scripts find the candidates of a picture."""

_ALWAYS_REAL = 11
"""The first attributes replace any ``src``; the others only a placeholder, because other programs use them too."""

_USUAL_WIDTH = "1024"
"""The width that a script would write into an address with ``{width}``."""

_PLACEHOLDER = re.compile(
    r"data:|about:|javascript:|#|$|[^?]*(?:^|[/_.-])(?:blank|spacer|placeholder|transparent|pixel|loading|loader|lazy|"
    r"lazyload|1x1|1px|grey|gray|white|clear|trans|dummy|empty|fallback)(?:[_.-]?\d*)?\.(?:gif|png|svg|jpe?g|webp)(?:[?#]|$)",
    re.IGNORECASE,
)
_IS_FILE = re.compile(r"(?!data:|about:|javascript:|#).", re.IGNORECASE)
_BACKGROUNDS = ("data-bg", "data-background-image", "data-bg-url")
_RASTER = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif);base64,[A-Za-z0-9+/=\s]{200,500000}", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"[\s{}<>\"\[\]]")
_SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w{2,5}$)")
_TINY = re.compile(r"\s*[01](?:px)?\s*")
_DRAWN = re.compile(r"\.svgz?(?:[?#]|$)", re.IGNORECASE)
_PHOTOGRAPH = re.compile(r"\.(?:jpe?g|png|webp|avif|svgz?)(?:[?#]|$)", re.IGNORECASE)
_SCRIPT_NOTICE = re.compile(
    r"\b(?:javascript|java script|enable (?:cookies|scripts?)|js (?:is )?(?:disabled|required)|браузер)\b",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*[\"']?([^\"')]+)", re.IGNORECASE)


def rewrite_pictures(root: Tag, *, base: str) -> None:
    """Gives every picture below ``root`` its real address, and removes repeated ones in ``noscript``."""
    for image in elements_of(root, "amp-img", "amp-anim", "image"):
        if next(ancestors_of(image, "svg"), None) is None:
            _make_image(image)
    for element in elements_of(root, "img", "source", "video", "audio"):
        _rewrite_addresses(element, base)
    for noscript in elements_of(root, "noscript"):
        _rewrite_noscript(noscript, root, base)
    for picture in elements_of(root, "picture"):
        _rewrite_picture(picture)
    for holder in elements_of(root, "div", "span", "figure", "a", "section"):
        _show_background(holder, base)


def _make_image(element: Tag) -> None:
    """Makes an element of AMP an image; its content is for programs that do not know it."""
    attributes = {str(name): str(value) for name, value in element.items()}
    replace_element(element, new_element("img", **attributes))


def _rewrite_addresses(element: Tag, base: str) -> None:
    """Sets ``src`` and ``srcset``; for audio and video only ``src``."""
    is_picture = element.tag == "img" or next(ancestors_of(element, "picture"), None) is not None
    if is_picture:
        _set_source_set(element, base)
    source = (element.get("src") or "").strip().replace("{width}", _USUAL_WIDTH)
    lazy = [url for name in LAZY_ADDRESSES[:_ALWAYS_REAL] if (url := _lazy_url(element, name, base))]
    is_placeholder = _PLACEHOLDER.match(source) is not None and not _RASTER.fullmatch(source)
    if is_placeholder or (not lazy and not source):
        lazy += [url for name in LAZY_ADDRESSES[_ALWAYS_REAL:] if (url := _lazy_url(element, name, base))]
    if lazy or "{width}" in (element.get("src") or ""):
        element.set("src", lazy[0] if lazy else source)
    elif element.tag == "img" and is_placeholder:
        best = best_candidate(source_candidates(element.get("srcset") or ""))
        if best is not None:
            element.set("src", best.url)
        elif not _IS_FILE.match(source):
            remove_attribute(element, "src")
    if element.tag == "img":
        _correct_size(element)


def _lazy_url(element: Tag, name: str, base: str) -> str | None:
    value = (element.get(name) or "").strip().replace("{width}", _USUAL_WIDTH)
    if not value or _NO_ADDRESS.search(value) or _PLACEHOLDER.match(value):
        return None
    return absolute_url(value, base=base)


def _set_source_set(element: Tag, base: str) -> None:
    """Sets ``srcset`` to the usable candidates of the lazy attribute, else of ``srcset``, with absolute URLs."""
    for name in (*LAZY_SOURCE_SETS, "srcset"):
        candidates = [
            SourceCandidate(url=url, descriptor=candidate.descriptor)
            for candidate in source_candidates(element.get(name) or "")
            if not _PLACEHOLDER.match(candidate.url) and (url := absolute_url(candidate.url, base=base))
        ]
        if candidates:
            element.set("srcset", ", ".join(candidate.written for candidate in candidates))
            return
    remove_attribute(element, "srcset")


def _correct_size(image: Tag) -> None:
    """Removes the size of a picture that is not a tracking pixel: editors write 1 for a drawing without pixels."""
    if not any(_TINY.fullmatch(image.get(name) or "") for name in ("width", "height")):
        return
    source = image.get("src") or ""
    described = bool((image.get("alt") or "").strip()) and _PHOTOGRAPH.search(source)
    if _DRAWN.search(source) or described:
        for name in ("width", "height"):
            remove_attribute(image, name)


def _rewrite_noscript(noscript: Tag, root: Tag, base: str) -> None:
    """Removes the repetition of a picture, and notices about scripts; other content of a ``noscript`` stays."""
    images = [image for image in noscript.iter("img") if image.get("src")]
    others = [image for image in root.iter("img") if next(ancestors_of(image, "noscript"), None) is None]
    shown = {key for image in others for key in _keys_of(image, base)}
    repeated = [image for image in images if _keys_of(image, base) & shown]
    for image in repeated:
        remove_element(image)
    missing = [image for image in images if image not in repeated]
    placeholder = _image_before(noscript)
    if missing and placeholder is not None and _PLACEHOLDER.match(placeholder.get("src") or ""):
        replacement = missing[0]
        remove_element(replacement)
        replacement.tail = None
        replace_element(placeholder, replacement)
    text = text_in(noscript)
    if has_media(noscript) or (text and not _SCRIPT_NOTICE.search(text)):
        unwrap_element(noscript)
    else:
        remove_element(noscript)


def _image_before(noscript: Tag) -> Tag | None:
    """Returns the image directly before an element: its sibling, or the last one in its sibling."""
    previous = noscript.getprevious()
    if previous is None or (previous.tail or "").strip():
        return None
    images = list(previous.iter("img"))
    return images[-1] if images and not text_in(previous) else None


def _keys_of(image: Tag, base: str) -> set[str]:
    """Returns the addresses of an image without query and size, which differ between versions of one picture."""
    addresses = [image.get("src") or "", *(one.url for one in source_candidates(image.get("srcset") or ""))]
    urls = (absolute_url(address, base=base) for address in addresses if address)
    return {_SIZE.sub("", url.partition("?")[0]).partition("://")[2] for url in urls if url}


def _rewrite_picture(picture: Tag) -> None:
    """Gives the image of a picture an address from its sources, if it has none itself."""
    images = list(picture.iter("img"))
    image = images[0] if images else None
    if image is None:
        image = new_element("img", alt="")
        picture.append(image)
    if not image.get("src"):
        candidates = (one for source in picture.iter("source") for one in source_candidates(source.get("srcset") or ""))
        if (best := best_candidate(candidates)) is not None:
            image.set("src", best.url)


def _show_background(holder: Tag, base: str) -> None:
    """Adds the background picture of an element that shows nothing else, and of a cover with its text."""
    address = next(_backgrounds(holder), "").strip()
    if not address or _PLACEHOLDER.match(address) or has_media(holder):
        return
    if text_in(holder) and "cover" not in (holder.get("class") or ""):
        return
    if url := absolute_url(address, base=base):
        holder.insert(0, new_element("img", src=url, alt=holder.get("aria-label") or holder.get("title") or ""))
        holder[0].tail, holder.text = holder.text, None


def _backgrounds(holder: Tag) -> Iterator[str]:
    yield from (
        holder.get(name) or "" for name in ("data-bg", "data-background-image", "data-bg-url") if holder.get(name)
    )
    if match := _BACKGROUND.search(holder.get("style") or ""):
        yield match[1]
