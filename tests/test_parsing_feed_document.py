"""The door of the package: any bytes give a feed or a reason."""

from __future__ import annotations

import gzip
import pickle
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.parsing import ParsedEntry, ParsedFeed, ParseOutcome, Unreadable
from aggregator.parsing.feed_document import parse_feed
from tests.loops import loop_over

URL = "https://example.org/news/feed"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Harbour News</title><link>https://example.org/</link>
<item><title>Ferry &amp; fog</title><link>https://example.org/ferry</link><guid>f-1</guid>
<description><![CDATA[<p>No ferry <b>today</b>.</p>]]></description></item>
<item><title>Crane repaired</title><link>https://example.org/crane</link><guid>f-2</guid></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour News</title>
<entry><id>urn:f-1</id><title type="html">Ferry &amp;amp; fog</title><link href="/ferry"/>
<content type="html">&lt;p&gt;No ferry.&lt;/p&gt;</content><updated>2024-02-03T04:05:06Z</updated></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour News",
"items": [{"id": "f-1", "url": "https://example.org/ferry", "title": "Ferry & fog", "content_html": "<p>No ferry.</p>"}]}"""


def got(body: bytes, *, content_type: str | None = None, content_location: str | None = None) -> ParseOutcome:
    return parse_feed(body, url=URL, content_type=content_type, content_location=content_location)


def titles(outcome: ParseOutcome) -> list[str]:
    assert isinstance(outcome, ParsedFeed)
    return [entry.title for entry in outcome.entries]


@pytest.mark.parametrize(
    "content_type", [None, "text/html", "application/octet-stream", "text/xml; charset=iso-8859-1"]
)
@pytest.mark.parametrize(
    ("document", "format_"),
    [
        pytest.param(RSS, "RSS 2.0", id="RSS"),
        pytest.param(ATOM, "Atom 1.0", id="Atom"),
        pytest.param(JSON, "JSON Feed 1.1", id="JSON"),
    ],
)
def test_the_document_says_what_it_is_whatever_the_server_says(
    document: str, format_: str, content_type: str | None
) -> None:
    outcome = got(document.encode(), content_type=content_type)
    assert isinstance(outcome, ParsedFeed)
    assert (outcome.format, outcome.title, outcome.entries[0].title) == (format_, "Harbour News", "Ferry & fog")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "the body is empty", id="nothing"),
        pytest.param(b"\xef\xbb\xbf \n\0", "the body is empty", id="blanks"),
        pytest.param(
            gzip.compress(gzip.compress(RSS.encode())),
            "the body is gzip within gzip, not a feed",
            id="compressed twice",
        ),
        pytest.param(gzip.compress(b"x")[:10] + b"\xff" * 9, "the body is a damaged gzip file", id="damaged gzip"),
        pytest.param(gzip.compress(b""), "the body is empty", id="nothing, compressed"),
        pytest.param(b"%PDF-1.7", "the body is a PDF, not a feed", id="a PDF"),
        pytest.param(b"Not found", 'the body is text, not a feed; it begins "Not found"', id="a word"),
        pytest.param(
            b"<!DOCTYPE html><html><head><title>Harbour &amp; sea</title>",
            'the body is an HTML page titled "Harbour & sea", not a feed',
            id="a page",
        ),
        pytest.param(
            b"<html><body><pre>&lt;rss></pre><rss ></html>",
            "the body is an HTML page, not a feed",
            id="a page about RSS",
        ),
        pytest.param(
            b"<HTML><form><INPUT name=p TYPE='password'></form>", "the body is a login page, not a feed", id="a login"
        ),
        pytest.param(
            b"<!doctype html><title>Just a moment...</title><div id=cf-chl>",
            'the body is a bot challenge page titled "Just a moment...", not a feed',
            id="a challenge",
        ),
        pytest.param(
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
            "the body is an HTML page, not a feed",
            id="XHTML",
        ),
        pytest.param(b"<opml><body/></opml>", "the body is a subscription list (OPML), not a feed", id="OPML"),
        pytest.param(
            b"<error>no</error>", "the body is an XML document with the root <error>, not a feed", id="other XML"
        ),
        pytest.param(
            RSS[:150].encode(),
            "the document is truncated before the end of its first entry",
            id="cut in the first entry",
        ),
    ],
)
def test_what_is_no_feed_has_a_reason(body: bytes, reason: str) -> None:
    assert got(body) == Unreadable(reason=reason)


@loop_over("end", range(len(RSS) - 1))
def test_a_document_cut_anywhere_never_yields_a_half_entry(end: int) -> None:
    whole = got(RSS.encode())
    outcome = got(RSS[:end].encode())
    assert isinstance(whole, ParsedFeed)
    if isinstance(outcome, ParsedFeed):
        assert outcome.entries == whole.entries[: RSS[:end].count("</item>")]
        assert outcome.entries
        assert "is truncated" in outcome.problems


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(RSS.replace("fog", "föhn").encode("latin-1"), "Ferry & föhn", id="says UTF-8, is Latin-1"),
        pytest.param(RSS.replace("fog", "fög").encode("utf-16"), "Ferry & fög", id="UTF-16 that says UTF-8"),
        pytest.param(b"\n\n" + RSS.encode(), "Ferry & fog", id="white space first"),
        pytest.param(b"\xef\xbb\xbf" + RSS.encode(), "Ferry & fog", id="a byte order mark"),
        pytest.param(RSS.replace("&amp;", "&").encode(), "Ferry & fog", id="bare ampersands"),
        pytest.param(RSS.replace(" fog", "&nbsp;fog&mdash;").encode(), "Ferry & fog—", id="HTML entities without DTD"),
        pytest.param(RSS.replace("fog", "f\x00o\x0bg\x1b").encode(), "Ferry & fog", id="control characters"),
        pytest.param(RSS.replace("fog", "fog\x92s").encode(), "Ferry & fog’s", id="windows-1252 in disguise"),
        pytest.param(RSS.replace("utf-8", "gb2312").replace("fog", "雾").encode("gb18030"), "Ferry & 雾", id="gb2312"),
        pytest.param(RSS.encode() + b"<!-- x --><script>y</script>", "Ferry & fog", id="something behind it"),
        pytest.param(RSS.replace("<rss ", "<rss xmlns:x='' y=1 ").encode(), "Ferry & fog", id="attributes without quotes"),
        pytest.param(RSS.replace("</b>", "").replace("<![CDATA[", "").replace("]]>", "").encode(), "Ferry & fog", id="tags left open"),
    ],
)  # fmt: skip
def test_a_broken_document_is_read_without_mojibake(body: bytes, expected: str) -> None:
    assert titles(got(body)) == [expected, "Crane repaired"]


def test_what_was_wrong_is_told() -> None:
    outcome = got(RSS.replace("fog", "\x1bföhn").encode("latin-1"))
    assert isinstance(outcome, ParsedFeed)
    assert outcome.problems == (
        "declares utf-8, seems to be cp1252",
        "has control characters that XML does not allow",
    )


def test_relative_links_start_at_the_content_location() -> None:
    outcome = got(ATOM.replace("/ferry", "ferry").encode(), content_location="/archive/feed.xml")
    assert isinstance(outcome, ParsedFeed)
    assert outcome.entries[0].url == "https://example.org/archive/ferry"


def hostile(inside: str, head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel><item><guid>1</guid>{inside}</item></channel></rss>'.encode()


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        pytest.param(hostile("<title>&b;</title>", f"<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '{'&a;' * 999}'>]>"), None, id="laughs"),
        pytest.param(hostile("<title>&x;</title>", "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"), 1, id="XXE"),
        pytest.param(hostile("<b>" * 100_000), None, id="100,000 elements deep"),
        pytest.param(hostile(f"<description><![CDATA[{'<div>' * 100_000}]]></description>"), 1, id="100,000 tags deep"),
        pytest.param(hostile(f"<description><![CDATA[{'<!--' * 50_000}]]></description>"), 1, id="50,000 comments"),
        pytest.param(hostile(f"<author>a@{'a.' * 100_000}</author>"), 1, id="an endless author"),
        pytest.param(hostile(f"<title>{'long ' * 200_000}</title>"), 1, id="a title of a megabyte"),
        pytest.param(hostile(f"<x {' '.join(f'a{n}=_1_' for n in range(50_000))}/>".replace("_", '"')), None, id="attributes"),
        pytest.param(hostile("<title>" + "&" * 100_000 + "</title>"), 1, id="ampersands"),
        pytest.param(hostile("<![CDATA[" * 50_000), None, id="sections never closed"),
        pytest.param(b"<!DOCTYPE [" * 20_000 + b"<rss>", None, id="document types"),
        pytest.param(b'{"items":' + b"[" * 100_000, None, id="nested JSON"),
    ],
)  # fmt: skip
@pytest.mark.timeout(300)
def test_a_hostile_document_costs_no_more_than_its_size(body: bytes, entries: int | None) -> None:
    outcome = got(body)
    assert (len(outcome.entries) if isinstance(outcome, ParsedFeed) else None) == entries


ENTRY = "<item><guid>1</guid><title>A</title></item>"
FEED = f'<rss version="2.0"><channel>{ENTRY}</channel></rss>'
IN_RSS_11 = "".join(
    f"<r:{name}{attributes}>" for name, attributes in (
        ("Channel", ' xmlns:r="http://purl.org/net/rss1.1#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'),
        ("items", ' rdf:parseType="Collection"'), ("item", ' rdf:about="1"'),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        pytest.param(f"<!DOCTYPE html>{FEED}", "RSS 2.0", id="a DOCTYPE of HTML"),
        pytest.param(f'<?xml version="1.0"?>\n<!doctype html>\n<!-- <html> -->{FEED}', "RSS 2.0", id="the same, and more"),
        pytest.param(f'<!DOCTYPE html><?xml version="1.0"?>{FEED}', "RSS 2.0", id="the same before the declaration"),
        pytest.param(
            FEED.replace("<title>", "<description><![CDATA[<!DOCTYPE html><html>]]></description><title>").replace("<rss", "<!DOCTYPE rss><rss"),
            "RSS 2.0", id="a DOCTYPE in CDATA",
        ),
        pytest.param(f"<!DOCTYPE html><html><body><pre>{FEED}</pre></body></html>", "RSS 2.0", id="a feed in a page"),
        pytest.param(f'<?xml version="1.0"?><data><x/>{FEED}</data>', "RSS 2.0", id="a feed in another element"),
        pytest.param(f"<b>Notice</b>: a in b.php\n{FEED}", "RSS 2.0", id="a message before it"),
        pytest.param(f'<?xml version="1.1"?>{FEED.replace("A<", "A&#1;<")}', "RSS 2.0", id="XML 1.1"),
        pytest.param(f"{IN_RSS_11}<r:title>A</r:title></r:item></r:items></r:Channel>", "RSS 1.1", id="RSS 1.1"),
        pytest.param(
            '<x:rss version="0.91" xmlns:x="urn:nobody"><x:channel><x:item><x:title>A</x:title><x:guid>1</x:guid></x:item>'
            "</x:channel></x:rss>", "RSS 0.91", id="a namespace that nobody knows",
        ),
        pytest.param(
            '<rss version="0.92" xmlns="http://backend.userland.com/rss092"><channel>' + ENTRY + "</channel></rss>",
            "RSS 0.92", id="a namespace of RSS",
        ),
    ],
)  # fmt: skip
def test_a_feed_is_read_however_it_is_wrapped(text: str, format_: str) -> None:
    outcome = got(text.encode())
    assert isinstance(outcome, ParsedFeed), outcome
    assert (outcome.format, [(entry.uid, entry.title) for entry in outcome.entries]) == (format_, [("1", "A")])


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><title>T</title><script>'<rss version=2.0><channel><item>'</script>",
        "<!DOCTYPE html><html><body><p>A <rss> element</p></body></html>",
        f"<!DOCTYPE html><html><body><h1>Our feed</h1>{FEED}</body></html>",
    ],
)
def test_a_page_about_a_feed_is_a_page(page: str) -> None:
    outcome = got(page.encode())
    assert isinstance(outcome, Unreadable)
    assert outcome.reason.startswith("the body is an HTML page")


def test_an_outcome_travels_between_processes() -> None:
    for outcome in (got(RSS.encode()), got(b"")):
        assert pickle.loads(pickle.dumps(outcome)) == outcome


MUTATIONS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 20),
        st.sampled_from(
            [b"", b"<", b">", b"&", b"&#0;", b"&#x110000;", b"]]>", b"<![CDATA[", b"\x00", b"\xff\xfe", b"</item>", b"<item>",
             b"<!DOCTYPE x [", b"<x:y>", b"'", b'"', b"\xe9", b"&eacute;", b"<source>", b"<image>", b"<svg>", b"<content>",
             b"<title type='xhtml'>", b"{", b"null", b"\\ud800", b"<author>", b"</rss>"]
        ),
    ),
    max_size=6,
)  # fmt: skip


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in texts(item)]
    if is_dataclass(value):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    return []


@given(st.sampled_from([RSS, ATOM, JSON]), MUTATIONS)
def test_no_mutation_of_a_feed_raises_or_yields_what_cannot_be_stored(
    document: str, mutations: list[tuple[float, int, bytes]]
) -> None:
    body = document.encode()
    for place, length, inserted in mutations:
        start = int(place * len(body))
        body = body[:start] + inserted + body[start + length :]
    outcome = got(body)
    for text in texts(outcome):
        assert "\0" not in text
        text.encode()
    if isinstance(outcome, ParsedFeed):
        names = [entry.uid for entry in outcome.entries]
        assert len(set(names)) == len(names)
        assert all(isinstance(entry, ParsedEntry) and entry.uid for entry in outcome.entries)


@given(st.binary(), st.sampled_from(["", "<rss>", "<feed><entry>", "{", "<?xml version='1.0'?><rdf:RDF ", "<html>"]))
def test_no_bytes_raise(tail: bytes, head: str) -> None:
    assert isinstance(got(head.encode() + tail), ParsedFeed | Unreadable)
