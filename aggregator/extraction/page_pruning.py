"""Removes menus, page footers and scripts from a page before extraction.

It looks at elements only. Menus and footers are a third of the elements of news pages. trafilatura removes
them anyway; without them it is faster.
"""

from __future__ import annotations

from lxml import etree, html

_ARTICLE_ANCESTORS = ("article", "main", "blockquote")
_ARTICLE_DESCENDANTS = ("h1", "article", "main")
_MAX_PARAGRAPH_CHARACTERS = 200
"""A menu or footer has no longer paragraph."""


def remove_navigation(tree: html.HtmlElement) -> None:
    """Removes menus and page footers; one without an end tag may contain the article and stays."""
    for element in list(tree.iter("nav", "footer")):
        if not (_is_inside(element) or _has_article(element) or any(map(_is_data, element.iter("script")))):
            element.drop_tree()


def remove_scripts(tree: html.HtmlElement) -> None:
    """Removes scripts and other elements without text; scripts with JSON stay, because they may have the article."""
    etree.strip_elements(tree, "style", "link", "meta", "select", with_tail=False)
    for script in list(tree.iter("script")):
        if not _is_data(script):
            script.drop_tree()


def _is_inside(element: html.HtmlElement) -> bool:
    """True for the footer of an article or quote, and inside a menu or footer that was already processed."""
    return next(element.iterancestors(*_ARTICLE_ANCESTORS, "nav", "footer"), None) is not None


def _has_article(element: html.HtmlElement) -> bool:
    return next(element.iter(*_ARTICLE_DESCENDANTS), None) is not None or any(
        sum(map(len, paragraph.itertext())) > _MAX_PARAGRAPH_CHARACTERS for paragraph in element.iter("p")
    )


def _is_data(script: html.HtmlElement) -> bool:
    return "json" in script.get("type", "").lower()
