"""The main path of a page, and the points where branches leave it."""

from __future__ import annotations

from lxml import etree, html

from aggregator.extraction.dom_branches import NO_MAIN_PATH, BranchPoint, MainPath

PAGE = html.document_fromstring(
    """<body id="page"><nav><p id="menu">Menu</p></nav>
    <main id="main"><h1 id="headline">Ferries sail</h1>
      <div id="body"><p id="first">First</p><blockquote id="quote"><p id="said">Said</p></blockquote></div>
      <section id="more"><div><p id="missed">Missed</p></div></section>
    </main></body>"""
)


def _at(name: str) -> etree._Element:
    return next(element for element in PAGE.iter() if element.get("id") == name)


def _spine(**words: float) -> MainPath:
    return MainPath((_at(name), size) for name, size in words.items())


def test_what_hangs_on_the_end_of_the_spine_is_nearest() -> None:
    spine = _spine(first=40, said=40)
    assert spine.branch_point(_at("body")) == BranchPoint(branch=None, steps=0, above_end=0)
    assert spine.branch_point(_at("first")) == BranchPoint(branch=_at("first"), steps=1, above_end=0)
    assert spine.branch_point(_at("said")) == BranchPoint(branch=_at("quote"), steps=2, above_end=0)


def test_a_section_beside_the_text_is_a_branch_of_what_holds_both() -> None:
    spine = _spine(first=40, said=40)
    assert spine.branch_point(_at("missed")) == BranchPoint(branch=_at("more"), steps=3, above_end=1)
    assert spine.branch_point(_at("headline")) == BranchPoint(branch=_at("headline"), steps=1, above_end=1)
    assert spine.branch_point(_at("menu")).above_end == 2


def test_the_spine_ends_where_no_part_holds_more_than_half() -> None:
    spine = _spine(first=30, missed=30)
    assert spine.branch_point(_at("main")) == BranchPoint(branch=None, steps=0, above_end=0)
    assert spine.branch_point(_at("first")).branch is _at("body")


def test_the_spine_goes_down_to_a_paragraph_that_is_most_of_the_text() -> None:
    assert _spine(first=70, said=30).branch_point(_at("first")) == BranchPoint(branch=None, steps=0, above_end=0)


def test_without_a_text_there_is_no_spine() -> None:
    nowhere = BranchPoint(branch=PAGE, steps=5, above_end=NO_MAIN_PATH)
    assert MainPath(()).branch_point(_at("first")) == nowhere
    assert _spine(first=0).branch_point(_at("first")) == nowhere
