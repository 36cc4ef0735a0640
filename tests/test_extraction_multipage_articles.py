"""Parts of an article on several pages: their URLs, and the joined text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.html_to_text import text_of_html
from aggregator.extraction.multipage_articles import MAX_PARTS, continue_article, join_parts, part_number
from aggregator.extraction.original_lines import restore_removed_lines
from aggregator.model.extraction import ExtractedPage, NoArticle, PageLinks, PartialArticle, RemovedLine

URL = "https://harbour.example/2026/night-ferry"


def page(*lines: str, onward: tuple[str, ...] = (), following: str | None = None, **more: Any) -> ExtractedPage:
    markup = "".join(f"<p>{line}</p>" for line in lines)
    links = PageLinks(onward=onward, following=following)
    return ExtractedPage(text="\n".join(lines), html=markup, links=links, **more)


@pytest.mark.parametrize(
    ("first", "other", "number"),
    [
        pytest.param("/a-story", "/a-story?page=2", 2, id="a parameter"),
        pytest.param("/a-story?id=7", "/a-story?id=7&p=3", 3, id="a parameter beside others"),
        pytest.param("/story.php?id=7&page=1", "/story.php?page=2&id=7", 2, id="in place of the first one's"),
        pytest.param("/news.php?page=1", "/news.php?page=2", None, id="an index by a parameter"),
        pytest.param("/news?topic=sea", "/news?topic=sea&page=2", None, id="a topic"),
        pytest.param("/2024/a-story/", "/2024/a-story/2/", 2, id="a step of the path"),
        pytest.param("/2024/a-story", "/2024/a-story/page/2", 2, id="two steps"),
        pytest.param("/2024/a-story", "/2024/a-story/seite-12/", 12, id="a German step"),
        pytest.param("/b/content_22.htm", "/b/content_22_2.htm", 2, id="before the suffix"),
        pytest.param("/a-story-123.html", "/a-story-123-p2.html", 2, id="before the suffix, with a letter"),
        pytest.param("/a-story-123.html", "/a-story-123.html/2", 2, id="behind the suffix"),
        pytest.param("/a-story", "/another-story", None, id="another article"),
        pytest.param("/a-story", "/a-story-2", None, id="another article under the same headline"),
        pytest.param("/story-1.html", "/story-2.html", None, id="the next of a series"),
        pytest.param("/a-story", "/a-story?page=2&sort=new", None, id="a parameter more"),
        pytest.param("/a-story?id=7", "/a-story?page=2", None, id="a parameter less"),
        pytest.param("/a-story", "/a-story?cpage=2", None, id="comments"),
        pytest.param("/a-story", "/a-story/comment-page-2/", None, id="comments by path"),
        pytest.param("/a-story", "/a-story?page=102", None, id="a number that is none of a part"),
        pytest.param("/a-story", "/a-story/02/", None, id="a month"),
        pytest.param("/news", "/news/2/", None, id="an index"),
        pytest.param("/", "/2/", None, id="the front page"),
        pytest.param("/a-story", "/a-story/2/photos", None, id="something behind"),
        pytest.param("/a-story", "/a-story", None, id="itself"),
        pytest.param("/a-story", "//other.example/a-story?page=2", None, id="another host"),
    ],
)
def test_a_part_has_the_address_of_the_first_page_with_a_number(first: str, other: str, number: int | None) -> None:
    host = "https://harbour.example"
    assert part_number(host + first, "https:" + other if other.startswith("//") else host + other) == number


def test_an_article_on_one_page_is_that_page() -> None:
    alone = page("One.", onward=("https://harbour.example/2026/other-ferry", f"{URL}?page=3", URL))
    assert continue_article(None, alone, url=URL) == alone


def test_the_parts_are_read_one_after_the_other_and_joined() -> None:
    first = page("One.", "Two.", onward=(f"{URL}?page=2", f"{URL}?page=3"), title="Ferry", note="taken")
    second = page("Three.", onward=(URL, f"{URL}?page=3"), title="Ferry, page 2")
    reading = continue_article(None, first, url=URL)
    assert reading == PartialArticle(first_url=URL, next_url=f"{URL}?page=2", pages=(first,))
    reading = continue_article(reading, second, url=f"{URL}?page=2")
    assert reading == PartialArticle(first_url=URL, next_url=f"{URL}?page=3", pages=(first, second))
    whole = continue_article(reading, page("Four.", onward=(f"{URL}?page=2",)), url=f"{URL}?page=3")
    assert isinstance(whole, ExtractedPage)
    assert (whole.title, whole.text, whole.html, whole.note) == (
        "Ferry",
        "One.\nTwo.\nThree.\nFour.",
        "<p>One.</p><p>Two.</p><p>Three.</p><p>Four.</p>",
        "taken; joined from 3 pages",
    )


@pytest.mark.parametrize("own", [pytest.param("", id="no number"), pytest.param("?page=0", id="its own is 0")])
def test_a_pager_that_counts_from_0_misses_no_part(own: str) -> None:
    parts = tuple(f"{URL}?page={number}" for number in (1, 2))
    reading = continue_article(None, page("One.", onward=parts, following=parts[0]), url=URL + own)
    assert isinstance(reading, PartialArticle)
    assert reading.next_url == parts[0]
    reading = continue_article(reading, page("Two.", onward=(f"{URL}?page=0", *parts)), url=parts[0])
    assert isinstance(reading, PartialArticle)
    assert reading.next_url == parts[1]
    whole = continue_article(reading, page("Three.", onward=parts), url=parts[1])
    assert isinstance(whole, ExtractedPage)
    assert whole.text.splitlines() == ["One.", "Two.", "Three."]


@pytest.mark.parametrize(
    ("url", "onward", "following"),
    [
        pytest.param(URL, (f"{URL}?page=1", f"{URL}?page=2"), None, id="a link to itself as the first"),
        pytest.param(URL, (f"{URL}?page=1", f"{URL}?page=2"), f"{URL}?page=2", id="and a next one"),
        pytest.param(f"{URL}?page=1", (f"{URL}?page=2",), f"{URL}?page=2", id="its own is 1"),
        pytest.param(
            URL, (f"{URL}?page=1", f"{URL}?page=2"), "https://harbour.example/2026/ferry", id="another article"
        ),
    ],
)
def test_a_pager_that_counts_from_1_goes_on_with_2(url: str, onward: tuple[str, ...], following: str | None) -> None:
    reading = continue_article(None, page("One.", onward=onward, following=following), url=url)
    assert isinstance(reading, PartialArticle)
    assert reading.next_url == f"{URL}?page=2"


TWO = PartialArticle(first_url=URL, next_url=f"{URL}?page=3", pages=(page("One."), page("Two.")))


@pytest.mark.parametrize(
    ("third", "text", "note"),
    [
        pytest.param(
            NoArticle(reason="the page answered 404"),
            "One.\nTwo.",
            "joined from 2 pages; part 3 is missing: the page answered 404",
            id="a part that cannot be had",
        ),
        pytest.param(
            page("One.", "Two.", onward=(f"{URL}?page=4",)), "One.\nTwo.", "joined from 2 pages", id="the first again"
        ),
        pytest.param(
            page("One.", "New words that weigh more.", onward=(f"{URL}?page=9",)),
            "One.\nTwo.\nNew words that weigh more.",
            "joined from 3 pages",
            id="a part that begins with what the first says, and no fourth",
        ),
    ],
)
def test_reading_ends(third: ExtractedPage | NoArticle, text: str, note: str) -> None:
    whole = continue_article(TWO, third, url=TWO.next_url)
    assert isinstance(whole, ExtractedPage)
    assert (whole.text, whole.note) == (text, note)


def test_an_article_of_which_only_the_first_page_can_be_had_says_so() -> None:
    reading = PartialArticle(first_url=URL, next_url=f"{URL}?page=2", pages=(page("One."),))
    whole = continue_article(reading, NoArticle(reason="robots.txt forbids the page"), url=reading.next_url)
    assert whole == page("One.", note="part 2 is missing: robots.txt forbids the page")


def test_a_text_that_is_stored_whole_is_not_read_again_in_part() -> None:
    reading = PartialArticle(first_url=URL, next_url=f"{URL}?page=2", pages=(page("One."),), whole=True)
    found = continue_article(reading, NoArticle(reason="the page answered 404"), url=reading.next_url)
    assert found == NoArticle(reason="part 2 is missing: the page answered 404")


def test_no_more_than_ten_parts_are_read() -> None:
    reading: Any = None
    for number in range(1, MAX_PARTS + 1):
        reading = continue_article(reading, page(f"Part {number}.", onward=(f"{URL}?page={number + 1}",)), url=URL)
    assert reading.text.splitlines() == [f"Part {number}." for number in range(1, MAX_PARTS + 1)]
    assert reading.note == f"joined from {MAX_PARTS} pages; further pages were not read"


def test_nor_more_than_five_million_characters() -> None:
    big = [page("x" * 2_600_000, onward=(f"{URL}?page=2",)), page("y" * 2_600_000, onward=(f"{URL}?page=3",))]
    reading = continue_article(None, big[0], url=URL)
    assert isinstance(reading, PartialArticle)
    whole = continue_article(reading, big[1], url=reading.next_url)
    assert isinstance(whole, ExtractedPage)
    assert whole.note == "joined from 2 pages; further pages were not read"


def test_what_every_part_ends_with_is_cut_and_a_standfirst_stands_once() -> None:
    first = page(
        "What it is about.", "One.", "About us.", cuts=(RemovedLine(text="By Ida", reason="a byline", after=1),)
    )
    second = page("What it is about.", "Two.", "About us.", cuts=(RemovedLine(text="Ad", reason="a prompt", after=2),))
    whole = join_parts([first, second])
    assert (whole.text, whole.html) == (
        "What it is about.\nOne.\nTwo.",
        "<p>What it is about.</p><p>One.</p><p>Two.</p>",
    )
    assert [(cut.text, cut.after) for cut in whole.cuts] == [
        ("By Ida", 1),
        ("About us.", 2),
        ("What it is about.", 2),
        ("Ad", 3),
        ("About us.", 3),
    ]


_LINES = st.lists(st.sampled_from(["One.", "Two.", "Three.", "About us.", "Read on."]), min_size=1, max_size=5)


@given(st.lists(_LINES, min_size=1, max_size=4))
def test_joining_loses_nothing_and_keeps_the_order(parts: list[list[str]]) -> None:
    whole = join_parts([page(*lines) for lines in parts])
    assert text_of_html(whole.html) == whole.text
    told = [
        line.text if isinstance(line, RemovedLine) else line for line in restore_removed_lines(whole.text, whole.cuts)
    ]
    assert told == [line for lines in parts for line in lines]


WALL = "the page is a cookie consent dialogue"
AMP, PRINT = "https://amp.harbour.example/2026/night-ferry", f"{URL}?print=1"


def test_twins_are_tried_in_turn_when_the_page_gave_no_text() -> None:
    reading = continue_article(None, NoArticle(reason=WALL, links=PageLinks(twins=(AMP, PRINT))), url=URL)
    assert reading == PartialArticle(first_url=URL, next_url=AMP, twins=(PRINT,), reason=WALL)
    reading = continue_article(reading, NoArticle(reason="the page answered 404"), url=AMP)
    assert reading == PartialArticle(first_url=URL, next_url=PRINT, reason=WALL)
    found = continue_article(reading, page("One.", onward=(f"{URL}?page=2",)), url=PRINT)
    assert isinstance(found, ExtractedPage)
    assert (found.text, found.note) == ("One.", f"taken from {PRINT}, because {WALL}")


def test_when_no_twin_gives_a_text_the_reason_is_the_own_page_s() -> None:
    reading = PartialArticle(first_url=URL, next_url=AMP, reason=WALL)
    assert continue_article(reading, NoArticle(reason="the page answered 404"), url=AMP) == NoArticle(reason=WALL)


def test_a_page_with_a_text_needs_no_twin_and_one_without_links_has_none() -> None:
    found = page("One.")
    assert continue_article(None, found, url=URL) == found
    assert continue_article(None, NoArticle(reason=WALL), url=URL) == NoArticle(reason=WALL)
