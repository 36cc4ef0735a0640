"""Lines that are not the article: every kind in every language of the tables."""

from __future__ import annotations

import pytest

from aggregator.extraction.line_removal import KnownMetadata, find_lines_to_remove
from tests.loops import loop_over

PROSE = {
    "en": "The ferry crews of the northern harbours voted on Monday to accept the offer of the companies.",
    "de": "Die Mannschaften der nördlichen Häfen stimmten am Montag dafür, das Angebot der Reedereien anzunehmen.",
    "fr": "Les équipages des ports du nord ont voté lundi pour accepter la proposition des compagnies maritimes.",
    "es": "Las tripulaciones de los puertos del norte votaron el lunes a favor de aceptar la oferta de las navieras.",
    "pt": "As tripulações dos portos do norte votaram na segunda-feira a favor da proposta das companhias.",
    "it": "Gli equipaggi dei porti del nord hanno votato lunedì per accettare la proposta delle compagnie di navigazione.",
    "ru": "Экипажи паромов северных портов проголосовали в понедельник за то, чтобы принять предложение компаний.",
    "zh": "北方港口的渡船船员周一投票决定接受航运公司的提议，船只将从周三早上起恢复航行。",
    "ja": "北の港のフェリー乗組員は月曜日、海運会社の提案を受け入れることを投票で決めた。",
    "ar": "صوت طواقم العبارات في الموانئ الشمالية يوم الاثنين لصالح قبول عرض شركات الملاحة البحرية بعد أيام من الإضراب.",
}

LINES = {
    "byline": {
        "en": "By Ada Pier",
        "de": "Von Jens Kai",
        "fr": "Par Anne Quai",
        "es": "Por Rosa Muelle",
        "pt": "Por Rui Cais",
        "it": "Di Carla Molo",
        "ru": "Автор: Анна Причал",
        "zh": "作者：王小明",
        "ja": "文：佐藤花子",
        "ar": "بقلم: أحمد ميناء",
    },
    "date": {
        "en": "Updated: May 6, 2031 at 9:13 am",
        "de": "Aktualisiert am 6. Mai 2031 um 09:13 Uhr",
        "fr": "Mis à jour le 6 mai 2031 à 09h13",
        "es": "Actualizado el 6 de mayo de 2031 a las 9:13",
        "pt": "Atualizado em 6 de maio de 2031 às 9h13",
        "it": "Aggiornato il 6 maggio 2031 alle ore 9:13",
        "ru": "Обновлено: 6 мая 2031, 09:13",
        "zh": "更新时间：2031年5月6日 09:13",
        "ja": "更新日時：2031年5月6日 9時13分",
        "ar": "آخر تحديث: 6 مايو 2031 09:13",
    },
    "picture credit": {
        "en": "Photo: Bo Quay",
        "de": "Foto: Jens Kai",
        "fr": "Crédit photo : Anne Quai",
        "es": "Foto: Rosa Muelle",
        "pt": "Crédito: Rui Cais",
        "it": "Foto: Carla Molo",
        "ru": "Фото: Анна Причал",
        "zh": "图片来源：海岸图片社",
        "ja": "写真：佐藤花子",
        "ar": "الصورة: أحمد ميناء",
    },
    "link to another article": {
        "en": "Read more: Why the night boats wait",
        "de": "Lesen Sie auch: Warum die Nachtboote warten",
        "fr": "À lire aussi : Pourquoi les bateaux attendent",
        "es": "Lea también: Por qué esperan los barcos",
        "pt": "Leia também: Por que os barcos esperam",
        "it": "Leggi anche: Perché i traghetti aspettano",
        "ru": "Читайте также: Почему ждут суда",
        "zh": "相关阅读：渡船为何等待",
        "ja": "関連記事：船はなぜ待つのか",
        "ar": "اقرأ أيضا: لماذا تنتظر القوارب",
    },
    "call to action": {
        "en": "Sign up for our morning newsletter",
        "de": "Abonnieren Sie unseren Newsletter",
        "fr": "Inscrivez-vous à notre lettre du matin",
        "es": "Suscríbete a nuestro boletín",
        "pt": "Assine nossa newsletter",
        "it": "Iscriviti alla nostra newsletter",
        "ru": "Подписывайтесь на наш канал",
        "zh": "扫码关注我们的公众号",
        "ja": "メルマガ登録はこちら",
        "ar": "اشترك في نشرتنا البريدية",
    },
    "call to share": {
        "en": "Share this article",
        "de": "Artikel teilen",
        "fr": "Partager cet article",
        "es": "Compartir este artículo",
        "pt": "Compartilhar esta notícia",
        "it": "Condividi questo articolo",
        "ru": "Поделиться статьей",
        "zh": "分享到微信",
        "ja": "この記事をシェア",
        "ar": "شارك هذا المقال",
    },
    "copyright notice": {
        "en": "© 2031 Coast Daily. All rights reserved.",
        "de": "Alle Rechte vorbehalten. Küstenbote",
        "fr": "Tous droits réservés",
        "es": "Todos los derechos reservados",
        "pt": "Todos os direitos reservados",
        "it": "Tutti i diritti riservati",
        "ru": "Все права защищены",
        "zh": "未经授权不得转载",
        "ja": "無断転載を禁じます",
        "ar": "جميع الحقوق محفوظة",
    },
    "below the article": {
        "en": "Editor's Picks",
        "de": "Mehr zum Thema",
        "fr": "Sur le même sujet",
        "es": "Te puede interesar",
        "pt": "Mais lidas",
        "it": "Articoli correlati",
        "ru": "Материалы по теме",
        "zh": "热门推荐",
        "ja": "人気記事ランキング",
        "ar": "الأكثر قراءة",
    },
}

CASES = [
    pytest.param(kind, language, line, id=f"{kind}, {language}")
    for kind, lines in LINES.items()
    for language, line in lines.items()
]


@loop_over(("kind", "language", "line"), CASES)
def test_a_line_of_each_kind_goes_in_each_language(kind: str, language: str, line: str) -> None:
    prose = PROSE[language]
    lines = (prose, line) if kind == "below the article" else (line, prose)
    reasons = {lines[cut.line]: cut.reason for cut in find_lines_to_remove(lines, KnownMetadata())}
    assert reasons == {line: "call to action" if kind == "call to share" else kind}


@pytest.mark.parametrize("kind", LINES)
def test_every_kind_has_a_case_in_every_language(kind: str) -> None:
    assert set(LINES[kind]) == set(PROSE)


@pytest.mark.parametrize("language", PROSE)
def test_prose_stays_in_every_language(language: str) -> None:
    prose = PROSE[language]
    assert find_lines_to_remove((prose, prose, prose), KnownMetadata()) == ()
