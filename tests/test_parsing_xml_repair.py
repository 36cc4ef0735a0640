"""Broken documents, made readable without inventing anything."""

from __future__ import annotations

from itertools import pairwise

import pytest

from aggregator.model.parsing import Unreadable
from aggregator.parsing.xml_repair import RepairedXml, join_surrogates, repair_xml

TOKEN, ENTITY = "not well-formed (invalid token), line 1", "undefined entity, line 1"
NUMBER = "reference to invalid character number, line 1"
ILLEGAL = "has control characters that XML does not allow"
CUT_EARLY = Unreadable(reason="the document is truncated before the end of its first entry")


def rss(inside: str) -> str:
    return f"<rss><channel>{inside}</channel></rss>"


def outcome(text: str) -> tuple[str, tuple[str, ...]] | Unreadable:
    found = repair_xml(text)
    return (found.text, found.problems) if isinstance(found, RepairedXml) else found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(rss("<title>a &amp; b</title>"), rss("<title>a &amp; b</title>"), id="nothing to mend"),
        pytest.param('<?xml version="1.0" encoding="latin-9"?>\n' + rss(""), rss(""), id="the declaration"),
        pytest.param("<?xml version='1.0'?>\n<?xml version='1.0'?>" + rss(""), rss(""), id="two declarations"),
        pytest.param(" \n<?xml version='1.0'?>" + rss(""), rss(""), id="white space first"),
        pytest.param(
            "<!DOCTYPE rss>" + rss("<![CDATA[<!DOCTYPE html> <?xml?>]]>"),
            rss("<![CDATA[<!DOCTYPE html> <?xml?>]]>"),
            id="a DOCTYPE in CDATA",
        ),
        pytest.param("<!DOCTYPE rss SYSTEM 'http://example.org/rss.dtd'>" + rss(""), rss(""), id="a DOCTYPE"),
    ],
)
def test_what_needs_no_mending_is_no_problem(text: str, expected: str) -> None:
    assert outcome(text) == (expected, ())


