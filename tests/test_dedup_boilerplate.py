"""Notices, captions and credits are boilerplate by their words, in many languages; paragraphs are not."""

from __future__ import annotations

import pytest

from aggregator.dedup.boilerplate import is_boilerplate_line

PHRASES = (
    "The post Cranes appeared first on Coast Daily.",
    "Coast Daily, all rights reserved",
    "Alles hier: Alle Rechte vorbehalten",
    "Le Quai, tous droits réservés",
    "El Muelle, todos los derechos reservados",
    "Il Molo, tutti i diritti riservati",
    "O Cais, todos os direitos reservados",
    "Причал, все права защищены",
    "港口日报 版权所有",
    "港口日報 版權所有",
    "未经授权不得转载",
    "本紙記事の無断転載を禁じます",
    "저작권자 항구일보, 무단 전재 금지",
    "저작권자 항구일보, 무단전재 금지",
    "No reproduction without our consent",
    "Nothing may be used without written permission of the owner",
    "Nothing may be used without permission of the owner",
    "It was edited except for the headline",
    "It has not been edited by our desk",
    "You can unsubscribe at any time",
    "The best of the week in your inbox",
    "We bring the week to your inbox",
)
NOTICES = (
    "© 2026 Coast Daily",
    "(c) Coast Daily",
    "Copyright Coast Daily",
    "» Read more about cranes",
    "Also read the rival's report",
    "More on this from our desk",
    "Related stories",
    "Lire aussi : la grue",
    "Mehr zum Thema Kräne",
    "Te puede interesar esta grúa",
    "Lees ook over kranen",
    "Читайте также о кранах",
    "相关阅读 起重机",
    "관련 기사 모음",
    "Follow us on every channel",
    "Advertisement",
    "Newsletter abonnieren",
    "订阅我们",
    "Get the best stories in our app",
    "Got a story for us?",
    "File photo: the crane",
    "Photo by: Ida Venn",
    "Stock image",
    "Foto: Ida Venn",
    "资料图",
    "사진 = 항구",
    "Reporting by Ida Venn; editing by Bo Lund",
    "This article was written by the desk",
    "Quelle: dpa",
    "责任编辑:王明",
    "By Ida Venn",
    "By Ida van den Berg Venn",
    "Page 2 of 3",
    "4 min read",
    "Log in to comment",
    "Tags: cranes",
    "Updated: March 3",
    "Posted 3 hours ago",
)
CAPTIONS = (
    "The crane at noon. File photo: Ida Venn",
    "The crane at noon (Photo by Ida Venn)",
    "The crane at noon / Foto: Ida Venn",
    "港口的起重机。王明摄",
    "港口的起重机。王明摄。",
    "起重機 中央社供圖",
)


@pytest.mark.parametrize(
    "lines",
    [pytest.param(PHRASES, id="phrases"), pytest.param(NOTICES, id="notices"), pytest.param(CAPTIONS, id="captions")],
)
def test_lines_that_outlets_add_are_boilerplate(lines: tuple[str, ...]) -> None:
    assert [line for line in lines if not is_boilerplate_line(line)] == []
    assert [line for line in lines if not is_boilerplate_line(line.upper())] == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("The crane of Vessley comes down in June.", id="prose"),
        pytest.param("Readers more or less agree about the crane.", id="a word that begins alike"),
        pytest.param("By the quay stood the crane of Vessley. It fell.", id="prose that begins with by"),
        pytest.param("By Ida van den Berg Venn Lund", id="too many words for a name"),
        pytest.param("She took a photo by the quay and went home.", id="a photo in prose"),
        pytest.param("Sources at the port said so.", id="sources without a colon"),
        pytest.param("", id="nothing"),
    ],
)
def test_prose_is_no_boilerplate(line: str) -> None:
    assert not is_boilerplate_line(line)


def test_a_line_of_more_than_320_characters_is_a_paragraph() -> None:
    notice = "All rights reserved"
    assert is_boilerplate_line(f"{'x' * (319 - len(notice))} {notice}")
    assert not is_boilerplate_line(f"{'x' * (320 - len(notice))} {notice}")


def test_a_caption_is_short_after_its_mark() -> None:
    assert is_boilerplate_line(f"The crane. Photo: {'x' * 79}")
    assert not is_boilerplate_line(f"The crane. Photo: {'x' * 80}")
