"""A document that ends anywhere before its end gives whole entries of the whole document, or a reason."""

from __future__ import annotations

import gzip

import pytest

from aggregator.model.parsing import ParsedFeed, Unreadable
from aggregator.parsing.feed_document import parse_feed
from aggregator.parsing.xml_repair import TRUNCATED

RSS = """<?xml version="1.0"?>
<!DOCTYPE rss [<!ENTITY port "Порт">]>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Порт &port;</title><language>ru</language>
<item><title>Паром &amp; туман</title><guid isPermaLink="false">a&#38;1</guid><link>https://example.org/1?a=1&amp;b=2</link>
<description><![CDATA[<p>Утро <b>в гавани</b> > ]]]]><![CDATA[></p>]]></description><dc:creator>Анна</dc:creator></item>
<!-- <item><title>нет</title></item> -->
<item><title>Второй</title><guid isPermaLink="false">a2</guid><dc:date>2026-02-03T04:05:06Z</dc:date>
<source url="https://example.org/x">Газета</source><enclosure url="https://example.org/a.mp3" length="3" type="audio/mpeg"/></item>
<item><title>Третий</title><guid isPermaLink="false">a3</guid><odd:x>необъявлено</odd:x>&nbsp;</item>
</channel></rss>
"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://example.org/"><title>港</title><link>https://example.org/</link>
<items><rdf:Seq><rdf:li resource="https://example.org/1"/></rdf:Seq></items></channel>
<item rdf:about="https://example.org/1"><title>渡し船と霧</title><link>https://example.org/1</link></item>
<item rdf:about="https://example.org/2"><title>二番目</title><link>https://example.org/2</link></item>
</rdf:RDF>
"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="el"><title>Λιμάνι</title><id>urn:f</id>
<author><name>Ελένη</name></author>
<entry><id>urn:1</id><title type="html">Πλοίο &lt;b&gt;και&lt;/b&gt; ομίχλη</title><updated>2026-02-03T04:05:06Z</updated>
<link href="https://example.org/1"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Το <i>πρωί</i>.</p></div></content>
<source><title>Άλλη</title><entry><title>μέσα</title></entry></source></entry>
<entry><id>urn:2</id><title>Δεύτερο</title><summary>Σύντομο</summary><category term="νέα"/></entry>
</feed>
"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://example.org/1</loc><news:news><news:publication><news:name>Puerto</news:name><news:language>es</news:language>
</news:publication><news:publication_date>2026-02-03</news:publication_date><news:title>Niebla &amp; señal</news:title></news:news></url>
<url><loc>https://example.org/2</loc><lastmod>2026-02-02</lastmod></url>
<url><loc>https://example.org/3</loc></url>
</urlset>
"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Hafen", "items": [
 {"id": "1", "title": "Fähre \\"und\\" Nebel", "content_html": "<p>Größe {1}</p>", "tags": ["a", "b"]},
 {"id": 2, "content_text": "zwei", "authors": [{"name": "Änne"}]}]}
"""


def read(body: bytes) -> ParsedFeed | Unreadable:
    return parse_feed(body, url="https://example.org/feed", content_type=None)


def declared(text: str, label: str) -> str:
    return text.replace('<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{label}"?>')


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(RSS.encode(), id="RSS"),
        pytest.param(declared(RSS, "iso-8859-1").encode(), id="RSS with a wrong label"),
        pytest.param(declared(RSS, "windows-1251").encode("cp1251"), id="RSS in windows-1251"),
        pytest.param(RSS.encode("cp1251"), id="RSS in windows-1251 that does not say so"),
        pytest.param(RSS.encode("utf-16"), id="RSS in UTF-16"),
        pytest.param(RSS.replace("&amp; туман", "& туман").encode(), id="RSS with a bare ampersand"),
        pytest.param(RSS.replace("&amp; туман", "<b> туман").encode(), id="RSS that cannot be mended"),
        pytest.param(RDF.encode(), id="RDF"),
        pytest.param(RDF.encode("cp932"), id="RDF in shift_jis that does not say so"),
        pytest.param(ATOM.encode(), id="Atom"),
        pytest.param(
            ATOM.replace("xmlns=", "xmlns:a=")
            .replace("<", "<a:")
            .replace("<a:/", "</a:")
            .replace("<a:?", "<?")
            .encode(),
            id="Atom with a prefix",
        ),
        pytest.param(SITEMAP.encode(), id="a sitemap"),
        pytest.param(SITEMAP.replace("&amp; señal", "& señal").encode(), id="a sitemap with a bare ampersand"),
        pytest.param(SITEMAP.replace("&amp; señal", "<b> señal").encode(), id="a sitemap that cannot be mended"),
        pytest.param(gzip.compress(SITEMAP.encode()), id="a sitemap in a gzip file"),
        pytest.param(JSON.encode(), id="JSON Feed"),
    ],
)
def test_no_entry_of_a_cut_document_is_half(body: bytes) -> None:
    whole = read(body)
    assert isinstance(whole, ParsedFeed)
    entries = {entry.uid: entry for entry in whole.entries}
    assert len(entries) > 1
    for end in range(len(body)):
        cut = read(body[:end])
        if isinstance(cut, Unreadable):
            continue
        assert [entry for entry in cut.entries if entry != entries.get(entry.uid)] == [], body[:end][-60:]
        assert len(cut.entries) == len(entries) or TRUNCATED in cut.problems, body[:end][-60:]
