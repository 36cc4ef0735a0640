"""Which month does a name mean, in whatever language a publisher's server speaks?

Names are known by their beginnings, so that a case ending or an abbreviation is no matter. Croatian
names are left out: what is October there (listopad) is November in Polish and Czech.
"""

from __future__ import annotations

_BEGINNINGS = (
    "jan ene gen ian jaa oca sty led tam янв яну јан січ ιαν يناير ינו जनवरी มกร",
    "feb fev fév feb peb fév feb şub lut úno hel vee фев феб лют φεβ فبراير פבר फरवरी फ़रवरी กุม",
    "mar mär mrt már maa bře мар бер μαρ μάρ مارس מרץ मार्च มีน",
    "apr abr avr ápr nis kwi dub huh апр кві απρ أبريل ابريل إبريل אפר अप्रैल เมษ",
    "may mai mag mei maj máj kvě tou мая май мај тра μαι μαΐ μάι مايو מאי मई พฤษภ",
    "jun juin giu iun jún haz cze červ kes juun июн юни јун черв ιουν ιούν يونيو יוני जून มิถ",
    "jul juil lug iul júl tem lip červenc červene hei juul июл юли јул лип ιουλ ιούλ يوليو יולי जुलाई กรก",
    "aug ago aoû aou agu ağu sie srp elo авг сер αυγ αύγ أغسطس اغسطس אוג अगस्त สิง",
    "sep set sze eyl wrz zář syy сен сеп вер σεπ سبتمبر ספט सितंबर सितम्बर กัน",
    "oct okt ott out eki paź říj lok окт жов οκτ أكتوبر اكتوبر אוק अक्टूबर अक्तूबर ตุล",
    "nov noi kas lis marr ноя нов ное лис νοε νοέ نوفمبر נוב नवंबर नवम्बर พฤศ",
    "dec déc dez dic des ara gru pro jou дек дец гру δεκ ديسمبر דצמ दिसंबर दिसम्बर ธัน",
)
"""Of January to December: English, Romance, Germanic, Slavic, Finnic and other languages of Europe, then by script."""

_MONTHS = {beginning: month for month, names in enumerate(_BEGINNINGS, 1) for beginning in names.split()}
_LONGEST = max(map(len, _MONTHS))
_HEBREW_IN = "ב"


def month_of(name: str) -> int | None:
    """The month (1 to 12) that a name or an abbreviation of at least two letters stands for, or None."""
    lower = name.lower().removeprefix(_HEBREW_IN)
    # Longer beginnings first: French "juin" and "juil." share three letters.
    return next((_MONTHS[lower[:size]] for size in range(_LONGEST, 1, -1) if lower[:size] in _MONTHS), None)
