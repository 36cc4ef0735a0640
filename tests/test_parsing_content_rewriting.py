"""Content is what its publisher wrote, in elements that feed readers show."""

from __future__ import annotations

import re

from aggregator.parsing.content.source_sets import best_candidate, source_candidates
from aggregator.parsing.sanitise import sanitise, text_to_markup
from tests.loops import loop_over

BASE = "https://site.example/post/"
PAGE = "https://site.example/post/1"
WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen"


def shown(markup: str) -> str:
    """The sanitised text, without what every link has and without the prefix of anchors."""
    clean = sanitise(markup, base=BASE, page=PAGE)
    return re.sub(r"\bt[0-9a-f]{8}-", "T-", clean.replace(' rel="noopener noreferrer"', ""))


IMG = '<img src="https://site.example/{}" alt="a">'


@loop_over(
    ("markup", "expected"),
    [
        ('<img src="/blank.gif" data-src="/r.jpg" alt="a">', IMG.format("r.jpg")),
        ('<img src="/small.jpg" data-src="/r.jpg" alt="a">', IMG.format("r.jpg")),
        ('<img src="/r.jpg" data-orig-file="/huge.jpg" alt="a">', IMG.format("r.jpg")),
        ('<img src="/r.jpg" data-src="{&quot;a&quot;:1}" alt="a">', IMG.format("r.jpg")),
        ('<img data-lazy-src="/r.jpg" src="data:image/svg+xml,%3Csvg%3E" alt="a">', IMG.format("r.jpg")),
        ('<img alt="a" src="data:image/gif;base64,R0lGOD"><noscript><img src="/r.jpg" alt="a"></noscript>', IMG.format("r.jpg")),
        ('<img src="/r.jpg" alt="a"><noscript><img src="/r-300x200.jpg?w=3" alt="b"></noscript>', IMG.format("r.jpg")),
        ('<img src="/blank.gif" alt=""><noscript><img src="/r.jpg" alt="a"></noscript>', IMG.format("r.jpg")),
        ('<noscript><img src="/r.jpg" alt="a"></noscript>', IMG.format("r.jpg")),
        ('<amp-img src="/r.jpg" alt="a" layout=fill><noscript><img src="/r.jpg"></noscript></amp-img>', IMG.format("r.jpg")),
        ('<noscript>Please enable JavaScript to read <a href="/c">comments</a></noscript>', ""),
        ('<noscript><a href="/poll">Take our poll</a></noscript>', '<a href="https://site.example/poll">Take our poll</a>'),
        ('<img src="data:image/svg+xml,x" alt="a">', ""),
        ('<img src="/i_1x1.gif" data-src="/r_{width}.jpg" alt="a">', IMG.format("r_1024.jpg")),
        ('<img src="/c.svg" width="1" height="1" alt="a">', IMG.format("c.svg")),
        ('<img src="/c.png" width="1" height="1" alt="a">', IMG.format("c.png")),
        ('<img src="/c.png" width="1" height="1" alt="">', ""),
        ('<img src="/c.gif?id=1" width="1" height="1" alt="a">', ""),
        ('<div class="wp-block-cover" style="background-image:url(/r.jpg)">Text</div>',
         '<div><img src="https://site.example/r.jpg" alt="">Text</div>'),
    ],
)  # fmt: skip
def test_a_picture_is_there_once(markup: str, expected: str) -> None:
    assert shown(markup) == expected


def test_candidates_of_a_picture_stay() -> None:
    markup = (
        '<picture><source type="image/webp" data-srcset="/s.webp 400w, /l.webp 1200w" sizes="50vw">'
        '<img src="placeholder.png" srcset="a,b.jpg 1x, javascript:x 2x" alt="a"></picture>'
    )
    assert shown(markup) == (
        '<picture><source type="image/webp" sizes="50vw" srcset="https://site.example/s.webp 400w, https://site.example/l.webp 1200w">'
        '<img src="https://site.example/post/a,b.jpg" srcset="https://site.example/post/a,b.jpg 1x" alt="a"></picture>'
    )
    assert shown('<picture><source srcset="/s.webp 400w"></picture>').endswith(
        '<img alt="" src="https://site.example/s.webp"></picture>'
    )


