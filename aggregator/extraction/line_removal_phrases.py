"""Lists the phrases of lines that are not the article: the data of ``line_removal``.

The phrases alone prove nothing: ``line_removal`` also checks the length and the place of a line. Each line of
a table is a regular expression; upper and lower case are the same. The languages are English, German,
French, Spanish, Portuguese, Italian, Russian, Arabic, Chinese and Japanese.
"""

from __future__ import annotations

import re


def _any_of(table: str, *, before: str = "", after: str = "") -> re.Pattern[str]:
    alternatives = "|".join(line.strip() for line in table.strip().splitlines())
    return re.compile(f"{before}(?:{alternatives}){after}", re.IGNORECASE)


BYLINE = _any_of(r"""
    (?:story |written |reported |words |text )?by(?: line)?:?\s
    (?:von|par|por|di):?\s
    (?:автор|текст)\s*:?\s
    (?:作者|文|记者|記者|编辑|編輯|撰文|责任编辑)\s*[:：/｜|]
    (?:本报|本報)?记者\s
    (?:بقلم|كتب)\s*:?\s
    (?:author|autor|auteur|autore|reporter|editor)s?\s*:\s
""")
"""The start of a byline."""

TIMESTAMP_LABEL = _any_of(r"""
    (?:last |first )?(?:updated|published|posted|modified|created|aired|reviewed)(?: (?:on|at))?
    (?:aktualisiert|veröffentlicht|erstellt)(?: am)?
    stand
    (?:publiée?|mise? à jour|modifiée?)(?: le)?
    (?:actualizado|publicado|atualizado)(?: (?:el|em|a las))?
    (?:pubblicato|aggiornato)(?: il)?
    ultimo aggiornamento
    обновлено|опубликовано
    (?:发布|更新|發布)(?:时间|時間|日期)?
    (?:公開|更新|掲載)(?:日時?)?
    نشر(?: في)?|آخر تحديث
""")
"""The label before a date or time, such as "Updated"."""

DATE_WORD = _any_of(
    r"""
    jan(?:uary|uar|vier|eiro)?|enero|gennaio|января
    feb(?:ruary|ruar|rero|braio)?|fév(?:rier)?|fevereiro|февраля
    mar(?:ch|s|zo|ço)?|märz|марта
    apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|апреля
    may|mai|mayo|maio|maggio|мая
    june?|juni|juin|junio|junho|giugno|июня
    july?|juli|juillet|julio|julho|luglio|июля
    aug(?:ust)?|août|agosto|августа
    sept?(?:ember|embre)?|septiembre|setembro|settembre|сентября
    oct(?:ober|obre|ubre)?|okt(?:ober)?|outubro|ottobre|октября
    nov(?:ember|embre|iembre|embro)?|ноября
    de[cz](?:ember)?|décembre|diciembre|dezembro|dicembre|декабря
    mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?
    montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag
    lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche
    [ap]\.?m\.?|uhr|h|hrs?|ore|gmt|utc|bst|[ecmp][sd]?t|cet|cest|ist|jst|г\.?
    ago|hours?|minutes?|mins?|days?
    يناير|فبراير|مارس|[أا]بريل|مايو|يونيو|يوليو|[أا]غسطس|سبتمبر|[أا]كتوبر|نوفمبر|ديسمبر
    пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье
    lunes|martes|miércoles|jueves|viernes|sábado|domingo|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?
    lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica
    at|on|the|am|um|den|le|à|el|de|del|a|las|em|às|il|alle|в|of|st|nd|rd|th
    """,
    before=r"(?<![^\W\d])",
    after=r"(?![^\W\d])|[年月日时時分点秒]",
)
"""The words that a date consists of, besides digits."""

PICTURE_SOURCE = _any_of(
    r"""
    photo(?:graph)?s?|photographer|foto|fotos|crédit|bildquelle|bildnachweis|фото|صورة|illustration
    (?:image|picture|file) (?:by|courtesy|credit|source|via)
    (?:photo )?courtesy of|provided (?:by|to)|handout
    getty(?: images)?|shutterstock|istock|unsplash|alamy|reuters|associated press|ap|afp|dpa|efe|ansa|xinhua|bloomberg
    """,
    before=r"(?<!\w)",
    after=r"(?!\w)|摄|攝|图片|圖片|供图|写真|撮影|提供|©",
)
"""Words that name the source of a picture."""

