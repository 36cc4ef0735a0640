"""Selection of the article's blocks, with a reason for each removed line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.extraction.block_classifier import BlockClassifier, parse_classifier
from aggregator.extraction.block_selection import BlockSelection, select_blocks
from aggregator.extraction.line_removal import KnownMetadata
from aggregator.extraction.page_blocks import Block, blocks_of
from aggregator.model.extraction import RemovedLine

TITLE = "Ferry crews reach pay deal after nine days"
PROSE = (
    "The ferry crews of the northern harbours voted on Monday to accept the offer of the shipping companies.",
    "Boats will leave again from Wednesday morning, though the night service needs another week to return.",
    "The union said the rise of four per cent was less than it had asked for but more than it had feared.",
    "Travellers had waited on the piers for hours, some of them with tents, since the strike began in April.",
)
BIOGRAPHY = "Ada Pier has reported from the harbours since she was a student, and lives on a boat of her own."
COOKIES = "We and our partners store small files on your device to learn which of our boats you like the most."


def _classifier(feature: str, threshold: float, below: float, above: float) -> BlockClassifier:
    """One tree with one question; a leaf of -3 is a likelihood of .05, one of 3 of .95."""
    return parse_classifier({"names": [feature], "trees": [[[0, threshold, 1, 2], below, above]]})


TRUSTS_ENGINE = _classifier("found", 0.5, -3.0, 3.0)
TRUSTS_NOBODY = _classifier("found", 0.5, -3.0, -3.0)
TRUSTS_EVERYBODY = _classifier("found", 0.5, 3.0, 3.0)
LEANS_TO_ALL = _classifier("found", 0.5, 0.0, 3.0)
"""What the engine did not find gets .50: enough."""
LEANS_TO_ENGINE = _classifier("found", 0.5, -0.3, 3.0)
"""What the engine did not find gets .43: too little."""


def _select(
    markup: str,
    *,
    engine_text: str,
    publisher_text: str = "",
    classifier: BlockClassifier = TRUSTS_ENGINE,
    authors: tuple[str, ...] = (),
) -> BlockSelection:
    blocks = blocks_of(html.fragment_fromstring(markup, create_parent="div"))
    return select_blocks(
        blocks,
        engine_text=engine_text,
        publisher_text=publisher_text,
        known=KnownMetadata(titles=(TITLE,), authors=authors),
        classifier=classifier,
    )


def _texts(blocks: tuple[Block, ...]) -> list[str]:
    return [block.text for block in blocks]


def _paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_what_the_forest_holds_for_the_article_is_kept_and_the_rest_cut_with_a_reason() -> None:
    selection = _select(
        f"<h1>{TITLE}</h1><article>{_paragraphs(*PROSE)}</article><footer><p>{BIOGRAPHY}</p></footer>",
        engine_text="\n".join((*PROSE, BIOGRAPHY)),
        classifier=_classifier("parent_of_text", 0.3, -3.0, 3.0),
    )
    assert _texts(selection.blocks) == list(PROSE)
    assert selection.cuts == (RemovedLine(text=BIOGRAPHY, reason="rejected by the block classifier", after=4),)


def test_the_words_of_a_line_give_the_better_reason() -> None:
    notice = "© 2031 Coast Daily. All rights reserved."
    selection = _select(
        _paragraphs(*PROSE, notice),
        engine_text="\n".join((*PROSE, notice)),
        classifier=_classifier("size", 8, -3.0, 3.0),
    )
    assert selection.cuts == (RemovedLine(text=notice, reason="copyright notice", after=4),)


def test_what_the_engine_missed_is_taken_in_when_it_is_about_as_likely_as_not() -> None:
    engine = "\n".join(PROSE[:2] + PROSE[3:])
    assert _texts(_select(_paragraphs(*PROSE), engine_text=engine, classifier=LEANS_TO_ALL).blocks) == list(PROSE)
    assert (
        _texts(_select(_paragraphs(*PROSE), engine_text=engine, classifier=LEANS_TO_ENGINE).blocks)
        == engine.splitlines()
    )


def test_an_engine_that_was_misled_is_left_by_the_classifier() -> None:
    markup = f"<article>{_paragraphs(*PROSE)}</article><div><section><div><i>{COOKIES}</i></div></section></div>"
    dissents = _classifier("found", 0.5, 0.2, -3.0)
    assert _texts(_select(markup, engine_text=COOKIES, classifier=dissents).blocks) == list(PROSE)


def test_a_judgement_that_leaves_next_to_nothing_is_not_believed() -> None:
    selection = _select(_paragraphs(*PROSE), engine_text="\n".join(PROSE), classifier=TRUSTS_NOBODY)
    assert _texts(selection.blocks) == list(PROSE)
    assert selection.cuts == ()


def test_an_engines_text_that_is_not_among_the_blocks_is_taken_as_it_is() -> None:
    selection = _select("<p>Loading the article for you.</p>", engine_text="\n".join(PROSE))
    assert _texts(selection.blocks) == list(PROSE)


def test_a_table_is_kept_whole_when_one_row_is_likely() -> None:
    rows = (("Year", "Pay"), ("2030", "2,100"), ("2031", "2,184 and a half day of leave for every month at sea"))
    table = "".join(f"<tr><td>{left}</td><td>{right}</td></tr>" for left, right in rows)
    engine = "\n".join((*PROSE[:2], *(" | ".join(row) for row in rows), *PROSE[2:]))
    selection = _select(
        f"{_paragraphs(*PROSE[:2])}<table>{table}</table>{_paragraphs(*PROSE[2:])}",
        engine_text=engine,
        classifier=_classifier("size", 8, -3.0, 3.0),
    )
    assert _texts(selection.blocks) == engine.splitlines()


def test_a_list_is_kept_whole_when_its_items_are_likely_on_average() -> None:
    items = ("Four per cent more pay from June, and as much again after a year at sea", "Two days of leave")
    markup = f"{_paragraphs(*PROSE)}<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
    engine = "\n".join((*PROSE, *items))
    assert _texts(_select(markup, engine_text=engine, classifier=_classifier("size", 8, -0.5, 3.0)).blocks) == [
        *PROSE,
        *items,
    ]
    assert _texts(_select(markup, engine_text=engine, classifier=_classifier("kind", 5, 3.0, -3.0)).blocks) == list(
        PROSE
    )


def test_rules_for_lines_come_after_the_classifier() -> None:
    lines = ("Business / Transport", TITLE, "By Ada Pier in Northport (Coast Daily) Updated: 2031-05-06 09:13", *PROSE)
    selection = _select(_paragraphs(*lines), engine_text="\n".join(lines))
    assert _texts(selection.blocks) == list(PROSE)
    assert selection.cuts == (
        RemovedLine(text=lines[0], reason="section name", after=0),
        RemovedLine(text=lines[1], reason="headline", after=0),
        RemovedLine(text=lines[2], reason="byline", after=0),
    )


def test_a_label_that_the_forest_drops_takes_along_what_it_heads() -> None:
    tail = ("Hot Topics", "Harbour fees, night boats and the pay deal")
    selection = _select(
        _paragraphs(*PROSE, *tail), engine_text="\n".join((*PROSE, *tail)), classifier=_classifier("size", 4, -3.0, 3.0)
    )
    assert _texts(selection.blocks) == list(PROSE)
    assert [cut.reason for cut in selection.cuts] == ["below the article"] * 2


def test_the_publishers_copy_ends_the_article() -> None:
    teaser = "Three recipes for rhubarb that need no oven by our cook."
    selection = _select(
        _paragraphs(*PROSE, teaser), engine_text="\n".join((*PROSE, teaser)), publisher_text=" ".join(PROSE)
    )
    assert selection.cuts == (
        RemovedLine(text=teaser, reason="after the end of the publisher's copy of the text", after=4),
    )


def test_the_publishers_copy_stands_in_for_a_page_that_shows_something_else() -> None:
    copy = "\n".join(f"{line} This was said on day {day} of the talks." for day in range(1, 4) for line in PROSE)
    assert _texts(_select(_paragraphs(COOKIES), engine_text=COOKIES, publisher_text=copy).blocks) == copy.splitlines()


@pytest.mark.parametrize("classifier", [TRUSTS_ENGINE, TRUSTS_EVERYBODY, TRUSTS_NOBODY, LEANS_TO_ALL])
@given(
    lines=st.lists(st.sampled_from([*PROSE, TITLE, BIOGRAPHY, "Hot Topics", "Photo: Bo Quay", "Ada Pier"]), max_size=9)
)
def test_kept_and_cut_lines_together_are_all_that_the_engine_found(
    classifier: BlockClassifier, lines: list[str]
) -> None:
    selection = _select(_paragraphs(*lines), engine_text="\n".join(lines), classifier=classifier)
    whole = _texts(selection.blocks)
    for cut in reversed(selection.cuts):
        whole.insert(cut.after, cut.text)
    assert [line for line in whole if line in lines] == whole
    if len(set(lines)) == len(lines):
        assert whole == lines


@pytest.mark.parametrize(
    ("between", "kept"),
    [
        ("<ul><li>One boat by night</li><li>Two boats by day</li></ul>", ["One boat by night", "Two boats by day"]),
        ("<dl><dt>Level</dt><dd>The height of the water</dd></dl>", ["Level", "The height of the water"]),
        ("<pre>boats = 3</pre>", ["boats = 3"]),
        ("<ul class='related'><li>One boat by night</li></ul>", []),
        ("<ul><li><a href='/1'>Ferries are late again</a></li></ul>", []),
        ("<div><ul><li>One boat by night</li></ul></div>", []),
    ],
)
def test_a_list_between_paragraphs_that_the_engine_missed_is_kept(between: str, kept: list[str]) -> None:
    markup = f"<p>{PROSE[0]}</p><p>{PROSE[1]}</p>{between}<p>{PROSE[2]}</p>"
    selection = _select(markup, engine_text="\n".join(PROSE[:3]))
    assert _texts(selection.blocks) == [*PROSE[:2], *kept, PROSE[2]]


def test_a_list_that_a_paragraph_announces_is_kept_at_the_end() -> None:
    announced = "The boats that will leave from Wednesday morning on are these, the shipping companies said:"
    markup = f"<p>{PROSE[0]}</p><p>{announced}</p><ul><li>Gull</li></ul><ul><li>Tern</li></ul>"
    selection = _select(markup, engine_text=f"{PROSE[0]}\n{announced}")
    assert _texts(selection.blocks) == [PROSE[0], announced, "Gull"]
