"""Which edits does a copy survive? Recall per kind and strength, in six languages, on texts made here.

    python benchmarks/edits.py             30 reports a language

Each report is a choice of sentences of a small grammar with facts of its own. Each is edited and judged
against its original, as an article of another outlet; an edited word becomes a word that stands nowhere.
"Other values" is the other side: reports of the same sentences with other facts, which must not merge.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Callable

from aggregator.dedup.judge import judge
from aggregator.model.dedup import JudgedText

GRAMMAR: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "English": (
        " ",
        ("Marlow", "Tessin", "Okafor", "Brandt", "Quill", "Haverly", "Dunmore", "Pellworth", "Ashdown", "Corrigan"),
        (
            "The council of {a} voted late on Monday to close the old bridge over the river for {m} months.",
            "Engineers had found {n} cracks in the northern pillars during an inspection ordered after the floods.",
            "Mayor {b} said the town had no choice because heavy lorries were still using the crossing every night.",
            "Shopkeepers on the eastern bank fear that customers from {c} will go elsewhere until the work is done.",
            "The repair is expected to cost {k} million, of which the province has promised to pay about a third.",
            "A temporary ferry will carry up to {n} passengers an hour, but it cannot take cars or delivery vans.",
            "Parents asked how their children would reach the secondary school before lessons begin in the morning.",
            "The bus company of {c} intends to run {m} additional services through the valley on working days.",
            "Opposition member {d} accused the administration of ignoring warnings that it received long ago.",
            "According to a report seen by councillors, rust had weakened {k} of the bolts beneath the carriageway.",
            "Work should begin as soon as the water falls, and divers will first examine the foundations.",
            "Residents may comment on the plans at a public meeting in the town hall of {a} next week.",
        ),
    ),
    "German": (
        " ",
        (
            "Altfeld",
            "Brunnsee",
            "Kornau",
            "Lindthal",
            "Morsberg",
            "Neudorf",
            "Ostrach",
            "Reinholt",
            "Seefeld",
            "Wendel",
        ),
        (
            "Der Rat von {a} hat am Montagabend beschlossen, die alte Brücke für {m} Monate zu sperren.",
            "Fachleute hatten nach dem Hochwasser {n} Risse in den nördlichen Pfeilern des Bauwerks entdeckt.",
            "Man habe keine andere Wahl, sagte Bürgermeister {b}, weil nachts noch immer schwere Lastwagen führen.",
            "Die Händler am östlichen Ufer fürchten, dass Kunden aus {c} nun anderswo einkaufen werden.",
            "Die Reparatur kostet voraussichtlich {k} Millionen, etwa ein Drittel davon übernimmt das Land.",
            "Eine Fähre soll stündlich bis zu {n} Fahrgäste übersetzen, Autos kann sie allerdings nicht befördern.",
            "Eltern wollten wissen, wie ihre Kinder morgens rechtzeitig vor dem Unterricht zur Schule kommen.",
            "Das Busunternehmen aus {c} will an Werktagen {m} zusätzliche Fahrten durch das Tal anbieten.",
            "Die Abgeordnete {d} warf der Verwaltung vor, frühere Warnungen einfach überhört zu haben.",
            "Einem Gutachten zufolge hatte der Rost bereits {k} Bolzen unter der Fahrbahn angegriffen.",
            "Sobald das Wasser sinkt, sollen Taucher zuerst die Fundamente untersuchen und dann die Arbeiten beginnen.",
            "Anwohner können sich in der kommenden Woche im Rathaus von {a} zu den Plänen äußern.",
        ),
    ),
    "Russian": (
        " ",
        ("Ольхово", "Берёзин", "Каменск", "Лугово", "Мельник", "Норкин", "Озерск", "Рябинин", "Сосново", "Тихонов"),
        (
            "Совет города {a} в понедельник вечером решил закрыть старый мост через реку на {m} месяцев.",
            "После паводка инженеры обнаружили {n} трещин в северных опорах во время внеплановой проверки.",
            "Мэр {b} сказал, что другого выхода не было, потому что по мосту ночью ездят тяжёлые грузовики.",
            "Владельцы магазинов на восточном берегу боятся, что покупатели из {c} уйдут в другие места.",
            "Ремонт обойдётся примерно в {k} миллионов, около трети суммы обещала выделить область.",
            "Временный паром сможет перевозить до {n} пассажиров в час, но машины он принимать не будет.",
            "Родители спрашивали, как их дети будут утром добираться до школы к началу занятий.",
            "Автобусная компания из {c} намерена по рабочим дням добавить {m} рейсов через долину.",
            "Депутат {d} обвинил администрацию в том, что она долго не обращала внимания на предупреждения.",
            "В отчёте говорится, что ржавчина успела повредить {k} болтов под проезжей частью моста.",
            "Работы начнутся, как только спадёт вода, а сначала водолазы осмотрят старый фундамент.",
            "Жители смогут высказаться о планах на открытом собрании в ратуше {a} на следующей неделе.",
        ),
    ),
    "Arabic": (
        " ",
        ("الواحة", "منصور", "النخيل", "الربيع", "سليمان", "حمدان", "الساحل", "الزهراء", "رشيد", "البستان"),
        (
            "قرر مجلس مدينة {a} مساء الاثنين إغلاق الجسر القديم فوق النهر لمدة {m} أشهر كاملة.",
            "وكان المهندسون قد اكتشفوا {n} شقا في الأعمدة الشمالية خلال فحص أجري بعد الفيضانات الأخيرة.",
            "وقال رئيس البلدية {b} إنه لا خيار أمام المدينة لأن الشاحنات الثقيلة تعبر الجسر كل ليلة.",
            "ويخشى أصحاب المتاجر على الضفة الشرقية أن يذهب الزبائن من {c} إلى أماكن أخرى بعيدة.",
            "ومن المتوقع أن تبلغ كلفة الإصلاح {k} مليونا وعدت المحافظة بدفع نحو ثلث هذا المبلغ.",
            "وستنقل عبارة مؤقتة ما يصل إلى {n} راكبا في الساعة لكنها لا تستطيع حمل السيارات.",
            "وسأل الآباء كيف سيصل أبناؤهم إلى المدرسة الثانوية قبل بدء الدروس في الصباح الباكر.",
            "وتعتزم شركة الحافلات في {c} تسيير {m} رحلات إضافية عبر الوادي في أيام العمل.",
            "واتهم عضو المعارضة {d} الإدارة بأنها تجاهلت تحذيرات وصلت إليها منذ وقت طويل.",
            "وجاء في تقرير اطلع عليه الأعضاء أن الصدأ أضعف {k} من المسامير تحت سطح الطريق.",
            "وستبدأ الأعمال فور انخفاض المياه بعد أن يفحص الغواصون أساسات الجسر القديمة أولا.",
            "ويمكن للسكان إبداء الرأي في الخطط خلال اجتماع عام في مبنى بلدية {a} الأسبوع المقبل.",
        ),
    ),
    "Chinese": (
        "",
        ("青岚", "石桥", "柳溪", "云岭", "白沙", "东湾", "松原镇", "梅川", "竹山", "南浦"),
        (
            "{a}市议会星期一晚间决定,将横跨河流的旧桥关闭{m}个月,以便进行彻底维修。",
            "洪水过后,工程师在一次检查中发现北侧桥墩出现了{n}处裂缝,情况比预想的严重。",
            "{b}市长表示,由于重型卡车每天夜里仍在使用这座桥,当地已经没有其他选择。",
            "东岸的店主担心,在工程完成之前,来自{c}的顾客会转到别的地方去购物。",
            "维修费用预计将达到{k}百万元,省政府已经承诺承担其中大约三分之一。",
            "临时渡轮每小时最多可以运送{n}名乘客,但是无法搭载汽车和送货车辆。",
            "家长们询问,孩子们早晨怎样才能在上课之前赶到河对岸的中学。",
            "{c}的公共汽车公司打算在工作日增开{m}班车,从山谷绕行前往对岸。",
            "反对派议员{d}批评市政当局长期忽视早已收到的安全警告。",
            "议员们看到的一份报告指出,铁锈已经损坏了路面下方的{k}颗螺栓。",
            "水位下降以后工程就会开始,潜水员将首先检查水下的地基状况。",
            "居民下星期可以在{a}市政厅举行的公开会议上对这些方案发表意见。",
        ),
    ),
    "Japanese": (
        "",
        ("青葉", "石橋", "柳沢", "雲井", "白浜", "東浦", "松原", "梅川", "竹山", "南港"),
        (
            "{a}市議会は月曜日の夜、川にかかる古い橋を{m}か月間閉鎖することを決めました。",
            "洪水のあとに行われた点検で、技術者が北側の橋脚に{n}か所のひび割れを見つけていました。",
            "{b}市長は、夜間に大型トラックがまだ通行しているため、ほかに選択肢はなかったと述べました。",
            "東岸の商店主たちは、工事が終わるまで{c}からの買い物客が離れることを心配しています。",
            "修理費用は{k}億円に上る見込みで、県がそのおよそ三分の一を負担すると約束しています。",
            "臨時のフェリーは一時間に{n}人まで運べますが、自動車を乗せることはできません。",
            "保護者からは、子どもたちが朝の授業に間に合うように通学できるのかという質問が出ました。",
            "{c}のバス会社は、平日に谷を通る便を{m}本増やすことを計画しています。",
            "野党の{d}議員は、以前から届いていた警告を市が無視してきたと批判しました。",
            "議員が目を通した報告書によると、さびが路面の下のボルト{k}本を傷めていました。",
            "水位が下がりしだい工事が始まり、まず潜水士が水中の基礎を調べることになっています。",
            "住民は来週、{a}市役所で開かれる公開の集会で計画に意見を述べることができます。",
        ),
    ),
}
FURNITURE = "Example Online\nMenu\nShare this article\n{body}\nRead more\nSign up for our newsletter\n© Example Online"

Edit = Callable[[list[str], str, random.Random], str]


def report(language: str, draw: random.Random, sentences: list[int] | None = None) -> list[str]:
    """The sentences of a report with facts of its own; ``sentences`` chooses them, else ten in drawn order."""
    _, names, grammar = GRAMMAR[language]
    chosen = sentences if sentences is not None else draw.sample(range(len(grammar)), 10)
    facts: dict[str, object] = dict(zip("abcd", draw.sample(names, 4), strict=True))
    return [
        grammar[place].format(m=draw.randint(2, 99), n=draw.randint(100, 999), k=draw.randint(1000, 9999), **facts)
        for place in chosen
    ]


def cut(share: float) -> Edit:
    """Keep the beginning."""
    return lambda lines, _, __: "\n".join(lines[: round(len(lines) * share)])


def worded(share: float) -> Edit:
    """Put so many words, of Chinese and Japanese characters, in the place of others."""

    def edit(lines: list[str], gap: str, draw: random.Random) -> str:
        pattern = r"[^\W\d]+" if gap else r"[^\W\d]"
        other = "zzq" if gap else "〆"
        return re.sub(pattern, lambda found: other if draw.random() < share else found[0], "\n".join(lines))

    return edit


def reordered(lines: list[str], _: str, __: random.Random) -> str:
    """Move the last three paragraphs behind the second."""
    return "\n".join([*lines[:2], *lines[-3:], *lines[2:-3]])


EDITS: dict[str, Edit] = {
    "cut to 60 %": cut(0.6),
    "cut to 40 %": cut(0.4),
    "cut to 20 %": cut(0.2),
    "2 % of words edited": worded(0.02),
    "5 % of words edited": worded(0.05),
    "10 % of words edited": worded(0.10),
    "furniture added": lambda lines, _, __: FURNITURE.format(body="\n".join(lines)),
    "paragraphs reordered": reordered,
    "headline and dateline": lambda lines, _, __: "VESSLEY, March 3 (AP) — " + "\n".join(lines),
}


def merges(one: str, other: str) -> bool:
    """Whether the judge merges two texts of two outlets under two titles."""
    a = JudgedText(article_id=1, outlet="one.example", url="", title="Bridge", text=one)
    b = JudgedText(article_id=2, outlet="two.example", url="", title="Another headline", text=other)
    return judge(a, b).relation.merges


def curve(language: str, count: int) -> dict[str, float]:
    """The share of ``count`` reports that merge, for each edit, and for the same sentences with other values."""
    gap = GRAMMAR[language][0]
    draw = random.Random(1)
    found = dict.fromkeys([*EDITS, "other values"], 0)
    for _ in range(count):
        chosen = draw.sample(range(12), 10)
        lines = report(language, draw, chosen)
        for name, edit in EDITS.items():
            found[name] += merges("\n".join(lines), edit(lines, gap, draw))
        found["other values"] += merges("\n".join(lines), "\n".join(report(language, draw, chosen)))
    return {name: merged / count for name, merged in found.items()}


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=30, help="reports a language")
    count = parser.parse_args().count
    curves = {language: curve(language, count) for language in GRAMMAR}
    print(f"{'':24}" + "".join(f"{language:>10}" for language in curves))
    for name in [*EDITS, "other values"]:
        print(f"{name:24}" + "".join(f"{of[name]:10.2f}" for of in curves.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
