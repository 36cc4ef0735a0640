"""Lines that are not the article, by kind and place, and prose that is similar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.line_removal import KnownMetadata, LineToRemove, find_lines_to_remove

TITLE = "Ferry crews reach pay deal after nine days"
KNOWN = KnownMetadata(titles=(TITLE,), authors=("Ada Pier",))
PROSE = "The ferry crews of the northern harbours voted on Monday to accept the offer of the companies."
MORE = "Boats will leave again from Wednesday morning, though the night service needs another week to return."


def _dropped(*lines: str) -> dict[str, str]:
    return {lines[cut.line]: cut.reason for cut in find_lines_to_remove(lines, KNOWN)}


OPENING = [
    pytest.param(TITLE, "headline", id="the headline again"),
    pytest.param(f"{TITLE}!", "headline", id="the headline with another full stop"),
    pytest.param("Business / Transport", "section name", id="a section line"),
    pytest.param("Home » News » Transport", "section name", id="a breadcrumb"),
    pytest.param("By Ada Pier in Northport (Coast Daily) Updated: 2031-05-06 09:13", "byline", id="byline with stamp"),
    pytest.param("Ada Pier", "byline", id="the author alone"),
    pytest.param("Ada Pier - May 6, 2031", "byline", id="author and date"),
    pytest.param("Von Jens Kai", "byline", id="german byline"),
    pytest.param("Par Anne Quai", "byline", id="french byline"),
    pytest.param("Por Rosa Muelle", "byline", id="spanish byline"),
    pytest.param("Di Carla Molo", "byline", id="italian byline"),
    pytest.param("Автор: Анна Причал", "byline", id="russian byline"),
    pytest.param("作者：王小明", "byline", id="chinese byline"),
    pytest.param("記者：佐藤花子", "byline", id="japanese byline"),
    pytest.param("بقلم أحمد", "byline", id="arabic byline"),
    pytest.param("Updated: 2031-05-06 09:13", "date", id="a stamp"),
    pytest.param("Published on May 6th, 2031 at 9:13 am", "date", id="an english date"),
    pytest.param("Aktualisiert am 6. Mai 2031, 09:13 Uhr", "date", id="a german date"),
    pytest.param("Publié le 6 mai 2031 à 9h13", "date", id="a french date"),
    pytest.param("Publicado em 6 de maio de 2031", "date", id="a portuguese date"),
    pytest.param("Обновлено 6 мая 2031, 09:13", "date", id="a russian date"),
    pytest.param("2031年5月6日 9時13分", "date", id="a japanese date"),
    pytest.param("5 min read", "reading time", id="reading time"),
    pytest.param("Table of Contents", "page label", id="a label"),
    pytest.param("A ferry waits at the pier. Photo: Ada Pier/Coast Pictures", "caption", id="caption and credit"),
]

ANYWHERE = [
    pytest.param(
        "[A ferry waits at the northern pier on Sunday. Photo by Bo Quay/Coast Daily]", "caption", id="brackets"
    ),
    pytest.param("(Boats in line. Image courtesy of the harbour)", "caption", id="round brackets"),
    pytest.param("（図：港の船。写真：佐藤）", "caption", id="japanese brackets"),
    pytest.param("Photo: Bo Quay", "picture credit", id="picture credit"),
    pytest.param("Bild: Jens Kai/Küstenbild", "picture credit", id="german credit"),
    pytest.param("Read more: Why the night boats wait", "link to another article", id="read more"),
    pytest.param("Lesen Sie auch: Warum die Boote warten", "link to another article", id="german pointer"),
    pytest.param("Lire aussi : Pourquoi les bateaux attendent", "link to another article", id="french pointer"),
    pytest.param("Читайте также: Почему ждут суда", "link to another article", id="russian pointer"),
    pytest.param("延伸阅读：渡船为何等待", "link to another article", id="chinese pointer"),
    pytest.param("Sign up for our morning newsletter", "call to action", id="newsletter"),
    pytest.param("Get the best of the coast delivered to your inbox", "call to action", id="inbox"),
    pytest.param("Follow us on Twitter and Facebook", "call to action", id="follow us"),
    pytest.param("Share this article", "call to action", id="share"),
    pytest.param("Advertisement", "call to action", id="advertisement"),
    pytest.param("Anzeige", "call to action", id="german advertisement"),
    pytest.param("Suscríbete a nuestro boletín", "call to action", id="spanish subscription"),
    pytest.param("Подписывайтесь на наш канал", "call to action", id="russian subscription"),
    pytest.param("© 2031 Coast Daily. All rights reserved.", "copyright notice", id="copyright"),
    pytest.param("版权所有 海岸日报", "copyright notice", id="chinese rights"),
]


@pytest.mark.parametrize(("line", "reason"), [*OPENING, *ANYWHERE])
def test_noise_above_the_first_prose_goes(line: str, reason: str) -> None:
    assert _dropped(line, PROSE, MORE) == {line: reason}


@pytest.mark.parametrize(("line", "reason"), ANYWHERE)
def test_what_is_unmistakable_goes_between_paragraphs_too(line: str, reason: str) -> None:
    assert _dropped(PROSE, line, MORE) == {line: reason}


@pytest.mark.parametrize(
    "line",
    [
        "By Monday the boats were full",
        "Business / Transport",
        "Tuesday, 6 May 2031",
        "Ada Pier",
        "Related to this is a second question",
        "Photography",
        "Our photo of the week",
        "Readers' letters",
    ],
)
def test_short_lines_between_paragraphs_stay(line: str) -> None:
    assert _dropped(PROSE, line, MORE) == {}


@pytest.mark.parametrize(
    "line",
    [
        "By the time the last boat left, the queue on the pier was a kilometre long and growing.",
        "Read more books, the minister said, and the country would be a better place for everyone in it.",
        "Updated rules for 2031 and 2032 say that boats over 40 metres need a second engine to sail.",
        "Share prices of the two companies rose by four per cent on Tuesday, their best day since March.",
        "Subscribe is what one must do to the idea that a strike hurts those who call it, the author says.",
        "Photo finishes decided three of the five races, among them the longest one, on the last evening.",
        "(The photograph was taken in March, the union says, and shows a pier that has long been closed.",
        "Copying is not always wrong, and copyright law knows many cases in which it is even welcome to do.",
        "Nachts fahren keine Boote, und auch am Tag nur jedes zweite, wie die Reederei am Montag mitteilte.",
    ],
)
def test_prose_stays_wherever_it_stands(line: str) -> None:
    for lines in ((line, PROSE), (PROSE, line, MORE), (PROSE, line)):
        assert find_lines_to_remove(lines, KNOWN) == ()


TAILS = [
    pytest.param(("Hot Topics", "Ferry strike", "Harbour fees", "Editor's Picks", "Ten piers"), id="english"),
    pytest.param(("Mehr zum Thema", "Hafengebühren steigen"), id="german"),
    pytest.param(("Sur le même sujet", "Les ports en grève"), id="french"),
    pytest.param(("Te puede interesar", "Diez muelles"), id="spanish"),
    pytest.param(("Leia também", "Dez cais"), id="portuguese"),
    pytest.param(("Articoli correlati", "Dieci moli"), id="italian"),
    pytest.param(("Материалы по теме", "Десять причалов"), id="russian"),
    pytest.param(("مواضيع ذات صلة", "عشرة أرصفة"), id="arabic"),
    pytest.param(("相关阅读", "十个码头"), id="chinese"),
    pytest.param(("関連記事", "十の埠頭"), id="japanese"),
]


def test_a_label_under_each_item_heads_no_list() -> None:
    items = ("North Pier", "Read more", "South Pier", "Read more", "The Light", "Read more")
    lines = (PROSE, *items)
    gone = {cut.line for cut in find_lines_to_remove(lines, KNOWN)}
    assert [line for number, line in enumerate(lines) if number not in gone] == [PROSE, *items[::2]]


@pytest.mark.parametrize("tail", TAILS)
def test_a_label_below_the_last_prose_takes_everything_after_it_along(tail: tuple[str, ...]) -> None:
    assert [cut.line for cut in find_lines_to_remove((PROSE, MORE, *tail), KNOWN)] == list(range(2, 2 + len(tail)))


def test_a_label_above_prose_takes_nothing_along() -> None:
    assert find_lines_to_remove((PROSE, "Related stories", "A short line", MORE), KNOWN) == ()


def test_a_short_last_line_stays() -> None:
    assert find_lines_to_remove((PROSE, MORE, "He will not sail again."), KNOWN) == ()


def test_the_newspaper_report_keeps_its_paragraphs_and_nothing_else() -> None:
    lines = (
        "Business / Transport",
        TITLE,
        TITLE,
        "By Ada Pier in Northport (Coast Daily) Updated: 2031-05-06 09:13",
        "[A ferry waits at the northern pier on Sunday. Photo by Bo Quay/Coast Daily]",
        PROSE,
        MORE,
        "Hot Topics",
        "Harbour fees, night boats, pay deal",
        "Editor's Picks",
        "Ten piers to see before winter",
    )
    assert find_lines_to_remove(lines, KNOWN) == (
        LineToRemove(line=0, reason="section name"),
        LineToRemove(line=1, reason="headline"),
        LineToRemove(line=2, reason="headline"),
        LineToRemove(line=3, reason="byline"),
        LineToRemove(line=4, reason="caption"),
        LineToRemove(line=7, reason="below the article"),
        LineToRemove(line=8, reason="below the article"),
        LineToRemove(line=9, reason="below the article"),
        LineToRemove(line=10, reason="below the article"),
    )


@given(
    st.lists(
        st.sampled_from([PROSE, MORE, TITLE, "Hot Topics", "Photo: Bo Quay", "A line", "By Ada Pier"]), max_size=12
    )
)
def test_prose_is_never_cut_and_what_is_left_is_clean(lines: list[str]) -> None:
    gone = {cut.line for cut in find_lines_to_remove(lines, KNOWN)}
    kept = [line for number, line in enumerate(lines) if number not in gone]
    assert [line for line in kept if line in (PROSE, MORE)] == [line for line in lines if line in (PROSE, MORE)]
    assert find_lines_to_remove(kept, KNOWN) == ()


@given(st.text(max_size=300))
def test_no_line_takes_long_or_fails(line: str) -> None:
    assert len(find_lines_to_remove((line,), KNOWN)) <= 1


def test_a_byline_with_its_time_and_a_caption_with_its_person_and_house_go_from_the_opening() -> None:
    lines = [
        "A. Person, Harbour Town. 3 March 2026, 08:15",
        "The quay on Tuesday, when the horn sounded for the last time. (A. Person / Quay Herald)",
        "The crane on the old quay was taken down on Tuesday before a crowd of several hundred people.",
        "It was ordered on 3 March 2026, 08:15",
        "The last tug left at noon, as the harbour master (Venn / port office) had said it would.",
    ]
    assert [cut.line for cut in find_lines_to_remove(lines, KnownMetadata())] == [0, 1]
