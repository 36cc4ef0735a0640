"""Removes the ill-formed pages of a sitemap and keeps the well-formed ones.

feedparser's lenient parser does not read sitemaps, but their pages are small, flat and independent: a fault in one
does not affect the others.
"""

from __future__ import annotations

import re

from aggregator.parsing.well_formedness import check_structure

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ROOT = re.compile(r"\s*(<((?:\w{1,20}:)?(?:urlset|sitemapindex))\b[^<>]*>)", re.IGNORECASE)
_START = re.compile(r"<(?:\w{1,20}:)?(?:url|sitemap)(?=[\s>])", re.IGNORECASE)
_END = re.compile(r"</(?:\w{1,20}:)?(?:url|sitemap)\s*>", re.IGNORECASE)


def well_formed_pages(text: str) -> tuple[str, int]:
    """Returns the sitemap without its ill-formed pages, and the number of removed pages."""
    text = _COMMENT.sub("", text)
    root = _ROOT.match(text)
    if root is None:
        return text, 0
    start, end = root[1], f"</{root[2]}>"
    pages, started, position = list[str](), 0, root.end()
    for closing in _END.finditer(text, position):
        starts = [opening.start() for opening in _START.finditer(text, position, closing.start())]
        started += len(starts)
        if starts and _is_well_formed(f"{start}{(page := text[starts[-1] : closing.end()])}{end}"):
            pages.append(page)
        position = closing.end()
    return f"{start}{''.join(pages)}{end}", started - len(pages)


def _is_well_formed(text: str) -> bool:
    return check_structure(text.encode()).fault is None
