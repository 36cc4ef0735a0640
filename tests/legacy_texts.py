"""A headline and a few sentences in the language of each legacy encoding, in our own words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

POLISH = (
    "Żółta łódź płynie ku źródłu",
    "Pięć gęsi świtem przeszło ścieżką. Wieczorem będą występować śpiewacy z gminy.",
)
RUSSIAN = ("Паром опоздал из-за тумана", "Утренний паром пришёл на час позже, и капитан извинился перед всеми.")
UKRAINIAN = ("Пором спізнився через туман", "Пасажири чекали на причалі й пили чай, а капітан вибачився перед усіма.")
FRENCH = ("L'été s'achève près de la forêt", "Le garçon a mangé sa crème brûlée à Noël. Les élèves répètent la leçon.")
GREEK = ("Το πλοίο άργησε λόγω ομίχλης", "Οι επιβάτες περίμεναν στην αποβάθρα και έπιναν καφέ ως το μεσημέρι.")
TURKISH = (
    "Işıklı köprü yarın açılıyor",
    "Şehrin güneyindeki köprü iki yıl süren çalışmanın ardından ücretsiz olacağını.",
)
HEBREW = ("המעבורת איחרה בגלל הערפל", "הנוסעים חיכו על הרציף ושתו תה, ורב החובל התנצל בפני כולם.")
ARABIC = ("تأخرت العبارة بسبب الضباب", "انتظر الركاب على الرصيف وشربوا الشاي، واعتذر القبطان للجميع.")
LITHUANIAN = ("Keltas vėlavo dėl rūko", "Keleiviai laukė prieplaukoje ir gėrė arbatą, o kapitonas visų atsiprašė.")
LATVIAN = ("Prāmis kavējās miglas dēļ", "Pasažieri gaidīja piestātnē un dzēra tēju, bet kapteinis visiem atvainojās.")
VIETNAMESE = (
    "Phà đê\u0301n muô\u0323n vi\u0300 sương mù",
    "Hành khách đơ\u0323i trên bê\u0301n và uô\u0301ng trà, co\u0300n thuyê\u0300n trươ\u0309ng xin lô\u0303i mo\u0323i ngươ\u0300i.",
)
MALTESE = (
    "Il-vapur daħal tard minħabba ċ-ċpar",
    "Il-passiġġieri stennew fuq il-moll u xorbu t-te, u l-kaptan skuża ruħu.",
)
ICELANDIC = (
    "Ferjan tafðist vegna þoku",
    "Farþegarnir biðu á bryggjunni og drukku kaffi. Á morgun siglir ferjan á réttum tíma.",
)
ROMANIAN = ("Feribotul a întârziat din cauza ceții", "Pasagerii au așteptat pe chei, iar căpitanul și-a cerut scuze.")
THAI = ("เรือข้ามฟากมาช้าเพราะหมอก", "ผู้โดยสารรออยู่ที่ท่าเรือและดื่มชา ส่วนกัปตันกล่าวขอโทษทุกคน")
CHINESE = ("渡轮因大雾晚到一小时", "乘客在码头上等候并喝茶，船长向所有人道歉。明天渡轮将准时出发。")
TAIWANESE = ("渡輪因大霧晚到一小時", "乘客在碼頭上等候並喝茶，船長向所有人道歉。明天渡輪將準時出發。")
CANTONESE = ("渡輪喺大霧入面遲咗一個鐘", "乘客喺碼頭度等緊，飲咗杯茶。聽日啲船會準時開，公司係噉講嘅。")
JAPANESE = (
    "霧のため渡し船が一時間遅れた",
    "乗客は桟橋で待ちながらお茶を飲み、船長は全員に謝った。明日は時間どおりに出る。",
)
KOREAN = ("안개 때문에 나룻배가 늦었다", "승객들은 부두에서 차를 마시며 기다렸고 선장은 모두에게 사과했다.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Legacy:
    """A charset by the label that documents bear, the codec that writes it, and a text in a language of it."""

    label: str
    codec: str
    title: str
    text: str

    def document(self, declared: str | None = None) -> str:
        """A feed of one entry, its XML declaration naming a charset if that is wanted."""
        declaration = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
        item = f"<item><title>{self.title}</title><description>{self.text}</description></item>"
        return f'{declaration}<rss version="2.0"><channel><title>News</title>{item}</channel></rss>'


_WRITTEN = (
    ("windows-1250", "cp1250", POLISH),
    ("windows-1251", "cp1251", RUSSIAN),
    ("windows-1252", "cp1252", FRENCH),
    ("windows-1253", "cp1253", GREEK),
    ("windows-1254", "cp1254", TURKISH),
    ("windows-1255", "cp1255", HEBREW),
    ("windows-1256", "cp1256", ARABIC),
    ("windows-1257", "cp1257", LITHUANIAN),
    ("windows-1258", "cp1258", VIETNAMESE),
    ("iso-8859-1", "iso8859-1", FRENCH),
    ("iso-8859-2", "iso8859-2", POLISH),
    ("iso-8859-3", "iso8859-3", MALTESE),
    ("iso-8859-4", "iso8859-4", LATVIAN),
    ("iso-8859-5", "iso8859-5", RUSSIAN),
    ("iso-8859-6", "iso8859-6", ARABIC),
    ("iso-8859-7", "iso8859-7", GREEK),
    ("iso-8859-8", "iso8859-8", HEBREW),
    ("iso-8859-9", "iso8859-9", TURKISH),
    ("iso-8859-10", "iso8859-10", ICELANDIC),
    ("iso-8859-13", "iso8859-13", LATVIAN),
    ("iso-8859-15", "iso8859-15", FRENCH),
    ("iso-8859-16", "iso8859-16", ROMANIAN),
    ("gb2312", "gb2312", CHINESE),
    ("gbk", "gbk", CHINESE),
    ("gb18030", "gb18030", CHINESE),
    ("big5", "big5", TAIWANESE),
    ("big5-hkscs", "big5hkscs", CANTONESE),
    ("shift_jis", "shift_jis", JAPANESE),
    ("cp932", "cp932", JAPANESE),
    ("euc-jp", "euc_jp", JAPANESE),
    ("iso-2022-jp", "iso2022_jp", JAPANESE),
    ("euc-kr", "euc_kr", KOREAN),
    ("cp949", "cp949", KOREAN),
    ("koi8-r", "koi8-r", RUSSIAN),
    ("koi8-u", "koi8-u", UKRAINIAN),
    ("windows-874", "cp874", THAI),
    ("macintosh", "mac-roman", FRENCH),
)

LEGACY = tuple(Legacy(label=label, codec=codec, title=title, text=text) for label, codec, (title, text) in _WRITTEN)
UNICODE = tuple(
    Legacy(label=label, codec=codec, title=title, text=text)
    for (label, codec), (title, text) in product(
        (
            ("utf-8", "utf-8"), ("utf-8 with its mark", "utf-8-sig"),
            ("utf-16 with its mark", "utf-16"), ("utf-16le", "utf-16-le"), ("utf-16be", "utf-16-be"),
            ("utf-32 with its mark", "utf-32"), ("utf-32le", "utf-32-le"), ("utf-32be", "utf-32-be"),
        ),
        (FRENCH, RUSSIAN, JAPANESE),
    )
)  # fmt: skip
