"""Invented reports to copy, cut and edit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aggregator.model.dedup import JudgedText

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

HARBOUR = (
    "The old harbour crane of Vessley will be taken down in June after engineers found cracks in both of its legs.\n"
    "Inspectors hired by the port company counted eleven cracks, the longest as long as a forearm, and advised against any further lift.\n"
    "Dock workers who learned their trade on the machine gathered on the quay on Tuesday and took turns to sound its horn one last time.\n"
    "The company had hoped to keep the crane as a monument, but repairs would cost more than the three tugs it bought last year together.\n"
    "A museum in the capital has asked for the cabin, which still holds the stove and the tin mugs of the last crew.\n"
    "Removal begins with the jib and is expected to take nine days if the wind allows it, the harbour master said.\n"
    "Ferries will keep to the southern berth for that time, and the fish market opens an hour later than usual.\n"
    "The crane was built in 1924 for timber ships and lifted its heaviest load, a locomotive, in the winter of 1951."
)
RIVAL = (
    "Vessley is about to lose the landmark that greets every ship: the crane on the timber quay comes down this summer.\n"
    "It is not rust but fatigue that ends a century of service, according to the report that the port received last week.\n"
    "“You do not argue with steel,” said Orla Venn, who drove it for nineteen years and kept a geranium in its window.\n"
    "The city council wants a vote on what shall stand there instead; a viewing platform and a playground are both on the table.\n"
    "Shops along the quay fear for the spring, because the promenade has to be closed while the pieces are carried away.\n"
    "Nobody has yet said who will pay for the removal, which two firms from abroad have offered to do."
)
QUOTE = "“A harbour without a crane is a table without legs,” the harbour master told reporters on the quay on Tuesday morning."
LOCAL = (
    "In our own town the news was met with regret: the last crane here was sold for scrap eleven years ago, "
    "and the square where it stood is now a car park that nobody loves."
)
GERMAN = (
    "Der alte Hafenkran von Vessley wird im Juni abgebaut, nachdem Fachleute in beiden Beinen Risse gefunden haben.\n"
    "Elf Risse zählten die Prüfer der Hafengesellschaft, der längste so lang wie ein Unterarm, und rieten von jedem weiteren Hub ab.\n"
    "Hafenarbeiter, die auf der Maschine gelernt hatten, versammelten sich am Dienstag am Kai und ließen noch einmal das Horn ertönen.\n"
    "Ein Museum in der Hauptstadt hat um die Kabine gebeten, in der noch der Ofen und die Blechbecher der letzten Mannschaft stehen."
)
CHINESE = (
    "维斯利老港口的起重机将于六月拆除，此前工程师在它的两条支腿上发现了裂缝。\n"
    "港口公司聘请的检查人员共发现十一处裂缝，最长的有一条手臂那么长，他们建议不要再起吊任何货物。\n"
    "曾在这台机器上学艺的码头工人周二聚集在码头，轮流最后一次拉响汽笛。\n"
    "公司原本希望把起重机留作纪念，但修理费用比去年购买的三艘拖船加起来还要高。\n"
    "首都的一家博物馆希望得到驾驶室，里面还保存着最后一批船员的炉子和铁杯。"
)
JAPANESE = (
    "ベスリー港の古いクレーンが六月に解体されることになった。技術者が両脚に亀裂を見つけたためである。\n"
    "港湾会社が依頼した検査では十一か所の亀裂が確認され、最も長いものは腕の長さほどあったという。\n"
    "この機械で仕事を覚えた港湾労働者たちは火曜日に岸壁に集まり、順番に最後の汽笛を鳴らした。\n"
    "会社は記念物として残すことを望んでいたが、修理費は昨年購入したタグボート三隻分を上回る見込みだ。"
)


def weather(town: str, high: int, low: int, wind: int, chance: int) -> str:
    """A page of a template: only the town and the numbers differ."""
    return (
        f"Residents of {town} can look forward to a mostly dry day, with a high of {high} degrees and a low of {low} degrees after dark.\n"
        f"The chance of rain stands at {chance} per cent in the morning, and winds blow from the west at {wind} kilometres per hour.\n"
        f"Forecasts for {town} are updated four times a day and may change at short notice, so drivers should check the roads before they set out."
    )


def document(text: str, *, outlet: str = "one.example", article_id: int = 1, **others: Any) -> JudgedText:
    """A document of an outlet."""
    values: dict[str, Any] = {"url": f"https://{outlet}/{article_id}", "title": f"Headline of {outlet}"}
    return JudgedText(article_id=article_id, outlet=outlet, text=text, **{**values, **others})


def cut(text: str, paragraphs: int) -> str:
    """The first paragraphs of a text."""
    return "\n".join(text.split("\n")[:paragraphs])


def edited(text: str, every: int) -> str:
    """The text with every n-th word replaced by another."""
    words = text.split(" ")
    return " ".join("otherwise" if number % every == every - 1 else word for number, word in enumerate(words))


def invented(*parts: str) -> str:
    """A text of invented words, one line: ``a:40`` stands for forty words, the same ones wherever it stands.

    No other letter has these words. A capital stands for as many Han characters, ``=14`` for the word 14.
    """
    return " ".join(_invented(part) for part in " ".join(parts).split())


def _invented(part: str) -> str:
    if part.startswith("="):
        return part[1:]
    name, count = part[0], int(part[2:])
    if name.isupper():
        first = 0x5000 + (ord(name) - ord("A")) * 500
        return "".join(chr(first + number) for number in range(count))
    return " ".join(f"{name}{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(count))
