"""Which pages of an ill-formed sitemap are well-formed each for itself?

A sitemap has no feedparser that reads on behind a fault, but its pages are small, flat and independent:
what is wrong in one says nothing of the others.
"""

from __future__ import annotations

import re

from aggregator.parsing.well_formedness import structure_of

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ROOT = re.compile(r"\s*(<((?:\w{1,20}:)?(?:urlset|sitemapindex))\b[^<>]*>)", re.IGNORECASE)
_START = re.compile(r"<(?:\w{1,20}:)?(?:url|sitemap)(?=[\s>])", re.IGNORECASE)
_END = re.compile(r"</(?:\w{1,20}:)?(?:url|sitemap)\s*>", re.IGNORECASE)


def well_formed_pages(text: str) -> tuple[str, int]:
    """The sitemap without its ill-formed pages, and how many those were."""
    text = _COMMENT.sub("", text)
    root = _ROOT.match(text)
    if root is None:
        return text, 0
    start, end = root[1], f"</{root[2]}>"
    pages, begun, place = list[str](), 0, root.end()
    for closing in _END.finditer(text, place):
        begins = [opening.start() for opening in _START.finditer(text, place, closing.start())]
        begun += len(begins)
        if begins and _is_well_formed(f"{start}{(page := text[begins[-1] : closing.end()])}{end}"):
            pages.append(page)
        place = closing.end()
    return f"{start}{''.join(pages)}{end}", begun - len(pages)


def _is_well_formed(text: str) -> bool:
    return structure_of(text.encode()).fault is None
