"""Which element of RSS and Atom becomes which field: one case per mapping."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.model.parsing import Enclosure, ParsedEntry, ParsedFeed, PollHints, Unreadable
from aggregator.parsing.entry_fields import MIN_ARTICLE_LENGTH
from aggregator.parsing.xml_feed_reader import read_xml_feed
from aggregator.parsing.xml_repair import RepairedXml, repair_xml

BASE = "https://example.org/news/feed.xml"
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)
ONE = ParsedEntry(uid="1", url=None, title="")
THEN = datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)
LATER = datetime(2024, 2, 4, tzinfo=UTC)
ARTICLE = "word " * (MIN_ARTICLE_LENGTH // 4)


def read(text: str) -> ParsedFeed | Unreadable:
    document = repair_xml(text)
    read = read_xml_feed(document, base=BASE) if isinstance(document, RepairedXml) else document
    return read if isinstance(read, Unreadable) else read.sanitised()


def rss(item: str, channel: str = "") -> str:
    return f'<rss version="2.0" {NAMESPACES}><channel>{channel}{item}</channel></rss>'


def atom(inside: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES} {attributes}>{inside}</feed>'


def only_entry(text: str) -> ParsedEntry:
    feed = read(text)
    assert isinstance(feed, ParsedFeed)
    (entry,) = feed.entries
    return entry


RSS_FIELDS: list[tuple[str, str, dict[str, Any]]] = [
    ("title", "<title>Tom &amp;amp; &lt;b>Jerry&lt;/b></title>", {"title": "Tom & Jerry"}),
    ("title in CDATA", "<title><![CDATA[ A <i>b</i> &quot;c&quot; ]]></title>", {"title": 'A b "c"'}),
    ("title of dc", "<dc:title>A</dc:title>", {"title": "A"}),
    ("title before that of a picture", "<title>A</title><media:title>B</media:title>", {"title": "A"}),
    ("link", "<link> https://example.org/a?utm_source=rss </link>", {"url": "https://example.org/a"}),
    ("anchor", "<link>/a#sec-2</link>", {"url": "https://example.org/a", "anchor": "sec-2"}),
    ("anchor that must be escaped", "<link>/a#über &quot;</link>", {"url": "https://example.org/a", "anchor": "%C3%BCber%20%22"}),
    ("relative link", "<link>a.html</link>", {"url": "https://example.org/news/a.html"}),
    ("protocol-relative link", "<link>//other.example/a</link>", {"url": "https://other.example/a"}),
    ("link without a scheme", "<link>www.paper.example/a</link>", {"url": "https://www.paper.example/a"}),
    ("link that is a script", "<link>javascript:alert(1)</link>", {}),
    ("atom:link", '<atom:link rel="alternate" href="/a"/>', {"url": "https://example.org/a"}),
    ("atom:link to itself", '<atom:link rel="self" href="/a"/>', {}),
    (
        "origin behind a proxy",
        "<link>https://feeds.example/1</link><feedburner:origLink>https://example.org/a</feedburner:origLink>",
        {"url": "https://example.org/a"},
    ),
    (
        "description",
        "<description>&lt;p&gt;S&lt;script&gt;x&lt;/script&gt;&lt;/p&gt;</description>",
        {"summary": "<p>S</p>"},
    ),
    ("description without markup", "<description>a\nb</description>", {"summary": "<p>a<br>b</p>"}),
    ("long description", f"<description>{ARTICLE}</description>", {"content": ARTICLE.strip()}),
    (
        "content:encoded and description",
        "<description>S</description><content:encoded><![CDATA[<p>C</p>]]></content:encoded>",
        {"summary": "S", "content": "<p>C</p>"},
    ),
    (
        "content:encoded before description",
        "<content:encoded><![CDATA[<p>C</p>]]></content:encoded><description>S</description>",
        {"summary": "S", "content": "<p>C</p>"},
    ),
    ("content:encoded alone", "<content:encoded>&lt;p>C&lt;/p></content:encoded>", {"content": "<p>C</p>"}),
    (
        "description before that of a picture",
        "<description>&lt;p>Said by the article&lt;/p></description><media:description>Caption</media:description>",
        {"summary": "<p>Said by the article</p>"},
    ),
    ("description of media alone", "<media:description>a &amp; b</media:description>", {"summary": "<p>a &amp; b</p>"}),
    (
        "relative links in content",
        '<link>https://example.org/2024/a</link><description>&lt;a href="b">x&lt;/a></description>',
        {
            "url": "https://example.org/2024/a",
            "summary": '<a href="https://example.org/2024/b" rel="noopener noreferrer">x</a>',
        },
    ),
    ("author", "<author>ann@example.org (Ann Other)</author>", {"authors": ("Ann Other",)}),
    ("author under any domain", "<author>ann@studio.photography (Ann Other)</author>", {"authors": ("Ann Other",)}),
    (
        "owner, who is no author",
        "<author>Ann</author><itunes:owner><itunes:name>Bob</itunes:name></itunes:owner>",
        {"authors": ("Ann",)},
    ),
    ("author without name", "<author>ann@example.org</author>", {"authors": ("ann@example.org",)}),
    ("authors of dc", "<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>", {"authors": ("Ann", "Bob")}),
    ("author of itunes", "<itunes:author>Ann</itunes:author>", {"authors": ("Ann",)}),
    (
        "categories",
        '<category domain="d">a</category><category>b &amp;amp; c</category><category/><dc:subject>a</dc:subject>',
        {"categories": ("a", "b & c")},
    ),
    ("keywords of itunes", "<itunes:keywords>x, y,</itunes:keywords>", {"categories": ("x", "y")}),
    ("pubDate", "<pubDate>Sat, 03 Feb 2024 04:05:06 GMT</pubDate>", {"published_at": THEN}),
    ("date of dc", "<dc:date>2024-02-03T04:05:06Z</dc:date>", {"published_at": THEN, "updated_at": THEN}),
    ("date that is none", "<pubDate>soon</pubDate>", {}),
    ("language", "<dc:language>de_AT</dc:language>", {"language": "de-AT"}),
    (
        "comments",
        "<comments>/a#respond</comments>",
        {"comments_url": "https://example.org/a#respond"},
    ),
    (
        "enclosure",
        '<enclosure url="/a.mp3" type="audio/mpeg" length="9"/>',
        {"enclosures": (Enclosure(url="https://example.org/a.mp3", media_type="audio/mpeg", length=9),)},
    ),
    (
        "enclosure with a signature, which stays as it is written",
        '<enclosure url="https://cdn.example:443/a.mp3?utm_source=rss&amp;sig=%7e%2F"/>',
        {"enclosures": (Enclosure(url="https://cdn.example:443/a.mp3?utm_source=rss&sig=%7e%2F"),)},
    ),
    ("enclosure with credentials", '<enclosure url="https://me:pw@cdn.example/a.mp3"/>',
     {"enclosures": (Enclosure(url="https://cdn.example/a.mp3"),)}),
    (
        "media that is no picture",
        '<media:content url="/a.mp4" type="video/mp4" fileSize="9"/>',
        {"enclosures": (Enclosure(url="https://example.org/a.mp4", media_type="video/mp4", length=9),)},
    ),
    (
        "enclosed picture",
        '<enclosure url="/a.png" type="image/png"/>',
        {
            "enclosures": (Enclosure(url="https://example.org/a.png", media_type="image/png"),),
            "image": "https://example.org/a.png",
            "summary": '<figure><img src="https://example.org/a.png" alt=""></figure>',
        },
    ),
    (
        "portrait of the author",
        '<media:content url="https://0.gravatar.com/avatar/1" medium="image"/><media:thumbnail url="/t.png"/>',
        {"image": "https://example.org/t.png"},
    ),
    (
        "thumbnail with a signature, which stays as it is written",
        '<media:thumbnail url="https://i.example/a.jpg?width=460&amp;utm_source=x&amp;s=91%7e"/>',
        {"image": "https://i.example/a.jpg?width=460&utm_source=x&s=91%7e"},
    ),
    ("thumbnail", '<media:thumbnail url="/t.png"/>', {"image": "https://example.org/t.png"}),
    (
        "widest picture of a group",
        '<media:group><media:content medium="image" url="/s.png" width="10"/>'
        '<media:content type="image/png" url="/l.png" width="900"/></media:group><media:thumbnail url="/t.png"/>',
        {
            "image": "https://example.org/l.png",
            "summary": '<figure><img src="https://example.org/l.png" alt=""></figure>',
        },
    ),
    (
        "texts of a picture",
        "<title>A</title><description>B</description><media:content url='/a.png' medium='image'><media:title>c</media:title>"
        "<media:description>d &quot;e&quot;</media:description><media:credit>F</media:credit></media:content>",
        {
            "title": "A",
            "image": "https://example.org/a.png",
            "summary": 'B<figure><img src="https://example.org/a.png" alt="d &quot;e&quot;" title="c">'
            "<figcaption>F</figcaption></figure>",
        },
    ),
    (
        "caption before the description",
        "<media:description>Caption</media:description><description>Text</description>",
        {"summary": "Text"},
    ),
    (
        "title and text of media alone",
        "<media:group><media:title>A</media:title><media:description>B\nC</media:description>"
        "<media:content url='/v' type='video/mp4' duration='61'/></media:group>",
        {
            "title": "A",
            "summary": "<p>B<br>C</p>",
            "enclosures": (
                Enclosure(url="https://example.org/v", media_type="video/mp4", title="A", duration=61),
            ),
        },
    ),
    (
        "picture of a summary that the content does not show",
        "<description>&lt;img alt='x' src=&quot;/t.png&quot;>S</description><content:encoded>&lt;p>Content&lt;/p>"
        + "&lt;p>more&lt;/p>" * 9 + "</content:encoded>",
        {
            "summary": '<img alt="x" src="https://example.org/t.png">S',
            "content": "<p>Content</p>" + "<p>more</p>" * 9
            + '<figure><img src="https://example.org/t.png" alt="x"></figure>',
        },
    ),
    (
        "two descriptions",
        "<description>A long description</description><dc:description>Short one</dc:description>",
        {"summary": "<p>Short one</p>", "content": "A long description"},
    ),
    (
        "two descriptions, of which one repeats the other",
        "<dc:description>One</dc:description><description>One and more</description>",
        {"summary": "<p>One and more</p>"},
    ),
    (
        "description of a recording",
        '<description>A</description><media:content url="/a.mp3" type="audio/mpeg"><media:description>B</media:description>'
        "</media:content>",
        {
            "summary": "A",
            "enclosures": (Enclosure(url="https://example.org/a.mp3", media_type="audio/mpeg", title="B"),),
        },
    ),
    (
        "texts of a podcast beside a description",
        "<itunes:summary>" + "long " * 9 + "</itunes:summary><itunes:subtitle>T</itunes:subtitle><description>S</description>",
        {"summary": "S"},
    ),
    ("summary of a podcast alone", "<itunes:subtitle>T</itunes:subtitle><itunes:summary>S</itunes:summary>", {"summary": "<p>S</p>"}),
    (
        "duration of an episode",
        '<enclosure url="/a.mp3" type="audio/mpeg"/><itunes:duration>1:02:03</itunes:duration>',
        {"enclosures": (Enclosure(url="https://example.org/a.mp3", media_type="audio/mpeg", duration=3723),)},
    ),
    (
        "files of a podcast",
        '<enclosure url="/a.mp3" type="audio/mpeg"/><pod:transcript xmlns:pod="https://podcastindex.org/namespace/1.0" '
        'url="/a.vtt" type="text/vtt"/><pod:chapters xmlns:pod="https://podcastindex.org/namespace/1.0" url="/c.json"/>',
        {
            "enclosures": (
                Enclosure(url="https://example.org/a.mp3", media_type="audio/mpeg"),
                Enclosure(url="https://example.org/a.vtt", media_type="text/vtt", title="Transcript"),
                Enclosure(url="https://example.org/c.json", title="Chapters"),
            )
        },
    ),
    (
        "picture of an entry with a title of its own",
        "<title>A</title><image><title>B</title><url>/i.png</url></image>",
        {"title": "A", "image": "https://example.org/i.png"},
    ),
    ("picture of itunes", '<itunes:image href="/i.png"/>', {"image": "https://example.org/i.png"}),
    ("source", '<source url="https://other.example/feed">The &lt;b>Other&lt;/b></source>', {"source": "The Other"}),
]  # fmt: skip


@pytest.mark.parametrize(("item", "expected"), [pytest.param(*case[1:], id=case[0]) for case in RSS_FIELDS])
def test_an_rss_element_becomes_a_field(item: str, expected: dict[str, Any]) -> None:
    found = only_entry(rss(f'<item><guid isPermaLink="false">1</guid>{item}</item>'))
    assert found == replace(ONE, **expected)


ATOM_FIELDS: list[tuple[str, str, dict[str, Any]]] = [
    ("title", '<title type="html">A &lt;b>b&lt;/b> &amp;amp; c</title>', {"title": "A b & c"}),
    (
        "title in XHTML",
        '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>b</b></div></title>',
        {"title": "A b"},
    ),
    ("link", '<link href="/a"/>', {"url": "https://example.org/a"}),
    ("anchor", '<link href="/a#b"/>', {"url": "https://example.org/a", "anchor": "b"}),
    (
        "HTML before other alternates",
        '<link type="application/json" href="/j"/><link rel="alternate" type="text/html" href="/h"/>',
        {"url": "https://example.org/h"},
    ),
    ("alternate that is not HTML", '<link type="application/pdf" href="/p"/>', {"url": "https://example.org/p"}),
    ("no alternate", '<link rel="self" href="/s"/><link rel="related" href="/r"/><link rel="replies" href="/c"/>',
     {"comments_url": "https://example.org/c"}),
    ("summary", "<summary>a &lt; b\n\nc</summary>", {"summary": "<p>a &lt; b</p><p>c</p>"}),
    (
        "content as text that holds markup",
        '<content type="text">&lt;p>a&lt;/p></content>',
        {"content": "<p>&lt;p&gt;a&lt;/p&gt;</p>"},
    ),
    ("markup without a type", "<content>&lt;p>a&lt;/p></content>", {"content": "<p>a</p>"}),
    ("markup without a type that is not escaped", "<summary>a <b>b</b></summary>", {"summary": "a <b>b</b>"}),
    ("HTML under the type of XHTML", '<content type="xhtml">&lt;p>a&lt;/p></content>', {"content": "<p>a</p>"}),
    ("a type with a parameter", '<content type="text/html; charset=utf-8">&lt;p>a&lt;/p></content>', {"content": "<p>a</p>"}),
    ("Markdown", '<content type="text/markdown">*a*\n# b</content>', {"content": "<p>*a*<br># b</p>"}),
    ("content behind a link", '<content src="/c/1" type="text/html"/>', {"url": "https://example.org/c/1"}),
    ("content behind a link of another type", '<content src="/c/1"/>', {"url": "https://example.org/c/1"}),
    ("content behind a link beside a page", '<link href="/a"/><content src="/c" type="xhtml"/>', {"url": "https://example.org/a"}),
    (
        "content that is a file behind a link",
        '<content src="/c.pdf" type="application/pdf"/>',
        {"enclosures": (Enclosure(url="https://example.org/c.pdf", media_type="application/pdf"),)},
    ),
    (
        "content that is a picture behind a link",
        '<content src="/c.png" type="image/png" xml:base="/d/"/>',
        {
            "enclosures": (Enclosure(url="https://example.org/c.png", media_type="image/png"),),
            "image": "https://example.org/c.png",
            "summary": '<figure><img src="https://example.org/c.png" alt=""></figure>',
        },
    ),
    ("title in base64", '<title type="application/octet-stream">QSB0aXRsZQ==</title>', {"title": "A title"}),
    (
        "HTML in base64, as in Atom 0.3, in a legacy encoding",
        '<content mode="base64" type="text/html">PHA+RWluIHNj\naPZuZXIgVGFnPC9wPg==</content>',
        {"content": "<p>Ein schöner Tag</p>"},
    ),
    ("text in base64", '<content type="application/x-notes">bm90ZXM=</content>', {"content": "<p>notes</p>"}),
    (
        "XML that has names of Atom",
        '<title>A</title><content type="application/xml"><x:doc xmlns:x="urn:x"><summary>B</summary><x:p>c</x:p></x:doc></content>',
        {"title": "A", "content": "<summary>B</summary><p>c</p>"},
    ),
    (
        "XHTML without its namespace, which has names of Atom",
        '<content type="xhtml"><div><details><summary>a</summary>b</details>c</div></content>'
        "<title>A</title>",
        {"title": "A", "content": "<details><summary>a</summary>b</details>c"},
    ),
    ("content as text", "<content>a &lt;b></content>", {"content": "<p>a &lt;b&gt;</p>"}),
    ("content as HTML", '<content type="html">&lt;p onclick="x">C&lt;/p></content>', {"content": "<p>C</p>"}),
    (
        "content as XHTML",
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>C <b>d</b></p></div></content>',
        {"content": "<p>C <b>d</b></p>"},
    ),
    (
        "content with prefixed XHTML",
        '<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>C</h:p></h:div></content>',
        {"content": "<p>C</p>"},
    ),
    ("content that is a picture", '<content type="image/png">iVBORw0KGgo=</content>', {}),
    (
        "summary and content",
        '<summary>S</summary><content type="html">&lt;p>C&lt;/p></content>',
        {"summary": "<p>S</p>", "content": "<p>C</p>"},
    ),
    (
        "relative link in content",
        '<link href="/2024/a"/><content type="html">&lt;a href="b">x&lt;/a></content>',
        {
            "url": "https://example.org/2024/a",
            "content": '<a href="https://example.org/news/b" rel="noopener noreferrer">x</a>',
        },
    ),
    (
        "xml:base",
        '<content type="html" xml:base="/deep/er/">&lt;img src="b.png"></content>',
        {"content": '<img src="https://example.org/deep/er/b.png">'},
    ),
    (
        "xml:base in XHTML",
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" xml:base="/a/"><img src="b.png"/>'
        '<p xml:base="c/"><img src="d.png"/></p></div></content>',
        {"content": '<img src="https://example.org/a/b.png"><p><img src="https://example.org/a/c/d.png"></p>'},
    ),
    ("author", "<author><name>Ann</name><email>ann@example.org</email></author>", {"authors": ("Ann",)}),
    ("author without name", "<author><email>bob@example.org</email></author>", {"authors": ("bob@example.org",)}),
    (
        "authors",
        "<author><name>Ann</name></author><author><name>Bob</name></author>",
        {"authors": ("Ann", "Bob")},
    ),
    ("category", '<category term="t" label="Label"/><category term="u"/>', {"categories": ("Label", "u")}),
    ("kind, which is no category", '<category scheme="http://schemas.example/2007#kind" term="k"/>', {}),
    (
        "published and updated",
        "<published>2024-02-03T04:05:06Z</published><updated>2024-02-04T00:00:00Z</updated>",
        {"published_at": THEN, "updated_at": LATER},
    ),
    ("updated alone", "<updated>2024-02-04T00:00:00Z</updated>", {"published_at": LATER, "updated_at": LATER}),
    (
        "replies",
        '<link rel="replies" type="application/atom+xml" href="/feed"/><link rel="replies" type="text/html" href="/a"/>',
        {"comments_url": "https://example.org/a"},
    ),
    (
        "enclosure",
        '<link rel="enclosure" href="/a.mp3" type="audio/mpeg" length="9"/>',
        {"enclosures": (Enclosure(url="https://example.org/a.mp3", media_type="audio/mpeg", length=9),)},
    ),
    ("language of the content", '<content xml:lang="fr">C</content>', {"content": "<p>C</p>", "language": "fr"}),
    ("source", "<source><id>x</id><title>Other</title><link href='/o'/></source>", {"source": "Other"}),
]  # fmt: skip


@pytest.mark.parametrize(("inside", "expected"), [pytest.param(*case[1:], id=case[0]) for case in ATOM_FIELDS])
def test_an_atom_element_becomes_a_field(inside: str, expected: dict[str, Any]) -> None:
    assert only_entry(atom(f"<entry><id>1</id>{inside}</entry>")) == replace(ONE, **expected)


@pytest.mark.parametrize(
    ("guid", "uid", "url"),
    [
        pytest.param(
            "<guid>https://example.org/a</guid>", "//example.org/a", "https://example.org/a", id="a permalink"
        ),
        pytest.param(
            '<guid isPermaLink="false">https://example.org/a</guid>',
            "//example.org/a",
            None,
            id="an address that is none",
        ),
        pytest.param("<guid>abc-1</guid>", "abc-1", None, id="a permalink in name only"),
        pytest.param(
            '<guid isPermaLink="true">/a/1</guid>', "/a/1", "https://example.org/a/1", id="a relative permalink"
        ),
        pytest.param("<guid>../a</guid>", "../a", "https://example.org/a", id="a relative one that is not called so"),
        pytest.param('<guid isPermaLink="false">/a/1</guid>', "/a/1", None, id="a path that is no address"),
        pytest.param("<guid>/a/1</guid><link>/b</link>", "/a/1", "https://example.org/b", id="a path beside a link"),
        pytest.param(
            "<guid>abc-1</guid><link>/a</link>", "abc-1", "https://example.org/a", id="a link behind the guid"
        ),
        pytest.param("<link>/a</link>", "//example.org/a", "https://example.org/a", id="a link alone"),
        pytest.param("<link>/a#2</link>", "//example.org/a#2", "https://example.org/a", id="a link with its anchor"),
    ],
)
def test_a_guid_names_and_sometimes_links(guid: str, uid: str, url: str | None) -> None:
    assert only_entry(rss(f"<item>{guid}</item>")) == replace(ONE, uid=uid, url=url, anchor=uid.partition("#")[2])


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        pytest.param(rss("<item><link>/a</link></item>"), "RSS 2.0", id="RSS 2.0"),
        pytest.param(
            '<rss version="0.91"><channel><item><link>/a</link></item></channel></rss>', "RSS 0.91", id="RSS 0.91"
        ),
        pytest.param(
            '<rss version="0.92"><channel><item><link>/a</link></item></channel></rss>', "RSS 0.92", id="RSS 0.92"
        ),
        pytest.param("<rss><channel><item><link>/a</link></item></channel></rss>", "RSS", id="RSS without version"),
        pytest.param(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
            '<channel rdf:about="x"><title>T</title></channel><item rdf:about="https://example.org/a"><link>/a</link>'
            "</item></rdf:RDF>",
            "RSS 1.0",
            id="RSS 1.0",
        ),
        pytest.param(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title></channel>'
            "<item><link>/a</link></item></rdf:RDF>",
            "RSS 0.90",
            id="RSS 0.90",
        ),
        pytest.param(atom('<entry><link href="/a"/></entry>'), "Atom 1.0", id="Atom 1.0"),
        pytest.param(
            '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><link href="/a"/></entry></feed>',
            "Atom 0.3",
            id="Atom 0.3",
        ),
        pytest.param('<feed><entry><link href="/a"/></entry></feed>', "Atom", id="Atom without namespace"),
        pytest.param(
            '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:link href="/a"/></a:entry></a:feed>',
            "Atom 1.0",
            id="Atom with a prefix",
        ),
    ],
)  # fmt: skip
def test_each_format_is_read(text: str, format_: str) -> None:
    feed = read(text)
    assert isinstance(feed, ParsedFeed)
    assert (feed.format, [entry.url for entry in feed.entries]) == (format_, ["https://example.org/a"])


def test_a_channel_describes_the_feed() -> None:
    channel = "<title>The &lt;i>News&lt;/i></title><link>/</link><language>en-GB</language><ttl>30</ttl>"
    assert read(rss("<item><guid>1</guid></item>", channel)) == ParsedFeed(
        format="RSS 2.0",
        title="The News",
        site_url="https://example.org/",
        language="en-GB",
        hints=PollHints(ttl=timedelta(minutes=30)),
        entries=(replace(ONE, language="en-GB"),),
    )


def test_the_authors_of_an_atom_feed_are_those_of_its_entries() -> None:
    feed = atom("<author><name>Ann</name></author><entry><id>1</id></entry>", 'xml:lang="sv"')
    assert only_entry(feed) == replace(ONE, authors=("Ann",), language="sv")


def test_the_authors_of_a_podcast_are_those_of_its_episodes() -> None:
    channel = "<itunes:author>Ann</itunes:author><managingEditor>office@example.org</managingEditor>"
    episode = '<enclosure url="https://example.org/1.mp3" type="audio/mpeg"/>'
    for inside, authors in ((episode, ("Ann",)), (f"{episode}<author>Bob</author>", ("Bob",)), ("", ())):
        assert only_entry(rss(f"<item><guid>1</guid>{inside}</item>", channel)).authors == authors


def test_an_xml_base_of_the_feed_resolves_its_links() -> None:
    feed = atom('<entry><id>urn:1</id><link href="a"/></entry>', 'xml:base="https://other.example/x/"')
    assert only_entry(feed) == replace(ONE, uid="urn:1", url="https://other.example/x/a")


def test_an_xml_base_ends_with_its_entry_and_is_relative_to_the_document() -> None:
    entries = "".join(f'<entry xml:base="{name}/"><id>{name}</id><link href="a"/></entry>' for name in "xy")
    feed = read(atom(f"{entries}<entry><id>z</id><link href='a'/></entry>"))
    assert isinstance(feed, ParsedFeed)
    assert [entry.url for entry in feed.entries] == [f"https://example.org/news/{name}a" for name in ("x/", "y/", "")]


def test_a_document_that_stays_broken_is_read_as_far_as_it_goes() -> None:
    feed = read(rss("<item><guid>1</guid><title>A</b></title></item><item><guid>2</guid><title>B</title></item>"))
    assert isinstance(feed, ParsedFeed)
    assert [entry.title for entry in feed.entries] == ["A", "B"]
    assert feed.problems == ("mismatched tag, line 1",)


def test_xml_that_is_no_feed_is_unreadable() -> None:
    assert read("<rdf></rdf>") == Unreadable(reason="the XML document is not a feed")
