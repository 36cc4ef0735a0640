"""Selects the players of a page that belong to the article: frames, videos, audio, drawings.

The rules are those of ``page_pictures``. The result is the publisher's markup, which must be sanitised.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from aggregator.extraction.block_position import MarkupPositions
from aggregator.extraction.dom_branches import branch_of, with_ancestors
from aggregator.extraction.page_blocks import Block
from aggregator.extraction.page_pictures import belongs_to_article, elements_in_article
from aggregator.parsing.content.fragments import inner_markup, new_element
from aggregator.parsing.content.player_elements import rewrite_players

MAX_PLAYERS = 50
"""Most players and drawings of one page."""

_TAGS = (
    "iframe", "amp-iframe", "amp-youtube", "amp-vimeo", "amp-dailymotion", "amp-twitter", "amp-instagram",
    "amp-soundcloud", "lite-youtube", "lite-vimeo", "youtube-embed", "object", "embed", "video", "audio", "amp-video",
    "amp-audio", "svg",
)  # fmt: skip
_PLAYABLE = ("video", "audio", "amp-video", "amp-audio")


@dataclass(frozen=True, kw_only=True, slots=True)
class PagePlayer:
    """A player of the article as HTML; ``after`` is the number of the article's blocks before it."""

    markup: str
    after: int


def article_players(tree: etree._Element, blocks: Sequence[Block], *, base: str) -> tuple[PagePlayer, ...]:
    """The players of the article in page order; ``base`` resolves relative addresses."""
    article = with_ancestors(block.element for block in blocks)
    if tree not in article:
        return ()
    positions = MarkupPositions()
    players: dict[str, PagePlayer] = {}
    for element, after in elements_in_article(tree, blocks, _TAGS):
        if element.getparent() is None or next(element.iterancestors(*_TAGS), None) is not None:
            continue
        if not belongs_to_article(element, branch_of(element, article), positions):
            continue
        if markup := _markup_of(element, base):
            players.setdefault(markup, PagePlayer(markup=markup, after=after))
        if len(players) == MAX_PLAYERS:
            break
    return tuple(players.values())


def _markup_of(element: etree._Element, base: str) -> str:
    """The element for readers; "" for a frame that is no content, or a video without an address."""
    if element.tag in _PLAYABLE and not any(part.get("src") or part.get("data-src") for part in element.iter()):
        return ""
    copy = deepcopy(element)
    copy.tail = None
    holder = new_element("div")
    holder.append(copy)
    rewrite_players(holder, base=base)
    markup = inner_markup(holder)
    return f"<figure>{markup}</figure>" if markup and element.tag in ("svg", *_PLAYABLE) else markup
