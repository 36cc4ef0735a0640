"""The players of a page that belong to its article."""

from __future__ import annotations

from lxml import html

from aggregator.extraction.page_blocks import blocks_of
from aggregator.extraction.page_players import article_players
from tests.loops import loop_over

WORDS = "The ferry crews of the northern harbours voted on Monday to accept the offer of the companies."
FRAME = '<iframe src="https://www.youtube.com/embed/a1" height="60"></iframe>'


def players(between: str) -> list[tuple[str, int]]:
    """The pages of the players between two paragraphs, each with the number of paragraphs before it."""
    tree = html.document_fromstring(f"<article><h1>Title</h1><p>{WORDS}</p>{between}<p>{WORDS}</p></article>")
    blocks = [block for block in blocks_of(tree) if block.element.tag == "p"]
    found = article_players(tree, blocks, base="https://site.example/")
    return [(html.fragment_fromstring(one.markup).xpath("string(.//@href | .//@src)"), one.after) for one in found]


@loop_over(
    ("between", "expected"),
    [
        (FRAME, [("https://www.youtube.com/watch?v=a1", 1)]),
        (f"<figure><div>{FRAME}</div><figcaption>The crews vote</figcaption></figure>", [("https://www.youtube.com/watch?v=a1", 1)]),
        (FRAME + FRAME, [("https://www.youtube.com/watch?v=a1", 1)]),
        ("<div><video><source src='v.mp4'></video></div>", [("v.mp4", 1)]),
        ("<video></video>", []),
        ("<lite-youtube videoid='abc'></lite-youtube>", [("https://www.youtube.com/watch?v=abc", 1)]),
        (f"<div class='related-stories'>{FRAME}</div>", []),
        (f"<div>{FRAME}<span>{WORDS[::-1]} Another story.</span></div>", []),
        ("<iframe src='https://ad.doubleclick.net/x'></iframe>", []),
    ],
)  # fmt: skip
def test_a_player_between_paragraphs_belongs_to_the_article(between: str, expected: list[tuple[str, int]]) -> None:
    assert players(between) == expected
