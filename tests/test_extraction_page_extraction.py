"""Extraction of complete pages, and pages that are refused before parsing."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.extraction.html_to_text import text_of_html
from aggregator.extraction.html_tree import MAX_BYTES, MAX_ELEMENTS
from aggregator.extraction.page_extraction import extract_article
from aggregator.extraction.words import words
from aggregator.model.extraction import ExtractedPage, NoArticle, PageOutcome

URL = "https://www.coastdaily.example/business/2031-05/06/ferries.htm"
TITLE = "Ferry crews reach pay deal after nine days"
PROSE = (
    "The ferry crews of the northern harbours voted on Monday to accept the offer of the shipping companies.",
    "Boats will leave again from Wednesday morning, though the night service needs another week to return.",
    "The union said the rise of four per cent was less than it had asked for but more than it had feared.",
    "Travellers had waited on the piers for hours, some of them with tents, since the strike began in April.",
)
REPORT = f"""<!DOCTYPE html>
<html lang="en"><head><title>{TITLE} - Business - CoastDaily.example</title></head><body>
<div class="nav"><a href="/">Home</a> <a href="/business">Business</a></div>
<div id="story">
<p>Business / Transport</p>
<h1>{TITLE}</h1>
<p>{TITLE}</p>
<p>By Ada Pier in Northport (Coast Daily) Updated: 2031-05-06 09:13</p>
<p>[A ferry waits at the northern pier on Sunday. Photo by Bo Quay/Coast Daily]</p>
<p>{PROSE[0]}</p><p>{PROSE[1]}</p><p>{PROSE[2]}</p><p>{PROSE[3]}</p>
<p>Hot Topics</p>
<p>Harbour fees, night boats, pay deal</p>
<p>Editor's Picks</p>
<p>Ten piers to see before winter</p>
</div></body></html>"""


def _extract(text: str, *, content_type: str | None = "text/html; charset=utf-8") -> PageOutcome:
    return extract_article(text.encode(), url=URL, content_type=content_type)


def _article(text: str) -> ExtractedPage:
    outcome = _extract(text)
    assert isinstance(outcome, ExtractedPage)
    return outcome


def test_a_report_keeps_its_paragraphs_and_loses_its_furniture() -> None:
    page = _article(REPORT)
    assert page.text == "\n".join(PROSE)
    assert page.html == "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
    assert page.title == TITLE
    assert page.published_at == datetime(2031, 5, 6, tzinfo=UTC) or page.published_at is None
    assert page.language == "en"


def test_what_the_page_says_of_its_article_comes_with_the_text() -> None:
    said = json.dumps({
        "@type": "LiveBlogPosting",
        "headline": TITLE,
        "author": [{"@type": "Person", "name": "Ada Pier"}, {"@type": "Organization", "name": "dpa"}],
        "datePublished": "2031-05-06T09:13:00+02:00",
        "dateModified": "2031-05-06T10:13:00+02:00",
        "articleSection": "Transport",
        "isAccessibleForFree": False,
    })  # fmt: skip
    page = _article(REPORT.replace("</head>", f'<script type="application/ld+json">{said}</script></head>'))
    assert (page.authors, page.credits, page.section) == (("Ada Pier",), ("dpa",), "Transport")
    assert (page.published_at, page.modified_at) == (
        datetime(2031, 5, 6, 7, 13, tzinfo=UTC),
        datetime(2031, 5, 6, 8, 13, tzinfo=UTC),
    )
    assert page.paywalled
    assert page.live


def test_the_text_tells_its_language_when_the_page_does_not() -> None:
    lines = "".join(f"<div>{line}</div>" for line in PROSE)
    assert _article(f"<html><body><div><h1>{TITLE}</h1>{lines}</div></body></html>").language == "en"


def test_lines_that_only_breaks_divide_are_cleaned_too() -> None:
    flat = "<br><br>".join(("Business / Transport", TITLE, *PROSE, "Hot Topics", "Harbour fees"))
    assert _article(
        f"<html><head><title>{TITLE}</title></head><body><div>{flat}</div></body></html>"
    ).text == "\n".join(PROSE)


def test_structure_survives_in_the_html_and_agrees_with_the_text() -> None:
    page = _article(f"""<html><body><article><h1>{TITLE}</h1><p>{PROSE[0]}</p><h2>What was agreed</h2>
        <ul><li>four per cent more pay</li><li>two more days of leave</li></ul><p>{PROSE[1]}</p>
        <blockquote><p>{PROSE[2]}</p></blockquote>
        <table><tr><th>Year</th><th>Pay</th></tr><tr><td>2030</td><td>2,100</td></tr></table>
        <p>{PROSE[3]}</p></article></body></html>""")
    assert [tag for tag in ("<h2>", "<ul>", "<li>", "<blockquote>", "<table>") if tag not in page.html] == []
    assert "four per cent more pay\ntwo more days of leave" in page.text
    assert "2030 | 2,100" in page.text
    assert text_of_html(page.html) == page.text


def test_scripts_in_the_text_do_not_reach_the_html() -> None:
    page = _article(REPORT.replace(PROSE[1], f'{PROSE[1]}<script>alert(1)</script><img src=x onerror="alert(1)">'))
    picture = '<figure><img src="https://www.coastdaily.example/business/2031-05/06/x" alt=""></figure>'
    first, second, *others = (f"<p>{paragraph}</p>" for paragraph in PROSE)
    assert page.html == "".join((first, second, picture, *others))


def test_the_publishers_own_copy_ends_the_article() -> None:
    teaser = "Three recipes for rhubarb that need no oven by our cook."
    body = json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": " ".join(PROSE)})
    html = f"""<html><head><script type="application/ld+json">{body}</script></head>
        <body><article>{"".join(f"<p>{line}</p>" for line in (*PROSE, teaser))}</article></body></html>"""
    assert _article(html).text == "\n".join(PROSE)


def test_the_publishers_own_copy_rescues_a_page_that_shows_something_else() -> None:
    lines = [f"{line} This was said on day {day} of the talks." for day in range(1, 5) for line in PROSE]
    body = json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(lines)})
    html = f"""<html><head><script type="application/ld+json">{body}</script></head><body>
        <p>Every thing on this page was chosen by our own editors, who may earn a little from your purchase.</p>
        <p>The blue kettle boils in a minute and pours without a drop beside the cup, which few others do.</p>
        <p>The bread knife is the only one of nine that cut a fresh loaf without tearing its soft inside.</p>
        </body></html>"""
    assert _article(html).text == "\n".join(lines)


@pytest.mark.parametrize(
    ("charset", "paragraph"),
    [
        pytest.param(
            "windows-1251", "Экипажи паромов северных гаваней проголосовали в понедельник за соглашение.", id="ru"
        ),
        pytest.param(
            "shift_jis", "北の港のフェリー乗組員は月曜日、海運会社の提案を受け入れることを投票で決めた。", id="ja"
        ),
        pytest.param("gb2312", "北方港口的渡船船员周一投票决定接受航运公司的提议，船只将恢复航行。", id="zh"),
        pytest.param(
            "windows-1254", "Kuzey limanlarının feribot mürettebatı pazartesi günü teklifi kabul etti.", id="tr"
        ),
        pytest.param(
            "iso-8859-1",
            "Les équipages ont voté lundi pour accepter l’offre".replace("’", "'") + " des armateurs.",
            id="fr",
        ),
    ],
)
def test_legacy_charsets_are_read(charset: str, paragraph: str) -> None:
    html = f'<html><head><meta charset="{charset}"></head><body><article><p>{paragraph}</p></article></body></html>'
    outcome = extract_article(html.encode(charset), url=URL, content_type="text/html")
    assert isinstance(outcome, ExtractedPage)
    assert outcome.text == paragraph


REFUSED = [
    pytest.param(b"", None, "the page is empty", id="nothing"),
    pytest.param(b" \n ", "text/html", "the page is empty", id="white space"),
    pytest.param(b'{"a": "<p>b</p>"}', None, "the page is not HTML", id="json without a type"),
    pytest.param(b"{}", "application/json", "the page is application/json, not HTML", id="json"),
    pytest.param(b"%PDF-1.7 ...", "text/html", "the page is a PDF document, not HTML", id="pdf that claims to be html"),
    pytest.param(b"\x89PNG....", None, "the page is an image, not HTML", id="an image"),
    pytest.param(b"just words", "text/plain", "the page is not HTML", id="plain words"),
    pytest.param(
        b"<p>" + b"x" * MAX_BYTES,
        "text/html",
        f"the page has {MAX_BYTES + 3} bytes, more than {MAX_BYTES}",
        id="too big",
    ),
    pytest.param(
        b"<div>" * 100_000, "text/html", f"the page has 100000 elements, more than {MAX_ELEMENTS}", id="nested tags"
    ),
    pytest.param(
        b"<a href=x>y</a>" * 200_000, "text/html", f"the page has 200000 elements, more than {MAX_ELEMENTS}", id="links"
    ),
    pytest.param(b"<html><body></body></html>", "text/html", "no article text was found on the page", id="no text"),
]


@pytest.mark.parametrize(("body", "content_type", "reason"), REFUSED)
def test_what_is_no_article_is_refused_with_a_reason(body: bytes, content_type: str | None, reason: str) -> None:
    assert extract_article(body, url=URL, content_type=content_type) == NoArticle(reason=reason)


def test_a_cookie_wall_is_not_an_article() -> None:
    outcome = _extract(
        "<html><body><div><p>We and our partners use cookies to show you what you like.</p></div></body></html>"
    )
    assert isinstance(outcome, NoArticle)
    assert outcome.reason.startswith("the page is a cookie consent dialogue")


BOMBS = [
    pytest.param("<div>" * 40_000 + PROSE[0], id="40,000 nested elements"),
    pytest.param(
        "<table>" + "<tr><td colspan=99999999 rowspan=99999999>x</td></tr>" * 200 + "</table>", id="a colspan bomb"
    ),
    pytest.param("<!-- c -->" * 300_000, id="comments"),
    pytest.param("<p class='" + "x " * 500_000 + "'>" + PROSE[0], id="a long attribute"),
    pytest.param("<p>" + "<b>" * 20_000 + PROSE[0], id="20,000 open inline elements"),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("inside", BOMBS)
def test_a_bomb_ends_with_an_outcome(inside: str) -> None:
    assert isinstance(_extract(f"<html><body>{inside}</body></html>"), ExtractedPage | NoArticle)


def test_the_same_bytes_give_the_same_outcome() -> None:
    assert _extract(REPORT) == _extract(REPORT) == _extract(REPORT)


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["aef", "fundus", "wcxb"])
def test_real_pages_give_most_of_what_people_say_is_their_text(name: str) -> None:
    folder = Path(__file__).resolve().parents[1].parent / "shared" / "corpus" / "pages" / name
    shares = []
    for path in sorted(folder.glob("*.json"))[::20]:
        gold = json.loads(path.read_text())
        outcome = extract_article(
            gzip.decompress(path.with_suffix(".html.gz").read_bytes()), url=gold["url"], content_type=None
        )
        assert isinstance(outcome, ExtractedPage), f"{path.stem}: {outcome.reason}"
        assert text_of_html(outcome.html) == outcome.text
        right = set(words(gold["text"]))
        shares.append(len(right & set(words(outcome.text))) / len(right))
    assert sum(share > 0.8 for share in shares) >= 0.85 * len(shares)