CREDIT_LABEL = _any_of(
    r"""
    (?:photo|image|picture|gallery|cover image|featured image)s?(?: by| credits?| courtesy| source)?
    (?:photo|image) ?credits?|credits?|photograph(?:s|y)?(?: by)?
    fotos?|bild|bildquelle|bildnachweis|crédits? ?(?:photos?|image)?
    imagen|fuente|créditos?|imagem|crédito|fonte|immagine|фото|источник|(?:ال)?صورة|المصدر|تصوير
    图|图片|图片来源|摄影|写真|画像|写真提供|出典
    """,
    after=r"\s*[:：]\s*(?=\S)",
)
"""The start of a picture credit."""

RELATED_LINK = _any_of(r"""
    read (?:more|also|next|the full (?:story|article))|(?:also|more) (?:read|from)|see also|don['’]t miss|up next
    related(?: (?:story|article|content|coverage|reading))?|more on this(?: story)?|recommended
    watch(?: (?:now|more|also|next))?|listen(?: now)?
    (?:lesen|sehen) sie (?:auch|dazu|hier)|mehr (?:zum thema|dazu|lesen)|lesetipp|auch interessant
    (?:à )?lire aussi|à lire|voir aussi|sur le même (?:sujet|thème)
    (?:lea|lee|leer|mira|vea) (?:también|más)|te puede interesar|más información
    (?:leia|veja) (?:também|mais)|saiba mais|leggi anche|per approfondire
    читайте также|смотрите также|по теме|[اإ]قرأ أيض[اً]+
    延伸阅读|相关阅读|相关新闻|推荐阅读|更多阅读|関連記事|あわせて読みたい|おすすめ
""")
"""The start of a link to another article."""

OPENING_LABEL = _any_of(
    r"""
    table of contents|contents|key (?:takeaways|points)|in this (?:article|story)|(?:article )?summary
    written by|reviewed by|supported by|sponsored by|published|posted|share|save|listen|home|you are here
    back to (?:blog|news|home|top|overview)|(?:opinion|news|analysis|exclusive|breaking(?: news)?|live)
    inhalt(?:sverzeichnis)?|hauptinhalt|teilen|sommaire|partager|compartir|índice|compartilhar|condividi
    содержание|поделиться|目录|目次|シェア
    """,
    after=r"\s*[:：]?",
)
"""Labels above an article; the phrase must be the complete line."""

LIST_HEADING = _any_of(
    r"""
    hot topics?|editor['’]?s['’]? (?:picks?|choice)|trending(?: now| stories)?|what to read next|keep reading|read more
    (?:most|also) (?:read|popular|viewed|shared|recent|commented)|popular (?:stories|news|posts|articles|now)
    (?:top|latest) (?:stories|news|picks|articles|posts|headlines|videos)|more must-reads.{0,30}|up next
    related(?: (?:stories|articles|posts|topics|news|links|content|tags|items|coverage|reading))?
    recommended(?: (?:stories|articles|for you|reading))?|you (?:may|might) (?:also )?(?:like|be interested in).{0,20}
    (?:more|other) (?:stories|news|articles|headlines|from .{1,40}|on this (?:story|topic)|in .{1,30}|like this)
    explore more|(?:next|previous) (?:article|post|story)|share this(?: .{1,20})?|cite this (?:page|article)
    comments?(?: \(\d+\))?|leave a (?:reply|comment)|join the conversation
    (?:filed under|tags?|topics?|categories|keywords)\s*:.{0,80}|tags|topics|.{2,20} newsletters?
    meistgelesen(?:e artikel)?|mehr zum thema|mehr aus .{1,30}|das könnte (?:sie|dich) auch interessieren
    auch interessant|(?:themen|schlagwörter)\s*:.{0,60}|kommentare|artikel teilen
    (?:les )?plus lus|à lire (?:aussi|également)|sur le même (?:sujet|thème)|articles? (?:liés|similaires|connexes)
    mots[- ]clés\s*:.{0,60}|commentaires|(?:lo )?más (?:leídos?|vistos?|noticias)|te puede interesar
    (?:noticias|artículos|temas|notícias|matérias) relacionad[oa]s|etiquetas\s*:.{0,60}|comentarios
    (?:as )?mais lidas|(?:leia|veja) (?:também|mais)|i più letti|leggi anche|articoli correlati|potrebbe interessarti
    читайте также|(?:самое )?популярное|(?:материалы )?по теме|теги\s*:.{0,60}
    مواضيع ذات صلة|[اإ]قرأ أيض[اً]+|الأكثر قراءة
    相关(?:新闻|阅读|报道|文章|推荐)|热门(?:推荐|文章|新闻|话题)?|推荐阅读|延伸阅读|关键词\s*[:：].{0,40}
    関連(?:記事|ニュース|リンク)|おすすめ(?:記事)?|人気(?:記事)?(?:ランキング)?
    """,
    after=r"\s*[:：>»›…]*",
)
"""Headings of lists below an article; the phrase must be the complete line."""

