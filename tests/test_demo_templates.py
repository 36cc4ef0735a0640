from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from aggregator.demo.pages import render_article
from aggregator.demo.templates import render_template
from tests.demo_printed import ADDRESSES, the


def test_values_are_escaped() -> None:
    article = the("ledger", "port-market")
    hostile = type(article)(
        **{name: getattr(article, name) for name in article.__dataclass_fields__} | {"headline": '<b title="x">& co'}
    )
    page = render_article(hostile, (), ADDRESSES)
    assert "<h1>&lt;b title=&#34;x&#34;&gt;&amp; co</h1>" in page


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'outlets' is undefined"):
        render_template("_newsstand.html")


@pytest.mark.parametrize(
    ("outlet", "story", "shown"),
    [
        pytest.param("corvus", "barrier", "3 March 2026, 06:00", id="english"),
        pytest.param("morgenbote", "bell", "3. März 2026, 07.07 Uhr", id="german"),
    ],
)
def test_readers_see_dates_in_the_language_of_the_page(outlet: str, story: str, shown: str) -> None:
    assert shown in render_article(the(outlet, story), (), ADDRESSES)
