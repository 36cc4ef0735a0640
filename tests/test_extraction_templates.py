"""Complete pages of difficult templates: text that must be extracted, text that must not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.extraction.page_extraction import extract_article
from aggregator.model.extraction import ExtractedPage, NoArticle
from tests.thoroughness import examples

URL = "https://www.coastdaily.example/business/2031-05/06/ferries.htm"
TITLE = "Ferry crews reach pay deal after nine days"
PROSE = (
    "The ferry crews of the northern harbours voted on Monday to accept the offer of the shipping companies.",
    "Boats will leave again from Wednesday morning, though the night service needs another week to return.",
    "The union said the rise of four per cent was less than it had asked for but more than it had feared.",
    "Travellers had waited on the piers for hours, some of them with tents, since the strike began in April.",
    "“We never wanted to keep anybody from going home,” said Ada Venn, who spoke for the crews in the talks.",
    "The companies will pay for it with a harbour fee of two crowns for each passenger, starting in the summer.",
)
SECTION = "Business / Transport"
BYLINE = "By Ada Pier in Northport (Coast Daily) Updated: 2031-05-06 09:13"
CAPTION = "[A ferry waits at the northern pier on Sunday. Photo by Bo Quay/Coast Daily]"
TAIL = ("Hot Topics", "Harbour fees, night boats, pay deal", "Editor's Picks", "Ten piers to see before winter")
MENU = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in ("Home", "World", "Sport", "Weather"))


def _paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def _page(body: str, head: str = "") -> str:
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE} - CoastDaily.example</title>
        <meta property="og:title" content="{TITLE}">{head}</head><body>
        <header><a href="/">Coast Daily</a><nav><ul>{MENU}</ul></nav></header>{body}
        <footer><p>© 2031 Coast Daily. All rights reserved.</p><a href="/imprint">Imprint</a></footer></body></html>"""


def _extracted(body: str, head: str = "") -> ExtractedPage:
    outcome = extract_article(_page(body, head).encode(), url=URL, content_type="text/html; charset=utf-8")
    assert isinstance(outcome, ExtractedPage)
    return outcome


REPORT = (SECTION, TITLE, TITLE, BYLINE, CAPTION, *PROSE, *TAIL)
SHAPES = [
    pytest.param(
        f"""<div class="crumb">{SECTION}</div><div class="w900"><h1>{TITLE}</h1><h2>{TITLE}</h2>
            <div class="info">{BYLINE}</div><div id="Content"><figure><figcaption>{CAPTION}</figcaption></figure>
            {_paragraphs(*PROSE)}</div></div>
            <div class="hot"><h3>{TAIL[0]}</h3><ul><li><a href="/t">{TAIL[1]}</a></li></ul></div>
            <div class="picks"><h3>{TAIL[2]}</h3><ul><li><a href="/p">{TAIL[3]}</a></li></ul></div>""",
        id="named elements",
    ),
    pytest.param("".join(f"<div>{line}</div>" for line in REPORT), id="nothing but divs"),
    pytest.param(f"<div>{_paragraphs(*REPORT)}</div>", id="nothing but paragraphs"),
    pytest.param(f"<div>{'<br><br>'.join(REPORT)}</div>", id="nothing but line breaks"),
]


@pytest.mark.parametrize("body", SHAPES)
def test_a_newspaper_report_is_its_paragraphs_and_nothing_else(body: str) -> None:
    page = _extracted(body)
    assert page.text == "\n".join(PROSE)
    assert page.html == _paragraphs(*PROSE)
    assert page.title == TITLE


def test_every_line_that_was_cut_from_the_report_has_a_reason() -> None:
    page = _extracted(f"<div>{_paragraphs(*REPORT)}</div>")
    whole = page.text.splitlines()
    for cut in reversed(page.cuts):
        assert cut.reason
        whole.insert(cut.after, cut.text)
    assert [line for line in whole if line in REPORT] == whole
    assert set(whole) >= {*PROSE, *TAIL}


COOKIES = (
    "When you visit our pages we store small files on your device to learn what you read and how often you return.",
    "You may refuse all files but those without which the pages would not work at all, and change this at any time.",
    "Our partners, of whom there are four hundred and twelve, may use what they learn to show you what you might buy.",
    "Measuring files tell us how many people read which page, from where they came and where they went afterwards.",
)
APPEAL = (
    "At a time like this, news must be free for everybody, and that is why we ask you for your support today.",
    "Your gift, however small, keeps our reporters on the piers and our pages open to all who want to read them.",
)
BIOGRAPHY = "Ada Pier has reported from the harbours for Coast Daily since 2019 and lives on a boat. Write to her."
TEASERS = (
    "The light on the northern head is a hundred years old, and the man who keeps it has never been on a ship.",
    "Rain came at last to the islands on Sunday, and with it the question of who had forgotten the storm drains.",
)

