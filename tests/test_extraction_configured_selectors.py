"""Selectors of the configuration that drop elements of a page or select its body."""

from __future__ import annotations

import pytest

from aggregator.extraction.page_extraction import extract_article
from aggregator.model.extraction import ExtractedPage, NoArticle
from aggregator.settings.feeds_file import PageSettings

URL = "https://harbour.example/2026/ferry"
FERRY = (
    "The island ferry sails at night again from Monday, the port authority said on Thursday morning.",
    "Two of the three vessels were refitted with quieter engines while they lay in dock over the summer.",
    "Fares stay as they are until spring, and bicycles travel free on the last crossing of the evening.",
)
CHIEF = "Our chief reporter has written about ships and the people on them for more than thirty years now."


def page(inside: str, *, title: str = "Night ferry returns") -> bytes:
    head = f"<head><title>{title}</title><meta name='author' content='Ida Brandt'></head>"
    return f"<html>{head}<body><main><h1>{title}</h1>{inside}</main></body></html>".encode()


def paragraphs(*texts: str, kind: str = "p") -> str:
    return "".join(f"<{kind}>{text}</{kind}>" for text in texts)


STORY = page(
    f"<section class='box'>{paragraphs(CHIEF)}</section>"
    f"<article>{paragraphs(*FERRY[:2])}<div class='promo'>{paragraphs('Try our <a href=/app>app</a> for a crown.')}"
    f"</div>{paragraphs(FERRY[2])}</article>"
)


def text(body: bytes, **wanted: tuple[str, ...]) -> str:
    outcome = extract_article(body, url=URL, content_type="text/html", wanted=PageSettings(**wanted))
    assert isinstance(outcome, ExtractedPage)
    return outcome.text


@pytest.mark.parametrize(
    ("wanted", "lines"),
    [
        pytest.param({"take": ("article",), "drop": (".promo",)}, FERRY, id="both"),
        pytest.param({"take": ("//article/p",)}, FERRY, id="the paragraphs alone"),
        pytest.param({"take": ("//article/p[1]", "article", "p")}, (CHIEF, *FERRY[:2], "Try our app for a crown.",
                      FERRY[2]), id="elements in each other count once, in the order of the page"),
        pytest.param({"take": (".box",)}, (CHIEF,), id="what no rule would take for the body"),
        pytest.param({"take": (".nowhere", "article > p")}, FERRY, id="one of two is there"),
        pytest.param({"drop": (".promo", "//section")}, FERRY, id="only dropped"),
    ],
)  # fmt: skip
def test_the_body_is_what_is_named(wanted: dict[str, tuple[str, ...]], lines: tuple[str, ...]) -> None:
    assert text(STORY, **wanted) == "\n".join(lines)


def test_the_text_behind_what_is_dropped_stays() -> None:
    body = page(
        "<article><p>The mayor <b class=ad>buy now</b>spoke first.</p><p><i class=ad>x</i>Then he left.</p></article>"
    )
    assert text(body, take=("article",), drop=(".ad",)) == "The mayor spoke first.\nThen he left."


def test_what_is_taken_is_safe_and_keeps_its_pictures_and_links() -> None:
    inside = (
        "<article><p onclick='x()'>Ferry <a href='/t'>times</a>.</p><script>x()</script><img src='/f.jpg'></article>"
    )
    outcome = extract_article(page(inside), url=URL, content_type=None, wanted=PageSettings(take=("article",)))
    assert isinstance(outcome, ExtractedPage)
    assert outcome.html == (
        '<article><p>Ferry <a href="https://harbour.example/t" rel="noopener noreferrer">times</a>.</p>'
        '<img src="https://harbour.example/f.jpg"></article>'
    )


def test_lines_that_no_article_has_go_from_what_is_taken_too() -> None:
    inside = f"<article><h1>Night ferry returns</h1><p>By Ida Brandt</p>{paragraphs(*FERRY)}</article>"
    assert text(page(inside), take=("article",)) == "\n".join(FERRY)


def test_what_the_page_says_of_itself_is_read_from_the_whole_page() -> None:
    outcome = extract_article(
        STORY, url=URL, content_type=None, wanted=PageSettings(take=("article",), drop=("h1", "head"))
    )
    assert isinstance(outcome, ExtractedPage)
    assert (outcome.title, outcome.authors) == ("Night ferry returns", ("Ida Brandt",))


@pytest.mark.parametrize(
    ("wanted", "note"),
    [
        pytest.param({}, "", id="nothing named"),
        pytest.param({"drop": (".nowhere",)}, "", id="nothing to drop"),
        pytest.param({"take": ("article",)}, "text selected by the configuration", id="taken"),
        pytest.param({"take": (".story",)}, "the configured selectors found no text", id="another template"),
        pytest.param({"take": ("title",)}, "the configured selectors found no text", id="no text in it"),
    ],
)
def test_it_is_noted_how_the_body_was_found(wanted: dict[str, tuple[str, ...]], note: str) -> None:
    outcome = extract_article(STORY, url=URL, content_type=None, wanted=PageSettings(**wanted))
    assert isinstance(outcome, ExtractedPage)
    assert outcome.note == note
    if "take" in wanted and note.startswith("nothing"):
        assert outcome.text == text(STORY)


def test_a_page_without_what_is_taken_and_without_any_text_says_both() -> None:
    outcome = extract_article(
        page(""), url=URL, content_type=None, wanted=PageSettings(take=(".story",), drop=("body",))
    )
    reason = "no article text was found on the page; the configured selectors found no text"
    assert outcome == NoArticle(reason=reason)


def test_text_that_stands_in_no_element_of_ours_is_taken_with_the_rest() -> None:
    inside = f"<story-body>{FERRY[0]}<p>{FERRY[1]}</p>{FERRY[2]}</story-body>"
    assert text(page(inside), take=("story-body",)) == "\n".join(FERRY)
