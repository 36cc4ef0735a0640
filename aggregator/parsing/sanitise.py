"""What of a publisher's HTML may a reader see, and how does a title read as plain text?

The only room of nh3. ``sanitise`` is an allow-list: it keeps what feed readers show and rewrites
relative addresses; ``plain_text`` and ``from_text`` go between markup and text. Nothing here
judges what an article is or cuts boilerplate.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Literal

import nh3

from aggregator.parsing.urls import normalise_url

LONGEST_TITLE = 500
"""Characters of a title, author or category; longer ones are cut at a word."""

DEEPEST = 256
"""Open elements in one text; more make HTML parsers quadratic, so such a text keeps only its words."""

_TAGS = {
    "a", "abbr", "acronym", "address", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption",
    "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main",
    "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "source", "span",
    "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt",
    "u", "ul", "var", "video", "wbr",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"title", "lang", "dir"},
    "a": {"href"},
    "audio": {"src", "controls"},
    "blockquote": {"cite"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
    "video": {"src", "poster", "controls", "width", "height"},
}
_SCHEMES = {"http", "https", "mailto"}
_WITHOUT_CONTENT = {
    "applet", "frameset", "head", "iframe", "math", "noembed", "noframes", "object", "script", "select", "style", "svg",
    "template", "textarea", "title",
}  # fmt: skip

_NOT_PLAIN = re.compile("[<>&\xa0\r]")
"""What an HTML parser would not give back as it came."""

# In what nh3 wrote, where names are in lower case and values between double quotes, as most publishers write too.
_RELATIVE = re.compile(r'="(?:(?<= href=")|(?<= src=")|(?<= cite=")|(?<= poster="))(?!https?://|mailto:)')

_IMAGE = re.compile(r'<img((?: [a-z]+(?:="[^"]*")?)*)>')
_DOT = re.compile(r' (?:width|height)="[01](?:px)?"')
_TRACKER = re.compile(
    r' src="https?://(?:feeds\.feedburner\.com/~r/|pixel\.wp\.com/|stats\.wordpress\.com/|feedsportal\.com/|'
    r"pixel\.quantserve\.com/|b\.scorecardresearch\.com/|(?:www\.)?google-analytics\.com/|ad\.doubleclick\.net/)"
)
_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]*)")
_ANY_MARKUP = re.compile(
    r"<(?:!--.*?(?:-->|\Z)|(script|style)\b.*?(?:</\1\s*>|\Z)|[A-Za-z/!?][^<>]*>?)", re.DOTALL | re.IGNORECASE
)
_UNCOUNTED = frozenset(
    {"area", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p", "param",
     "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr"}
)  # fmt: skip
"""Void elements, and those whose end tag HTML supplies: leaving it out does not nest them."""

# Markup in a title is a tag people format with, an end tag, or any tag with an attribute. A lone unusual
# tag is a word: "the <main> element", "List<T>".
_TITLE_TAG = re.compile(
    r"<(script|style|iframe|noscript)\b[^<>]{0,500}>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)"
    r"|</?(?:a|abbr|b|bdi|bdo|big|blink|blockquote|body|br|button|center|cite|code|del|dfn|div|em|embed|font|form|h[1-6]|"
    r"hr|i|iframe|img|input|ins|kbd|li|link|mark|marquee|math|meta|nobr|object|ol|p|pre|q|rp|rt|ruby|s|samp|script|small|"
    r"span|strike|strong|style|sub|sup|svg|table|td|template|textarea|tr|tt|u|ul|var|video|wbr|xmp)(?![\w.:-])"
    r"(?:(?:\"[^\"<]{0,500}\"|'[^'<]{0,500}'|[^<>\"']){0,500}>|[^<>]{0,500}>)"
    r"|</[A-Za-z][\w:-]{0,40}\s*>"
    r"|<[A-Za-z][\w:-]{0,40}[\s/][^<>]{0,500}=[^<>]{0,500}>",
    re.IGNORECASE | re.DOTALL,
)
_BREAKING = re.compile(r"<(?:br|p|div|li|h[1-6]|tr|td|hr)\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n\s*\n")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
_NO_CHARACTERS = ("\ufffe", "\uffff")

# Listed rather than asked of unicodedata, whose tables differ between versions of Python. The joiners
# U+200C and U+200D are not here: Persian, Indic scripts and emoji are spelled with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)

_CROWD = 1_000
"""References in one piece of text, from which on nh3's quadratic time for them is felt."""


def sanitise(markup: str, *, base: str) -> str:
    """HTML that is safe to show: allowed elements only, http(s) and mailto addresses made absolute with ``base``.

    Scripts, styles, frames and forms go with their content; unknown elements leave their text;
    tracking pixels and images without an address go. Text nested beyond reason keeps only its words.
    """
    if not markup.strip():
        return ""
    markup = storable(markup)
    if not _NOT_PLAIN.search(markup) and not markup.startswith("\ufeff"):
        return markup.strip()
    if _opened_at_once(markup) > DEEPEST:
        markup = html.escape(_ANY_MARKUP.sub(" ", markup), quote=False)
    if markup.count("&") > _CROWD:
        markup = "<".join(map(_parted, markup.split("<")))
    clean = _cleaned(markup, base)
    if "<img" in clean:
        clean = _IMAGE.sub(_shown, clean)
    if "&#" in markup:  # a reference may stand for what no text should hold, or for an old line end
        clean = storable(clean).replace("\r\n", "\n").replace("\r", "\n")
    return clean.strip()


