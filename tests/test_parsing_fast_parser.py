"""A plain document is read as feedparser reads it, or not at all."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.demo.feed_documents import render_outlet_feed
from aggregator.demo.outlets import OUTLETS, DemoOutlet, OutletFeedFormat
from aggregator.model.parsing import Unreadable
from aggregator.parsing.document_encoding import decode_document
from aggregator.parsing.feedparser_compat.fast_parser import parse_plain_document
from aggregator.parsing.unsanitised_entry import UnsanitisedFeed
from aggregator.parsing.xml_feed_reader import read_plain_xml, read_with_feedparser, read_xml_feed
from aggregator.parsing.xml_repair import MAX_AUTHOR_LENGTH, RepairedXml, repair_xml
from tests.conftest import SHARED
from tests.demo_printed import ADDRESSES, printed_by
from tests.loops import loop_over
from tests.test_parsing_xml_feed_reader import ATOM_FIELDS, NAMESPACES, RSS_FIELDS
from tests.thoroughness import examples

FEEDS = SHARED / "corpus" / "feeds"
MANIFEST = FEEDS / "manifest.csv"
URL = "https://example.org/news/feed.xml"

MORE_NAMESPACES = (
    f'{NAMESPACES} xmlns:dcterms="http://purl.org/dc/terms/" xmlns:fh="http://purl.org/syndication/history/1.0" '
    'xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:x="urn:x" '
    'xmlns:h="http://www.w3.org/1999/xhtml" xmlns:psc="http://podlove.org/simple-chapters"'
)
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'


def by_feedparser(text: str, *, base: str = URL) -> UnsanitisedFeed | Unreadable:
    document = repair_xml(text)
    return read_with_feedparser(document, base=base) if isinstance(document, RepairedXml) else document


def rss(inside: str, *, attributes: str = MORE_NAMESPACES) -> str:
    return f'<rss version="2.0" {attributes}><channel>{inside}</channel></rss>'


def atom(inside: str, *, attributes: str = MORE_NAMESPACES) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{inside}</feed>'


def rdf(inside: str, *, uri: str = "http://purl.org/rss/1.0/") -> str:
    attributes = RDF.replace("http://purl.org/rss/1.0/", uri)
    return f"<rdf:RDF {attributes} {MORE_NAMESPACES.replace('xmlns:atom=', 'xmlns:a03=').replace('2005/Atom', 'x')}>{inside}</rdf:RDF>"


def item(inside: str) -> str:
    return rss(f"<title>T</title><item>{inside}</item>")


PLAIN = [
    pytest.param(item("<title>A</title><link>/a</link><description>S</description>"), id="RSS 2.0"),
    pytest.param('<?xml version="1.0" encoding="koi8-r"?>\n<!-- c -->' + item("<title>A</title>"), id="a declaration"),
    pytest.param('<?xml-stylesheet href="a"?>' + item("<title>A</title>"), id="a stylesheet"),
    pytest.param(rss('<item><atom10:link href="/a" xmlns:atom10="http://www.w3.org/2005/Atom"/></item>'), id="atom10"),
    pytest.param(atom('<entry xml:lang="de_AT"><title>A</title><summary xml:lang="">S</summary></entry>'), id="languages"),
    pytest.param(atom("<fh:complete/><entry><id>1</id></entry>"), id="a complete feed"),
    pytest.param(
        rdf('<channel rdf:about="x"><title>T</title><items><rdf:Seq><rdf:li rdf:resource="a"/></rdf:Seq></items></channel>'
            '<image><title>I</title><url>/i</url></image><item rdf:about="https://example.org/a"><title>A</title></item>'),
        id="RSS 1.0",
    ),
    pytest.param(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><issued>2024-02-03</issued>'
        '<content type="text/html" mode="escaped">&lt;p></content></entry></feed>',
        id="Atom 0.3",
    ),
    pytest.param(rss("<image><title>I</title></image><title>T</title><textInput><title>X</title></textInput>"), id="titles"),
    pytest.param(rss("<itunes:summary>a</itunes:summary><description>b</description><item>"
                     "<description>c</description><description>d</description></item>"), id="a description that is content"),
    pytest.param(item("<content:encoded>a</content:encoded><itunes:summary>b</itunes:summary>"), id="summary behind content"),
    pytest.param(item("<itunes:summary>&lt;b>a&lt;/b> &amp;copy;</itunes:summary>"), id="text that looks like HTML"),
    pytest.param(item("<media:group><media:title>A</media:title><media:content url='/a' type='IMAGE/png'/></media:group>"
                      "<title>B</title><media:title>C</media:title>"), id="titles of pictures"),
    pytest.param(item("<source url='/s'>S</source><title>A</title><source/>"), id="sources"),
    pytest.param(item('<category domain="d">a</category><category domain="e"/><category>b</category>'), id="categories"),
    pytest.param(item("<guid>/g</guid><link>/a?b=1&amp;amp;c;</link><guid isPermaLink='x'>h</guid>"), id="guids"),
    pytest.param(item("<author>ann@example.org (Ann)</author><dc:creator>Bob &lt;bob@example.org></dc:creator>"
                      "<itunes:author>Cid (cid@example.org)</itunes:author><author>dan@example.org</author>"), id="people"),
    pytest.param(atom("<author><name>A</name></author><entry><dc:creator>B</dc:creator><author>t<name>C</name>"
                      "<x:y/></author><author><email>d@example.org</email></author></entry>"), id="people in parts"),
    pytest.param(item("<title>\xc3\xbcber \x80</title><x:a b='c'><x:d>e</x:d></x:a><slash>1</slash>"), id="oddities"),
    pytest.param(item(f"<description><![CDATA[<name>{'a' * (MAX_AUTHOR_LENGTH + 1)}]]></description>"), id="a name in a text"),
    pytest.param(atom("<entry><source><id>s</id><title>S</title><link href='/s'/><author><name>N</name></author></source>"
                      "<title>A</title></entry><entry><source><id>s</id></source></entry>"), id="an Atom source"),
    pytest.param(atom('<title>T</title><link href="t"/><entry xml:base="https://b.example/c/"><link href="d"/><id>e</id>'
                      '<content type="html" xml:base="f/">&lt;img src="g"></content><link rel="enclosure" href="h"/></entry>'
                      '<entry><link href="i"/></entry>', attributes='xml:base="https://a.example/"'), id="bases in a base"),
    pytest.param(atom('<entry><summary xml:base="https://b.example/c/">S</summary><link href="d"/></entry>'
                      '<entry><link href="i"/></entry>'), id="a base without one around"),
    pytest.param(item('<x:a xml:base="https://b.example/"/><guid>g</guid><media:thumbnail>t</media:thumbnail>'),
                 id="a base of an element that is not read"),
    pytest.param(item("<georss:point xmlns:georss='http://www.georss.org/georss'>1 2</georss:point>"
                      "<title>A</title>"), id="places"),
    pytest.param(item("".join(f"<category>{number}</category>" for number in range(1500))), id="a great many categories"),
    pytest.param(item("<comments>/a#respond</comments><slash:comments xmlns:slash='http://purl.org/rss/1.0/modules/slash/'>3"
                      "</slash:comments>") , id="comments"),
    pytest.param(atom("<entry><content type='xhtml'> <div xmlns='http://www.w3.org/1999/xhtml' class='&lt;'>a &amp; <B Title='\"'>b"
                      "</B><br/><!-- c --><![CDATA[<d>]]> </div></content><title type='xhtml'><h:div>A</h:div> B</title>"
                      "<summary type='application/xhtml+xml'>&lt;p> S</summary><rights type='xhtml'><h:p/></rights></entry>"),
                 id="XHTML"),
    pytest.param('<feed version="0.3" xmlns="http://purl.org/atom/ns#" xmlns:h="http://www.w3.org/1999/xhtml"><entry>'
                 '<content type="application/xhtml+xml"><h:div>a</h:div></content></entry></feed>', id="XHTML of Atom 0.3"),
    pytest.param(atom('<entry xml:base="/b/"><link href="a"/><content type="html" xml:base="c/">d</content></entry>'),
                 id="a base that is relative"),
    pytest.param(item("<author>x@y</author><author>ann@example.org (Ann?)</author><dc:creator>Bob, bob@[10.0.0.1]</dc:creator>"),
                 id="addresses that are none, or odd"),
    pytest.param(item("<x:a><category>b</category><x:c><title>D</title><link>/e</link></x:c></x:a><title>F</title>"),
                 id="elements in one of no account"),
    pytest.param(item("<psc:chapters version='1.2'><psc:chapter start='00:01:02' title='A'/></psc:chapters><title>B</title>"),
                 id="chapters"),
    pytest.param(item("<itunes:link rel='image' href='/i.jpg'/><itunes:keywords text='a'>b</itunes:keywords>"),
                 id="attributes where none belong"),
    pytest.param(rdf("<channel><title>T</title></channel><item><title>A</title></item>",
                     uri="http://my.netscape.com/rdf/simple/0.9/"), id="RSS 0.90"),
    pytest.param(rdf("<channel><title>T</title></channel><item><title>A</title></item>", uri="http://purl.org/rss/1.0"),
                 id="RSS 1.0, its namespace misspelt"),
    pytest.param(rss("<item><itunes:owner><itunes:name>A</itunes:name></itunes:owner></item>"), id="the owner of an entry"),
    pytest.param(item("<media:description>a</media:description><media:group><media:title>b</media:title><media:content "
                      "url='/a' duration='9'><media:credit>c</media:credit><media:text>d</media:text></media:content>"
                      "</media:group><itunes:subtitle>e</itunes:subtitle><itunes:duration>1:02</itunes:duration>"),
                 id="texts of media and of a podcast"),
    pytest.param(atom('<entry xml:base="a/"><link href="b"/></entry><entry xml:base="a/"><link href="b"/></entry>'),
                 id="bases of siblings"),
    pytest.param(atom('<entry><summary type="text/html; charset=utf-8">a</summary><content type="odd">b</content></entry>'),
                 id="types with a parameter or without a meaning"),
    pytest.param(item("a<title>b<!-- c --><![CDATA[ <d> ]]>e</title>f"), id="text here and there"),
]  # fmt: skip

NOT_PLAIN = [
    pytest.param("<!DOCTYPE rss>" + item(""), id="a DOCTYPE"),
    pytest.param(item("") + "x", id="text behind the root"),
    pytest.param(item("<title>&nbsp;</title>"), id="an entity of HTML"),
    pytest.param(item("<title>\x0b</title>"), id="a control character"),
    pytest.param(item("<y:z/>"), id="a prefix without namespace"),
    pytest.param(item("<?php x ?>"), id="a processing instruction"),
    pytest.param(item("<title><b>A</b></title>"), id="markup in a text"),
    pytest.param(atom('<entry xml:base="http:///b/"><link href="a"/></entry>'), id="a base that feedparser corrects"),
    pytest.param(atom("<entry xml:base='https:&#x80;/b/'><id>a</id></entry>"), id="a base that is repaired"),
    pytest.param(atom('<entry><content type="xhtml"><div/></content></entry>'), id="XHTML outside its namespace"),
    pytest.param(atom('<entry><content type="xhtml"><h:body/></content></entry>'), id="a body in XHTML"),
    pytest.param(atom('<entry><content type="xhtml"><h:p x:a="b"/></content></entry>'), id="a foreign attribute in XHTML"),
    pytest.param(item('<description type="xhtml"><h:p/></description>'), id="XHTML in RSS"),
    pytest.param(atom('<entry><content type="image/png">eA==</content></entry>'), id="base64"),
    pytest.param(atom('<entry><content type="text/markdown">*a*</content></entry>'), id="a rare type"),
    pytest.param(atom('<entry><content src="/a"/></entry>'), id="content behind a link"),
    pytest.param(item("<image>/i.png</image>"), id="a picture of an entry"),
    pytest.param(item("<comments a='b'>/c</comments>"), id="comments with an attribute"),
    pytest.param(item("<date>2024-02-03</date>"), id="a name that feedparser takes for another"),
    pytest.param(item("<guid>http:///a</guid>"), id="an address that feedparser corrects"),
    pytest.param(item(f"<author>{'a' * (MAX_AUTHOR_LENGTH + 1)}</author>"), id="a name without end"),
    pytest.param(item('<link x:href="/a"/>'), id="an attribute under a foreign namespace"),
    pytest.param(rss("", attributes='xmlns:dc="http://www.w3.org/2005/Atom" xmlns:d="http://purl.org/dc/elements/1.1/"'),
                 id="a customary prefix for something else"),
    pytest.param(rss("", attributes='xmlns:rss="http://purl.org/rss/1.0/"'), id="two formats at once"),
    pytest.param(rss("<x:y><fh:complete/></x:y>"), id="completeness out of place"),
    pytest.param("<rss><channel/><channel/></rss>", id="two channels"),
    pytest.param(item("").replace("<channel", "<channel href='/a'"), id="a channel of CDF"),
    pytest.param(item("<x:a>" * 60 + "</x:a>" * 60), id="needless depth"),
]  # fmt: skip


UNREADABLE = [
    pytest.param(rdf("<channel><title>T</title></channel>", uri="http://purl.org/rss/1.0"), id="no version, and no entry"),
    pytest.param(item("<psc:chapters><psc:chapter/></psc:chapters>"), id="a chapter without start"),
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_document_is_read_as_feedparser_does(text: str) -> None:
    assert read_plain_xml(text, base=URL) == by_feedparser(text)


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_an_unusual_document_is_left_to_feedparser(text: str) -> None:
    assert parse_plain_document(text, base=URL) is None
    assert isinstance(by_feedparser(text), UnsanitisedFeed)


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_feedparser_cannot_read_is_not_plain(text: str) -> None:
    assert parse_plain_document(text, base=URL) is None
    assert isinstance(by_feedparser(text), Unreadable)


def test_a_declaration_that_needs_mending_is_left_to_it() -> None:
    assert read_plain_xml(f'<?xml vers\ufffeion="1.0"?>{item("")}', base=URL) is None


def same_or_none(text: str, *, base: str = URL) -> None:
    """What must hold of every document there is, also of those that mending makes plain."""
    expected = by_feedparser(text, base=base)
    plain = read_plain_xml(text, base=base)
    document = repair_xml(text)
    if plain is None and isinstance(document, RepairedXml) and parse_plain_document(document.text, base=base):
        assert read_xml_feed(document, base=base) == expected
    assert plain in (None, expected)


@loop_over("inside", [case[1] for case in RSS_FIELDS])
def test_a_case_of_rss_reads_the_same(inside: str) -> None:
    same_or_none(item(f'<guid isPermaLink="false">1</guid>{inside}'))


@loop_over("inside", [case[1] for case in ATOM_FIELDS])
def test_a_case_of_atom_reads_the_same(inside: str) -> None:
    same_or_none(atom(f"<entry><id>1</id>{inside}</entry>"))


@pytest.mark.parametrize(
    "outlet", [outlet for outlet in OUTLETS if outlet.feed_format != OutletFeedFormat.JSON_FEED], ids=str
)
def test_the_feeds_of_the_sample_newsroom_are_plain(outlet: DemoOutlet) -> None:
    text = render_outlet_feed(outlet, printed_by(outlet), ADDRESSES)
    assert read_plain_xml(text, base=URL) == by_feedparser(text)


def _rows() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _text(row: dict[str, str]) -> str:
    return decode_document((FEEDS / row["file"]).read_bytes(), content_type=None).text.strip("\ufeff\0 \t\r\n\f\v")


@pytest.mark.corpus
@loop_over("row", [pytest.param(row, id=row["file"]) for row in _rows()], sample=40)
def test_a_real_feed_reads_the_same(row: dict[str, str]) -> None:
    same_or_none(_text(row), base=f"https://{row['host'] or 'example.org'}/feed")


@pytest.mark.corpus
def test_most_real_feeds_are_plain() -> None:
    xml = [text for text in map(_text, _rows()) if text.startswith("<")]
    plain = [text for text in xml if read_plain_xml(text, base=URL)]
    assert len(plain) >= 0.7 * len(xml)


# --- documents that nobody thought of ----------------------------------------------------------

TEXTS = st.sampled_from(
    ["", " ", "A", " b ", "A &amp; b", "&lt;p>x&lt;/p>", "<![CDATA[<p>x</p>]]>", "x &amp;copy; y", "https://example.org/a",
     "/a?b=1&amp;c;", "http:///x", "ann@example.org (Ann)", "Ann &lt;ann@example.org>", "Ann (ann@example.org)", "ann@example.org",
     "a@b.museum", "x@y", "(Bob)", "\xe9", "\xc3\xa9", "\x80\x93", "\u65e5\u672c", "Sat, 03 Feb 2024 04:05:06 GMT", "2024-02-03",
     "a, b", "de_AT", "w " * 800, "&lt;a href='b'>c&lt;/a> &amp;nbsp;", "a<!-- c -->b", "urn:1", "\n x \n", "a\xa0b"]
)  # fmt: skip
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["href", "url", "type", "rel", "xml:lang", "isPermaLink", "domain", "scheme", "term", "label", "medium", "width",
         "length", "text", "x:href", "xml:base", "src", "mode", "uri", "lang", "HREF", "x:y", "protocol"]
    ),
    st.sampled_from(
        ["", "text", "html", "xhtml", "text/plain", "image/png", "self", "alternate", "enclosure", "hub", "next", "en", "de_AT",
         "true", "false", "image", "10", "escaped", "base64", "/a", "https://example.org/a", "http-post", "TEXT/HTML",
         "b/", "https://other.example/c/d"]
    ),
    max_size=3,
)  # fmt: skip
USUAL = ["title", "link", "description", "guid", "pubDate", "author", "category", "content:encoded", "dc:creator", "content",
         "summary", "media:content", "media:thumbnail", "updated", "enclosure", "source", "itunes:summary"]  # fmt: skip
LEAVES = st.sampled_from(
    [*USUAL, *USUAL, "id", "comments", "published", "issued", "modified", "created", "rights", "subtitle", "dc:title", "dc:date",
     "dc:subject", "dc:description", "dc:language", "dc:publisher", "dc:contributor", "dcterms:created", "dcterms:valid",
     "media:title", "media:description", "media:credit", "media:text", "itunes:subtitle", "itunes:duration", "media:keywords", "media:category", "itunes:author", "itunes:image",
     "itunes:keywords", "itunes:category", "itunes:explicit", "itunes:owner", "atom:link", "atom:author", "atom:id",
     "feedburner:origLink", "x:y", "thr:total", "slash", "language", "generator", "webMaster", "managingEditor", "image", "name",
     "url", "email", "uri", "date", "tags", "info", "fh:complete", "fh:archive", "cloud", "body", "abstract", "textInput", "itunes:link"]
)  # fmt: skip


def element(name: str, attributes: dict[str, str], inside: str) -> str:
    return f"<{name}{''.join(f' {key}={value!r}' for key, value in attributes.items())}>{inside}</{name}>"


BRANCHES = st.sampled_from(
    [
        "media:group",
        "media:content",
        "author",
        "contributor",
        "itunes:owner",
        "x:y",
        "itunes:category",
        "image",
        "textInput",
        "source",
        "categories",
        "psc:chapters",
    ]
)
MARKUP = st.recursive(
    TEXTS.map(lambda text: text if "<a" not in text else "x"),
    lambda inner: st.builds(
        element,
        st.sampled_from(["h:div", "h:p", "h:BR", "h:b", "h:svg", "h:body", "h:name", "p", "x:y"]),
        st.one_of(st.just({}), ATTRIBUTES, st.just({"class": "&lt;", "Lang": "de"})),
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=5,
)
CONSTRUCTS = st.builds(
    element,
    st.sampled_from(["content", "summary", "title", "rights", "subtitle", "description"]),
    st.sampled_from(
        [{"type": "xhtml"}, {"type": "application/xhtml+xml"}, {"type": "html"}, {"type": "xhtml", "xml:base": "b/"}]
    ),
    st.one_of(MARKUP, MARKUP.map(lambda inside: f" <h:div>{inside}</h:div>\n")),
)


ELEMENTS = st.recursive(
    st.one_of(st.builds(element, LEAVES, st.one_of(st.just({}), ATTRIBUTES), TEXTS), CONSTRUCTS),
    lambda inner: st.builds(element, BRANCHES, st.just({}), st.lists(inner, max_size=4).map("".join)),
    max_leaves=4,
)
CONTENTS = st.lists(ELEMENTS, max_size=8).map("".join)
DOCUMENTS = st.one_of(
    st.builds(lambda head, *items: rss(head + "".join(f"<item>{inside}</item>" for inside in items)), CONTENTS, CONTENTS, CONTENTS),
    st.builds(lambda head, *items: atom(head + "".join(f"<entry>{inside}</entry>" for inside in items)), CONTENTS, CONTENTS),
    st.builds(
        lambda head, inside, uri: rdf(f"<channel>{head}</channel><item rdf:about='urn:x'>{inside}</item>", uri=uri),
        CONTENTS, CONTENTS,
        st.sampled_from(["http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", "http://purl.org/rss/1.0"]),
    ),
)  # fmt: skip


@settings(max_examples=examples(400))
@given(DOCUMENTS)
def test_no_document_reads_differently(text: str) -> None:
    same_or_none(text)


TEXTS_OF_PLAIN = [case.values[0] for case in PLAIN]
SLIPS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 6),
        st.sampled_from(
            ["", "<", ">", "&", "&#0;", "&#x80;", "&eacute;", "]]>", "<![CDATA[", "<!--", "-->", "\x0b", "\ufffe", "<?p?>", "'", '"',
             "</item>", "<item>", "<!DOCTYPE x>", "<x:y>", "<title/>", "</channel>", "</rss>", " xmlns='urn:z'", " xmlns:x='u'",
             " xml:base='/b/'", " type='xhtml'", " a='1' a='2'", "\r", "\x85", "\xa0", "<fh:complete/>", "<link>"]
        ),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@settings(max_examples=examples(400))
@given(st.sampled_from(TEXTS_OF_PLAIN), SLIPS)
def test_no_slip_of_a_publisher_reads_differently(text: object, slips: list[tuple[float, int, str]]) -> None:
    spoiled = str(text)
    for place, length, inserted in slips:
        start = int(place * len(spoiled))
        spoiled = spoiled[:start] + inserted + spoiled[start + length :]
    same_or_none(spoiled.strip())


@pytest.mark.parametrize("attributes", ["", " xml:base=''", " xml:base='/b/'", " xml:lang='de'", " a='1'"])
@pytest.mark.parametrize("name", ["feedburner:origLink", "comments"])
def test_an_attribute_in_the_place_of_an_address_is_left_to_feedparser(name: str, attributes: str) -> None:
    same_or_none(rss(f"<item><title></title><{name}{attributes}>A</{name}></item>"))
