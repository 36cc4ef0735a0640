"""Markup becomes a tree that has every word of it, each in its place."""

from __future__ import annotations

import pytest

from aggregator.parsing.content.fragments import inner_markup, parse_markup
from aggregator.parsing.sanitise import markup_text, sanitise

EMBED = '<embed src="https://www.youtube.com/v/abcdefghijk">'


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (f"{EMBED}after", f"{EMBED}after"),
        (f"a {EMBED} b <b>c</b> d", f"a {EMBED} b <b>c</b> d"),
        (f"{EMBED}</embed>after", f"{EMBED}after"),
        (f"<p>a</p>{EMBED}<p>b</p>{EMBED}<p>c</p>d", f"<p>a</p>{EMBED}<p>b</p>{EMBED}<p>c</p>d"),
        (f"<object>{EMBED}</object>after", f"<object>{EMBED}</object>after"),
    ],
)
def test_what_follows_an_embed_is_not_in_it(markup: str, expected: str) -> None:
    root = parse_markup(markup)
    assert root is not None
    assert inner_markup(root).replace("</embed>", "") == expected
    assert [len(embed) for embed in root.iter("embed")] == [0] * markup.count("<embed")


@pytest.mark.parametrize(
    "around", ["{}", "<p>{}</p>", "<div><p>{}</div>", "<table><tr><td>{}</table>", "<ul><li>{}</ul>"]
)
def test_a_player_without_an_end_tag_takes_no_words_with_it(around: str) -> None:
    shown = sanitise(around.format(f"before {EMBED} after <b>it</b> all"), base="https://site.example/")
    assert markup_text(shown) == "before Video on YouTube after it all"
    assert "https://www.youtube.com/watch?v=abcdefghijk" in shown
