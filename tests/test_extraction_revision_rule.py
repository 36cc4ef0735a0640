"""Replacement of a stored text by a later one with enough words only."""

from __future__ import annotations

import pytest

from aggregator.extraction.revision_rule import may_replace
from aggregator.model.extraction import TextSource

PAGE, FEED, TITLE = TextSource.PAGE, TextSource.FEED, TextSource.TITLE


@pytest.mark.parametrize(
    ("before", "words_before", "now", "words_now", "expected"),
    [
        pytest.param(PAGE, 400, PAGE, 410, True, id="an addition"),
        pytest.param(PAGE, 400, PAGE, 200, True, id="a cut"),
        pytest.param(PAGE, 400, PAGE, 199, False, id="a stub"),
        pytest.param(PAGE, 400, FEED, 500, False, id="the feed's text is known already"),
        pytest.param(PAGE, 400, TITLE, 0, False, id="an error page"),
        pytest.param(FEED, 400, PAGE, 100, True, id="a page that gave nothing at first"),
        pytest.param(TITLE, 0, PAGE, 1, True, id="a page where there was nothing at all"),
        pytest.param(FEED, 40, FEED, 40, False, id="a page that gives nothing still"),
    ],
)
def test_what_may_replace_what(
    before: TextSource, words_before: int, now: TextSource, words_now: int, expected: bool
) -> None:
    assert may_replace(before=before, words_before=words_before, now=now, words_now=words_now) is expected
