"""Detects pages that are no article: bot challenges, error pages, forms, lists of links.

A page is refused only if its extracted text is short and contains a phrase of such pages, because an article
about cookies must pass. A teaser is not refused here; ``text_choice`` compares it with the feed's text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.extraction.words import words

_MAX_WORDS = 120
"""A longer text is an article, even if it contains such a phrase."""
_MIN_LIST_LINES = 8
_MIN_PROSE_WORDS = 14

_CHALLENGE = re.compile(
    r"just a moment|checking (?:if the site connection is secure|your browser)"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|are you a (?:robot|human)|unusual (?:traffic|activity)|enable (?:javascript|js) and (?:cookies|disable)"
    r"|attention required|access (?:to this page has been |is )?denied|request (?:was )?blocked|ddos protection|captcha"
    r"|javascript is (?:disabled|required)",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"\b(?:404|403|410|500|502|503)\b.{0,20}(?:error|not found|forbidden|gone|unavailable)|error \d{3}\b"
    r"|page (?:not found|can(?:no|')t be found|does(?:n't| not) exist|no longer (?:exists|available))"
    r"|(?:service (?:temporarily )?|temporarily )unavailable|internal server error|bad gateway"
    r"|seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|página não encontrada"
    r"|pagina non trovata|страница не найдена|页面(?:不存在|未找到)|ページが見つかりません|الصفحة غير موجودة",
    re.IGNORECASE,
)
_COOKIES = re.compile(
    r"(?:we|our (?:site|partners)|this (?:site|website)).{0,60}\buses?\b.{0,20}\bcookies|accept (?:all )?cookies"
    r"|cookie (?:settings|preferences|policy)|before you continue"
    r"|wir (?:und unsere partner )?(?:verwenden|nutzen|verarbeiten).{0,40}(?:cookies|daten)"
    r"|nous utilisons des cookies|(?:usamos|utilizamos) cookies|utilizziamo (?:i )?cookie|используем (?:файлы )?cookie"
    r"|クッキーを使用",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:log|sign) in to (?:continue|read|view|your account)|forgot(?:ten)? (?:your )?password"
    r"|(?:please )?(?:log|sign) ?in\b.{0,40}\b(?:password|register|account)"
    r"|create (?:a free |an )?account to (?:continue|read)|bitte (?:melden sie sich an|anmelden|einloggen)"
    r"|connectez-vous pour|inicia sesión para|войдите,? чтобы|请(?:先)?登录",
    re.IGNORECASE,
)
_SIGN_UP = re.compile(
    r"(?:sign|signing) up\b.{0,60}\b(?:to (?:continue|keep|read)|you agree)"
    r"|register (?:for free |now )?to (?:continue|read)"
    r"|(?:enter|confirm) your e-?mail.{0,40}\bto (?:continue|read)"
    r"|(?:kostenlos )?registrieren,? (?:um|und) (?:weiter|zu lesen)|inscrivez-vous pour (?:continuer|lire)"
    r"|reg[ií]strate para (?:continuar|leer)|cadastre-se para (?:continuar|ler)|registrati per (?:continuare|leggere)"
    r"|зарегистрируйтесь,? чтобы|注册后(?:继续|阅读)|会員登録(?:すると|して)|سج[ّ]?ل(?: الآن)? (?:للمتابعة|لمواصلة)",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"(?:you must be|are you|i am|confirm (?:that )?you are) (?:at least |over |older than |of )?"
    r"(?:1[68]|21|legal (?:drinking )?age)"
    r"|(?:enter|confirm|select) your (?:date of birth|birth ?date|age)|how old are you|age (?:check|gate|verification)"
    r"|(?:geburtsdatum|alter) (?:ein|an|bestätigen)|(?:mindestens|über) 18 jahre|(?:plus|moins) de 18 ans"
    r"|(?:soy|eres) mayor de (?:edad|18)|maior(?:es)? de (?:idade|18)|maggiorenne|вам (?:уже )?(?:есть )?18"
    r"|年满\s*18|18歳以上|18 عام",
    re.IGNORECASE,
)
_NO_ARTICLES = (
    ("a bot challenge", _CHALLENGE),
    ("an error page", _ERROR),
    ("a cookie consent dialogue", _COOKIES),
    ("a login form", _LOGIN),
    ("a registration form", _SIGN_UP),
    ("an age check", _AGE),
)


def non_article_reason(title: str | None, lines: Sequence[str]) -> str | None:
    """The reason why the page is no article, as "the page is …"; None if it may be one."""
    sizes = [len(words(line)) for line in lines]
    if sum(sizes) <= _MAX_WORDS:
        text = "\n".join((title or "", *lines))
        for kind, phrases in _NO_ARTICLES:
            if (match := phrases.search(text)) is not None:
                return f"the page is {kind}: {match[0]!r}"
    if len(lines) >= _MIN_LIST_LINES and max(sizes) < _MIN_PROSE_WORDS:
        return "the page is a list of links or labels without sentences"
    return None