CALL_TO_ACTION = _any_of(r"""
    (?:sign up|subscribe|join us|register)\b.{0,120}\b(?:newsletters?|inbox|e-?mails?|alerts?|whatsapp|telegram|youtube)
    get (?:the |our |your |more )?.{0,60}(?:delivered|sent|straight|directly)\b.{0,30}\b(?:inbox|phone)
    subscribe(?: now| today| here)?[.!]?$|(?:subscribe|become an? (?:subscriber|member)) (?:now|today)\b.{0,120}
    (?:keep|continue) reading (?:with|for)\b.{0,80}
    already (?:a|have an?) (?:subscriber|subscription|member|account)\b.{0,60}
    (?:follow|like|join) (?:us|our|@?[\w. ]{1,40}) (?:on|at) (?:facebook|twitter|x\b|instagram|linkedin|youtube).{0,120}
    (?:follow|like|join) (?:us|our|@?[\w. ]{1,40}) (?:on|at) (?:google news|telegram|whatsapp|threads|tiktok).{0,120}
    (?:share|tweet|pin|e-?mail|print|save|bookmark)(?: (?:this|on|via)\b.{0,40})?$
    (?:artikel|beitrag|seite) (?:teilen|drucken|merken|versenden)$|jetzt teilen$
    (?:partager|imprimer|enregistrer) (?:l['’]article|cet article|sur\b.{0,30})$
    (?:compartir|comparte|guardar|imprimir) (?:est[ae] (?:artículo|noticia|nota)|en\b.{0,30})$
    (?:compartilh(?:e|ar)|salvar|imprimir) (?:est[ae] (?:artigo|notícia|matéria)|n[oa]\b.{0,30})$
    (?:condividi|stampa|salva) (?:(?:l['’]|quest['’]?o? ?)articolo|su\b.{0,30})$
    поделиться(?: (?:статьей|статьёй|новостью|с друзьями|в\b.{0,30}))?$
    分享(?:到|至|本文|此文).{0,20}$|(?:この記事を)?(?:シェア|共有|ツイート)(?:する)?$
    شارك(?:وا)? (?:هذا |هذه )?(?:المقال|الخبر|المقالة).{0,20}$
    (?:story|article) continues (?:below|after).{0,40}
    advertise?ments?(?: - .{0,30})?$|(?:paid|sponsored) (?:content|post)$|skip (?:to|advert).{0,40}|back to top$
    loading\W*$|(?:please )?(?:enable|turn on) javascript.{0,80}|enter (?:your )?e-?mail(?: address)?$
    (?:thanks|thank you) for (?:subscribing|signing up)\b.{0,100}
    this content (?:can also be viewed|is not available|is hosted)\b.{0,100}
    (?:listen to|watch) this (?:article|story|video).{0,60}$
    (?:anzeige|werbung)$|(?:jetzt )?(?:abonnieren|anmelden|newsletter)\b.{0,100}(?:newsletter|kostenlos|abo)$
    folgen sie uns.{0,80}|ein klick für den datenschutz$
    publicité$|(?:inscrivez|abonnez)-vous\b.{0,120}|suivez-nous.{0,80}|la suite après (?:cette|la) publicité$
    publicidad$|(?:suscríbete|suscríbase|regístrate)\b.{0,120}|síguenos.{0,80}
    publicidade$|(?:assine|inscreva-se|cadastre-se)\b.{0,120}|siga-nos.{0,80}
    pubblicità$|(?:iscriviti|abbonati)\b.{0,120}|seguici.{0,80}
    реклама$|подпи(?:сывайтесь|шитесь)\b.{0,120}|إعلان$|(?:اشترك|تابعونا)\b.{0,100}
    (?:广告|廣告|広告|スポンサーリンク|PR)$|(?:扫码|关注|订阅).{0,40}(?:公众号|微信|微博)|(?:会員登録|メルマガ).{0,40}
""")
"""Calls to the reader to do something, and notes of the page itself, such as "Advertisement"."""

COPYRIGHT_NOTICE = _any_of(r"""
    (?:©|\(c\)|copyright\b).{0,200}
    .{0,120}\b(?:all rights reserved|alle rechte vorbehalten|tous droits réservés)\b.{0,120}
    .{0,60}\b(?:todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati)\b.{0,60}
    .{0,60}(?:все права защищены|版权所有|版權所有|未经授权|無断転載|جميع الحقوق محفوظة).{0,60}
    this material may not be published, broadcast, rewritten.{0,80}
""")
"""Copyright notices; the phrase must be the complete line."""