AROUND = [
    pytest.param(
        f"""<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE)}</article>
            <div id="consent" class="cookie-dialog" role="dialog"><h2>Your privacy</h2>{_paragraphs(*COOKIES)}
            <button>Refuse</button><button>Accept</button></div>""",
        id="a cookie consent dialogue",
    ),
    pytest.param(
        f"""<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE)}</article>
            <aside class="donate-box"><h3>Support us</h3>{_paragraphs(*APPEAL)}<a href="/give">Give now</a></aside>""",
        id="an appeal for gifts",
    ),
    pytest.param(
        f"""<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE)}
            <div class="author-bio"><img src="/a.jpg"><p>{BIOGRAPHY}</p></div></article>""",
        id="the author's biography",
    ),
    pytest.param(
        f"""<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE)}</article>
            <section class="related-stories"><h2>More from the coast</h2>
            {"".join(f'<div class="card"><h3><a href="/{n}">Story {n}</a></h3><p>{t}</p></div>' for n, t in enumerate(TEASERS))}
            </section>""",
        id="teasers of other stories",
    ),
    pytest.param(
        f"""<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE[:3])}
            <div class="newsletter-signup"><h4>The tide, every morning</h4><p>Get our newsletter delivered to your inbox.</p>
            <form><input type="email"><button>Sign up</button></form></div>{_paragraphs(*PROSE[3:])}</article>""",
        id="a newsletter box in the middle",
    ),
    pytest.param(
        f"""<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE[:2])}
            <p><strong>Read more: <a href="/wait">Why the night boats wait</a></strong></p>
            <div class="ad-slot">Advertisement</div>{_paragraphs(*PROSE[2:])}</article>""",
        id="pointers and advertisements between paragraphs",
    ),
    pytest.param(
        f"""<article class="article-body"><h1>{TITLE}</h1><ul class="share-buttons"><li><a href="#">Facebook</a></li>
            <li><a href="#">Email</a></li></ul><figure class="lead-image"><img src="/f.jpg">
            <figcaption class="caption">A ferry waits at the pier. Photo: Bo Quay/Coast Pictures</figcaption></figure>
            {_paragraphs(*PROSE)}<div class="tags">Filed under: <a href="/t/ferries">Ferries</a></div></article>""",
        id="share buttons, a picture's caption and tags",
    ),
    pytest.param(
        f"""<div class="age-gate" role="dialog"><h2>How old are you?</h2><p>Please enter your date of birth to go on to
            this page.</p><button>Enter</button></div>
            <article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE)}</article>""",
        id="an age check before the article",
    ),
    pytest.param(
        f"""<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE)}<div class="paywall">
            <h3>Keep reading with a subscription</h3><p>Already a subscriber? Log in</p>
            <p>Subscribe now for two crowns a month and read everything.</p></div></article>""",
        id="an offer to subscribe",
    ),
    pytest.param(
        f"""<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE[:3])}<blockquote class="picture-post">
            <div><a href="https://pics.example/p/1">View this post on Pictures</a></div>
            <p><a href="https://pics.example/p/1">A post shared by Ada Venn (@adavenn)</a></p></blockquote>
            {_paragraphs(*PROSE[3:])}</article>""",
        id="a post that shows nothing but its buttons",
    ),
    pytest.param(
        f"""<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE)}</article>
            <section id="comments" class="comments-area"><h3>2 comments</h3><ol class="comment-list">
            <li class="comment"><p>About time too, my brother slept on that pier for three nights and came home with a cold.</p></li>
            <li class="comment"><p>Two crowns is a lot for those who cross twice a day, has anybody asked the pupils?</p></li>
            </ol></section>""",
        id="readers' comments",
    ),
]


