"""What readers may see of a publisher's markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.html_to_text import inner_html, parse_fragment
from aggregator.parsing.sanitise import markup_text, sanitise, text_to_markup
from aggregator.publishing.player_frames import show_players

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
    "<svg viewBox='0 0 90 90'><path d='M0'/><animate attributeName=href values=javascript:alert(1)></svg>",
    "<svg viewBox='0 0 90 90'><a><path d='M0'/><set attributeName=href to=javascript:alert(1)></a></svg>",
    "<svg viewBox='0 0 90 90'><path d='M0'/><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>",
    "<svg viewBox='0 0 90 90'><path d='M0'/><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<svg viewBox='0 0 90 90'><path d='M0' fill='url(https://evil.example/x#y)' style='fill:url(//evil.example/#z)'/></svg>",
    "<svg viewBox='0 0 90 90'><path d='M0'/><style>*{background:url(//evil.example)}</style><title><img src=x onerror=a>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi><maction actiontype='statusline#javascript:alert(1)'>y</maction></math>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></annotation-xml><mi>x</mi></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<img srcset='javascript:alert(1) 1x, data:text/html;base64,PHNjcmlwdD4= 2x'>",
    "<picture><source srcset='javascript:alert(1)'><img src=x onerror=alert(1)></picture>",
    "<blockquote cite='javascript:alert(1)'>x</blockquote><q cite='data:text/html,x'>y</q>",
    "<img src='data:image/png;base64,AAAA\" onerror=alert(1)'>",
    "<a href='da\nta:text/html,<script>alert(1)</script>'>x</a><video src='data:text/html,x'></video>",
    "<iframe src='https://www.youtube.com/embed/x' srcdoc='<script>alert(1)</script>' onload=alert(1)></iframe>",
    "<iframe src='https://www.youtube.com@evil.example/embed/x'>&lt;script>alert(1)</script></iframe>",
    "<figure data-player='https://evil.example/'><figure data-player='javascript:alert(1)'>x</figure></figure>",
    "<figure data-player='https://www.youtube-nocookie.com/embed/x\"><script>alert(1)</script>'>x</figure>",
    "<a href='#x&quot; onclick=alert(1)'>x</a><b id='x&quot; onclick=alert(1)'>y</b>",
    "<input type=checkbox onclick=alert(1) autofocus onfocus=alert(1)>",
    "<amp-img src=x onerror=alert(1)></amp-img><lite-youtube videoid='\"><script>alert(1)</script>'></lite-youtube>",
    "<script type='math/tex'></script><img src=x onerror=alert(1)></script>",
    "<span class=MathJax data-mathml='<math><mtext><img src=x onerror=alert(1)></mtext></math>'></span>",
]
SAFE_ATTRIBUTES = {
    "alt", "cite", "colspan", "controls", "datetime", "dir", "height", "href", "lang", "poster", "rel", "rowspan",
    "open", "src", "start", "title", "type", "width", "viewbox", "d", "fill", "id", "srcset", "alttext", "data-player", "x", "y", "role", "aria-label",
}  # fmt: skip
FORBIDDEN_TAGS = {
    "animate", "annotation-xml", "base", "embed", "feimage", "foreignobject", "form", "iframe", "image", "input", "link",
    "maction", "meta", "mglyph", "noscript", "object", "script", "set", "style", "template",
}  # fmt: skip


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
            if tag == "iframe":
                continue
            local = name == "href" and re.match(r"#t[0-9a-f]{8}-", value or "")
            if name not in SAFE_ATTRIBUTES or (
                address and not local and not re.match(r"https?://|\s*mailto:", value or "")
            ):
                self.found.append(f"{name}={value}")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_survives(payload: str) -> None:
    for markup in (payload, f"<p>before {payload} after</p>", f'"><b title="{payload}">x</b>', payload * 300):
        assert Dangers(sanitise(markup, base=BASE)).found == []


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


def test_plain_text_becomes_paragraphs_with_everything_escaped() -> None:
    assert text_to_markup("a < b\nc\n \n\n<script>\x00 & ") == "<p>a &lt; b<br>c</p><p>&lt;script&gt; &amp;</p>"


def test_the_words_of_markup_are_its_text() -> None:
    assert markup_text('<p title="a&gt;b">one <b>two</b></p>\n<p>three &amp; four</p>') == "one two three & four"


@given(st.text(alphabet=st.sampled_from(list("<>/\"'= &;!-abdhinorstx#1\n")) | st.characters(), max_size=200))
def test_sanitising_is_safe_and_settled(markup: str) -> None:
    once = sanitise(markup, base=BASE)
    assert Dangers(once).found == []
    assert sanitise(once, base=BASE) == once


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
            '<img src="https://example.org/i.png"><video poster="https://example.org/a/j" controls=""></video>',
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


PIECES = [
    "<math>", "</math>", "<mtext>", "<mi>", "<mglyph>", "<annotation-xml encoding=text/html>", "<svg viewBox='0 0 90 90'>",
    "</svg>", "<foreignObject>", "<title>", "<style>", "</style>", "<!--", "-->", "<![CDATA[", "]]>", "<table>", "<td>",
    "<form>", "</form>", "<p>", "<noscript>", "</noscript>", "<iframe src=https://www.youtube.com/embed/a>", "</iframe>",
    "<textarea>", "<xmp>", "</xmp>", "<template>", "</template>", "<script type=math/tex>", "</script>", "<plaintext>",
    "<figure data-player='https://www.youtube-nocookie.com/embed/a'>", "<b id=x>", "<a href=#x>", "<use href=#x>", '"', "'",
    "<img src=x onerror=alert(1)>", "<picture>", "<source srcset=javascript:alert(1)>", "&lt;script&gt;", "<object data=x>",
    "<span class=MathJax data-mathml='<math>", "<path d=M0 fill='url(#x)'>", "<details open ontoggle=alert(1)>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), min_size=2, max_size=14))
def test_no_mixture_of_languages_is_dangerous(pieces: list[str]) -> None:
    once = sanitise("".join(pieces), base=BASE)
    assert Dangers(once).found == []
    assert Dangers(inner_html(parse_fragment(once))).found == []  # as lines are removed from it
    assert Dangers(show_players(once)).found == ["iframe"] * show_players(once).count("<iframe ")


@pytest.mark.parametrize("reference", ["&amp;", "&amp;a ", "a&amp;lt;"])
@pytest.mark.parametrize("number", [1_000, 1_001, 2_000, 10_000])
def test_a_crowd_of_references_is_what_few_are(reference: str, number: int) -> None:
    crowd = f"<p>{reference * number}<b>b</b>{reference * number}</p>"
    assert sanitise(crowd, base=BASE) == crowd
