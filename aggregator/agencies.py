"""Knows the news agencies: their names in texts and their domains.

``datelines`` and ``credit_sentence`` decide where in a text a name is a credit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from unicodedata import normalize


@dataclass(frozen=True, kw_only=True, slots=True)
class Agency:
    """One agency: its name here, its names in texts, and its domains."""

    name: str
    marks: tuple[str, ...]
    domains: tuple[str, ...] = ()


def _agency(name: str, marks: str, domains: str = "") -> Agency:
    return Agency(name=name, marks=tuple(marks.split("|")), domains=tuple(domains.split()))


AGENCIES = (
    _agency(
        "Associated Press", "AP|A.P.|Associated Press|The Associated Press|AP通信|美联社|美聯社", "apnews.com ap.org"
    ),
    _agency("Reuters", "Reuters|Thomson Reuters|Рейтер|ロイター|路透社|路透|로이터|رويترز", "reuters.com"),
    _agency("AFP", "AFP|AFP通信|Agence France-Presse|Agence France Presse|法新社|أ ف ب|فرانس برس", "afp.com"),
    _agency("dpa", "dpa|dpa-AFX|dpa/lnw|Deutsche Presse-Agentur|德新社", "dpa.com"),
    _agency("EFE", "EFE|Agencia EFE|EFEUSA|埃菲社", "efe.com"),
    _agency("Europa Press", "Europa Press|EUROPA PRESS", "europapress.es"),
    _agency("ANSA", "ANSA|Agenzia ANSA|安莎社", "ansa.it"),
    _agency("Adnkronos", "Adnkronos", "adnkronos.com"),
    _agency("AGI", "AGI|Agenzia Italia", "agi.it"),
    _agency("Lusa", "Lusa|Agência Lusa|卢萨社", "lusa.pt"),
    _agency("Agência Brasil", "Agência Brasil|ABr", "agenciabrasil.ebc.com.br"),
    _agency("Xinhua", "Xinhua|Xinhua News Agency|新华社|新華社|新华网|新華網", "xinhuanet.com news.cn"),
    _agency(
        "China News Service", "China News Service|中新社|中新网|中新網|中国新闻社", "chinanews.com chinanews.com.cn"
    ),
    _agency("Central News Agency", "中央社|中央通訊社|Central News Agency", "cna.com.tw"),
    _agency("Kyodo", "Kyodo|Kyodo News|共同|共同通信|共同社|共同通信社", "kyodonews.net kyodonews.jp"),
    _agency("Jiji Press", "Jiji|Jiji Press|時事|時事通信|時事通信社|时事社", "jiji.com"),
    _agency("Yonhap", "Yonhap|Yonhap News Agency|연합뉴스|韩联社|韓聯社|聯合ニュース", "yna.co.kr"),
    _agency("Newsis", "Newsis|뉴시스", "newsis.com"),
    _agency("News1", "News1|뉴스1", "news1.kr"),
    _agency("TASS", "TASS|ITAR-TASS|ТАСС|塔斯社|タス通信", "tass.com tass.ru"),
    _agency("RIA Novosti", "RIA Novosti|РИА Новости|俄新社", "ria.ru"),
    _agency("Interfax", "Interfax|Интерфакс", "interfax.ru interfax.com"),
    _agency("Ukrinform", "Ukrinform|Укрінформ", "ukrinform.ua ukrinform.net"),
    _agency("PTI", "PTI|Press Trust of India|पीटीआई|भाषा", "ptinews.com"),
    _agency("ANI", "ANI|Asian News International", "aninews.in"),
    _agency("IANS", "IANS|Indo-Asian News Service", "ians.in"),
    _agency("Antara", "Antara|ANTARA", "antaranews.com"),
    _agency("Bernama", "Bernama", "bernama.com"),
    _agency("VNA", "VNA|TTXVN|Vietnam News Agency", "vnanet.vn"),
    _agency("APA", "APA|Austria Presse Agentur", "apa.at"),
    _agency("Keystone-SDA", "Keystone-SDA|Keystone-ATS|Keystone-SDA-ATS|SDA|sda|ATS|ats", "keystone-sda.ch"),
    _agency(
        "PA Media", "PA|PA Media|Press Association|PA news agency|The Press Association", "pamediagroup.com pa.media"
    ),
    _agency("Canadian Press", "The Canadian Press|Canadian Press|La Presse Canadienne|CP", "thecanadianpress.com"),
    _agency("AAP", "AAP|Australian Associated Press", "aap.com.au"),
    _agency("UPI", "UPI|United Press International", "upi.com"),
    _agency("Bloomberg", "Bloomberg|Bloomberg News", "bloomberg.com"),
    _agency("Belga", "Belga|BELGA", "belga.be belganewsagency.eu"),
    _agency("ANP", "ANP|Algemeen Nederlands Persbureau", "anp.nl"),
    _agency("NTB", "NTB|Norsk Telegrambyrå|©NTB", "ntb.no"),
    _agency("TT", "TT|TT Nyhetsbyrån", "tt.se"),
    _agency("Ritzau", "Ritzau|/ritzau/", "ritzau.dk ritzau.com"),
    _agency("STT", "STT|Suomen Tietotoimisto", "stt.fi"),
    _agency("ČTK", "ČTK|CTK", "ctk.cz ceskenoviny.cz"),
    _agency("TASR", "TASR", "tasr.sk"),
    _agency("PAP", "PAP|Polska Agencja Prasowa", "pap.pl"),
    _agency("MTI", "MTI", "mti.hu"),
    _agency("Agerpres", "Agerpres|AGERPRES", "agerpres.ro"),
    _agency("BTA", "BTA|БТА", "bta.bg"),
    _agency("Hina", "Hina|HINA", "hina.hr"),
    _agency("Tanjug", "Tanjug|Танјуг", "tanjug.rs"),
    _agency("AMNA", "ΑΠΕ-ΜΠΕ|AMNA", "amna.gr"),
    _agency("Anadolu", "AA|Anadolu|Anadolu Agency|Anadolu Ajansı|الأناضول", "aa.com.tr"),
    _agency("SPA", "واس|SPA|Saudi Press Agency", "spa.gov.sa"),
    _agency("WAM", "وام|WAM", "wam.ae"),
    _agency("IRNA", "IRNA|ایرنا", "irna.ir"),
    _agency("PR Newswire", "PRNewswire|PR Newswire", "prnewswire.com"),
    _agency("Business Wire", "BUSINESS WIRE|Business Wire", "businesswire.com"),
    _agency("GlobeNewswire", "GLOBE NEWSWIRE|GlobeNewswire", "globenewswire.com"),
)


def fold_name(name: str) -> str:
    """Removes case, spaces and punctuation from a name, for comparison."""
    return "".join(char for char in normalize("NFKC", name).casefold() if char.isalnum())


@cache
def _by_mark() -> dict[str, Agency]:
    return {fold_name(mark): agency for agency in AGENCIES for mark in (agency.name, *agency.marks)}


@cache
def _by_domain() -> dict[str, Agency]:
    return {domain: agency for agency in AGENCIES for domain in agency.domains}


def agency_named(text: str) -> Agency | None:
    """Returns the agency with the name ``text``, or None; case, spaces and punctuation do not count."""
    return _by_mark().get(fold_name(text))


def agency_of_outlet(outlet: str) -> Agency | None:
    """Returns the agency with this outlet name or domain, or None."""
    bare = outlet.strip().casefold().removeprefix("www.")
    return _by_domain().get(bare) or agency_named(bare)


@cache
def cjk_name_pattern() -> str:
    """Returns a regular expression of the agency names in Chinese, Japanese and Korean, longest first."""
    marks = {mark for agency in AGENCIES for mark in agency.marks if not mark[0].isascii() and mark[-1] >= "\u3040"}
    return "|".join(re.escape(mark) for mark in sorted(marks, key=lambda mark: (-len(mark), mark)))


def is_same_organisation(outlet: str, credit: str) -> bool:
    """Returns True if the outlet, given by name or domain, is the agency that a text credits.

    An agency that is not in the table matches if the names agree, if the name is the first label of the domain, or if
    one is the initials of the other.
    """
    behind, credited = agency_of_outlet(outlet), agency_named(credit)
    if behind is not None or credited is not None:
        return behind is credited
    host = outlet.strip().casefold().removeprefix("www.")
    names = {fold_name(host), fold_name(host.split(".")[0])} if "." in host else {fold_name(host)}
    return bool(
        ({fold_name(credit)} & names) or ({_initials(credit)} & names) or fold_name(credit) == _initials(outlet)
    )


def _initials(name: str) -> str | None:
    """Returns the initials of a name of three or more words; fewer are ambiguous."""
    words = re.findall(r"[^\W_]+", name)
    return "".join(word[0] for word in words).casefold() if len(words) >= 3 else None
