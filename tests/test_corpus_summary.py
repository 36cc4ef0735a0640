"""Every feed of the corpus is read as it was read before."""

from __future__ import annotations

import pytest

from tests.corpus_summary import differences, stored, summarise


@pytest.mark.corpus
@pytest.mark.exhaustive
def test_every_feed_is_read_as_the_summary_says() -> None:
    told = list(differences(stored(), summarise()))
    assert not told, "python -m tests.corpus_summary --write, if all this is meant:\n" + "\n".join(told)


def test_what_is_read_otherwise_is_named_by_feed_and_column() -> None:
    before = {"a": {"file": "a", "entries": "3", "titles": "x"}, "b": {"file": "b", "entries": "1"}}
    now = {"a": {"file": "a", "entries": "4", "titles": "y"}, "b": {"file": "b", "entries": "1"}}
    assert list(differences(before, now)) == ["a: entries (3 -> 4), titles"]
    assert list(differences(before, before)) == []
