"""Which month does a name mean, in whatever language a publisher's server speaks?

Names are known by their beginnings, so that a case ending or an abbreviation is no matter. Three Croatian
ones are another month in Polish or Czech (listopad, in short ``lip``, ``srp`` and ``lis``); they are
Croatian beside a Croatian name of a day. Persian months are no months of ours and have a function of their own.
"""

from __future__ import annotations

from aggregator.parsing.calendars import PERSIAN_MONTHS

_BEGINNINGS = (
    "jan ene gen ian jaa oca sty led tam янв яну јан січ ιαν يناير ינו जनवरी มกร ม.ค sij",
    "feb fev fév feb peb fév feb şub lut úno hel vee фев феб лют φεβ فبراير פבר फरवरी फ़रवरी กุม ก.พ velj",
    "mar mär mrt már maa bře мар бер μαρ μάρ مارس מרץ मार्च มีน มี.ค ožu",
    "apr abr avr ápr nis kwi dub huh апр кві απρ أبريل ابريل إبريل אפר अप्रैल เมษ เม.ย tra",
    "may mai mag mei maj máj kvě tou мая май мај тра μαι μαΐ μάι مايو מאי मई พฤษภ พ.ค svi",
    "jun juin giu iun jún haz cze červ kes juun июн юни јун черв ιουν ιούν يونيو יוני जून มิถ มิ.ย lipa lipn",
    "jul juil lug iul júl tem lip červenc červene hei juul июл юли јул лип ιουλ ιούλ يوليو יולי जुलाई กรก ก.ค "
    "srpa srpnj",
    "aug ago aoû aou agu ağu sie srp elo авг сер αυγ αύγ أغسطس اغسطس אוג अगस्त สิง ส.ค kol",
    "sep set sze eyl wrz zář syy сен сеп вер σεπ سبتمبر ספט सितंबर सितम्बर กัน ก.ย ruj",
    "oct okt ott out eki paź říj lok окт жов οκτ أكتوبر اكتوبر אוק अक्टूबर अक्तूबर ตุล ต.ค",
    "nov noi kas lis marr ноя нов ное лис νοε νοέ نوفمبر נוב नवंबर नवम्बर พฤศ พ.ย stu",
    "dec déc dez dic des ara gru pro jou дек дец гру δεκ ديسمبر דצמ दिसंबर दिसम्बर ธัน ธ.ค",
)
"""Of January to December: English, Romance, Germanic, Slavic, Finnic and other languages of Europe, then by script."""

_MONTHS = {beginning: month for month, names in enumerate(_BEGINNINGS, 1) for beginning in names.split()}
_LONGEST = max(map(len, _MONTHS))
_HEBREW_IN = "ב"


_CROATIAN = {"lip": 6, "srp": 7, "lis": 10}
_CROATIAN_DAYS = ("uto", "sri", "čet", "pet", "sub")


def month_of(name: str, *, weekday: str = "") -> int | None:
    """The month (1 to 12) that a name or an abbreviation of at least two letters stands for, or None.

    ``weekday`` is what stands before the date and may tell the language.
    """
    lower = name.lower().removeprefix(_HEBREW_IN)
    if weekday.lower().startswith(_CROATIAN_DAYS) and (month := _CROATIAN.get(lower[:3])):
        return month
    # Longer beginnings first: French "juin" and "juil." share three letters.
    return next((_MONTHS[lower[:size]] for size in range(_LONGEST, 1, -1) if lower[:size] in _MONTHS), None)


def persian_month_of(name: str) -> int | None:
    """The month of the Persian year that a name stands for, or None."""
    spelled = name.replace("ي", "ی")  # the Arabic letter, which Persian keyboards once gave
    return next((month for month, start in enumerate(PERSIAN_MONTHS, 1) if spelled.startswith(start)), None)
