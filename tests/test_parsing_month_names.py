"""Months by their names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parsing.month_names import month_number, persian_month_number

YEARS = {
    "English": "January February March April May June July August September October November December",
    "German": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "German in short": "Jän Feb Mrz Apr Mai Jun Jul Aug Sept Okt Nov Dez",
    "German in ASCII": "Jan. Feb. Maerz Apr. Mai Juni Juli Aug. Sep. Okt. Nov. Dez.",
    "Catalan": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "Icelandic": "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
    "Estonian": "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
    "Latvian": "janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris",
    "Lithuanian": "sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",
    "Slovene": "januar februar marec april maj junij julij avgust september oktober november december",
    "Indonesian": "Jan Feb Mar Apr Mei Jun Jul Agt Sep Okt Nov Des",
    "Malay": "Januari Februari Mac April Mei Jun Julai Ogos September Oktober November Disember",
    "French": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "Dutch": "januari februari maart april mei juni juli augustus september oktober november december",
    "Swedish": "januari februari mars april maj juni juli augusti september oktober november december",
    "Polish": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "Czech": "ledna února března dubna května června července srpna září října listopadu prosince",
    "Turkish": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "Finnish": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta "
    "lokakuuta marraskuuta joulukuuta",
    "Hungarian": "január február március április május június július augusztus szeptember október november december",
    "Romanian": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "Russian": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "Ukrainian": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "Bulgarian": "януари февруари март април май юни юли август септември октомври ноември декември",
    "Greek": "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου "
    "Νοεμβρίου Δεκεμβρίου",
    "Arabic": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "Hebrew": "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    "Hindi": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "Thai, in short": "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.",
    "Thai": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
}


@pytest.mark.parametrize("names", YEARS.values(), ids=YEARS)
def test_the_months_of_a_year_are_known_by_their_names(names: str) -> None:
    assert [month_number(name) for name in names.split()] == list(range(1, 13))


CROATIAN = "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca"
PERSIAN = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"


def test_croatian_months_are_known_but_for_the_one_that_is_another_in_polish() -> None:
    assert [month_number(name) for name in CROATIAN.split()] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 11, 12]


@pytest.mark.parametrize(
    ("name", "weekday", "month"),
    [
        pytest.param("listopada", "petak", 10, id="October"),
        pytest.param("lis", "Pet", 10, id="October in short"),
        pytest.param("lip", "uto", 6, id="June"),
        pytest.param("srp", "sub", 7, id="July"),
        pytest.param("kol", "sri", 8, id="August, which is no other"),
        pytest.param("lis", "pią", 11, id="Polish"),
        pytest.param("srp", "ned", 8, id="Sunday, which Czech calls so too"),
    ],
)
def test_a_croatian_day_makes_a_month_croatian(name: str, weekday: str, month: int) -> None:
    assert month_number(name, weekday=weekday) == month


def test_persian_months_are_known_by_their_names() -> None:
    assert [persian_month_number(name) for name in PERSIAN.split()] == list(range(1, 13))
    assert [persian_month_number(name) for name in ("دي", "فبراير", "")] == [10, None, None]


@pytest.mark.parametrize("name", ["", "j", "ju", "Monday", "GMT"])
def test_what_names_no_month_is_none(name: str) -> None:
    assert month_number(name) is None


@given(st.text(max_size=40))
def test_any_text_is_a_month_or_none(name: str) -> None:
    assert month_number(name) in (None, *range(1, 13))
