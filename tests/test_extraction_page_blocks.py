"""Markup → blocks of text: their boundaries, and markup without blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.extraction.page_blocks import Block, blocks_of
from aggregator.extraction.words import words


def _blocks(markup: str) -> tuple[Block, ...]:
    return blocks_of(html.fragment_fromstring(markup, create_parent="div"))


TEXTS = [
    pytest.param("<p>One.</p><p>Two.</p>", ["One.", "Two."], id="paragraphs"),
    pytest.param("<div>One <b>big</b> boat.<p>Two.</p>Three.</div>", ["One big boat.", "Two.", "Three."], id="mixed"),
    pytest.param("One<br>Two<br/><br/>Three", ["One", "Two", "Three"], id="line breaks"),
    pytest.param("<ul><li>One</li><li>Two<ul><li>Three</li></ul></li></ul>", ["One", "Two", "Three"], id="lists"),
    pytest.param("<table><tr><th>Year</th><td>2031</td></tr></table>", ["Year | 2031"], id="a row of facts"),
    pytest.param(
        "<table><tr><td><table><tr><td>Menu</td></tr></table></td><td><p>One.</p><p>Two.</p></td></tr></table>",
        ["Menu", "One.", "Two."],
        id="a page laid out by tables",
    ),
    pytest.param(
        f"<table><tr><td>{'One boat. ' * 40}</td><td>Two.</td></tr></table>",
        [("One boat. " * 40).strip(), "Two."],
        id="a row of long cells",
    ),
    pytest.param("<nav>Home</nav><script>x()</script><style>p{}</style><p>One.</p>", ["One."], id="silent elements"),
    pytest.param("<form><select><option>Two</option></select><button>Go</button>One.</form>", ["One."], id="controls"),
    pytest.param("<noscript><p>Turn on scripts</p></noscript>after", ["after"], id="the tail of a silent element"),
    pytest.param("<p>* * *</p><p>One.</p>", ["One."], id="no words"),
    pytest.param("<p>\n  One \u200b\n boat\ufeff </p>", ["One boat"], id="spaces"),
    pytest.param("<!-- two --><p>One<?x?>.</p>", ["One."], id="comments"),
]


@pytest.mark.parametrize(("markup", "texts"), TEXTS)
def test_a_block_is_what_stands_between_two_boundaries(markup: str, texts: list[str]) -> None:
    assert [block.text.replace("\u200b ", "") for block in _blocks(markup)] == texts


def test_a_block_knows_its_element_and_how_much_of_it_is_linked_and_strong() -> None:
    (block,) = _blocks("<section><p>Four <a href='/x'>word</a> <b>here now</b></p></section>")
    assert (block.element.tag, block.words) == ("p", ("four", "word", "here", "now"))
    assert block.linked == pytest.approx(4 / 16)
    assert block.strong == pytest.approx(8 / 16)


def test_the_links_of_a_row_count_and_the_marks_between_its_cells_do_not() -> None:
    (block,) = _blocks("<table><tr><td><a href='/x'>Boats</a></td><td><a href='/y'>Piers</a></td></tr></table>")
    assert block.linked == pytest.approx(10 / 13)


def test_two_characters_without_spaces_are_as_long_as_one_word() -> None:
    sizes = [block.size for block in _blocks("<p>four words are here</p><p>四个字呢</p>")]
    assert sizes == [4, 2]


@given(st.lists(st.text(alphabet="ab <>&", max_size=12), max_size=8))
def test_no_word_is_lost_or_found_twice(texts: list[str]) -> None:
    root = html.fragment_fromstring("<div></div>")
    for text in texts:
        html.etree.SubElement(root, "p").text = text
    assert tuple(word for block in blocks_of(root) for word in block.words) == words("\n".join(texts))
