"""What readers may see of a publisher's markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parsing.sanitise import MAX_TITLE_LENGTH, markup_text, plain_text, sanitise, text_to_markup

BASE = "https://example.org/news/today.html"

PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:alert(1)">x</a>',
    '<p style="background:url(javascript:alert(1))" class=x id=y onclick=alert(1)>x</p>',
    "<style>@import 'javascript:alert(1)';</style>",
    '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
    '<base href="javascript:alert(1)//">',
    '<form action="javascript:alert(1)"><input type=submit></form>',
    '<object data="javascript:alert(1)"></object><embed src="javascript:alert(1)">',
    '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)"></style></mglyph></table></mtext></math>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "<video poster=javascript:alert(1)><source src=javascript:alert(1) onerror=alert(1)></video>",
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    "<img src=`javascript:alert(1)`>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<template><script>alert(1)</script></template>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
]
SAFE_ATTRIBUTES = {
    "alt", "cite", "colspan", "controls", "datetime", "dir", "height", "href", "lang", "poster", "rel", "rowspan",
    "src", "start", "title", "type", "width",
}  # fmt: skip
FORBIDDEN_TAGS = {
    "base", "embed", "form", "iframe", "input", "link", "math", "meta", "noscript", "object", "script", "style", "svg",
    "template",
}  # fmt: skip
FORBIDDEN_IN_TITLES = re.compile(rf"<\s*/?\s*(?:{'|'.join(FORBIDDEN_TAGS)}|img|video|a)\b", re.IGNORECASE)


class Dangers(HTMLParser):
    """Lists what in a piece of HTML could run or frame something."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN_TAGS:
            self.found.append(tag)
        for name, value in attrs:
            address = name in ("href", "src", "poster", "cite")
            if name not in SAFE_ATTRIBUTES or (address and not re.match(r"https?://|\s*mailto:", value or "")):
                self.found.append(f"{name}={value}")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_survives(payload: str) -> None:
    for markup in (payload, f"<p>before {payload} after</p>", f'"><b title="{payload}">x</b>', payload * 300):
        assert Dangers(sanitise(markup, base=BASE)).found == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_keeps_its_tags_in_a_title(payload: str) -> None:
    assert not FORBIDDEN_IN_TITLES.search(plain_text(f"News {payload} today"))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param(" \n", "", id="blanks"),
        pytest.param("<p>a <b>b</b><br>c</p>", "<p>a <b>b</b><br>c</p>", id="what readers show"),
        pytest.param("5 < 6 & 7", "5 &lt; 6 &amp; 7", id="text that is not markup"),
        pytest.param("<blink>a</blink><x-y>b</x-y>", "ab", id="unknown elements leave their text"),
        pytest.param("<p>a<script>b</script><style>c</style></p>", "<p>a</p>", id="scripts and styles leave nothing"),
        pytest.param("<p class=a style=b id=c onclick=d lang=de>e", '<p lang="de">e</p>', id="attributes"),
        pytest.param("<!-- a -->b", "b", id="comments"),
        pytest.param(
            '<a href="more.html">a</a>',
            '<a href="https://example.org/news/more.html" rel="noopener noreferrer">a</a>',
            id="a relative link",
        ),
        pytest.param(
            '<img src="//cdn.example.net/a.png">', '<img src="https://cdn.example.net/a.png">', id="no protocol"
        ),
        pytest.param(
            '<a href="mailto:a@example.org">a</a>',
            '<a href="mailto:a@example.org" rel="noopener noreferrer">a</a>',
            id="mail",
        ),
        pytest.param('<a href="ftp://example.org/">a</a>', '<a rel="noopener noreferrer">a</a>', id="another scheme"),
        pytest.param('a<img src="https://t.example/p.gif" width="1" height="1">b', "ab", id="a pixel"),
        pytest.param('a<img height=0 src="https://t.example/p.gif">b', "ab", id="a pixel of no height"),
        pytest.param('a<img src="http://feeds.feedburner.com/~r/x/~4/y" alt="">b', "ab", id="a known tracker"),
        pytest.param('a<img src="data:image/png;base64,AAAA">b', "ab", id="an image without an address left"),
        pytest.param(
            '<img src="/a.png" width="10">', '<img src="https://example.org/a.png" width="10">', id="ten pixels wide"
        ),
        pytest.param("a\x00b\x01c&#1;d\ud800e", "abcd\ufffde", id="what no database stores"),
        pytest.param("<div>" * 100_000 + "<script>x</script>&lt;b&gt;", "&amp;lt;b&amp;gt;", id="100,000 deep"),
    ],
)  # fmt: skip
def test_markup_is_reduced_to_what_is_safe(markup: str, expected: str) -> None:
    assert sanitise(markup, base=BASE) == expected