@loop_over(
    ("srcset", "best"),
    [
        ("a.jpg 400w, b.jpg 1200w,c.jpg 9000w", "b.jpg"),
        ("a.jpg, b.jpg 2x", "b.jpg"),
        ("https://i.example/w_1,h_2/a.jpg 800w", "https://i.example/w_1,h_2/a.jpg"),
        ("c.jpg 9000w, d.jpg 5000w", "d.jpg"),
        ("a.jpg nonsense", None),
        ("", None),
    ],
)
def test_the_best_candidate_is_the_widest_that_a_screen_needs(srcset: str, best: str | None) -> None:
    found = best_candidate(source_candidates(srcset))
    assert (found.url if found else None) == best


def test_a_picture_in_the_text_stays_if_it_is_one() -> None:
    data = "data:image/png;base64," + "iVBORw0KGgo" * 30
    assert shown(f'<img src="{data}" alt="a">') == f'<img src="{data}" alt="a">'
    assert (
        shown(f'<a href="{data}">x</a><video poster="{data}" src="{data}"></video>')
        == '<a>x</a><video controls=""></video>'
    )


MI = "<mi>x</mi>"


@loop_over(
    ("markup", "expected"),
    [
        (f"<p>If <math>{MI}<mo>&lt;</mo></math> holds</p>", f"<p>If <math>{MI}<mo>&lt;</mo></math> holds</p>"),
        (f'<math><semantics><mrow>{MI}</mrow><annotation encoding="application/x-tex">x</annotation></semantics></math>',
         f'<math alttext="x"><mrow>{MI}</mrow></math>'),
        (f'<span class="katex"><span class="katex-mathml"><math>{MI}</math></span><span class="katex-html" aria-hidden="true">x</span></span>',
         f"<math>{MI}</math>"),
        ('<span class="MathJax_Preview">[x]</span><span class="MathJax">x</span><script type="math/tex">x_1</script>!',
         r"<span>\(x_1\)</span>!"),
        ('<script type="math/tex; mode=display">a&lt;b</script>', r"<span>\[a&amp;lt;b\]</span>"),
        (f'<mjx-container display="true"><mjx-math aria-hidden="true"></mjx-math><mjx-assistive-mml><math>{MI}</math></mjx-assistive-mml></mjx-container>',
         f'<math display="block">{MI}</math>'),
        (f'<span class="mwe-math-element"><span style="display: none;"><math>{MI}</math></span><img src="/m.svg" alt="x"></span>',
         f"<math>{MI}</math>"),
        ('<amp-mathml data-formula="\\[x\\]"></amp-mathml>', r"<span>\[x\]</span>"),
        ('<math alttext="x^2"></math>', r"<span>\(x^2\)</span>"),
        ('<m:math xmlns:m="u"><m:mi>x</m:mi></m:math>', f"<math>{MI}</math>"),
        ('A<img src="https://s0.wp.com/latex.php?latex=x" alt="x" class="latex">', 'A<img src="https://s0.wp.com/latex.php?latex=x" alt="x">'),
    ],
)  # fmt: skip
def test_a_formula_stays_once(markup: str, expected: str) -> None:
    assert shown(markup) == expected