@pytest.mark.parametrize("body", AROUND)
def test_what_stands_around_the_article_stays_out(body: str) -> None:
    assert _extracted(body).text == "\n".join(PROSE)


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("<noscript><iframe src='/t'></noscript><script>{}</script></iframe>", id="an iframe left open"),
        pytest.param("<noscript><img src='/pixel'></noscript></noscript><div>{}</div>", id="a script without its tag"),
        pytest.param("<div><b>Loading</b>{}</div>", id="a script after an element"),
    ],
)
def test_a_script_that_spills_into_the_page_is_no_text(around: str) -> None:
    stories = [{"id": number, "slug": f"story-{number}", "views": 7} for number in range(400)]
    spilled = around.format(f"window.__STATE__ = {json.dumps({'stories': stories})};")
    page = _extracted(f'{spilled}<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE)}</article>')
    assert page.text == "\n".join(PROSE)


def test_a_program_that_an_article_shows_is_text() -> None:
    program = "boats = {'north': [1, 2], 'south': [3]}; " * 20
    page = _extracted(
        f'<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE[:3])}<pre>{program}</pre>'
        f"{_paragraphs(*PROSE[3:])}</article>"
    )
    assert f"<pre>{program.strip()}</pre>" in page.html


def test_an_article_that_only_the_pages_program_carries_is_read() -> None:
    lines = [f"{line} This was said on day {day} of the talks." for day in range(1, 4) for line in PROSE]
    parts = [{"type": "paragraph", "content": [{"type": "text", "value": line}]} for line in lines]
    state = json.dumps({"props": {"story": {"body": {"content": parts}}, "build": "x" * 500}})
    page = _extracted(
        f"""<main><h1>{TITLE}</h1><p>{lines[0]}</p><p>{lines[1]}</p></main>
            <script id="__NEXT_DATA__" type="application/json">{state}</script>"""
    )
    assert page.text == "\n".join(lines)


def test_the_feeds_own_content_says_where_the_article_ends() -> None:
    teaser = "Three recipes for rhubarb that need no oven and no more than half an hour, by our cook on the islands."
    body = f'<div class="text">{_paragraphs(*PROSE, teaser)}</div>'
    outcome = extract_article(_page(body).encode(), url=URL, content_type="text/html", feed_text="\n".join(PROSE))
    assert isinstance(outcome, ExtractedPage)
    assert outcome.text == "\n".join(PROSE)
    assert [cut.text for cut in outcome.cuts if cut.after == len(PROSE)][:1] == [teaser]


def test_the_feeds_own_content_stands_in_for_a_page_that_shows_its_beginning() -> None:
    lines = [f"{line} This was said on day {day} of the talks." for day in range(1, 4) for line in PROSE]
    body = (
        f'<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*lines[:2])}<p>Subscribe to read on.</p></article>'
    )
    outcome = extract_article(_page(body).encode(), url=URL, content_type="text/html", feed_text="\n".join(lines))
    assert isinstance(outcome, ExtractedPage)
    assert outcome.text == "\n".join(lines)


def test_another_article_in_the_pages_program_is_not_taken_for_it() -> None:
    other = [f"Kettle {number} boils in a minute and pours without a drop beside the cup." for number in range(60)]
    state = json.dumps({"related": [{"text": line} for line in other], "build": "x" * 500})
    page = _extracted(
        f"""<article class="article-body"><h1>{TITLE}</h1>{_paragraphs(*PROSE)}</article>
            <script type="application/json">{state}</script>"""
    )
    assert page.text == "\n".join(PROSE)


def test_lists_headings_quotes_and_tables_of_the_article_stay_where_they_belong() -> None:
    contents = '<ul class="toc"><li><a href="#pay">What was agreed</a></li><li><a href="#fee">Who pays</a></li></ul>'
    page = _extracted(
        f"""<article class="article-body"><h1>{TITLE}</h1>{contents}<p>{PROSE[0]}</p><p>{PROSE[1]}</p>
            <h2 id="pay">What was agreed</h2><p>{PROSE[2]}</p>
            <ul><li>Four per cent more pay from the first of June.</li><li>Two more days of leave in every year.</li></ul>
            <blockquote><p>{PROSE[4]}</p></blockquote><h2 id="fee">Who pays</h2><p>{PROSE[5]}</p>
            <table><tr><th>Year</th><th>Fee</th></tr><tr><td>2031</td><td>2 crowns</td></tr></table>
            <p>{PROSE[3]}</p></article>"""
    )
    assert page.html == (
        f"<p>{PROSE[0]}</p><p>{PROSE[1]}</p><h2>What was agreed</h2><p>{PROSE[2]}</p>"
        "<ul><li>Four per cent more pay from the first of June.</li><li>Two more days of leave in every year.</li></ul>"
        f"<blockquote><p>{PROSE[4]}</p></blockquote><h2>Who pays</h2><p>{PROSE[5]}</p>"
        "<table><tbody><tr><th>Year</th><th>Fee</th></tr><tr><td>2031</td><td>2 crowns</td></tr></tbody></table>"
        f"<p>{PROSE[3]}</p>"
    )