@pytest.mark.parametrize("base", ["", "nonsense", "/x", "mailto:a@example.org", "http://[x"])
def test_without_a_usable_base_relative_addresses_go(base: str) -> None:
    assert sanitise('<a href="b">c</a>', base=base) == '<a rel="noopener noreferrer">c</a>'


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("Plain", "Plain", id="plain"),
        pytest.param("  a \n\t b ", "a b", id="white space"),
        pytest.param("a\u3000b\xa0c", "a b c", id="wide and hard spaces"),
        pytest.param("<b>Bold</b> <i class=x>and</i> more", "Bold and more", id="markup"),
        pytest.param("one<br>two<p>three", "one two three", id="breaks become spaces"),
        pytest.param("Tom &amp; Jerry", "Tom & Jerry", id="an entity"),
        pytest.param("Tom &amp;amp; Jerry &amp;#8217;s", "Tom & Jerry ’s", id="escaped twice"),
        pytest.param("&lt;b&gt;Bold&lt;/b&gt;", "Bold", id="escaped markup"),
        pytest.param("&amp;lt;script&amp;gt;x&amp;lt;/script&amp;gt;y", "y", id="a script escaped twice"),
        pytest.param("AT&T and R&D", "AT&T and R&D", id="ampersands that are words"),
        pytest.param("if a < b and c > d", "if a < b and c > d", id="comparisons"),
        pytest.param("List<T> and the <main> element", "List<T> and the <main> element", id="tags that are words"),
        pytest.param("a\u202eb\u2066c\u200bd\x1be\x85f\ufefff", "abcdeff", id="overrides, controls, invisible ones"),
        pytest.param("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻", id="joiners"),
        pytest.param("a\ud83db", "a\ufffdb", id="half a surrogate pair"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_title_is_one_line_of_text(markup: str, expected: str) -> None:
    assert plain_text(markup) == expected


def test_a_title_of_a_megabyte_is_cut_at_a_word() -> None:
    title = plain_text("word " * 200_000)
    assert len(title) <= MAX_TITLE_LENGTH
    assert title.endswith("word…")


def test_plain_text_becomes_paragraphs_with_everything_escaped() -> None:
    assert text_to_markup("a < b\nc\n \n\n<script>\x00 & ") == "<p>a &lt; b<br>c</p><p>&lt;script&gt; &amp;</p>"


def test_the_words_of_markup_are_its_text() -> None:
    assert markup_text('<p title="a&gt;b">one <b>two</b></p>\n<p>three &amp; four</p>') == "one two three & four"


@given(st.text(alphabet=st.sampled_from(list("<>/\"'= &;!-abdhinorstx#1\n")) | st.characters(), max_size=200))
def test_sanitising_is_safe_and_settled(markup: str) -> None:
    once = sanitise(markup, base=BASE)
    assert Dangers(once).found == []
    assert sanitise(once, base=BASE) == once


@given(st.text())
def test_a_title_never_holds_a_line_break_or_too_much(markup: str) -> None:
    title = plain_text(markup)
    assert title == " ".join(title.split())
    assert len(title) <= MAX_TITLE_LENGTH


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param(" plain \n text ", "plain \n text", id="no markup at all"),
        pytest.param("a\xa0b \xa0", "a&nbsp;b &nbsp;", id="a blank that HTML writes as an entity"),
        pytest.param("\ufeffa", "a", id="a byte order mark"),
        pytest.param("a\r\nb", "a\nb", id="line ends"),
        pytest.param('<img src="/i.png">', '<img src="https://example.org/i.png">', id="from the root"),
        pytest.param('<img src="//cdn.example/i.png">', '<img src="https://cdn.example/i.png">', id="from the scheme"),
        pytest.param('<img src="i.png">', '<img src="https://example.org/a/i.png">', id="from the page"),
        pytest.param(
            '<img src="/i.png"><video POSTER = j></video>',
            '<img src="https://example.org/i.png"><video poster="https://example.org/a/j"></video>',
            id="from here and there",
        ),
        pytest.param('<img src="&#47;i.png">', '<img src="https://example.org/i.png">', id="in disguise"),
    ],
)
def test_what_needs_less_work_comes_out_the_same(markup: str, expected: str) -> None:
    assert sanitise(markup, base="https://example.org/a/b?c") == expected


@given(st.text(alphabet="ab \n\xa0\r\ufeff\x85\u2028&;<>\"'\x07", max_size=12))
def test_text_without_markup_is_what_the_cleaner_gives(text: str) -> None:
    cleaned = sanitise(f"<b></b>{text}", base="")
    assert cleaned == f"<b></b>{sanitise(f'x{text}', base='').removeprefix('x')}"


@pytest.mark.parametrize("reference", ["&amp;", "&amp;a ", "a&amp;lt;"])
@pytest.mark.parametrize("number", [1_000, 1_001, 2_000, 10_000])
def test_a_crowd_of_references_is_what_few_are(reference: str, number: int) -> None:
    crowd = f"<p>{reference * number}<b>b</b>{reference * number}</p>"
    assert sanitise(crowd, base=BASE) == crowd