def from_text(text: str) -> str:
    """Plain text as HTML: paragraphs at blank lines, breaks at line ends, everything escaped."""
    paragraphs = (block.strip() for block in _PARAGRAPH.split(storable(text)))
    return "".join(
        f"<p>{html.escape(block, quote=False).replace(chr(10), '<br>')}</p>" for block in paragraphs if block
    )


def plain_text(markup: str, *, limit: int = LONGEST_TITLE) -> str:
    """One line of text: inline markup and entities resolved, also where they were escaped twice.

    Controls, bidi overrides (Unicode TR9) and invisible format characters go; white space folds to
    single spaces; at most ``limit`` characters stay. The result is text, not HTML: escape it.
    """
    text = storable(markup[: limit * 20])
    if "<" not in text and "&" not in text and text.isprintable():  # then there is nothing invisible in it either
        return _shortened(_folded(text), limit)
    for _ in range(3):
        if "<" not in text and "&" not in text:
            break
        stripped = _TITLE_TAG.sub(lambda match: " " if _BREAKING.match(match.group()) else "", text)
        resolved = html.unescape(stripped)
        if resolved == text:
            break
        text = resolved
    visible = _INVISIBLE.sub("", storable(_TITLE_TAG.sub("", text) if "<" in text else text))
    return _shortened(_folded(visible), limit)


def words_of(markup: str) -> str:
    """The text of HTML on one line, without elements; for comparing, not for showing."""
    if "<" in markup:
        markup = _ANY_MARKUP.sub(" ", markup)
    if "&" in markup:
        markup = html.unescape(markup)
    return _folded(markup)


def _folded(text: str) -> str:
    """The text with single spaces. No other white space is printable, and to see that takes less than to fold it."""
    return text.strip() if text.isprintable() and "  " not in text else " ".join(text.split())


def storable(text: str) -> str:
    """Text that XML, UTF-8 and PostgreSQL can hold: no control characters, and U+FFFD for half a surrogate pair."""
    if text.isprintable() or _is_storable(text):
        return text
    return _SURROGATE.sub("\ufffd", _UNSTORABLE.sub("", text))


def _is_storable(text: str) -> bool:
    """The same question as two patterns answer; asked of bytes, it takes half the time."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return len(encoded.translate(None, _CONTROLS)) == len(encoded) and not any(map(text.__contains__, _NO_CHARACTERS))


def _parted(piece: str) -> str:
    """A piece of text without elements; comments, which nh3 drops, keep its references apart, a crowd at a time."""
    references = piece.split("&")
    crowds = (references[start : start + _CROWD] for start in range(0, len(references), _CROWD))
    return "<!---->&".join("&".join(crowd) for crowd in crowds)


def _cleaned(markup: str, base: str) -> str:
    """What nh3 leaves. A text that looks as if it had relative addresses is not cleaned first to see whether it has."""
    if not _RELATIVE.search(markup):
        clean = _AS_WRITTEN.clean(markup)
        if not _RELATIVE.search(clean):
            return clean
    return _resolving(base).clean(markup)


def _cleaner(relative: Literal["pass_through", "deny"] | tuple[Literal["rewrite_with_base"], str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_WITHOUT_CONTENT,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative=relative,
    )


# Making a cleaner costs as much as cleaning a short text, and most texts have whole addresses only.
_AS_WRITTEN = _cleaner("pass_through")


@lru_cache(maxsize=512)
def _resolving(base: str) -> nh3.Cleaner:
    """A cleaner that makes addresses whole; without a usable base relative ones go."""
    usable = normalise_url(base)
    return _cleaner(("rewrite_with_base", usable) if usable else "deny")


def _opened_at_once(markup: str) -> int:
    """How many elements stay open at the deepest place, end tags paired by name; an upper estimate."""
    if markup.count("<") - markup.count("</") <= DEEPEST:  # too few are opened at all
        return 0
    tags = _TAG.findall(markup)
    names = {tag: tag.lstrip("/").lower() for tag in set(tags)}
    counted = {tag: name for tag, name in names.items() if name not in _UNCOUNTED}
    open_now = dict.fromkeys(counted.values(), 0)
    total = deepest = 0
    for tag in tags:
        name = counted.get(tag)
        if name is None:
            continue
        if tag[0] != "/":
            open_now[name] += 1
            total += 1
            if total > deepest:  # noqa: PLR1730  # a call of max would be half of the time
                deepest = total
        elif open_now[name]:
            open_now[name] -= 1
            total -= 1
    return deepest


def _shown(image: re.Match[str]) -> str:
    attributes = image[1]
    hidden = " src=" not in attributes or _DOT.search(attributes) or _TRACKER.search(attributes)
    return "" if hidden else image.group()


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    word = cut.rfind(" ")
    return (cut[:word] if word > limit // 2 else cut).rstrip() + "…"
