"""Texts are compared in one form of each character."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from aggregator.publishing.text_rules import matches_text
from aggregator.settings.feeds_file import StorySelection
from aggregator.text_folding import fold_text, unify_characters
from tests.loops import loop_over

SAME = (
    ("zürich", "Zu\u0308rich"),
    ("don't", "DON\u2019T"),
    ("l'eau", "l\u02bceau"),
    ('the "old" mill', "the \u201eold\u201c mill"),
    ("covid-19", "Covid\u201119"),
    ("ferry 12", "\uff26\uff45\uff52\uff52\uff59\u3000\uff11\uff12"),
    ("カメラ", "\uff76\uff92\uff97"),
    ("zeitung", "Zei\u00adtung"),
    ("10 km", "10\u00a0km"),
    ("10 km", "10\u202fkm"),
    ("website", "web\u200bsite"),
    ("website", "\ufeffweb\u2060site"),
    ("office", "o\ufb03ce"),
    ("straße", "STRASSE"),
    ("straße", "STRA\u1e9eE"),
    ("istanbul", "\u0130stanbul"),
    ("İSTANBUL", "istanbul"),
    ("diyarbakır", "DIYARBAKIR"),
    ("οδός", "ΟΔΟΣ"),
    ("αθήνα", "ΑΘΗΝΑ"),
    ("می\u200cخواهم", "میخواهم"),
)
DIFFERENT = (("zürich", "zurich"), ("año", "ano"), ("cool", "co-op"), ("we're", "were"), ("й", "и"), ("が", "か"))


@loop_over(("one", "other"), SAME)
def test_words_that_read_the_same_are_the_same(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


@loop_over(("one", "other"), DIFFERENT)
def test_letters_that_differ_stay_different(one: str, other: str) -> None:
    assert fold_text(one) != fold_text(other)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert unify_characters(unify_characters(text)) == unify_characters(text)
    assert fold_text(fold_text(text)) == fold_text(text)


@given(st.text())
def test_composed_and_decomposed_texts_have_one_form(text: str) -> None:
    forms = {fold_text(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert forms == {fold_text(text)}


def test_the_words_of_a_digest_are_found_in_any_encoding() -> None:
    where = StorySelection(words=("l'été à Zürich",))
    text = "Passer l\u2019e\u0301te\u0301 a\u0300\u00a0Zu\u0308rich."
    assert matches_text(where, title="", text=text)
    assert not matches_text(where, title="", text="Passer l'ete a Zurich.")
