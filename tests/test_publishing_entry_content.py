"""The words of an entry."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import CopyView, StoryView
from aggregator.publishing.entry_content import (
    byline_names,
    copy_links,
    credit_sentence,
    digest_title,
    discussion_title,
    discussions,
    distinct_files,
    distinct_lines,
    enclosure_type,
    excerpt,
    first_copies,
    headline,
    is_credited_origin,
    is_web_url,
    language_tag,
    link_content,
    link_title,
    one_line,
    paragraphs,
    story_content,
    summary_content,
)
from tests.loops import loop_over
from tests.newsstand import CARRIED, copy_view, story_view


def test_the_content_is_the_text_then_the_credit_then_who_else_carried_it() -> None:
    story = story_view(
        html="<p>Text.</p>",
        credit="Associated Press",
        copies=(
            copy_view("post.example"),
            copy_view("apnews.com", title='A "quoted" <title>', url="https://apnews.com/?a=1&b=2"),
            copy_view("times.example"),
        ),
    )
    assert story_content(story) == (
        "<p>Text.</p>\n<hr>\n"
        "<p><small>Credit: Associated Press, carried by 3 outlets.</small></p>\n"
        '<p><small>Also carried by <a href="https://apnews.com/?a=1&amp;b=2" '
        'title="A &quot;quoted&quot; &lt;title&gt;">apnews.com</a> and '
        '<a href="https://times.example/2026/ferry" title="Island ferry to sail at night again">times.example</a>.'
        "</small></p>"
    )


def test_without_extracted_html_paragraphs_are_made_from_the_text() -> None:
    story = story_view(html=" ", text="One & <two>.\n\n  Three\tfour. \n")
    assert story_content(story) == "<p>One &amp; &lt;two&gt;.</p>\n<p>Three four.</p>"


def test_a_story_of_one_outlet_without_credit_is_its_text_alone() -> None:
    assert story_content(story_view(html="<p>Text.</p>")) == "<p>Text.</p>"


def test_an_address_that_is_not_of_the_web_becomes_no_link() -> None:
    story = story_view(html="x", copies=(copy_view(), copy_view("bad.example", url="javascript:alert(1)")))
    assert story_content(story) == "x\n<hr>\n<p><small>Also carried by bad.example.</small></p>"


@loop_over(
    ("url", "is_one"),
    [
        pytest.param("https://a.example/x", True, id="https"),
        pytest.param("HTTP://a.example", True, id="capital http"),
        pytest.param("javascript:alert(1)", False, id="script"),
        pytest.param("data:text/html,x", False, id="data"),
        pytest.param("//a.example/x", False, id="no scheme"),
        pytest.param("https:///x", False, id="no host"),
        pytest.param("http://[", False, id="no URL at all"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_only_http_and_https_addresses_are_linked(url: str, is_one: bool) -> None:
    assert is_web_url(url) is is_one


@loop_over(
    ("story", "line"),
    [
        pytest.param(CARRIED, "Credit: Associated Press, carried by 3 outlets", id="several outlets"),
        pytest.param(story_view(credit="AFP"), "Credit: AFP", id="one outlet"),
        pytest.param(story_view(credit=" \x00"), None, id="a blank credit"),
        pytest.param(story_view(), None, id="no credit"),
    ],
)
def test_the_credit_names_the_origin_and_how_many_outlets_carried_it(story: StoryView, line: str | None) -> None:
    assert credit_sentence(story) == line


def test_an_outlet_counts_once_however_many_copies_it_has() -> None:
    first, again = copy_view("b.example", url="https://b.example/1"), copy_view("b.example", url="https://b.example/2")
    story = story_view(copies=(copy_view(), first, copy_view(url="https://apnews.com/2"), again))
    assert first_copies(story) == (copy_view(), first)


def test_the_credited_origin_is_via_and_every_other_copy_related() -> None:
    assert [(relation, copy.outlet) for relation, copy in copy_links(CARRIED)] == [
        ("via", "apnews.com"),
        ("related", "harbour-post.example"),
    ]


def test_nothing_is_via_when_the_origin_itself_leads() -> None:
    story = story_view(
        credit="AP", copies=(copy_view("apnews.com"), copy_view("apnews.com", url="https://apnews.com/2"))
    )
    assert [relation for relation, _ in copy_links(story)] == ["related"]


def test_a_url_is_linked_once_and_never_beside_the_alternate_that_it_is() -> None:
    same = copy_view("b.example", url=copy_view().url)
    other = copy_view("c.example")
    assert copy_links(story_view(copies=(copy_view(), same, other, other))) == (("related", other),)


@loop_over(
    ("story", "line"),
    [
        pytest.param(story_view(title=" Two\n lines "), "Two lines", id="a title on one line"),
        pytest.param(story_view(title="", text="Short text."), "Short text.", id="no title"),
        pytest.param(story_view(title="", text=""), "https://apnews.com/2026/ferry", id="no title, no text"),
    ],
)
def test_every_story_has_a_headline(story: StoryView, line: str) -> None:
    assert headline(story) == line


@loop_over(
    ("story", "names"),
    [
        pytest.param(story_view(authors=("Ida", " ", "Ida", "Ole")), ("Ida", "Ole"), id="named"),
        pytest.param(story_view(authors=("",)), ("apnews.com",), id="the outlet"),
        pytest.param(story_view(copies=(copy_view("\x00"),)), ("Unnamed",), id="nobody"),
    ],
)
def test_every_story_has_a_byline(story: StoryView, names: tuple[str, ...]) -> None:
    assert byline_names(story) == names


@loop_over(
    ("text", "limit", "cut"),
    [
        pytest.param("Short.", 10, "Short.", id="short enough"),
        pytest.param("The quick brown fox", 12, "The quick…", id="between words"),
        pytest.param("The quick, brown fox", 12, "The quick…", id="without the comma"),
        pytest.param("漢" * 20, 10, "漢" * 9 + "…", id="no spaces"),
    ],
)
def test_an_excerpt_is_cut_between_words(text: str, limit: int, cut: str) -> None:
    assert excerpt(text, limit) == cut


@given(st.text(), st.integers(2, 60))
def test_an_excerpt_is_never_longer_than_its_limit_and_one_line(text: str, limit: int) -> None:
    cut = excerpt(text, limit)
    assert len(cut) <= limit
    assert len(cut.splitlines()) <= 1


@loop_over(
    ("language", "tag"), [("en", "en"), ("pt-BR", "pt-BR"), ("zh_CN", None), ("", None), (None, None), ("x y", None)]
)
def test_only_a_language_tag_is_passed_on(language: str | None, tag: str | None) -> None:
    assert language_tag(story_view(language=language)) == tag


@loop_over(
    ("one", "other", "same"),
    [
        ("https://cdn.example/9.mp3", "http://www.cdn.example/9.mp3?source=feed", True),
        ("https://cdn.example/9.mp3", "https://stats.example/redirect.mp3/cdn.example/9.mp3", True),
        ("https://a.example/e/cdn.example/9.mp3", "https://b.example/x/y/cdn.example/9.mp3", False),
        ("https://cdn.example/9.mp3", "https://cdn.example/19.mp3", False),
        ("https://cdn.example/9.mp3", "https://cdn.example/a/9.mp3", False),
        ("https://cdn.example/file?id=1", "https://cdn.example/file?id=2", False),
        ("https://cdn.example/file?id=1", "https://cdn.example/file?id=1#t=9", True),
    ],
)
def test_a_file_is_listed_once(one: str, other: str, same: bool) -> None:
    files = (Enclosure(url=one), Enclosure(url=other))
    assert distinct_files(files) == files[: 1 if same else 2]
    assert len(distinct_files(files[::-1])) == (1 if same else 2)


@loop_over(
    ("text", "limit", "cut"),
    [
        pytest.param("The quick brown fox", 19, "The quick brown fox", id="as long as the limit"),
        pytest.param("The quick brown fox", 18, "The quick brown…", id="one too long"),
        pytest.param("abcde fghijk", 10, "abcde fgh…", id="a blank in the first half"),
        pytest.param("abcdef ghijk", 10, "abcdef…", id="a blank behind the half"),
        pytest.param("abcdefghi jkl", 10, "abcdefghi…", id="a blank as the last character"),
        pytest.param("The quick – brown fox", 12, "The quick…", id="without the dash"),
        pytest.param("The quick ,;:—- fox", 18, "The quick…", id="without any of these marks"),
        pytest.param("  The\n quick\t", 9, "The quick", id="white space"),
        pytest.param("", 10, "", id="nothing"),
    ],
)
def test_the_limit_of_an_excerpt(text: str, limit: int, cut: str) -> None:
    assert excerpt(text, limit) == cut


def test_a_summary_has_280_characters_and_a_headline_80() -> None:
    assert excerpt("x" * 280) == "x" * 280
    assert excerpt("x" * 281) == "x" * 279 + "…"
    assert headline(story_view(title="", text="x" * 80)) == "x" * 80
    assert headline(story_view(title="", text="x" * 81)) == "x" * 79 + "…"


@loop_over(
    ("name", "title", "expected"),
    [
        ("coast_and-sea", None, "Coast and sea"),
        ("coast_and-sea", " \n", "Coast and sea"),
        ("coast", " The\nCoast ", "The Coast"),
        ("NEWS", "", "News"),
    ],
)
def test_a_digest_without_a_title_has_its_name_as_words(name: str, title: str | None, expected: str) -> None:
    assert digest_title(name, title) == expected


def test_lines_have_no_illegal_characters_and_occur_once() -> None:
    assert one_line(" a\x00\n\t b\ud800 ") == one_line(one_line(" a\x00\n\t b\ud800 "))
    assert one_line("a\n\t b ") == "a b"
    assert distinct_lines(("a", " ", "b\n", "", "a ", "b", "c")) == ("a", "b", "c")
    assert distinct_lines(()) == ()


@loop_over(
    ("copies", "credit", "relations"),
    [
        pytest.param(("a.example", "apnews.com", "b.example"), "AP", ["via", "related"], id="the origin among others"),
        pytest.param(("a.example", "b.example", "apnews.com"), "AP", ["related", "via"], id="the origin later"),
        pytest.param(("apnews.com", "a.example"), "AP", ["related"], id="the origin leads"),
        pytest.param(("a.example", "apnews.com"), None, ["related"], id="no credit"),
        pytest.param(("a.example", "b.example"), "AP", ["related"], id="the origin is missing"),
        pytest.param(("a.example",), "AP", [], id="one copy"),
    ],
)
def test_one_copy_of_the_origin_is_linked_as_via(
    copies: tuple[str, ...], credit: str | None, relations: list[str]
) -> None:
    story = story_view(credit=credit, copies=tuple(map(copy_view, copies)))
    assert [relation for relation, _ in copy_links(story)] == relations
    assert [copy.outlet for _, copy in copy_links(story)] == [copy.outlet for copy in story.copies[1:]]


def test_only_the_first_copy_of_the_origin_is_via() -> None:
    second = copy_view("apnews.com", url="https://apnews.com/2")
    story = story_view(credit="AP", copies=(copy_view("a.example"), copy_view("apnews.com"), second))
    assert copy_links(story) == (("via", copy_view("apnews.com")), ("related", second))
    assert [is_credited_origin(copy, "AP") for copy in story.copies] == [False, True, True]
    assert not is_credited_origin(second, None)


def test_an_outlet_is_named_by_its_first_copy() -> None:
    again = copy_view("apnews.com", url="https://apnews.com/2")
    story = story_view(
        copies=(copy_view("a.example"), copy_view("apnews.com"), again, copy_view("a.example", title="x"))
    )
    assert first_copies(story) == (copy_view("a.example"), copy_view("apnews.com"))


@loop_over(
    ("outlet", "title", "link"),
    [
        ("AP", " Night\nferry ", "AP: Night ferry"),
        ("AP", "", "AP"),
        ("", "Night ferry", "Night ferry"),
        ("AP", "AP", "AP"),
        ("", "", ""),
    ],
)
def test_a_link_is_titled_by_outlet_and_headline(outlet: str, title: str, link: str) -> None:
    assert link_title(copy_view(outlet, title=title)) == link


NOTE = "<p><small>Updated 3 November 2026, 09:05 UTC: fares &amp; times.</small></p>"
CREDIT = "<p><small>Credit: A&amp;P.</small></p>"


def test_the_amounts_of_content_differ_in_the_text_alone() -> None:
    story = story_view(html="<p>Text.</p>", text="Text & more.", update_note="fares &\n times", credit="A&P")
    assert story_content(story) == f"{NOTE}\n<p>Text.</p>\n<hr>\n{CREDIT}"
    assert summary_content(story) == f"{NOTE}\n<p>Text &amp; more.</p>\n<hr>\n{CREDIT}"
    assert link_content(story) == f"{NOTE}\n{CREDIT}"


def test_a_story_with_nothing_to_say_has_empty_content() -> None:
    story = story_view(html="", text=" ")
    assert (story_content(story), summary_content(story), link_content(story)) == ("", "", "")
    assert summary_content(story_view(text="x" * 300)) == f"<p>{'x' * 279}…</p>"


def test_other_outlets_are_listed_with_commas_and_an_and() -> None:
    outlets = [copy_view(f"{name}.example", title="", url="x:") for name in "abcd"]
    listed = [link_content(story_view(copies=tuple(outlets[:count]))) for count in (1, 2, 3, 4)]
    assert listed == [
        "",
        "<p><small>Also carried by b.example.</small></p>",
        "<p><small>Also carried by b.example and c.example.</small></p>",
        "<p><small>Also carried by b.example, c.example and d.example.</small></p>",
    ]
    hostile = copy_view("<b>", url='https://b.example/?a="&b', title='"<i>"')
    assert link_content(story_view(copies=(outlets[0], hostile))) == (
        '<p><small>Also carried by <a href="https://b.example/?a=&quot;&amp;b" '
        'title="&quot;&lt;i&gt;&quot;">&lt;b&gt;</a>.</small></p>'
    )


def test_paragraphs_are_the_lines_of_a_text() -> None:
    assert paragraphs("One <b>\n\n  two \r\nthree\t\n") == "<p>One &lt;b&gt;</p>\n<p>two</p>\n<p>three</p>"
    assert paragraphs(" \n") == ""


@loop_over(
    ("media_type", "expected"),
    [
        ("audio/mpeg", "audio/mpeg"),
        (" audio/mpeg\x00 ", "audio/mpeg"),
        ("", "application/octet-stream"),
        (" ", "application/octet-stream"),
        (None, "application/octet-stream"),
    ],
)
def test_a_file_has_a_media_type(media_type: str | None, expected: str) -> None:
    assert enclosure_type(Enclosure(url="https://a.example/f", media_type=media_type)) == expected


def link_post(outlet: str, page: str, **changes: Any) -> CopyView:
    return copy_view(outlet, discussion_url=f"https://talk.example/{page}", **changes)


def test_an_outlet_that_only_discusses_a_story_is_linked_as_a_discussion_and_not_as_a_copy() -> None:
    lead, carrier = copy_view("a.example"), copy_view("b.example")
    post, again = link_post("c.example", "1"), link_post("d.example", "1", title="Again")
    other = link_post("b.example", "2", url="https://b.example/2")
    story = story_view(copies=(lead, post, carrier, again, other))
    assert first_copies(story) == (lead, carrier)
    assert copy_links(story) == (("related", carrier),)
    assert discussions(story) == (("https://talk.example/1", post), ("https://talk.example/2", other))
    assert discussions(story_view(copies=(lead, carrier))) == ()


def test_a_link_post_that_leads_is_an_outlet_and_a_discussion() -> None:
    lead = link_post("a.example", "1")
    story = story_view(copies=(lead, link_post("b.example", "2")))
    assert first_copies(story) == (lead,)
    assert [url for url, _ in discussions(story)] == ["https://talk.example/1", "https://talk.example/2"]
    assert copy_links(story) == ()


@loop_over(
    ("feed", "title", "expected"),
    [
        ("Talk", " Night\n ferry", "Discussed at Talk: Night ferry"),
        ("", "Night ferry", "Discussed at a.example: Night ferry"),
        ("Talk", "", "Discussed at Talk"),
    ],
)
def test_the_title_of_a_discussion(feed: str, title: str, expected: str) -> None:
    assert discussion_title(link_post("a.example", "1", feed=feed, title=title)) == expected


def test_the_content_ends_with_the_discussions_and_their_remarks() -> None:
    posts = (
        link_post("b.example", "1", feed="Talk", title="Ferry", remark="<p>Good &amp; <b>new</b></p>"),
        link_post("c.example", "2", feed="", title="<i>"),
        copy_view("d.example", feed="Odd", discussion_url="javascript:x"),
    )
    assert link_content(story_view(copies=(copy_view("a.example"), *posts))) == (
        '<p><small>Discussed at <a href="https://talk.example/1" title="Ferry">Talk</a>, '
        '<a href="https://talk.example/2" title="&lt;i&gt;">c.example</a>, Odd.</small></p>\n'
        '<p><small><a href="https://talk.example/1" title="Ferry">Talk</a>:</small></p>\n'
        "<blockquote><p>Good &amp; <b>new</b></p></blockquote>"
    )