@loop_over(
    ("markup", "expected"),
    [
        ('<svg viewBox="0 0 300 100"><path d="M0 0"/><script>1</script></svg>', '<svg viewBox="0 0 300 100"><path d="M0 0"></path></svg>'),
        ('<svg width="90" height="90"><style>.a{fill:red;x:y}</style><rect class="a" style="stroke:#000"/></svg>',
         '<svg width="90" height="90"><rect fill="red" stroke="#000"></rect></svg>'),
        ('<svg viewBox="0 0 300 100"><linearGradient id="g"/><path fill="url(#g)" stroke="url(#h)"/></svg>',
         '<svg viewBox="0 0 300 100"><linearGradient id="T-g"></linearGradient><path fill="url(#T-g)" stroke="none"></path></svg>'),
        ('<svg viewBox="0 0 300 100"><foreignObject x="1" y="2"><div>One</div></foreignObject><path d="M0"/></svg>',
         '<svg viewBox="0 0 300 100"><text x="1" y="2" dominant-baseline="hanging">One</text><path d="M0"></path></svg>'),
        ('<svg viewBox="0 0 24 24"><path d="M0"/></svg>x', "x"),
        ('<svg class="icon"><use href="#icon-mail"/></svg>x', "x"),
        ('<a href="/s"><svg viewBox="0 0 512 512" aria-hidden="true"><path d="M0"/></svg> Share</a>',
         '<a href="https://site.example/s"> Share</a>'),
    ],
)  # fmt: skip
def test_a_drawing_stays_and_an_icon_goes(markup: str, expected: str) -> None:
    assert shown(markup) == expected


@loop_over(
    ("markup", "expected"),
    [
        (
            '<a href="#fn">1</a><p id="fn">note</p><p id="other">x</p>',
            '<a href="#T-fn">1</a><p id="T-fn">note</p><p>x</p>',
        ),
        (
            '<a href="https://www.site.example/post/1/#fn">1</a><a name="fn">n</a>',
            '<a href="#T-fn">1</a><a id="T-fn">n</a>',
        ),
        ('<a href="#sec">s</a>', '<a href="https://site.example/post/1#sec">s</a>'),
        ('<a href="/other#fn">1</a><p id="fn">note</p>', '<a href="https://site.example/other#fn">1</a><p>note</p>'),
        ('<a href="#">top</a>', "<a>top</a>"),
        ('<a href="#%C3%BC">1</a><p id="ü">note</p>', '<a href="#T-%C3%BC">1</a><p id="T-ü">note</p>'),
    ],
)
def test_a_link_to_a_part_leads_there(markup: str, expected: str) -> None:
    assert shown(markup) == expected


def test_anchors_of_two_entries_differ() -> None:
    one, two = (sanitise(f'<a href="#n">1</a><b id="n">{text}</b>', base=BASE) for text in ("x", "y"))
    assert one.partition("-n")[0] != two.partition("-n")[0]


@loop_over(
    ("markup", "expected"),
    [
        ('<div style="display:none">a</div><p>b</p>', "<p>b</p>"),
        ('<p hidden>a</p><p style="VISIBILITY : hidden">a</p><p>b</p>', "<p>b</p>"),
        ('<div style="max-height:0px;overflow:hidden">a</div><span style="mso-hide:all">a</span>b', "b"),
        ('<span style="font-size:0">a</span>b', "b"),
        (
            "<style>.pre, p.head{display:none!important}</style><p class=pre>a</p><p class='head x'>a</p><p>b</p>",
            "<p>b</p>",
        ),
        (
            "<style>@media print{.x{color:red}.a{display:none}} .b.c{display:none}</style><p class=a>a</p><p class=b>b</p>",
            "<p>a</p><p>b</p>",
        ),
        ("<style>.menu{display:none}</style><p class=menu>a</p><p>b</p>", "<p>a</p><p>b</p>"),
        ("<style>.preheader{display:none}</style><p class=preheader>a</p><p>b</p>", "<p>b</p>"),
        ("<style>.tab{display:none}.tab.on{display:block}</style><p class=tab>a</p><p>b</p>", "<p>a</p><p>b</p>"),
        (
            '<div style="height:0;padding-bottom:56%;overflow:hidden"><video src="/v"></video></div>',
            '<div><video src="https://site.example/v" controls=""><a href="https://site.example/v">Video</a></video></div>',
        ),
        ('<div style="font-size:0"><span style="font-size:16px">a</span></div>', "<div><span>a</span></div>"),
        ('<div class="wow fadeIn" style="visibility:hidden">a</div>', "<div>a</div>"),
        (f'<div style="display:none"><p>{WORDS}</p></div>', f"<div><p>{WORDS}</p></div>"),
        (
            '<a href="/x">a<span class="screen-reader-text"> (opens in a new tab)</span></a>',
            '<a href="https://site.example/x">a</a>',
        ),
        (f'<div class="sr-only">{WORDS}</div>b', f"<div>{WORDS}</div>b"),
        ('<h2>a<a class="anchor" aria-hidden="true" href="#a">#</a></h2>', "<h2>a</h2>"),
        ('<p aria-hidden="true">a</p>', "<p>a</p>"),
        ('<div hidden="until-found">a</div>', "<div>a</div>"),
        ("<details><summary>s</summary>closed</details>", "<details><summary>s</summary>closed</details>"),
    ],
)
def test_what_a_browser_hides_is_no_text(markup: str, expected: str) -> None:
    assert shown(markup) == expected