@pytest.mark.parametrize(
    ("text", "expected", "problem"),
    [
        pytest.param(rss("a\x00b\x1bc\ufffe"), rss("abc"), ILLEGAL, id="control characters"),
        pytest.param(rss("a & b &c"), rss("a &amp; b &amp;c"), TOKEN, id="ampersands"),
        pytest.param(rss("a < 3"), rss("a &lt; 3"), TOKEN, id="an angle bracket"),
        pytest.param(rss("a&nbsp;b&eacute;"), rss("a\xa0bé"), ENTITY, id="HTML entities"),
        pytest.param(rss("&LT;b"), rss("&lt;b"), ENTITY, id="an HTML entity that is markup"),
        pytest.param(rss("&bogus;"), rss("&amp;bogus;"), ENTITY, id="an entity nobody knows"),
        pytest.param(rss("a&#0;b&#x1F;&#65;"), rss("ab&#65;"), NUMBER, id="numbers"),
        pytest.param(
            rss("<![CDATA[a & b &nbsp;]]><!-- & -->&"),
            rss("<![CDATA[a & b &nbsp;]]><!-- & -->&amp;"),
            TOKEN,
            id="not in CDATA and comments",
        ),
        pytest.param(
            rss("<a b=c d = 'e f=g' h=https://x/?i=1/ j=k/><![CDATA[<a b=c>]]>"),
            rss("""<a b="c" d = 'e f=g' h="https://x/?i=1/" j="k"/><![CDATA[<a b=c>]]>"""),
            TOKEN,
            id="values without quotes",
        ),
        pytest.param(
            "Warning: x\n<?xml version='1.0'?>" + rss(""), rss(""), "has text before the document", id="a warning"
        ),
        pytest.param("<br/><b>Notice</b>" + rss(""), rss(""), "has text before the document", id="markup before it"),
        pytest.param(rss("") + "<script>x", rss(""), "has content after its root element", id="something behind it"),
        pytest.param(
            "<rss><dc:date>x</dc:date><odd:x/></rss>",
            '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:odd="urn:undeclared:odd">'
            "<dc:date>x</dc:date><odd:x/></rss>",
            "uses undeclared prefixes: dc, odd",
            id="prefixes",
        ),
        pytest.param(
            "<rss><channel><item>a</item><item>b",
            rss("<item>a</item>"),
            "is truncated",
            id="a half entry",
        ),
        pytest.param(
            "<rss><channel><item>a</item><item><b></i><!-- </item>",
            rss("<item>a</item>"),
            "is truncated",
            id="the end of an entry in a comment of a document broken elsewhere",
        ),
        pytest.param(
            "<rss><channel><item>a</item><item><b></i>b",
            rss("<item>a</item>"),
            "is truncated",
            id="a half entry in a document broken elsewhere",
        ),
        pytest.param(
            '<feed xmlns="x"><entry>a</entry><entry',
            '<feed xmlns="x"><entry>a</entry></feed>',
            "is truncated",
            id="Atom",
        ),
        pytest.param(
            "<!DOCTYPE rss [<!ENTITY co 'Ours'><!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + rss("&co;|&x;|"),
            rss("Ours||"),
            ENTITY,
            id="entities of the document",
        ),
        pytest.param(
            "<!DOCTYPE rss [<!ENTITY co '&copy; &#50;&o;'><!ENTITY o '026'><!ENTITY x '&x;'>]>" + rss("&co;"),
            rss("© &#50;026"),
            ENTITY,
            id="an entity in another, and an unused one",
        ),
        pytest.param(
            "<data>" + rss("a") + "</data>", rss("a"), "has content after its root element", id="an element around it"
        ),
    ],
)
def test_a_broken_document_is_mended_and_told_of(text: str, expected: str, problem: str) -> None:
    found = outcome(text)
    assert not isinstance(found, Unreadable)
    assert found[0] == expected
    assert problem in found[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("<rss><channel><title>a</title><item><title>b", CUT_EARLY, id="cut in the first entry"),
        pytest.param("<rss><channel><b></i>", CUT_EARLY, id="broken and cut"),
        pytest.param(
            "<!DOCTYPE rss [<!ENTITY a 'haha'>"
            + "".join(f"<!ENTITY {name} '{f'&{inner};' * 10}'>" for inner, name in pairwise("abcd"))
            + "]>"
            + rss("&d;"),
            Unreadable(reason="the document defines an entity (d) that expands to a very long text"),
            id="entities that multiply",
        ),
        pytest.param(
            "<!DOCTYPE rss [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>" + rss("&a;"),
            Unreadable(reason="the document defines an entity (a) that expands to a very long text"),
            id="entities in a circle",
        ),
        pytest.param(
            f"<!DOCTYPE rss [<!ENTITY a '{'a' * 999}'>]>" + rss("&a;" * 1002),
            Unreadable(reason="the document defines an entity (a) that expands to a very long text"),
            id="an entity that is used very often",
        ),
        pytest.param(
            f"<!DOCTYPE rss [<!ENTITY a '{'a' * 1001}'>]>" + rss("&a;"),
            Unreadable(reason="the document defines an entity (a) that expands to a very long text"),
            id="a long entity",
        ),
        pytest.param(
            "<!DOCTYPE a><!DOCTYPE rss [<!ENTITY a 'ha'>]>" + rss(""),
            Unreadable(reason="the document has two document types"),
            id="two document types",
        ),
        pytest.param(
            rss("<b>" * 100_000),
            Unreadable(
                reason="the document would exhaust an XML parser: nested more than 256 elements deep",
            ),
            id="nested 100,000 deep",
        ),
    ],
)
def test_what_cannot_be_mended_is_refused(text: str, expected: Unreadable) -> None:
    assert repair_xml(text) == expected


@pytest.mark.parametrize("opening", ["<author>", "<dc:creator>", "<name>", "<author><![CDATA["])
def test_a_person_of_endless_length_is_shortened(opening: str) -> None:
    closing = "]]>" * ("CDATA" in opening) + "</x>"
    found = outcome(rss(opening + "a@" + "a." * 16_000 + closing))
    assert not isinstance(found, Unreadable)
    assert len(found[0]) < 400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a&#xD83D;&#xDE00;b", "a\U0001f600b"),
        ("&#55357;&#56832;", "\U0001f600"),
        ("&amp;#xd83d;&amp;#xde00;", "\U0001f600"),
        ("&#xD83D;&#56832;&#xD83D;&#xDE01;", "\U0001f600\U0001f601"),
        ("&#xD83D; &#xDE00;", "&#xD83D; &#xDE00;"),
        ("&#xDE00;&#xD83D;", "&#xDE00;&#xD83D;"),
        ("&#55000;&#56000;", "&#55000;&#56000;"),
    ],
)
def test_two_references_to_halves_of_a_character_are_the_character(text: str, expected: str) -> None:
    assert join_surrogates(text) == expected
