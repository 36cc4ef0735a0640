"""Detection of the language of an article by declarations and by its text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extraction.language_detection import detect_language

ENGLISH = (
    "The crews of the northern harbours voted on Monday to accept the offer of the companies, and the boats will "
    "leave again from Wednesday morning, for it was less than they had asked but more than it seemed that they would get."
)
TEXTS = {
    "en": ENGLISH,
    "de": "Die Besatzungen der nördlichen Häfen haben am Montag für das Angebot der Reedereien gestimmt, und die Schiffe "
    "fahren ab Mittwoch wieder, auch wenn der Zuschlag nicht so hoch ist, wie es von den Leuten gefordert war.",
    "fr": "Les équipages des ports du nord ont voté lundi pour l'offre des compagnies, et les bateaux qui sont dans le port "
    "partent mercredi, même si une hausse sur les salaires est plus faible que ce que le syndicat demandait pour eux.",
    "es": "Las tripulaciones de los puertos del norte votaron el lunes por la oferta que las empresas habían hecho, y los "
    "barcos salen el miércoles, con una subida que no es como la que el sindicato había pedido para los suyos.",
    "it": "Gli equipaggi del nord hanno votato per la proposta che le compagnie avevano fatto, e le navi che sono nel porto "
    "partono di nuovo, con una parte del personale che non è contenta della cifra per il lavoro di notte.",
    "nl": "De bemanningen van de noordelijke havens hebben maandag voor het aanbod gestemd, en de boten varen weer, met een "
    "opslag die niet zo hoog is als dat de bond voor zijn leden aan het begin van de staking op tafel legde.",
    "pt": "As tripulações dos portos do norte votaram na oferta que as empresas fizeram, e os barcos saem na quarta, com uma "
    "subida que não é mais do que parte da que era pedida para os trabalhadores dos portos e da cidade.",
    "sv": "Besättningarna i norr röstade för det bud som rederierna lade, och det är inte så mycket som facket ville ha av "
    "dem, men båtarna går igen med alla de anställda som har varit hemma för att det inte gick.",
    "ru": "Экипажи северных гаваней проголосовали за соглашение, и суда снова выйдут в море со среды, объявил профсоюз.",
    "uk": "Екіпажі північних гаваней проголосували за угоду, і судна знову вийдуть у море із середи, оголосила профспілка.",
    "el": "Τα πληρώματα των βόρειων λιμανιών ψήφισαν υπέρ της προσφοράς και τα πλοία θα σαλπάρουν ξανά την Τετάρτη.",
    "ar": "صوتت أطقم العبارات في الموانئ الشمالية لصالح عرض الشركات، وستبحر السفن مرة أخرى يوم الأربعاء إلى الجزر.",
    "fa": "خدمه کشتی‌های بندرهای شمالی به پیشنهاد شرکت‌ها رأی دادند و کشتی‌ها از چهارشنبه دوباره حرکت می‌کنند، گفت گروه.",
    "he": "צוותי המעבורות בנמלים הצפוניים הצביעו בעד ההצעה של החברות, והסירות יפליגו שוב ביום רביעי בבוקר.",
    "zh": "北方港口的渡船船员周一投票决定接受航运公司的提议，船只将从周三起恢复航行。",
    "ja": "北の港のフェリー乗組員は月曜日、海運会社の提案を受け入れることを投票で決めた。",
    "ko": "북쪽 항구의 여객선 선원들은 월요일 해운 회사의 제안을 받아들이기로 투표했다.",
    "hi": "उत्तरी बंदरगाहों के नाविकों ने सोमवार को कंपनियों का प्रस्ताव मान लिया और नावें बुधवार से फिर चलेंगी।",
    "th": "ลูกเรือเรือข้ามฟากของท่าเรือทางเหนือลงมติรับข้อเสนอของบริษัทเดินเรือเมื่อวันจันทร์",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_page_that_claims_nothing_is_known_by_its_text(language: str) -> None:
    assert detect_language([], TEXTS[language]) == language


@pytest.mark.parametrize("language", TEXTS)
def test_a_true_claim_is_believed(language: str) -> None:
    assert detect_language([f"{language}-ZZ"], TEXTS[language]) == f"{language}-ZZ"


CLAIMS = [
    pytest.param(["de"], "de", id="language"),
    pytest.param(["pt_BR"], "pt-BR", id="underscore"),
    pytest.param(["zh-hans-cn"], "zh-Hans-CN", id="script and region"),
    pytest.param(["es-419"], "es-419", id="a region in figures"),
    pytest.param(["de-DE-x-formal"], "de-DE", id="private parts go"),
    pytest.param(["de, en"], "de", id="the first of a list"),
    pytest.param(["", "fr"], "fr", id="the first that says something"),
    pytest.param(["x", "Deutsch!", "it"], "it", id="nonsense before"),
    pytest.param(["iw"], "he", id="a withdrawn code"),
    pytest.param(["jp"], "ja", id="a country for a language"),
    pytest.param(["eng"], "en", id="three letters where two will do"),
    pytest.param(["x"], None, id="nonsense"),
    pytest.param([], None, id="nothing"),
]


@pytest.mark.parametrize(("claims", "wanted"), CLAIMS)
def test_claims_are_written_as_bcp_47_has_them(claims: list[str], wanted: str | None) -> None:
    assert detect_language(claims, "") == wanted


AGAINST = [
    pytest.param(["en-US"], "ru", "ru", id="a template's english over a russian text"),
    pytest.param(["en-US", "zh-CN"], "zh", "zh-CN", id="a later claim fits"),
    pytest.param(["zh"], "ja", "ja", id="kana is japanese"),
    pytest.param(["en-US"], "de", "de", id="a template's english over a german text"),
    pytest.param(["en", "de-AT"], "de", "de-AT", id="with a later claim that fits"),
    pytest.param(["sr"], "ru", "ru", id="another language of the same script"),
    pytest.param(["no"], "sv", "sv", id="a close neighbour"),
    pytest.param(["yue"], "zh", "yue", id="a claim of a variety stands"),
    pytest.param(["zh-Hant"], "zh", "zh-Hant", id="a claim keeps its script"),
    pytest.param(["rm"], "it", "rm", id="a claim of a language that cannot be identified stands"),
]


@pytest.mark.parametrize(("claims", "text", "wanted"), AGAINST)
def test_the_text_stands_against_a_claim_only_without_doubt(claims: list[str], text: str, wanted: str) -> None:
    assert detect_language(claims, TEXTS[text]) == wanted


def test_a_claim_stands_over_a_text_that_is_too_short_to_be_certain() -> None:
    assert detect_language(["de"], "Mehr Tore") == "de"
    assert detect_language(["it"], "Report 2026") == "it"


@pytest.mark.parametrize("text", ["", "...", "12.50 13.75 14.00", "Ok", "https://example.org/a/1"])
def test_a_text_that_says_too_little_has_no_language(text: str) -> None:
    assert detect_language([], text) is None


def test_only_the_beginning_of_a_text_is_read() -> None:
    assert detect_language([], ENGLISH * 5 + TEXTS["ru"] * 50) == "en"


def test_a_quotation_in_another_script_changes_nothing() -> None:
    assert detect_language(["en"], f"{ENGLISH} “Мы рады”, said one of them.") == "en"


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=200))
def test_a_language_is_a_tag_or_none(claims: list[str], text: str) -> None:
    language = detect_language(claims, text)
    assert language is None or language.split("-")[0].islower()