@loop_over(
    ("markup", "expected"),
    [
        ('<li><input type="checkbox" checked disabled> a</li><li><input type=checkbox>b</li>', "<li>☑ a</li><li>☐ b</li>"),
        ('<ol type="a" start="3" reversed><li value="9">x</ol>', '<ol type="a" start="3" reversed=""><li value="9">x</li></ol>'),
        ("<dl><dt>a<dd>b</dl>", "<dl><dt>a</dt><dd>b</dd></dl>"),
        ('<video src="v.mp4" autoplay loop>No <b>video</b></video>',
         '<video src="https://site.example/post/v.mp4" loop="" controls=""><a href="https://site.example/post/v.mp4">Video</a></video>'),
        ('<audio><source src="a.mp3"><track src="a.vtt" kind="captions"></audio>',
         '<audio controls=""><source src="https://site.example/post/a.mp3"><track src="https://site.example/post/a.vtt" kind="captions">'
         '<a href="https://site.example/post/a.mp3">Audio</a></audio>'),
        ('<audio src="a.mp3">Or <a href="b.ogg">download</a></audio>',
         '<audio src="https://site.example/post/a.mp3" controls=""><a href="https://site.example/post/b.ogg">download</a></audio>'),
        ("<p>a<br></br>b<br/>c</p>", "<p>a<br>b<br>c</p>"),
        ("<xmp>a <b>\n c</xmp>", "<pre>a &lt;b&gt;\n c</pre>"),
        ("<pre>a\n  b\n</pre>", "<pre>a\n  b\n</pre>"),
        ('<blockquote cite="/q">a</blockquote><q cite="javascript:x">b</q>', '<blockquote cite="https://site.example/q">a</blockquote><q>b</q>'),
        ('<table><caption>c</caption><tr><th scope="row" colspan="2">a</table>',
         '<table><caption>c</caption><tbody><tr><th scope="row" colspan="2">a</th></tr></tbody></table>'),
        ('<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby><bdo dir="rtl">x</bdo>',
         '<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby><bdo dir="rtl">x</bdo>'),
        ("<p>a<o:p>&nbsp;</o:p></p><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml>", "<p>a&nbsp;</p>"),
        ("<![CDATA[<p>a</p>]]>", "<p>a</p>"),
        ("<pre><![CDATA[ in ]]></pre>", "<pre> in </pre>"),
    ],
)  # fmt: skip
def test_an_element_keeps_its_meaning(markup: str, expected: str) -> None:
    assert shown(markup) == expected


def test_styles_of_word_cost_a_text_no_markup() -> None:
    styles = "<w:LatentStyles>" + '<w:LsdException Locked="false" Name="x"/>' * 400 + "</w:LatentStyles>"
    assert shown(f"<!--[if gte mso 9]><xml>{styles}</xml><![endif]--><p><b>a</b></p>") == "<p><b>a</b></p>"
    assert shown(f"<xml>{styles}</xml><p><b>a</b></p>") == "<p><b>a</b></p>"


@loop_over(
    ("text", "expected"),
    [
        ("a\r\nb\rc", "<p>a<br>b<br>c</p>"),
        ("a\n\n \nb", "<p>a</p><p>b</p>"),
        ("One sentence\n    of the document\n    goes on", "<p>One sentence of the document goes on</p>"),
    ],
)
def test_lines_of_text_stay(text: str, expected: str) -> None:
    assert text_to_markup(text) == expected
