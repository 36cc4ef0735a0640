"""What of a page can be no article, whatever is on it?

It judges by elements alone. Menus and the page's foot are a third of the elements of news pages, of which
the engine leaves nothing; without them it looks for the article in less time.
"""

from __future__ import annotations

from lxml import etree, html

_OF_AN_ARTICLE = ("article", "main", "blockquote")
_HOLDS_AN_ARTICLE = ("h1", "article", "main")
_LONG = 200
"""Characters of a paragraph that a menu or a foot does not have."""


def drop_apparatus(tree: html.HtmlElement) -> None:
    """Drops menus and the foot of the page, but for one that is evidently more: left open, it holds the article."""
    for part in list(tree.iter("nav", "footer")):
        if not (_is_inside(part) or _holds_article(part) or any(map(_is_data, part.iter("script")))):
            part.drop_tree()


def drop_programs(tree: html.HtmlElement) -> None:
    """Drops what is no text of the page, and stands between its words; data may hold the article."""
    etree.strip_elements(tree, "style", "link", "meta", "select", with_tail=False)
    for program in list(tree.iter("script")):
        if not _is_data(program):
            program.drop_tree()


def _is_inside(part: html.HtmlElement) -> bool:
    """Whether it is the foot of an article or a quote, or part of what was dropped or spared already."""
    return next(part.iterancestors(*_OF_AN_ARTICLE, "nav", "footer"), None) is not None


def _holds_article(part: html.HtmlElement) -> bool:
    return next(part.iter(*_HOLDS_AN_ARTICLE), None) is not None or any(
        sum(map(len, paragraph.itertext())) > _LONG for paragraph in part.iter("p")
    )


def _is_data(script: html.HtmlElement) -> bool:
    return "json" in script.get("type", "").lower()
