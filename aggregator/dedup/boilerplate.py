"""Recognises boilerplate lines of an article by their words.

Captions, agency credits, copyright, "read more", newsletter boxes, page numbers: what every outlet adds to the same
copy in its own way. Only whole short lines are checked. Lines that repeat on all pages of one site are removed by
``extraction.repeated_lines``.
"""

from __future__ import annotations

import re

LONGEST = 320
"""Most characters of a boilerplate line; a longer line is a paragraph of the report."""

_PHRASES = (
    "appeared first on",
    "all rights reserved",
    "alle rechte vorbehalten",
    "tous droits réservés",
    "todos los derechos reservados",
    "tutti i diritti riservati",
    "todos os direitos reservados",
    "все права защищены",
    "版权所有",
    "版權所有",
    "未经授权",
    "無断転載",
    "무단 전재",
    "무단전재",
    "reproduction without",
    "without written permission",
    "without permission",
    "edited except for the headline",
    "not been edited by",
    "unsubscribe at any time",
    "in your inbox",
    "to your inbox",
)
"""Phrases that make a line a notice."""

_NOTICE = re.compile(
    r"""\W*(?:
    (?:©|\(c\)|copyright\b)
  | (?:also\ |further\ |more\ |recommended\ )?(?:read|see|watch)\s?(?:more|also|next)\b
  | (?:also\ read|read\ full\ story|more\ (?:on\ this|stories|news|from))\b
  | related\ (?:stor|article|coverage|news|topic|reading)
  | (?:lire\ (?:aussi|la\ suite|également)|à\ lire|lesen\ sie\ auch|mehr\ zum\ thema|weiterlesen)\b
  | (?:leer\ (?:también|más)|lea\ también|te\ puede\ interesar|leggi\ anche|leia\ (?:também|mais))\b
  | (?:lees\ ook|läs\ (?:också|mer|även)|les\ også|læs\ også|czytaj\ (?:też|także|więcej)|čtěte\ také)\b
  | (?:читайте\ (?:также|ещё|еще)|читать\ далее)\b
  | (?:相关阅读|相關閱讀|延伸阅读|延伸閱讀|相关新闻|更多新闻|関連記事|あわせて読みたい|続きを読む|관련\s?기사)
  | (?:follow\ us|like\ us|join\ us|subscribe|sign\ up|click\ here|tap\ here|download\ (?:the|our)\ app)\b
  | (?:share\ this|listen\ to\ this|advertisement|sponsored|anzeige|werbung|publicité|publicidad|реклама|广告|廣告)\b
  | (?:abonnez-vous|inscrivez-vous|suivez-nous|newsletter|suscr[íi]bete|síguenos|iscriviti|подписывайтесь)\b
  | (?:订阅|訂閱|关注我们|扫码)
  | (?:get|receive)\ (?:the|our|all)\b.{0,80}\b(?:inbox|newsletter|e-?mail|app)\b
  | (?:have\ you\ got|got|do\ you\ have)\ (?:a|any)\ (?:story|news|tip)\b
  | (?:file\ )?(?:photo|image|picture|photograph|video|illustration|graphic|caption)s?
    (?:\ (?:by|credit|courtesy|via|from))?\s?[:/|]
  | (?:file|archive|handout|stock)\ (?:photo|picture|image|footage)\b
  | (?:foto|bild|grafik|crédito|crédits?|crédits?\ photo|imagen|imagem|immagine|zdjęcie|фото|архивное\ фото)\s?[:/|]
  | (?:资料图|资料照片|資料圖|資料照片|图片来源|图为|圖為|写真:|사진\s?[=:/])
  | (?:story|report|article|reporting|additional\ reporting|writing|editing|compiled|edited|written)\ by\b
  | this\ (?:story|article|report|content|material)\ (?:was|is|has\ been|may|originally|first)\b
  | (?:sources?|quelle|fonte|fuente|kilde|källa|źródło|zdroj|источник|来源|來源|稿源|出典|출처)\s?:
  | (?:责任编辑|責任編輯|编辑|編輯|责编|記者|记者|作者|文)\s?[:/]
  | (?:by|von|par|por|di|av|af|van)\ [^\s.]+(?:\ [^\s.]+){0,4}\s*$
  | page\ \d+\ (?:of|/)\ \d+ | \d+\ (?:min|minutes?)\ read\b | (?:log|sign)\ in\ to\b
  | (?:comments?|topics?|tags?|filed\ under)\s?[:(]
  | (?:published|updated|posted|last\ (?:updated|modified))\s?(?::|on\b|at\b|\d)
    )""",
    re.VERBOSE,
)
_CAPTION = re.compile(
    r"[.(\[|/:]\s*(?:file\s)?(?:photo|photograph|picture|image|foto|bild)\s?(?:by|credit|courtesy|via|[:/|]).{0,80}$"
    r"|(?:摄|攝|供图|供圖|撮影)\s?[。)]?$"
)


def is_boilerplate_line(line: str) -> bool:
    """Returns True if a line (NFKC, without line break) is a caption, a credit, a notice or a link elsewhere."""
    if len(line) > LONGEST:
        return False
    low = line.lower()
    return (
        _NOTICE.match(low) is not None or any(phrase in low for phrase in _PHRASES) or _CAPTION.search(low) is not None
    )