WORDS = st.sampled_from(["Home", "World", "Sport", "Weather", "My account", "Harbours", "Ferries", "Log in", "Piers"])
FRAMES = st.sampled_from([
    "<nav><ul>{}</ul></nav>", "<ul class='menu'>{}</ul>", "<div class='navigation'><ul>{}</ul></div>",
    "<div><ul>{}</ul></div>", "<header><div><ul>{}</ul></div></header>", "<aside><ul>{}</ul></aside>",
])  # fmt: skip


BODIES = st.sampled_from([str(case.values[0]) for case in (*SHAPES, *AROUND)])


@settings(max_examples=examples(40))
@given(st.lists(WORDS, min_size=1, max_size=12), FRAMES, st.booleans(), BODIES)
def test_an_unrelated_menu_never_changes_the_text(entries: list[str], frame: str, above: bool, body: str) -> None:
    menu = frame.format("".join(f'<li><a href="/m/{number}">{entry}</a></li>' for number, entry in enumerate(entries)))
    assert _extracted(menu + body if above else body + menu).text == _extracted(body).text


@settings(max_examples=examples(20))
@given(BODIES, BODIES)
def test_a_page_gives_the_same_whatever_was_read_before(body: str, other: str) -> None:
    before = _extracted(body)
    _extracted(other)
    assert _extracted(body) == before


POST = "The boats of the north sail again on Wednesday, and the crews thank all who waited with them."


def test_a_post_among_the_paragraphs_is_a_quote() -> None:
    post = f"""<blockquote class="short-post"><p>{POST}</p>&mdash; Ada Venn (@adavenn)
        <a href="https://posts.example/adavenn/1">May 6, 2031</a></blockquote><script async src="/embed.js"></script>"""
    page = _extracted(f"<article><h1>{TITLE}</h1>{_paragraphs(*PROSE[:3])}{post}{_paragraphs(*PROSE[3:])}</article>")
    assert [line for line in page.text.splitlines() if line in (*PROSE, POST)] == [*PROSE[:3], POST, *PROSE[3:]]
    assert f"<blockquote><p>{POST}</p>" in page.html


def test_a_table_that_divides_the_report_stays_where_it_was() -> None:
    table = "<table><tr><th>Ferry</th><th>Fee</th></tr><tr><td>Aurora</td><td>2 crowns</td></tr></table>"
    page = _extracted(
        f"<article><h1>{TITLE}</h1>{_paragraphs(*PROSE[:3])}<div>{table}</div>{_paragraphs(*PROSE[3:])}</article>"
    )
    assert page.text.splitlines() == [*PROSE[:3], "Ferry | Fee", "Aurora | 2 crowns", *PROSE[3:]]


def test_the_updates_of_a_live_report_all_stay() -> None:
    updates = "".join(
        f"<article class='update'><time datetime='2031-05-06T{hour}:13'>{hour}:13</time><p>{line}</p></article>"
        for hour, line in zip(("12", "11", "10", "09"), PROSE[2:], strict=True)
    )
    said = json.dumps({"@type": "LiveBlogPosting", "headline": TITLE})
    page = _extracted(
        f"<main><h1>{TITLE}</h1>{_paragraphs(*PROSE[:2])}<div class='live'>{updates}</div></main>",
        f'<script type="application/ld+json">{said}</script>',
    )
    assert page.live
    assert [line for line in page.text.splitlines() if line in PROSE] == list(PROSE)


@pytest.mark.parametrize(
    ("gate", "what"),
    [
        pytest.param("Your account</h2><p>By signing up you agree to our terms of use and to receive our newsletter.",
                     "a registration form", id="to sign up"),
        pytest.param("Age check</h2><p>You must be 18 or older to view this page.", "an age check", id="of age"),
    ],
)  # fmt: skip
def test_a_page_that_is_nothing_but_a_gate_is_no_article(gate: str, what: str) -> None:
    body = (
        f"<main><h1>{TITLE}</h1><div class='gate'><h2>{gate}</p><form><input><button>Go on</button></form></div></main>"
    )
    outcome = extract_article(_page(body).encode(), url=URL, content_type="text/html")
    assert isinstance(outcome, NoArticle)
    assert outcome.reason.startswith(f"the page is {what}: ")
