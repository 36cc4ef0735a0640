"""Does reading a hostile document take more than its size warrants? Growth of CPU time from size n to 4n.

    python benchmarks/hostile.py                every shape
    python benchmarks/hostile.py ampersands     the shapes whose names hold a word

Each shape is a document of one oddity repeated until it has n bytes. What is linear takes four times as
long for 4n, what is quadratic sixteen times; shapes that take longer than eight times and a tenth of a second are
marked. feedparser is part of what is measured: it is handed what ``mending`` leaves. The deadline of a worker is the
last guard.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping

from aggregator.parsing.feed_document import parse_feed

SMALLEST = 100_000
"""Bytes of the smallest document of a shape."""

TOO_LONG = 10.0
"""Seconds after which a shape is not made larger."""

STEEP, NOTICEABLE = 8.0, 0.1

Shape = Callable[[int], str]


def filled(unit: str, size: int) -> str:
    """``unit`` repeated to ``size`` characters."""
    return (unit * (size // len(unit) + 1))[:size]


def item(name: str, unit: str, *, cdata: bool = False) -> Shape:
    """A feed of one entry, one element of which holds ``unit`` again and again."""
    opening, closing = ("<![CDATA[", "]]>") if cdata else ("", "")
    return bare(unit, start=f"{ITEM}<guid>1</guid><{name}>{opening}", end=f"{closing}</{name}>{ITEM_END}")


def bare(unit: str, *, start: str = "", end: str = "") -> Shape:
    """A start, and then ``unit`` to the end."""
    return lambda size: start + filled(unit, size) + end


def numbered(unit: str, *, start: str = "", end: str = "") -> Shape:
    """A start, and then ``unit`` with a counter, to the end."""

    def shape(size: int) -> str:
        return start + "".join(unit.replace("#", str(number)) for number in range(size // (len(unit) + 4))) + end

    return shape


FEED, FEED_END = '<rss version="2.0"><channel><title>x</title>', "</channel></rss>"
MEDIA = '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><item>'
CORE = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item>'
ITEM, ITEM_END = f"{FEED}<item>", f"</item>{FEED_END}"
ATOM_FEED, ATOM_END = '<feed xmlns="http://www.w3.org/2005/Atom">', "</entry></feed>"
ATOM = f"{ATOM_FEED}<entry>"
JSON = '{"version":"https://jsonfeed.org/version/1.1","items":['
JSON_TEXT = JSON + '{"id":"1","content_html":"'
ENCLOSURE, ENCLOSURE_END = f'{ITEM}<enclosure url="', f'"/>{ITEM_END}'
WHOLE = f"{ITEM}<title>a</title>{ITEM_END}"

UNITS = {
    "angles": "<", "closing angles": ">", "ampersands": "&", "half references": "&#", "half names": "&a",
    "half hexadecimal references": "&#x", "entities": "&amp;", "entities of HTML": "&nbsp;",
    "comment openings": "<!--", "half comments": "<!-- -", "comments": "<!-- x -->", "CDATA openings": "<![CDATA[",
    "processing": "<?", "declarations": "<!", "open tags": "<b>", "close tags": "</b>", "half tags": "<b ",
    "half attributes": "<b a=", "open quotes": "<b a='", "double quotes": '"', "empty attributes": "<b a=''",
    "scripts": "<script>", "styles": "<style>", "tables": "<table><tr><td>", "selects": "<select>",
    "lists": "<li><ul>", "links": "<a href='x'>y</a>", "images": "<img src='x'>", "svg": "<svg><math>",
    "srcset": "<img srcset='a 1x, '", "brackets": "[", "closing brackets": "]]", "spaces": " ", "newlines": "\n",
    "spaced letters": "a ", "addresses": "http://a.b/", "at signs": "a@", "mailboxes": "a@b.c ", "dotted": "a.",
    "parentheses": "(", "mailboxes in parentheses": "a@b.c (", "hyphens": "-", "astral": "😀",
    "combining": "e\u0301", "right to left": "\u202e", "twice encoded": "Ã©", "half twice encoded": "Ã",
    "soft hyphens": "\xad", "percent": "%", "escaped tags": "&lt;b&gt;", "escaped comments": "&lt;!--",
    "double escapes": "&amp;lt;", "nulls": "\0", "controls": "\x01", "semicolons": ";", "colons": ":", "slashes": "/",
}  # fmt: skip

PLACES: Mapping[str, Callable[[str], Shape]] = {
    "in a title": lambda unit: item("title", unit),
    "in a title's CDATA": lambda unit: item("title", unit, cdata=True),
    "in a description": lambda unit: item("description", unit),
    "in a description's CDATA": lambda unit: item("description", unit, cdata=True),
    "as an author": lambda unit: item("author", unit, cdata=True),
    "as a date": lambda unit: item("pubDate", unit, cdata=True),
    "as a link": lambda unit: item("link", unit, cdata=True),
    "as a guid": lambda unit: item("guid", unit, cdata=True),
    "before a feed": lambda unit: bare(unit, end=FEED + FEED_END),
    "behind an entry": lambda unit: bare(unit, start=f"{ITEM}<title>a</title></item>"),
    "behind a feed": lambda unit: bare(unit, start=WHOLE),
    "alone": bare,
    "in a page": lambda unit: bare(unit, start="<!doctype html><html><title>"),
    "in a DOCTYPE": lambda unit: bare(unit, start="<!DOCTYPE rss [", end=f"]>{FEED}{FEED_END}"),
    "in a sitemap": lambda unit: bare(unit, start="<urlset><url><loc>http://a.b/</loc></url>", end="</urlset>"),
    "in an attribute": lambda unit: bare(unit, start=ENCLOSURE, end=ENCLOSURE_END),
    "in JSON": lambda unit: bare(unit.replace('"', '\\"'), start=JSON_TEXT, end='"}]}'),
    "in windows-1251": lambda unit: bare(f"я{unit}", start=ITEM, end=ITEM_END),
}

LISTS: Mapping[str, Shape] = {
    "entries": numbered("<item><title>#</title><guid>#</guid></item>", start=FEED, end=FEED_END),
    "entries without end": bare("<item>", start=FEED),
    "entries in entries": bare("<item><title>a</title>", start=FEED),
    "entries of one guid": bare("<item><title>a</title><guid>1</guid></item>", start=FEED, end=FEED_END),
    "entries of one guid, told apart": numbered(
        "<item><title>#</title><guid>1</guid></item>", start=FEED, end=FEED_END
    ),
    "ill-formed entries": numbered("<item><title>#<b></title><guid>#</guid></item>", start=FEED, end=FEED_END),
    "links of an entry": numbered("<link>http://a.b/#</link>", start=ITEM, end=ITEM_END),
    "links of an Atom entry": numbered('<link href="http://a.b/#"/>', start=ATOM, end=ATOM_END),
    "related links": numbered('<link rel="related" href="http://a.b/#"/>', start=ATOM, end=ATOM_END),
    "links of an Atom feed": numbered('<link rel="self" href="http://a.b/#"/>', start=ATOM_FEED, end="</feed>"),
    "categories": numbered("<category>c#</category>", start=ITEM, end=ITEM_END),
    "enclosures": numbered('<enclosure url="http://a.b/#"/>', start=ITEM, end=ITEM_END),
    "authors": numbered("<author>n# (a@b.c)</author>", start=ITEM, end=ITEM_END),
    "creators": numbered("<dc:creator>n#</dc:creator>", start=CORE, end=ITEM_END),
    "Atom authors": numbered("<author><name>n#</name></author>", start=ATOM, end=ATOM_END),
    "titles": numbered("<title>t#</title>", start=ITEM, end=ITEM_END),
    "descriptions": numbered("<description>t#</description>", start=ITEM, end=ITEM_END),
    "contents": numbered("<content>t#</content>", start=ATOM, end=ATOM_END),
    "dates": bare("<pubDate>x</pubDate>", start=ITEM, end=ITEM_END),
    "pictures": numbered('<media:content url="http://a.b/#" medium="image"/>', start=MEDIA, end=ITEM_END),
    "undeclared prefixes": numbered("<p#:a/>", start=FEED, end=FEED_END),
    "undeclared prefixes of attributes": numbered("<a p#:b='c'/>", start=FEED, end=FEED_END),
    "declared prefixes": numbered('<a xmlns:p#="u#"/>', start=FEED, end=FEED_END),
    "attributes": numbered(" a#='b'", start="<rss", end="><channel></channel></rss>"),
    "nested elements": lambda size: "<rss>" + "<a>" * (size // 7) + "</a>" * (size // 7) + "</rss>",
    "entity declarations": numbered("<!ENTITY e# 'x'>", start="<!DOCTYPE rss [", end=f"]>{FEED}{FEED_END}"),
    "parameter entities": numbered("<!ENTITY % e# 'x'>", start="<!DOCTYPE rss [", end=f"]>{FEED}{FEED_END}"),
    "document types": bare("<!DOCTYPE rss []>", end=FEED + FEED_END),
    "XML declarations": bare("<?xml version='1.0'?>", end=FEED + FEED_END),
    "half XML declarations": bare("<?xml ", end=FEED + FEED_END),
    "pages of a sitemap": numbered("<url><loc>http://a.b/#</loc></url>", start="<urlset>", end="</urlset>"),
    "open pages of a sitemap": numbered("<url><loc>http://a.b/#", start="<urlset>", end="</urlset>"),
    "ill-formed pages": numbered("<url><loc>http://a.b/#<b></loc></url>", start="<urlset>", end="</urlset>"),
    "closed pages of a sitemap": bare("</url>", start="<urlset><url>", end="</urlset>"),
    "sitemaps of an index": numbered("<sitemap><loc>/#</loc></sitemap>", start="<sitemapindex>", end="</sitemapindex>"),
    "items of JSON": numbered('{"id":"#"},', start=JSON, end='{"id":"x"}]}'),
    "nested JSON": lambda size: '{"items":' + "[" * size + "]" * size + "}",
    "a long number of JSON": lambda size: '{"items":[{"id":' + "1" * size + "}]}",
    "links in JSON": numbered("<a href='/#'>b</a>", start=JSON_TEXT, end='"}]}'),
}

SHAPES: Mapping[str, Shape] = {
    **{f"{name} {place}": shaped(unit) for place, shaped in PLACES.items() for name, unit in UNITS.items()},
    **LISTS,
}


def seconds(shape: Shape, size: int) -> float:
    """CPU time of reading a shape of a size, the less of two."""
    document = shape(size)
    body = document.encode("cp1251" if "я" in document else "utf-8", "replace")

    def taken() -> float:
        begun = time.process_time()
        parse_feed(body, url="https://example.org/feed", content_type=None)
        return time.process_time() - begun

    first = taken()
    return first if first > TOO_LONG else min(first, taken())


def growth(shape: Shape) -> tuple[float, float]:
    """From n to 4n, and the seconds 4n took; those of n, and without end, if n took too long."""
    first = seconds(shape, SMALLEST)
    if first > TOO_LONG:
        return float("inf"), first
    last = seconds(shape, 4 * SMALLEST)
    return last / max(first, 0.001), last


def main() -> int:
    """Print the growth of every shape, the steepest last; 1 when one is steep."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("word", nargs="?", default="", help="only shapes whose names hold it")
    word = options.parse_args().word
    measured = sorted((growth(shape), name) for name, shape in SHAPES.items() if word in name)
    steep = [name for (ratio, taken), name in measured if ratio > STEEP and taken > NOTICEABLE]
    for (ratio, taken), name in measured:
        print(f"{ratio:8.1f} times {taken:8.3f} s  {name}{'  STEEP' if name in steep else ''}")
    print(f"{len(steep)} of {len(measured)} shapes are steep")
    return 1 if steep else 0


if __name__ == "__main__":
    sys.exit(main())
