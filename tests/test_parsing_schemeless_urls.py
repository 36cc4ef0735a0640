"""Which texts without a scheme are URLs with a host."""

from __future__ import annotations

import pytest

from aggregator.parsing.schemeless_urls import with_scheme
from tests.loops import loop_over

BASE = "https://feeds.paper.example/rss.xml"


@loop_over(
    ("url", "expected"),
    [
        pytest.param("www.other.example/a?b=c", "https://www.other.example/a?b=c", id="www"),
        pytest.param(" WWW.Other.example ", "https://WWW.Other.example", id="www and nothing else"),
        pytest.param("www.other.example:8080/a", "https://www.other.example:8080/a", id="a port"),
        pytest.param("paper.example/a", "https://paper.example/a", id="the domain of the feed"),
        pytest.param("blog.feeds.paper.example/a", "https://blog.feeds.paper.example/a", id="a subdomain of it"),
        pytest.param("shop.example/a", "https://shop.example/a", id="the host of its home page"),
        pytest.param("other.example/a", "other.example/a", id="a host that nobody named"),
        pytest.param("www.html", "www.html", id="a file"),
        pytest.param("www/a", "www/a", id="a folder"),
        pytest.param("index.php/a", "index.php/a", id="a script"),
        pytest.param("//www.other.example/a", "//www.other.example/a", id="a host after slashes"),
        pytest.param("https://www.other.example/a", "https://www.other.example/a", id="a scheme"),
        pytest.param("example/a", "example/a", id="a top-level domain"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_host_gets_the_scheme_of_the_feed(url: str, expected: str) -> None:
    assert with_scheme(url, base=BASE, hosts=("www.shop.example", "")) == expected


def test_the_scheme_is_that_of_the_feed_on_its_own_host_only() -> None:
    assert with_scheme("www.paper.example/a", base="http://paper.example/") == "http://www.paper.example/a"
    assert with_scheme("www.other.example/a", base="http://paper.example/") == "https://www.other.example/a"


@pytest.mark.parametrize("base", ["", "http://[", "urn:x"])
def test_a_base_without_a_host_names_none(base: str) -> None:
    assert with_scheme("other.example/a", base=base) == "other.example/a"
