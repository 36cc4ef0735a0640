"""Lists the elements, attributes and addresses that readers may see, and checks single values.

``sanitise`` gives these lists to nh3. ``check_attribute`` checks values that nh3 does not know to be addresses. It
relies on nothing that was rewritten before: markup that the parser of ``rewriting`` reads in another way than nh3 is
checked here all the same.
"""

from __future__ import annotations

import re

from aggregator.parsing.content.anchors import ANCHOR
from aggregator.parsing.content.drawings import PRESENTATION
from aggregator.parsing.content.players import is_frame_url
from aggregator.parsing.content.source_sets import source_candidates

HTML_TAGS = frozenset({
    "a", "abbr", "acronym", "address", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption",
    "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main",
    "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "source", "span",
    "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "track",
    "tt", "u", "ul", "var", "video", "wbr",
})  # fmt: skip

MATH_TAGS = frozenset({
    "math", "menclose", "merror", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom",
    "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd",
    "mtext", "mtr", "munder", "munderover", "none",
})  # fmt: skip
"""MathML Core without elements that hold HTML (annotation-xml) or that HTML parsers treat alone (mglyph)."""

DRAWING_TAGS = frozenset({
    "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
    "tspan", "textPath", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "marker",
})  # fmt: skip
"""SVG that only draws: no script, style, animation, filter, foreign content or external picture."""

ALLOWED_TAGS = HTML_TAGS | MATH_TAGS | DRAWING_TAGS

_MATH_ATTRIBUTES = {
    "accent", "accentunder", "alttext", "close", "columnalign", "columnlines", "columnspacing", "columnspan", "depth",
    "display", "displaystyle", "fence", "form", "frame", "height", "largeop", "linethickness", "lspace", "mathvariant",
    "maxsize", "minsize", "movablelimits", "notation", "open", "rowalign", "rowlines", "rowspacing", "rowspan",
    "rspace", "scriptlevel", "separator", "separators", "stretchy", "symmetric", "voffset", "width",
}  # fmt: skip
_DRAWING_ATTRIBUTES = PRESENTATION | {
    "cx", "cy", "d", "dx", "dy", "fx", "fy", "gradientTransform", "gradientUnits", "height", "href", "markerHeight",
    "markerUnits", "markerWidth", "maskContentUnits", "maskUnits", "offset", "orient", "pathLength",
    "patternContentUnits", "patternTransform", "patternUnits", "clipPathUnits", "points", "preserveAspectRatio", "r",
    "refX", "refY", "rotate", "rx", "ry", "spreadMethod", "startOffset", "textLength", "transform", "viewBox", "width",
    "x", "x1", "x2", "y", "y1", "y2", "role", "aria-label",
}  # fmt: skip
ALLOWED_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"title", "lang", "dir", "id"},
    "a": {"href"},
    "audio": {"src", "loop", "muted", "preload"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "figure": {"data-player"},
    "img": {"src", "alt", "width", "height", "srcset", "sizes"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "type", "reversed"},
    "q": {"cite"},
    "source": {"src", "type", "srcset", "sizes", "media"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "video": {"src", "poster", "width", "height", "loop", "muted", "preload"},
    **{tag: set(_MATH_ATTRIBUTES) for tag in MATH_TAGS},
    **{tag: set(_DRAWING_ATTRIBUTES) for tag in DRAWING_TAGS},
}
"""The attributes by element; ``*`` is any element."""

SET_ATTRIBUTES = {"audio": {"controls": ""}, "video": {"controls": ""}}
"""The attributes that every such element gets."""

URL_SCHEMES = {"http", "https", "mailto"}
"""The schemes of addresses; ``data`` is checked by ``check_attribute``."""

REMOVED_WITH_CONTENT = {
    "applet", "annotation", "annotation-xml", "desc", "foreignObject", "frameset", "head", "iframe", "metadata",
    "noembed", "noframes", "object", "script", "select", "style", "template", "textarea", "title",
}  # fmt: skip
"""The elements that are removed with everything inside them."""

_WEB = re.compile(r"https?://[^\s]", re.IGNORECASE)
_IGNORED_IN_URLS = re.compile(r"[\x00-\x20]+")
_RASTER = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif);base64,[A-Za-z0-9+/=\s]{200,500000}", re.IGNORECASE)
_LOCAL_PAINT = re.compile(r"url\(#(t[0-9a-f]{8}-[^\s\"'<>&#()]{1,200})\)(?: none)?")


def check_attribute(element: str, name: str, value: str) -> str | None:
    """Returns the value of an attribute that is allowed by name, or None to remove the attribute."""
    match name:
        case "id":
            return value if ANCHOR.fullmatch(value) else None
        case "href" if value.startswith("#"):
            return value if ANCHOR.fullmatch(value[1:]) else None
        case "href":
            return None if element in DRAWING_TAGS or _is_data(value) else value
        case "src":
            is_picture = element == "img" and _RASTER.fullmatch(value) is not None
            return value if is_picture or not _is_data(value) else None
        case "cite":
            return value if _WEB.match(value) else None
        case "srcset":
            candidates = source_candidates(value)
            return value if candidates and all(_WEB.match(one.url) for one in candidates) else None
        case "poster":
            return None if _is_data(value) else value
        case "data-player":
            return value if is_frame_url(value) else None
        case _ if "url(" in value.lower() and element in DRAWING_TAGS:
            return value if _LOCAL_PAINT.fullmatch(value) else None
        case _:
            return value


def _is_data(value: str) -> bool:
    return _IGNORED_IN_URLS.sub("", value)[:5].lower() == "data:"
