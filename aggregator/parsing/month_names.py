"""Maps month names of many languages to month numbers.

Names are recognised by their first letters, so case endings and abbreviations do not matter. Three Croatian names
are other months in Polish or Czech (listopad; abbreviated ``lip``, ``srp`` and ``lis``). They are read as Croatian
next to a Croatian weekday name. Persian months are not Gregorian months and have a function of their own.
"""

from __future__ import annotations

from aggregator.parsing.calendars import PERSIAN_MONTHS

_BEGINNINGS = (
    "jan jän ene gen ian jaa sau oca sty led tam янв яну јан січ ιαν يناير ינו जनवरी มกร ม.ค sij",
    "feb fev fév feb vas peb fév feb şub lut úno hel vee фев феб лют φεβ فبراير פבר फरवरी फ़रवरी กุม ก.พ velj",
    "mar mär mrz mae mrt kov mac már maa bře мар бер μαρ μάρ مارس מרץ मार्च มีน มี.ค ožu",
    "apr abr avr ápr bal nis kwi dub huh апр кві απρ أبريل ابريل إبريل אפר अप्रैल เมษ เม.ย tra",
    "may mai maí mag geg mei maj máj kvě tou мая май мај тра μαι μαΐ μάι مايو מאי मई พฤษภ พ.ค svi",
    "jun juin giu iun jún jūn bir haz cze červ kes juun июн юни јун черв ιουν ιούν يونيو יוני जून มิถ มิ.ย lipa lipn",
    "jul juil lug iul júl jūl lie tem lip červenc červene hei juul июл юли јул лип ιουλ ιούλ يوليو יולי जुलाई กรก ก.ค "
    "srpa srpnj",
    "aug avg ágú agt ags ogo rugp rgp ago aoû aou agu ağu sie srp elo авг сер αυγ αύγ أغسطس اغسطس אוג अगस्त สิง ส.ค kol",
    "sep rugs rgs set sze eyl wrz zář syy сен сеп вер σεπ سبتمبر ספט सितंबर सितम्बर กัน ก.ย ruj",
    "oct okt spa ott out eki paź říj lok окт жов οκτ أكتوبر اكتوبر אוק अक्टूबर अक्तूबर ตุล ต.ค",
    "nov nóv lap noi kas lis marr ноя нов ное лис νοε νοέ نوفمبر נוב नवंबर नवम्बर พฤศ พ.ย stu",
    "dec det dis déc dez dic des ara gru pro jou дек дец гру δεκ ديسمبر דצמ दिसंबर दिसम्बर ธัน ธ.ค",
)
"""The first letters of January to December: European languages in Latin script, then other scripts."""

_MONTHS = {beginning: month for month, names in enumerate(_BEGINNINGS, 1) for beginning in names.split()}
_MAX_BEGINNING = max(map(len, _MONTHS))
_HEBREW_PREFIX_IN = "ב"
_CROATIAN_MONTHS = {"lip": 6, "srp": 7, "lis": 10}
_CROATIAN_WEEKDAYS = ("uto", "sri", "čet", "pet", "sub")


def month_number(name: str, *, weekday: str = "") -> int | None:
    """Returns the month (1 to 12) of a name or an abbreviation of at least two letters, or None.

    ``weekday`` is the word before the date; it may show the language.
    """
    lower = name.lower().removeprefix(_HEBREW_PREFIX_IN)
    if weekday.lower().startswith(_CROATIAN_WEEKDAYS) and (month := _CROATIAN_MONTHS.get(lower[:3])):
        return month
    # The longest beginning first: French "juin" and "juil." share three letters.
    return next((_MONTHS[lower[:size]] for size in range(_MAX_BEGINNING, 1, -1) if lower[:size] in _MONTHS), None)


def persian_month_number(name: str) -> int | None:
    """Returns the month (1 to 12) of the Persian year of a name, or None."""
    spelled = name.replace("ي", "ی")  # the Arabic letter, which old Persian keyboards typed
    return next((month for month, start in enumerate(PERSIAN_MONTHS, 1) if spelled.startswith(start)), None)
